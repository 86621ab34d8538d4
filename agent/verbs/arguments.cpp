#include <charconv>

#include "agent/sync/local/explain.h"
#include "agent/verbs/tuning.h"
#include "agent/verbs/verbs.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"

namespace fieldsync::verbs {

using base::Cause;
using base::Failure;

std::string author_of(const Parts& parts, const Document& arguments) {
  const std::string named = arguments.text("author");
  return named.empty() ? parts.world.user : named;
}

std::optional<base::IntentId> intent_number(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return base::IntentId(number);
}

Result<std::string> required_text(const Document& arguments, std::string_view name) {
  const std::string text = arguments.text(name);
  if (text.empty()) return Failure{Cause::bad_input, std::string(name) + ": missing"};
  return text;
}

Result<base::RecordId> item_of(const Document& arguments) {
  TRY_ASSIGN(std::string item, required_text(arguments, "item"));
  return base::RecordId(std::move(item));
}

Result<std::vector<storage::Attachment>> files_of(const Document& arguments) {
  std::vector<storage::Attachment> files;
  const base::Value* given = arguments.find("files");
  if (given == nullptr) return files;
  const base::List* list = given->as_list();
  if (list == nullptr) return Failure{Cause::bad_input, "files: expected a list"};
  if (list->size() > tuning::kFilesMax) {
    return Failure{Cause::limit_reached,
                   "at most " + std::to_string(tuning::kFilesMax) + " files in one act"};
  }
  for (const base::Value& entry : *list) {
    const Document* file = entry.as_document();
    const auto blob = file ? base::Digest::from_hex(file->text("blob")) : std::nullopt;
    if (!blob || file->text("name").empty()) {
      return Failure{Cause::bad_input, "files: each needs blob, size, name and type"};
    }
    files.push_back({*blob, file->integer("size"), base::safe_file_name(file->text("name")),
                     file->text("type")});
  }
  return files;
}

Result<storage::Follow> project_of(Parts& parts, const Document& arguments) {
  const std::string wanted = arguments.text("project");
  TRY_ASSIGN(const auto follows, parts.work->follows());
  for (const storage::Follow& follow : follows) {
    if (follow.project.raw() == wanted) return follow;
  }
  if (!wanted.empty()) {
    return Failure{
        Cause::bad_input,
        "project " + wanted + " is not followed here: `fieldsync follow " + wanted + "`"};
  }
  if (follows.size() == 1) return follows.front();
  return Failure{Cause::bad_input, follows.empty()
                                       ? "no project is followed yet: `fieldsync follow PROJECT`"
                                       : "several projects are followed: say which (--project)"};
}

Document to_document(const storage::Intent& intent, const Parts& parts) {
  base::ByteCount total = 0;
  for (const storage::Attachment& file : intent.attachments) total += file.size;
  base::ByteCount done = 0;
  sync::Explanation why{intent.cause, intent.evidence, {}, intent.attempts};
  for (const auto& remote : parts.remotes) {
    if (remote->config.name != intent.remote) continue;
    const auto going =
        remote->engine->is_under_way(intent.item) ? sync::Going::under_way : sync::Going::not_yet;
    why = sync::explain(intent, *remote->remote, parts.steady.wall(), going);
    if (const auto progress = remote->engine->upload_progress();
        progress && progress->intent == intent.id) {
      done = progress->sent;
    }
  }
  const bool all_up =
      intent.state == storage::IntentState::sent || intent.state == storage::IntentState::delivered;
  if (all_up) done = total;
  if (done == 0 && total > 0 && storage::is_open(intent.state)) {
    if (const auto uploads = parts.work->uploads_of(intent.id)) {
      for (const storage::Upload& upload : *uploads) done += upload.bytes_confirmed();
    }
  }
  Document row = sync::to_document(why);
  row.set("id", intent.id.raw());
  row.set("kind", intent.kind.raw());
  row.set("action", storage::name(intent.act));
  row.set("item", intent.item.raw());
  row.set("project", intent.project.raw());
  row.set("state", storage::name(intent.state));
  row.set("bytes_done", done);
  row.set("bytes_total", total);
  row.set("captured_at", base::to_iso_millis(intent.captured_at));
  row.set("author", intent.author);
  row.set("service_id", intent.result.raw());
  return row;
}

Document to_document(const sync::ViewRecord& record) {
  Document row = record.fields;
  row.set("id", record.id.raw());
  row.set("service_id",
          record.service_id.raw().empty() ? base::Value() : base::Value(record.service_id.raw()));
  row.set("kind", record.kind.raw());
  row.set("project", record.project.raw());
  row.set("state", sync::name(record.state));
  base::List files;
  for (const storage::MirrorFile& file : record.files) {
    Document entry{{"slot", file.slot}, {"name", file.name}};
    if (file.size) entry.set("size", *file.size);
    if (file.blob) entry.set("sha256", file.blob->hex());
    entry.set("here", base::Value(file.blob.has_value()));
    files.push_back(std::move(entry));
  }
  if (!files.empty()) row.set("files", std::move(files));
  return row;
}

}  // namespace fieldsync::verbs
