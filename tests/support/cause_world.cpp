#include "tests/support/cause_world.h"

namespace fieldsync::tests {

using base::Document;
using base::List;
using base::Value;

namespace {

std::string first_item(const Document& added) {
  return added.find("items")->as_list()->front().as_document()->text("id");
}

}  // namespace

CauseWorld::CauseWorld() { run_for(std::chrono::minutes(1)); }

void CauseWorld::fault(const std::string& match, std::int64_t count, Document action) {
  action.set("match", match);
  action.set("count", count);
  control(net::Method::post, "/faults", action);
}

void CauseWorld::answer(const std::string& match, int status, const std::string& words) {
  fault(match, -1,
        {{"action", "status"}, {"status", status}, {"body", Document{{"errors", words}}}});
}

void CauseWorld::heal() {
  control(net::Method::del, "/faults");
  transport->mishap = nullptr;
}

void CauseWorld::cut() {
  transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
}

void CauseWorld::office(Document command) {
  if (!command.has("project")) command.set("project", net::sandbox::kProject);
  control(net::Method::post, "/office", command);
}

void CauseWorld::set_level(const std::string& tool, std::int64_t level) {
  office({{"do", "set_level"}, {"user", net::sandbox::kService}, {"tool", tool}, {"level", level}});
}

std::string CauseWorld::note(const std::string& text) {
  return first_item(call("add", {{"kind", "note"}, {"fields", Document{{"comment", text}}}}));
}

std::string CauseWorld::photo(const std::string& bytes) {
  return first_item(call("add", {{"kind", "photo"}, {"files", List{stage("photo.jpg", bytes)}}}));
}

std::string CauseWorld::rfi(const std::string& subject) {
  return first_item(
      call("add", {{"kind", "rfi"},
                   {"fields", Document{{"subject", subject},
                                       {"question", "Which?"},
                                       {"assignees", std::to_string(net::sandbox::kArchitect)}}}}));
}

std::string CauseWorld::rfi_with_status(const std::string& status) {
  const Document listed = call("list", {{"kind", "rfi"}});
  for (const Value& row : *listed.find("records")->as_list()) {
    if (row.as_document()->text("status") == status) return row.as_document()->text("id");
  }
  FAIL("no RFI is " << status);
  return "";
}

void CauseWorld::edit(const std::string& item, const Document& fields) {
  call("edit", {{"item", item}, {"fields", fields}});
}

Document CauseWorld::why(const std::string& item) {
  const Document said = call("why", {{"item", item}});
  const List& explanations = *said.find("explanations")->as_list();
  REQUIRE(!explanations.empty());
  return *explanations.front().as_document();
}

Document CauseWorld::tool(const std::string& name) {
  const Document status = call("status");
  for (const Value& project : *status.find("projects")->as_list()) {
    for (const Value& tool : *project.as_document()->find("tools")->as_list()) {
      if (tool.as_document()->text("tool") == name) return *tool.as_document();
    }
  }
  FAIL("no tool " << name);
  return {};
}

void CauseWorld::check_well(const std::string& item) {
  REQUIRE_MESSAGE(drain(std::chrono::hours(3)), open_acts());
  run_for(std::chrono::minutes(6));
  const Document said = why(item);
  check_explained(said, base::Cause::none, "complete as of", Next::planned);
  CHECK(said.text("evidence").find("receipt") != std::string::npos);
}

}  // namespace fieldsync::tests
