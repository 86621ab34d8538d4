#include "storage/receipt_chain.h"

#include "platform/base/json.h"
#include "storage/work_rows.h"

namespace fieldsync::storage {
namespace {

struct Head {
  std::int64_t number = 0;
  Digest hash;
};

Head stored_head(Database& db) {
  Head head;
  db.each("SELECT number, hash FROM receipt_head", [&](const Row& row) {
    head = {row.integer(0), Digest::from_hex(row.bytes(1)).value_or(Digest{})};
  });
  return head;
}

/// The last row, which after a salvage may lie before the stored head.
Head last_row(Database& db) {
  Head head;
  db.each("SELECT number, hash FROM receipt ORDER BY number DESC LIMIT 1", [&](const Row& row) {
    head = {row.integer(0), Digest::from_hex(row.bytes(1)).value_or(Digest{})};
  });
  return head;
}

std::string gap(std::int64_t from, std::int64_t to) {
  if (from == to) return "receipt " + std::to_string(from) + " is missing";
  return "receipts " + std::to_string(from) + " to " + std::to_string(to) + " are missing";
}

}  // namespace

Digest receipt_hash(const Receipt& r, std::string_view proof) {
  auto parsed = base::parse_json(proof);
  const Document row{
      {"number", r.number},
      {"intent", r.intent.raw()},
      {"item", r.item.raw()},
      {"kind", r.kind.raw()},
      {"act", name(r.act)},
      {"project", r.project.raw()},
      {"remote", r.remote.raw()},
      {"service_id", r.service_id.raw()},
      {"captured_at", std::int64_t{r.captured_at.since_epoch.count()}},
      {"delivered_at", std::int64_t{r.delivered_at.since_epoch.count()}},
      {"proof", parsed.ok() ? std::move(*parsed) : base::Value(proof)},
      {"previous", r.previous.hex()},
  };
  return base::digest_of(base::to_json(row));
}

WorkStore::ChainCheck check_chain(Database& db) {
  WorkStore::ChainCheck check;
  Head before;
  db.each("SELECT " FS_RECEIPT_COLUMNS " FROM receipt ORDER BY number", [&](const Row& row) {
    const Receipt receipt = read_receipt(row);
    const std::string label = "receipt " + std::to_string(receipt.number);
    ++check.rows;
    if (receipt.number > before.number + 1) {
      check.faults.push_back(gap(before.number + 1, receipt.number - 1));
    } else if (receipt.previous != before.hash) {
      check.faults.push_back(label + " does not follow the one before it");
    }
    if (receipt_hash(receipt, row.bytes(10)) != receipt.hash) {
      check.faults.push_back(label + " was changed after it was written");
    }
    before = {receipt.number, receipt.hash};
  });
  const Head head = stored_head(db);
  if (head.number > before.number) {
    check.faults.push_back(gap(before.number + 1, head.number));
  } else if (head.number != before.number || head.hash != before.hash) {
    check.faults.push_back("the stored head is not receipt " + std::to_string(before.number));
  }
  return check;
}

Receipt append_receipt(Database& db, Receipt receipt) {
  const Head last = last_row(db);
  const Head head = stored_head(db);
  // A number that was given out once is never given to another receipt.
  receipt.number = std::max(last.number, head.number) + 1;
  receipt.previous = head.number >= last.number ? head.hash : last.hash;
  const std::string proof = base::to_json(receipt.proof);
  receipt.hash = receipt_hash(receipt, proof);
  db.run("INSERT INTO receipt(" FS_RECEIPT_COLUMNS
         ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
         receipt.number, receipt.intent.raw(), receipt.item.raw(), receipt.kind.raw(),
         name(receipt.act), receipt.project.raw(), receipt.remote.raw(), receipt.service_id.raw(),
         std::int64_t{receipt.captured_at.since_epoch.count()},
         std::int64_t{receipt.delivered_at.since_epoch.count()}, proof, receipt.previous.hex(),
         receipt.hash.hex());
  db.run(
      "INSERT INTO receipt_head VALUES(1, ?, ?) ON CONFLICT(one) DO UPDATE "
      "SET number = excluded.number, hash = excluded.hash",
      receipt.number, receipt.hash.hex());
  return receipt;
}

}  // namespace fieldsync::storage
