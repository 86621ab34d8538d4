#include "agent/sync/rights.h"

#include "agent/sync/retry.h"
#include "agent/sync/tuning.h"

namespace fieldsync::sync {

using base::Done;
using base::Failure;

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
                          for (const net::ToolPermission& tool : *tools) {
                            rights.tools[tool.tool] = tool;
                          }
                          context_.remote.rights[project] = std::move(rights);
                          attempts_ = 0;
                          failure_.reset();
                          not_before_.erase(project);
                          done(Done{});
                        });
}

void RightsReader::failed(const base::ProjectId& project, const Failure& failure) {
  if (failure.cause == base::Cause::captive_portal) context_.courier.not_the_service(failure);
  failure_ = failure;
  if (waits_for_link(context_.remote, failure)) return;
  not_before_[project] = context_.now() + retry_delay(failure, ++attempts_, random_);
  context_.log.warning("rights.failed", {{"project", project.raw()}, {"why", failure.what}});
}

}  // namespace fieldsync::sync
