#include <ostream>

#include "agent/api/local_api.h"
#include "agent/app/machine.h"
#include "agent/app/open_session.h"
#include "agent/app/stop_switch.h"
#include "platform/atomic_file.h"
#include "platform/base/text.h"
#include "platform/group_access.h"
#include "platform/host.h"
#include "platform/network_monitor.h"
#include "platform/power_monitor.h"
#include "platform/service_host.h"
#include "platform/terminal.h"

// `fieldsync run`. A stop may come at any moment, also while the stores are being opened.

namespace fieldsync::app {
namespace {

using base::Result;

Result<> announce(const cli::RunOptions& options, cli::Surroundings& around,
                  const base::Path& state) {
  around.out << "fieldsync is ready: " << base::printable(state) << std::endl;
  platform::tell_service_state(platform::ServiceState::ready);
  if (options.ready_file.empty()) return {};
  return platform::write_atomically(around.files, options.ready_file, "ready\n",
                                    platform::FileSystem::Access::shared);
}

Machine::LogTo log_to() {
  if (platform::is_terminal(platform::Stream::error)) return Machine::LogTo::file_and_stderr;
  return platform::has_journal() ? Machine::LogTo::file_and_journal : Machine::LogTo::file_only;
}

void tell_notices(Machine& machine, cli::Surroundings& around) {
  for (const base::Failure& notice : machine.agent().notices()) {
    around.err << "fieldsync: " << base::printable(notice.what) << std::endl;
    machine.log().warning("agent.notice",
                          {{"cause", base::info(notice.cause).id}, {"what", notice.what}});
  }
}

/// The door for this machine's people.
Result<> open_door(api::LocalApi& local_api, Machine& machine, const base::Path& state,
                   cli::RunOptions::People people) {
  TRY(api::open_door(local_api, machine.files(), state, run_folder()));
  if (people == cli::RunOptions::People::owner) return {};
  for (const base::Path& file : api::door_files(machine.files(), state)) {
    TRY(platform::let_group_use(file));
  }
  return {};
}

std::string_view event_name(platform::PowerEvent event) {
  switch (event) {
    case platform::PowerEvent::falls_asleep:
      return "power.falls_asleep";
    case platform::PowerEvent::woke_up:
      return "power.woke_up";
    case platform::PowerEvent::person_came:
      return "power.person_came";
  }
  return "";
}

/// Tells the system twice in each of its intervals that the loop turns.
void keep_alive(platform::ThreadLoop& loop, const platform::Clock& clock) {
  const auto interval = platform::watchdog_interval();
  if (!interval) return;
  platform::tell_service_alive();
  loop.call_at(clock.now() + *interval / 2, [&loop, &clock] { keep_alive(loop, clock); });
}

Result<> serve(const cli::Place& place, const cli::RunOptions& options, cli::Surroundings& around,
               StopSwitch& stop_switch) {
  TRY_ASSIGN(const auto machine, Machine::open(place.config, log_to()));
  tell_notices(*machine, around);
  TRY_ASSIGN(base::Secret token, api::api_token(machine->files(), place.state));
  api::LocalApi local_api(machine->loop(), machine->agent().commands(),
                          machine->agent().originals(), std::move(token), machine->log());
  TRY(open_door(local_api, *machine, place.state, options.people));
  if (!stop_switch.watch(machine->loop())) {
    stop_switch.forget();
    return {};
  }
  machine->log().info("agent.start", {{"version", FIELDSYNC_VERSION}, {"state", place.state}});
  machine->agent().on_status(platform::tell_service_status);
  machine->agent().start();
  keep_alive(machine->loop(), around.clock);
  const auto links = platform::watch_network(machine->loop(), [&] {
    machine->log().info("network.changed");
    machine->look_at_network();
    machine->agent().link_changed();
  });
  const auto power = platform::watch_power(machine->loop(), [&](platform::PowerEvent event) {
    machine->log().info(event_name(event));
    if (event != platform::PowerEvent::falls_asleep) machine->agent().link_changed();
  });
  const auto announced = announce(options, around, place.state);
  if (announced.ok()) machine->loop().run();
  stop_switch.forget();
  local_api.close();
  machine->log().info("agent.stop");
  return announced;
}

/// Serves until a stop; with each reload as the config file says then. One with faults changes
/// nothing.
Result<> serve_until_stop(cli::Place place, const cli::RunOptions& options,
                          cli::Surroundings& around, StopSwitch& stop_switch) {
  while (true) {
    TRY(serve(place, options, around, stop_switch));
    if (stop_switch.take() != StopSwitch::Wish::reload) return {};
    auto again = options.read_again();
    if (again.ok()) {
      place = std::move(*again);
    } else {
      for (const std::string& fault : base::split(again.failure().what, '\n')) {
        around.err << "fieldsync: " << base::printable(fault) << std::endl;
      }
      around.err << "fieldsync: the config is not taken; what was read before holds" << std::endl;
    }
  }
}

}  // namespace

int run_agent(const cli::Place& place, const cli::RunOptions& options, cli::Surroundings& around) {
  StopSwitch stop_switch;
  const platform::ServiceEvents events{
      [&] {
        platform::tell_service_state(platform::ServiceState::stopping);
        stop_switch.stop();
      },
      [&] {
        platform::tell_service_state(platform::ServiceState::reloading);
        stop_switch.reload();
      }};
  return platform::run_as_service(events, [&] {
    const auto served = serve_until_stop(place, options, around, stop_switch);
    if (served.ok()) return 0;
    const std::string why = base::printable(base::sentence(served.failure()));
    platform::tell_service_failure(why);
    around.err << "fieldsync: " << why << std::endl;
    return 1;
  });
}

}  // namespace fieldsync::app
