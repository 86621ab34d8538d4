#include "platform/secret_store.h"

#include <utility>

#include "platform/atomic_file.h"
#include "platform/base/text.h"
#include "platform/secret_seal.h"
#include "platform/tuning.h"

namespace fieldsync::platform {

FileSecretStore::FileSecretStore(FileSystem& files, Path folder, Path given)
    : files_(files), folder_(std::move(folder)), given_(std::move(given)) {}

Path FileSecretStore::path_of(std::string_view name) const {
  // Encoded, so that no name can leave the folder and no two names meet.
  return join(folder_, base::url_encode(name) + ".secret");
}

base::Result<std::optional<base::Secret>> FileSecretStore::get(std::string_view name) {
  const Path path = path_of(name);
  TRY_ASSIGN(const FileInfo found, files_.info(path));
  if (found.type == FileType::missing) return get_given(name);
  TRY_ASSIGN(const std::string sealed, read_all(files_, path, tuning::kSealedBytesMax));
  TRY_ASSIGN(std::string text, open_secret(sealed));
  return std::optional<base::Secret>(base::Secret(std::move(text)));
}

base::Result<std::optional<base::Secret>> FileSecretStore::get_given(std::string_view name) {
  const bool is_plain = name.find('/') == std::string_view::npos && !name.starts_with('.');
  if (given_.empty() || !is_plain) return std::optional<base::Secret>();
  const Path path = join(given_, name);
  TRY_ASSIGN(const FileInfo found, files_.info(path));
  if (found.type == FileType::missing) return std::optional<base::Secret>();
  TRY_ASSIGN(const std::string text, read_all(files_, path, tuning::kSecretBytesMax));
  // Written by hand more often than not, with an end of line.
  return std::optional<base::Secret>(base::Secret(std::string(base::trimmed(text))));
}

base::Result<> FileSecretStore::put(std::string_view name, const base::Secret& secret) {
  if (static_cast<ByteCount>(secret.reveal().size()) > tuning::kSecretBytesMax) {
    return base::Failure{
        base::Cause::limit_reached,
        base::printable(name) + ": a secret of this length could not be read back"};
  }
  TRY_ASSIGN(const std::string sealed, seal_secret(secret.reveal()));
  TRY(files_.make_folder(folder_));
  return write_atomically(files_, path_of(name), sealed, FileSystem::Access::owner_only);
}

base::Result<> FileSecretStore::erase(std::string_view name) {
  const Path path = path_of(name);
  TRY_ASSIGN(const FileInfo found, files_.info(path));
  if (found.type == FileType::missing) return {};
  TRY(files_.remove(path));
  return files_.sync_folder(folder_);
}

}  // namespace fieldsync::platform
