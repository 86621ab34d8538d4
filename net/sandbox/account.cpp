#include "net/sandbox/paging.h"
#include "net/sandbox/router.h"
#include "platform/base/json.h"

/// Who one is and what one may do (facts/procore-api.md 13).
namespace fieldsync::net::sandbox {
namespace {

struct ToolName {
  std::string_view name;
  std::string_view friendly;
};
constexpr ToolName kTools[] = {{kRfiTool, "RFIs"},         {kDrawingTool, "Drawings"},
                               {kPhotoTool, "Photos"},     {kLogTool, "Daily Log"},
                               {"documents", "Documents"}, {"submittal_log", "Submittals"}};

Reply me(Call& call) {
  const User& user = call.caller;
  Document body{{"id", user.id}, {"login", user.login}};
  if (call.params.find("company_id") || call.params.find("project_id")) {
    body.set("name", user.name);
  }
  return json_reply(200, body);
}

Reply companies(Call& call) {
  List rows;
  call.world.db().each("SELECT id, name, connected FROM companies ORDER BY id",
                       [&](const storage::Row& row) {
                         rows.push_back(Document{{"id", row.integer(0)},
                                                 {"name", row.text(1)},
                                                 {"is_active", true},
                                                 {"my_company", row.integer(2) != 0},
                                                 {"logo_url", nullptr}});
                       });
  return rows_reply(call, rows, page_of(call));
}

Reply company_base_url(Call& call) {
  return json_reply(200, Document{{"zone", "us02"}, {"web_base_url", call.world.urls.api}});
}

Reply projects(Call& call) {
  if (call.params.integer("company_id", 0) != call.company) {
    return field_error(400, "company_id", "is missing or not the company of the header");
  }
  const std::string status = call.params.text("filters[by_status]");
  const bool only_ids = call.params.text("view") == "ids";
  List rows;
  call.world.db().each(
      "SELECT id, name, active, time_zone, updated_at FROM projects WHERE company=? "
      "AND EXISTS(SELECT 1 FROM members WHERE project=projects.id AND user=?) ORDER BY id",
      [&](const storage::Row& row) {
        const bool active = row.integer(2) != 0;
        if (status != "All" && active == (status == "Inactive")) return;
        if (only_ids) {
          rows.push_back(row.integer(0));
          return;
        }
        rows.push_back(Document{{"id", row.integer(0)},
                                {"name", row.text(1)},
                                {"display_name", row.text(1)},
                                {"active", active},
                                {"time_zone", row.text(3)},
                                {"updated_at", iso_text(row.integer(4))},
                                {"company", Document{{"id", call.company}}}});
      },
      call.company, call.caller.id);
  return rows_reply(call, rows, only_ids ? Page{1, 200'000} : page_of(call, 100, 300));
}

Value permitted_actions(const std::string& actions, std::string_view tool) {
  List shown;
  const auto parsed = base::parse_json(actions);
  const List* names = parsed.ok() ? parsed->as_list() : nullptr;
  if (!names) return shown;
  for (const Value& action : *names) {
    shown.push_back(Document{{"id", 30 + static_cast<int>(shown.size())},
                             {"action_name", action},
                             {"label", action},
                             {"tool_name", tool}});
  }
  return shown;
}

Reply permissions(Call& call) {
  const bool of_project = call.params.find("project_id") != nullptr;
  if (of_project == (call.params.find("company_id") != nullptr)) {
    return code_error(400, "Bad Request", "either project_id or company_id");
  }
  if (!of_project) return json_reply(200, Document{{"tools", List{}}});
  World& world = call.world;
  const std::int64_t project = call.params.integer("project_id", 0);
  if (!world.project(project)) return text_error(404, "Not Found");
  if (!world.is_member(project, call.caller.id)) {
    return list_error(static_cast<int>(world.settings.number("project_gone_status")),
                      "You are not permitted to access this project.");
  }
  List tools;
  int id = 6;
  for (const ToolName& tool : kTools) {
    ++id;
    // A tool that is off is not listed at all.
    if (!world.is_enabled(project, tool.name)) continue;
    const Access level = world.level(project, call.caller.id, tool.name);
    const std::string actions =
        world.db()
            .text("SELECT actions FROM levels WHERE project=? AND user=? AND tool=?", project,
                  call.caller.id, tool.name)
            .value_or("[]");
    tools.push_back(Document{
        {"id", id},
        {"name", tool.name},
        {"friendly_name", tool.friendly},
        {"domain_id", id},
        {"tab_group", "project_management"},
        {"available_for_user", level != Access::none},
        {"url", nullptr},
        {"user_access_level", Document{{"id", static_cast<int>(level) + 1}, {"name", name(level)}}},
        {"permitted_actions", permitted_actions(actions, tool.name)},
        {"can_create", level >= Access::standard},
        {"create_url", nullptr},
        {"trial", false}});
  }
  return json_reply(200, Document{{"tools", tools}});
}

Reply project_users(Call& call) {
  World& world = call.world;
  const std::int64_t project = call.id(0);
  if (!world.project(project)) return text_error(404, "Not Found");
  if (!world.is_member(project, call.caller.id)) {
    return list_error(static_cast<int>(world.settings.number("project_gone_status")),
                      "You are not permitted to access this project.");
  }
  const bool compact = call.params.text("view") == "compact";
  List rows;
  world.db().each(
      "SELECT users.id, login, name FROM users JOIN members ON members.user=users.id "
      "WHERE members.project=? AND users.kind<>'service' ORDER BY users.id",
      [&](const storage::Row& row) {
        Document user{{"id", row.integer(0)}, {"name", row.text(2)}};
        if (!compact) {
          user.set("login", row.text(1));
          user.set("email_address", row.text(1));
          user.set("is_active", true);
        }
        rows.push_back(std::move(user));
      },
      project);
  return rows_reply(call, rows, page_of(call));
}

}  // namespace

Routes account_routes() {
  return {
      route(Method::get, "/rest/v1.0/me", me, Scope::person_free),
      route(Method::get, "/rest/v1.0/companies", companies, Scope::person_free),
      route(Method::get, "/rest/v1.0/company_base_url", company_base_url),
      route(Method::get, "/rest/v1.1/projects", projects),
      route(Method::get, "/rest/v1.0/settings/permissions", permissions),
      route(Method::get, "/rest/v1.0/projects/{}/users", project_users),
  };
}

}  // namespace fieldsync::net::sandbox
