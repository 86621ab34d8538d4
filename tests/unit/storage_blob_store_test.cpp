#include "storage/blob_store.h"

#include <doctest/doctest.h>

#include "platform/host.h"
#include "storage/tuning.h"
#include "tests/support/odd_file.h"
#include "tests/support/storage_folder.h"

using namespace fieldsync;
using namespace fieldsync::storage;
using base::Cause;
using tests::read_file;
using tests::StorageFolder;
using tests::write_file;

namespace {

/// Passes everything on, notes what is made durable, and meddles where a test asks.
class WatchedFiles final : public platform::FileSystem {
 public:
  WatchedFiles() : real_(platform::make_system_files()) {}

  struct WatchedFile final : platform::File {
    WatchedFile(WatchedFiles& o, std::unique_ptr<platform::File> r, Path p)
        : owner(o), real(std::move(r)), path(std::move(p)) {}
    Result<std::string> read_at(ByteCount offset, ByteCount size) override {
      owner.largest_read = std::max(owner.largest_read, size);
      if (owner.on_read) owner.on_read();
      return real->read_at(offset, size);
    }
    Result<> append(std::string_view bytes) override {
      if (owner.writes_left == 0) return base::Failure{Cause::disk_low, path + ": full"};
      if (owner.writes_left > 0) --owner.writes_left;
      return real->append(bytes);
    }
    Result<> sync() override {
      owner.log.push_back("sync file");
      return real->sync();
    }
    Result<ByteCount> size() override { return real->size(); }
    WatchedFiles& owner;
    std::unique_ptr<platform::File> real;
    Path path;
  };

  Result<platform::FileInfo> info(const Path& p) override { return real_->info(p); }
  Result<std::unique_ptr<platform::File>> open_read(const Path& p) override {
    return wrapped(real_->open_read(p), p);
  }
  Result<std::unique_ptr<platform::File>> create(const Path& p, Access access) override {
    return wrapped(real_->create(p, access), p);
  }
  Result<> rename(const Path& from, const Path& to) override {
    log.push_back("rename");
    return real_->rename(from, to);
  }
  Result<> remove(const Path& p) override { return real_->remove(p); }
  Result<> remove_tree(const Path& p) override { return real_->remove_tree(p); }
  Result<> make_folder(const Path& p) override {
    log.push_back("make folder");
    return real_->make_folder(p);
  }
  Result<std::vector<std::string>> list(const Path& p) override { return real_->list(p); }
  Result<> sync_folder(const Path& p) override {
    log.push_back("sync folder");
    return real_->sync_folder(p);
  }
  Result<ByteCount> free_space(const Path& p) override { return real_->free_space(p); }
  Result<> clone(const Path& from, const Path& to) override {
    if (clone_works) {
      write_file(to, read_file(from));
      return {};
    }
    return base::Failure{Cause::disk_error, from + " to " + to + ": not here"};
  }
  Result<std::unique_ptr<platform::FileLock>> lock(const Path& p) override {
    return real_->lock(p);
  }

  std::vector<std::string> log;
  std::function<void()> on_read;
  ByteCount largest_read = 0;
  int writes_left = -1;
  bool clone_works = false;

 private:
  Result<std::unique_ptr<platform::File>> wrapped(Result<std::unique_ptr<platform::File>> file,
                                                  const Path& path) {
    if (!file.ok()) return file.failure();
    return std::unique_ptr<platform::File>(
        std::make_unique<WatchedFile>(*this, std::move(file).value(), path));
  }
  std::unique_ptr<platform::FileSystem> real_;
};

struct Fixture {
  StorageFolder folder;
  WatchedFiles files;
  BlobStore store{files, folder.file("originals"), BlobStore::Sync::durable};
  int drafts() { return static_cast<int>(files.list(folder.file("originals/incoming"))->size()); }
};

const std::vector<std::string> kDurable = {"make folder", "sync file", "make folder", "rename",
                                           "sync folder"};

}  // namespace

TEST_SUITE("storage/blob_store") {
  TEST_CASE_FIXTURE(Fixture, "a file is copied under the digest of its bytes and made durable") {
    const std::string bytes(1'000'000, 'q');
    write_file(folder.file("a.jpg"), bytes);
    const auto added = store.add_file(folder.file("a.jpg"));
    REQUIRE(added.ok());
    CHECK(added->digest == base::digest_of(bytes));
    CHECK(added->size == 1'000'000);
    CHECK(read_file(store.path_of(added->digest)) == bytes);
    CHECK(
        store.path_of(added->digest).find("/originals/" + added->digest.hex().substr(0, 2) + "/") !=
        std::string::npos);
    CHECK(store.has(added->digest).value());
    CHECK(store.verify(added->digest).ok());
    CHECK(files.log == kDurable);
    CHECK(files.largest_read <= tuning::kCopyChunk);
    CHECK(drafts() == 0);
  }

  TEST_CASE_FIXTURE(Fixture, "a clone is hashed and made durable like a copy") {
    files.clone_works = true;
    write_file(folder.file("a.jpg"), "bytes");
    CHECK(store.add_file(folder.file("a.jpg")).value().digest == base::digest_of("bytes"));
    CHECK(files.log == kDurable);
  }

  TEST_CASE_FIXTURE(Fixture, "what is no content is refused with its reason") {
    write_file(folder.file("empty"), "");
    tests::make_odd_file(folder.file("pipe"));
    CHECK(store.add_file(folder.file("empty")).failure().cause == Cause::file_empty);
    CHECK(store.add_file(folder.file("pipe")).failure().cause == Cause::file_unreadable);
    CHECK(store.add_file(folder.path()).failure().cause == Cause::file_unreadable);
    CHECK(store.add_file(tests::kDevice).failure().cause == Cause::file_unreadable);
    CHECK(store.add_file(folder.file("missing")).failure().cause == Cause::file_unreadable);
  }

  TEST_CASE_FIXTURE(Fixture, "a file that grows while it is read is refused and leaves nothing") {
    for (const bool clone : {false, true}) {
      files.clone_works = clone;
      write_file(folder.file("a.jpg"), "start");
      int more = 100;
      files.on_read = [&] {
        if (--more >= 0) {
          std::ofstream(folder.file("a.jpg"), std::ios::app) << std::string(600'000, 'x');
        }
      };
      CHECK(store.add_file(folder.file("a.jpg")).failure().cause == Cause::file_growing);
      CHECK(more > 90);
      CHECK(drafts() == 0);
    }
  }

  TEST_CASE_FIXTURE(Fixture, "the same bytes are kept once") {
    write_file(folder.file("a"), "same");
    write_file(folder.file("b"), "same");
    const auto first = store.add_file(folder.file("a")).value();
    files.log.clear();
    CHECK(store.add_file(folder.file("b")).value().digest == first.digest);
    CHECK(files.log == std::vector<std::string>{"sync file", "rename", "sync folder"});
    CHECK(drafts() == 0);
    SUBCASE("but one that was cut short is replaced") {
      write_file(store.path_of(first.digest), "sa");
      REQUIRE(store.add_file(folder.file("b")).ok());
      CHECK(read_file(store.path_of(first.digest)) == "same");
    }
  }

  TEST_CASE_FIXTURE(Fixture, "a draft without install leaves no file") {
    {
      auto draft = store.begin().value();
      REQUIRE(draft.write("half").ok());
      CHECK(drafts() == 1);
    }
    CHECK(drafts() == 0);
    CHECK_FALSE(store.has(base::digest_of("half")).value());
  }

  TEST_CASE_FIXTURE(Fixture, "a draft is installed under the digest of what was written") {
    auto draft = store.begin().value();
    REQUIRE(draft.write("first ").ok());
    REQUIRE(draft.write("second").ok());
    CHECK(draft.size() == 12);
    CHECK(draft.install().value() == base::digest_of("first second"));
    CHECK(read_file(store.path_of(base::digest_of("first second"))) == "first second");
    CHECK(drafts() == 0);
    CHECK(files.log == kDurable);
  }

  TEST_CASE_FIXTURE(Fixture, "a full disk leaves no half blob") {
    write_file(folder.file("a"), std::string(1'000'000, 'x'));
    for (int writes = 0; writes < 3; ++writes) {
      files.writes_left = writes;
      CHECK(store.add_file(folder.file("a")).failure().cause == Cause::disk_low);
      CHECK(drafts() == 0);
    }
    files.writes_left = -1;
    CHECK(store.add_file(folder.file("a")).ok());
  }

  TEST_CASE_FIXTURE(Fixture, "a download is adopted when its size is right") {
    CHECK(store.sweep_incoming().value() == 0);
    const Path good = store.incoming_path();
    write_file(good, "downloaded");
    CHECK(store.adopt(good, 10).value().digest == base::digest_of("downloaded"));
    const Path bad = store.incoming_path();
    write_file(bad, "downloade");
    CHECK(store.adopt(bad, 10).failure().cause == Cause::disk_error);
    CHECK(drafts() == 0);
  }

  TEST_CASE_FIXTURE(Fixture, "drafts left by a crash are swept, blobs stay") {
    write_file(folder.file("a"), "kept");
    const auto kept = store.add_file(folder.file("a")).value();
    write_file(folder.file("originals/incoming/77"), "left");
    BlobStore next(files, folder.file("originals"), BlobStore::Sync::durable);
    CHECK(next.sweep_incoming().value() == 1);
    CHECK(next.has(kept.digest).value());
  }

  TEST_CASE_FIXTURE(Fixture, "changed bytes are found, removal is final") {
    write_file(folder.file("a"), "bytes");
    const auto added = store.add_file(folder.file("a")).value();
    write_file(store.path_of(added.digest), "bytez");
    CHECK(store.verify(added.digest).failure().cause == Cause::disk_error);
    REQUIRE(store.remove(added.digest).ok());
    CHECK_FALSE(store.has(added.digest).value());
    CHECK(store.remove(added.digest).ok());
    CHECK(store.verify(added.digest).failure().cause == Cause::file_unreadable);
  }

  TEST_CASE_FIXTURE(Fixture, "a lazy store syncs nothing but its folders") {
    BlobStore lazy(files, folder.file("files"), BlobStore::Sync::lazy);
    auto draft = lazy.begin().value();
    REQUIRE(draft.write("x").ok());
    REQUIRE(draft.install().ok());
    CHECK(files.log == std::vector<std::string>{"make folder", "make folder", "rename"});
  }
}
