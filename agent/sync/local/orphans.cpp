#include "agent/sync/local/orphans.h"

#include "agent/sync/local/tuning.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::Done;
using base::Result;
using base::WallTime;

namespace {

constexpr int kPrefixes = 256;
constexpr std::string_view kWatchedFrom = "originals.watched_from";
constexpr std::string_view kSweptAt = "originals.swept_at";

}  // namespace

WallTime OrphanSweep::before() const { return context_.now() - tuning::kOrphanGrace; }

Result<OrphanSweep::More> OrphanSweep::sweep() {
  switch (phase_) {
    case Phase::rest:
      return begin();
    case Phase::listing:
      return list_some();
    case Phase::weighing:
      return weigh_some();
  }
  FS_CHECK(false);
}

Result<OrphanSweep::More> OrphanSweep::begin() {
  TRY_ASSIGN(const std::string swept, context_.work.setting(kSweptAt));
  const auto swept_at = base::parse_iso(swept);
  const bool done_today = swept_at && *swept_at <= context_.now() &&
                          *swept_at + tuning::kOrphanInterval > context_.now();
  if (done_today) return More::none;
  TRY_ASSIGN(const bool salvaged, context_.work.was_salvaged());
  if (salvaged) return More::none;
  const std::string now = base::to_iso_seconds(context_.now());
  TRY_ASSIGN(const std::string watched, context_.work.setting(kWatchedFrom));
  const auto watched_from = base::parse_iso(watched);
  if (!watched_from) {
    // What is there already may belong to another work.db than this one.
    TRY(context_.work.save_setting(kWatchedFrom, now));
  }
  TRY(context_.work.save_setting(kSweptAt, now));
  if (!watched_from) return More::none;
  watched_from_ = *watched_from;
  candidates_.clear();
  listed_ = 0;
  phase_ = Phase::listing;
  return More::soon;
}

/// One folder. With more candidates than may be held, the next sweep goes on behind them.
Result<OrphanSweep::More> OrphanSweep::list_some() {
  TRY_ASSIGN(const auto digests, context_.originals.listed(static_cast<std::uint8_t>(prefix_)));
  for (const base::Digest& digest : digests) {
    TRY_ASSIGN(const auto since, context_.originals.kept_since(digest));
    if (since && *since >= watched_from_ && *since < before()) candidates_.insert(digest);
  }
  prefix_ = (prefix_ + 1) % kPrefixes;
  const bool enough = ++listed_ == kPrefixes || candidates_.size() >= tuning::kOrphansLookedAtMax;
  if (!enough) return More::soon;
  after_ = base::IntentId(0);
  phase_ = candidates_.empty() ? Phase::rest : Phase::weighing;
  return candidates_.empty() ? More::none : More::soon;
}

/// A page of acts: what they refer to is no orphan. Uploads refer to the bytes of their act only.
Result<OrphanSweep::More> OrphanSweep::weigh_some() {
  TRY_ASSIGN(const auto page,
             context_.work.page(storage::WorkStore::Which::all, after_, tuning::kOrphanActsPage));
  for (const storage::Intent& intent : page) {
    after_ = intent.id;
    if (intent.cause == base::Cause::work_damaged) {
      // Nobody can read what it refers to.
      phase_ = Phase::rest;
      return More::none;
    }
    for (const storage::Attachment& attachment : intent.attachments) {
      candidates_.erase(attachment.blob);
    }
    for (const storage::Attachment& kept : intent.kept) candidates_.erase(kept.blob);
  }
  if (static_cast<int>(page.size()) == tuning::kOrphanActsPage && !candidates_.empty()) {
    return More::soon;
  }
  phase_ = Phase::rest;
  TRY(remove_orphans());
  return More::none;
}

Result<> OrphanSweep::remove_orphans() {
  int removed = 0;
  for (const base::Digest& digest : candidates_) {
    if (removed >= tuning::kOrphansRemovedMax) break;  // the rest at the next sweep
    TRY_ASSIGN(const auto removal, context_.originals.remove_if_older(digest, before()));
    if (removal == storage::BlobStore::Removal::removed) ++removed;
  }
  candidates_.clear();
  if (removed > 0) context_.log.info("originals.swept", {{"orphans", removed}});
  return Done{};
}

}  // namespace fieldsync::sync
