#pragma once

#include "net/remote_service.h"
#include "platform/base/result.h"
#include "platform/base/value.h"

namespace fieldsync::net::procore {

/// An RFI of a list (summary: no replies, no attachments) or of a show (full). Bodies are plain
/// text; replies carry `id, body, official, created_by, created_by_name, created_at, attachments`
/// (facts/procore-api.md 8.2).
base::Result<RemoteRecord> read_rfi(const base::Value& value, Extent extent);
/// A reply by itself, as a record of kind "reply" with the same fields.
base::Result<RemoteRecord> read_reply(const base::Value& value);

}  // namespace fieldsync::net::procore
