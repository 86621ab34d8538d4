#pragma once

#include <map>
#include <memory>

#include "agent/sync/remote/outcomes.h"
#include "agent/sync/upload/open_ahead.h"
#include "agent/sync/upload/part_sender.h"
#include "agent/sync/upload/upload_run.h"

namespace fieldsync::sync {

/// Brings the attachments of intents to the service: plans and announces each, has its parts sent
/// (part_sender.h), completes it. What is reached is saved step by step, so that the next attempt
/// goes on from there. The bytes are those bound to their digest at capture. Loop thread only.
class Uploader {
 public:
  Uploader(Context& context, Outcomes& outcomes, net::UploadStyle style);

  /// Goes on with the first attachment that is not ready, until all are, something fails, or the
  /// data plan keeps the rest back. Those in haste go first.
  void upload(base::IntentId id, Haste haste, StepDone done);

  /// The network is another one, perhaps.
  base::Result<> network_changed() { return sender_.network_changed(); }

  /// How far its parts are.
  const PartSender& sender() const { return sender_; }

 private:
  using Run = std::shared_ptr<UploadRun>;
  void next(Run run);
  void make_anew(Run run);
  void make_plan(Run run);
  void hash_parts(Run run, std::size_t part);
  void planned(const Run& run);
  void create(const Run& run);
  void send_parts(const Run& run);
  void parts_ended(const Run& run, const SendEnd& end);
  void all_sent(const Run& run);
  void complete(const Run& run);
  void take_status(const Run& run, net::UploadStatus status);
  void ask_status(const Run& run);
  void show(const Run& run, std::function<void(const net::UploadTicket&)> done);
  void renew_tickets(const Run& run);
  void start_over(const Run& run, const base::Failure& failure);
  void end(const Run& run, base::Result<> result);
  void fail(const Run& run, const base::Failure& failure);

  Context& context_;
  Outcomes& outcomes_;
  net::UploadStyle style_;
  OpenAhead ahead_;
  PartSender sender_;
  /// When the addresses of an upload under way were last told, if later than its creation.
  std::map<base::IntentId, base::WallTime> tickets_from_;
  /// Uploads lost since the start, by act; past tuning::kCutActsMax acts the memory starts anew.
  std::map<base::IntentId, int> restarts_;
};

}  // namespace fieldsync::sync
