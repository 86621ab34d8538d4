#pragma once

#include <filesystem>
#include <string>

namespace fieldsync::tests {

/// Whether nobody but the owner may read or write what is at `path`. On Windows it is an access list
/// that says so, which this does not read: there it only tells whether `path` is there.
inline bool is_owner_only(const std::string& path) {
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
#ifdef _WIN32
  return !failed && std::filesystem::exists(status);
#else
  constexpr auto kOthers = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  return !failed && (status.permissions() & kOthers) == std::filesystem::perms::none;
#endif
}

}  // namespace fieldsync::tests
