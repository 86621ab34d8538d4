#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "platform/base/log.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"
#include "platform/tuning.h"
#include "tests/support/temp_folder.h"

namespace fieldsync::base {
namespace {

struct LogFile {
  tests::TempFolder folder;
  std::string path = folder / "agent.log";

  LogOptions options() const {
    LogOptions options;
    options.file = path;
    return options;
  }
  /// The only line without its time, which is checked.
  std::string line() const {
    const std::string all = tests::content_of(path);
    REQUIRE(all.size() > 26);
    CHECK(all.find('\n') == all.size() - 1);
    CHECK(parse_iso(all.substr(0, 24)).has_value());
    return all.substr(25, all.size() - 26);
  }
};

}  // namespace

TEST_CASE("a log line is a time, a level, an event and its fields") {
  LogFile file;
  make_log(file.options())->info("push.deferred", {{"entry", "n7k2"}, {"attempt", 3}});
  CHECK(file.line() == "info push.deferred entry=n7k2 attempt=3");
}

TEST_CASE("values that hold spaces, quotes or nothing are quoted") {
  LogFile file;
  make_log(file.options())
      ->warning("a", {{"t", "two words"}, {"q", "say \"hi\\\""}, {"e", ""}, {"k", "a=b"}});
  CHECK(file.line() == R"(warning a t="two words" q="say \"hi\\\"" e="" k="a=b")");
}

TEST_CASE("a value from outside can add no line, no field and no control character") {
  LogFile file;
  make_log(file.options())->error("a", {{"name", "x\n2026 info forged=\"1\"\x1B[2J\xFF"}});
  const std::string line = file.line();
  CHECK(line.find('\x1B') == std::string::npos);
  CHECK(is_utf8(line));
  CHECK(line.starts_with("error a name=\"x 2026 info forged=\\\"1\\\" [2J"));
}

TEST_CASE("a value past the limit is cut") {
  LogFile file;
  make_log(file.options())->info("a", {{"body", std::string(1'000'000, 'x')}});
  CHECK(file.line().size() < platform::tuning::kLogValueBytesMax + 50);
}

TEST_CASE("the level decides what is written") {
  LogFile file;
  auto options = file.options();
  options.level_min = LogLevel::warning;
  const auto log = make_log(options);
  log->debug("no");
  log->info("no");
  log->warning("yes");
  CHECK(file.line() == "warning yes");
}

TEST_CASE("a log rotates by size and keeps so many files") {
  LogFile file;
  auto options = file.options();
  options.file_bytes_max = 2'000;
  options.files_max = 2;
  const auto log = make_log(options);
  for (int i = 0; i < 500; ++i) log->info("event", {{"i", i}});
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(file.folder.path())) {
    CHECK(entry.file_size() <= 2'000);
    ++count;
  }
  CHECK(count == 3);
  CHECK(tests::content_of(file.path).find("i=499") != std::string::npos);
}

TEST_CASE("a log without a file goes on") {
  LogOptions options;
  options.file = "/proc/none/agent.log";
  make_log(options)->info("dropped");
  null_log().info("dropped");
}

}  // namespace fieldsync::base
