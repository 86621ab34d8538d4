#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "agent/try/picture.h"
#include "agent/try/scenario.h"
#include "tests/support/site.h"

// What people and scripts type, and what lies in folders. The program itself, as a process.

namespace fieldsync::tests {
namespace {

struct BadCommand {
  std::string what;
  std::vector<std::string> words;  ///< after --config and --state
  int exit_code;
  std::vector<std::string> says;  ///< each must be in what it says
};

constexpr int kFailed = 1;
constexpr int kUsage = 2;

void check(Site& site, const BadCommand& bad) {
  CAPTURE(bad.what);
  std::vector<std::string> words = {"--config", site.place().config_file(), "--state",
                                    site.place().state()};
  words.insert(words.end(), bad.words.begin(), bad.words.end());
  const Said said = site.program(words);
  CAPTURE(said.out);
  CHECK(said.exit_code == bad.exit_code);
  for (const std::string& part : bad.says) {
    CHECK_MESSAGE(said.out.find(part) != std::string::npos, "not said: " << part);
  }
}

}  // namespace

TEST_CASE("a missing or malformed argument is named, with exit code 2, and nothing is queued") {
  Site site;
  site.log_in_and_follow();
  const std::string bad_utf8 = "bad\xFF\xFEtext";
  const std::vector<BadCommand> table = {
      {"no command", {}, kUsage, {"fieldsync"}},
      {"an unknown command", {"frobnicate"}, kUsage, {"frobnicate"}},
      {"an unknown option", {"status", "--frobnicate"}, kUsage, {"--frobnicate"}},
      {"add without a kind", {"add"}, kUsage, {"a command is missing", "--help"}},
      {"a note without text", {"add", "note"}, kUsage, {"TEXT"}},
      {"an empty note", {"add", "note", ""}, kUsage, {"TEXT", "empty"}},
      {"a blank note", {"add", "note", " \t\n "}, kUsage, {"TEXT", "empty"}},
      {"a note in bad UTF-8", {"add", "note", bad_utf8}, kUsage, {"TEXT", "UTF-8"}},
      {"a day that is none",
       {"add", "note", "x", "--date", "2026-02-30"},
       kUsage,
       {"--date", "2026-02-30"}},
      {"a project that is not followed",
       {"add", "note", "x", "--project", "99"},
       kUsage,
       {"99", "follow"}},
      {"a project in control characters",
       {"add", "note", "x", "--project", "1\x1b[2J"},
       kUsage,
       {"--project"}},
      {"an RFI without a subject", {"add", "rfi", "--question", "q"}, kUsage, {"--subject"}},
      {"an RFI with a blank question",
       {"add", "rfi", "--subject", "s", "--question", " "},
       kUsage,
       {"--question"}},
      {"a subject of two lines",
       {"add", "rfi", "--subject", "a\nb", "--question", "q"},
       kUsage,
       {"--subject", "one line"}},
      {"photo without a file", {"add", "photo"}, kUsage, {"FILE"}},
      {"a kind that is none", {"list", "crane"}, kUsage, {"crane"}},
      {"a limit that is none", {"list", "rfi", "--limit", "many"}, kUsage, {"--limit"}},
      {"a negative limit", {"list", "rfi", "--limit", "-5"}, kUsage, {"--limit"}},
      {"an item nobody knows", {"show", "rfi-404"}, kFailed, {"rfi-404"}},
      {"an item with a path in it", {"show", "../../etc/passwd"}, kFailed, {"passwd"}},
      {"why of an item nobody knows", {"why", "note-nabc"}, kFailed, {"note-nabc"}},
      {"why of an act nobody knows", {"why", "424242"}, kFailed, {"424242"}},
      {"an edit without a field", {"edit", "rfi-1"}, kUsage, {"FIELD=VALUE"}},
      {"an edit without an equals sign", {"edit", "rfi-1", "subject"}, kUsage, {"subject"}},
      {"a reply to nothing", {"reply", "rfi-404", "text"}, kFailed, {"rfi-404"}},
      {"a shell that is none", {"completion", "tcsh"}, kUsage, {"tcsh"}},
      {"a project id of 300 bytes", {"follow", std::string(300, '9')}, kUsage, {"PROJECT"}},
      {"a tool that is none", {"follow", "77", "--tools", "cranes"}, kUsage, {"cranes"}},
  };
  for (const BadCommand& bad : table) check(site, bad);
  CHECK(site.queue_counts().integer("open") == 0);
}

TEST_CASE("a file that cannot become a photo is refused at capture with its name and the reason") {
  Site site;
  site.log_in_and_follow();
  const std::string empty = site / "empty.jpg";
  put_content(empty, "");
  const std::string folder = site / "folder.jpg";
  std::filesystem::create_directory(folder);
  const std::string pipe = site / "pipe.jpg";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const std::string text = site / "text.jpg";
  put_content(text, "this is no picture");
  const std::string damaged = site / "damaged.jpg";
  put_content(damaged, "\xFF\xD8\xFF\xE0\xFF\xFFshort");
  const std::string loop = site / "loop.jpg";
  std::filesystem::create_symlink(loop, loop);
  const std::string endless(5'000, 'n');
  const std::vector<BadCommand> table = {
      {"0 bytes", {"add", "photo", empty}, kFailed, {"empty.jpg", "0 bytes"}},
      {"a folder", {"add", "photo", folder}, kFailed, {"folder.jpg", "folder"}},
      {"a pipe", {"add", "photo", pipe}, kFailed, {"pipe.jpg"}},
      {"text", {"add", "photo", text}, kFailed, {"text.jpg", "no picture"}},
      {"a damaged picture", {"add", "photo", damaged}, kFailed, {"damaged.jpg", "damaged"}},
      {"a link to itself", {"add", "photo", loop}, kFailed, {"loop.jpg"}},
      {"nothing", {"add", "photo", site / "none.jpg"}, kFailed, {"none.jpg", "no such file"}},
      {"a name of 5,000 bytes", {"add", "photo", endless}, kFailed, {"nnn"}},
      {"an empty name", {"add", "photo", ""}, kFailed, {"name"}},
      {"a missing attachment",
       {"add", "note", "x", "--attach", site / "none.pdf"},
       kFailed,
       {"none.pdf"}},
      {"an empty attachment", {"add", "note", "x", "--attach", empty}, kFailed, {"empty.jpg"}},
  };
  for (const BadCommand& bad : table) check(site, bad);
  CHECK(site.queue_counts().integer("open") == 0);
}

TEST_CASE(
    "a file that grows while it is captured is refused, and what is written after is not "
    "lost") {
  Site site;
  site.log_in_and_follow();
  const std::string path = site / "growing.jpg";
  put_content(path, trial::make_picture(200'000, 1));
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    std::ofstream out(path, std::ios::binary | std::ios::app);
    while (!stop) out << "more" << std::flush;
  });
  const Said said = site.say({"add", "photo", path});
  stop = true;
  writer.join();
  CHECK(said.exit_code == kFailed);
  CHECK(said.out.find("file_growing") != std::string::npos);
  CHECK(said.err.find("growing.jpg") != std::string::npos);
  CHECK(site.queue_counts().integer("open") == 0);
}

TEST_CASE("photos with hostile names are delivered under safe ones with equal bytes") {
  Site site;
  site.begin();
  const std::vector<std::string> names = {"bad\xFF\xFEutf8.jpg",
                                          "a#b%c&d{e}f<g>h*i?.jpg",
                                          "tab\tand\nline.jpg",
                                          " spaces .jpg",
                                          "CON.jpg",
                                          std::string(251, 'l') + ".jpg",
                                          "-rf.jpg",
                                          "日本語.jpg"};
  std::vector<Capture> captures;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto picture = site.picture(names[i], 70'000, i + 1);
    captures.push_back(site.add_photo(picture, "hostile " + std::to_string(i) + "."));
  }
  const auto dotted = site.picture("dotted.jpg", 70'000, 99);
  std::filesystem::create_directory(site / "sub");
  captures.push_back(
      site.add_photo({site / "sub/../dotted.jpg", dotted.sha256, dotted.size}, "through dots."));
  site.drain();
  const trial::Score score = trial::count_score(site.truth(), captures, {});
  for (const std::string& fault : score.faults) FAIL_CHECK(fault);
  CHECK(score.once == score.made);
}

TEST_CASE("one bad file among good ones is refused alone") {
  Site site;
  site.log_in_and_follow();
  put_content(site / "zero.jpg", "");
  const auto good = site.picture("good.jpg", 70'000, 1);
  const auto fine = site.picture("fine.jpg", 70'000, 2);
  const Said said = site.say({"add", "photo", good.path, site / "zero.jpg", fine.path});
  CHECK(said.exit_code == kFailed);
  REQUIRE(said.list().size() == 3);
  CHECK(!said.list()[0].as_document()->text("id").empty());
  CHECK(part(*said.list()[1].as_document(), "error").text("cause") == "file_empty");
  CHECK(!said.list()[2].as_document()->text("id").empty());
  CHECK(site.queue_counts().integer("open") == 2);
}

TEST_CASE("a faulty config names the file, the line and the remedy; capture goes on with it") {
  Site site;
  site.log_in_and_follow();
  const std::string config = content_of(site.place().config_file());
  struct BadLine {
    std::string what;
    std::string line;
    std::string says;
  };
  const std::vector<BadLine> table = {
      {"no TOML", "]]]", "fieldsync.toml:"},
      {"an unknown key", "[agent]\npol_interval = \"5m\"", "pol_interval"},
      {"a wrong type", "[agent]\npoll_interval = true", "poll_interval"},
      {"a span out of range", "[agent]\npoll_interval = \"1s\"", "poll_interval"},
      {"a rate without a unit", "[agent]\nlog_level = 7", "log_level"},
      {"a follow without a project", "[[follow]]\ntools = [\"rfis\"]", "project"},
      {"a tool that is none", "[[follow]]\nproject = 1\ntools = [\"cranes\"]", "cranes"},
      {"bad UTF-8", "# \xFF\xFE", "fieldsync.toml"},
  };
  std::int64_t notes = 0;
  for (const BadLine& bad : table) {
    CAPTURE(bad.what);
    put_content(site.place().config_file(), config + "\n" + bad.line + "\n");
    const BadCommand run{bad.what, {"run"}, kUsage, {bad.says, "fieldsync.toml"}};
    check(site, run);
    const Said said = site.program({"--config", site.place().config_file(), "--state",
                                    site.place().state(), "add", "note", "kept all the same"});
    CAPTURE(said.out);
    CHECK(said.exit_code == 0);
    notes += said.exit_code == 0;
  }
  check(site, {"a missing config", {"--config", site / "none.toml", "run"}, kUsage, {}});
  put_content(site.place().config_file(), config);
  CHECK(site.queue_counts().integer("open") == notes);
}

}  // namespace fieldsync::tests
