#include "agent/sync/remote/rights.h"

#include <algorithm>

#include "agent/sync/link/retry.h"
#include "agent/sync/link/tuning.h"
#include "agent/sync/remote/tuning.h"

namespace fieldsync::sync {

using base::Done;
using base::Failure;

bool is_about_rights(base::Cause cause) {
  return cause == base::Cause::permission_missing || cause == base::Cause::tool_disabled ||
         cause == base::Cause::project_gone || cause == base::Cause::project_not_shared ||
         cause == base::Cause::app_not_installed;
}

bool is_sealed(const Remote& remote, const base::ProjectId& project) {
  const auto rights = remote.rights.find(project);
  return rights != remote.rights.end() && rights->second.closed.has_value();
}

std::string_view tool_of(const storage::Intent& intent) {
  const auto* kind = kinds::find_kind(intent.kind.raw());
  return kind ? kind->tool : "";
}

std::optional<Failure> refusal(const Remote& remote, const base::ProjectId& project,
                               std::string_view tool) {
  const auto rights = remote.rights.find(project);
  if (rights == remote.rights.end()) return std::nullopt;
  if (rights->second.closed) return rights->second.closed;
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
  const auto& trouble = context_.remote.rights_trouble;
  const auto held_back = trouble.find(project);
  if (held_back != trouble.end() && held_back->second.retry_at > context_.now()) return false;
  const auto known = context_.remote.rights.find(project);
  return context_.remote.me.raw().empty() || known == context_.remote.rights.end() ||
         known->second.read_at + tuning::kPermissionsInterval <= context_.now();
}

std::optional<base::WallTime> RightsReader::retry_at() const {
  std::optional<base::WallTime> earliest;
  const auto note = [&](base::WallTime at) {
    if (at > context_.now() && (!earliest || at < *earliest)) earliest = at;
  };
  for (const auto& [project, trouble] : context_.remote.rights_trouble) note(trouble.retry_at);
  for (const auto& [project, rights] : context_.remote.rights) {
    if (rights.closed) note(rights.read_at + tuning::kPermissionsInterval);
  }
  return earliest;
}

void RightsReader::doubt(const base::ProjectId& project) {
  const auto known = context_.remote.rights.find(project);
  if (known != context_.remote.rights.end()) known->second.read_at = {};
}

void RightsReader::doubt_all() {
  for (auto& [project, trouble] : context_.remote.rights_trouble) trouble.retry_at = {};
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
                          context_.remote.rights_trouble.erase(project);
                          if (tools->empty()) rights.closed = closed(project, "has no tool for it");
                          done(take(project, std::move(rights)));
                        });
}

void RightsReader::keep(const base::ProjectId& project, ProjectRights rights) {
  ProjectRights& kept = context_.remote.rights[project];
  rights.reading = kept.reading + 1;
  kept = std::move(rights);
}

base::Result<> RightsReader::take(const base::ProjectId& project, ProjectRights rights) {
  const auto may_more = [&](const ProjectRights* before, std::string_view tool) {
    if (refusal(context_.remote, project, tool)) return false;
    const auto now = rights.tools.find(std::string(tool));
    if (before == nullptr || before->closed || now == rights.tools.end()) return true;
    const auto then = before->tools.find(std::string(tool));
    return then == before->tools.end() || !then->second.enabled ||
           then->second.level < now->second.level;
  };
  std::optional<ProjectRights> before;
  const auto known = context_.remote.rights.find(project);
  if (known != context_.remote.rights.end()) before = known->second;
  keep(project, rights);
  std::set<std::string> restored;
  for (const kinds::KindDescriptor& kind : kinds::all_kinds()) {
    if (may_more(before ? &*before : nullptr, kind.tool)) restored.emplace(kind.tool);
  }
  return release(project, restored);
}

/// What was refused under rights that this reading shows as they were known before: the right may
/// have been away in between. It is tried again a few times, so that a service which says yes here
/// and no there is not asked for ever.
base::Result<> RightsReader::release(const base::ProjectId& project,
                                     const std::set<std::string>& restored) {
  return context_.work.each_open([&](storage::Intent intent) -> base::Result<> {
    if (!is_about_rights(intent.cause) || intent.project != project) return Done{};
    const bool is_restored = restored.contains(std::string(tool_of(intent)));
    if (is_restored) {
      again_.erase(intent.id);
    } else if (refusal(context_.remote, project, tool_of(intent)) ||
               again_[intent.id]++ >= tuning::kRightsDoubtsMax) {
      return Done{};
    }
    if (intent.state == storage::IntentState::held) intent.state = storage::resumed_state(intent);
    intent.cause = base::Cause::none;
    intent.evidence = is_restored ? "the right is back" : "by its rights this login may do it";
    intent.attempts = 0;
    intent.next_attempt = {};
    intent.changed_at = context_.now();
    return context_.work.change({intent});
  });
}

Failure RightsReader::closed(const base::ProjectId& project, const std::string& words) {
  // A project whose records are here was open once: then it was taken away.
  const auto states = context_.mirror.tool_states();
  const bool was_open =
      states && std::any_of(states->begin(), states->end(), [&](const storage::ToolState& tool) {
        return tool.remote == context_.remote.name && tool.project == project &&
               tool.complete_as_of.has_value();
      });
  return {was_open ? base::Cause::project_gone : base::Cause::project_not_shared,
          "project " + project.raw() + " is not open to this login: " + words};
}

void RightsReader::failed(const base::ProjectId& project, const Failure& failure) {
  if (verdict_on(failure.cause) == Verdict::person) {
    // Nothing may be sent until the project is open again. Only the app is no matter of the
    // project.
    ProjectRights none{context_.now(), {}, failure};
    if (failure.cause != base::Cause::app_not_installed)
      none.closed = closed(project, failure.what);
    keep(project, std::move(none));
  }
  RightsTrouble& trouble = context_.remote.rights_trouble[project];
  const bool again = verdict_on(trouble.failure.cause) == Verdict::link;
  trouble.failure = failure;
  // As with lists: the first failure is the link's, and its pause the only one.
  if (waits_for_link(context_.remote, failure) && !again) return;
  trouble.attempts = std::min(trouble.attempts + 1, tuning::kRetryDoublingsMax);
  trouble.retry_at = context_.now() + retry_delay(failure, trouble.attempts, random_);
  context_.log.warning("rights.failed", {{"project", project.raw()}, {"why", failure.what}});
}

}  // namespace fieldsync::sync
