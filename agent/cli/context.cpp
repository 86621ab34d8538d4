#include "agent/cli/context.h"

#include <ostream>

#include "agent/api/wire.h"
#include "agent/cli/tuning.h"
#include "platform/base/json.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"
#include "platform/host.h"
#include "platform/system_place.h"

namespace fieldsync::cli {
namespace {

using base::Cause;

/// An id in a command: no service's is longer, and the outbox keeps it in a row.
constexpr std::size_t kWordBytesMax = 200;

/// A file that somebody named must be there; one at the usual place may be missing.
Result<Place> read_place(Surroundings& around, const Globals& globals) {
  Place place;
  const bool named = !globals.config_file.empty();
  place.config_file = named ? globals.config_file : platform::default_config_file();
  const auto info = around.files.info(place.config_file);
  const bool is_there = info.ok() && info->type != platform::FileType::missing;
  if (is_there) {
    const auto text = platform::read_all(around.files, place.config_file, tuning::kConfigBytesMax);
    if (text.ok()) {
      app::ConfigReading reading = app::read_config(*text, place.config_file);
      place.config = std::move(reading.config);
      place.faults = std::move(reading.faults);
    } else {
      place.faults.push_back(text.failure().what);
    }
  } else if (named) {
    place.faults.push_back(place.config_file + ": there is no such file");
  }
  place.state = globals.state;
  if (place.state.empty()) place.state = around.environment("FIELDSYNC_STATE");
  if (place.state.empty()) place.state = place.config.state_folder;
  if (place.state.empty()) {
    place.state =
        platform::system_state_folder(place.config_file).value_or(platform::default_state_folder());
  }
  while (place.state.size() > 1 && place.state.ends_with('/')) place.state.pop_back();
  place.config.state_folder = place.state;
  return place;
}

std::string lines_of(const std::vector<std::string>& faults) {
  std::string all;
  for (const std::string& fault : faults) all += (all.empty() ? "" : "\n") + fault;
  return all;
}

/// printable() for text of several lines.
std::string printable_lines(std::string_view text) {
  std::string all;
  for (const std::string& line : base::split(text, '\n')) {
    all += (all.empty() ? "" : "\n") + base::printable(line);
  }
  return all;
}

}  // namespace

Colour Context::colour() const {
  const bool wanted = around_.out_columns > 0 && around_.environment("NO_COLOR").empty();
  return wanted ? Colour::yes : Colour::no;
}

Result<Place*> Context::place(Need need) {
  if (!place_) {
    TRY_ASSIGN(place_, read_place(around_, globals_));
    if (need == Need::local) {
      for (const std::string& fault : place_->faults) warn(fault);
    }
  }
  if (need == Need::remote && !place_->faults.empty()) {
    return Failure{Cause::bad_input, lines_of(place_->faults)};
  }
  return &*place_;
}

Result<Place> Context::place_again() const {
  TRY_ASSIGN(Place place, read_place(around_, globals_));
  if (!place.faults.empty()) return Failure{Cause::bad_input, lines_of(place.faults)};
  return place;
}

Result<Session*> Context::session(Need need) {
  TRY_ASSIGN(const Place* where, place(need));
  if (!session_) {
    TRY_ASSIGN(session_, around_.open_session(*where));
  }
  return session_.get();
}

Result<Document> Context::call(Need need, std::string_view verb, const Document& arguments) {
  TRY_ASSIGN(Session * open, session(need));
  return open->call(verb, arguments);
}

void Context::say(std::string_view text, Tone tone) {
  around_.out << toned(printable_lines(text), tone, colour()) << "\n";
}

void Context::say(const Table& table) {
  around_.out << table.render(around_.out_columns, colour());
}

void Context::warn(std::string_view text) {
  around_.err << "fieldsync: " << printable_lines(text) << std::endl;
}

void Context::print_json(const Value& value) { around_.out << base::to_pretty_json(value) << "\n"; }

Exit Context::fail(const Failure& failure) {
  warn(base::sentence(failure));
  if (json()) print_json(Document{{"error", api::to_document(failure)}});
  return failure.cause == Cause::bad_input ? Exit::usage : Exit::failed;
}

Exit Context::usage(const std::string& what) { return fail({Cause::bad_input, what}); }

Result<std::string> text_argument(Surroundings& around, const std::string& given,
                                  std::string_view what) {
  std::string text = given;
  if (given == "-") {
    TRY_ASSIGN(text, around.read_input(tuning::kTextBytesMax));
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  }
  if (static_cast<ByteCount>(text.size()) > tuning::kTextBytesMax) {
    return Failure{Cause::bad_input, std::string(what) + ": longer than " +
                                         base::bytes_to_human(tuning::kTextBytesMax)};
  }
  if (!base::is_utf8(text)) {
    return Failure{Cause::bad_input, std::string(what) + ": is not text in UTF-8"};
  }
  if (base::trimmed(text).empty()) {
    return Failure{Cause::bad_input, std::string(what) + ": is empty"};
  }
  return text;
}

Result<> check_word(const std::string& word, std::string_view what) {
  const bool good = !base::trimmed(word).empty() && word.size() <= kWordBytesMax &&
                    base::is_utf8(word) && base::printable(word) == word;
  if (good) return {};
  return Failure{Cause::bad_input, std::string(what) + ": \"" +
                                       base::printable(base::utf8_prefix(word, 60)) +
                                       "\" cannot be right"};
}

const base::List& list_of(const Document& document, std::string_view name) {
  static const base::List kNone;
  const Value* value = document.find(name);
  return value && value->as_list() ? *value->as_list() : kNone;
}

std::vector<const Document*> documents_of(const Document& document, std::string_view name) {
  std::vector<const Document*> all;
  for (const Value& value : list_of(document, name)) {
    if (value.as_document()) all.push_back(value.as_document());
  }
  return all;
}

std::string shown(const Document& document, std::string_view name) {
  const Value* value = document.find(name);
  return value ? base::plain_text(*value) : std::string();
}

std::string shown_first(const Document& document, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    std::string text = shown(document, name);
    if (!text.empty()) return text;
  }
  return {};
}

std::string shown_age(const Document& document, std::string_view name, base::WallTime now) {
  const auto at = base::parse_iso(document.text(name));
  if (!at) return {};
  if (*at > now) return "in " + base::to_human(*at - now);
  if (now - *at < base::Millis{1'000}) return "now";
  return base::to_human(now - *at) + " ago";
}

}  // namespace fieldsync::cli
