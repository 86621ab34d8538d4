#include "storage/blob_store.h"

#include <algorithm>

#include "storage/hash_beside.h"
#include "storage/tuning.h"

namespace fieldsync::storage {
namespace {

using base::Cause;
using base::Failure;
using platform::FileInfo;
using platform::FileType;

/// Removes the file at the end of the scope, unless it was moved away.
class Remover {
 public:
  Remover(platform::FileSystem& files, const Path& path) : files_(files), path_(path) {}
  ~Remover() { (void)files_.remove(path_).ok(); }
  Remover(const Remover&) = delete;
  Remover& operator=(const Remover&) = delete;

 private:
  platform::FileSystem& files_;
  const Path& path_;
};

struct Hashed {
  Digest digest;
  ByteCount size = 0;
};

Result<Hashed> hash_file(platform::FileSystem& files, const Path& path) {
  TRY_ASSIGN(const auto file, files.open_read(path));
  base::Hasher hasher;
  ByteCount size = 0;
  while (true) {
    TRY_ASSIGN(const std::string bytes, file->read_at(size, tuning::kCopyChunk));
    if (bytes.empty()) break;
    hasher.add(bytes);
    size += static_cast<ByteCount>(bytes.size());
  }
  return Hashed{hasher.finish(), size};
}

Failure grew(const Path& path) {
  return Failure{Cause::file_growing, path + ": it changed while it was copied"};
}

Result<FileInfo> check_source(platform::FileSystem& files, const Path& source) {
  TRY_ASSIGN(const FileInfo info, files.info(source));
  switch (info.type) {
    case FileType::file:
      break;
    case FileType::missing:
      return Failure{Cause::file_unreadable, source + ": there is no such file"};
    case FileType::folder:
      return Failure{Cause::file_unreadable, source + ": it is a folder"};
    case FileType::other:
      return Failure{Cause::file_unreadable, source + ": it is a pipe or a device, not a file"};
  }
  if (info.size == 0) return Failure{Cause::file_empty, source + ": 0 bytes"};
  return info;
}

}  // namespace

struct BlobStore::Draft::State {
  State(BlobStore& s, Path p, std::unique_ptr<platform::File> f)
      : store(s), path(std::move(p)), file(std::move(f)) {}
  ~State() {
    file.reset();
    if (!installed) (void)store.files_.remove(path).ok();
  }

  BlobStore& store;
  Path path;
  std::unique_ptr<platform::File> file;
  base::Hasher hasher;
  ByteCount size = 0;
  bool installed = false;
};

BlobStore::Draft::Draft(std::unique_ptr<State> state) : state_(std::move(state)) {}
BlobStore::Draft::Draft(Draft&&) noexcept = default;
BlobStore::Draft::~Draft() = default;
ByteCount BlobStore::Draft::size() const { return state_->size; }
const Path& BlobStore::Draft::path() const { return state_->path; }

Result<> BlobStore::Draft::write(std::string_view bytes) {
  FS_CHECK(state_->file != nullptr);
  TRY(state_->file->append(bytes));
  state_->hasher.add(bytes);
  state_->size += static_cast<ByteCount>(bytes.size());
  return {};
}

Result<Digest> BlobStore::Draft::install() {
  State& s = *state_;
  FS_CHECK(s.file != nullptr);
  if (s.store.sync_ == Sync::durable) TRY(s.file->sync());
  TRY_ASSIGN(const ByteCount on_disk, s.file->size());
  if (on_disk != s.size) {
    return Failure{Cause::disk_error, s.path + ": " + std::to_string(s.size) +
                                          " bytes were written, " + std::to_string(on_disk) +
                                          " are there"};
  }
  s.file.reset();
  const Digest digest = s.hasher.finish();
  TRY(s.store.place(s.path, digest));
  s.installed = true;
  return digest;
}

BlobStore::BlobStore(platform::FileSystem& files, Path folder, Sync sync)
    : files_(files), folder_(std::move(folder)), sync_(sync) {}

Path BlobStore::incoming_folder() const { return platform::join(folder_, "incoming"); }

Path BlobStore::incoming_path() {
  return platform::join(incoming_folder(), std::to_string(++next_name_));
}

Path BlobStore::path_of(const Digest& digest) const {
  const std::string hex = digest.hex();
  return platform::join(platform::join(folder_, hex.substr(0, 2)), hex.substr(2));
}

Result<> BlobStore::make_incoming() {
  if (incoming_made_) return {};
  TRY(files_.make_folder(incoming_folder()));
  incoming_made_ = true;
  return {};
}

Result<BlobStore::Draft> BlobStore::begin() {
  TRY(make_incoming());
  Path path = incoming_path();
  TRY_ASSIGN(auto file, files_.create(path, platform::FileSystem::Access::owner_only));
  return Draft(std::make_unique<Draft::State>(*this, std::move(path), std::move(file)));
}

Result<BlobStore::Added> BlobStore::add_file(const Path& source) {
  TRY_ASSIGN(const FileInfo before, check_source(files_, source));
  TRY(make_incoming());
  const Path to = incoming_path();
  const Remover remover(files_, to);
  TRY_ASSIGN(const Added added, copy_in(source, before, to));
  TRY_ASSIGN(const FileInfo after, files_.info(source));
  if (added.size != before.size || after.size != before.size || after.modified != before.modified) {
    return grew(source);
  }
  TRY(place(to, added.digest));
  return added;
}

Result<BlobStore::Added> BlobStore::copy_in(const Path& source, const FileInfo& info,
                                            const Path& to) {
  if (files_.clone(source, to).ok()) {
    // What was cloned is hashed, not the source, which may change meanwhile.
    TRY_ASSIGN(const auto file, files_.open_read(to));
    if (sync_ == Sync::durable) TRY(file->sync());
    TRY_ASSIGN(const Hashed hashed, hash_file(files_, to));
    return Added{hashed.digest, hashed.size};
  }
  TRY_ASSIGN(const auto from, files_.open_read(source));
  TRY_ASSIGN(const auto file, files_.create(to, platform::FileSystem::Access::owner_only));
  HashBeside hasher(info.size);
  ByteCount size = 0;
  // One byte more than expected tells a growing file; it is not followed further.
  while (size <= info.size) {
    TRY_ASSIGN(std::string read, from->read_at(size, tuning::kCopyChunk));
    if (read.empty()) break;
    const auto bytes = std::make_shared<const std::string>(std::move(read));
    hasher.add(bytes);
    TRY(file->append(*bytes));
    size += static_cast<ByteCount>(bytes->size());
  }
  if (sync_ == Sync::durable) TRY(file->sync());
  return Added{hasher.finish(), size};
}

Result<BlobStore::Added> BlobStore::adopt(const Path& written, std::optional<ByteCount> size) {
  FS_CHECK(platform::parent_of(written) == incoming_folder());
  const Remover remover(files_, written);
  if (sync_ == Sync::durable) {
    TRY_ASSIGN(const auto file, files_.open_read(written));
    TRY(file->sync());
  }
  TRY_ASSIGN(const Hashed hashed, hash_file(files_, written));
  if (size && *size != hashed.size) {
    return Failure{Cause::disk_error, written + ": " + std::to_string(*size) +
                                          " bytes were announced, " + std::to_string(hashed.size) +
                                          " are there"};
  }
  TRY(place(written, hashed.digest));
  return Added{hashed.digest, hashed.size};
}

Result<> BlobStore::make_prefix(const Path& folder, std::uint8_t prefix) {
  if (made_[prefix]) return {};
  TRY(files_.make_folder(folder));
  made_[prefix] = true;
  return {};
}

/// The same bytes under that name are replaced by these, so that they count as put in now.
Result<> BlobStore::place(const Path& from, const Digest& digest) {
  const Path to = path_of(digest);
  const Path folder = platform::parent_of(to);
  TRY(make_prefix(folder, digest.bytes[0]));
  {
    const std::lock_guard lock(place_or_remove_);
    if (auto moved = files_.rename(from, to); !moved.ok()) {
      made_[digest.bytes[0]] = false;  // somebody may have removed the folder
      return moved;
    }
  }
  if (sync_ == Sync::durable) TRY(files_.sync_folder(folder));
  return {};
}

Path BlobStore::partial_folder(const Digest& name) const {
  return platform::join(platform::join(folder_, "partial"), name.hex());
}

Result<> BlobStore::sweep_partial(base::WallTime before) {
  const Path all = platform::join(folder_, "partial");
  TRY_ASSIGN(const FileInfo info, files_.info(all));
  if (info.type != FileType::folder) return {};
  TRY_ASSIGN(const auto names, files_.list(all));
  for (const std::string& name : names) {
    const Path folder = platform::join(all, name);
    TRY_ASSIGN(const FileInfo one, files_.info(folder));
    if (one.modified < before) TRY(files_.remove_tree(folder));
  }
  return {};
}

Result<bool> BlobStore::has(const Digest& digest) const {
  TRY_ASSIGN(const FileInfo info, files_.info(path_of(digest)));
  return info.type == FileType::file;
}

Result<> BlobStore::verify(const Digest& digest) const {
  const Path path = path_of(digest);
  TRY_ASSIGN(const Hashed hashed, hash_file(files_, path));
  if (hashed.digest == digest) return {};
  return Failure{Cause::disk_error, path + ": its content is not what was stored (it has " +
                                        hashed.digest.hex() + " now)"};
}

Result<> BlobStore::remove(const Digest& digest) { return files_.remove(path_of(digest)); }

Result<std::vector<Digest>> BlobStore::listed(std::uint8_t prefix) const {
  Digest first;
  first.bytes[0] = prefix;
  const Path folder = platform::parent_of(path_of(first));
  std::vector<Digest> digests;
  TRY_ASSIGN(const FileInfo info, files_.info(folder));
  if (info.type != FileType::folder) return digests;
  TRY_ASSIGN(const auto names, files_.list(folder));
  for (const std::string& name : names) {
    const auto digest = Digest::from_hex(first.hex().substr(0, 2) + name);
    if (digest) digests.push_back(*digest);  // a name that is none is not ours
  }
  return digests;
}

Result<std::optional<base::WallTime>> BlobStore::kept_since(const Digest& digest) const {
  TRY_ASSIGN(const FileInfo info, files_.info(path_of(digest)));
  if (info.type != FileType::file) return std::optional<base::WallTime>{};
  return std::optional(info.modified);
}

Result<BlobStore::Removal> BlobStore::remove_if_older(const Digest& digest, base::WallTime before) {
  const std::lock_guard lock(place_or_remove_);
  TRY_ASSIGN(const auto since, kept_since(digest));
  if (!since || *since >= before) return Removal::kept;
  TRY(files_.remove(path_of(digest)));
  return Removal::removed;
}

/// One sync makes all names durable that an earlier run left in the store's folder; the first blob
/// under each of them then needs none.
Result<> BlobStore::note_prefixes() {
  if (sync_ == Sync::durable) TRY(files_.sync_folder(folder_));
  TRY_ASSIGN(const auto names, files_.list(folder_));
  for (std::size_t prefix = 0; prefix < made_.size(); ++prefix) {
    Digest digest;
    digest.bytes[0] = static_cast<std::uint8_t>(prefix);
    made_[prefix] = std::binary_search(names.begin(), names.end(), digest.hex().substr(0, 2));
  }
  return {};
}

Result<int> BlobStore::sweep_incoming() {
  if (!incoming_made_) {
    TRY(make_incoming());
    TRY(note_prefixes());
  }
  TRY_ASSIGN(const auto names, files_.list(incoming_folder()));
  for (const std::string& name : names) {
    TRY(files_.remove(platform::join(incoming_folder(), name)));
  }
  return static_cast<int>(names.size());
}

}  // namespace fieldsync::storage
