#include "net/sandbox/world.h"

#include <algorithm>

#include "net/sandbox/schema.h"
#include "net/sandbox/tuning.h"
#include "platform/base/json.h"
#include "platform/base/time_text.h"

namespace fieldsync::net::sandbox {

std::string_view name(Access level) {
  switch (level) {
    case Access::none:
      return "None";
    case Access::read_only:
      return "Read Only";
    case Access::standard:
      return "Standard";
    case Access::admin:
      return "Admin";
  }
  return "None";
}

std::string iso_text(Seconds at) {
  return base::to_iso_seconds(base::WallTime{std::chrono::seconds(at)});
}

Value iso(std::optional<Seconds> at) { return at ? Value(iso_text(*at)) : Value(nullptr); }

World::World(storage::Database& database, const platform::Clock& clock)
    : db_(database), clock_(clock) {
  const std::string found =
      db_.integer("SELECT count(*) FROM sqlite_master WHERE name='meta'").value_or(0) != 0
          ? meta("schema")
          : "";
  if (!found.empty() && found != std::to_string(kSchemaVersion)) {
    throw storage::SqlError({base::Cause::newer_version, "sandbox state of schema " + found +
                                                             ", this program has " +
                                                             std::to_string(kSchemaVersion)});
  }
  if (found.empty()) db_.script(kSchema);
  set_meta("schema", std::to_string(kSchemaVersion));
  // Of uploads that a kill cut short: their numbers will be given out again.
  db_.run("DELETE FROM chunks WHERE blob NOT IN (SELECT id FROM blobs)");
  const std::string boot = std::to_string(std::atoll(meta("boot").c_str()) + 1);
  set_meta("boot", boot);
  secret_ = "fieldsync sandbox " + boot;
  offset_ = std::atoll(meta("clock_offset").c_str());
  next_id_ =
      std::max({tuning::kFirstRecordId, db_.integer("SELECT max(id) FROM records").value_or(0),
                db_.integer("SELECT max(id) FROM attachments").value_or(0),
                db_.integer("SELECT max(id) FROM files").value_or(0),
                db_.integer("SELECT max(id) FROM blobs").value_or(0)}) +
      1;
  if (const std::string kept = meta("settings"); !kept.empty()) {
    const auto parsed = base::parse_json(kept);
    if (parsed.ok() && parsed->as_document()) settings.change(*parsed->as_document());
  }
}

Seconds World::now() const {
  return std::chrono::floor<std::chrono::seconds>(clock_.wall().since_epoch).count() + offset_;
}

void World::advance(Seconds by) {
  offset_ += by;
  set_meta("clock_offset", std::to_string(offset_));
}

std::string World::nonce() {
  return base::digest_of(secret_ + "|" + std::to_string(++nonces_)).hex();
}

std::string World::ulid() {
  constexpr char kAlphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const base::Digest digest = base::digest_of("ulid" + nonce());
  std::string text = "01";
  for (std::size_t i = 0; i < 24; ++i) text += kAlphabet[digest.bytes[i] % 32];
  return text;
}

std::string World::meta(std::string_view name) {
  return db_.text("SELECT value FROM meta WHERE name=?", name).value_or("");
}

void World::set_meta(std::string_view name, std::string_view value) {
  db_.run(
      "INSERT INTO meta(name, value) VALUES(?, ?) "
      "ON CONFLICT(name) DO UPDATE SET value=excluded.value",
      name, value);
}

const std::vector<User>& World::users() {
  if (users_.empty()) {
    db_.each("SELECT id, login, name, kind FROM users ORDER BY id", [&](const storage::Row& row) {
      users_.push_back({row.integer(0), row.text(1), row.text(2), row.text(3)});
    });
  }
  return users_;
}

std::optional<User> World::user(std::int64_t id) {
  const auto& all = users();
  const auto at = std::find_if(all.begin(), all.end(), [&](const User& u) { return u.id == id; });
  return at != all.end() ? std::optional(*at) : std::nullopt;
}

Value World::user_ref(std::int64_t id) {
  const auto found = user(id);
  if (!found) return nullptr;
  return Document{{"id", found->id}, {"login", found->login}, {"name", found->name}};
}

std::optional<Project> World::project(std::int64_t id) {
  std::optional<Project> found;
  db_.each(
      "SELECT company, name, active, time_zone, offset_minutes, updated_at FROM projects "
      "WHERE id=?",
      [&](const storage::Row& row) {
        found = Project{id,
                        row.integer(0),
                        row.text(1),
                        row.integer(2) != 0,
                        row.text(3),
                        static_cast<int>(row.integer(4)),
                        row.integer(5)};
      },
      id);
  return found;
}

bool World::is_member(std::int64_t project, std::int64_t user) {
  return db_.integer("SELECT 1 FROM members WHERE project=? AND user=?", project, user).has_value();
}

bool World::is_enabled(std::int64_t project, std::string_view tool) {
  return db_.integer("SELECT enabled FROM tools WHERE project=? AND tool=?", project, tool)
             .value_or(0) != 0;
}

Access World::level(std::int64_t project, std::int64_t user, std::string_view tool) {
  const auto level = db_.integer("SELECT level FROM levels WHERE project=? AND user=? AND tool=?",
                                 project, user, tool);
  return static_cast<Access>(std::clamp<std::int64_t>(level.value_or(0), 0, 3));
}

bool World::may(std::int64_t project, std::int64_t user, std::string_view tool,
                std::string_view action) {
  return db_
      .integer(
          "SELECT 1 FROM levels, json_each(levels.actions) AS granted "
          "WHERE project=? AND user=? AND tool=? AND granted.value=?",
          project, user, tool, action)
      .has_value();
}

void World::effect(const Effect& effect) {
  db_.run(
      "INSERT INTO ledger(time, user, verb, kind, project, record, content, blobs, token, "
      "request_id) VALUES(?,?,?,?,?,?,?,?,?,?)",
      now(), effect.user, effect.verb, effect.kind, effect.project, effect.record, effect.content,
      base::to_json(effect.blobs), idempotency_token, request_id);
}

void World::count_exchange(std::string_view origin, std::int64_t bytes_in, std::int64_t bytes_out) {
  db_.run(
      "INSERT INTO counters(name, value) VALUES(?1 || '_calls', 1), (?1 || '_bytes_in', ?2), "
      "(?1 || '_bytes_out', ?3) ON CONFLICT(name) DO UPDATE SET value=value+excluded.value",
      origin, bytes_in, bytes_out);
}

}  // namespace fieldsync::net::sandbox
