#pragma once

#include "agent/sync/link/link_model.h"
#include "net/remote_service.h"
#include "storage/work_types.h"

/// What an upload at the service is still good for (facts/procore-api.md 7.1). Pure.
namespace fieldsync::sync {

/// Whether the service knows of the upload.
bool is_at_service(const storage::Upload& upload);
/// The last moment at which it is worth attaching it.
base::WallTime attach_until(const storage::Upload& upload, const net::Capabilities& capabilities);
/// Whether an upload at the service cannot become a record any more: it would be ready too late, or
/// none of its bytes left while they might.
bool is_too_late(const storage::Upload& upload, const net::Capabilities& capabilities,
                 const LinkModel& link, base::WallTime now);
/// Whether the upload is at the service and not too old to be attached.
bool is_ready(const storage::Upload& upload, const net::Capabilities& capabilities,
              base::WallTime now);
/// Whether addresses for its bytes that were told at `from` may not be good any more.
bool addresses_are_old(base::WallTime from, const net::Capabilities& capabilities,
                       base::WallTime now);

}  // namespace fieldsync::sync
