#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "agent/sync/link/link_reach.h"
#include "agent/sync/upload/open_ahead.h"
#include "agent/sync/upload/upload_lane.h"
#include "agent/sync/upload/upload_run.h"

namespace fieldsync::sync {

/// Carries the parts of announced files to where the service wants them, and learns of the link
/// from how they fare. Each confirmation is saved as it comes: a cut, a kill or a restart costs at
/// most the part whose bytes were leaving (promise P8). Loop thread only.
class PartSender {
 public:
  using Run = std::shared_ptr<UploadRun>;
  using Ended = std::function<void(const Run&, const SendEnd&)>;

  /// `ended` is told of each run how its sending ended, when no part of it is under way any more.
  PartSender(Context& context, OpenAhead& ahead, Ended ended);

  /// Sends the parts that are not confirmed.
  void send(const Run& run);
  /// Whether a part of the act left whole and its answer was lost, so that the service may have it;
  /// asked for once.
  bool take_unsure(base::IntentId intent) { return unsure_.erase(intent) != 0; }
  /// The attempt at the act's files ended.
  void forget(base::IntentId intent) { progress_.erase(intent); }

  /// What was too long for the link may not be for another one: it is tried again, soon.
  base::Result<> network_changed();

  struct Progress {
    base::IntentId intent;
    base::ByteCount sent = 0;  ///< confirmed parts and what of the current one has left
    base::ByteCount total = 0;
  };
  /// The first of the uploads under way, for `status` and `queue`.
  std::optional<Progress> progress() const;
  /// Bytes of parts sent since the start, those sent again included.
  base::ByteCount bytes_sent() const { return bytes_sent_; }

 private:
  void line_up(const Run& run);
  void quiet(Run run, const SendEnd& end);
  void send_part(const Run& run, std::size_t part, UploadLane::Pass pass);
  void moved(UploadRun& run, std::size_t part, base::ByteCount sent, base::Instant began,
             UploadLane::Pass pass);
  void part_sent(const Run& run, std::size_t part, net::HttpOutcome outcome);
  void part_failed(UploadRun& run, const base::Failure& failure);
  void part_too_long(UploadRun& run, std::size_t part);
  LinkReach::Verdict learn_from_failure(const UploadRun& run, std::size_t part,
                                        const net::HttpOutcome& outcome);
  void keep_learnt();
  void note_progress(const UploadRun& run);
  bool tickets_are_old(const UploadRun& run) const;

  Context& context_;
  OpenAhead& ahead_;
  const Ended ended_;
  UploadLane lane_;
  std::map<base::IntentId, Progress> progress_;
  base::ByteCount bytes_sent_ = 0;
  LinkReach reach_;
  /// Acts with a part that left whole and whose answer was lost: the service may have it.
  std::set<base::IntentId> unsure_;
  std::optional<base::WallTime> too_long_at_;  ///< when something was found too long, last
};

}  // namespace fieldsync::sync
