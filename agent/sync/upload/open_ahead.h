#pragma once

#include <optional>
#include <string>

#include "agent/sync/upload/upload_run.h"

namespace fieldsync::sync {

/// Opens connections that an upload will need a round trip or two later, and remembers over
/// restarts where files go. Loop thread only.
class OpenAhead {
 public:
  explicit OpenAhead(Context& context);

  /// While an upload is announced: the way to where its bytes will go most likely.
  void to_storage();
  /// While the bytes of the last part are on their way: the way to completing the upload. During a
  /// long one the service has closed the connection it was announced on.
  void to_service(UploadRun& run);

  /// Files go to `url` now.
  void storage_is(const std::string& url);
  /// A part was answered there.
  void storage_answered() { storage_used_ = context_.host.clock.now(); }

 private:
  Context& context_;
  std::string storage_;                        ///< where the last file went: scheme, host and port
  std::optional<base::Instant> storage_used_;  ///< when a part was last answered there
};

}  // namespace fieldsync::sync
