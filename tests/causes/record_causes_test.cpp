#include "tests/support/cause_world.h"

// Causes of single records and acts.

namespace fieldsync::tests {

using base::Cause;
using base::Document;
using base::Value;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr const char* kNoteCreate = "POST /rest/v1.0/projects/562949953422002/notes_logs";

std::int64_t number_in(const std::string& item) {
  return std::stoll(item.substr(item.find('-') + 1));
}

/// A note that the service refuses with these words, and which goes out once it takes it.
void check_note_refused(int status, const std::string& words, Cause cause) {
  CauseWorld world;
  world.answer(kNoteCreate, status, words);
  const std::string note = world.note("refused");
  world.run_for(minutes(10));
  check_explained(world.why(note), cause, words, Next::by_event);
  world.heal();
  world.call("retry", {{"item", note}});
  world.check_well(note);
}

}  // namespace

CAUSE_TEST(not_polled_yet, "the RFI is not updating") {
  CauseWorld world;
  const std::string note = world.note("of a tool nobody follows");
  world.check_well(note);
  const std::string project = std::to_string(net::sandbox::kProject);
  world.call("unfollow", {{"project", project}});
  check_explained(world.why(note), Cause::not_polled_yet, "not read completely", Next::by_event);
  world.cut();
  world.call("follow", {{"project", project}});
  check_explained(world.tool("rfis"), Cause::not_polled_yet, "", Next::planned);
}

CAUSE_TEST(draft_not_submitted, "I sent the RFI and nobody can see it") {
  CauseWorld world;
  const Document added = world.call(
      "add",
      {{"kind", "rfi"},
       {"fields", Document{{"subject", "a draft"}, {"question", "Which?"}, {"draft", "true"}}}});
  const std::string rfi = added.find("items")->as_list()->front().as_document()->text("id");
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  world.run_for(minutes(6));
  check_explained(world.why(rfi), Cause::draft_not_submitted, "receipt", Next::planned);
}

CAUSE_TEST(field_required, "the RFI is not created: something is missing") {
  CauseWorld world;
  const Document added = world.call(
      "add", {{"kind", "rfi"}, {"fields", Document{{"subject", "poor"}, {"question", "Which?"}}}});
  const std::string rfi = added.find("items")->as_list()->front().as_document()->text("id");
  world.run_for(minutes(10));
  check_explained(world.why(rfi), Cause::field_required, "assignees: required", Next::by_event);
  world.edit(rfi, {{"assignees", std::to_string(net::sandbox::kArchitect)}});
  world.call("retry", {{"item", rfi}});
  world.check_well(rfi);
}

CAUSE_TEST(field_invalid, "it does not take what I typed") {
  CauseWorld world;
  const auto refused = world.try_call(
      "add",
      {{"kind", "rfi"},
       {"fields", Document{{"subject", "s"}, {"question", "Which?"}, {"due_date", "2026-02-30"}}}});
  REQUIRE_FALSE(refused.ok());
  check_refused(refused.failure(), Cause::field_invalid, "due_date");
}

CAUSE_TEST(processing_at_service, "the attachment is there, but the photo is not") {
  CauseWorld world;
  world.answer("POST /rest/v1.0/images", 422, "The upload is still processing");
  const std::string photo = world.photo("processing");
  world.run_for(minutes(10));
  check_explained(world.why(photo), Cause::processing_at_service, "still processing",
                  Next::planned);
  world.heal();
  world.check_well(photo);
}

CAUSE_TEST(transition_refused, "I cannot change the status") {
  CauseWorld world;
  const std::string rfi = world.rfi_with_status("open");
  world.answer("PATCH /rest", 422, "Status cannot go from open to closed");
  world.edit(rfi, {{"status", "closed"}});
  world.run_for(minutes(10));
  check_explained(world.why(rfi), Cause::transition_refused, "from open to closed", Next::by_event);
}

CAUSE_TEST(locked_by_workflow, "the daily log of yesterday is not updating") {
  check_note_refused(422, "This day is locked", Cause::locked_by_workflow);
}

CAUSE_TEST(conflict, "someone else edited the RFI too") {
  CauseWorld world;
  const std::string rfi = world.rfi_with_status("open");
  world.cut();
  world.edit(rfi, {{"reference", "ours"}});
  world.run_for(minutes(1));
  world.office({{"do", "edit_record"},
                {"id", number_in(rfi)},
                {"fields", Document{{"reference", "theirs"}}}});
  world.heal();
  world.run_for(minutes(10));
  check_explained(world.why(rfi), Cause::conflict, "the office wrote \"theirs\"", Next::by_event);
  const Document conflicts = world.call("conflicts");
  REQUIRE(conflicts.find("conflicts")->as_list()->size() == 1);
}

CAUSE_TEST(record_gone, "the RFI I edited has disappeared") {
  CauseWorld world;
  const std::string rfi = world.rfi_with_status("open");
  const std::string other = world.rfi_with_status("closed");
  world.cut();
  world.edit(rfi, {{"reference", "to nothing"}});
  world.office({{"do", "delete"}, {"id", number_in(rfi)}});
  world.office({{"do", "delete"}, {"id", number_in(other)}});
  world.run_for(minutes(1));
  world.heal();
  world.run_for(hours(49));
  check_explained(world.why(rfi), Cause::record_gone, "", Next::by_event);
  check_explained(world.why(other), Cause::record_gone, "two complete lists", Next::by_event);
}

CAUSE_TEST(mass_vanishing, "half of our RFIs are suddenly gone") {
  CauseWorld world;
  const std::string rfi = world.rfi_with_status("open");
  for (const Value& record : world.records("rfi")) {
    world.office({{"do", "delete"}, {"id", record.as_document()->integer("id")}});
  }
  world.rfi("the only one left");
  world.run_for(hours(49));
  check_explained(world.why(rfi), Cause::mass_vanishing, "many others", Next::by_event);
}

CAUSE_TEST(refused_by_service, "the service refused my note and nobody told me") {
  check_note_refused(422, "Not before the gate is open", Cause::refused_by_service);
}

CAUSE_TEST(not_read_back_yet, "it says sent, but is it there?") {
  CauseWorld world;
  const std::string note = world.note("sent");
  REQUIRE(world.loop.run_until([&] { return world.acts("sent") == 1; }, minutes(1)));
  check_explained(world.why(note), Cause::not_read_back_yet, "since", Next::planned);
  world.check_well(note);
}

CAUSE_TEST(in_doubt, "I got two of the same note") {
  CauseWorld world;
  world.fault(kNoteCreate, 1, {{"action", "status"}, {"status", 500}});
  const std::string note = world.note("doubtful");
  REQUIRE(world.loop.run_until([&] { return world.acts("in_doubt") == 1; }, minutes(1)));
  check_explained(world.why(note), Cause::in_doubt, "HTTP 500", Next::planned);
  world.heal();
  world.check_well(note);
  CHECK(world.at_service("note", "comment", "doubtful") == 1);
}

CAUSE_TEST(waiting_for_other, "my reply hangs behind its RFI") {
  CauseWorld world;
  world.cut();
  const std::string rfi = world.rfi("the first");
  const Document reply = world.call("reply", {{"item", rfi}, {"body", "the second"}});
  const std::string act = std::to_string(reply.integer("intent"));
  check_explained(world.why(act), Cause::waiting_for_other, "waits for act", Next::by_event);
  world.heal();
  world.check_well(rfi);
}

CAUSE_TEST(queued, "my note is still here") {
  CauseWorld world;
  const std::string note = world.note("just now");
  check_explained(world.why(note), Cause::queued, "since", Next::planned);
  world.check_well(note);
}

CAUSE_TEST(held_by_person, "I held it back and forgot") {
  CauseWorld world;
  world.cut();
  const std::string note = world.note("not yet");
  world.call("hold", {{"item", note}});
  world.heal();
  world.run_for(hours(1));
  check_explained(world.why(note), Cause::held_by_person, "", Next::by_event);
  world.call("retry", {{"item", note}});
  world.check_well(note);
}

CAUSE_TEST(upload_expired, "the photo was uploaded last week and never appeared") {
  CauseWorld world;
  world.answer("POST /rest/v1.0/images", 422, "Upload has expired");
  const std::string photo = world.photo("expired");
  REQUIRE(world.loop.run_until([&] { return world.why(photo).text("cause") == "upload_expired"; },
                               minutes(10)));
  check_explained(world.why(photo), Cause::upload_expired, "expired", Next::planned);
  world.heal();
  world.check_well(photo);
}

CAUSE_TEST(bad_input, "the command does nothing") {
  CauseWorld world;
  const auto refused = world.try_call("add", {{"kind", "crane"}});
  REQUIRE_FALSE(refused.ok());
  check_refused(refused.failure(), Cause::bad_input, "crane");
}

CAUSE_TEST(not_found, "it does not know my RFI") {
  CauseWorld world;
  const auto refused = world.try_call("why", {{"item", "rfi-404"}});
  REQUIRE_FALSE(refused.ok());
  check_refused(refused.failure(), Cause::not_found, "rfi-404");
}

}  // namespace fieldsync::tests
