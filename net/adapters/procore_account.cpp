#include "net/adapters/procore_account.h"

#include <algorithm>

#include "net/adapters/procore_errors.h"
#include "net/adapters/procore_paging.h"
#include "net/adapters/procore_paths.h"
#include "net/adapters/procore_read.h"
#include "net/adapters/tuning.h"
#include "platform/base/text.h"

namespace fieldsync::net::procore {
namespace {

using base::Cause;
using base::Document;
using base::Failure;
using base::List;
using base::Result;
using base::Value;

/// "Daily Log" and "daily-log" as "daily_log".
std::string plain_name(std::string_view name) {
  std::string plain = base::to_lower_ascii(base::trimmed(name));
  std::replace_if(
      plain.begin(), plain.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
  return plain;
}

std::string tool_of(const Document& tool) {
  for (const std::string_view key : {"name", "friendly_name"}) {
    const std::string plain = plain_name(tool.text(key));
    for (const auto& [theirs, ours] : kToolNames) {
      if (plain == theirs) return std::string(ours);
    }
  }
  return base::printable(tool.text("name"));
}

kinds::Level level_of(const Value* access) {
  std::string name = text_in(access, "name");
  if (access != nullptr && access->as_text() != nullptr) name = *access->as_text();
  name = plain_name(name);
  if (name == "admin") return kinds::Level::admin;
  if (name == "standard") return kinds::Level::standard;
  if (name == "read_only" || name == "readonly") return kinds::Level::read_only;
  return kinds::Level::none;
}

ToolPermission read_tool(const Document& tool) {
  ToolPermission permission;
  permission.tool = tool_of(tool);
  permission.level = level_of(tool.find("user_access_level"));
  const Value* available = tool.find("available_for_user");
  const bool* flag = available != nullptr ? available->as_bool() : nullptr;
  // Without a level the tool is closed to this person, which says nothing about the tool itself.
  const bool is_open = flag == nullptr || *flag;
  permission.enabled = is_open || permission.level == kinds::Level::none;
  const Value* actions = tool.find("permitted_actions");
  if (const List* list = actions != nullptr ? actions->as_list() : nullptr) {
    for (const Value& action : *list) {
      const std::string name = text_in(&action, "action_name");
      if (!name.empty()) permission.actions.push_back(name);
    }
  }
  return permission;
}

/// Two of the service's tools may be one of ours: the higher level is what the person has.
void add_tool(std::vector<ToolPermission>& all, ToolPermission permission) {
  const auto at = std::find_if(all.begin(), all.end(), [&](const ToolPermission& each) {
    return each.tool == permission.tool;
  });
  if (at == all.end()) {
    all.push_back(std::move(permission));
  } else if (permission.enabled && (!at->enabled || permission.level > at->level)) {
    *at = std::move(permission);
  }
}

}  // namespace

HttpRequest me(const Site& site) { return site.get(path::kMe); }

Result<ServiceId> read_me(const HttpResponse& reply) {
  TRY_ASSIGN(const Value body, read_json(reply, Where{.doing = "who am I"}));
  const Document* document = body.as_document();
  const auto id = read_id(document != nullptr ? document->find("id") : nullptr);
  if (!id) return Failure{Cause::unexpected_answer, "who am I: the answer has no user id"};
  return *id;
}

HttpRequest projects(const Site& site, int position) {
  Query query;
  query.add(query::kCompany, std::to_string(site.options().company));
  query.add(query::kByStatus, "All");
  add_page(query, position, limit::kProjectsPerPage);
  return site.get(path::kProjects, query);
}

Result<RemoteService::ProjectPage> read_projects(int position, const HttpResponse& reply) {
  const Where where{.doing = "list projects"};
  TRY_ASSIGN(const List items, read_items(reply, where));
  TRY_ASSIGN(const PageEnd end, read_page_end(reply, position, limit::kProjectsPerPage,
                                              static_cast<std::int64_t>(items.size()), where));
  RemoteService::ProjectPage page;
  for (const Value& item : items) {
    FieldReader in(item, "project");
    in.text("name", "name").boolean("active", "active");
    // A project that cannot be read must not look like one that is gone.
    if (in.failed()) return *in.failure();
    RemoteProject project;
    project.id = ProjectId(in.id().raw());
    project.name = in.fields().text("name");
    const Value* active = in.fields().find("active");
    project.active = active == nullptr || *active == Value(true);
    page.projects.push_back(std::move(project));
  }
  if (end.more) page.next = position + 1;
  return page;
}

HttpRequest permissions(const Site& site, const ProjectId& project) {
  Query query;
  query.add(query::kProject, project.raw());
  return site.get(path::kPermissions, query);
}

Result<std::vector<ToolPermission>> read_permissions(const HttpResponse& reply) {
  const Where where{.doing = "read permissions", .missing = Cause::project_gone};
  TRY_ASSIGN(const Value body, read_json(reply, where));
  const Document* document = body.as_document();
  const Value* tools = document != nullptr ? document->find("tools") : nullptr;
  const List* list = tools != nullptr ? tools->as_list() : nullptr;
  if (list == nullptr) {
    return Failure{Cause::unexpected_answer, "read permissions: the answer has no list of tools"};
  }
  if (list->size() > tuning::kToolsMax) {
    return Failure{Cause::limit_reached,
                   "read permissions: more than " + std::to_string(tuning::kToolsMax) + " tools"};
  }
  std::vector<ToolPermission> all;
  for (const Value& tool : *list) {
    const Document* each = tool.as_document();
    if (each == nullptr) continue;
    ToolPermission permission = read_tool(*each);
    if (!permission.tool.empty()) add_tool(all, std::move(permission));
  }
  return all;
}

}  // namespace fieldsync::net::procore
