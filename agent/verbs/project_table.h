#pragma once

#include "net/remote_service.h"

namespace fieldsync::verbs {

/// The rows of one project in `projects`: every tool Fieldsync knows, then the service's others;
/// what this login lacks there, who can give it and what to ask for. Pure.
base::List tool_rows(const net::RemoteService& service,
                     const std::vector<net::ToolPermission>& tools);

/// A cause as the fields `cause`, `owner` and `ask`.
void add_remedy(base::Document& row, base::Cause cause);

}  // namespace fieldsync::verbs
