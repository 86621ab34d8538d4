#include <algorithm>

#include "agent/sync/local/explain.h"
#include "agent/sync/remote/people.h"
#include "agent/sync/remote/rights.h"
#include "agent/verbs/tuning.h"
#include "agent/verbs/verbs.h"
#include "net/tuning.h"
#include "platform/base/time_text.h"

namespace fieldsync::verbs {

namespace {

std::string_view link_name(sync::LinkState state) {
  switch (state) {
    case sync::LinkState::unproven:
      return "unproven";
    case sync::LinkState::open:
      return "up";
    case sync::LinkState::shut:
      return "down";
  }
  FS_CHECK(false);
}

Document window_document(const std::optional<net::RateWindow>& window) {
  if (!window) return Document{};
  return Document{{"limit", window->limit},
                  {"remaining", window->remaining},
                  {"resets_at", base::to_iso_seconds(window->resets_at)}};
}

/// Until the service told its own, the spike limit is our guess (facts/procore-api.md 3).
Document spike_document(const net::RateGate& gate) {
  const auto window = gate.spike();
  if (!window) {
    return Document{{"limit", net::tuning::kSpikeLimitAssumed}, {"guessed", base::Value(true)}};
  }
  Document document = window_document(window);
  document.set("guessed", base::Value(false));
  return document;
}

/// What keeps the tool from being complete, for people; "" when nothing does.
std::string missing_of(Parts& parts, const storage::ToolState& state) {
  std::string missing;
  const auto add = [&missing](const std::string& what) {
    if (!what.empty()) missing += (missing.empty() ? "" : "; ") + what;
  };
  if (!state.complete_as_of) add("the first round has not ended yet");
  if (state.cause != base::Cause::none) {
    add(std::string(base::info(state.cause).sentence) + " " + state.evidence);
  }
  const int limit = tuning::kMissingShownMax;
  const auto counted = [&](int count, const std::string& what) {
    if (count > 0) add((count == limit ? "at least " : "") + std::to_string(count) + " " + what);
  };
  const auto is_ours = [&](const storage::RecordKey& key) {
    const auto* kind = kinds::find_kind(key.kind.raw());
    return kind != nullptr && kind->tool == state.tool && key.project == state.project;
  };
  if (const auto shows = parts.mirror->needing_show(state.remote, limit)) {
    counted(static_cast<int>(std::count_if(shows->begin(), shows->end(), is_ours)),
            "records not read in full yet");
  }
  if (state.tool == "drawings") {
    const auto files =
        parts.mirror->count_wanted(state.remote, state.project, base::KindId("drawing"), limit);
    if (files) counted(static_cast<int>(*files), "drawings not here yet");
    if (files && *files > 0) add(parts.data->files().words);
  }
  return missing;
}

struct ToolCounts {
  std::int64_t records = 0;
  std::int64_t vanished = 0;
};

ToolCounts count_records(Parts& parts, const storage::ToolState& state) {
  ToolCounts counts;
  for (const kinds::KindDescriptor& kind : kinds::all_kinds()) {
    if (kind.tool != state.tool) continue;
    const base::KindId id{std::string(kind.id)};
    const auto records = parts.mirror->count(state.remote, state.project, id);
    const auto vanished = parts.mirror->in_question(state.remote, state.project, id);
    if (records) counts.records += *records;
    if (vanished) counts.vanished += *vanished;
  }
  return counts;
}

/// What is the matter with the tool for a person: what was stored with its last round, unless
/// something else is nearer.
storage::ToolState judged(Parts& parts, storage::ToolState state, const ToolCounts& counts) {
  const auto say = [&state](base::Cause cause, std::string evidence) {
    state.cause = cause;
    state.evidence = std::move(evidence);
    return state;
  };
  const app::RemoteParts* remote = parts.find_remote(state.remote);
  if (remote != nullptr && sync::is_sealed(*remote->remote, state.project)) {
    const auto refused = sync::refusal(*remote->remote, state.project, state.tool);
    return say(refused->cause, refused->what);
  }
  if (counts.vanished > 0) {
    return say(base::Cause::mass_vanishing, std::to_string(counts.vanished) + " of " +
                                                std::to_string(counts.records) +
                                                " records disappeared at once");
  }
  if (!state.complete_as_of && state.evidence.empty()) state.evidence = "no round has ended yet";
  if (remote == nullptr) return state;
  return sync::as_held_up(std::move(state), *remote->remote, parts.steady.wall());
}

Document tool_document(Parts& parts, const storage::ToolState& stored) {
  const ToolCounts counts = count_records(parts, stored);
  const storage::ToolState state = judged(parts, stored, counts);
  Document tool = sync::to_document(
      sync::Explanation{state.cause, state.evidence, state.next_poll, state.attempts});
  const auto time_of = [](const std::optional<base::WallTime>& at) {
    return at ? base::Value(base::to_iso_seconds(*at)) : base::Value();
  };
  tool.set("tool", state.tool);
  tool.set("complete_as_of", time_of(state.complete_as_of));
  tool.set("ids_compared_at", time_of(state.swept_at));
  tool.set("fields_compared_at", time_of(state.audited_at));
  tool.set("missing", missing_of(parts, state));
  tool.set("records", counts.records);
  return tool;
}

Result<base::List> project_documents(Parts& parts) {
  TRY_ASSIGN(const auto follows, parts.work->follows());
  base::List projects;
  for (const storage::Follow& follow : follows) {
    base::List tools;
    for (const std::string& name : follow.tools) {
      TRY_ASSIGN(auto state, parts.mirror->tool_state(follow.remote, follow.project, name));
      storage::ToolState shown = state.value_or(storage::ToolState{});
      shown.remote = follow.remote;
      shown.project = follow.project;
      shown.tool = name;
      tools.push_back(tool_document(parts, shown));
    }
    projects.push_back(Document{{"remote", follow.remote.raw()},
                                {"project", follow.project.raw()},
                                {"tools", std::move(tools)}});
  }
  return projects;
}

Document remote_document(const app::RemoteParts& parts, base::Millis clock_ahead) {
  const sync::Remote& remote = *parts.remote;
  Document link{{"state", link_name(remote.link.state())}};
  if (remote.link.state() == sync::LinkState::shut) {
    link.set("cause", base::info(remote.link.failure().cause).id);
    link.set("evidence", remote.link.failure().what);
    link.set("next_attempt", base::to_iso_seconds(remote.link.retry_at()));
  }
  Document document{{"remote", remote.name.raw()},
                    {"link", std::move(link)},
                    {"login", net::name(remote.tokens.state())},
                    {"budget", Document{{"hour", window_document(remote.gate.hourly())},
                                        {"spike", spike_document(remote.gate)},
                                        {"calls", remote.gate.sent_total()}}}};
  base::List people;
  for (const auto& [person, login] : remote.people) {
    if (!sync::own_login(remote, person)) continue;
    people.push_back(Document{{"person", person}, {"login", net::name(login.tokens->state())}});
  }
  document.set("people", std::move(people));
  if (const auto problem = remote.tokens.problem()) {
    document.set("login_problem",
                 sync::to_document(sync::Explanation{problem->cause, problem->what, {}}));
  }
  document.set("clock", sync::to_document(sync::explain_clock(clock_ahead)));
  if (const auto& trouble = parts.engine->trouble()) {
    document.set("trouble", sync::to_document(sync::Explanation{trouble->cause, trouble->what,
                                                                parts.engine->trouble_until()}));
  }
  return document;
}

}  // namespace

bool is_idle(const Parts& parts) {
  for (const auto& remote : parts.remotes) {
    if (!remote->engine->is_idle()) return false;
  }
  return true;
}

Result<Document> status(Parts& parts) {
  TRY_ASSIGN(const auto counts, parts.work->counts());
  TRY_ASSIGN(auto projects, project_documents(parts));
  base::List remotes;
  base::ByteCount bytes_done = 0;
  base::ByteCount bytes_total = 0;
  for (const auto& remote : parts.remotes) {
    // What is known of the service's clock is told beside the one people see and set.
    const base::Millis ahead =
        remote->remote->clock_ahead + (parts.steady.wall() - parts.world.host.clock.wall());
    Document shown = remote_document(*remote, ahead);
    TRY_ASSIGN(const auto outlook, give_outlook(parts, *remote));
    auto expected = forecast_document(outlook, *remote->remote);
    shown.set("forecast", std::move(expected));
    remotes.push_back(std::move(shown));
    if (const auto progress = remote->engine->upload_progress()) {
      bytes_done += progress->sent;
      bytes_total += progress->total;
    }
  }
  Document answer{{"remotes", remotes},
                  {"projects", std::move(projects)},
                  {"busy", base::Value(!is_idle(parts))},
                  {"progress", Document{{"bytes_done", bytes_done}, {"bytes_total", bytes_total}}},
                  {"queue", Document{{"queued", counts.queued},
                                     {"waiting", counts.waiting},
                                     {"sending", counts.sending},
                                     {"in_doubt", counts.in_doubt},
                                     {"sent", counts.sent},
                                     {"held", counts.held},
                                     {"delivered", counts.delivered},
                                     {"open", counts.open()}}}};
  // The first account's link, login and budget stand at the top: most machines have just one.
  if (!remotes.empty()) {
    const Document& first = *remotes.front().as_document();
    for (const char* field : {"link", "login", "budget", "clock", "forecast"})
      answer.set(field, *first.find(field));
  } else {
    answer.set("link", Document{{"state", "unproven"}});
    answer.set("login", "unknown");
    answer.set("budget", Document{});
  }
  base::List notices;
  base::List findings;
  for (const base::Failure& notice : parts.notices) {
    notices.push_back(notice.what);
    findings.push_back(sync::to_document(sync::Explanation{notice.cause, notice.what, {}}));
  }
  answer.set("notices", std::move(notices));
  answer.set("findings", std::move(findings));
  return answer;
}

Result<Document> sync(Parts& parts, const Document& arguments) {
  if (parts.remotes.empty()) {
    return base::Failure{base::Cause::bad_input,
                         "no remote in the config file: add [remote.procore]"};
  }
  const base::Value* full = arguments.find("full");
  const bool sweep = full && full->as_bool() && *full->as_bool();
  for (const auto& remote : parts.remotes) {
    remote->engine->start();
    TRY(remote->engine->sync_now(sweep ? net::Sweep::ids : net::Sweep::changes));
  }
  return Document{};
}

std::string status_line(Parts& parts) {
  const auto counts = parts.work->counts();
  if (!counts) return "The queue cannot be read: " + counts.failure().what;
  std::string line = counts->open() == 0 ? "Everything is delivered"
                                         : std::to_string(counts->open()) + " to deliver";
  if (counts->held > 0) line += ", " + std::to_string(counts->held) + " need a person";
  for (const auto& remote : parts.remotes) {
    const std::string name = remote->config.name.raw();
    if (const auto problem = remote->tokens->problem()) {
      line += "; " + name + ": " + std::string(base::info(problem->cause).id);
    } else if (remote->remote->link.state() == sync::LinkState::shut) {
      line += "; no connection to " + name;
    }
  }
  return line + ".";
}

}  // namespace fieldsync::verbs
