#pragma once

#include <optional>
#include <string>

#include "agent/sync/link_model.h"

namespace fieldsync::sync {

/// What has not arrived at the service yet.
struct Backlog {
  int small = 0;              ///< acts without files
  int files = 0;              ///< files of the others
  base::ByteCount bytes = 0;  ///< of those files, less what is confirmed
  enum class Counted { all, not_all } counted = Counted::all;
};

struct Forecast {
  /// Until the last file has arrived, if the link goes on as it was; nothing when that is not known
  /// yet, zero when no file waits.
  std::optional<base::Millis> files_in;
  std::string words;  ///< for people: "3 edits now, 40 files (160 MB) in about 35 min if …"
};

/// The longer of what the bytes need, parts sent again included, and what the calls need at
/// `calls_an_hour` (0: no limit is known). Pure.
Forecast forecast(const Backlog& backlog, const LinkModel& link, int calls_an_hour);

}  // namespace fieldsync::sync
