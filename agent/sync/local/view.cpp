#include "agent/sync/local/view.h"

#include <algorithm>
#include <set>

#include "agent/sync/remote/context.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::Cause;
using base::Failure;
using base::RecordId;
using base::Result;
using storage::Act;
using storage::Intent;
using storage::IntentState;

std::string_view name(ViewState state) {
  switch (state) {
    case ViewState::synced:
      return "synced";
    case ViewState::queued:
      return "queued";
    case ViewState::held:
      return "held";
    case ViewState::missing:
      return "missing";
    case ViewState::gone:
      return "gone";
  }
  FS_CHECK(false);
}

namespace {

void append_child(base::Document& fields, std::string_view list_name, base::Document child) {
  base::Value& list = fields[list_name];
  if (!list.as_list()) list = base::List{};
  list.as_list()->push_back(std::move(child));
}

base::List attachment_children(const Intent& intent) {
  base::List children;
  for (const storage::Attachment& attachment : intent.attachments) {
    children.push_back(base::Document{{"id", ""},
                                      {"name", attachment.name},
                                      {"sha256", attachment.blob.hex()},
                                      {"pending", base::Value(true)}});
  }
  return children;
}

ViewState state_of(storage::Presence presence) {
  switch (presence) {
    case storage::Presence::present:
      return ViewState::synced;
    case storage::Presence::missing_once:
    case storage::Presence::in_question:
      return ViewState::missing;
    case storage::Presence::gone:
      return ViewState::gone;
  }
  FS_CHECK(false);
}

base::KindId kind_of_id(const RecordId& item) {
  return base::KindId(item.raw().substr(0, item.raw().find('-')));
}

}  // namespace

void lay_over(base::Document& fields, const Intent& intent) {
  switch (intent.act) {
    case Act::create:
    case Act::edit:
      for (const base::Field& field : intent.fields) fields.set(field.name, field.value);
      break;
    case Act::reply: {
      base::Document reply{{"id", ""},
                           {"body", intent.fields.text("body")},
                           {"created_by_name", intent.author},
                           {"created_at", base::to_iso_seconds(intent.captured_at)},
                           {"pending", base::Value(true)}};
      if (!intent.attachments.empty()) reply.set("attachments", attachment_children(intent));
      append_child(fields, "replies", std::move(reply));
      return;
    }
    case Act::attach:
      break;
    case Act::remove:
      fields.set("removed", base::Value(true));
      return;
    case Act::restore:
      return;
  }
  if (intent.kind.raw() == "photo") return;  // the attachment is the record itself
  for (base::Value& child : attachment_children(intent)) {
    append_child(fields, "attachments", std::move(*child.as_document()));
  }
}

Result<std::optional<storage::MirrorRecord>> View::find_in_mirror(const base::KindId& kind,
                                                                  const base::ServiceId& id) {
  TRY_ASSIGN(const auto follows, work_.follows());
  for (const storage::Follow& follow : follows) {
    TRY_ASSIGN(auto found, mirror_.record({follow.remote, follow.project, kind, id}));
    if (found) return found;
  }
  return std::optional<storage::MirrorRecord>{};
}

Result<ViewRecord> View::record(const RecordId& asked) {
  const base::KindId kind = kind_of_id(asked);
  RecordId item = asked;
  std::optional<storage::MirrorRecord> seen;
  TRY_ASSIGN(const auto id, service_id(work_, asked));
  if (id) {
    TRY_ASSIGN(seen, find_in_mirror(kind, *id));
    // A record captured here keeps its first id, whichever a person asks by.
    if (seen) {
      TRY_ASSIGN(item, local_id(work_, seen->key));
    }
  }
  TRY_ASSIGN(auto intents, work_.intents_of(item));
  if (!seen && intents.empty()) {
    return Failure{Cause::not_found, "no record \"" + asked.raw() +
                                         "\" here (ids look like rfi-4711; `list` shows them)"};
  }
  return overlaid(std::move(seen), item, std::move(intents));
}

Result<ViewRecord> View::overlaid(std::optional<storage::MirrorRecord> seen, const RecordId& item,
                                  std::vector<Intent> intents) {
  ViewRecord view;
  view.id = item;
  if (seen) {
    view.remote = seen->key.remote;
    view.project = seen->key.project;
    view.kind = seen->key.kind;
    view.service_id = seen->key.id;
    view.fields = seen->fields;
    view.files = seen->files;
    view.presence = seen->presence;
    view.state = state_of(seen->presence);
  } else {
    view.remote = intents.front().remote;
    view.project = intents.front().project;
    view.kind = intents.front().kind;
    TRY_ASSIGN(const auto id, service_id(work_, item));
    if (id) view.service_id = *id;
  }
  for (Intent& intent : intents) {
    const bool open = storage::is_open(intent.state);
    // A delivered act is in the mirror already, unless the mirror was deleted since.
    if (open || (!seen && intent.state == IntentState::delivered)) lay_over(view.fields, intent);
    if (!open) continue;
    const ViewState now = intent.state == IntentState::held ? ViewState::held : ViewState::queued;
    if (view.state != ViewState::held) view.state = now;
    view.pending.push_back(std::move(intent));
  }
  return view;
}

Result<View::Listed> View::list(const base::KindId& kind,
                                const std::optional<base::ProjectId>& project, int limit) {
  Listed listed;
  const auto full = [&] { return static_cast<int>(listed.records.size()) >= limit; };
  TRY_ASSIGN(const auto follows, work_.follows());
  std::set<base::ProjectId> projects;
  for (const storage::Follow& follow : follows) projects.insert(follow.project);
  if (project) projects = {*project};
  for (const base::ProjectId& each : projects) {
    TRY_ASSIGN(const auto open_items, work_.items_with_open_intents(each, kind));
    std::map<base::ServiceId, RecordId> with_intents;
    for (const RecordId& item : open_items) {
      TRY_ASSIGN(const auto id, service_id(work_, item));
      if (id) {
        with_intents.emplace(*id, item);
        continue;
      }
      if (full()) return Listed{std::move(listed.records), Listed::End::truncated};
      TRY_ASSIGN(auto intents, work_.intents_of(item));
      TRY_ASSIGN(auto view, overlaid(std::nullopt, item, std::move(intents)));
      listed.records.push_back(std::move(view));
    }
    storage::MirrorStore::Filter filter;
    filter.project = each;
    filter.kind = kind;
    for (;;) {
      TRY_ASSIGN(auto page, mirror_.list(filter));
      for (storage::MirrorRecord& row : page) {
        if (full()) return Listed{std::move(listed.records), Listed::End::truncated};
        filter.after = row.key.id;
        TRY_ASSIGN(const RecordId item, local_id(work_, row.key));
        std::vector<Intent> intents;
        if (with_intents.erase(row.key.id) != 0) {
          TRY_ASSIGN(intents, work_.intents_of(item));
        }
        TRY_ASSIGN(auto view, overlaid(std::move(row), item, std::move(intents)));
        listed.records.push_back(std::move(view));
      }
      if (static_cast<int>(page.size()) < filter.limit) break;
    }
    for (const auto& [id, item] : with_intents) {  // sent, and not yet in the mirror
      if (full()) return Listed{std::move(listed.records), Listed::End::truncated};
      TRY_ASSIGN(auto intents, work_.intents_of(item));
      TRY_ASSIGN(auto view, overlaid(std::nullopt, item, std::move(intents)));
      listed.records.push_back(std::move(view));
    }
  }
  return listed;
}

}  // namespace fieldsync::sync
