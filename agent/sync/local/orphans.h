#pragma once

#include <set>

#include "agent/sync/remote/context.h"

namespace fieldsync::sync {

/// Finds bytes in `originals/` that belong to no act: staged by a command that ended before its act
/// was kept. Only such bytes go, never those of an act, ended ones included, and never in doubt
/// (promise P1): they must be older than tuning::kOrphanGrace, staged since this work.db is
/// watched, and work.db must never have been salvaged, for what a salvage lost may be theirs. The
/// last look at the acts and the removal are one turn of the loop, in which no act can come in;
/// bytes that are staged again at that moment count as new (`BlobStore::remove_if_older`). Loop
/// thread only.
class OrphanSweep {
 public:
  explicit OrphanSweep(Context& context) : context_(context) {}

  /// One slice of the work, a few milliseconds. none: until the next day, or never.
  enum class More { none, soon };
  base::Result<More> sweep();

 private:
  base::Result<More> begin();
  base::Result<More> list_some();
  base::Result<More> weigh_some();
  base::Result<> remove_orphans();
  base::WallTime before() const;

  Context& context_;
  enum class Phase { rest, listing, weighing } phase_ = Phase::rest;
  base::WallTime watched_from_{};
  int prefix_ = 0;  ///< the next folder of originals to list
  int listed_ = 0;  ///< folders listed in this sweep
  base::IntentId after_{0};
  std::set<base::Digest> candidates_;
};

}  // namespace fieldsync::sync
