#include "storage/statement_cache.h"

#include <sqlite3.h>

#include <algorithm>

#include "platform/base/check.h"
#include "storage/tuning.h"

namespace fieldsync::storage {

StatementCache::~StatementCache() {
  for (auto& [sql, entry] : entries_) sqlite3_finalize(entry.statement);
}

StatementCache::Use StatementCache::use(std::string_view sql, int& code) {
  code = SQLITE_OK;
  auto found = entries_.find(sql);
  if (found != entries_.end() && !found->second.in_use) {
    found->second.in_use = true;
    found->second.used_at = ++uses_;
    return Use(&found->second, found->second.statement);
  }
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                            SQLITE_PREPARE_PERSISTENT, &statement, &tail);
  if (code != SQLITE_OK) return Use(nullptr, nullptr);
  FS_CHECK(statement != nullptr);
  FS_CHECK(std::all_of(tail, sql.data() + sql.size(),
                       [](char c) { return c == ' ' || c == '\n' || c == ';'; }));
  if (found != entries_.end()) return Use(nullptr, statement);
  make_room();
  const auto added = entries_.emplace(sql, Entry{statement, ++uses_, true});
  return Use(&added.first->second, statement);
}

StatementCache::Use::~Use() {
  if (!statement_) return;
  if (!entry_) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  entry_->in_use = false;
}

void StatementCache::make_room() {
  if (entries_.size() < tuning::kStatementsMax) return;
  auto oldest = entries_.end();
  for (auto at = entries_.begin(); at != entries_.end(); ++at) {
    if (at->second.in_use) continue;
    if (oldest == entries_.end() || at->second.used_at < oldest->second.used_at) oldest = at;
  }
  if (oldest == entries_.end()) return;
  sqlite3_finalize(oldest->second.statement);
  entries_.erase(oldest);
}

}  // namespace fieldsync::storage
