#include <algorithm>

#include "agent/verbs/tuning.h"
#include "agent/verbs/verbs.h"
#include "platform/base/time_text.h"

/// What people keep back, have done over, or carry away.
namespace fieldsync::verbs {

using base::Cause;
using base::Failure;
using storage::Intent;
using storage::IntentState;

namespace {

/// Whether only a person's word lets it go on.
bool waits_for_a_word(const Intent& intent) {
  return intent.cause == Cause::conflict || intent.cause == Cause::record_gone ||
         intent.cause == Cause::held_by_person;
}

using Wanted = std::function<bool(const Intent&)>;

/// Held or refused acts go out again; what was decided on by a person, or has to be, stays.
Result<int> send_again(Parts& parts, const Wanted& wanted) {
  std::vector<Intent> again;
  TRY(parts.work->each_open([&](const Intent& act) -> Result<> {
    if (act.state != IntentState::held || waits_for_a_word(act) || !wanted(act)) {
      return base::Done{};
    }
    Intent intent = act;
    intent.state = storage::resumed_state(intent);
    intent.cause = Cause::none;
    intent.evidence = "sent again because a person asked for it";
    intent.attempts = 0;
    intent.next_attempt = {};
    intent.changed_at = parts.world.host.clock.wall();
    again.push_back(std::move(intent));
    return base::Done{};
  }));
  const auto count = static_cast<int>(again.size());
  if (count > 0) TRY(parts.work->change(std::move(again)));
  return count;
}

struct Anew {
  int records = 0;
  int acts = 0;
};

Document answer_of(const Anew& anew) {
  return Document{{"records", anew.records}, {"acts", anew.acts}};
}

Result<Anew> resync_item(Parts& parts, const std::string& item) {
  TRY_ASSIGN(const auto record, parts.view->record(base::RecordId(item)));
  Anew anew;
  app::RemoteParts* remote = parts.find_remote(record.remote);
  if (remote != nullptr && !record.service_id.raw().empty()) {
    TRY(remote->engine->read_anew(
        storage::RecordKey{record.remote, record.project, record.kind, record.service_id}));
    anew.records = 1;
  }
  TRY_ASSIGN(anew.acts,
             send_again(parts, [&](const Intent& act) { return act.item == record.id; }));
  return anew;
}

/// `tool` empty: all tools.
Result<Anew> resync_tools(Parts& parts, const std::vector<storage::Follow>& follows,
                          const std::string& tool) {
  Anew anew;
  for (const storage::Follow& follow : follows) {
    app::RemoteParts* remote = parts.find_remote(follow.remote);
    if (remote == nullptr) continue;
    for (const std::string& name : follow.tools) {
      if (!tool.empty() && name != tool) continue;
      TRY_ASSIGN(const int records, remote->engine->read_anew(follow.project, name));
      anew.records += records;
    }
    TRY_ASSIGN(const int acts, send_again(parts, [&](const Intent& act) {
                 const auto* kind = kinds::find_kind(act.kind.raw());
                 return act.remote == follow.remote && act.project == follow.project &&
                        (tool.empty() || (kind && kind->tool == tool));
               }));
    anew.acts += acts;
  }
  return anew;
}

Document file_document(Parts& parts, const storage::Attachment& file) {
  return Document{{"name", file.name},
                  {"size", file.size},
                  {"type", file.content_type},
                  {"sha256", file.blob.hex()},
                  {"path", parts.originals.path_of(file.blob)}};
}

Document pending_document(Parts& parts, const Intent& act) {
  base::List files;
  for (const storage::Attachment& file : act.attachments) {
    files.push_back(file_document(parts, file));
  }
  Document row = to_document(act, parts);
  row.set("remote", act.remote.raw());
  row.set("fields", act.fields);
  row.set("base", act.base);
  row.set("files", std::move(files));
  return row;
}

}  // namespace

Result<Document> hold(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const auto record, parts.view->record(base::RecordId(arguments.text("item"))));
  std::vector<Intent> held;
  int under_way = 0;
  for (const Intent& act : record.pending) {
    if (act.state == IntentState::held) continue;  // for its own reason already
    if (act.state != IntentState::queued && act.state != IntentState::waiting) {
      ++under_way;
      continue;
    }
    Intent intent = act;
    intent.state = IntentState::held;
    intent.cause = Cause::held_by_person;
    intent.evidence = "held by " + author_of(parts, arguments);
    intent.changed_at = parts.world.host.clock.wall();
    held.push_back(std::move(intent));
  }
  if (held.empty()) {
    return Failure{Cause::not_found, under_way > 0
                                         ? record.id.raw() + ": its work is on its way already"
                                         : record.id.raw() + ": nothing of it waits to be sent"};
  }
  const auto count = static_cast<int>(held.size());
  TRY(parts.work->change(std::move(held)));
  return Document{{"item", record.id.raw()}, {"held", count}, {"under_way", under_way}};
}

Result<Document> resync(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const std::string what, required_text(arguments, "what"));
  TRY_ASSIGN(const auto follows, parts.work->follows());
  const auto& tools = kinds::all_tools();
  if (std::find(tools.begin(), tools.end(), what) != tools.end()) {
    TRY_ASSIGN(const Anew anew, resync_tools(parts, follows, what));
    return answer_of(anew);
  }
  std::vector<storage::Follow> of_project;
  for (const storage::Follow& follow : follows) {
    if (follow.project.raw() == what) of_project.push_back(follow);
  }
  if (!of_project.empty()) {
    TRY_ASSIGN(const Anew anew, resync_tools(parts, of_project, ""));
    return answer_of(anew);
  }
  TRY_ASSIGN(const Anew anew, resync_item(parts, what));
  for (const auto& remote : parts.remotes) remote->engine->nudge();
  return answer_of(anew);
}

Result<Document> pending(Parts& parts, const Document& arguments) {
  const std::string project = arguments.text("project");
  const base::IntentId after(arguments.integer("after"));
  TRY_ASSIGN(const auto page,
             parts.work->page(storage::WorkStore::Which::open, after, tuning::kPendingRowsMax));
  base::List acts;
  for (const Intent& act : page) {
    if (project.empty() || act.project.raw() == project) {
      acts.push_back(pending_document(parts, act));
    }
  }
  Document answer{{"acts", std::move(acts)}};
  const bool more = static_cast<int>(page.size()) == tuning::kPendingRowsMax;
  answer.set("next", more ? base::Value(page.back().id.raw()) : base::Value());
  return answer;
}

}  // namespace fieldsync::verbs
