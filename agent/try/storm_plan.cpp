#include "agent/try/storm_plan.h"

#include <algorithm>

#include "agent/try/tuning.h"
#include "platform/base/check.h"
#include "platform/random.h"

namespace fieldsync::trial {
namespace {

using base::Millis;

/// Draws one storm. Trouble comes in spells, one after the other with a breath in between, so that
/// work goes on and a spell meets something under way.
class Draw {
 public:
  Draw(std::uint64_t seed, Millis span) : random_(seed), span_(span) {}

  std::vector<StormEvent> events() {
    add_people();
    add_spells();
    std::stable_sort(events_.begin(), events_.end(),
                     [](const StormEvent& a, const StormEvent& b) { return a.at < b.at; });
    return std::move(events_);
  }

 private:
  void add(Millis at, Weather what, std::int64_t amount = 0) {
    events_.push_back({at, what, amount});
  }

  Millis between(Millis low, Millis high) {
    return Millis{random_.between(low.count(), high.count())};
  }

  /// The three acts a storm has once each come early, so that every trouble may meet them.
  void add_people() {
    for (const Weather once : {Weather::rfi, Weather::reply, Weather::edit, Weather::office}) {
      add(between(Millis{0}, span_ / 3), once);
    }
    add(Millis{0}, Weather::note);
    add(Millis{0}, Weather::photo);
    for (Millis at = between(tuning::kCaptureGapMin, tuning::kCaptureGapMax); at < span_;
         at += between(tuning::kCaptureGapMin, tuning::kCaptureGapMax)) {
      add(at, random_.chance(0.5) ? Weather::note : Weather::photo);
    }
  }

  /// Every kind of trouble comes before one comes again.
  void add_spells() {
    std::vector<Weather> left;
    for (Millis at = tuning::kSpellGapMin; at + tuning::kSpellMax < span_;) {
      if (left.empty()) {
        left = {Weather::link_down,   Weather::lost_answers, Weather::overloaded,
                Weather::too_many,    Weather::login_page,   Weather::cut_upload,
                Weather::power_off,   Weather::power_off,    Weather::token_expired,
                Weather::lost_answers};
      }
      const auto drawn = left.begin() + static_cast<std::ptrdiff_t>(random_.below(left.size()));
      const Millis lasts = between(tuning::kSpellMin, tuning::kSpellMax);
      add_spell(at, *drawn, lasts);
      left.erase(drawn);
      at += lasts + between(tuning::kSpellGapMin, tuning::kSpellGapMax);
    }
  }

  void add_spell(Millis at, Weather what, Millis lasts) {
    switch (what) {
      case Weather::link_down:
        add(at, what);
        return add(at + lasts, Weather::link_up);
      case Weather::power_off:
        add(at, what);
        return add(at + lasts, Weather::power_on);
      case Weather::lost_answers:
        return add(at, what, random_.between(1, 2));
      case Weather::overloaded:
      case Weather::too_many:
      case Weather::login_page:
        return add(at, what, random_.between(1, tuning::kFalseAnswersMax));
      case Weather::cut_upload:
        return add(at, what, random_.between(0, tuning::kPhotoBytesMin));
      case Weather::token_expired:
        return add(at, what);
      case Weather::note:
      case Weather::photo:
      case Weather::rfi:
      case Weather::reply:
      case Weather::edit:
      case Weather::office:
      case Weather::link_up:
      case Weather::power_on:
        break;
    }
    FS_CHECK(false);
  }

  platform::Random random_;
  const Millis span_;
  std::vector<StormEvent> events_;
};

}  // namespace

std::string_view name(Weather what) {
  switch (what) {
    case Weather::note:
      return "note";
    case Weather::photo:
      return "photo";
    case Weather::rfi:
      return "rfi";
    case Weather::reply:
      return "reply";
    case Weather::edit:
      return "edit";
    case Weather::office:
      return "office";
    case Weather::link_down:
      return "link_down";
    case Weather::link_up:
      return "link_up";
    case Weather::lost_answers:
      return "lost_answers";
    case Weather::overloaded:
      return "overloaded";
    case Weather::too_many:
      return "too_many";
    case Weather::login_page:
      return "login_page";
    case Weather::cut_upload:
      return "cut_upload";
    case Weather::token_expired:
      return "token_expired";
    case Weather::power_off:
      return "power_off";
    case Weather::power_on:
      return "power_on";
  }
  FS_CHECK(false);
}

bool is_trouble(Weather what) { return what >= Weather::link_down; }

std::vector<StormEvent> make_storm(std::uint64_t seed, Millis span) {
  return Draw(seed, span).events();
}

}  // namespace fieldsync::trial
