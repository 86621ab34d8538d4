#include <CLI/CLI.hpp>
#include <ostream>

#include "agent/cli/context.h"
#include "agent/cli/progress.h"
#include "agent/cli/status_text.h"
#include "agent/cli/tuning.h"
#include "platform/base/time_text.h"
#include "platform/service_host.h"

// sync, status and run.

namespace fieldsync::cli {
namespace {

using base::Cause;
using Need = Context::Need;

struct SyncOptions {
  bool wait = false;
  bool full = false;
  bool watch = false;
  bool group = false;
  RunOptions run;
};

/// Waits in slices until nothing is due; the last status.
Result<Document> wait_until_idle(Context& context, Session& session) {
  Progress progress(context.around());
  const platform::Clock& clock = context.around().clock;
  const base::Instant deadline = clock.now() + tuning::kSyncWaitMax;
  const Document slice{{"limit_ms", std::int64_t{tuning::kWaitSlice.count()}}};
  while (true) {
    const base::Instant before = clock.now();
    TRY_ASSIGN(Document status, session.call("wait", slice));
    if (!is_busy(status)) return status;
    if (clock.now() >= deadline) {
      return Failure{Cause::timeout,
                     "sync: still busy after " + base::to_human(tuning::kSyncWaitMax)};
    }
    const Value* shown_progress = status.find("progress");
    const Document* bytes = shown_progress ? shown_progress->as_document() : nullptr;
    progress.show(status_line(status), bytes ? bytes->integer("bytes_done") : 0,
                  bytes ? bytes->integer("bytes_total") : 0);
    // An agent that answers "busy" without having waited must not be asked in a spin.
    const base::Millis waited = clock.now() - before;
    if (waited < tuning::kWaitSlice / 2) context.around().pause(tuning::kWaitSlice - waited);
  }
}

std::string summary(const Document& status) {
  const Value* queue = status.find("queue");
  const Document* counts = queue ? queue->as_document() : nullptr;
  const std::int64_t held = counts ? counts->integer("held") : 0;
  std::int64_t open = 0;
  for (const std::string_view state : {"queued", "waiting", "sending", "in_doubt", "sent"}) {
    open += counts ? counts->integer(state) : 0;
  }
  std::string line = open + held == 0 ? "In step: everything is delivered." : std::string();
  if (open > 0) line = std::to_string(open) + " still to send; `fieldsync status` says why.";
  if (held > 0) {
    line += (line.empty() ? "" : " ") + std::to_string(held) +
            " need a person; `fieldsync queue` shows them.";
  }
  return line;
}

Exit sync(Context& context, const SyncOptions& options) {
  const auto session = context.session(Need::remote);
  if (!session.ok()) return context.fail(session.failure());
  Document arguments;
  if (options.full) arguments.set("full", Value(options.full));
  const auto started = (*session)->call("sync", arguments);
  if (!started.ok()) return context.fail(started.failure());
  // Work in this process ends with it, so there is always waiting then.
  if (!options.wait && (*session)->home() == Session::Home::agent) {
    if (context.json()) {
      context.print_json(*started);
    } else {
      context.say("The agent has begun; `fieldsync status` shows how far it is.");
    }
    return Exit::done;
  }
  const auto status = wait_until_idle(context, **session);
  if (!status.ok()) return context.fail(status.failure());
  if (context.json()) {
    context.print_json(*status);
  } else {
    context.say(summary(*status));
  }
  return needs_person(*status) ? Exit::needs_person : Exit::done;
}

Exit show_status(Context& context) {
  const auto status = context.call(Need::local, "status", Document{});
  if (!status.ok()) return context.fail(status.failure());
  if (context.json()) {
    context.print_json(*status);
  } else {
    print_status(context, *status);
  }
  return needs_person(*status) ? Exit::needs_person : Exit::done;
}

/// Looks again and again until the person ends it or the agent is gone.
Exit watch_status(Context& context) {
  const auto session = context.session(Need::local);
  if (!session.ok()) return context.fail(session.failure());
  if ((*session)->home() != Session::Home::agent) {
    return context.fail({Cause::not_found, "no agent runs here, so there is nothing to watch"});
  }
  std::ostream& out = context.around().out;
  while (out.good()) {
    if (context.colour() == Colour::yes) out << "\x1B[H\x1B[2J";
    const Exit shown = show_status(context);
    if (shown == Exit::failed) return shown;
    out.flush();
    context.around().pause(tuning::kWatchPause);
  }
  return Exit::done;
}

Exit status(Context& context, const SyncOptions& options) {
  return options.watch ? watch_status(context) : show_status(context);
}

Exit run(Context& context, const SyncOptions& options) {
  const auto place = context.place(Need::remote);
  if (!place.ok()) {
    platform::tell_service_failure(place.failure().what);
    return context.fail(place.failure());
  }
  RunOptions run_options = options.run;
  run_options.people = options.group ? RunOptions::People::group : RunOptions::People::owner;
  run_options.read_again = [&context] { return context.place_again(); };
  return context.around().run_agent(**place, run_options) == 0 ? Exit::done : Exit::failed;
}

}  // namespace

void add_sync_commands(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<SyncOptions>();
  CLI::App* command = app.add_subcommand("sync", "Do now what can be done now");
  command->add_flag("--wait", options->wait, "Return when nothing is due any more");
  command->add_flag("--full", options->full, "Compare everything, not only what changed");
  command->callback([options, &chosen] {
    chosen.action = [options](Context& context) { return sync(context, *options); };
  });

  options = std::make_shared<SyncOptions>();
  command = app.add_subcommand("status", "Link, login, queue and how fresh each project is");
  command->add_flag("--watch", options->watch, "Show it again and again");
  command->callback([options, &chosen] {
    chosen.action = [options](Context& context) { return status(context, *options); };
  });

  options = std::make_shared<SyncOptions>();
  command = app.add_subcommand("run", "Run the agent until it is stopped");
  command->add_option("--ready-file", options->run.ready_file, "Written once the agent answers")
      ->type_name("FILE");
  command->add_flag("--group", options->group,
                    "The state folder's group may use the agent too, not only its owner");
  command->callback([options, &chosen] {
    chosen.action = [options](Context& context) { return run(context, *options); };
  });
}

}  // namespace fieldsync::cli
