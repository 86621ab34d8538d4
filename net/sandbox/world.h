#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/sandbox/exchange.h"
#include "net/sandbox/settings.h"
#include "platform/base/digest.h"
#include "platform/clock.h"
#include "storage/database.h"

/// What the sandbox keeps: users, projects, records, uploads, files. One thread at a time; every
/// function may throw storage::SqlError, which Sandbox catches.
namespace fieldsync::net::sandbox {

using Seconds = std::int64_t;  ///< since 1970

struct User {
  std::int64_t id = 0;
  std::string login;
  std::string name;
  std::string kind;  ///< "person", "collaborator" or "service" (client credentials)
};

struct Project {
  std::int64_t id = 0;
  std::int64_t company = 0;
  std::string name;
  bool active = true;
  std::string time_zone;
  int offset_minutes = 0;
  Seconds updated_at = 0;
};

/// In the order of facts/procore-api.md 13.
enum class Access { none, read_only, standard, admin };
std::string_view name(Access level);

struct Record {
  std::int64_t id = 0;
  std::string kind;
  std::int64_t project = 0;
  std::int64_t parent = 0;  ///< 0: none
  std::int64_t author = 0;
  Seconds created_at = 0;
  Seconds updated_at = 0;
  std::optional<Seconds> deleted_at = std::nullopt;
  std::string status = {};
  std::optional<std::string> day = std::nullopt;
  bool restricted = false;  ///< only admins, the author and watchers see it
  Document body = {};
};

enum class Deleted { hidden, with, only };

/// One page of a listing, as SQL can answer it.
struct ListSpec {
  std::string kind;
  std::int64_t project = 0;
  std::optional<std::int64_t> parent = std::nullopt;
  std::optional<std::pair<Seconds, Seconds>> updated = std::nullopt;  ///< both ends included
  std::optional<std::pair<Seconds, Seconds>> created = std::nullopt;
  std::optional<std::pair<std::string, std::string>> days = std::nullopt;
  std::optional<std::int64_t> author = std::nullopt;
  std::vector<std::string> statuses = {};
  std::vector<std::string> ids = {};
  Deleted deleted = Deleted::hidden;
  std::int64_t viewer = 0;   ///< 0: sees everything of the kind
  std::string order = "id";  ///< a column list of ours, never text from outside
};

struct File {
  std::int64_t id = 0;
  std::string sha256;
  std::int64_t size = 0;
  std::string content_type;
  std::string name;
};

struct Attachment {
  std::int64_t id = 0;
  std::string name;
  std::string content_type;
  std::int64_t file = 0;
};

/// One row of the append-only ledger: something that took effect.
struct Effect {
  std::int64_t user = 0;
  std::string verb;
  std::string kind;
  std::int64_t project = 0;
  std::int64_t record = 0;
  /// SHA-256 over what was asked for, with each attachment by its digest: equal for a create that
  /// was sent twice.
  std::string content;
  List blobs = {};
};

struct Urls {
  std::string api, login, storage, control;
};

class World {
 public:
  World(storage::Database& database, const platform::Clock& clock);

  storage::Database& db() { return db_; }
  Settings settings;
  Urls urls;
  /// Of the request being answered.
  std::string request_id;
  std::string idempotency_token;

  // Time and names.
  Seconds now() const;
  void advance(Seconds by);
  std::int64_t next_id() { return next_id_++; }
  /// 64 hexadecimal digits, new at each call and after each restart.
  std::string nonce();
  /// 26 characters of Crockford's base 32.
  std::string ulid();
  std::string meta(std::string_view name);
  void set_meta(std::string_view name, std::string_view value);

  // People and rights.
  std::optional<User> user(std::int64_t id);
  /// {id, login, name}; null for 0 or an unknown id.
  Value user_ref(std::int64_t id);
  std::optional<Project> project(std::int64_t id);
  bool is_member(std::int64_t project, std::int64_t user);
  bool is_enabled(std::int64_t project, std::string_view tool);
  Access level(std::int64_t project, std::int64_t user, std::string_view tool);
  bool may(std::int64_t project, std::int64_t user, std::string_view tool, std::string_view action);

  // Records.
  std::optional<Record> record(std::int64_t id, std::string_view kind);
  /// Fills id, created_at and updated_at where they are 0.
  void insert(Record& record);
  void save(const Record& record);
  /// Sets updated_at to now.
  void touch(std::int64_t record);
  std::int64_t count(const ListSpec& spec);
  /// `limit` < 0: all.
  void each(const ListSpec& spec, std::int64_t limit, std::int64_t offset,
            const std::function<void(const Record&)>& take);
  std::vector<std::int64_t> ids(const ListSpec& spec, std::int64_t limit, std::int64_t offset);
  void watch(std::int64_t record, std::int64_t user);
  bool sees(const Record& record, std::int64_t user, Access level);

  // Files.
  std::int64_t add_file(std::string_view bytes, std::string_view name,
                        std::string_view content_type);
  std::optional<File> file(std::int64_t id);
  /// Pieces in order until `take` returns false.
  void read_file(std::int64_t id, const std::function<bool(std::string_view)>& take);
  std::int64_t attach(std::int64_t record, std::string_view name, std::string_view content_type,
                      std::int64_t file);
  std::vector<Attachment> attachments(std::int64_t record);

  // The truth.
  void effect(const Effect& effect);
  /// One exchange with an origin, for its three counters.
  void count_exchange(std::string_view origin, std::int64_t bytes_in, std::int64_t bytes_out);

 private:
  const std::vector<User>& users();

  storage::Database& db_;
  const platform::Clock& clock_;
  Seconds offset_ = 0;
  std::int64_t next_id_ = 0;
  std::string secret_;
  std::uint64_t nonces_ = 0;
  std::vector<User> users_;
};

/// null for nothing, else the ISO text.
Value iso(std::optional<Seconds> at);
std::string iso_text(Seconds at);

}  // namespace fieldsync::net::sandbox
