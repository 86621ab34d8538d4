#include <doctest/doctest.h>

#include "tests/unit/agent_cli_rig.h"

// The commands by which people decide, hold back, have done over and carry away.

using namespace fieldsync;
using namespace fieldsync::tests;
using base::Document;
using base::List;
using base::Value;

namespace {

bool says(const CliRig& rig, const std::string& part) {
  return rig.text().find(part) != std::string::npos;
}

/// One act of `pending` with one file; `digest` is what the agent says of it.
std::string page_of(const std::string& id, const std::string& path, const std::string& digest,
                    const std::string& next) {
  return R"({"acts":[{"id":)" + id + R"(,"item":"photo-n1","files":[{"name":"p.jpg","sha256":")" +
         digest + R"(","path":")" + path + R"("}]}],"next":)" + next + "}";
}

}  // namespace

TEST_CASE("conflicts shows each kind with the command that decides it, and exits with 3") {
  CliRig rig;
  rig.commands.answer("conflicts", R"({"conflicts":[
    {"id":7,"cause":"conflict","item":"rfi-1","choices":["ours","theirs","value"],
     "fields":[{"field":"subject","base":"a","ours":"b","theirs":"c"}]},
    {"id":9,"cause":"record_gone","item":"rfi-2","title":"Slab edge","evidence":"two lists lack it",
     "acts":[{"id":9,"action":"reply","fields":{"body":"my reply"},"files":["x.jpg"]}],
     "choices":["restore","new","let-go"]},
    {"id":"5/photo","cause":"mass_vanishing","records":40,"of":50,"choices":["accept","keep"]}]})");
  CHECK(rig.run({"conflicts"}) == 3);
  for (const char* part :
       {"fieldsync resolve 7 --take ours|theirs|VALUE", "Slab edge", "my reply", "x.jpg",
        "two lists lack it", "fieldsync resolve 9 --take restore|new|let-go", "40 of 50",
        "fieldsync resolve 5/photo --take accept|keep"}) {
    CHECK_MESSAGE(says(rig, part), part);
  }
}

TEST_CASE("resolve passes on what is decided, or that it is undone, and not both") {
  CliRig rig;
  rig.commands.answer("resolve", R"({"id":9,"item":"rfi-n5","take":"new","state":"queued",
                                     "left_behind":["plan.pdf"]})");
  CHECK(rig.run({"resolve", "rfi-2", "--take", "new"}) == 0);
  CHECK(rig.commands.calls.back().arguments == Document{{"conflict", "rfi-2"}, {"take", "new"}});
  CHECK(says(rig, "rfi-n5"));
  CHECK(rig.faults().find("plan.pdf") != std::string::npos);
  rig.commands.answer("resolve", R"({"item":"rfi-2","take":"undo","undone":"new"})");
  CHECK(rig.run({"resolve", "9", "--undo"}) == 0);
  CHECK(rig.commands.calls.back().arguments == Document{{"conflict", "9"}, {"undo", Value(true)}});
  CHECK(rig.run({"resolve", "9"}) == 2);
  CHECK(rig.run({"resolve", "9", "--undo", "--take", "ours"}) == 2);
}

TEST_CASE("hold and resync say what they reached") {
  CliRig rig;
  rig.commands.answer("hold", R"({"item":"rfi-2","held":2,"under_way":1})");
  CHECK(rig.run({"hold", "rfi-2"}) == 0);
  CHECK(says(rig, "2 held back"));
  CHECK(rig.faults().find("1 of its acts had left") != std::string::npos);
  rig.commands.answer("resync", R"({"records":120,"acts":3})");
  CHECK(rig.run({"resync", "rfis"}) == 0);
  CHECK(rig.commands.calls.back().arguments.text("what") == "rfis");
  CHECK(says(rig, "120 records are read again, 3 held acts are sent again."));
}

TEST_CASE("export copies every page of the queue and every file, compared with its digest") {
  CliRig rig;
  const std::string bytes = "the captured bytes";
  const std::string digest = base::digest_of(bytes).hex();
  const std::string original = rig.file("original", bytes);
  rig.commands.answers["pending"] = [&](const Document& arguments) -> base::Result<Document> {
    const bool first = arguments.integer("after") == 0;
    CHECK(arguments.text("project") == "77");
    const auto page =
        base::parse_json(page_of(first ? "1" : "2", original, digest, first ? "1" : "null"));
    return *page->as_document();
  };
  const std::string into = rig.folder / "out";
  CHECK(rig.run({"export", "PENDING", into, "--project", "77"}) == 0);
  for (const char* name : {"acts-00001.json", "acts-00002.json"}) {
    const auto text = platform::read_all(*rig.files, into + "/" + name, 100'000);
    REQUIRE(text.ok());
    const auto parsed = base::parse_json(*text);
    const Value& act = parsed->as_document()->find("acts")->as_list()->front();
    const Value& file = act.as_document()->find("files")->as_list()->front();
    const std::string path = file.as_document()->text("path");
    CHECK(*platform::read_all(*rig.files, into + "/" + path, 1'000) == bytes);
  }
  CHECK(rig.run({"export", "PENDING", into}) == 2);
  CHECK(rig.faults().find("is not empty") != std::string::npos);
  CHECK(rig.run({"export", "rfi-2", rig.folder / "other"}) == 2);
}

TEST_CASE("a file that cannot be carried away is named, and the others are") {
  CliRig rig;
  const std::string digest = base::digest_of("as captured").hex();
  const std::string damaged = rig.file("damaged", "not as captured");
  rig.commands.answer("pending", page_of("1", damaged, digest, "null"));
  const std::string into = rig.folder / "out";
  CHECK(rig.run({"export", "PENDING", into, "--json"}) == 3);
  const Value answer = rig.json();
  CHECK(answer.as_document()->integer("acts") == 1);
  CHECK(answer.as_document()->find("problems")->as_list()->size() == 1);
  const auto text = platform::read_all(*rig.files, into + "/acts-00001.json", 100'000);
  CHECK(text->find("not what was captured") != std::string::npos);
}
