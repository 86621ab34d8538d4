#include <doctest/doctest.h>

#include "platform/base/text.h"
#include "tests/unit/agent_cli_rig.h"

namespace fieldsync::tests {
namespace {

using Words = std::vector<std::string>;

struct Row {
  std::string what;
  Words words;
  std::string said;  ///< part of what stderr says
};

void check_refused(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CliRig rig;
    CHECK(rig.run(row.words) == 2);
    CHECK(rig.commands.calls.empty());
    CHECK_MESSAGE(rig.faults().find(row.said) != std::string::npos, rig.faults());
    CHECK(rig.faults().starts_with("fieldsync: "));
    CHECK(rig.text().empty());
  }
}

TEST_CASE("a command line that is incomplete is refused before anything is opened") {
  check_refused({
      {"nothing at all", {}, "a command is missing"},
      {"unknown verb", {"fly"}, "fly"},
      {"unknown option", {"queue", "--loud"}, "--loud"},
      {"add without kind", {"add"}, "a command is missing"},
      {"add of an unknown kind", {"add", "house"}, "house"},
      {"photo without file", {"add", "photo"}, "FILE"},
      {"note without text", {"add", "note"}, "TEXT"},
      {"rfi without question", {"add", "rfi", "--subject", "S"}, "--question"},
      {"rfi without subject", {"add", "rfi", "--question", "Q"}, "--subject"},
      {"edit without item", {"edit"}, "ITEM"},
      {"edit without field", {"edit", "rfi-1"}, "FIELD=VALUE"},
      {"reply without text", {"reply", "rfi-1"}, "TEXT"},
      {"attach without file", {"attach", "rfi-1"}, "FILE"},
      {"remove without item", {"remove"}, "ITEM"},
      {"list without kind", {"list"}, "KIND"},
      {"show without item", {"show"}, "ITEM"},
      {"why without item", {"why"}, "ITEM"},
      {"follow without project", {"follow"}, "PROJECT"},
      {"unfollow without project", {"unfollow"}, "PROJECT"},
      {"completion of nothing", {"completion"}, "SHELL"},
      {"completion for an unknown shell", {"completion", "tcsh"}, "tcsh"},
      {"an argument too many", {"show", "rfi-1", "rfi-2"}, "rfi-2"},
      {"option without value", {"add", "note", "text", "--date"}, "--date"},
  });
}

TEST_CASE("malformed and hostile arguments are refused with the thing named") {
  const std::string long_word(201, 'x');
  check_refused({
      {"blank note", {"add", "note", " \n\t "}, "TEXT: is empty"},
      {"note in no UTF-8", {"add", "note", "caf\xE9"}, "TEXT: is not text in UTF-8"},
      {"impossible day", {"add", "note", "x", "--date", "2026-02-30"}, "--date: \"2026-02-30\""},
      {"day with a time", {"add", "note", "x", "--date", "2026-02-03T10:00"}, "--date"},
      {"blank project", {"add", "note", "x", "--project", " "}, "--project"},
      {"project with an escape", {"add", "note", "x", "--project", "7\x1B[2J"}, "--project"},
      {"project too long", {"add", "note", "x", "--project", long_word}, "--project"},
      {"subject of two lines", {"add", "rfi", "--subject", "a\nb", "--question", "Q"}, "one line"},
      {"subject from stdin", {"add", "rfi", "--subject", "-", "--question", "Q"}, "stdin"},
      {"bad due date",
       {"add", "rfi", "--subject", "S", "--question", "Q", "--due-date", "soon"},
       "--due-date"},
      {"bad assignee",
       {"add", "rfi", "--subject", "S", "--question", "Q", "--assignee", "\x07"},
       "--assignee"},
      {"bad manager",
       {"add", "rfi", "--subject", "S", "--question", "Q", "--manager", "a\nb"},
       "--manager"},
      {"no assignment", {"edit", "rfi-1", "subject"}, "expected FIELD=VALUE"},
      {"assignment to nothing", {"edit", "rfi-1", "=x"}, "expected FIELD=VALUE"},
      {"field twice", {"edit", "rfi-1", "a=1", "a=2"}, "a: is given twice"},
      {"value in no UTF-8", {"edit", "rfi-1", "a=\xFF"}, "a: its value is not text"},
      {"item with a line break", {"show", "rfi-1\n"}, "ITEM"},
      {"item in no UTF-8", {"why", "\xC0\xAF"}, "ITEM"},
      {"blank item", {"remove", " "}, "ITEM"},
      {"item too long", {"retry", long_word}, "ITEM"},
      {"unknown kind to list", {"list", "hovses"}, "there is no such kind"},
      {"limit of zero", {"list", "rfi", "--limit", "0"}, "--limit"},
      {"limit that is no number", {"list", "rfi", "--limit", "ten"}, "--limit"},
      {"limit past all bounds", {"list", "rfi", "--limit", "99999999999999999999"}, "--limit"},
      {"receipts of nothing sensible", {"receipts", "\x01"}, "ITEM"},
  });
}

TEST_CASE("nothing of a hostile argument reaches the terminal raw") {
  CliRig rig;
  for (const Words& words : std::vector<Words>{{"\x1B]0;owned\x07"},
                                               {"show", "\x1B[2J"},
                                               {"list", "\x1B[2J\xFF"},
                                               {"edit", "rfi-1", "\x1B[31m"},
                                               {"--config", "\x1B[2J", "projects"},
                                               {"add", "photo", "\x1B[2J.jpg"}}) {
    CHECK(rig.run(words) != 0);
    CHECK(rig.faults().find('\x1B') == std::string::npos);
    CHECK(rig.text().find('\x1B') == std::string::npos);
    CHECK(base::is_utf8(rig.faults()));
  }
}

TEST_CASE("help and version are no faults") {
  CliRig rig;
  CHECK(rig.run({"--help"}) == 0);
  CHECK(rig.text().find("add") != std::string::npos);
  CHECK(rig.run({"add", "photo", "--help"}) == 0);
  CHECK(rig.text().find("--album") != std::string::npos);
  CHECK(rig.run({"--version"}) == 0);
  CHECK(rig.text() == "fieldsync " FIELDSYNC_VERSION "\n");
  CHECK(rig.run({"version", "--json"}) == 0);
  CHECK(rig.json().as_document()->text("version") == FIELDSYNC_VERSION);
  CHECK(rig.sessions == 0);
}

TEST_CASE("common options are understood before and after the command") {
  CliRig rig;
  CHECK(cli::run_cli(
            {"queue", "--json", "--state", rig.folder / "elsewhere/", "--config", rig.config},
            rig.around) == 0);
  REQUIRE(rig.opened);
  CHECK(rig.opened->state == rig.folder / "elsewhere");
  CHECK(rig.opened->config.state_folder == rig.folder / "elsewhere");
}

TEST_CASE("the state folder comes from the option, then the environment, then the config") {
  CliRig rig;
  rig.config = rig.file("c.toml", "[agent]\nstate = \"/from/config\"\n");
  const Words queue{"queue", "--config", rig.config};
  CHECK(cli::run_cli(queue, rig.around) == 0);
  CHECK(rig.opened->state == "/from/config");
  rig.variables["FIELDSYNC_STATE"] = "/from/environment";
  CHECK(cli::run_cli(queue, rig.around) == 0);
  CHECK(rig.opened->state == "/from/environment");
  CHECK(rig.run({"queue"}) == 0);
  CHECK(rig.opened->state == rig.folder / "state");
}

TEST_CASE("capture and looking go on with a faulty config, remote commands do not") {
  CliRig rig;
  rig.config = rig.file("c.toml", "[remote.a]\ncompany = 1\nx = 2\n");
  rig.commands.answer("add", R"({"items":[{"id":"note-n1","kind":"note","project":""}]})");
  CHECK(rig.run({"add", "note", "the wall is wet"}) == 0);
  CHECK(rig.faults().find("c.toml:3: [remote.a] x: unknown key") != std::string::npos);
  CHECK(rig.run({"list", "rfi"}) == 0);
  CHECK(rig.run({"queue"}) == 0);
  rig.commands.calls.clear();
  for (const Words& words : std::vector<Words>{{"sync"},
                                               {"projects"},
                                               {"login"},
                                               {"logout"},
                                               {"follow", "1"},
                                               {"unfollow", "1"},
                                               {"run"}}) {
    CAPTURE(words[0]);
    CHECK(rig.run(words) == 2);
    CHECK(rig.faults().find("c.toml:3: [remote.a] x: unknown key") != std::string::npos);
  }
  CHECK(rig.commands.calls.empty());
}

TEST_CASE("a config that was named but is missing is told, and capture goes on") {
  CliRig rig;
  rig.config = rig.folder / "missing.toml";
  CHECK(rig.run({"add", "note", "x"}) == 0);
  CHECK(rig.faults().find("missing.toml: there is no such file") != std::string::npos);
  CHECK(rig.run({"projects"}) == 2);
}

TEST_CASE("a failure of the agent is a sentence, and with --json an object as well") {
  CliRig rig;
  rig.commands.fail("show", {base::Cause::not_found, "rfi-9"});
  CHECK(rig.run({"show", "rfi-9", "--json"}) == 1);
  CHECK(rig.faults().find("rfi-9") != std::string::npos);
  const base::Value answer = rig.json();
  const base::Value* error = answer.as_document()->find("error");
  REQUIRE(error);
  CHECK(error->as_document()->text("cause") == "not_found");
  CHECK(!error->as_document()->text("next_step").empty());
  rig.commands.fail("show", {base::Cause::bad_input, "item: what?"});
  CHECK(rig.run({"show", "rfi-9"}) == 2);
}

TEST_CASE("a session that cannot be opened fails the command") {
  CliRig rig;
  rig.refuse_session = base::Failure{base::Cause::already_running, "the state folder is in use"};
  CHECK(rig.run({"queue"}) == 1);
  CHECK(rig.faults().find("in use") != std::string::npos);
}

TEST_CASE("completion knows every command and option") {
  CliRig rig;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    CAPTURE(shell);
    CHECK(rig.run({"completion", shell}) == 0);
    for (const char* word :
         {"photo", "receipts", "unfollow", "description", "due-date", "verify"}) {
      CAPTURE(word);
      CHECK(rig.text().find(word) != std::string::npos);
    }
  }
  CHECK(rig.sessions == 0);
}

}  // namespace
}  // namespace fieldsync::tests
