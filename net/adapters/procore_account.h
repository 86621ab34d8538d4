#pragma once

#include "net/adapters/procore_site.h"
#include "net/remote_service.h"

/// Who this login is and what it may see and do (facts/procore-api.md 13).
namespace fieldsync::net::procore {

HttpRequest me(const Site& site);
base::Result<ServiceId> read_me(const HttpResponse& reply);

HttpRequest projects(const Site& site, int position);
base::Result<RemoteService::ProjectPage> read_projects(int position, const HttpResponse& reply);

HttpRequest permissions(const Site& site, const ProjectId& project);
/// Unknown levels count as none; a tool without a usable name is left out.
base::Result<std::vector<ToolPermission>> read_permissions(const HttpResponse& reply);

}  // namespace fieldsync::net::procore
