#include "agent/cli/attachments.h"

#include "agent/cli/capture_file.h"
#include "agent/cli/progress.h"
#include "agent/cli/tuning.h"

namespace fieldsync::cli {
namespace {

using base::Cause;

/// The failure of all refused files in one: the first one's cause, every one's text.
Failure all_refused(const std::vector<Inspected>& inspected) {
  Failure all;
  for (const Inspected& each : inspected) {
    if (each.file.ok()) continue;
    if (all.cause == Cause::none) {
      all = each.file.failure();
    } else {
      all.what += "; " + each.file.failure().what;
    }
  }
  return all;
}

}  // namespace

Result<base::List> stage_attachments(Context& context, const std::vector<std::string>& paths) {
  base::List staged;
  if (paths.empty()) return staged;
  if (paths.size() > static_cast<std::size_t>(tuning::kAttachmentsMax)) {
    return Failure{Cause::limit_reached, "at most " + std::to_string(tuning::kAttachmentsMax) +
                                             " files belong to one act"};
  }
  Surroundings& around = context.around();
  const auto inspected =
      inspect(around.files, paths, Purpose::attachment, around.clock.wall(), around.pause);
  const Failure refused = all_refused(inspected);
  if (refused.cause != Cause::none) return refused;
  TRY_ASSIGN(Session * session, context.session(Context::Need::local));
  Progress progress(around);
  for (const Inspected& each : inspected) {
    progress.show(each.file->name, static_cast<std::int64_t>(staged.size()),
                  static_cast<std::int64_t>(inspected.size()));
    for (const std::string& notice : each.notices) context.warn(notice);
    TRY_ASSIGN(const Staged bytes, session->stage(*each.file));
    staged.push_back(to_document(bytes));
  }
  return staged;
}

}  // namespace fieldsync::cli
