#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "agent/cli/redact.h"
#include "platform/base/text.h"
#include "tests/unit/agent_cli_rig.h"

using namespace fieldsync;
using cli::ServiceOptions;
using tests::CliRig;

namespace {

std::string content(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string source(const std::string& path) {
  return content(std::string(FIELDSYNC_SOURCE_ROOT) + "/" + path);
}

}  // namespace

TEST_CASE("service asks the system for what was said") {
  CliRig rig;
  std::optional<ServiceOptions::Act> asked;
  rig.around.run_service = [&](const ServiceOptions& options) {
    asked = options.act;
    return options.act == ServiceOptions::Act::stop ? 1 : 0;
  };
  CHECK(rig.run({"service", "install"}) == 0);
  CHECK(asked == ServiceOptions::Act::install);
  CHECK(rig.run({"service", "stop"}) == 1);
  CHECK(asked == ServiceOptions::Act::stop);
  CHECK(rig.run({"service"}) == 2);
}

TEST_CASE("run lets the group in only when told to, and can read its config again") {
  CliRig rig;
  rig.config = rig.file("c.toml", "[agent]\nlog_level = \"info\"\n");
  using People = cli::RunOptions::People;
  People people = People::group;
  std::string level;
  rig.around.run_agent = [&](const cli::Place&, const cli::RunOptions& options) {
    people = options.people;
    rig.file("c.toml", "[agent]\nlog_level = \"debug\"\n");
    const auto again = options.read_again();
    level = again.ok() ? again->config.log_level : again.failure().what;
    rig.file("c.toml", "[agent]\nlog_level = 7\n");
    CHECK_FALSE(options.read_again().ok());
    return 0;
  };
  CHECK(rig.run({"run"}) == 0);
  CHECK(people == People::owner);
  CHECK(level == "debug");
  rig.file("c.toml", "");
  CHECK(rig.run({"run", "--group"}) == 0);
  CHECK(people == People::group);
}

TEST_CASE("what announces a secret loses it, and the rest of the line stays") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"client_id = \"abc\"", "client_id = \"abc\""},
      {"client_secret = \"s3cr3t\"", "client_secret = \"(removed)\""},
      {"Authorization: Bearer abc.def-ghi", "Authorization: Bearer (removed)"},
      {"PUT https://s/x?X-Amz-Signature=00ff&part=3",
       "PUT https://s/x?X-Amz-Signature=(removed)&part=3"},
      {"{\"access_token\":\"aa\",\"expires_in\":5}",
       "{\"access_token\":\"(removed)\",\"expires_in\":5}"},
      {"12:00 info push.done item=note-n1 took_ms=4",
       "12:00 info push.done item=note-n1 took_ms=4"},
      {"the token", "the token"},
      {"", ""},
  };
  for (const auto& [line, clean] : rows) {
    CAPTURE(line);
    CHECK(cli::without_secrets(line) == clean);
  }
}

TEST_CASE("a bundle has status, queue and log, and nothing of secrets or of what people wrote") {
  CliRig rig;
  rig.config = rig.file("c.toml", "[remote.procore]\nclient_secret = \"s3cr3t\"\n");
  rig.commands.answer("status", R"({"link":{"state":"shut"}})");
  rig.commands.answer("queue", R"({"intents":[{"id":4,"state":"queued","title":"my own words"}]})");
  const std::string into = rig.folder / "bundle";
  CHECK(rig.run({"bundle", into}) == 0);
  CHECK(content(into + "/status.json").find("shut") != std::string::npos);
  CHECK(content(into + "/queue.json").find("queued") != std::string::npos);
  CHECK(content(into + "/queue.json").find("my own words") == std::string::npos);
  CHECK(content(into + "/fieldsync.toml").find("s3cr3t") == std::string::npos);
  CHECK(content(into + "/fieldsync.toml").find("client_secret") != std::string::npos);
  CHECK_MESSAGE(rig.run({"bundle", into}) == 2, "a second one never mixes with the first");
}

TEST_CASE("a bundle is made also when the agent cannot be opened") {
  CliRig rig;
  rig.refuse_session = base::Failure{base::Cause::work_damaged, "work.db: no such page"};
  const std::string into = rig.folder / "bundle";
  CHECK(rig.run({"bundle", into}) == 0);
  CHECK(rig.faults().find("no such page") != std::string::npos);
  CHECK_FALSE(content(into + "/about.json").empty());
}

TEST_CASE("the manual names every command and every key of the config") {
  CliRig rig;
  CHECK(rig.run({"--help"}) == 0);
  const std::string page = source("installer/linux/fieldsync.1");
  const std::string help = rig.text();
  int commands = 0;
  for (const std::string& line : base::split(help.substr(help.find("Subcommands:")), '\n')) {
    if (!line.starts_with("  ") || line.starts_with("   ")) continue;
    const std::string name = line.substr(2, line.find(' ', 2) - 2);
    CAPTURE(name);
    CHECK(page.find(name) != std::string::npos);
    ++commands;
  }
  CHECK(commands > 25);
  const std::string keys = source("installer/linux/fieldsync.toml.5");
  for (std::string line : base::split(source("installer/config/fieldsync.toml.example"), '\n')) {
    if (line.starts_with('#')) line = line.substr(1);
    const std::size_t end = line.find(" = ");
    if (end == std::string::npos || line.find(' ') != end) continue;
    CAPTURE(line);
    CHECK(keys.find(line.substr(0, end)) != std::string::npos);
  }
}
