#include <mutex>
#include <ostream>

#include "agent/api/local_api.h"
#include "agent/app/machine.h"
#include "agent/app/open_session.h"
#include "platform/atomic_file.h"
#include "platform/base/text.h"
#include "platform/event_loop.h"
#include "platform/host.h"
#include "platform/network_monitor.h"
#include "platform/service_host.h"
#include "platform/terminal.h"

// `fieldsync run`. A stop may come at any moment, also while the stores are being opened.

namespace fieldsync::app {
namespace {

using base::Result;

/// What a stop from another thread reaches: the loop once there is one, a mark before.
class StopSwitch {
 public:
  void stop() {
    const std::lock_guard hold(mutex_);
    is_stopped_ = true;
    if (loop_) loop_->stop();
  }
  /// Whether the loop may run; from then on `stop` ends it.
  bool watch(platform::ThreadLoop& loop) {
    const std::lock_guard hold(mutex_);
    loop_ = &loop;
    return !is_stopped_;
  }
  void forget() {
    const std::lock_guard hold(mutex_);
    loop_ = nullptr;
  }

 private:
  std::mutex mutex_;
  bool is_stopped_ = false;
  platform::ThreadLoop* loop_ = nullptr;
};

Result<> announce(const cli::RunOptions& options, cli::Surroundings& around,
                  const base::Path& state) {
  around.out << "fieldsync is ready: " << base::printable(state) << std::endl;
  if (options.ready_file.empty()) return {};
  return platform::write_atomically(around.files, options.ready_file, "ready\n",
                                    platform::FileSystem::Access::shared);
}

Result<> serve(const cli::Place& place, const cli::RunOptions& options, cli::Surroundings& around,
               StopSwitch& stop_switch) {
  const bool on_terminal = platform::is_terminal(platform::Stream::error);
  TRY_ASSIGN(const auto machine,
             Machine::open(place.config, on_terminal ? Machine::LogTo::file_and_stderr
                                                     : Machine::LogTo::file_only));
  for (const base::Failure& notice : machine->agent().notices()) {
    around.err << "fieldsync: " << base::printable(notice.what) << std::endl;
    machine->log().warning("agent.notice",
                           {{"cause", base::info(notice.cause).id}, {"what", notice.what}});
  }
  TRY_ASSIGN(base::Secret token, api::api_token(machine->files(), place.state));
  api::LocalApi local_api(machine->loop(), machine->agent().commands(),
                          machine->agent().originals(), std::move(token), machine->log());
  TRY(api::open_door(local_api, machine->files(), place.state, run_folder()));
  if (!stop_switch.watch(machine->loop())) return {};
  machine->log().info("agent.start", {{"version", FIELDSYNC_VERSION}, {"state", place.state}});
  machine->agent().start();
  const auto monitor = platform::watch_network(machine->loop(), [&] {
    machine->log().info("network.changed");
    machine->look_at_network();
    machine->agent().link_changed();
  });
  const auto announced = announce(options, around, place.state);
  if (announced.ok()) machine->loop().run();
  stop_switch.forget();
  local_api.close();
  machine->log().info("agent.stop");
  return announced;
}

}  // namespace

int run_agent(const cli::Place& place, const cli::RunOptions& options, cli::Surroundings& around) {
  StopSwitch stop_switch;
  const platform::ServiceEvents events{
      [&] { stop_switch.stop(); },
      [&] { around.err << "fieldsync: the config is read at the start only" << std::endl; }};
  return platform::run_as_service(events, [&] {
    const auto served = serve(place, options, around, stop_switch);
    if (served.ok()) return 0;
    around.err << "fieldsync: " << base::printable(base::sentence(served.failure())) << std::endl;
    return 1;
  });
}

}  // namespace fieldsync::app
