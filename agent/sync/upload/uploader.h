#pragma once

#include <map>
#include <memory>
#include <set>

#include "agent/sync/link/link_reach.h"
#include "agent/sync/plan/planner.h"
#include "agent/sync/remote/outcomes.h"
#include "agent/sync/upload/upload_deadline.h"
#include "agent/sync/upload/upload_lane.h"

namespace fieldsync::sync {

/// Brings the attachments of intents to the service, part by part, several intents taking turns.
/// Each confirmation is saved as it comes: a cut, a kill or a restart costs at most the part whose
/// bytes were leaving (promise P8). The bytes are those bound to their digest at capture. Loop
/// thread only.
class Uploader {
 public:
  Uploader(Context& context, Outcomes& outcomes, net::UploadStyle style);
  ~Uploader();

  /// Goes on with the first attachment that is not ready, until all are, something fails, or the
  /// data plan keeps the rest back. Those in haste go first.
  void upload(base::IntentId id, Haste haste, StepDone done);

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
  struct Run;
  void next(std::shared_ptr<Run> run);
  void make_anew(std::shared_ptr<Run> run);
  void make_plan(std::shared_ptr<Run> run);
  void hash_parts(std::shared_ptr<Run> run, std::size_t part);
  void planned(std::shared_ptr<Run> run);
  void create(std::shared_ptr<Run> run);
  void begin_sending(const std::shared_ptr<Run>& run);
  void send_parts(const std::shared_ptr<Run>& run);
  void send_part(const std::shared_ptr<Run>& run, std::size_t part, UploadLane::Pass pass);
  void part_sent(const std::shared_ptr<Run>& run, std::size_t part, net::HttpOutcome outcome);
  void part_failed(const std::shared_ptr<Run>& run, const base::Failure& failure);
  void all_sent(std::shared_ptr<Run> run);
  void note_progress(const Run& run);
  void part_too_long(const std::shared_ptr<Run>& run, std::size_t part);
  LinkReach::Verdict learn_from_failure(const Run& run, std::size_t part,
                                        const net::HttpOutcome& outcome);
  void keep_learnt();
  void open_storage_ahead();
  void open_service_ahead(Run& run);
  void remember_storage(const std::string& url);
  void complete(std::shared_ptr<Run> run);
  bool tickets_are_old(const Run& run) const;
  void take_status(const std::shared_ptr<Run>& run, net::UploadStatus status);
  void ask_status(const std::shared_ptr<Run>& run);
  void show(const std::shared_ptr<Run>& run, std::function<void(const net::UploadTicket&)> done);
  void renew_tickets(const std::shared_ptr<Run>& run);
  void start_over(const std::shared_ptr<Run>& run, const base::Failure& failure);
  void end(const std::shared_ptr<Run>& run, base::Result<> result);
  void fail(const std::shared_ptr<Run>& run, const base::Failure& failure);

  Context& context_;
  Outcomes& outcomes_;
  net::UploadStyle style_;
  UploadLane lane_;
  std::map<base::IntentId, Progress> progress_;
  /// When the addresses of an upload under way were last told, if later than its creation.
  std::map<base::IntentId, base::WallTime> tickets_from_;
  /// Uploads of an act that the service threw away one after another since the start.
  std::map<base::IntentId, int> restarts_;
  base::ByteCount bytes_sent_ = 0;
  LinkReach reach_;
  /// Acts with a part that left whole and whose answer was lost: the service may have it.
  std::set<base::IntentId> unsure_;
  std::optional<base::WallTime> too_long_at_;  ///< when something was found too long, last
  std::string storage_;                        ///< where the last file went: scheme, host and port
  std::optional<base::Instant> storage_used_;  ///< when a part was last answered there
};

}  // namespace fieldsync::sync
