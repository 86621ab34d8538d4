#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "agent/sync/local/orphans.h"
#include "agent/sync/plan/planner.h"
#include "agent/sync/pull/downloader.h"
#include "agent/sync/push/pusher.h"
#include "agent/sync/remote/rights.h"
#include "agent/sync/surveyor.h"
#include "agent/sync/upload/renderer.h"
#include "agent/sync/upload/uploader.h"

namespace fieldsync::sync {

struct EngineOptions {
  base::Millis poll_interval{0};
  net::UploadStyle upload_style = net::UploadStyle::segmented;
  PictureRules photos = {};
};

/// The loop of one remote: survey, plan, perform; every outcome is recorded before the next plan.
/// It sleeps until an event or the time the plan named. Loop thread only.
class Engine {
 public:
  Engine(platform::Host& host, net::HttpTransport& transport, base::Log& log, Remote& remote,
         storage::WorkStore& work, storage::MirrorStore& mirror, storage::BlobStore& originals,
         storage::BlobStore& files, DiskRoom& room, const EngineOptions& options);

  /// Begins to work. Before that nothing leaves.
  void start();
  /// Something changed (a capture, a follow, a login): plan anew, soon.
  void nudge();
  /// There is evidence that the link may work again: its probe goes at once.
  void link_changed();
  /// The way out leads over `interface` now, and may cost something else.
  void network_is(const std::string& interface);
  /// A person wants everything tried now: pauses end, rounds are due.
  base::Result<> sync_now(net::Sweep sweep);

  /// A person wants what is kept here of a tool, or of one record, to be read anew, whatever its
  /// stamps say. Returns how many records that is.
  base::Result<int> read_anew(const base::ProjectId& project, const std::string& tool);
  base::Result<> read_anew(const storage::RecordKey& key);

  /// What the next plan would be, and the keys of the steps under way: for people to read.
  struct Ahead {
    Plan plan;
    std::set<std::string> under_way;
  };
  base::Result<Ahead> look_at_plan();
  /// A person waits for this file of a record: it is fetched before all others.
  base::Result<> await_file(const storage::RecordKey& key, const std::string& slot);

  /// Whether a step of the record's acts is under way.
  bool is_under_way(const base::RecordId& item) const { return busy_.count(item_key(item)) != 0; }
  /// Nothing is under way and nothing becomes due within tuning::kSoon.
  bool is_idle() const;
  std::optional<PartSender::Progress> upload_progress() const {
    return uploader_.sender().progress();
  }
  base::ByteCount upload_bytes_sent() const { return uploader_.sender().bytes_sent(); }
  /// Trouble with this machine's own disk, while it lasts.
  const std::optional<base::Failure>& trouble() const { return trouble_; }
  /// When work goes on after trouble, if it can.
  base::WallTime trouble_until() const { return trouble_until_; }
  /// Called after every recorded outcome.
  std::function<void()> on_change;
  /// Called when a link that was shut works again.
  std::function<void()> on_link_back;

 private:
  void think();
  base::Result<Situation> survey();
  void forecast_for_itself();
  void keep_hour();
  void keep_learnt();
  void perform(const Step& step);
  void finish(const Step& step, const base::Result<>& result);
  void perform_show(const Step& step, const StepDone& done);
  void wake_at(base::WallTime at);
  void rest_when_idle();
  void release_memory();
  void tidy_originals();
  void tidy_files();
  void in_trouble(const base::Failure& failure);

  platform::Host& host_;
  Remote& remote_;
  Courier courier_;
  Context context_;
  DiskRoom& room_;
  Outcomes outcomes_;
  Deliveries deliveries_;
  RightsReader rights_;
  Puller puller_;
  Finder finder_;
  Pusher pusher_;
  Uploader uploader_;
  Downloader downloader_;
  Renderer renderer_;
  Surveyor surveyor_;
  OrphanSweep orphans_;
  platform::Random random_;

  enum class Phase { stopped, running } phase_ = Phase::stopped;
  std::map<std::string, std::string> busy_;  ///< keys of steps under way, with their endpoints
  int calls_ = 0, uploads_ = 0, downloads_ = 0;
  std::optional<platform::TimerId> timer_;
  std::optional<base::WallTime> wake_;
  enum class Thought { none, posted } thought_ = Thought::none;
  /// Whether something was done since the last rest.
  enum class Rest { due, taken } rest_ = Rest::due;
  /// When memory was last given back, and what had been received by then.
  std::optional<base::Instant> released_at_;
  base::ByteCount released_after_ = 0;
  /// When the agent may give itself the next forecast.
  base::WallTime next_forecast_{};
  std::optional<HourBudget> hour_kept_;
  std::optional<base::Failure> trouble_;
  base::WallTime trouble_until_{};
  /// Troubles of the disk in a row, none of them long after the one before.
  int troubles_ = 0;
};

}  // namespace fieldsync::sync
