#include <CLI/CLI.hpp>

#include "agent/cli/context.h"

// `fieldsync service`: the agent as a service of this machine.

namespace fieldsync::cli {

void add_service_commands(CLI::App& app, Chosen& chosen) {
  CLI::App* service = app.add_subcommand("service", "Run the agent as a service of this machine");
  service->require_subcommand(1);
  const auto add = [&](const char* name, const char* about, ServiceOptions::Act act) {
    service->add_subcommand(name, about)->callback([act, &chosen] {
      chosen.action = [act](Context& context) {
        return context.around().run_service(ServiceOptions{act}) == 0 ? Exit::done : Exit::failed;
      };
    });
  };
  using Act = ServiceOptions::Act;
  add("install", "Start the agent now and at every boot", Act::install);
  add("remove", "Stop it for good; unsent work is kept", Act::remove);
  add("start", "Start it now", Act::start);
  add("stop", "Stop it until the next boot", Act::stop);
  add("status", "What the system says of it", Act::status);
}

}  // namespace fieldsync::cli
