#include <algorithm>
#include <memory>

#include "agent/verbs/project_table.h"
#include "agent/verbs/tuning.h"
#include "agent/verbs/verbs.h"

namespace fieldsync::verbs {

using api::Commands;
using base::Cause;
using base::Failure;

namespace {

Result<Document> follows_document(Parts& parts) {
  TRY_ASSIGN(const auto follows, parts.work->follows());
  base::List rows;
  for (const storage::Follow& follow : follows) {
    base::List tools;
    for (const std::string& tool : follow.tools) tools.push_back(tool);
    rows.push_back(Document{{"remote", follow.remote.raw()},
                            {"project", follow.project.raw()},
                            {"tools", std::move(tools)}});
  }
  return Document{{"follows", std::move(rows)}};
}

Result<std::vector<std::string>> tools_of(const Document& arguments) {
  std::vector<std::string> tools;
  const base::Value* given = arguments.find("tools");
  const base::List* list = given ? given->as_list() : nullptr;
  if (list != nullptr) {
    for (const base::Value& entry : *list) {
      const std::string* tool = entry.as_text();
      const auto& known = kinds::all_tools();
      if (!tool || std::find(known.begin(), known.end(), *tool) == known.end()) {
        return Failure{Cause::bad_input, "no tool \"" + (tool ? *tool : std::string()) +
                                             "\" (there are: drawings, photos, rfis, notes)"};
      }
      tools.push_back(*tool);
    }
  }
  if (tools.empty()) {
    for (const std::string_view tool : kinds::all_tools()) tools.emplace_back(tool);
  }
  return tools;
}

/// Reads the projects, then the permissions of each, one call after the other.
class ProjectsReader : public std::enable_shared_from_this<ProjectsReader> {
 public:
  ProjectsReader(app::RemoteParts& remote, Parts& parts, std::set<std::string> followed,
                 Commands::Answer answer)
      : remote_(remote),
        courier_(parts.steady_host, parts.world.transport, parts.world.log, *remote.remote),
        followed_(std::move(followed)),
        answer_(std::move(answer)) {}

  void read_page(int position) {
    courier_.send(remote_.service->projects(position),
                  [self = shared_from_this(), position](net::HttpOutcome outcome) {
                    self->take_page(position, outcome);
                  });
  }

 private:
  void take_page(int position, const net::HttpOutcome& outcome) {
    if (!outcome.response) return answer_(outcome.response.failure());
    auto page = remote_.service->read_projects(position, *outcome.response);
    if (!page) return answer_(page.failure());
    projects_.insert(projects_.end(), page->projects.begin(), page->projects.end());
    if (page->next && position < tuning::kProjectPagesMax) return read_page(*page->next);
    read_permissions(0);
  }

  void read_permissions(std::size_t at) {
    if (at == projects_.size()) {
      add_followed_but_absent();
      return answer_(Document{{"projects", std::move(rows_)}});
    }
    if (at >= tuning::kProjectsMax) {
      add_row(projects_[at], {}, "permissions not read: more projects than one look may cost",
              Cause::limit_reached);
      return read_permissions(at + 1);
    }
    courier_.send(remote_.service->permissions(projects_[at].id),
                  [self = shared_from_this(), at](net::HttpOutcome outcome) {
                    self->take_permissions(at, outcome);
                  });
  }

  void take_permissions(std::size_t at, const net::HttpOutcome& outcome) {
    if (!outcome.response) return answer_(outcome.response.failure());
    auto tools = remote_.service->read_permissions(*outcome.response);
    if (tools) {
      add_row(projects_[at], tool_rows(*remote_.service, *tools), "", Cause::none);
    } else {
      // A project in the list of this login that does not open was not shared with it.
      const Cause cause = tools.failure().cause == Cause::project_gone ? Cause::project_not_shared
                                                                       : tools.failure().cause;
      add_row(projects_[at], {}, base::sentence({cause, tools.failure().what}), cause);
    }
    read_permissions(at + 1);
  }

  void add_row(const net::RemoteProject& project, base::List tools, std::string missing,
               Cause cause) {
    if (cause == Cause::none && !project.active) {
      missing = "the project is closed at the service: it can be read, new work may be refused";
    }
    Document row{{"remote", remote_.config.name.raw()},
                 {"id", project.id.raw()},
                 {"name", project.name},
                 {"active", base::Value(project.active)},
                 {"followed", base::Value(followed_.count(project.id.raw()) != 0)},
                 {"tools", std::move(tools)},
                 {"missing", std::move(missing)}};
    add_remedy(row, cause);
    followed_.erase(project.id.raw());
    rows_.push_back(std::move(row));
  }

  /// What is followed and yet not in this login's list was taken away, or never shared.
  void add_followed_but_absent() {
    for (const std::string& project : followed_) {
      Document row{{"remote", remote_.config.name.raw()},
                   {"id", project},
                   {"name", ""},
                   {"active", base::Value(false)},
                   {"followed", base::Value(true)},
                   {"tools", base::List{}},
                   {"missing", base::sentence({Cause::project_gone,
                                               "project " + project + " is not in the list"})}};
      add_remedy(row, Cause::project_gone);
      rows_.push_back(std::move(row));
    }
  }

  app::RemoteParts& remote_;
  sync::Courier courier_;
  std::set<std::string> followed_;
  Commands::Answer answer_;
  std::vector<net::RemoteProject> projects_;
  base::List rows_;
};

}  // namespace

Result<Document> follow(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const std::string project, required_text(arguments, "project"));
  TRY_ASSIGN(app::RemoteParts * remote, parts.pick_remote(arguments.text("remote")));
  TRY_ASSIGN(auto tools, tools_of(arguments));
  storage::Follow follow{remote->config.name, base::ProjectId(project), std::move(tools)};
  TRY(parts.work->save_follow(follow));
  remote->engine->nudge();
  return follows_document(parts);
}

Result<Document> unfollow(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const std::string project, required_text(arguments, "project"));
  TRY_ASSIGN(const auto follows, parts.work->follows());
  for (const storage::Follow& follow : follows) {
    if (follow.project.raw() != project) continue;
    // The mirror of the project goes; captures and their queue stay (promise P12).
    TRY(parts.work->remove_follow(follow.remote, follow.project));
    TRY(parts.mirror->forget_project(follow.remote, follow.project));
    return follows_document(parts);
  }
  return Failure{Cause::not_found, "project " + project + " is not followed"};
}

void projects(Parts& parts, const Document& arguments, Commands::Answer answer) {
  auto remote = parts.pick_remote(arguments.text("remote"));
  if (!remote) return answer(remote.failure());
  auto follows = parts.work->follows();
  if (!follows) return answer(follows.failure());
  std::set<std::string> followed;
  for (const storage::Follow& follow : *follows) {
    if (follow.remote == (*remote)->config.name) followed.insert(follow.project.raw());
  }
  std::make_shared<ProjectsReader>(**remote, parts, std::move(followed), std::move(answer))
      ->read_page(1);
}

}  // namespace fieldsync::verbs
