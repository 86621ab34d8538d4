#pragma once

#include <optional>
#include <string>

#include "platform/base/types.h"

namespace fieldsync::platform {

/// Cloud drives show files whose bytes are not on this machine. Taking one in would keep zeros, or
/// wait for a download that no link brings. A sentence for the person when the file at `path` is
/// such a placeholder; nothing when its bytes are here, or the system has no way to tell.
///
/// Linux: a size without one byte of data on the disk (a sparse file that is all hole), the marks
/// of Nextcloud (`user.nextcloud.hydrate_exec`) and of ownCloud (`user.openvfs.state`), and their
/// one-byte stand-ins named `*.nextcloud` and `*.owncloud`. Any thread; reads no content.
/// Windows: the marks of OneDrive and its like (recall on access, offline), and the same stand-ins.
std::optional<std::string> placeholder_reason(const base::Path& path);

/// The sentence for a stand-in, which its name and size give away.
std::optional<std::string> stand_in_reason(const base::Path& path, base::ByteCount size);

}  // namespace fieldsync::platform
