#pragma once

/// The sandbox's own tables. Times are whole seconds since 1970: Procore's stamps carry no more
/// (facts/procore-api.md 1.4).
namespace fieldsync::net::sandbox {

/// Raised whenever the tables change; a state folder of another number is refused.
inline constexpr int kSchemaVersion = 1;

inline constexpr char kSchema[] = R"sql(
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS companies(id INTEGER PRIMARY KEY, name TEXT, connected INTEGER);
CREATE TABLE IF NOT EXISTS users(
  id INTEGER PRIMARY KEY, login TEXT, name TEXT, kind TEXT);
CREATE TABLE IF NOT EXISTS projects(
  id INTEGER PRIMARY KEY, company INTEGER, name TEXT, active INTEGER, time_zone TEXT,
  offset_minutes INTEGER, updated_at INTEGER, next_rfi INTEGER);
CREATE TABLE IF NOT EXISTS members(
  project INTEGER, user INTEGER, PRIMARY KEY(project, user)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tools(
  project INTEGER, tool TEXT, enabled INTEGER, PRIMARY KEY(project, tool)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS levels(
  project INTEGER, user INTEGER, tool TEXT, level INTEGER, actions TEXT,
  PRIMARY KEY(project, user, tool)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens(
  token TEXT PRIMARY KEY, kind TEXT, user INTEGER, pair TEXT, created_at INTEGER,
  expires_at INTEGER, dead INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tokens_pair ON tokens(pair);

CREATE TABLE IF NOT EXISTS records(
  id INTEGER PRIMARY KEY, kind TEXT, project INTEGER, parent INTEGER, author INTEGER,
  created_at INTEGER, updated_at INTEGER, deleted_at INTEGER, status TEXT, day TEXT,
  restricted INTEGER, body TEXT);
CREATE INDEX IF NOT EXISTS records_kind ON records(kind, project, deleted_at);
CREATE INDEX IF NOT EXISTS records_updated ON records(kind, project, updated_at);
CREATE INDEX IF NOT EXISTS records_day ON records(kind, project, day) WHERE day IS NOT NULL;
CREATE INDEX IF NOT EXISTS records_parent ON records(parent, kind) WHERE parent IS NOT NULL;
CREATE TABLE IF NOT EXISTS watchers(
  record INTEGER, user INTEGER, PRIMARY KEY(record, user)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attachments(
  id INTEGER PRIMARY KEY, record INTEGER, name TEXT, content_type TEXT, file INTEGER);
CREATE INDEX IF NOT EXISTS attachments_record ON attachments(record);

CREATE TABLE IF NOT EXISTS uploads(
  uuid TEXT PRIMARY KEY, project INTEGER, user INTEGER, name TEXT, content_type TEXT,
  inline INTEGER, status TEXT, created_at INTEGER, uses INTEGER, gone INTEGER, file INTEGER)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS segments(
  uuid TEXT, n INTEGER, size INTEGER, sha256 TEXT, md5 TEXT, etag TEXT, blob INTEGER,
  PRIMARY KEY(uuid, n)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blobs(id INTEGER PRIMARY KEY, sha256 TEXT, size INTEGER);
CREATE TABLE IF NOT EXISTS chunks(
  blob INTEGER, n INTEGER, bytes BLOB, PRIMARY KEY(blob, n));
CREATE TABLE IF NOT EXISTS files(
  id INTEGER PRIMARY KEY, sha256 TEXT, size INTEGER, content_type TEXT, name TEXT);
CREATE TABLE IF NOT EXISTS file_parts(
  file INTEGER, n INTEGER, blob INTEGER, PRIMARY KEY(file, n)) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS ledger(
  effect_id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER, user INTEGER, verb TEXT, kind TEXT,
  project INTEGER, record INTEGER, content TEXT, blobs TEXT, token TEXT, request_id TEXT);
CREATE TABLE IF NOT EXISTS tokens_seen(
  token TEXT, scope TEXT, answer TEXT, PRIMARY KEY(token, scope)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS requests(
  id INTEGER PRIMARY KEY, time INTEGER, origin TEXT, method TEXT, path TEXT, query TEXT,
  user INTEGER, status INTEGER, fate TEXT, bytes_in INTEGER, bytes_out INTEGER);
CREATE TABLE IF NOT EXISTS counters(name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
)sql";

}  // namespace fieldsync::net::sandbox
