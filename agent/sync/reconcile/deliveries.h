#pragma once

#include "agent/merge/three_way.h"
#include "agent/sync/remote/context.h"
#include "agent/sync/remote/outcomes.h"

namespace fieldsync::sync {

/// Proves deliveries: compares what the service shows with what was sent, and only when every field
/// and every attachment is there writes the receipt (promise P3). Loop thread only.
class Deliveries {
 public:
  Deliveries(Context& context, Outcomes& outcomes) : context_(context), outcomes_(outcomes) {}

  /// Records were just read from the service: every delivery they prove gets its receipt.
  base::Result<> observed(const base::ProjectId& project,
                          const std::vector<net::RemoteRecord>& records);
  /// Records are about to be taken into the mirror: what was held because one of them was not to be
  /// seen goes on by itself.
  base::Result<> returning(const base::ProjectId& project,
                           const std::vector<net::RemoteRecord>& records);
  /// One intent against the record it is about. A delivery that is not there yet is looked at again
  /// later, and held after tuning::kReadBackMax looks.
  base::Result<> check(const storage::Intent& intent, const net::RemoteRecord& record);
  /// What `record` still lacks of `intent`, one line per thing; empty when all is there.
  base::Result<std::vector<std::string>> missing(const storage::Intent& intent,
                                                 const net::RemoteRecord& record);
  /// A removal is proved by the record's absence.
  base::Result<> removed(const storage::Intent& intent);

 private:
  /// The open acts on these records, each with its record.
  struct Awaited {
    storage::Intent intent;
    const net::RemoteRecord* record;
  };
  base::Result<std::vector<Awaited>> awaited(const base::ProjectId& project,
                                             const std::vector<net::RemoteRecord>& records);
  /// Fields of a delivered edit that somebody has written over since.
  base::Result<std::vector<merge::FieldConflict>> overwritten(const storage::Intent& intent,
                                                              const net::RemoteRecord& record);
  base::Result<> deliver(const storage::Intent& intent, base::Document proof);
  Context& context_;
  Outcomes& outcomes_;
};

}  // namespace fieldsync::sync
