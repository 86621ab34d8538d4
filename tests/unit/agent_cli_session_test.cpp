#include <doctest/doctest.h>

#include "agent/cli/tuning.h"
#include "tests/unit/agent_cli_rig.h"

namespace fieldsync::tests {
namespace {

using base::Cause;
using base::Failure;
using cli::Session;
using Opened = base::Result<std::unique_ptr<Session>>;

/// Ways whose answers change with the number of the try, counted from 1.
struct Ways {
  FakeClock clock;
  FakeCommands commands;
  int tries = 0;
  int agent_from = 1'000'000;   ///< an agent answers from this try on
  int folder_from = 1'000'000;  ///< the folder is free from this try on
  Cause lock_cause = Cause::already_running;
  Cause connect_cause = Cause::offline;

  Opened choose() {
    cli::SessionWays ways;
    ways.connect = [this]() -> Opened {
      if (++tries < agent_from) return Failure{connect_cause, "no agent"};
      return std::unique_ptr<Session>(
          std::make_unique<FakeSession>(commands, Session::Home::agent));
    };
    ways.open_here = [this]() -> Opened {
      if (tries < folder_from) return Failure{lock_cause, "the folder is held"};
      return std::unique_ptr<Session>(std::make_unique<FakeSession>(commands, Session::Home::here));
    };
    ways.pause = [this](base::Millis span) { clock.advance(span); };
    return cli::choose_session(ways, clock);
  }
};

TEST_CASE("a running agent comes first, else the work is done here") {
  Ways ways;
  ways.agent_from = 1;
  ways.folder_from = 1;
  CHECK((*ways.choose())->home() == Session::Home::agent);
  Ways alone;
  alone.folder_from = 1;
  CHECK((*alone.choose())->home() == Session::Home::here);
  CHECK(alone.clock.at == base::Instant{});
}

TEST_CASE("an agent that is still starting is waited for") {
  Ways ways;
  ways.agent_from = 5;
  const auto session = ways.choose();
  REQUIRE(session.ok());
  CHECK((*session)->home() == Session::Home::agent);
  CHECK(ways.clock.at - base::Instant{} == 4 * cli::tuning::kAgentStartPause);
}

TEST_CASE("another command's hold on the folder is waited out") {
  Ways ways;
  ways.folder_from = 3;
  const auto session = ways.choose();
  REQUIRE(session.ok());
  CHECK((*session)->home() == Session::Home::here);
}

TEST_CASE(
    "a folder that stays held without an agent that answers is a clear failure in bounded time") {
  Ways ways;
  const auto session = ways.choose();
  REQUIRE(!session.ok());
  CHECK(session.failure().cause == Cause::already_running);
  CHECK(session.failure().what.find("has not answered") != std::string::npos);
  CHECK(ways.clock.at - base::Instant{} <=
        cli::tuning::kAgentStartMax + cli::tuning::kAgentStartPause);
}

TEST_CASE("any other failure is told at once") {
  Ways refused;
  refused.connect_cause = Cause::file_unreadable;
  CHECK(refused.choose().failure().cause == Cause::file_unreadable);
  Ways full;
  full.lock_cause = Cause::disk_low;
  CHECK(full.choose().failure().cause == Cause::disk_low);
  CHECK(full.tries == 1);
}

}  // namespace
}  // namespace fieldsync::tests
