#include <algorithm>

#include "agent/sync/local/pins.h"
#include "agent/sync/local/tuning.h"
#include "agent/sync/pull/wanted.h"
#include "agent/verbs/verbs.h"

/// The files of records: opening them, and keeping them here.
namespace fieldsync::verbs {

using base::Cause;
using base::Failure;

namespace {

storage::RecordKey key_of(const sync::ViewRecord& record) {
  return {record.remote, record.project, record.kind, record.service_id};
}

bool says(const Document& fields, std::string_view name, bool what) {
  const base::Value* value = fields.find(name);
  const bool* flag = value ? value->as_bool() : nullptr;
  return flag && *flag == what;
}

/// Ids of a service are numbers that grow: the longer one is the later one.
bool is_later(const base::ServiceId& a, const base::ServiceId& b) {
  return a.raw().size() != b.raw().size() ? a.raw().size() > b.raw().size() : a.raw() > b.raw();
}

/// What a person must know before relying on the bytes; "" when there is nothing. A service need
/// not touch an older revision when it publishes a newer one: the newer one's metadata is enough.
Result<std::string> warning_of(Parts& parts, const sync::ViewRecord& record) {
  const std::string kOlder = "superseded: there is a newer revision of this sheet";
  if (record.kind.raw() != "drawing") return std::string();
  if (says(record.fields, "current", false)) return kOlder;
  TRY_ASSIGN(const auto sheets,
             parts.view->list(record.kind, record.project, sync::tuning::kListMax));
  for (const sync::ViewRecord& other : sheets.records) {
    const bool is_same_sheet = other.remote == record.remote &&
                               other.fields.text("number") == record.fields.text("number") &&
                               other.fields.text("area") == record.fields.text("area");
    if (is_same_sheet && says(other.fields, "current", true) &&
        is_later(other.service_id, record.service_id)) {
      return kOlder + ", " + other.id.raw();
    }
  }
  return std::string();
}

Document file_document(const Parts& parts, const storage::MirrorFile& file) {
  Document shown{{"slot", file.slot}, {"name", file.name}};
  shown.set("path", file.blob ? base::Value(parts.files.path_of(*file.blob)) : base::Value());
  shown.set("size", file.size ? base::Value(std::int64_t{*file.size}) : base::Value());
  shown.set("state", file.blob ? "here" : "awaited");
  shown.set("pinned", base::Value(file.pin == storage::Pin::pinned));
  return shown;
}

/// The bytes of captures that were not delivered yet are here as well.
base::List captured_files(const Parts& parts, const sync::ViewRecord& record) {
  base::List files;
  for (const storage::Intent& intent : record.pending) {
    const auto& own = intent.kept.empty() ? intent.attachments : intent.kept;
    for (const storage::Attachment& file : own) {
      files.push_back(Document{{"slot", "captured"},
                               {"name", file.name},
                               {"path", parts.originals.path_of(file.blob)},
                               {"size", std::int64_t{file.size}},
                               {"state", "here"},
                               {"pinned", base::Value(false)}});
    }
  }
  return files;
}

Result<app::RemoteParts*> remote_of(Parts& parts, const sync::ViewRecord& record) {
  if (app::RemoteParts* remote = parts.find_remote(record.remote)) return remote;
  return Failure{Cause::bad_input, "no remote \"" + record.remote.raw() + "\" in the config file"};
}

}  // namespace

Result<Document> open(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const base::RecordId item, item_of(arguments));
  TRY_ASSIGN(const auto record, parts.view->record(item));
  base::List files = captured_files(parts, record);
  const base::WallTime now = parts.world.host.clock.wall();
  for (storage::MirrorFile file : record.files) {
    if (file.blob) {
      TRY_ASSIGN(const bool is_here, parts.files.has(*file.blob));
      if (!is_here) {
        TRY(parts.mirror->forget_blobs({*file.blob}));
        file.blob.reset();
      }
    }
    if (file.want < storage::Want::wished) {
      // Somebody works with it: it does not go for the next current sheet.
      TRY(parts.mirror->set_file_want(key_of(record), file.slot, storage::Want::wished, file.pin));
    }
    if (file.blob) {
      TRY(parts.mirror->mark_used(key_of(record), file.slot, now));
    } else {
      TRY_ASSIGN(app::RemoteParts* const remote, remote_of(parts, record));
      TRY(remote->engine->await_file(key_of(record), file.slot));
    }
    files.push_back(file_document(parts, file));
  }
  if (files.empty()) return Failure{Cause::not_found, item.raw() + ": has no file"};
  Document answer{{"id", item.raw()}, {"files", std::move(files)}};
  TRY_ASSIGN(std::string warning, warning_of(parts, record));
  answer.set("warning", std::move(warning));
  return answer;
}

Result<Document> pin(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const base::RecordId item, item_of(arguments));
  TRY_ASSIGN(const auto record, parts.view->record(item));
  TRY_ASSIGN(app::RemoteParts* const remote, remote_of(parts, record));
  if (record.service_id.raw().empty()) {
    return Failure{Cause::bad_input,
                   item.raw() + ": exists only here so far, and what was captured here stays"};
  }
  const base::Value* off = arguments.find("off");
  const bool is_unpinned = off && off->as_bool() && *off->as_bool();
  const auto to = is_unpinned ? storage::Pin::none : storage::Pin::pinned;
  TRY(sync::set_pin(*parts.work, *remote->remote, key_of(record), to));
  for (const storage::MirrorFile& file : record.files) {
    const auto want = sync::want_of(record.kind, record.fields, file.slot, remote->remote->me);
    TRY(parts.mirror->set_file_want(key_of(record), file.slot, sync::want_with(want, to), to));
  }
  remote->engine->nudge();
  return Document{{"id", item.raw()},
                  {"files", static_cast<std::int64_t>(record.files.size())},
                  {"pinned", base::Value(!is_unpinned)}};
}

}  // namespace fieldsync::verbs
