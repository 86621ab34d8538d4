#include "storage/salvage.h"

#include <algorithm>
#include <set>

#include "platform/base/json.h"
#include "storage/receipt_chain.h"
#include "storage/store_file.h"
#include "storage/table_walk.h"
#include "storage/tuning.h"
#include "storage/work_rows.h"

namespace fieldsync::storage {
namespace {

constexpr const char* kDoneName = "salvage";

Path new_file_of(const Path& path) { return path + ".salvaging"; }

class Report {
 public:
  explicit Report(Salvage& salvage) : salvage_(salvage) {}
  void line(std::string text) {
    if (static_cast<int>(salvage_.lost.size()) < tuning::kSalvageLinesMax) {
      salvage_.lost.push_back(std::move(text));
    } else {
      ++more_;
    }
  }
  void end() {
    if (more_ > 0) salvage_.lost.push_back("and " + std::to_string(more_) + " more");
  }

 private:
  Salvage& salvage_;
  std::int64_t more_ = 0;
};

std::string report_text(const Salvage& salvage) {
  base::List lost;
  for (const std::string& line : salvage.lost) lost.emplace_back(line);
  return base::to_json(Document{{"damaged_copy", salvage.damaged_copy},
                                {"rows_kept", salvage.rows_kept},
                                {"lost", base::Value(std::move(lost))}});
}

Salvage report_from(std::string_view text) {
  Salvage salvage;
  const auto parsed = base::parse_json(text);
  const Document* document = parsed.ok() ? parsed->as_document() : nullptr;
  if (!document) return salvage;
  salvage.damaged_copy = document->text("damaged_copy");
  salvage.rows_kept = document->integer("rows_kept");
  const base::Value* lost = document->find("lost");
  const base::List* list = lost ? lost->as_list() : nullptr;
  if (!list) return salvage;
  for (const base::Value& line : *list) salvage.lost.push_back(base::plain_text(line));
  return salvage;
}

std::vector<std::string> tables_of(Database& db) {
  std::vector<std::string> tables;
  db.each(
      "SELECT name FROM sqlite_schema WHERE type = 'table' "
      "AND name NOT IN ('tally', 'schema_info') ORDER BY rowid",
      [&](const Row& row) { tables.push_back(row.text(0)); });
  return tables;
}

/// Columns of the table that hold data, without the name that its rowid may have; none when the
/// schema has no such table.
std::vector<std::string> columns_of(Database& db, std::string_view table) {
  std::vector<std::string> columns;
  db.each(
      "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 "
      "AND NOT (pk = 1 AND type = 'INTEGER')",
      [&](const Row& row) { columns.push_back(row.text(0)); }, table);
  return columns;
}

bool schema_is_readable(Database& db) {
  try {
    return db.integer("SELECT count(*) FROM sqlite_schema WHERE name IN ('intent', 'receipt')") ==
           2;
  } catch (const SqlError&) {
    return false;
  }
}

/// Rows of one table that were taken over, so that one met twice counts once.
class Copier {
 public:
  Copier(Database& to, std::string_view table, const std::vector<std::string>& columns,
         Report& report)
      : to_(to), table_(table), columns_(static_cast<int>(columns.size())), report_(report) {
    std::string names = "rowid", marks = "?";
    for (const std::string& column : columns) {
      names += ", " + column;
      marks += ", ?";
    }
    sql_ = "INSERT INTO " + table_ + "(" + names + ") VALUES(" + marks + ")";
  }

  void take(const Row& row) {
    const std::int64_t id = row.integer(0);
    if (!seen_.insert(id).second) return;
    std::vector<Bind> values{Bind(id)};
    for (int i = 1; i <= columns_; ++i) values.push_back(row.value(i));
    try {
      to_.run_with(sql_, values);
      ++kept_;
    } catch (const SqlError& error) {
      if (error.failure.cause != Cause::bad_input) throw;
      report_.line(table_ + ": row " + std::to_string(id) + " is damaged");
    }
  }
  std::int64_t kept() const { return kept_; }

 private:
  Database& to_;
  std::string table_;
  int columns_;
  Report& report_;
  std::string sql_;
  std::set<std::int64_t> seen_;
  std::int64_t kept_ = 0;
};

std::int64_t copy_table(Database& from, Database& to, const std::string& table, Report& report) {
  const auto columns = columns_of(to, table);
  if (columns_of(from, table) != columns) {
    report.line(table + ": the table could not be read");
    return 0;
  }
  Copier copier(to, table, columns, report);
  TableWalk walk(from, table, columns, [&](const Row& row) { copier.take(row); });
  walk.run();
  for (const std::string& line : walk.unreadable()) report.line(line);
  return copier.kept();
}

/// What single rows cannot show: contents that do not decode, receipts that are gone, more intents
/// counted than found.
void check_contents(Database& from, Database& to, Report& report) {
  to.each("SELECT " FS_INTENT_COLUMNS " FROM intent ORDER BY id", [&](const Row& row) {
    const Intent intent = read_intent(row);
    if (intent.cause == Cause::work_damaged) {
      report.line("intent: row " + std::to_string(intent.id.raw()) + ": " + intent.evidence);
    }
  });
  for (const std::string& fault : check_chain(to).faults) report.line("receipt: " + fault);
  try {
    const auto counted = from.integer("SELECT sum(amount) FROM tally").value_or(0);
    const auto found = to.integer("SELECT count(*) FROM intent").value_or(0);
    if (counted > found) {
      report.line("intent: " + std::to_string(counted - found) + " of " + std::to_string(counted) +
                  " are missing");
    }
  } catch (const SqlError&) {
    report.line("tally: it could not be read, so whether intents are missing is unknown");
  }
}

Result<std::unique_ptr<Database>> begin_new(const Path& path, const DatabaseOptions& options,
                                            int layout_number) {
  VfsFiles files(options.vfs);
  TRY(remove_database(files, new_file_of(path)));
  TRY_ASSIGN(auto db, Database::open(new_file_of(path), options));
  std::vector<Migration> steps = work_migrations();
  // The layout that the rows were written in; the normal opening migrates on from there.
  if (layout_number > 0 && layout_number < steps.back().number) {
    std::erase_if(steps, [&](const Migration& m) { return m.number > layout_number; });
  }
  TRY(migrate(*db, steps));
  return db;
}

/// The pages that hold nothing but the schema lie at the same place in every file of this layout
/// that was not migrated; taken from an empty one they give access to tables behind a damaged
/// first page. The damaged original has been copied aside by now.
Result<> replace_schema_pages(const Path& path, const DatabaseOptions& options) {
  VfsFiles files(options.vfs);
  ByteCount page_size = 0;
  std::set<std::int64_t> pages;
  {
    TRY_ASSIGN(auto fresh, begin_new(path, options, 0));
    TRY(guarded([&] {
      page_size = fresh->integer("PRAGMA page_size").value_or(0);
      const auto count = fresh->integer("PRAGMA page_count").value_or(0);
      for (std::int64_t page = 1; page <= count; ++page) pages.insert(page);
      fresh->each("SELECT rootpage FROM sqlite_schema WHERE rootpage > 1",
                  [&](const Row& row) { pages.erase(row.integer(0)); });
    }));
  }
  TRY_ASSIGN(const auto size, files.size(path));
  for (const std::int64_t page : pages) {
    if (page * page_size > size.value_or(0)) continue;
    TRY(files.patch(new_file_of(path), path, (page - 1) * page_size, page_size));
  }
  return {};
}

/// With a size of 0 in its head, a file is as large as it is: one that was cut short, or has the
/// first page of another, can then be read as far as it goes.
Result<> forget_size(const Path& path, const DatabaseOptions& options) {
  constexpr ByteCount kSizeOffset = 28;
  return VfsFiles(options.vfs).overwrite(path, kSizeOffset, std::string_view("\0\0\0\0", 4));
}

/// The database opened for reading if its schema can be read.
std::unique_ptr<Database> open_readable(const Path& path, const DatabaseOptions& options) {
  auto db = Database::open(path, options);
  if (!db.ok()) return nullptr;
  (*db)->note_damage();
  return schema_is_readable(**db) ? std::move(db).value() : nullptr;
}

/// The damaged database opened for reading, nothing if no table of it can be reached. Changes the
/// file: it has been copied aside by now.
Result<std::unique_ptr<Database>> open_damaged(const Path& path, const DatabaseOptions& options) {
  if (auto db = open_readable(path, options)) return db;
  TRY(forget_size(path, options));
  if (auto db = open_readable(path, options)) return db;
  TRY(replace_schema_pages(path, options));
  TRY(forget_size(path, options));
  return open_readable(path, options);
}

int layout_number_of(Database* db) {
  if (!db) return 0;
  const auto number = guarded([&] { return schema_version(*db); });
  return number.ok() ? *number : 0;
}

Result<> copy_rows(Database* from, Database& to, Salvage& salvage) {
  Report report(salvage);
  auto copied = guarded([&] {
    if (!from) {
      report.line("every table: neither the file's head nor any table could be read");
    } else {
      for (const std::string& table : tables_of(to)) {
        to.transact([&] { salvage.rows_kept += copy_table(*from, to, table, report); });
      }
      check_contents(*from, to, report);
    }
    report.end();
    to.run("INSERT INTO schema_info VALUES(?, ?)", kDoneName, report_text(salvage));
  });
  return copied;
}

Result<> put_in_place(VfsFiles& files, const Path& path) {
  TRY(remove_database(files, path));
  TRY(files.copy(new_file_of(path), path));
  return remove_database(files, new_file_of(path));
}

}  // namespace

Result<Salvage> salvage(const Path& path, const DatabaseOptions& options, WallTime now) {
  VfsFiles files(options.vfs);
  Salvage salvage;
  TRY_ASSIGN(salvage.damaged_copy, copy_damaged(files, path, now));
  {
    TRY_ASSIGN(auto from, open_damaged(path, options));
    TRY_ASSIGN(auto to, begin_new(path, options, layout_number_of(from.get())));
    TRY(copy_rows(from.get(), *to, salvage));
  }
  TRY(put_in_place(files, path));
  return salvage;
}

Result<std::optional<Salvage>> finish_salvage(const Path& path, const DatabaseOptions& options) {
  VfsFiles files(options.vfs);
  std::optional<Salvage> finished;
  TRY_ASSIGN(const auto size, files.size(new_file_of(path)));
  if (!size) return finished;
  {
    auto db = Database::open(new_file_of(path), options);
    auto text = db.ok() ? guarded([&] {
      return (*db)->text("SELECT value FROM schema_info WHERE name = ?", kDoneName);
    })
                        : Result<std::optional<std::string>>(db.failure());
    if (text.ok() && *text) finished = report_from(**text);
  }
  if (finished) {
    TRY(put_in_place(files, path));
  } else {
    TRY(remove_database(files, new_file_of(path)));
  }
  return finished;
}

}  // namespace fieldsync::storage
