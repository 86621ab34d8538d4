#include "agent/sync/rights.h"

#include <algorithm>

#include "agent/sync/retry.h"
#include "agent/sync/tuning.h"

namespace fieldsync::sync {

using base::Done;
using base::Failure;

std::optional<Failure> refusal(const Remote& remote, const base::ProjectId& project,
                               std::string_view tool) {
  const auto rights = remote.rights.find(project);
  if (rights == remote.rights.end()) return std::nullopt;
  if (rights->second.tools.empty()) {
    return Failure{base::Cause::project_gone,
                   "project " + project.raw() + " is not open to this login"};
  }
  const auto found = rights->second.tools.find(std::string(tool));
  // A service that lists our other tools and leaves this one out has switched it off. One whose
  // names we do not know at all decides when it is asked.
  const auto& tools = rights->second.tools;
  const bool names_known =
      std::any_of(kinds::all_tools().begin(), kinds::all_tools().end(),
                  [&](std::string_view each) { return tools.count(std::string(each)) != 0; });
  if (found == tools.end() && !names_known) return std::nullopt;
  if (found == tools.end() || !found->second.enabled) {
    return Failure{base::Cause::tool_disabled,
                   std::string(tool) + ": switched off in project " + project.raw()};
  }
  switch (found->second.level) {
    case kinds::Level::none:
    case kinds::Level::read_only:
      return Failure{base::Cause::permission_missing,
                     std::string(tool) + ": this login needs Standard in project " + project.raw()};
    case kinds::Level::standard:
    case kinds::Level::admin:
      return std::nullopt;
  }
  FS_CHECK(false);
}

bool RightsReader::wanted(const base::ProjectId& project) const {
  const auto held_back = not_before_.find(project);
  if (held_back != not_before_.end() && held_back->second > context_.now()) return false;
  const auto known = context_.remote.rights.find(project);
  return context_.remote.me.raw().empty() || known == context_.remote.rights.end() ||
         known->second.read_at + tuning::kPermissionsInterval <= context_.now();
}

std::optional<base::WallTime> RightsReader::retry_at() const {
  std::optional<base::WallTime> earliest;
  for (const auto& [project, at] : not_before_) {
    if (at > context_.now() && (!earliest || at < *earliest)) earliest = at;
  }
  return earliest;
}

void RightsReader::doubt(const base::ProjectId& project) {
  const auto known = context_.remote.rights.find(project);
  if (known != context_.remote.rights.end()) known->second.read_at = {};
}

void RightsReader::doubt_all() {
  not_before_.clear();
  for (auto& [project, rights] : context_.remote.rights) {
    // A project in which nothing is held has no need of it: an empty round costs no call more.
    const auto& tools = kinds::all_tools();
    const bool some_refused = std::any_of(tools.begin(), tools.end(), [&](std::string_view tool) {
      return refusal(context_.remote, project, tool).has_value();
    });
    if (some_refused) rights.read_at = {};
  }
}

void RightsReader::read(const base::ProjectId& project, StepDone done) {
  if (!context_.remote.me.raw().empty()) return read_permissions(project, std::move(done));
  context_.courier.send(
      context_.remote.service.me(), [this, project, done](net::HttpOutcome outcome) {
        if (!outcome.response) {
          failed(project, outcome.response.failure());
          return done(Done{});
        }
        auto me = context_.remote.service.read_me(*outcome.response);
        if (!me) {
          failed(project, me.failure());
          return done(Done{});
        }
        context_.remote.me = *me;
        auto saved = context_.work.save_setting("me." + context_.remote.name.raw(), me->raw());
        if (!saved) return done(saved);
        read_permissions(project, done);
      });
}

void RightsReader::read_permissions(const base::ProjectId& project, StepDone done) {
  context_.courier.send(context_.remote.service.permissions(project),
                        [this, project, done](net::HttpOutcome outcome) {
                          if (!outcome.response) {
                            failed(project, outcome.response.failure());
                            return done(Done{});
                          }
                          auto tools = context_.remote.service.read_permissions(*outcome.response);
                          if (!tools) {
                            failed(project, tools.failure());
                            return done(Done{});
                          }
                          ProjectRights rights;
                          rights.read_at = context_.now();
                          for (const net::ToolPermission& tool : *tools)
                            rights.tools[tool.tool] = tool;
                          attempts_ = 0;
                          failure_.reset();
                          not_before_.erase(project);
                          done(take(project, std::move(rights)));
                        });
}

base::Result<> RightsReader::take(const base::ProjectId& project, ProjectRights rights) {
  std::set<std::string> possible_before;
  if (context_.remote.rights.count(project) != 0) {
    for (const kinds::KindDescriptor& kind : kinds::all_kinds()) {
      if (!refusal(context_.remote, project, kind.tool)) possible_before.emplace(kind.tool);
    }
  }
  context_.remote.rights[project] = std::move(rights);
  std::set<std::string> restored;
  for (const kinds::KindDescriptor& kind : kinds::all_kinds()) {
    const std::string tool(kind.tool);
    if (possible_before.count(tool) == 0 && !refusal(context_.remote, project, tool)) {
      restored.insert(tool);
    }
  }
  if (restored.empty()) return Done{};
  return release(project, restored);
}

base::Result<> RightsReader::release(const base::ProjectId& project,
                                     const std::set<std::string>& tools) {
  base::IntentId after(0);
  for (;;) {
    TRY_ASSIGN(const auto page,
               context_.work.page(storage::WorkStore::Which::open, after, tuning::kReleasePage));
    for (storage::Intent intent : page) {
      after = intent.id;
      const bool for_lack_of_rights = intent.cause == base::Cause::permission_missing ||
                                      intent.cause == base::Cause::tool_disabled ||
                                      intent.cause == base::Cause::project_gone;
      const auto* kind = kinds::find_kind(intent.kind.raw());
      if (intent.state != storage::IntentState::held || !for_lack_of_rights ||
          intent.project != project || !kind || tools.count(std::string(kind->tool)) == 0) {
        continue;
      }
      intent.state = storage::IntentState::queued;
      intent.cause = base::Cause::none;
      intent.evidence = "the right is back";
      intent.attempts = 0;
      intent.next_attempt = {};
      intent.changed_at = context_.now();
      TRY(context_.work.update(intent));
    }
    if (static_cast<int>(page.size()) < tuning::kReleasePage) return Done{};
  }
}

void RightsReader::failed(const base::ProjectId& project, const Failure& failure) {
  if (failure.cause == base::Cause::captive_portal) context_.courier.not_the_service(failure);
  failure_ = failure;
  if (verdict_on(failure.cause) == Verdict::person) {
    // The project is closed to this login: nothing may be sent until it is open again.
    context_.remote.rights[project] = ProjectRights{context_.now(), {}};
  }
  if (waits_for_link(context_.remote, failure)) return;
  not_before_[project] = context_.now() + retry_delay(failure, ++attempts_, random_);
  context_.log.warning("rights.failed", {{"project", project.raw()}, {"why", failure.what}});
}

}  // namespace fieldsync::sync
