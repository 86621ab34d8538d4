#include "storage/work_store.h"

#include "platform/base/json.h"
#include "platform/file_system.h"
#include "storage/salvage.h"
#include "storage/store_file.h"

namespace fieldsync::storage {
namespace {

std::string tools_text(const std::vector<std::string>& tools) {
  base::List list;
  for (const std::string& tool : tools) list.emplace_back(tool);
  return base::to_json(base::Value(std::move(list)));
}

std::vector<std::string> tools_from(std::string_view text) {
  std::vector<std::string> tools;
  const auto parsed = base::parse_json(text);
  const base::List* list = parsed.ok() ? parsed->as_list() : nullptr;
  if (!list) return tools;
  for (const base::Value& tool : *list) {
    if (const std::string* name = tool.as_text()) tools.push_back(*name);
  }
  return tools;
}

/// Ids of intents that a salvage lost are still named by what followed from them.
constexpr const char* kLastId =
    "SELECT max(coalesce((SELECT max(id) FROM intent), 0), "
    "coalesce((SELECT max(intent) FROM receipt), 0), "
    "coalesce((SELECT max(intent) FROM outcome), 0), "
    "coalesce((SELECT max(intent) FROM upload), 0), "
    "(SELECT coalesce(sum(amount), 0) FROM tally))";

}  // namespace

WorkStore::WorkStore(std::unique_ptr<Database> database) : db_(std::move(database)) {}

WorkStore::~WorkStore() { close_store(*db_); }

Result<WorkStore::Opened> WorkStore::open(const Path& folder, const DatabaseOptions& options,
                                          WallTime now) {
  const Path path = platform::join(folder, work_layout().file);
  Opened opened;
  TRY_ASSIGN(opened.salvage, finish_salvage(path, options));
  auto database = open_store(path, options, work_layout());
  if (!database.ok() && database.failure().cause == Cause::work_damaged) {
    TRY_ASSIGN(opened.salvage, salvage(path, options, now));
    database = open_store(path, options, work_layout());
  }
  if (!database.ok()) return database.failure();
  opened.store.reset(new WorkStore(std::move(database).value()));
  auto last_id = guarded([&] { return opened.store->db_->integer(kLastId).value_or(0); });
  if (!last_id.ok()) return last_id.failure();
  opened.store->next_id_ = *last_id + 1;
  return opened;
}

Result<std::vector<Follow>> WorkStore::follows() {
  return guarded([&] {
    std::vector<Follow> found;
    db_->each("SELECT remote, project, tools FROM follow ORDER BY remote, project", [&](const Row&
                                                                                            row) {
      found.push_back({RemoteName(row.text(0)), ProjectId(row.text(1)), tools_from(row.bytes(2))});
    });
    return found;
  });
}

Result<> WorkStore::save_follow(const Follow& follow) {
  return guarded([&] {
    db_->run(
        "INSERT INTO follow(remote, project, tools) VALUES(?, ?, ?) "
        "ON CONFLICT(remote, project) DO UPDATE SET tools = excluded.tools",
        follow.remote.raw(), follow.project.raw(), tools_text(follow.tools));
  });
}

Result<> WorkStore::remove_follow(const RemoteName& remote, const ProjectId& project) {
  return guarded([&] {
    db_->run("DELETE FROM follow WHERE remote = ? AND project = ?", remote.raw(), project.raw());
  });
}

Result<std::string> WorkStore::setting(std::string_view name) {
  return guarded(
      [&] { return db_->text("SELECT value FROM setting WHERE name = ?", name).value_or(""); });
}

Result<> WorkStore::save_setting(std::string_view name, std::string_view value) {
  return guarded([&] {
    db_->run(
        "INSERT INTO setting(name, value) VALUES(?, ?) "
        "ON CONFLICT(name) DO UPDATE SET value = excluded.value",
        name, value);
  });
}

void WorkStore::release_memory() { db_->release_memory(); }

Result<bool> WorkStore::was_salvaged() {
  return guarded([&] {
    return !db_->text("SELECT value FROM schema_info WHERE name = 'salvage'").value_or("").empty();
  });
}

Result<std::string> WorkStore::integrity() {
  return guarded([&] { return db_->integrity(); });
}

}  // namespace fieldsync::storage
