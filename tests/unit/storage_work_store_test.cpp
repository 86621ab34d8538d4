#include "storage/work_store.h"

#include <doctest/doctest.h>

#include <map>

#include "storage/tuning.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/storage_folder.h"
#include "tests/support/work_builders.h"

using namespace fieldsync;
using namespace fieldsync::storage;
using namespace fieldsync::tests;
using base::Cause;
using base::Value;

namespace {

std::vector<std::int64_t> ids(const std::vector<Intent>& intents) {
  std::vector<std::int64_t> found;
  for (const Intent& intent : intents) found.push_back(intent.id.raw());
  return found;
}

IntentState state_of(WorkStore& store, std::int64_t id) {
  return store.intent(IntentId(id)).value()->state;
}

void move_to(WorkStore& store, std::int64_t id, IntentState state) {
  Intent intent = *store.intent(IntentId(id)).value();
  intent.state = state;
  REQUIRE(store.update_and_release(intent).ok());
}

void deliver(WorkStore& store, std::int64_t id) {
  Intent intent = *store.intent(IntentId(id)).value();
  intent.result = ServiceId("s" + std::to_string(id));
  REQUIRE(store.record_sent(intent).ok());
  intent.state = IntentState::sent;
  REQUIRE(store.record_delivered(intent, receipt_for(intent)).ok());
}

}  // namespace

TEST_SUITE("storage/work_store") {
  TEST_CASE("an intent comes back whole, also after a restart") {
    StorageFolder folder;
    Intent given = make_intent("rfi-n1", Act::edit);
    given.base = Document{{"title", "old"}};
    given.attachments = {{base::digest_of("a"), 7, "a.jpg", "image/jpeg"}};
    given.cause = Cause::queued;
    given.evidence = "why";
    given.attempts = 3;
    given.sending_since = at(77);
    {
      auto store = open_store_in(folder.path());
      const auto added = store->add({given}).value();
      REQUIRE(added.size() == 1);
      CHECK(added[0].id.raw() == 1);
      CHECK(added[0].state == IntentState::queued);
    }
    auto store = open_store_in(folder.path());
    const Intent read = *store->intent(IntentId(1)).value();
    CHECK(read.item == given.item);
    CHECK(read.remote == given.remote);
    CHECK(read.project == given.project);
    CHECK(read.kind == given.kind);
    CHECK(read.act == Act::edit);
    CHECK(read.fields == given.fields);
    CHECK(read.base == given.base);
    REQUIRE(read.attachments.size() == 1);
    CHECK(read.attachments[0].blob == base::digest_of("a"));
    CHECK(read.attachments[0].name == "a.jpg");
    CHECK(read.author == given.author);
    CHECK(read.captured_at == given.captured_at);
    CHECK(read.token == given.token);
    CHECK(read.cause == Cause::queued);
    CHECK(read.evidence == "why");
    CHECK(read.attempts == 3);
    CHECK(read.sending_since == at(77));
    CHECK(store->add({make_intent("rfi-n2")}).value()[0].id.raw() == 2);
    CHECK_FALSE(store->intent(IntentId(99)).value());
    CHECK(store->integrity().value() == "ok");
  }

  TEST_CASE("intents of one item go one after the other") {
    StorageFolder folder;
    auto store = open_store_in(folder.path());
    store->add({make_intent("a"), make_intent("a", Act::edit), make_intent("b")}).value();
    store->add({make_intent("a", Act::reply)}).value();
    CHECK(state_of(*store, 1) == IntentState::queued);
    CHECK(state_of(*store, 2) == IntentState::waiting);
    CHECK(state_of(*store, 3) == IntentState::queued);
    CHECK(store->intent(IntentId(4)).value()->depends_on == IntentId(2));

    SUBCASE("sent is enough for the next one") {
      Intent first = *store->intent(IntentId(1)).value();
      first.result = ServiceId("10");
      REQUIRE(store->record_sent(first).ok());
      CHECK(state_of(*store, 2) == IntentState::queued);
      CHECK_FALSE(store->intent(IntentId(2)).value()->depends_on);
      CHECK(state_of(*store, 4) == IntentState::waiting);
      CHECK(store->add({make_intent("b", Act::edit)}).value()[0].depends_on == IntentId(3));
    }
    SUBCASE("sending, in doubt and held keep the next one waiting") {
      for (const auto state : {IntentState::sending, IntentState::in_doubt, IntentState::held}) {
        move_to(*store, 1, state);
        CHECK(state_of(*store, 2) == IntentState::waiting);
      }
    }
    SUBCASE("a held edit delays nothing, a held create all that needs its record") {
      move_to(*store, 2, IntentState::held);
      CHECK(store->intent(IntentId(4)).value()->depends_on == IntentId(1));
      move_to(*store, 1, IntentState::sent);
      CHECK(state_of(*store, 4) == IntentState::queued);
      CHECK(store->add({make_intent("a", Act::edit)}).value()[0].depends_on == IntentId(4));
    }
    SUBCASE("a cancelled edit lets the next wait for the one before it") {
      move_to(*store, 2, IntentState::cancelled);
      CHECK(state_of(*store, 4) == IntentState::waiting);
      CHECK(store->intent(IntentId(4)).value()->depends_on == IntentId(1));
      move_to(*store, 1, IntentState::sent);
      CHECK(state_of(*store, 4) == IntentState::queued);
    }
    SUBCASE("a cancelled create takes all that belonged to it along, and nothing else") {
      Intent elsewhere = make_intent("c", Act::edit);
      elsewhere.depends_on = IntentId(2);
      store->add({elsewhere}).value();
      CHECK(state_of(*store, 5) == IntentState::waiting);
      move_to(*store, 1, IntentState::cancelled);
      CHECK(state_of(*store, 2) == IntentState::cancelled);
      CHECK(state_of(*store, 4) == IntentState::cancelled);
      CHECK(state_of(*store, 3) == IntentState::queued);
      CHECK(state_of(*store, 5) == IntentState::queued);
      CHECK(store->counts()->cancelled == 3);
    }
  }

  TEST_CASE("a given dependency goes first, then the order of the item") {
    StorageFolder folder;
    auto store = open_store_in(folder.path());
    store->add({make_intent("parent"), make_intent("child")}).value();
    Intent edit = make_intent("child", Act::edit);
    edit.depends_on = IntentId(1);
    CHECK(store->add({edit}).value()[0].depends_on == IntentId(1));
    move_to(*store, 1, IntentState::sent);
    CHECK(state_of(*store, 3) == IntentState::waiting);
    CHECK(store->intent(IntentId(3)).value()->depends_on == IntentId(2));
    move_to(*store, 2, IntentState::sent);
    CHECK(state_of(*store, 3) == IntentState::queued);

    SUBCASE("one already sent is not waited for") {
      Intent late = make_intent("late");
      late.depends_on = IntentId(1);
      const Intent added = store->add({late}).value()[0];
      CHECK(added.state == IntentState::queued);
      CHECK_FALSE(added.depends_on);
    }
    SUBCASE("one that is missing or cancelled is refused, and nothing is added") {
      Intent late = make_intent("late");
      late.depends_on = IntentId(99);
      CHECK(store->add({make_intent("x"), late}).failure().cause == Cause::bad_input);
      CHECK(store->counts()->open() == 3);
      CHECK(store->add({make_intent("y")}).value()[0].id.raw() == 4);
    }
  }

  TEST_CASE("an act that waits and is changed goes on waiting for the same one") {
    StorageFolder folder;
    auto store = open_store_in(folder.path());
    REQUIRE(store->add({make_intent("rfi-n1", Act::edit), make_intent("rfi-n1", Act::edit)}).ok());
    Intent second = *store->intent(IntentId(2)).value();
    REQUIRE(second.state == IntentState::waiting);
    second.evidence = "the right is back";
    REQUIRE(store->change({second}).ok());
    CHECK(state_of(*store, 2) == IntentState::waiting);
    deliver(*store, 1);
    CHECK(state_of(*store, 2) == IntentState::queued);
  }

  TEST_CASE("due: however many small ones there are, files keep a share of the places") {
    StorageFolder folder;
    auto store = WorkStore::open(folder.path(), {}, at(1)).value().store;
    Intent photo = make_intent("photo");
    photo.attachments = {{base::digest_of("bytes"), 5, "a.jpg", "image/jpeg"}};
    std::vector<Intent> intents;
    for (int i = 0; i < 100; ++i) intents.push_back(make_intent("note" + std::to_string(i)));
    intents.push_back(photo);
    REQUIRE(store->add(intents).ok());
    const auto due = store->due(base::RemoteName("procore"), at(2), 64).value();
    REQUIRE(due.size() == 64);
    CHECK(due.front().item.raw() == "note0");
    CHECK(due.back().item.raw() == "photo");
  }

  TEST_CASE("due: small ones first, then by id, only when their time has come") {
    StorageFolder folder;
    auto store = open_store_in(folder.path());
    Intent photo = make_intent("p");
    photo.attachments = {{base::digest_of("p"), 5, "p.jpg", "image/jpeg"}};
    Intent retry = make_intent("r");
    retry.next_attempt = at(1'000);
    Intent later = make_intent("l");
    later.next_attempt = at(5'000);
    Intent other = make_intent("o");
    other.remote = RemoteName("elsewhere");
    store->add({photo, retry, make_intent("s"), later, other}).value();
    const RemoteName remote("procore");

    CHECK(ids(store->due(remote, at(999), 10).value()) == std::vector<std::int64_t>{3, 1});
    CHECK(ids(store->due(remote, at(1'000), 10).value()) == std::vector<std::int64_t>{2, 3, 1});
    CHECK(ids(store->due(remote, at(1'000), 2).value()) == std::vector<std::int64_t>{2, 3});
    CHECK(store->next_due(remote, at(0)).value() == at(1'000));
    CHECK(store->next_due(remote, at(1'000)).value() == at(5'000));
    CHECK_FALSE(store->next_due(remote, at(5'000)).value());

    move_to(*store, 3, IntentState::held);
    move_to(*store, 1, IntentState::sending);
    CHECK(ids(store->due(remote, at(1'000), 10).value()) == std::vector<std::int64_t>{2});
    move_to(*store, 1, IntentState::in_doubt);
    CHECK(ids(store->due(remote, at(1'000), 10).value()) == std::vector<std::int64_t>{2, 1});

    CHECK(store->make_due(std::nullopt).value() == 2);
    CHECK(ids(store->due(remote, at(1'000), 10).value()) == std::vector<std::int64_t>{2, 4, 1});
    CHECK(store->make_due(RecordId("l")).value() == 0);
  }

  TEST_CASE("counts follow every change") {
    StorageFolder folder;
    auto store = open_store_in(folder.path());
    store
        ->add({make_intent("a"), make_intent("a", Act::edit), make_intent("b"), make_intent("c"),
               make_intent("d")})
        .value();
    move_to(*store, 3, IntentState::sending);
    move_to(*store, 4, IntentState::held);
    deliver(*store, 1);
    const auto counts = store->counts().value();
    CHECK(counts.queued == 2);
    CHECK(counts.waiting == 0);
    CHECK(counts.sending == 1);
    CHECK(counts.held == 1);
    CHECK(counts.delivered == 1);
    CHECK(counts.open() == 4);
  }

  TEST_CASE("after a restart a sending intent is in doubt and a half-told upload is planned") {
    StorageFolder folder;
    {
      auto store = open_store_in(folder.path());
      store->add({make_intent("a")}).value();
      move_to(*store, 1, IntentState::sending);
      Upload upload = make_upload(1);
      upload.state = UploadState::creating;
      REQUIRE(store->save_upload(upload).ok());
    }
    auto store = open_store_in(folder.path());
    CHECK(store->recover_after_restart().value() == 1);
    CHECK(state_of(*store, 1) == IntentState::in_doubt);
    CHECK(store->upload(IntentId(1), 0).value()->state == UploadState::planned);
    CHECK(store->recover_after_restart().value() == 0);
  }

  TEST_CASE("one that waits for an intent that is done is released at a restart") {
    StorageFolder folder;
    auto store = open_store_in(folder.path());
    store->add({make_intent("a"), make_intent("a", Act::edit)}).value();
    Intent first = *store->intent(IntentId(1)).value();
    first.state = IntentState::sent;
    REQUIRE(store->update(first).ok());
    CHECK(state_of(*store, 2) == IntentState::waiting);
    store->recover_after_restart().value();
    CHECK(state_of(*store, 2) == IntentState::queued);
  }

  TEST_CASE("lists of items and pages show open work") {
    StorageFolder folder;
    auto store = open_store_in(folder.path());
    store
        ->add({make_intent("a"), make_intent("a", Act::edit), make_intent("rfi-5", Act::edit),
               make_intent("b")})
        .value();
    deliver(*store, 1);
    const ProjectId project("2002");
    const KindId kind("rfi");
    CHECK(store->local_items(project, kind).value() == std::vector{RecordId("b")});
    CHECK(store->items_with_open_intents(project, kind).value() ==
          std::vector{RecordId("a"), RecordId("b"), RecordId("rfi-5")});
    CHECK(store->items_with_open_intents(project, KindId("note")).value().empty());
    CHECK(ids(store->page(WorkStore::Which::open, IntentId(0), 2).value()) ==
          std::vector<std::int64_t>{2, 3});
    CHECK(ids(store->page(WorkStore::Which::open, IntentId(3), 2).value()) ==
          std::vector<std::int64_t>{4});
    CHECK(ids(store->page(WorkStore::Which::all, IntentId(0), 10).value()).size() == 4);
    CHECK(ids(store->open_intents_of(RecordId("a")).value()) == std::vector<std::int64_t>{2});
    CHECK(ids(store->intents_of(RecordId("a")).value()) == std::vector<std::int64_t>{1, 2});
  }

  TEST_CASE("a create's service id is bound to its item and claimed") {
    StorageFolder folder;
    auto store = open_store_in(folder.path());
    store->add({make_intent("a"), make_intent("rfi-9", Act::edit)}).value();
    const KindId kind("rfi");
    const ProjectId project("2002");
    CHECK_FALSE(store->bound_id(RecordId("a")).value());
    CHECK_FALSE(store->is_claimed(kind, project, ServiceId("77")).value());

    Intent create = *store->intent(IntentId(1)).value();
    create.result = ServiceId("77");
    REQUIRE(store->record_sent(create).ok());
    CHECK(state_of(*store, 1) == IntentState::sent);
    CHECK(store->bound_id(RecordId("a")).value() == ServiceId("77"));
    CHECK(store->bound_item(kind, project, ServiceId("77")).value() == RecordId("a"));
    CHECK_FALSE(store->bound_item(kind, ProjectId("1"), ServiceId("77")).value());
    CHECK(store->is_claimed(kind, project, ServiceId("77")).value());

    Intent edit = *store->intent(IntentId(2)).value();
    edit.result = ServiceId("9");
    REQUIRE(store->record_sent(edit).ok());
    CHECK_FALSE(store->is_claimed(kind, project, ServiceId("9")).value());
  }

  TEST_CASE("a record that two equal captures were matched to goes to its maker, tokens traded") {
    StorageFolder folder;
    auto store = open_store_in(folder.path());
    Intent first = make_intent("a"), second = make_intent("b");
    first.token = "token-a";
    second.token = "token-b";
    store->add({first, second}).value();
    // A look for b found what a had made; then the service tells a that it made it.
    Intent b = *store->intent(IntentId(2)).value();
    b.result = ServiceId("77");
    REQUIRE(store->record_sent(b).ok());
    Intent a = *store->intent(IntentId(1)).value();
    CHECK_FALSE(store->trade_if_claimed(a, ServiceId("78")).value());
    CHECK(store->trade_if_claimed(a, ServiceId("77")).value());
    CHECK(state_of(*store, 1) == IntentState::queued);
    CHECK(store->intent(IntentId(1)).value()->token == "token-b");
    CHECK(store->intent(IntentId(2)).value()->token == "token-a");
    CHECK(state_of(*store, 2) == IntentState::sent);
    CHECK_FALSE(
        store->trade_if_claimed(*store->intent(IntentId(2)).value(), ServiceId("77")).value());
  }

  TEST_CASE("an upload keeps its parts; a confirmation touches one of them") {
    StorageFolder folder;
    auto store = open_store_in(folder.path());
    store->add({make_intent("a")}).value();
    REQUIRE(store->save_upload(make_upload(1)).ok());
    REQUIRE(store->save_part_etag(IntentId(1), 0, 1, "tag-1").ok());
    const Upload read = *store->upload(IntentId(1), 0).value();
    REQUIRE(read.parts.size() == 3);
    CHECK(read.parts[0].etag.empty());
    CHECK(read.parts[1].etag == "tag-1");
    CHECK(read.parts[1].url == make_upload(1).parts[1].url);
    CHECK(read.bytes_confirmed() == read.parts[1].size);
    CHECK(read.blob == make_upload(1).blob);
    CHECK(store->save_part_etag(IntentId(1), 0, 9, "x").failure().cause == Cause::not_found);
    CHECK(store->uploads_of(IntentId(1))->size() == 1);
    REQUIRE(store->forget_upload(IntentId(1), 0).ok());
    CHECK_FALSE(store->upload(IntentId(1), 0).value());
  }

  TEST_CASE("a delivery writes its receipt and forgets its uploads in one") {
    StorageFolder folder;
    auto store = open_store_in(folder.path());
    store->add({make_intent("a"), make_intent("a", Act::edit)}).value();
    REQUIRE(store->save_upload(make_upload(1)).ok());
    deliver(*store, 1);
    CHECK(state_of(*store, 1) == IntentState::delivered);
    CHECK(state_of(*store, 2) == IntentState::queued);
    CHECK(store->uploads_of(IntentId(1))->empty());
    deliver(*store, 2);
    const auto receipts = store->receipts(std::nullopt, 0, 10).value();
    REQUIRE(receipts.size() == 2);
    CHECK(receipts[0].number == 1);
    CHECK(receipts[1].previous == receipts[0].hash);
    CHECK(receipts[1].proof == receipt_for(make_intent("a")).proof);
    CHECK(store->receipts(RecordId("a"), 1, 10)->size() == 1);
    CHECK(store->receipts(RecordId("b"), 0, 10)->empty());
    const auto check = store->verify_receipts().value();
    CHECK(check.rows == 2);
    CHECK(check.faults.empty());
  }

  TEST_CASE("a receipt cannot be changed or deleted, and what was done by force is named") {
    StorageFolder folder;
    {
      auto store = open_store_in(folder.path());
      for (int i = 1; i <= 5; ++i) {
        store->add({make_intent("a" + std::to_string(i))}).value();
        deliver(*store, i);
      }
    }
    const auto tampered = [&](const std::string& sql) {
      {
        auto db = Database::open(folder.file("work.db"), {}).value();
        CHECK_THROWS_AS(db->script(sql), SqlError);
        db->script("DROP TRIGGER receipt_fixed; DROP TRIGGER receipt_kept");
        db->script(sql);
      }
      return open_store_in(folder.path())->verify_receipts()->faults;
    };
    SUBCASE("a changed row") {
      CHECK(tampered("UPDATE receipt SET service_id = 'other' WHERE number = 3") ==
            std::vector<std::string>{"receipt 3 was changed after it was written"});
    }
    SUBCASE("a missing row") {
      CHECK(tampered("DELETE FROM receipt WHERE number = 3") ==
            std::vector<std::string>{"receipt 3 is missing"});
    }
    SUBCASE("a missing end") {
      CHECK(tampered("DELETE FROM receipt WHERE number > 3") ==
            std::vector<std::string>{"receipts 4 to 5 are missing"});
    }
    SUBCASE("a row put in another's place") {
      CHECK(tampered("UPDATE receipt SET (previous, hash) = (SELECT previous, hash FROM receipt "
                     "WHERE number = 2) WHERE number = 4")
                .size() == 3);
    }
  }

  TEST_CASE("blobs that open intents need are named once") {
    StorageFolder folder;
    auto store = open_store_in(folder.path());
    Intent a = make_intent("a"), b = make_intent("b"), c = make_intent("c");
    a.attachments = {{base::digest_of("1"), 1, "", ""}, {base::digest_of("2"), 1, "", ""}};
    b.attachments = {{base::digest_of("2"), 1, "", ""}};
    c.attachments = {{base::digest_of("3"), 1, "", ""}};
    store->add({a, b, c, make_intent("d")}).value();
    deliver(*store, 3);
    std::vector<Digest> expected{base::digest_of("1"), base::digest_of("2")};
    std::sort(expected.begin(), expected.end());
    CHECK(store->needed_blobs().value() == expected);
  }

  TEST_CASE("follows and settings are kept") {
    StorageFolder folder;
    {
      auto store = open_store_in(folder.path());
      REQUIRE(store->save_follow({RemoteName("p"), ProjectId("1"), {"rfis", "photos"}}).ok());
      REQUIRE(store->save_follow({RemoteName("p"), ProjectId("2"), {}}).ok());
      REQUIRE(store->save_follow({RemoteName("p"), ProjectId("1"), {"rfis"}}).ok());
      REQUIRE(store->remove_follow(RemoteName("p"), ProjectId("2")).ok());
      REQUIRE(store->save_setting("a", "1").ok());
      REQUIRE(store->save_setting("a", "2").ok());
    }
    auto store = open_store_in(folder.path());
    REQUIRE(store->follows()->size() == 1);
    CHECK(store->follows()->at(0).tools == std::vector<std::string>{"rfis"});
    CHECK(store->setting("a").value() == "2");
    CHECK(store->setting("b").value().empty());
  }

  TEST_CASE("past the limit of open intents a capture is refused") {
    StorageFolder folder;
    {
      auto store = open_store_in(folder.path());
      store->add({make_intent("a")}).value();
    }
    {
      auto db = Database::open(folder.file("work.db"), {}).value();
      db->run("UPDATE tally SET amount = ? WHERE state = 'queued'", tuning::kOpenIntentsMax - 1);
    }
    auto store = open_store_in(folder.path());
    CHECK(store->add({make_intent("b")}).ok());
    CHECK(store->add({make_intent("c")}).failure().cause == Cause::limit_reached);
  }

  TEST_CASE("one damaged payload is held and stops nothing else") {
    StorageFolder folder;
    {
      auto store = open_store_in(folder.path());
      store->add({make_intent("a"), make_intent("b")}).value();
    }
    {
      auto db = Database::open(folder.file("work.db"), {}).value();
      db->run("UPDATE intent SET payload = ? WHERE id = 1", Bind::blob("garbage"));
    }
    auto store = open_store_in(folder.path());
    CHECK(ids(store->due(RemoteName("procore"), at(0), 10).value()) ==
          std::vector<std::int64_t>{2});
    const Intent bad = *store->intent(IntentId(1)).value();
    CHECK(bad.state == IntentState::held);
    CHECK(bad.cause == Cause::work_damaged);
    REQUIRE(store->update(bad).ok());
    store.reset();
    auto db = Database::open(folder.file("work.db"), {}).value();
    CHECK(db->text("SELECT payload FROM intent WHERE id = 1") == "garbage");
  }

  TEST_CASE("a newer work.db is left alone") {
    StorageFolder folder;
    open_store_in(folder.path()).reset();
    Database::open(folder.file("work.db"), {}).value()->script("PRAGMA user_version=99");
    const std::string before = read_file(folder.file("work.db"));
    auto opened = WorkStore::open(folder.path(), {}, at(0));
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.failure().cause == Cause::newer_version);
    CHECK(read_file(folder.file("work.db")) == before);
  }

  TEST_CASE("whichever write fails, what was acknowledged is there after a restart") {
    for (const auto fault : {FaultVfs::Fault::full, FaultVfs::Fault::io_error}) {
      for (int nth = 1; nth <= 60; nth += 1) {
        CAPTURE(nth);
        StorageFolder folder;
        FaultVfs vfs;
        std::vector<std::int64_t> acknowledged;
        {
          auto store = open_store_in(folder.path(), {.vfs = vfs.name()});
          vfs.fail_from(nth, fault);
          for (int i = 0; i < 12; ++i) {
            auto added = store->add({make_intent("i" + std::to_string(i))});
            if (!added.ok()) {
              CHECK(added.failure().cause ==
                    (fault == FaultVfs::Fault::full ? Cause::disk_low : Cause::disk_error));
              break;
            }
            acknowledged.push_back(added.value()[0].id.raw());
          }
          vfs.heal();
          auto again = store->add({make_intent("after")});
          REQUIRE(again.ok());
          acknowledged.push_back(again.value()[0].id.raw());
        }
        auto store = open_store_in(folder.path(), {.vfs = vfs.name()});
        for (const auto id : acknowledged) CHECK(store->intent(IntentId(id)).value());
        CHECK(store->counts()->open() >= static_cast<std::int64_t>(acknowledged.size()));
        CHECK(store->integrity().value() == "ok");
      }
    }
  }

  TEST_CASE("a full disk does not keep the store from opening") {
    StorageFolder folder;
    open_store_in(folder.path())->add({make_intent("a")}).value();
    FaultVfs vfs;
    vfs.fail_from(1, FaultVfs::Fault::full);
    auto opened = WorkStore::open(folder.path(), {.vfs = vfs.name()}, at(0));
    REQUIRE(opened.ok());
    CHECK(opened->store->intent(IntentId(1)).value());
    CHECK(opened->store->add({make_intent("b")}).failure().cause == Cause::disk_low);
  }
}
