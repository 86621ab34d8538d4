#include "agent/sync/upload/upload_deadline.h"

#include <algorithm>

#include "agent/sync/upload/tuning.h"
#include "platform/base/check.h"

namespace fieldsync::sync {

using base::ByteCount;
using storage::Upload;
using storage::UploadState;

bool is_at_service(const Upload& upload) {
  switch (upload.state) {
    case UploadState::planned:
    case UploadState::creating:
      return false;
    case UploadState::receiving:
    case UploadState::completing:
    case UploadState::ready:
      return true;
  }
  FS_CHECK(false);
}

base::WallTime attach_until(const Upload& upload, const net::Capabilities& can) {
  return upload.created_at + can.attach_within - tuning::kAttachMargin;
}

bool addresses_are_old(base::WallTime from, const net::Capabilities& can, base::WallTime now) {
  const base::Millis life = can.start_within;
  return life.count() > 0 && from + life - std::min(tuning::kStartMargin, life / 2) <= now;
}

bool is_too_late(const Upload& upload, const net::Capabilities& can, const LinkModel& link,
                 base::WallTime now) {
  if (!is_at_service(upload)) return false;
  const ByteCount confirmed = upload.bytes_confirmed();
  // Where even a new one would take too long, what was confirmed is not given up before its time.
  const bool anew_helps = link.time_for(upload.size) < can.attach_within - tuning::kAttachMargin;
  const base::Millis rest = anew_helps ? link.time_for(upload.size - confirmed) : base::Millis{0};
  if (attach_until(upload, can) <= now + rest) return true;
  const bool must_begin = upload.state == UploadState::receiving && confirmed == 0;
  return must_begin && addresses_are_old(upload.created_at, can, now);
}

bool is_ready(const Upload& upload, const net::Capabilities& can, base::WallTime now) {
  return upload.state == UploadState::ready && attach_until(upload, can) > now;
}

}  // namespace fieldsync::sync
