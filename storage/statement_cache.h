#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace fieldsync::storage {

/// Prepared statements of one connection by their SQL, at most tuning::kStatementsMax kept. One in
/// use is never handed out twice: a nested use of the same SQL gets a statement of its own.
class StatementCache {
 public:
  explicit StatementCache(sqlite3* connection) : connection_(connection) {}
  ~StatementCache();
  StatementCache(const StatementCache&) = delete;
  StatementCache& operator=(const StatementCache&) = delete;

 private:
  struct Entry {
    sqlite3_stmt* statement = nullptr;
    std::uint64_t used_at = 0;
    bool in_use = false;
  };

 public:
  /// A statement while it is used: reset and unbound at the end, so that it holds no lock.
  class Use {
   public:
    /// `entry` is null for a statement that is not kept.
    Use(Entry* entry, sqlite3_stmt* statement) : entry_(entry), statement_(statement) {}
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    sqlite3_stmt* get() const { return statement_; }

   private:
    Entry* entry_;
    sqlite3_stmt* statement_;
  };
  /// Prepares or finds the statement. `code` receives SQLite's answer; the Use is empty unless OK.
  Use use(std::string_view sql, int& code);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  void make_room();

  sqlite3* connection_;
  std::uint64_t uses_ = 0;
  /// Entries stay where they are while others come and go.
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_;
};

}  // namespace fieldsync::storage
