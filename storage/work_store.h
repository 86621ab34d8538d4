#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "storage/database.h"
#include "storage/work_types.h"

namespace fieldsync::storage {

/// What was done to open a damaged work.db.
struct Salvage {
  Path damaged_copy;  ///< the damaged file, set aside whole
  std::int64_t rows_kept = 0;
  std::vector<std::string> lost;  ///< one line per row or table that could not be read
};

/// work.db: what only this machine knows. Every public function is one transaction with
/// synchronous=FULL: when it returns success, it is durable (promise P1). Loop thread only.
class WorkStore {
 public:
  struct Opened {
    std::unique_ptr<WorkStore> store;
    std::optional<Salvage> salvage;
  };
  /// Opens or creates `folder`/work.db. A damaged file is salvaged row by row into a new one and
  /// the damaged one kept beside it. newer_version when it was written by a newer program.
  static Result<Opened> open(const Path& folder, const DatabaseOptions& options, WallTime now);
  ~WorkStore();

  // --- Intents -----------------------------------------------------------------------------------
  /// Adds the intents in order; ids, states (queued, or waiting when an earlier open intent of the
  /// same item or of `depends_on` is not done) are set here. `depends_on` stays set only while the
  /// intent waits. limit_reached past tuning::kOpenIntentsMax open ones; bad_input when
  /// `depends_on` names an intent that is missing or was cancelled.
  Result<std::vector<Intent>> add(std::vector<Intent> intents);
  Result<std::optional<Intent>> intent(IntentId id);
  /// Replaces everything of the row but its id.
  Result<> update(const Intent& intent);
  /// Also releases intents that waited for it, when it blocks them no more.
  Result<> update_and_release(const Intent& intent);
  /// One intent becomes two in one transaction: `rest` is rewritten, `apart` added as it stands
  /// (state and cause included). Returns `apart` with its id.
  Result<Intent> split_off(const Intent& rest, Intent apart);
  /// Several acts change together, all or none, ids ascending. One that is queued now takes its
  /// place in the order again (it waits behind an earlier open act of its item); what waited for
  /// one that blocks nobody any more is released.
  Result<> change(std::vector<Intent> changed);
  /// A person's decision in one transaction: `changed` as `change` does it, `added` as `add` does,
  /// and the resolution kept for undo. Fills in its number, `before` and `after`.
  Result<Resolution> decide(std::vector<Intent> changed, std::vector<Intent> added,
                            Resolution resolution);
  /// The latest decision about the item.
  Result<std::optional<Resolution>> last_resolution(const RecordId& item);
  /// `changed` as `change` does it; the resolution is forgotten.
  Result<> undo(const Resolution& resolution, std::vector<Intent> changed);
  /// Up to `limit` intents that may be worked on at `now`: queued or in_doubt or sent with
  /// next_attempt <= now. Small ones (no attachments) first, then by id; a share of the places is
  /// always left for ones with attachments.
  Result<std::vector<Intent>> due(const RemoteName& remote, WallTime now, int limit);
  /// The earliest next_attempt of an intent that is not due at `now`.
  Result<std::optional<WallTime>> next_due(const RemoteName& remote, WallTime now);
  Result<std::vector<Intent>> open_intents_of(const RecordId& item);
  /// Every intent of the item, oldest first, ended ones included.
  Result<std::vector<Intent>> intents_of(const RecordId& item);
  /// Open intents (and, if asked, ended ones) after `after`, oldest first: for paging.
  enum class Which { open, all };
  Result<std::vector<Intent>> page(Which which, IntentId after, int limit);
  /// Calls `visit` for every open intent, oldest first, until it fails. It may change intents:
  /// those of the page under way are seen as they were when it was read.
  Result<> each_open(const std::function<Result<>(const Intent&)>& visit);
  Result<QueueCounts> counts();
  /// Items of open creates of this kind: records that exist only here so far.
  Result<std::vector<RecordId>> local_items(const ProjectId& project, const KindId& kind);
  /// Items of this kind that have any open intent.
  Result<std::vector<RecordId>> items_with_open_intents(const ProjectId& project,
                                                        const KindId& kind);
  /// Clears next_attempt of open intents (of `item`, or all): "try now".
  Result<int> make_due(const std::optional<RecordId>& item);
  /// Open intents of this kind in `state` (and of `act`, when given) become due at `until` at the
  /// earliest: where they would go is in trouble. Returns how many were moved.
  Result<int> postpone(const RemoteName& remote, const KindId& kind, IntentState state,
                       std::optional<Act> act, WallTime until);
  /// Open intents that wait with this cause become due at `at` at the latest.
  Result<> hasten(const RemoteName& remote, base::Cause cause, WallTime at);
  /// Every `sending` becomes `in_doubt`, uploads in `creating` become `planned`, and what waits for
  /// an intent that is done or gone is released: called once after a start. Returns the number of
  /// intents in doubt.
  Result<int> recover_after_restart();

  // --- Ids ---------------------------------------------------------------------------------------
  /// The service id of a record captured here, once it is known.
  Result<std::optional<ServiceId>> bound_id(const RecordId& item);
  /// The local id that a service record was captured under here, if it was.
  Result<std::optional<RecordId>> bound_item(const KindId& kind, const ProjectId& project,
                                             const ServiceId& id);
  /// Whether some intent already owns this service id as its outcome (record or reply): a look-up
  /// must not take it for another one.
  Result<bool> is_claimed(const KindId& kind, const ProjectId& project, const ServiceId& id);
  /// Records the service's yes: state `sent`, the result id, the binding of a create; one
  /// transaction. Releases what waited for it.
  Result<> record_sent(Intent intent);
  /// For an intent that the service answered with a record another intent was matched to: two equal
  /// captures were mixed up, the record is this one's, and the other one's has still to be made.
  /// The two trade tokens and `intent` is queued to make it, in one transaction. False, and nothing
  /// done, when no other intent owns the record.
  Result<bool> trade_if_claimed(Intent intent, const ServiceId& made);
  /// Receipt, state `delivered`, uploads of the intent forgotten; one transaction. Returns the
  /// receipt with its number and hashes.
  Result<Receipt> record_delivered(Intent intent, Receipt receipt);

  // --- Uploads -----------------------------------------------------------------------------------
  Result<> save_upload(const Upload& upload);
  Result<std::optional<Upload>> upload(IntentId intent, int position);
  Result<std::vector<Upload>> uploads_of(IntentId intent);
  /// One part's confirmation; leaves the other parts alone.
  Result<> save_part_etag(IntentId intent, int position, int part, const std::string& etag);
  Result<> forget_upload(IntentId intent, int position);

  // --- Blobs -------------------------------------------------------------------------------------
  /// Digests of all originals that an open intent needs.
  Result<std::vector<Digest>> needed_blobs();

  // --- Receipts ----------------------------------------------------------------------------------
  Result<std::vector<Receipt>> receipts(const std::optional<RecordId>& item, std::int64_t after,
                                        int limit);
  struct ChainCheck {
    std::int64_t rows = 0;
    std::vector<std::string> faults;  ///< empty: the chain holds
  };
  Result<ChainCheck> verify_receipts();

  // --- Settings ----------------------------------------------------------------------------------
  Result<std::vector<Follow>> follows();
  Result<> save_follow(const Follow& follow);
  Result<> remove_follow(const RemoteName& remote, const ProjectId& project);
  Result<std::string> setting(std::string_view name);  ///< "" when unset
  Result<> save_setting(std::string_view name, std::string_view value);

  Result<std::string> integrity();
  /// Whether this database was made from a damaged one, and rows may be missing.
  Result<bool> was_salvaged();
  /// For a time of rest: cached pages go, up to 2 MB; what is needed again is read again.
  void release_memory();

 private:
  explicit WorkStore(std::unique_ptr<Database> database);
  std::unique_ptr<Database> db_;
  /// One above every id that was ever used, also by rows that a salvage lost.
  std::int64_t next_id_ = 1;
};

}  // namespace fieldsync::storage
