#include <doctest/doctest.h>

#include "platform/host.h"
#include "tests/unit/agent_cli_rig.h"

namespace fieldsync::tests {
namespace {

using base::Document;
using base::List;
using base::Value;

const std::string kConfig =
    "[remote.a]\napi_url = \"https://a.example\"\nlogin_url = \"https://b.example\"\n"
    "company = 1\nclient_id = \"c\"\n";

Document document(const std::string& json) { return *base::parse_json(json)->as_document(); }

TEST_CASE("a note is sent with its text, day, project and files") {
  CliRig rig;
  rig.commands.answer("add", R"({"items":[{"id":"note-n1","kind":"note","project":"7"}]})");
  const std::string file = rig.file("plan.pdf", "%PDF-1.4 x");
  CHECK(rig.run({"add", "note", "--attach", file, "--date", "2026-09-24", "--project", "7", "--",
                 "-5 degrees"}) == 0);
  REQUIRE(rig.commands.calls.size() == 1);
  const Document& arguments = rig.commands.calls[0].arguments;
  CHECK(arguments.text("kind") == "note");
  CHECK(arguments.text("project") == "7");
  CHECK(*arguments.find("fields") ==
        Value(document(R"({"comment":"-5 degrees","date":"2026-09-24"})")));
  const List& files = *arguments.find("files")->as_list();
  REQUIRE(files.size() == 1);
  CHECK(files[0].as_document()->text("name") == "plan.pdf");
  CHECK(files[0].as_document()->text("type") == "application/pdf");
  CHECK(files[0].as_document()->integer("size") == 10);
  CHECK(rig.text() == "Kept note-n1 for project 7.\n");
}

TEST_CASE("what is left out is not sent") {
  CliRig rig;
  CHECK(rig.run({"add", "note", "x"}) == 0);
  CHECK(rig.commands.calls[0].arguments == document(R"({"kind":"note","fields":{"comment":"x"}})"));
}

TEST_CASE("text from stdin is taken whole and without its last line break") {
  CliRig rig;
  rig.input = "two\nlines\n";
  CHECK(rig.run({"add", "note", "-"}) == 0);
  CHECK(rig.commands.calls[0].arguments ==
        document(R"({"kind":"note","fields":{"comment":"two\nlines"}})"));
  rig.input.assign(1'000'001, 'x');
  CHECK(rig.run({"add", "note", "-"}) == 2);
  rig.input.clear();
  CHECK(rig.run({"add", "note", "-"}) == 2);
  CHECK(rig.commands.calls.size() == 1);
}

TEST_CASE("an RFI carries typed fields") {
  CliRig rig;
  rig.commands.answer("add", R"({"items":[{"id":"rfi-n1","kind":"rfi","project":"7"}]})");
  CHECK(rig.run({"add", "rfi", "--subject", "Duct", "--question", "Which?", "--assignee", "12",
                 "13", "--due-date", "2026-10-01", "--manager", "9", "--draft", "--json"}) == 0);
  CHECK(rig.commands.calls[0].arguments ==
        document(R"({"kind":"rfi","fields":{"subject":"Duct","question":"Which?",
          "assignees":["12","13"],"due_date":"2026-10-01","rfi_manager":"9","draft":true}})"));
  CHECK(rig.json() == Value(document(R"({"id":"rfi-n1","kind":"rfi","project":"7"})")));
}

TEST_CASE("edit sends texts, reply and attach their files") {
  CliRig rig;
  for (const char* verb : {"edit", "reply", "attach", "remove"}) {
    rig.commands.answer(verb, R"({"id":"rfi-4","intent":12})");
  }
  const std::string file = rig.file("a.txt", "x");
  CHECK(rig.run({"edit", "rfi-4", "subject=a=b", "due_date="}) == 0);
  CHECK(rig.text() == "Changed rfi-4, queued as 12.\n");
  CHECK(rig.run({"reply", "rfi-4", "yes", "--attach", file}) == 0);
  CHECK(rig.run({"attach", "rfi-4", file, file}) == 0);
  CHECK(rig.run({"remove", "rfi-4", "--json"}) == 0);
  CHECK(rig.json() == Value(document(R"({"id":"rfi-4","intent":12})")));
  REQUIRE(rig.commands.calls.size() == 4);
  CHECK(rig.commands.calls[0].arguments ==
        document(R"({"item":"rfi-4","fields":{"subject":"a=b","due_date":""}})"));
  CHECK(rig.commands.calls[1].arguments.text("body") == "yes");
  CHECK(rig.commands.calls[1].arguments.find("files")->as_list()->size() == 1);
  CHECK(rig.commands.calls[2].arguments.find("files")->as_list()->size() == 2);
}

TEST_CASE("one attachment that cannot be taken refuses the whole act") {
  CliRig rig;
  const std::string good = rig.file("a.txt", "x");
  CHECK(rig.run({"reply", "rfi-4", "see", "--attach", good, rig.folder / "missing"}) == 1);
  CHECK(rig.commands.calls.empty());
  CHECK(rig.faults().find("missing") != std::string::npos);
}

TEST_CASE("an edit that changes nothing is said to be none") {
  CliRig rig;
  rig.commands.answer("edit", R"({"id":"rfi-4","intent":null,"state":"unchanged"})");
  CHECK(rig.run({"edit", "rfi-4", "subject=a"}) == 0);
  CHECK(rig.text() == "rfi-4 has these values already: nothing to do.\n");
}

TEST_CASE("list asks for the kind by either name and shows a table") {
  CliRig rig;
  rig.commands.answer("list",
                      R"({"records":[{"id":"rfi-4","service_id":"44","project":"7",
        "state":"in_sync","subject":"Duct\u001b[2J"}],"truncated":true})");
  CHECK(rig.run({"list", "rfis", "--project", "7", "--limit", "5"}) == 0);
  CHECK(rig.commands.calls[0].arguments == document(R"({"kind":"rfi","limit":5,"project":"7"})"));
  CHECK(rig.text().find("rfi-4  44") != std::string::npos);
  CHECK(rig.text().find("Duct") != std::string::npos);
  CHECK(rig.text().find('\x1B') == std::string::npos);
  CHECK(rig.text().find("There are more") != std::string::npos);
  CHECK(rig.run({"list", "rfi", "--json"}) == 0);
  CHECK(rig.json().as_document()->find("records")->as_list()->size() == 1);
}

TEST_CASE("show prints long text aligned and what is not sent yet") {
  CliRig rig;
  rig.commands.answer("show",
                      R"({"record":{"id":"rfi-4","kind":"rfi","subject":"S","question":"a\nb",
        "replies":[{"id":"1","body":"yes","author":"Ann"}]},
        "pending":[{"action":"edit","state":"queued"}]})");
  CHECK(rig.run({"show", "rfi-4"}) == 0);
  CHECK(rig.text().find("question: a\n          b\n") != std::string::npos);
  CHECK(rig.text().find("  - Ann: yes") != std::string::npos);
  CHECK(rig.text().find("not sent yet: edit (queued)") != std::string::npos);
}

TEST_CASE("queue ends with 3 when something needs a person") {
  CliRig rig;
  rig.commands.answer("queue", R"({"intents":[],"counts":{"held":0}})");
  CHECK(rig.run({"queue"}) == 0);
  CHECK(rig.text() == "The queue is empty: everything is delivered.\n");
  rig.commands.answer("queue",
                      R"({"intents":[{"id":3,"action":"create","item":"photo-n1","state":"held",
        "cause":"permission_missing","bytes_done":1000000,"bytes_total":8800000,"attempts":2}],
        "counts":{"held":1}})");
  CHECK(rig.run({"queue", "--all"}) == 3);
  CHECK(*rig.commands.calls.back().arguments.find("all") == Value(document(R"({"a":true})")["a"]));
  CHECK(rig.text().find("1.0 MB of 8.8 MB") != std::string::npos);
  CHECK(rig.text().find(std::string(base::info(base::Cause::permission_missing).sentence)) !=
        std::string::npos);
  CHECK(rig.run({"queue", "--json"}) == 3);
}

TEST_CASE("why tells the sentence, the evidence, whose turn it is and the next step") {
  CliRig rig;
  rig.commands.answer("why",
                      R"({"explanations":[{"item":"rfi-4","action":"edit","state":"held",
        "cause":"permission_missing","evidence":"403 from the RFI tool"}]})");
  CHECK(rig.run({"why", "rfi-4"}) == 0);
  const base::CauseInfo& about = base::info(base::Cause::permission_missing);
  for (const std::string& part : {std::string(about.sentence), std::string(about.next_step),
                                  std::string("403 from the RFI tool")}) {
    CAPTURE(part);
    CHECK(rig.text().find(part) != std::string::npos);
  }
}

TEST_CASE("retry and receipts pass on what was asked for") {
  CliRig rig;
  rig.commands.answer("retry", R"({"count":4})");
  CHECK(rig.run({"retry"}) == 0);
  CHECK(rig.text() == "4 will be tried now.\n");
  CHECK(rig.commands.calls.back().arguments.empty());
  CHECK(rig.run({"retry", "rfi-4"}) == 0);
  CHECK(rig.commands.calls.back().arguments.text("item") == "rfi-4");
  rig.commands.answer("receipts",
                      R"({"receipts":[],"check":{"intact":false,"checked":9,"problem":"row 3"}})");
  CHECK(rig.run({"receipts", "--verify"}) == 1);
  CHECK(rig.faults().find("row 3") != std::string::npos);
  rig.commands.answer("receipts",
                      R"({"receipts":[],"check":{"intact":true,"checked":9,"problem":""}})");
  CHECK(rig.run({"receipts", "--verify"}) == 0);
  CHECK(rig.text().find("The chain of 9 receipts is unbroken.") != std::string::npos);
}

TEST_CASE("sync returns at once when an agent goes on with it") {
  CliRig rig;
  rig.config = rig.file("c.toml", kConfig);
  CHECK(rig.run({"sync", "--full"}) == 0);
  REQUIRE(rig.commands.calls.size() == 1);
  CHECK(rig.commands.calls[0].verb == "sync");
  CHECK(rig.commands.calls[0].arguments.has("full"));
}

TEST_CASE("sync waits until nothing is due, and always when it works in this process") {
  CliRig rig;
  rig.config = rig.file("c.toml", kConfig);
  rig.home = cli::Session::Home::here;
  int busy = 3;
  rig.commands.answers["wait"] = [&](const Document&) -> base::Result<Document> {
    return document(busy-- > 0 ? R"({"busy":true,"queue":{"queued":2}})"
                               : R"({"busy":false,"queue":{"held":1}})");
  };
  CHECK(rig.run({"sync"}) == 3);
  CHECK(rig.commands.calls.size() == 5);
  CHECK(rig.pauses == 3);  // an agent that does not wait is not asked in a spin
  CHECK(rig.text() == "1 need a person; `fieldsync queue` shows them.\n");
}

TEST_CASE("sync gives up after a day") {
  CliRig rig;
  rig.config = rig.file("c.toml", kConfig);
  rig.commands.answer("wait", R"({"busy":true})");
  rig.on_pause = [&] { rig.clock.advance(base::Millis{3'600'000}); };
  CHECK(rig.run({"sync", "--wait"}) == 1);
  CHECK(rig.faults().find("still busy") != std::string::npos);
}

TEST_CASE("status shows the parts and ends with 3 when a login is needed") {
  CliRig rig;
  rig.commands.answer("status",
                      R"({"link":{"state":"up"},"login":"refused","busy":false,
        "queue":{"queued":2,"in_doubt":1},
        "projects":[{"id":"7","name":"Tower","tools":[{"tool":"rfis","missing":"3 sheets"},
          {"tool":"notes","cause":"none","missing":"",
           "complete_as_of":"1999-01-01T00:00:00Z"}]}]})");
  CHECK(rig.run({"status"}) == 3);
  CHECK(rig.text().find("Queue:  2 queued, 1 in doubt") != std::string::npos);
  CHECK(rig.text().find("Tower") != std::string::npos);
  CHECK(rig.text().find("not yet") != std::string::npos);
  CHECK(rig.text().find("none") == std::string::npos);
  rig.commands.answer("status", R"({"link":{"state":"down"},"login":"ready","queue":{}})");
  CHECK(rig.run({"status", "--json"}) == 0);
  CHECK(rig.json() == Value(document(R"({"link":{"state":"down"},"login":"ready","queue":{}})")));
}

TEST_CASE("watching shows the status again and again until the agent is gone") {
  CliRig rig;
  rig.commands.answer("status", R"({"queue":{}})");
  rig.on_pause = [&] {
    if (rig.pauses == 3) rig.commands.fail("status", {base::Cause::offline, "gone"});
  };
  CHECK(rig.run({"status", "--watch"}) == 1);
  CHECK(rig.commands.calls.size() == 4);
  rig.home = cli::Session::Home::here;
  CHECK(rig.run({"status", "--watch"}) == 1);
  CHECK(rig.faults().find("no agent runs here") != std::string::npos);
}

TEST_CASE("the secret comes from the prompt and is printed nowhere") {
  CliRig rig;
  rig.config = rig.file("c.toml", kConfig);
  rig.commands.answer("login", R"({"state":"ok"})");
  rig.secrets = {" hush-hush "};
  CHECK(rig.run({"login"}) == 0);
  CHECK(rig.commands.calls[0].arguments == document(R"({"remote":"a","secret":"hush-hush"})"));
  CHECK((rig.text() + rig.faults()).find("hush") == std::string::npos);
  CHECK(rig.run({"login"}) == 2);  // end of input
  CHECK(rig.run({"login", "--remote", "b"}) == 2);
  CHECK(rig.commands.calls.size() == 1);
}

TEST_CASE("with an authorization code the page is shown and the code asked for") {
  CliRig rig;
  rig.config = rig.file("c.toml", kConfig + "grant = \"authorization_code\"\n");
  rig.secrets = {"s", "c0de"};
  CHECK(rig.run({"login"}) == 0);
  CHECK(rig.commands.calls[0].arguments ==
        document(R"({"remote":"a","secret":"s","code":"c0de"})"));
  CHECK(rig.faults().find("https://b.example/") != std::string::npos);
}

TEST_CASE("an own login is the caller's, with a code and without the client secret") {
  CliRig rig;
  rig.config = rig.file("c.toml", kConfig);
  rig.secrets = {"c0de"};
  CHECK(rig.run({"login", "--own"}) == 0);
  Document expected{{"remote", "a"}, {"person", platform::current_user()}, {"code", "c0de"}};
  CHECK(rig.commands.calls[0].arguments == expected);
  CHECK(rig.faults().find("https://b.example/") != std::string::npos);
  CHECK(rig.run({"logout", "--own"}) == 0);
  expected = {{"remote", "a"}, {"person", platform::current_user()}};
  CHECK(rig.commands.calls[1].arguments == expected);
  CHECK(rig.text().find("Your own login is forgotten") != std::string::npos);
}

TEST_CASE("follow sends the tools and refuses unknown ones") {
  CliRig rig;
  rig.config = rig.file("c.toml", kConfig);
  rig.commands.answer("follow",
                      R"({"follows":[{"remote":"a","project":"7","tools":["rfis","notes"]}]})");
  CHECK(rig.run({"follow", "7", "--tools", "rfis, notes"}) == 0);
  CHECK(rig.commands.calls[0].arguments ==
        document(R"({"remote":"a","project":"7","tools":["rfis","notes"]})"));
  CHECK(rig.text().find("rfis, notes") != std::string::npos);
  CHECK(rig.run({"follow", "7", "--tools", "rfis,fotos"}) == 2);
  CHECK(rig.run({"follow", "7", "--tools", ","}) == 2);
  CHECK(rig.run({"unfollow", "7"}) == 0);
  CHECK(rig.commands.calls.size() == 2);
}

TEST_CASE("projects are a table of tools, levels and what is missing") {
  CliRig rig;
  rig.config = rig.file("c.toml", kConfig);
  rig.commands.answer("projects",
                      R"({"projects":[{"id":"7","name":"Tower","followed":true,
        "tools":[{"tool":"rfis","level":"read_only","missing":"needs Standard"}]}]})");
  CHECK(rig.run({"projects"}) == 0);
  CHECK(rig.text().find("needs Standard") != std::string::npos);
}

TEST_CASE("run hands place and ready file to the agent") {
  CliRig rig;
  rig.config = rig.file("c.toml", kConfig);
  std::string ready;
  rig.around.run_agent = [&](const cli::Place& place, const cli::RunOptions& options) {
    CHECK(place.config.remotes.size() == 1);
    ready = options.ready_file;
    return 1;
  };
  CHECK(rig.run({"run", "--ready-file", "/tmp/ready"}) == 1);
  CHECK(ready == "/tmp/ready");
}

TEST_CASE("a bar and colours are for terminals only") {
  CliRig rig;
  rig.commands.answer("queue", R"({"intents":[],"counts":{}})");
  rig.around.out_columns = 80;
  rig.around.err_columns = 80;
  CHECK(rig.run({"queue"}) == 0);
  CHECK(rig.text().find("\x1B[32m") != std::string::npos);
  rig.variables["NO_COLOR"] = "1";
  CHECK(rig.run({"queue"}) == 0);
  CHECK(rig.text().find('\x1B') == std::string::npos);
}

}  // namespace
}  // namespace fieldsync::tests
