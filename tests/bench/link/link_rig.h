#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "agent/try/workplace.h"
#include "tests/bench/link/profile.h"
#include "tests/bench/link/timeline.h"
#include "tests/bench/work_folder.h"

namespace fieldsync::bench::link {

/// What makes a measurement impossible; the run goes on with the next profile.
struct Trouble : std::runtime_error {
  using std::runtime_error::runtime_error;
};
template <class T>
T need(base::Result<T> result) {
  if (!result) throw Trouble(result.failure().what);
  return std::move(result).value();
}
inline void need(const base::Result<>& result) {
  if (!result) throw Trouble(result.failure().what);
}

Seconds monotonic_now();

struct RigOptions {
  std::string link_program;
  std::string congestion;  ///< empty: the system's
  std::string project = "tiny";
  double queue_ms = 500;  ///< what waits before a lane at most, at its rate
};

/// A link with the service at its far end and a place for the agent at its near end. This process
/// works in the far namespace while a rig lives, so that it sees the service without the link;
/// programs of the near host are started with `nsenter`. Everything ends with it. One at a time.
class LinkRig {
 public:
  LinkRig(const Profile& profile, const RigOptions& options);
  ~LinkRig();
  LinkRig(const LinkRig&) = delete;
  LinkRig& operator=(const LinkRig&) = delete;

  /// Login, follow, agent up, first mirror complete: over the link, without its cuts.
  void begin();
  trial::Workplace& place() { return *place_; }
  const trial::Waiting& waiting() const { return waiting_; }
  /// start (the schedule of cuts begins), steady, down and up (with the carrier).
  void tell(const std::string& word) const;
  Timeline timeline() const { return read_timeline(folder_ / "trace"); }

  /// Effects at the service so far, as "create photo", "update rfi".
  std::int64_t effects(const std::string& verb, const std::string& kind);
  /// Bytes of the longest part that arrived so far: what a kill may cost.
  base::ByteCount largest_part();
  /// A picture of its own, in a file.
  std::string picture(base::ByteCount size);
  /// Nothing open that is not held, and nothing under way.
  bool is_drained();

  /// A program on one of the hosts, for the peers: the path of a wrapper to run.
  std::string near_path() const { return near_; }
  std::string operator/(const std::string& name) const { return folder_ / name; }

 private:
  void start_link(const Profile& profile, const RigOptions& options);
  void open_place(const RigOptions& options);

  WorkFolder folder_;
  std::unique_ptr<platform::Clock> clock_;
  trial::Waiting waiting_;
  int home_ = -1;  ///< the namespace to come back to
  std::string near_;
  std::unique_ptr<platform::ChildProcess> link_;
  std::unique_ptr<trial::Workplace> place_;
  std::uint64_t pictures_ = 0;
};

}  // namespace fieldsync::bench::link
