#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "agent/try/scenario.h"
#include "platform/random.h"
#include "tests/support/site.h"

// SIGKILL at many moments of one long run of capture, sync and upload. FIELDSYNC_KILLS sets their
// number, FIELDSYNC_SEED the chance.

namespace fieldsync::tests {
namespace {

/// What the capturing thread did.
struct Diary {
  std::mutex mutex;
  std::vector<Capture> acknowledged;
  std::vector<Capture> unsure;  ///< the answer did not come: kept or not, but never twice
};

/// Captures notes and photos through the agent for as long as it may, as fast as it may.
class Worker {
 public:
  Worker(Site& site, std::uint64_t seed) : site_(site), random_(seed) {
    // Made beforehand, so that a kill hits the agent and not the camera.
    for (std::uint64_t i = 0; i < 8; ++i) {
      small_.push_back(site.picture("small" + std::to_string(i), random_.between(70'000, 300'000),
                                    random_.next()));
    }
    for (std::uint64_t i = 0; i < 3; ++i) {
      large_.push_back(site.picture("large" + std::to_string(i),
                                    random_.between(5'500'000, 8'000'000), random_.next()));
    }
  }
  ~Worker() { stop(); }
  void start() {
    thread_ = std::thread([this] { work(); });
  }
  void stop() {
    allow(0);
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  /// So many captures more, from now.
  void allow(int captures) { allowed_ = captures; }
  Diary diary;

 private:
  void work() {
    std::unique_ptr<cli::Session> session = need(site_.place().session());
    while (!stopping_) {
      if (allowed_ <= 0) {
        std::this_thread::yield();
        continue;
      }
      --allowed_;
      capture(*session);
    }
  }

  void capture(cli::Session& session) {
    const int number = ++count_;
    const bool photo = random_.chance(0.5);
    Capture capture;
    capture.text = "capture " + std::to_string(number) + ".";
    const auto done = photo ? add_photo(session, capture) : add_note(session, capture);
    const std::scoped_lock lock(diary.mutex);
    (done ? diary.acknowledged : diary.unsure).push_back(capture);
  }

  bool add_note(cli::Session& session, Capture& capture) {
    capture.what = Capture::What::note;
    const auto answer =
        session.call("add", {{"kind", "note"}, {"fields", Document{{"comment", capture.text}}}});
    return answer.ok();
  }

  bool add_photo(cli::Session& session, Capture& capture) {
    capture.what = Capture::What::photo;
    // One in five has two parts.
    const auto& album = random_.chance(0.2) ? large_ : small_;
    const Site::Picture& picture = album[random_.below(album.size())];
    capture.sha256 = {picture.sha256};
    capture.bytes = picture.size;
    const auto staged = session.stage({picture.path, "w.jpg", picture.size, {}, "image/jpeg"});
    if (!staged) return false;
    return session
        .call("add", {{"kind", "photo"},
                      {"fields", Document{{"description", capture.text}}},
                      {"files", List{cli::to_document(*staged)}}})
        .ok();
  }

  Site& site_;
  platform::Random random_;
  std::vector<Site::Picture> small_, large_;
  std::thread thread_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> allowed_ = 0;
  int count_ = 0;
};

std::int64_t last_effect(Site& site, std::int64_t after) {
  const List rows = need(site.service().rows("/ledger?after=" + std::to_string(after)));
  return rows.empty() ? after : rows.back().as_document()->integer("effect_id");
}

std::int64_t last_request(Site& site) {
  const List rows = need(site.service().rows("/requests?limit=1"));
  return rows.empty() ? 0 : rows.front().as_document()->integer("id");
}

/// Until the moment of the next kill: of time, or of a step at the service.
void wait_for_the_moment(Site& site, platform::Random& random, std::int64_t& effect) {
  const auto way = random.below(5);
  if (way < 2) {
    site.is_within(Millis{random.between(0, 120)}, [] { return false; });
  } else if (way == 2) {  // right after something took effect
    site.is_within(Millis{400}, [&] {
      const std::int64_t now = last_effect(site, effect);
      const bool moved = now > effect;
      effect = now;
      return moved;
    });
  } else if (way == 3) {  // while a part is on its way
    site.is_within(Millis{400}, [&] {
      const Document now = site.status();
      const Document& progress = part(now, "progress");
      return progress.integer("bytes_done") < progress.integer("bytes_total");
    });
  } else {  // right after some answer
    const std::int64_t before = last_request(site);
    const auto steps = random.between(1, 4);
    site.is_within(Millis{400}, [&] { return last_request(site) >= before + steps; });
  }
}

struct Part {
  std::vector<std::pair<std::int64_t, ByteCount>> tries;  ///< request and bytes, oldest first
};

/// Requests that sent parts, by the part.
std::map<std::string, Part> parts_sent(const trial::Truth& truth) {
  std::map<std::string, Part> parts;
  for (auto row = truth.requests.rbegin(); row != truth.requests.rend(); ++row) {
    const Document& request = *row->as_document();
    if (request.text("origin") != "storage" || request.text("method") != "PUT") continue;
    parts[request.text("path")].tries.emplace_back(request.integer("id"),
                                                   request.integer("bytes_in"));
  }
  return parts;
}

/// `kills[k]` is the last request at the k-th kill.
void check_parts(const trial::Truth& truth, const std::vector<std::int64_t>& kills,
                 ByteCount delivered) {
  ByteCount kept = 0;
  ByteCount again = 0;
  std::vector<std::int64_t> wasted;
  for (const auto& [path, part] : parts_sent(truth)) {
    for (std::size_t i = 0; i + 1 < part.tries.size(); ++i) {
      wasted.push_back(part.tries[i].first);
      again += part.tries[i].second;
      CHECK(part.tries[i].second <= part.tries.back().second);  // the last one is the whole part
    }
    kept += part.tries.back().second;
  }
  // Each kill costs at most one part: the j-th part sent for nothing needs a j-th kill before it is
  // sent again, so it cannot come before the cycle that this kill ends.
  std::sort(wasted.begin(), wasted.end());
  CHECK(wasted.size() <= kills.size());
  for (std::size_t j = 1; j < wasted.size() && j <= kills.size(); ++j) {
    CHECK_MESSAGE(wasted[j] > kills[j - 1], "more than one part was sent again after a kill");
  }
  CHECK_MESSAGE(kept == delivered, "whole uploads were begun anew");
  MESSAGE("parts sent again: " << wasted.size() << ", " << again << " of " << kept << " bytes");
}

std::int64_t times_at_service(const trial::Truth& truth, const Capture& capture) {
  const bool note = capture.what == Capture::What::note;
  const List& rows = note ? truth.notes : truth.photos;
  return std::count_if(rows.begin(), rows.end(), [&](const Value& row) {
    return part(*row.as_document(), "fields").text(note ? "comment" : "description") ==
           capture.text;
  });
}

}  // namespace

TEST_CASE(
    "SIGKILL at random moments loses nothing acknowledged, doubles nothing, and costs at "
    "most one part each") {
  const auto kills = number_from_environment("FIELDSYNC_KILLS", 300);
  const auto seed = static_cast<std::uint64_t>(number_from_environment("FIELDSYNC_SEED", 1));
  MESSAGE("FIELDSYNC_KILLS=" << kills << " FIELDSYNC_SEED=" << seed);
  platform::Random random(seed);
  SiteOptions options;
  options.tools = "notes,photos";
  options.limits = "free_space_reserve = \"1 MB\"\nsend_rate = \"40 MB/s\"\n";
  Site site(options);
  site.begin();

  Worker worker(site, random.next());
  worker.start();
  std::vector<std::int64_t> moments;
  std::int64_t effect = last_effect(site, 0);
  for (std::int64_t k = 0; k < kills; ++k) {
    worker.allow(static_cast<int>(random.between(0, 3)));
    wait_for_the_moment(site, random, effect);
    site.place().kill_agent();
    worker.allow(0);
    moments.push_back(last_request(site));
    need(site.place().start_agent());
  }
  worker.stop();
  site.must({"sync"});
  site.drain(Millis{240'000});

  const trial::Truth truth = site.truth();
  CHECK_MESSAGE(worker.diary.acknowledged.size() > static_cast<std::size_t>(kills) / 3,
                "too little was captured to say anything");
  const trial::Score score = trial::count_score(truth, worker.diary.acknowledged, {});
  for (const std::string& fault : score.faults) FAIL_CHECK(fault);
  CHECK(score.once == score.made);
  ByteCount delivered = score.bytes_captured;
  for (const Capture& capture : worker.diary.unsure) {
    const auto times = times_at_service(truth, capture);
    CHECK_MESSAGE(times <= 1, "doubled: " << capture.text);
    delivered += times * capture.bytes;
  }
  check_parts(truth, moments, delivered);
  const Said receipts = site.must({"receipts", "--verify"});
  CHECK(*part(receipts.document(), "check").find("intact") == base::Value(true));
  MESSAGE(worker.diary.acknowledged.size()
          << " captures acknowledged, " << worker.diary.unsure.size() << " in doubt");
}

}  // namespace fieldsync::tests
