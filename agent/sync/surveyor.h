#pragma once

#include <map>
#include <set>

#include "agent/sync/plan/planner.h"
#include "agent/sync/pull/auditor.h"
#include "agent/sync/pull/disk_room.h"
#include "agent/sync/remote/context.h"
#include "agent/sync/remote/rights.h"
#include "agent/sync/upload/picture_rules.h"

namespace fieldsync::sync {

/// Gathers from the stores what the next plan has to know; bounded, whatever the queue's length.
/// Loop thread only.
class Surveyor {
 public:
  Surveyor(Context& context, const RightsReader& rights, DiskRoom& room,
           const PictureRules& pictures)
      : context_(context),
        rights_(rights),
        room_(room),
        pictures_(pictures),
        auditor_(context),
        started_(context.now()) {}

  /// Everything but what is in flight, which the engine adds.
  base::Result<Situation> survey();
  /// A round that a person asked for is due at once; `sweep` may ask for more than changes.
  base::Result<> ask_for_rounds(net::Sweep sweep);
  /// A person does not trust what is kept of the tool: everything of it is read again, whatever its
  /// stamps say. Returns how many records that is.
  base::Result<int> distrust(const base::ProjectId& project, const std::string& tool);
  /// The same of one record, whether or not it is believed to be there.
  base::Result<> distrust(const storage::RecordKey& key);
  /// The record was looked at, and was there or not.
  void looked_at(const storage::RecordKey& key) { asked_for_.erase(key); }
  /// The full look at this record failed: not planned again before `at`.
  void hold_back_show(const storage::RecordKey& key, base::WallTime at);

  /// The network is another one, perhaps: one original that waits for a good link is let go, and
  /// tells what this one carries.
  void try_originals() { trial_at_ = {}; }
  /// A person waits for this file, whatever the mirror wants.
  base::Result<> await_file(const storage::RecordKey& key, const std::string& slot);
  /// A try to fetch the file ended, well or not.
  void fetched(const storage::RecordKey& key, const std::string& slot);
  /// The upload of this act begins: if it tries the link out, the next try is an hour from now.
  void begun(base::IntentId intent);

 private:
  void survey_budgets(Situation& situation);
  base::Result<> survey_tools(Situation& situation);
  base::Result<> survey_intents(Situation& situation);
  base::Result<> survey_reading(Situation& situation);
  base::Result<> survey_downloads(Situation& situation);
  base::Result<IntentFacts> facts_of(storage::Intent intent, const Situation& situation);
  base::Result<> add_urgent(std::vector<storage::Intent>& due);
  /// What is at the service of the intent's files, what is not, and until when.
  base::Result<> survey_uploads(IntentFacts& facts, const storage::Intent& intent,
                                const Situation& situation);
  IntentFacts::Bytes bytes_of(const storage::Intent& intent, Haste haste) const;
  void let_one_original_go(Situation& situation);
  base::Result<> survey_awaited(Situation& situation);
  base::Result<bool> is_barred(const storage::Intent& intent);
  base::Result<bool> has_unseen_file(const storage::Intent& intent);
  base::Result<IntentFacts::Sight> sight_of(const storage::Intent& intent, const ToolFacts* tool);

  Context& context_;
  const RightsReader& rights_;
  DiskRoom& room_;
  const PictureRules pictures_;
  Auditor auditor_;
  base::WallTime started_;
  std::map<storage::RecordKey, base::WallTime> shows_held_back_;
  std::set<storage::RecordKey> asked_for_;  ///< by a person, and not looked at since
  struct Awaited {
    base::WallTime again_at{};
    int tries = 0;
  };
  std::map<std::pair<storage::RecordKey, std::string>, Awaited> awaited_;  ///< files by slot
  base::WallTime trial_at_{};  ///< when the next original is let go on a link that seems poor
  base::IntentId trial_{};     ///< the one that may be
};

}  // namespace fieldsync::sync
