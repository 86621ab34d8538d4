#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "agent/api/commands.h"
#include "agent/cli/surroundings.h"
#include "platform/base/digest.h"
#include "platform/base/json.h"
#include "platform/host.h"
#include "tests/support/temp_folder.h"

/// The command line against a double of the agent: what was called is recorded, answers are given
/// beforehand.
namespace fieldsync::tests {

class FakeCommands final : public api::Commands {
 public:
  struct Call {
    std::string verb;
    base::Document arguments;
  };
  std::vector<Call> calls;
  /// By verb; a verb without one is answered with {}.
  std::map<std::string, std::function<base::Result<base::Document>(const base::Document&)>> answers;

  void answer(const std::string& verb, const std::string& json) {
    answers[verb] = [json](const base::Document&) -> base::Result<base::Document> {
      return *base::parse_json(json)->as_document();
    };
  }
  void fail(const std::string& verb, base::Failure failure) {
    answers[verb] = [failure](const base::Document&) -> base::Result<base::Document> {
      return failure;
    };
  }
  void call(std::string_view verb, const base::Document& arguments, Answer done) override {
    calls.push_back({std::string(verb), arguments});
    const auto found = answers.find(std::string(verb));
    done(found == answers.end() ? base::Document{} : found->second(arguments));
  }
};

class FakeSession final : public cli::Session {
 public:
  FakeSession(FakeCommands& commands, Home home) : commands_(commands), home_(home) {}
  Home home() const override { return home_; }
  base::Result<base::Document> call(std::string_view verb,
                                    const base::Document& arguments) override {
    std::optional<base::Result<base::Document>> answer;
    commands_.call(verb, arguments,
                   [&](base::Result<base::Document> given) { answer.emplace(std::move(given)); });
    return *answer;
  }
  base::Result<cli::Staged> stage(const cli::CaptureFile& file) override {
    return cli::Staged{base::digest_of(file.path).hex(), file.size, file.name, file.content_type};
  }

 private:
  FakeCommands& commands_;
  Home home_;
};

/// A clock that moves only when somebody pauses.
class FakeClock final : public platform::Clock {
 public:
  base::Instant now() const override { return at; }
  base::WallTime wall() const override { return wall_at; }
  int utc_offset_minutes(base::WallTime) const override { return 0; }
  void advance(base::Millis span) {
    at = at + span;
    wall_at = wall_at + span;
  }
  base::Instant at{};
  base::WallTime wall_at{base::Millis{4'000'000'000'000}};
};

class CliRig {
 public:
  CliRig() {
    commands.answer("add", R"({"items":[{"id":"photo-n1","kind":"photo","project":"7"}]})");
    around.read_input = [this](base::ByteCount limit) -> base::Result<std::string> {
      if (static_cast<base::ByteCount>(input.size()) > limit) {
        return base::Failure{base::Cause::bad_input, "stdin: too long"};
      }
      return input;
    };
    around.read_secret = [this](const std::string& prompt) -> std::optional<base::Secret> {
      prompts.push_back(prompt);
      if (secrets.empty()) return std::nullopt;
      base::Secret next(secrets.front());
      secrets.erase(secrets.begin());
      return next;
    };
    around.environment = [this](const std::string& name) { return variables[name]; };
    around.pause = [this](base::Millis span) {
      ++pauses;
      clock.advance(span);
      if (on_pause) on_pause();
    };
    around.open_session =
        [this](const cli::Place& place) -> base::Result<std::unique_ptr<cli::Session>> {
      ++sessions;
      opened = place;
      if (refuse_session) return *refuse_session;
      return std::unique_ptr<cli::Session>(std::make_unique<FakeSession>(commands, home));
    };
    around.run_agent = [](const cli::Place&, const cli::RunOptions&) { return 0; };
    config = file("fieldsync.toml", "");
  }

  /// Runs one command line; state and config are added.
  int run(const std::vector<std::string>& arguments) {
    out.str("");
    err.str("");
    std::vector<std::string> all{"--state", folder / "state", "--config", config};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return cli::run_cli(all, around);
  }
  std::string text() const { return out.str(); }
  std::string faults() const { return err.str(); }
  base::Value json() const { return *base::parse_json(out.str()); }

  /// A file in the rig's folder; its path.
  std::string file(const std::string& name, const std::string& bytes) {
    const std::string path = folder / name;
    put_content(path, bytes);
    return path;
  }

  TempFolder folder;
  FakeCommands commands;
  cli::Session::Home home = cli::Session::Home::agent;
  std::string config;
  std::string input;
  std::vector<std::string> secrets;
  std::vector<std::string> prompts;
  std::map<std::string, std::string> variables;
  std::function<void()> on_pause;
  int pauses = 0;
  int sessions = 0;
  std::optional<cli::Place> opened;
  std::optional<base::Failure> refuse_session;
  FakeClock clock;
  std::ostringstream out;
  std::ostringstream err;
  std::unique_ptr<platform::FileSystem> files = platform::make_system_files();
  cli::Surroundings around{*files, clock, out, err, 0, 0, {}, {}, {}, {}, {}, {}, {}, {}, {}};
};

}  // namespace fieldsync::tests
