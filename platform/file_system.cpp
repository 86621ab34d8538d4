#include "platform/file_system.h"

namespace fieldsync::platform {

Path join(std::string_view folder, std::string_view name) {
  while (name.starts_with('/')) name.remove_prefix(1);
  while (folder.ends_with('/')) folder.remove_suffix(1);
  return std::string(folder) + "/" + std::string(name);
}

Path parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : Path(path.substr(0, slash));
}

std::string file_name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

Result<std::string> read_all(FileSystem& files, const Path& path, ByteCount size_max) {
  TRY_ASSIGN(const auto file, files.open_read(path));
  TRY_ASSIGN(const ByteCount size, file->size());
  if (size > size_max) {
    return base::Failure{base::Cause::limit_reached,
                         path + ": has " + std::to_string(size) + " bytes, more than the " +
                             std::to_string(size_max) + " that are read here"};
  }
  return file->read_at(0, size);
}

}  // namespace fieldsync::platform
