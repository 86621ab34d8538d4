#include "tests/powercut/disk_tree.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace fieldsync::tests {
namespace {

constexpr std::size_t kPage = 4096;

void mark(DiskNode& node, std::size_t from, std::size_t to) {
  for (std::size_t page = from / kPage; page * kPage < to; ++page) node.dirty.insert(page);
}

}  // namespace

DiskTree::DiskTree() : root_(std::make_shared<DiskNode>()) {
  root_->meta.st_mode = S_IFDIR | 0755;
  root_->meta.st_ino = next_++;
  root_->meta.st_uid = ::getuid();
  root_->meta.st_gid = ::getgid();
}

DiskTree::Node DiskTree::find(const std::string& path) const {
  Node node = root_;
  for (std::size_t at = 1; node && at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const auto named = node->names.find(path.substr(at, end - at));
    node = named != node->names.end() ? named->second : nullptr;
    at = end + 1;
  }
  return node;
}

DiskTree::Node DiskTree::folder_of(const std::string& path, std::string& name) const {
  const std::size_t slash = path.rfind('/');
  name = path.substr(slash + 1);
  return find(path.substr(0, slash));
}

int DiskTree::make(const std::string& path, mode_t mode, Node* made) {
  std::string name;
  const Node folder = folder_of(path, name);
  if (!folder) return -ENOENT;
  if (folder->names.count(name) > 0) return -EEXIST;
  auto node = std::make_shared<DiskNode>();
  node->meta.st_mode = mode;
  node->meta.st_ino = next_++;
  node->meta.st_nlink = 1;
  node->meta.st_uid = ::getuid();
  node->meta.st_gid = ::getgid();
  folder->names[name] = node;
  if (made) *made = node;
  return 0;
}

int DiskTree::remove(const std::string& path, What what) {
  std::string name;
  const Node parent = folder_of(path, name);
  if (!parent) return -ENOENT;
  const auto at = parent->names.find(name);
  if (at == parent->names.end()) return -ENOENT;
  const bool wanted = what == What::folder;
  if (at->second->is_folder() != wanted) return wanted ? -ENOTDIR : -EISDIR;
  if (!at->second->names.empty()) return -ENOTEMPTY;
  parent->names.erase(at);
  return 0;
}

int DiskTree::rename(const std::string& from, const std::string& to, Existing existing) {
  std::string old_name;
  std::string new_name;
  const Node source = folder_of(from, old_name);
  const Node target = folder_of(to, new_name);
  if (!source || !target || source->names.count(old_name) == 0) return -ENOENT;
  const auto there = target->names.find(new_name);
  if (there != target->names.end()) {
    if (existing == Existing::refused) return -EEXIST;
    if (!there->second->names.empty()) return -ENOTEMPTY;
  }
  const Node moved = source->names[old_name];
  source->names.erase(old_name);
  target->names[new_name] = moved;
  return 0;
}

int DiskTree::write(DiskNode& node, const char* bytes, std::size_t size, std::size_t at) {
  if (at + size > node.now.size()) resize(node, at + size);
  node.now.replace(at, size, bytes, size);
  mark(node, at, at + size);
  return static_cast<int>(size);
}

void DiskTree::resize(DiskNode& node, std::size_t size) {
  const std::size_t before = node.now.size();
  node.now.resize(size, '\0');
  mark(node, std::min(before, size), std::max(before, size));
}

void DiskTree::sync(DiskNode& node) {
  node.durable_names = node.names;
  node.durable.resize(node.now.size(), '\0');
  for (const std::size_t page : node.dirty) {
    const std::size_t at = page * kPage;
    if (at >= node.now.size()) continue;
    const std::size_t size = std::min(kPage, node.now.size() - at);
    node.durable.replace(at, size, node.now, at, size);
  }
  node.dirty.clear();
}

void DiskTree::forget(double kept, platform::Random& random) { forget(*root_, kept, random); }

void DiskTree::forget(DiskNode& node, double kept, platform::Random& random) {
  forgotten_ += !node.dirty.empty() || node.names != node.durable_names;
  for (const std::size_t page : node.dirty) {
    const std::size_t at = page * kPage;
    if (at >= node.now.size() || !random.chance(kept)) continue;
    const std::size_t size = std::min(kPage, node.now.size() - at);
    if (node.durable.size() < at + size) node.durable.resize(at + size, '\0');
    node.durable.replace(at, size, node.now, at, size);
  }
  node.dirty.clear();
  node.now = node.durable;
  node.names = node.durable_names;
  for (const auto& [name, child] : node.names) forget(*child, kept, random);
}

}  // namespace fieldsync::tests
