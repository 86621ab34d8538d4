#include "tests/contract/file_system_contract.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace fieldsync::tests {
namespace {

using base::Cause;
using platform::File;
using platform::FileSystem;
using platform::FileType;
using platform::join;
using platform::Path;
using Access = FileSystem::Access;

void put(FileSystem& files, const Path& path, const std::string& bytes) {
  auto file = files.create(path, Access::owner_only);
  REQUIRE(file.ok());
  REQUIRE((*file)->append(bytes).ok());
}

std::string get(FileSystem& files, const Path& path) {
  auto bytes = platform::read_all(files, path, 1'000'000);
  REQUIRE(bytes.ok());
  return *bytes;
}

/// The failure has the cause and names the path.
template <class T>
void check_failure(const base::Result<T>& result, Cause cause, const Path& path) {
  REQUIRE_FALSE(result.ok());
  CHECK(base::info(result.failure().cause).id == base::info(cause).id);
  CHECK(result.failure().what.find(path) != std::string::npos);
}

void reading_and_writing(FileSystem& files, const Path& folder) {
  const Path path = join(folder, "a");
  SUBCASE("a file reads back what was appended, piece by piece") {
    auto file = files.create(path, Access::shared);
    REQUIRE(file.ok());
    CHECK((*file)->append("Slab ").ok());
    CHECK((*file)->append("edge").ok());
    CHECK((*file)->sync().ok());
    CHECK(*(*file)->size() == 9);
    CHECK(*(*file)->read_at(5, 4) == "edge");
    auto reader = files.open_read(path);
    REQUIRE(reader.ok());
    CHECK(*(*reader)->read_at(0, 4) == "Slab");
    CHECK(*(*reader)->read_at(7, 100) == "ge");
    CHECK(*(*reader)->read_at(9, 100) == "");
    CHECK(*(*reader)->read_at(1'000, 100) == "");
    CHECK(*(*reader)->read_at(0, 0) == "");
  }
  SUBCASE("a wish for far more than there is costs no memory") {
    put(files, path, "x");
    auto reader = files.open_read(path);
    REQUIRE(reader.ok());
    CHECK(*(*reader)->read_at(0, base::ByteCount{1} << 60) == "x");
  }
  SUBCASE("bytes are bytes: NUL, newlines and all values survive") {
    std::string bytes;
    for (int i = 0; i < 70'000; ++i) bytes += static_cast<char>(i * 7);
    put(files, path, bytes);
    CHECK(get(files, path) == bytes);
  }
  SUBCASE("create refuses a path that exists and leaves it alone") {
    put(files, path, "first");
    check_failure(files.create(path, Access::shared), Cause::file_unreadable, path);
    CHECK(get(files, path) == "first");
  }
  SUBCASE("a missing file, a folder and a missing parent are unreadable") {
    check_failure(files.open_read(path), Cause::file_unreadable, path);
    check_failure(files.open_read(folder), Cause::file_unreadable, folder);
    const Path below = join(join(folder, "none"), "a");
    check_failure(files.create(below, Access::shared), Cause::file_unreadable, below);
    check_failure(files.open_read(below), Cause::file_unreadable, below);
  }
  SUBCASE("a name with a NUL inside reaches no other file") {
    put(files, path, "safe");
    const Path hostile = path + std::string("\0.jpg", 5);
    check_failure(files.open_read(hostile), Cause::file_unreadable, path);
    CHECK_FALSE(files.remove(hostile).ok());
    CHECK(get(files, path) == "safe");
  }
  SUBCASE("read_all refuses a file past its limit and takes one at it") {
    put(files, path, "12345");
    CHECK(*platform::read_all(files, path, 5) == "12345");
    check_failure(platform::read_all(files, path, 4), Cause::limit_reached, path);
  }
}

void names(FileSystem& files, const Path& folder) {
  const Path a = join(folder, "a");
  const Path b = join(folder, "b");
  SUBCASE("info tells file, folder and missing apart") {
    put(files, a, "123");
    CHECK(files.info(a)->type == FileType::file);
    CHECK(files.info(a)->size == 3);
    CHECK(files.info(a)->modified > base::WallTime{});
    CHECK(files.info(folder)->type == FileType::folder);
    CHECK(files.info(b)->type == FileType::missing);
    CHECK(files.info(join(a, "below-a-file"))->type == FileType::missing);
  }
  SUBCASE("rename replaces the target") {
    put(files, a, "new");
    put(files, b, "old");
    CHECK(files.rename(a, b).ok());
    CHECK(get(files, b) == "new");
    CHECK(files.info(a)->type == FileType::missing);
  }
  SUBCASE("rename of a missing file fails and leaves the target") {
    put(files, b, "old");
    check_failure(files.rename(a, b), Cause::file_unreadable, a);
    CHECK(get(files, b) == "old");
  }
  SUBCASE("an open reader keeps the content after rename and remove") {
    put(files, a, "kept");
    auto reader = files.open_read(a);
    REQUIRE(reader.ok());
    put(files, b, "other");
    CHECK(files.rename(b, a).ok());
    CHECK(files.remove(a).ok());
    CHECK(*(*reader)->read_at(0, 10) == "kept");
  }
  SUBCASE("remove of a missing file is no failure; of a folder it is") {
    put(files, a, "x");
    CHECK(files.remove(a).ok());
    CHECK(files.remove(a).ok());
    check_failure(files.remove(folder), Cause::file_unreadable, folder);
  }
  SUBCASE("list is sorted and has no dots") {
    CHECK(files.list(folder)->empty());
    for (const char* name : {"b", "a", ".hidden", "c"}) put(files, join(folder, name), "");
    CHECK(*files.list(folder) == std::vector<std::string>{".hidden", "a", "b", "c"});
    check_failure(files.list(join(folder, "none")), Cause::file_unreadable, folder);
  }
}

void folders(FileSystem& files, const Path& folder) {
  SUBCASE("make_folder makes parents, and once more is no failure") {
    const Path deep = join(join(join(folder, "x"), "y"), "z");
    CHECK(files.make_folder(deep).ok());
    CHECK(files.make_folder(deep).ok());
    CHECK(files.info(deep)->type == FileType::folder);
    CHECK(files.sync_folder(deep).ok());
  }
  SUBCASE("make_folder does not replace a file") {
    const Path path = join(folder, "a");
    put(files, path, "kept");
    CHECK_FALSE(files.make_folder(path).ok());
    CHECK_FALSE(files.make_folder(join(path, "b")).ok());
    CHECK(get(files, path) == "kept");
  }
  SUBCASE("remove_tree removes all below; a missing tree is no failure") {
    const Path top = join(folder, "x");
    CHECK(files.make_folder(join(top, "y")).ok());
    put(files, join(join(top, "y"), "f"), "1");
    CHECK(files.remove_tree(top).ok());
    CHECK(files.info(top)->type == FileType::missing);
    CHECK(files.remove_tree(top).ok());
  }
  SUBCASE("free space is known") { CHECK(*files.free_space(folder) > 0); }
  SUBCASE("sync_folder of what is no folder fails") {
    const Path none = join(folder, "none");
    check_failure(files.sync_folder(none), Cause::file_unreadable, none);
  }
}

void clones_and_locks(FileSystem& files, const Path& folder) {
  SUBCASE("a clone has the content, or fails and leaves nothing") {
    const Path from = join(folder, "from");
    const Path to = join(folder, "to");
    put(files, from, "shared blocks");
    if (files.clone(from, to).ok()) {
      CHECK(get(files, to) == "shared blocks");
    } else {
      CHECK(files.info(to)->type == FileType::missing);
    }
  }
  SUBCASE("a clone never replaces a file") {
    const Path from = join(folder, "from");
    const Path to = join(folder, "to");
    put(files, from, "new");
    put(files, to, "kept");
    CHECK_FALSE(files.clone(from, to).ok());
    CHECK(get(files, to) == "kept");
  }
  SUBCASE("a lock has one holder, and the next one after it") {
    const Path path = join(folder, "lock");
    auto first = files.lock(path);
    REQUIRE(first.ok());
    check_failure(files.lock(path), Cause::already_running, path);
    { const auto ended = std::move(first).value(); }
    CHECK(files.lock(path).ok());
  }
}

}  // namespace

void file_system_contract(const std::function<std::unique_ptr<FileSystemUnderTest>()>& make) {
  const auto world = make();
  const Path folder = world->folder();
  reading_and_writing(world->files(), folder);
  names(world->files(), folder);
  folders(world->files(), folder);
  clones_and_locks(world->files(), folder);
}

}  // namespace fieldsync::tests
