#include <CLI/CLI.hpp>
#include <ostream>
#include <sstream>

#include "agent/cli/context.h"
#include "platform/base/json.h"
#include "platform/base/text.h"

namespace fieldsync::cli {
namespace {

void add_version_command(CLI::App& app, Chosen& chosen) {
  app.add_subcommand("version", "Show the program's version")->callback([&chosen] {
    chosen.action = [](Context& context) {
      if (context.json()) {
        context.print_json(Document{{"version", FIELDSYNC_VERSION}});
      } else {
        context.say("fieldsync " FIELDSYNC_VERSION);
      }
      return Exit::done;
    };
  });
}

void add_globals(CLI::App& app, Globals& globals) {
  app.add_option("--config", globals.config_file, "The config file")->type_name("FILE");
  app.add_option("--state", globals.state, "The folder of work and mirror (also: FIELDSYNC_STATE)")
      ->type_name("DIR");
  app.add_flag("--json", globals.json, "Print the answer as JSON");
  app.set_version_flag("--version", "fieldsync " FIELDSYNC_VERSION);
}

/// The library prints help and faults; what of the command line it repeats is made printable.
int finish_parse(CLI::App& app, const CLI::ParseError& error, Surroundings& around) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = app.exit(error, out, err);
  around.out << out.str();
  for (const std::string& line : base::split(base::trimmed(err.str()), '\n')) {
    if (!line.empty()) around.err << "fieldsync: " << base::printable(line) << "\n";
  }
  return static_cast<int>(code == 0 ? Exit::done : Exit::usage);
}

}  // namespace

int run_cli(const std::vector<std::string>& arguments, Surroundings& around) {
  Globals globals;
  Chosen chosen;
  CLI::App app("Fieldsync keeps drawings, notes, photos and RFIs on this machine and in step.",
               "fieldsync");
  app.fallthrough();  // every command takes the common options
  // None is allowed here so that an unknown word is named as such; see below.
  app.require_subcommand(0, 1);
  app.failure_message(CLI::FailureMessage::simple);
  add_globals(app, globals);
  add_capture_commands(app, chosen);
  add_change_commands(app, chosen);
  add_look_commands(app, chosen);
  add_queue_commands(app, chosen);
  add_plan_commands(app, chosen);
  add_conflict_commands(app, chosen);
  add_keep_commands(app, chosen);
  add_sync_commands(app, chosen);
  add_account_commands(app, chosen);
  add_service_commands(app, chosen);
  add_bundle_command(app, chosen);
  add_try_command(app, chosen);
  add_causes_command(app, chosen);
  add_completion_command(app, chosen);
  add_version_command(app, chosen);
  try {
    // The library takes arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return finish_parse(app, error, around);
  }
  Context context(around, globals);
  if (!chosen.action) {
    return static_cast<int>(context.usage("a command is missing; --help lists them"));
  }
  const Exit exit = chosen.action(context);
  around.out.flush();
  // A full disk or a closed pipe must not look like a success.
  if (!around.out.good() && exit == Exit::done) return static_cast<int>(Exit::failed);
  return static_cast<int>(exit);
}

}  // namespace fieldsync::cli
