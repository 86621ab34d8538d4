#include <doctest/doctest.h>

#include "agent/try/score.h"

// The judge itself: it must see what is lost, doubled, different and overwritten.

namespace fieldsync::trial {
namespace {

Value note_row(std::int64_t id, const std::string& comment) {
  return Document{{"id", id}, {"fields", Document{{"comment", comment}}}};
}

Value photo_row(const std::string& description, const std::string& sha256) {
  return Document{
      {"id", 1}, {"sha256", sha256}, {"fields", Document{{"description", description}}}};
}

Capture note(const std::string& text) { return {Capture::What::note, "n", text, {}, 0, {}, 0}; }

}  // namespace

TEST_CASE("a note that is there once is delivered, twice is doubled, not at all is lost") {
  Truth truth;
  truth.notes = {note_row(1, "once"), note_row(2, "twice"), note_row(3, "<p>twice</p>")};
  const Score score = count_score(truth, {note("once"), note("twice"), note("never")}, {});
  CHECK(score.made == 3);
  CHECK(score.once == 1);
  CHECK(score.doubled == 1);
  CHECK(score.lost == 1);
  CHECK(score.faults.size() == 2);
}

TEST_CASE("a photo whose bytes differ is a fault although it is there") {
  Truth truth;
  truth.photos = {photo_row("wall", "aa"), photo_row("floor", "bb")};
  const Capture equal{Capture::What::photo, "p", "wall", {}, 0, {"aa"}, 10};
  const Capture different{Capture::What::photo, "q", "floor", {}, 0, {"cc"}, 10};
  const Score score = count_score(truth, {equal, different}, {});
  CHECK(score.once == 2);
  CHECK(score.files_equal == 1);
  CHECK(score.faults.size() == 1);
}

TEST_CASE("an edit counts by the value that stands and by how often it took effect") {
  const auto effect = [](const char* content) {
    return Document{{"verb", "update"}, {"record", 7}, {"content", content}};
  };
  Truth truth;
  truth.rfis = {Document{{"id", 7}, {"fields", Document{{"subject", "ours"}}}}};
  const Capture edit{Capture::What::edit, "rfi-7", "ours", "subject", 7, {}, 0};
  truth.ledger = {effect("abc"), effect("")};  // the office's own have no content
  CHECK(count_score(truth, {edit}, {}).once == 1);
  truth.ledger.push_back(effect("abc"));
  CHECK(count_score(truth, {edit}, {}).doubled == 1);
  truth.rfis = {Document{{"id", 7}, {"fields", Document{{"subject", "theirs"}}}}};
  CHECK(count_score(truth, {edit}, {}).lost == 1);
}

TEST_CASE("an office edit is merged when it stands there and is seen here") {
  Truth truth;
  truth.notes = {note_row(5, "office")};
  OfficeEdit edit{"a note", "note", 5, "comment", "office", OfficeEdit::View::seen};
  CHECK(count_score(truth, {}, {edit}).merged == 1);
  edit.in_view = OfficeEdit::View::not_seen;
  CHECK(count_score(truth, {}, {edit}).faults.size() == 1);
  edit.in_view = OfficeEdit::View::seen;
  edit.value = "another text";
  CHECK(count_score(truth, {}, {edit}).merged == 0);
}

TEST_CASE("bytes sent again are what the storage received beyond what was captured") {
  const auto request = [](const char* method, std::int64_t bytes) {
    return Document{{"origin", "storage"}, {"method", method}, {"bytes_in", bytes}};
  };
  Truth truth;
  truth.photos = {photo_row("wall", "aa")};
  truth.requests = {request("PUT", 100), request("PUT", 40), request("GET", 7)};
  const Capture photo{Capture::What::photo, "p", "wall", {}, 0, {"aa"}, 100};
  CHECK(count_score(truth, {photo}, {}).bytes_again() == 40);
}

}  // namespace fieldsync::trial
