#pragma once

#include "net/adapters/procore_site.h"
#include "net/remote_service.h"

/// Uploads v1.1, segmented and plain, and v2.1 (facts/procore-api.md 7.1 to 7.4): what differs is
/// how they are announced and completed, the parts themselves are sent alike. Part URLs come from
/// outside: https only (http on loopback), with headers that cannot smuggle anything.
namespace fieldsync::net::procore {

Capabilities upload_capabilities(const ProcoreOptions& options);

HttpRequest upload_create(const Site& site, const UploadSpec& spec);
/// Fails unless there is a ticket with a usable URL for every part.
base::Result<UploadTicket> read_upload_create(const UploadSpec& spec, const HttpResponse& reply);

HttpRequest upload_part(const UploadSpec& spec, const PartTicket& ticket, int part,
                        const base::Path& file);
/// The etag without quotes. Plain posts may come without one: then "posted".
base::Result<std::string> read_upload_part(UploadStyle style, const HttpResponse& reply);

/// Plain uploads have nothing to complete: the request then asks for the status.
HttpRequest upload_complete(const Site& site, const UploadSpec& spec, const std::string& upload_id,
                            const std::vector<std::string>& etags);
base::Result<UploadStatus> read_upload_complete(const HttpResponse& reply);

HttpRequest upload_show(const Site& site, const UploadSpec& spec, const std::string& upload_id);
/// Parts may come without a URL: the service then does not renew it.
base::Result<UploadTicket> read_upload_show(const UploadSpec& spec, const HttpResponse& reply);

}  // namespace fieldsync::net::procore
