#include <algorithm>

#include "agent/sync/local/tuning.h"
#include "agent/verbs/tuning.h"
#include "agent/verbs/verbs.h"

namespace fieldsync::verbs {

using base::Cause;
using base::Failure;

Result<Document> list(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const std::string kind, required_text(arguments, "kind"));
  if (kinds::find_kind(kind) == nullptr) {
    std::string known;
    for (const kinds::KindDescriptor& each : kinds::all_kinds()) {
      known += (known.empty() ? "" : ", ") + std::string(each.id);
    }
    return Failure{Cause::bad_input, "no kind \"" + kind + "\" (there are: " + known + ")"};
  }
  std::optional<base::ProjectId> project;
  if (!arguments.text("project").empty()) project = base::ProjectId(arguments.text("project"));
  const int limit = static_cast<int>(std::clamp<std::int64_t>(
      arguments.integer("limit", tuning::kListRowsDefault), 1, sync::tuning::kListMax));
  TRY_ASSIGN(const auto listed, parts.view->list(base::KindId(kind), project, limit));
  base::List records;
  for (const sync::ViewRecord& record : listed.records) records.push_back(to_document(record));
  const bool truncated = listed.end == sync::View::Listed::End::truncated;
  return Document{{"records", std::move(records)}, {"truncated", base::Value(truncated)}};
}

Result<Document> show(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const base::RecordId item, item_of(arguments));
  TRY_ASSIGN(const auto record, parts.view->record(item));
  base::List pending;
  for (const storage::Intent& intent : record.pending) {
    pending.push_back(to_document(intent, parts));
  }
  return Document{{"record", to_document(record)}, {"pending", std::move(pending)}};
}

}  // namespace fieldsync::verbs
