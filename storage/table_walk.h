#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.h"

namespace fieldsync::storage {

/// Reads all it can of one damaged table with a rowid: forward to the first unreadable page,
/// backward to the last, then by single ids between them. Bounded: see tuning::kSalvageProbes.
class TableWalk {
 public:
  /// Column 0 of the row is its rowid, the others are `columns`.
  using Take = std::function<void(const Row&)>;
  TableWalk(Database& from, std::string_view table, const std::vector<std::string>& columns,
            Take take);
  void run();
  /// Ranges of rowids that could not be read, as text for the report.
  const std::vector<std::string>& unreadable() const { return unreadable_; }

 private:
  enum class End { clean, damaged };
  End read(const std::string& condition, std::int64_t low, std::int64_t high,
           std::int64_t& last_read);
  void probe_between(std::int64_t low, std::int64_t high);
  void note_unreadable(std::int64_t from, std::int64_t to);

  Database& from_;
  std::string table_;
  std::string select_;
  Take take_;
  std::int64_t rows_left_;
  std::vector<std::string> unreadable_;
};

}  // namespace fieldsync::storage
