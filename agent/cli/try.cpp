#include <CLI/CLI.hpp>

#include "agent/cli/context.h"

// `fieldsync try`: needs no config, no state and no agent.

namespace fieldsync::cli {
namespace {

struct TryWords {
  TryOptions options;
  bool keep = false;
};

Exit perform(Context& context, const TryWords& words) {
  TryOptions options = words.options;
  if (words.keep) options.after = TryOptions::After::keep_running;
  if (context.json()) options.form = TryOptions::Form::json;
  FS_CHECK(context.around().run_try != nullptr);
  return static_cast<Exit>(context.around().run_try(options));
}

}  // namespace

void add_try_command(CLI::App& app, Chosen& chosen) {
  auto words = std::make_shared<TryWords>();
  CLI::App* command = app.add_subcommand(
      "try", "See the main job against a service on this machine, in half a minute");
  command->add_option("--photos", words->options.photos, "Photos of your own to capture")
      ->type_name("DIR");
  command->add_option("--drawings", words->options.drawings, "Drawings of your own to mirror")
      ->type_name("DIR");
  command->add_option("--seed", words->options.seed, "Another number, other photos and project");
  CLI::Option* storm =
      command->add_option("--storm", words->options.storm,
                          "Trouble of all kinds meanwhile; a number gives the same storm again");
  command->add_option("--seconds", words->options.storm_seconds, "How long the storm lasts")
      ->check(CLI::Range(5, 600))
      ->needs(storm);
  command->add_flag("--keep", words->keep, "Leave service and agent running afterwards");
  command->callback([words, &chosen] {
    chosen.action = [words](Context& context) { return perform(context, *words); };
  });
}

}  // namespace fieldsync::cli
