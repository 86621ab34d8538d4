#include "tests/bench/pull_pages.h"

#include "platform/base/json.h"
#include "platform/base/time_text.h"

namespace fieldsync::bench {
namespace {

using base::Document;
using base::List;
using base::Value;

Value user(std::int64_t id, const std::string& name) {
  return Document{{"id", id}, {"login", name + "@builder.example"}, {"name", name}};
}

Document rfi(std::int64_t n) {
  const std::string number = std::to_string(n + 1);
  const std::int64_t id = 6'000'000'000 + n * 17;
  const std::string created =
      base::to_iso_seconds(base::WallTime{base::Millis(1'780'000'000'000 + n * 60'000)});
  const Value architect = user(99'517 + n % 5, "Robin Architect " + std::to_string(n % 5));
  const Value manager = user(99'519, "Kim Manager");
  return {
      {"id", id},
      {"number", number},
      {"full_number", "C-" + number},
      {"prefix", "C"},
      {"subject", "Beam pocket at grid C" + std::to_string(n % 40) + " does not meet the steel"},
      {"status", n % 5 == 2 ? "closed" : "open"},
      {"translated_status", n % 5 == 2 ? "Closed" : "Open"},
      {"private", false},
      {"due_date", "2026-10-05"},
      {"initiated_at", created},
      {"created_at", created},
      {"updated_at", created},
      {"time_resolved", nullptr},
      {"created_by", user(99'521, "Sam Site")},
      {"rfi_manager", manager},
      {"received_from", user(99'522, "Lee Foreman")},
      {"assignee", architect},
      {"assignees", List{architect, manager}},
      {"ball_in_courts", List{architect}},
      {"responsible_contractor", Document{{"id", 4'410}, {"name", "North Steel & Sons"}}},
      {"location", Document{{"id", 7'001 + n % 90},
                            {"name", "Level 3>East wing>Room " + std::to_string(300 + n % 90)},
                            {"node_name", "Room " + std::to_string(300 + n % 90)}}},
      {"cost_impact", Document{{"status", "yes_unknown"}, {"value", nullptr}}},
      {"schedule_impact", Document{{"status", "no_impact"}, {"value", nullptr}}},
      {"priority", Document{{"name", "Normal"}, {"value", "normal"}}},
      {"cost_code", nullptr},
      {"project_stage", Document{{"id", 12}, {"name", "Construction"}}},
      {"drawing_number", "S-" + std::to_string(200 + n % 60)},
      {"reference", "Spec 05 12 00, 2.3"},
      {"current_revision", true},
      {"has_revisions", false},
      {"revision", "0"},
      {"source_rfi_header_id", id},
      {"custom_fields", Document{}},
      {"link", "https://service.example/rfi/" + std::to_string(id)},
      {"questions",
       List{Document{
           {"id", id + 1},
           {"body", "<p>The pocket in the shear wall is drawn 300 mm wide on S-" +
                        std::to_string(200 + n % 60) +
                        ", the erection drawings show a 320 mm end plate. May the pocket be "
                        "widened to 360 mm, and is the bar at its edge to be moved or cut? "
                        "Formwork closes on Friday.</p>"},
           {"errors", List{}}}}}};
}

}  // namespace

net::HttpResponse rfi_page(int first, int count, int total) {
  List list;
  list.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) list.emplace_back(rfi(first + i));
  net::HttpResponse response;
  response.status = 200;
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Total", std::to_string(total));
  response.body = base::to_json(Value(std::move(list)));
  return response;
}

}  // namespace fieldsync::bench
