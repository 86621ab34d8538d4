#include "storage/table_walk.h"

#include <limits>

#include "storage/tuning.h"

namespace fieldsync::storage {
namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

constexpr const char* kForward = "rowid > ? AND rowid < ? ORDER BY rowid";
constexpr const char* kBackward = "rowid > ? AND rowid < ? ORDER BY rowid DESC";

std::string select_from(std::string_view table, const std::vector<std::string>& columns) {
  std::string sql = "SELECT rowid";
  for (const std::string& column : columns) sql += ", " + column;
  // An index may be damaged where the table is not.
  return sql + " FROM " + std::string(table) + " NOT INDEXED WHERE ";
}

}  // namespace

TableWalk::TableWalk(Database& from, std::string_view table,
                     const std::vector<std::string>& columns, Take take)
    : from_(from),
      table_(table),
      select_(select_from(table, columns)),
      take_(std::move(take)),
      // Pages that point at each other could be walked for ever; no table holds more rows than
      // its file has bytes, and each may be met forward, backward and once by its id.
      rows_left_(3 * from.integer("PRAGMA page_count").value_or(1) * 4'096) {}

void TableWalk::run() {
  std::int64_t low = kLowest;
  if (read(kForward, kLowest, kHighest, low) == End::clean) return;
  std::int64_t high = kHighest;
  read(kBackward, low, kHighest, high);
  // Damage at the very start leaves no lowest id; rowids of ours begin at 1.
  probe_between(low == kLowest ? 0 : low, high);
}

TableWalk::End TableWalk::read(const std::string& condition, std::int64_t low, std::int64_t high,
                               std::int64_t& last_read) {
  try {
    from_.each(
        select_ + condition,
        [&](const Row& row) {
          last_read = row.integer(0);
          take_(row);
          return --rows_left_ > 0;
        },
        low, high);
    return rows_left_ > 0 ? End::clean : End::damaged;
  } catch (const SqlError&) {
    return End::damaged;
  }
}

void TableWalk::probe_between(std::int64_t low, std::int64_t high) {
  std::int64_t bad_from = 0, bad_to = 0;
  std::int64_t step = 1;
  int misses = 0;
  for (std::int64_t at = low; rows_left_ > 0 && at < high - step;) {
    at += step;
    std::int64_t met = 0;
    const End end = read("rowid = ? AND ? <> 0", at, 1, met);
    if (met == 0) {
      if (end == End::damaged) {
        if (bad_from == 0) bad_from = at;
        bad_to = at;
      }
      if (++misses > tuning::kSalvageProbes && step < high / 2 - at / 2) step *= 2;
      continue;
    }
    // A jump may have passed over sound rows: read back to what was known before it.
    std::int64_t back = at;
    if (step > 1) read(kBackward, at - step, at, back);
    if (bad_from != 0) note_unreadable(bad_from, std::min(bad_to, back - 1));
    bad_from = 0;
    misses = 0;
    step = 1;
    std::int64_t ahead = at;
    if (read(kForward, at, high, ahead) == End::clean) return;
    at = ahead;
  }
  if (bad_from != 0) note_unreadable(bad_from, high == kHighest ? kHighest : bad_to);
}

void TableWalk::note_unreadable(std::int64_t from, std::int64_t to) {
  if (static_cast<int>(unreadable_.size()) >= tuning::kSalvageLinesMax) return;
  const std::string start = table_ + ": row " + std::to_string(from);
  if (to == kHighest) {
    unreadable_.push_back(start + " and those after it could not be read");
  } else if (to <= from) {
    unreadable_.push_back(start + " could not be read");
  } else {
    unreadable_.push_back(table_ + ": rows " + std::to_string(from) + " to " + std::to_string(to) +
                          " could not be read");
  }
}

}  // namespace fieldsync::storage
