#include "tests/support/site.h"

#include <cstdlib>

#include "agent/try/picture.h"
#include "platform/base/digest.h"
#include "platform/base/json.h"
#include "platform/child_process.h"
#include "platform/host.h"

namespace fieldsync::tests {

using base::Result;

const Document& part(const Document& of, std::string_view name) {
  static const Document kNone;
  const Value* value = of.find(name);
  return value && value->as_document() ? *value->as_document() : kNone;
}

const List& list_in(const Document& of, std::string_view name) {
  static const List kNone;
  const Value* value = of.find(name);
  return value && value->as_list() ? *value->as_list() : kNone;
}

std::int64_t number_from_environment(const char* name, std::int64_t otherwise) {
  const char* text = std::getenv(name);
  return text && *text ? std::atoll(text) : otherwise;
}

Site::Site(const SiteOptions& options) : options_(options), clock_(platform::make_system_clock()) {
  waiting_ = std::make_unique<trial::Waiting>(*clock_);
  trial::WorkplaceOptions workplace;
  workplace.folder = folder_.path();
  workplace.fieldsync = FIELDSYNC_PROGRAM;
  workplace.sandbox = FIELDSYNC_SANDBOX_PROGRAM;
  workplace.sandbox_arguments = options.sandbox_arguments;
  workplace.state = options.state;
  workplace.config_lines =
      "\n[limits]\n" +
      (options.limits.empty() ? std::string("free_space_reserve = \"1 MB\"\n") : options.limits);
  place_ = need(trial::Workplace::open(workplace, *waiting_));
}

void Site::log_in_and_follow() {
  need(place_->log_in());
  std::vector<std::string> words = {"follow", place_->project()};
  if (!options_.tools.empty()) words.insert(words.end(), {"--tools", options_.tools});
  must(words);
}

void Site::begin() {
  log_in_and_follow();
  need(place_->start_agent());
  wait_mirrored();
}

void Site::until(const std::string& what, const std::function<bool()>& is_so, Millis limit) {
  const auto waited = waiting_->until(what, limit, [&]() -> Result<bool> { return is_so(); });
  if (!waited) {
    FAIL(waited.failure().what << "\n"
                               << base::to_pretty_json(place_->command({"status"}).json) << "\n"
                               << base::to_pretty_json(place_->command({"queue"}).json));
  }
}

bool Site::is_within(Millis limit, const std::function<bool()>& is_so) {
  return waiting_->until("", limit, [&]() -> Result<bool> { return is_so(); }).ok();
}

void Site::wait_mirrored() {
  until(
      "the first mirror",
      [&] {
        const Document now = status();
        const Value* busy = now.find("busy");
        if (busy && busy->as_bool() && *busy->as_bool()) return false;
        for (const Value& project : list_in(now, "projects")) {
          for (const Value& tool : list_in(*project.as_document(), "tools")) {
            if (tool.as_document()->text("complete_as_of").empty()) return false;
          }
        }
        return !list_in(now, "projects").empty();
      },
      Millis{90'000});
}

Document Site::queue_counts() { return part(status(), "queue"); }

void Site::drain(Millis limit) {
  until(
      "an empty queue",
      [&] {
        const Document now = status();
        const Document& queue = part(now, "queue");
        const Value* busy = now.find("busy");
        const bool is_busy = busy && busy->as_bool() && *busy->as_bool();
        return queue.integer("open") == queue.integer("held") && !is_busy;
      },
      limit);
}

Said Site::program(const std::vector<std::string>& words) {
  platform::ChildOptions child;
  child.program = FIELDSYNC_PROGRAM;
  child.arguments = words;
  child.output = folder_ / ("said-" + std::to_string(++programs_) + ".txt");
  const auto process = need(platform::start_child(child));
  const auto code = process->wait(Millis{60'000});
  REQUIRE_MESSAGE(code.has_value(), "the program does not end");
  Said said;
  said.exit_code = *code;
  said.out = content_of(child.output);
  return said;
}

Site::Picture Site::picture(const std::string& name, ByteCount size, std::uint64_t seed) {
  const std::string bytes = trial::make_picture(size, seed);
  Picture made{folder_ / name, base::digest_of(bytes).hex(), size};
  put_content(made.path, bytes);
  return made;
}

Capture Site::add_note(const std::string& text) {
  const Said said = must({"add", "note", text});
  return {Capture::What::note, said.document().text("id"), text, {}, 0, {}, 0};
}

Capture Site::add_photo(const Picture& picture, const std::string& description) {
  const Said said = must({"add", "photo", picture.path, "--description", description});
  REQUIRE(said.list().size() == 1);
  return {Capture::What::photo,
          said.list().front().as_document()->text("id"),
          description,
          {},
          0,
          {picture.sha256},
          picture.size};
}

std::int64_t Site::api_calls() {
  const Value calls = need(place_->sandbox().get("/calls"));
  return calls.as_document()->integer("api_calls");
}

}  // namespace fieldsync::tests
