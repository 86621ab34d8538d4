#include "net/sandbox/world.h"
#include "platform/base/json.h"

namespace fieldsync::net::sandbox {
namespace {

Record read_record(const storage::Row& row) {
  Record record;
  record.id = row.integer(0);
  record.kind = row.text(1);
  record.project = row.integer(2);
  record.parent = row.integer(3);
  record.author = row.integer(4);
  record.created_at = row.integer(5);
  record.updated_at = row.integer(6);
  if (!row.is_null(7)) record.deleted_at = row.integer(7);
  record.status = row.text(8);
  if (!row.is_null(9)) record.day = row.text(9);
  record.restricted = row.integer(10) != 0;
  auto body = base::parse_json(row.bytes(11));
  if (body.ok() && body->as_document()) record.body = std::move(*body->as_document());
  return record;
}

constexpr char kColumns[] =
    "id, kind, project, parent, author, created_at, updated_at, deleted_at, status, day, "
    "restricted, body";

std::optional<std::string> as_array(const std::vector<std::string>& items) {
  if (items.empty()) return std::nullopt;
  List list;
  for (const std::string& item : items) list.push_back(item);
  return base::to_json(list);
}

/// The text depends only on which filters are present, so that few statements are prepared.
std::string where(const ListSpec& spec) {
  std::string sql = " FROM records WHERE kind=?1 AND project=?2";
  switch (spec.deleted) {
    case Deleted::hidden:
      sql += " AND deleted_at IS NULL";
      break;
    case Deleted::only:
      sql += " AND deleted_at IS NOT NULL";
      break;
    case Deleted::with:
      break;
  }
  if (spec.parent) sql += " AND parent=?3";
  if (spec.updated) sql += " AND updated_at BETWEEN ?4 AND ?5";
  if (spec.created) sql += " AND created_at BETWEEN ?6 AND ?7";
  if (!spec.statuses.empty()) sql += " AND status IN (SELECT value FROM json_each(?8))";
  if (!spec.ids.empty()) sql += " AND id IN (SELECT CAST(value AS INTEGER) FROM json_each(?9))";
  if (spec.author) sql += " AND author=?13";
  if (spec.days) sql += " AND day BETWEEN ?11 AND ?12";
  if (spec.viewer != 0) {
    sql +=
        " AND (restricted=0 OR author=?10 OR EXISTS(SELECT 1 FROM watchers "
        "WHERE record=records.id AND user=?10))";
  }
  return sql;
}

template <class RowFunction>
void select(storage::Database& db, const std::string& head, const ListSpec& spec,
            std::int64_t limit, std::int64_t offset, RowFunction&& row) {
  // The numbers that are always present are the last two, or SQLite would refuse to bind.
  std::string sql = head + where(spec);
  if (head.find("count(") == std::string::npos) sql += " ORDER BY " + spec.order;
  sql += " LIMIT ?14 OFFSET ?15";
  const auto day_from = spec.days ? std::optional(spec.days->first) : std::nullopt;
  const auto day_to = spec.days ? std::optional(spec.days->second) : std::nullopt;
  const auto statuses = as_array(spec.statuses);
  const auto ids = as_array(spec.ids);
  db.each(sql, row, spec.kind, spec.project, spec.parent.value_or(0),
          spec.updated ? spec.updated->first : 0, spec.updated ? spec.updated->second : 0,
          spec.created ? spec.created->first : 0, spec.created ? spec.created->second : 0, statuses,
          ids, spec.viewer, day_from, day_to, spec.author.value_or(0), limit, offset);
}

}  // namespace

std::optional<Record> World::record(std::int64_t id, std::string_view kind) {
  static const std::string sql =
      std::string("SELECT ") + kColumns + " FROM records WHERE id=? AND kind=?";
  std::optional<Record> found;
  db_.each(
      sql, [&](const storage::Row& row) { found = read_record(row); }, id, kind);
  return found;
}

void World::insert(Record& record) {
  if (record.id == 0) record.id = next_id();
  if (record.created_at == 0) record.created_at = now();
  if (record.updated_at == 0) record.updated_at = record.created_at;
  static const std::string sql =
      std::string("INSERT INTO records(") + kColumns + ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?)";
  const auto parent = record.parent != 0 ? std::optional(record.parent) : std::nullopt;
  db_.run(sql, record.id, record.kind, record.project, parent, record.author, record.created_at,
          record.updated_at, record.deleted_at, record.status, record.day, record.restricted,
          base::to_json(record.body));
}

void World::save(const Record& record) {
  db_.run(
      "UPDATE records SET parent=?, updated_at=?, deleted_at=?, status=?, day=?, restricted=?, "
      "body=? WHERE id=?",
      record.parent != 0 ? std::optional(record.parent) : std::nullopt, record.updated_at,
      record.deleted_at, record.status, record.day, record.restricted, base::to_json(record.body),
      record.id);
}

void World::touch(std::int64_t record) {
  db_.run("UPDATE records SET updated_at=? WHERE id=?", now(), record);
}

std::int64_t World::count(const ListSpec& spec) {
  std::int64_t total = 0;
  select(db_, "SELECT count(*)", spec, -1, 0,
         [&](const storage::Row& row) { total = row.integer(0); });
  return total;
}

void World::each(const ListSpec& spec, std::int64_t limit, std::int64_t offset,
                 const std::function<void(const Record&)>& take) {
  // Gathered first: `take` may ask the database too, and a statement is not entered twice.
  std::vector<Record> page;
  select(db_, std::string("SELECT ") + kColumns, spec, limit, offset,
         [&](const storage::Row& row) { page.push_back(read_record(row)); });
  for (const Record& record : page) take(record);
}

std::vector<std::int64_t> World::ids(const ListSpec& spec, std::int64_t limit,
                                     std::int64_t offset) {
  std::vector<std::int64_t> found;
  select(db_, "SELECT id", spec, limit, offset,
         [&](const storage::Row& row) { found.push_back(row.integer(0)); });
  return found;
}

void World::watch(std::int64_t record, std::int64_t user) {
  db_.run("INSERT OR IGNORE INTO watchers(record, user) VALUES(?, ?)", record, user);
}

bool World::sees(const Record& record, std::int64_t user, Access level) {
  if (!record.restricted || level == Access::admin || record.author == user) return true;
  return db_.integer("SELECT 1 FROM watchers WHERE record=? AND user=?", record.id, user)
      .has_value();
}

}  // namespace fieldsync::net::sandbox
