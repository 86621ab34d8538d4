#include "storage/mirror_store.h"

#include <doctest/doctest.h>

#include "tests/support/storage_folder.h"

using namespace fieldsync;
using namespace fieldsync::storage;
using base::Cause;
using base::List;
using base::Value;
using tests::StorageFolder;
using Extent = MirrorRecord::Extent;

namespace {

WallTime at(std::int64_t millis) { return WallTime{base::Millis(millis)}; }

RecordKey key_of(const std::string& id, const std::string& project = "1",
                 const std::string& kind = "rfi") {
  return {RemoteName("procore"), ProjectId(project), KindId(kind), ServiceId(id)};
}

MirrorRecord full(const std::string& id, std::int64_t updated, Document fields) {
  MirrorRecord record;
  record.key = key_of(id);
  record.fields = std::move(fields);
  record.updated_at = at(updated);
  record.observed_at = at(9'000);
  return record;
}

MirrorRecord summary(const std::string& id, std::int64_t updated, Document fields) {
  MirrorRecord record = full(id, updated, std::move(fields));
  record.extent = Extent::summary_only;
  return record;
}

MirrorRecord with_file(MirrorRecord record, MirrorFile file) {
  record.files.push_back(std::move(file));
  return record;
}

MirrorFile wanted_as(Want want, std::int64_t size = 5) {
  return {"pdf", "a.pdf", "https://x", size, {}, want};
}

struct Fixture {
  StorageFolder folder;
  std::unique_ptr<MirrorStore> store = open();

  std::unique_ptr<MirrorStore> open() {
    auto opened = MirrorStore::open(folder.path(), {.durability = Durability::normal}, at(0));
    REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.failure().what));
    CHECK_FALSE(opened->set_aside);
    return std::move(opened->store);
  }
  MirrorStore::Applied apply(std::vector<MirrorRecord> records) {
    auto applied = store->apply(records, std::nullopt);
    REQUIRE_MESSAGE(applied.ok(), (applied.ok() ? "" : applied.failure().what));
    return *applied;
  }
  MirrorRecord get(const std::string& id) {
    auto record = store->record(key_of(id));
    REQUIRE(record.ok());
    REQUIRE(record->has_value());
    return **record;
  }
  int sweep(std::vector<std::string> ids, std::int64_t gone_max = 1'000) {
    std::vector<ServiceId> list;
    for (auto& id : ids) list.emplace_back(std::move(id));
    return store
        ->apply_sweep(RemoteName("procore"), ProjectId("1"), KindId("rfi"), list, gone_max, at(50))
        ->gone;
  }
  std::vector<std::string> listed(MirrorStore::Filter filter) {
    std::vector<std::string> ids;
    for (const auto& record : store->list(filter).value()) ids.push_back(record.key.id.raw());
    return ids;
  }
  std::vector<std::string> wanted(std::int64_t now, int limit = 10) {
    std::vector<std::string> ids;
    const auto files = store->wanted_files(RemoteName("procore"), at(now), 1'000, limit);
    for (const auto& each : files.value()) ids.push_back(each.key.id.raw());
    return ids;
  }
  std::vector<std::string> may_go(MirrorStore::Shelf shelf) {
    std::vector<std::string> ids;
    const auto kept = store->evictable(shelf, {}, 9);
    for (const auto& each : kept.value()) ids.push_back(each.key.id.raw());
    return ids;
  }
};

}  // namespace

TEST_SUITE("storage/mirror_store") {
  TEST_CASE_FIXTURE(Fixture, "a record comes back whole, also after a restart") {
    MirrorRecord record = full("1", 10, {{"title", "a"}, {"replies", List{Value(1)}}});
    record = with_file(record, {"pdf", "a.pdf", "https://x/1", 77, base::digest_of("a")});
    record = with_file(record, {"attachment:1", "b.jpg", "https://x/2", {}, {}});
    CHECK(apply({record}).inserted == 1);
    store.reset();
    store = open();
    const MirrorRecord read = get("1");
    CHECK(read.fields == record.fields);
    CHECK(read.updated_at == at(10));
    CHECK(read.observed_at == at(9'000));
    CHECK(read.extent == Extent::full);
    REQUIRE(read.files.size() == 2);
    CHECK(read.files[0].slot == "attachment:1");
    CHECK_FALSE(read.files[0].size);
    CHECK(read.files[1].size == 77);
    CHECK(read.files[1].blob == base::digest_of("a"));
    CHECK_FALSE(store->record(key_of("2")).value());
    CHECK_FALSE(store->record(key_of("1", "other")).value());
    CHECK(store->integrity().value() == "ok");
  }

  TEST_CASE_FIXTURE(Fixture, "what is equal to the stored is not rewritten") {
    const MirrorRecord record = full("1", 10, {{"title", "a"}});
    apply({record});
    MirrorRecord again = record;
    again.observed_at = at(9'999);
    CHECK(apply({again}).same == 1);
    CHECK(get("1").observed_at == at(9'000));
    CHECK(apply({full("1", 10, {{"title", "b"}})}).changed == 1);
    CHECK(get("1").fields.text("title") == "b");
  }

  TEST_CASE_FIXTURE(Fixture, "a summary keeps what only a full look has") {
    apply({full("1", 10, {{"title", "a"}, {"replies", List{Value("r")}}})});
    SUBCASE("newer: laid over, and a full look is asked for") {
      CHECK(apply({summary("1", 20, {{"title", "b"}})}).changed == 1);
      CHECK(get("1").fields == Document{{"title", "b"}, {"replies", List{Value("r")}}});
      CHECK(get("1").extent == Extent::summary_only);
      CHECK(store->needing_show(RemoteName("procore"), 10)->size() == 1);
      apply({full("1", 20, {{"title", "b"}})});
      CHECK(get("1").extent == Extent::full);
      CHECK_FALSE(get("1").fields.has("replies"));
      CHECK(store->needing_show(RemoteName("procore"), 10)->empty());
    }
    SUBCASE("of the same time: still complete") {
      CHECK(apply({summary("1", 10, {{"title", "a"}})}).same == 1);
      CHECK(get("1").extent == Extent::full);
    }
    SUBCASE("older: changes nothing") {
      CHECK(apply({summary("1", 5, {{"title", "old"}})}).same == 1);
      CHECK(get("1").fields.text("title") == "a");
    }
    SUBCASE("without a time: a visible change asks for a full look") {
      MirrorRecord unknown = summary("1", 0, {{"title", "c"}});
      unknown.updated_at.reset();
      apply({unknown});
      CHECK(get("1").extent == Extent::summary_only);
      CHECK(get("1").updated_at == at(10));
    }
  }

  TEST_CASE_FIXTURE(Fixture, "records that need a full look come newest first") {
    MirrorRecord other = summary("4", 25, {});
    other.key = key_of("4", "2");
    apply({summary("1", 10, {}), summary("2", 30, {}), full("3", 40, {}), other});
    const auto keys = store->needing_show(RemoteName("procore"), 2).value();
    CHECK(keys == std::vector{key_of("2"), key_of("4", "2")});
    CHECK(store->needing_show(RemoteName("elsewhere"), 2)->empty());
  }

  TEST_CASE_FIXTURE(Fixture, "a record is gone only after two complete listings without it") {
    apply({full("1", 1, {}), full("2", 1, {}), full("3", 1, {})});
    CHECK(sweep({"1"}) == 0);
    CHECK(get("2").presence == Presence::missing_once);
    CHECK(sweep({"1", "3"}) == 1);
    CHECK(get("1").presence == Presence::present);
    CHECK(get("2").presence == Presence::gone);
    CHECK(get("3").presence == Presence::present);
    CHECK(sweep({"1", "3"}) == 0);
    CHECK(listed({.kind = KindId("rfi")}) == std::vector<std::string>{"1", "3"});
    CHECK(listed({.kind = KindId("rfi"), .with_gone = true}).size() == 3);
    CHECK(store->count(RemoteName("procore"), ProjectId("1"), KindId("rfi")).value() == 2);

    SUBCASE("one seen again is back") {
      CHECK(apply({full("2", 1, {})}).changed == 1);
      CHECK(get("2").presence == Presence::present);
    }
    SUBCASE("a doubtful answer never makes it gone") {
      REQUIRE(store->mark_missing(key_of("1"), at(60)).ok());
      REQUIRE(store->mark_missing(key_of("1"), at(61)).ok());
      CHECK(get("1").presence == Presence::missing_once);
      REQUIRE(store->mark_missing(key_of("2"), at(60)).ok());
      CHECK(get("2").presence == Presence::gone);
      CHECK(store->mark_missing(key_of("9"), at(60)).ok());  // not here: nothing to mark
    }
  }

  TEST_CASE_FIXTURE(Fixture, "pages follow the ids across projects and lose nothing") {
    std::vector<MirrorRecord> records;
    for (const char* project : {"1", "2", "3"}) {
      for (const char* id : {"10", "11", "12"}) {
        MirrorRecord record = full(id, 1, {});
        record.key = key_of(id, project);
        records.push_back(record);
      }
    }
    MirrorRecord note = full("10", 1, {});
    note.key = key_of("10", "1", "note");
    records.push_back(note);
    apply(records);
    MirrorStore::Filter filter{.kind = KindId("rfi"), .limit = 4};
    CHECK(listed(filter) == std::vector<std::string>{"10", "10", "10", "11", "11", "11"});
    filter.after = ServiceId("11");
    CHECK(listed(filter) == std::vector<std::string>{"12", "12", "12"});
    CHECK(listed({.project = ProjectId("2"), .kind = KindId("rfi"), .after = ServiceId("10")}) ==
          std::vector<std::string>{"11", "12"});
  }

  TEST_CASE_FIXTURE(Fixture, "wanted files: current records first, postponed ones not") {
    const MirrorFile pdf = wanted_as(Want::current);
    apply({with_file(full("1", 1, {}), wanted_as(Want::superseded)),
           with_file(full("2", 1, {}), pdf), with_file(full("3", 1, {}), pdf),
           with_file(full("4", 1, {}), {"photo", "a.jpg", "https://x", 5, {}})});
    CHECK(wanted(0) == std::vector<std::string>{"3", "2", "1"});
    CHECK(wanted(0, 1) == std::vector<std::string>{"3"});
    REQUIRE(store->postpone_file(key_of("3"), "pdf", at(100), "404").ok());
    CHECK(wanted(99) == std::vector<std::string>{"2", "1"});
    CHECK(wanted(100) == std::vector<std::string>{"2", "3", "1"});
    REQUIRE(store->save_file_blob(key_of("2"), "pdf", base::digest_of("x"), 5, at(7)).ok());
    CHECK(wanted(0) == std::vector<std::string>{"1"});
    CHECK(get("2").files[0].blob == base::digest_of("x"));
    sweep({"2", "3", "4"});
    CHECK(wanted(0).empty());
  }

  TEST_CASE_FIXTURE(Fixture, "files longer than there is room for are not wanted now") {
    apply({with_file(full("1", 1, {}), wanted_as(Want::current, 2'000)),
           with_file(full("2", 1, {}), wanted_as(Want::wished, 10)),
           with_file(full("3", 1, {}), wanted_as(Want::on_demand, 10))});
    CHECK(wanted(0) == std::vector<std::string>{"2"});
    CHECK(store->count_wanted(RemoteName("procore"), ProjectId("1"), KindId("rfi"), 9).value() ==
          2);
    CHECK(store->count_wanted(RemoteName("procore"), ProjectId("1"), KindId("rfi"), 1).value() ==
          1);
  }

  TEST_CASE_FIXTURE(Fixture, "what may go: superseded first, the longest unused, pinned last") {
    const std::vector<std::pair<std::string, Want>> files = {
        {"1", Want::current}, {"2", Want::superseded}, {"3", Want::current}, {"4", Want::wished}};
    for (const auto& [id, want] : files) {
      MirrorFile file = wanted_as(want);
      if (id == "4") file.pin = Pin::pinned;
      apply({with_file(full(id, 1, {}), file)});
      REQUIRE(store->save_file_blob(key_of(id), "pdf", base::digest_of(id), 5, at(10)).ok());
    }
    REQUIRE(store->mark_used(key_of("1"), "pdf", at(20)).ok());
    using Shelf = MirrorStore::Shelf;
    CHECK(may_go(Shelf::superseded) == std::vector<std::string>{"2"});
    CHECK(may_go(Shelf::ordinary) == std::vector<std::string>{"3", "1"});
    CHECK(may_go(Shelf::pinned) == std::vector<std::string>{"4"});
    CHECK(store->evictable(Shelf::ordinary, {ProjectId("1")}, 9).value().empty());
    CHECK(store->bytes_kept().value() == 20);
    REQUIRE(store->forget_blobs({base::digest_of("3")}).ok());
    CHECK(wanted(0) == std::vector<std::string>{"3"});
    CHECK(store->bytes_kept().value() == 15);
  }

  TEST_CASE_FIXTURE(Fixture, "bytes go only when the service can tell them again, and for all") {
    for (const char* id : {"1", "2", "3"}) {
      MirrorFile file = wanted_as(Want::current);
      if (id == std::string("2")) file.pin = Pin::pinned;
      apply({with_file(full(id, 1, {}), file)});
      const auto blob = base::digest_of(id == std::string("3") ? "other" : "shared");
      REQUIRE(store->save_file_blob(key_of(id), "pdf", blob, 5, at(10)).ok());
    }
    using Shelf = MirrorStore::Shelf;
    CHECK(may_go(Shelf::ordinary) == std::vector<std::string>{"3"});  // "2" needs the bytes of "1"
    CHECK(may_go(Shelf::pinned) == std::vector<std::string>{"2"});
    sweep({"1", "2"});
    CHECK(may_go(Shelf::ordinary).empty());
    REQUIRE(store->forget_blobs({base::digest_of("shared")}).ok());
    CHECK_FALSE(get("1").files[0].blob);
    CHECK_FALSE(get("2").files[0].blob);
    CHECK_FALSE(store->has_blob(base::digest_of("shared")).value());
    CHECK(store->has_blob(base::digest_of("other")).value());
  }

  TEST_CASE_FIXTURE(Fixture, "a file keeps its bytes until its content changes") {
    const MirrorFile pdf{"pdf", "a.pdf", "https://x/1", 5, {}};
    apply({with_file(full("1", 1, {}), pdf)});
    REQUIRE(store->save_file_blob(key_of("1"), "pdf", base::digest_of("x"), 5, at(7)).ok());
    MirrorFile fresh_url = pdf;
    fresh_url.url = "https://x/2";
    CHECK(apply({with_file(full("1", 1, {}), fresh_url)}).changed == 1);
    CHECK(get("1").files[0].url == "https://x/2");
    CHECK(get("1").files[0].blob == base::digest_of("x"));
    CHECK(apply({summary("1", 1, {})}).same == 1);
    CHECK(get("1").files.size() == 1);
    MirrorFile larger = fresh_url;
    larger.size = 6;
    apply({with_file(full("1", 1, {}), larger)});
    CHECK_FALSE(get("1").files[0].blob);
    apply({full("1", 1, {})});
    CHECK(get("1").files.empty());
  }

  TEST_CASE_FIXTURE(Fixture, "the tool's state is saved with its records or not at all") {
    ToolState state;
    state.remote = RemoteName("procore");
    state.project = ProjectId("1");
    state.tool = "rfis";
    state.changes_until = at(5);
    state.next_poll = at(70);
    state.attempts = 2;
    state.cause = Cause::timeout;
    state.evidence = "why";
    REQUIRE(store->apply({full("1", 1, {})}, state).ok());
    const auto read = store->tool_state(state.remote, state.project, "rfis").value();
    REQUIRE(read);
    CHECK(read->changes_until == at(5));
    CHECK_FALSE(read->complete_as_of);
    CHECK(read->next_poll == at(70));
    CHECK(read->attempts == 2);
    CHECK(read->cause == Cause::timeout);
    CHECK(read->evidence == "why");
    state.complete_as_of = at(90);
    REQUIRE(store->save_tool_state(state).ok());
    CHECK(store->tool_states().value().at(0).complete_as_of == at(90));
    CHECK_FALSE(store->tool_state(state.remote, state.project, "photos").value());
  }

  TEST_CASE_FIXTURE(Fixture, "a forgotten project takes only itself along") {
    MirrorRecord other = full("1", 1, {});
    other.key = key_of("1", "2");
    const MirrorFile pdf{"pdf", "a.pdf", "https://x/1", 5, {}};
    apply({with_file(full("1", 1, {}), pdf), other});
    ToolState state;
    state.remote = RemoteName("procore");
    state.project = ProjectId("1");
    state.tool = "rfis";
    REQUIRE(store->save_tool_state(state).ok());
    REQUIRE(store->forget_project(RemoteName("procore"), ProjectId("1")).ok());
    CHECK_FALSE(store->record(key_of("1")).value());
    CHECK(store->record(key_of("1", "2")).value());
    CHECK(store->tool_states()->empty());
    CHECK(wanted(0).empty());
  }

  TEST_CASE_FIXTURE(Fixture, "a damaged mirror is set aside and a new one begun") {
    apply({full("1", 1, {})});
    store.reset();
    tests::write_file(folder.file("mirror.db"), std::string(9'000, 'x'));
    auto opened = MirrorStore::open(folder.path(), {.durability = Durability::normal}, at(1'000));
    REQUIRE(opened.ok());
    REQUIRE(opened->set_aside);
    CHECK(tests::read_file(*opened->set_aside) == std::string(9'000, 'x'));
    CHECK_FALSE(opened->store->record(key_of("1")).value());
    REQUIRE(opened->store->apply({full("1", 1, {})}, std::nullopt).ok());
  }

  TEST_CASE_FIXTURE(Fixture, "a damaged page met at run time is mirror_damaged, then set aside") {
    std::vector<MirrorRecord> records;
    for (int i = 0; i < 3'000; ++i) {
      records.push_back(full(std::to_string(i), 1, {{"text", std::string(500, 'x')}}));
    }
    apply(records);
    store.reset();
    store = MirrorStore::open(folder.path(), {.cache_kib = 64}, at(0)).value().store;
    std::string bytes = tests::read_file(folder.file("mirror.db"));
    {
      // Written in place, under the open connection: its pages are not all in its cache.
      std::fstream file(folder.file("mirror.db"), std::ios::in | std::ios::out | std::ios::binary);
      for (std::size_t page = 30; page < bytes.size() / 4096; ++page) {
        file.seekp(static_cast<std::streamoff>(page * 4096));
        file.write(std::string(4096, '\xa5').data(), 4096);
      }
    }
    bool met = false;
    for (int i = 0; i < 3'000; i += 50) {
      const auto record = store->record(key_of(std::to_string(i)));
      if (!record.ok()) {
        CHECK(record.failure().cause == Cause::mirror_damaged);
        met = true;
      }
    }
    CHECK(met);
    store.reset();
    auto opened = MirrorStore::open(folder.path(), {.durability = Durability::normal}, at(0));
    REQUIRE(opened.ok());
    CHECK(opened->set_aside);
  }

  TEST_CASE_FIXTURE(Fixture, "a newer mirror is left alone") {
    store.reset();
    Database::open(folder.file("mirror.db"), {}).value()->script("PRAGMA user_version=99");
    const std::string before = tests::read_file(folder.file("mirror.db"));
    auto opened = MirrorStore::open(folder.path(), {}, at(0));
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.failure().cause == Cause::newer_version);
    CHECK(tests::read_file(folder.file("mirror.db")) == before);
  }
}
