#include "agent/verbs/project_table.h"

#include <algorithm>

#include "agent/sync/push/withheld.h"

namespace fieldsync::verbs {
namespace {

using base::Cause;
using base::Document;

std::string_view level_name(kinds::Level level) {
  switch (level) {
    case kinds::Level::none:
      return "none";
    case kinds::Level::read_only:
      return "read only";
    case kinds::Level::standard:
      return "standard";
    case kinds::Level::admin:
      return "admin";
  }
  FS_CHECK(false);
}

struct Lack {
  Cause cause = Cause::none;
  std::string missing;
};

/// What a level keeps a person from in one of our tools.
Lack lack_of(const net::RemoteService& service, const net::ToolPermission& tool) {
  if (!tool.enabled) return {Cause::tool_disabled, "the tool is switched off in this project"};
  switch (tool.level) {
    case kinds::Level::none:
      return {Cause::permission_missing, "no access: needs the level Standard"};
    case kinds::Level::read_only:
      return {Cause::permission_missing, "cannot create or edit: needs the level Standard"};
    case kinds::Level::standard:
    case kinds::Level::admin:
      break;
  }
  std::vector<std::string> withheld;
  for (const kinds::KindDescriptor& kind : kinds::all_kinds()) {
    if (kind.tool != tool.tool) continue;
    for (std::string& field : service.withheld(base::KindId(std::string(kind.id)), tool.level)) {
      withheld.push_back(std::move(field));
    }
  }
  if (withheld.empty()) return {};
  return {Cause::permission_missing, sync::withheld_text(withheld)};
}

Document row_of(const net::ToolPermission& tool, const Lack& lack) {
  Document row{{"tool", tool.tool},
               {"level", level_name(tool.level)},
               {"enabled", base::Value(tool.enabled)},
               {"missing", lack.missing}};
  add_remedy(row, lack.cause);
  return row;
}

}  // namespace

void add_remedy(Document& row, Cause cause) {
  const base::CauseInfo& info = base::info(cause);
  row.set("cause", info.id);
  row.set("owner", base::name(info.owner));
  row.set("ask", cause == Cause::none ? "" : info.next_step);
}

base::List tool_rows(const net::RemoteService& service,
                     const std::vector<net::ToolPermission>& tools) {
  base::List rows;
  const auto& ours = kinds::all_tools();
  for (const std::string_view name : ours) {
    const auto told = std::find_if(tools.begin(), tools.end(),
                                   [&](const auto& each) { return each.tool == name; });
    // A service that leaves a tool out of its list has switched it off.
    const net::ToolPermission tool =
        told != tools.end()
            ? *told
            : net::ToolPermission{std::string(name), kinds::Level::none, /*enabled=*/false, {}};
    rows.push_back(row_of(tool, lack_of(service, tool)));
  }
  for (const net::ToolPermission& tool : tools) {
    if (std::find(ours.begin(), ours.end(), tool.tool) != ours.end()) continue;
    rows.push_back(row_of(tool, {}));
  }
  return rows;
}

}  // namespace fieldsync::verbs
