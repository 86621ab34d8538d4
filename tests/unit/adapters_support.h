#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <variant>

#include "net/adapters/procore.h"
#include "platform/base/json.h"
#include "platform/base/time_text.h"

/// What the tests of the adapter share: an adapter of a made-up company, and records shaped like
/// facts/procore-api.md, appendix A.
namespace fieldsync::net {

inline const ProjectId kProject{"2002"};
inline constexpr std::string_view kApi = "https://api.procore.com";

inline ProcoreOptions options() {
  ProcoreOptions options;
  options.api_url = std::string(kApi);
  options.company = 1001;
  options.default_rfi_manager = ServiceId("770");
  return options;
}

inline HttpResponse answer(int status, std::string body, Headers headers = {}) {
  HttpResponse reply;
  reply.status = status;
  reply.headers = std::move(headers);
  reply.body = std::move(body);
  return reply;
}

inline base::Value json(std::string_view text) {
  auto value = base::parse_json(text);
  REQUIRE(value.ok());
  return *value;
}

/// Equal as JSON; prints both sides when not.
inline void check_json(const base::Value& seen, std::string_view expected) {
  CHECK(base::to_json(seen) == base::to_json(json(expected)));
}
inline void check_json(const base::Document& seen, std::string_view expected) {
  check_json(base::Value(seen), expected);
}

inline std::string body_of(const HttpRequest& request) {
  const auto* text = std::get_if<std::string>(&request.body);
  return text != nullptr ? *text : std::string("(no text)");
}

inline WallTime at(std::string_view iso) {
  const auto time = base::parse_iso(iso);
  REQUIRE(time.has_value());
  return *time;
}

inline constexpr std::string_view kRfiFull = R"({
  "id": 562949953421999, "number": "12", "full_number": "S-12", "prefix": "S",
  "subject": "Anchor bolts at column B-7", "status": "open", "draft": false, "accepted": false,
  "private": true, "due_date": "2026-11-05", "created_at": "2026-10-29T08:15:00Z",
  "updated_at": "2026-10-30T09:00:01Z",
  "created_by": {"id": 8001, "login": "s@site.example", "name": "Sam Site"},
  "rfi_manager": {"id": 770, "login": "m@site.example", "name": "Mia Manager"},
  "assignees": [{"id": 902, "name": "Eli Engineer"}, {"id": 901, "name": "Ada Architect"}],
  "distribution_list": [], "location": {"id": 33, "name": "Hall>Level 1"}, "location_id": 33,
  "cost_impact": {"status": "tbd", "value": null},
  "schedule_impact": {"status": "yes_known", "value": 2},
  "drawing_number": "S-101", "reference": null, "unknown_key": {"deep": [1]},
  "questions": [{"id": 51, "plain_text_body": "Which length & grade?",
     "rich_text_body": "<p>Which length &amp; grade?</p>", "created_by": "Sam Site",
     "attachments": [{"id": 61, "name": "bolt.jpg", "filename": "bolt.jpg",
                      "url": "https://storage.procore.com/a?sig=1"}],
     "answers": [{"id": 71, "official": true, "answer_date": "2026-10-30T09:00:00Z",
        "plain_text_body": "M24, 8.8", "rich_text_body": "<p>M24, 8.8</p>",
        "created_by": "Ada Architect", "created_by_id": 901,
        "attachments": [{"id": 81, "name": "detail.pdf", "url": null}]}]}]})";

inline constexpr std::string_view kDrawing = R"({
  "id": 4294967399, "drawing_id": 500, "number": "S-101", "drawing_number": "S-101",
  "title": "Foundation plan", "revision_number": "2", "current": true, "obsolete": false,
  "drawing_date": "2026-09-01", "received_date": null, "updated_at": "2026-09-03T07:11:09Z",
  "pdf_url": "https://storage.procore.com/p?x=1", "pdf_size": 123456,
  "drawing_set": {"id": 3}, "drawing_area": {"id": 4},
  "discipline": {"id": 5, "name": "Structural", "position": 1}})";

inline constexpr std::string_view kPhoto = R"({
  "id": 9001, "url": "https://storage.procore.com/i?x=2", "filename": "wall.jpg", "size": 777000,
  "width": 4000, "height": 3000, "description": "North wall", "taken_at": null,
  "created_at": "2026-10-01T10:00:00Z", "updated_at": "2026-10-01T10:00:05Z",
  "image_category_id": 7, "private": false, "starred": true, "permanently_deleted": false,
  "gps_lat": "52.5", "gps_long": "13.4", "uploader": {"id": 8001, "name": "Sam Site"},
  "trades": [{"id": 2}, {"id": 1}], "location": null})";

inline constexpr std::string_view kNote = R"({
  "id": 6001, "comment": "Crane down until noon.", "date": "2026-10-02", "is_issue_day": true,
  "status": "approved", "created_at": "2026-10-02T16:00:00Z",
  "updated_at": "2026-10-02T16:00:00Z", "created_by": {"id": 8001, "name": "Sam Site"},
  "location": {"id": 33}, "attachments": [{"id": 91, "name": "crane.jpg",
  "url": "https://storage.procore.com/c"}]})";

}  // namespace fieldsync::net
