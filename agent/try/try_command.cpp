#include "agent/try/try_command.h"

#include <algorithm>
#include <ostream>

#include "agent/try/scenario.h"
#include "agent/try/tuning.h"
#include "platform/base/json.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"
#include "platform/host.h"
#include "platform/service_host.h"

namespace fieldsync::trial {
namespace {

using platform::join;

constexpr int kPassed = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

/// Beside this program where it is installed; in its own folder of the build tree otherwise.
Result<Path> find_sandbox(platform::FileSystem& files, const Path& own) {
  const std::string suffix = own.ends_with(".exe") ? ".exe" : "";
  const Path folder = platform::parent_of(own);
  for (const char* place : {"fieldsync-sandbox", "../net/sandbox/fieldsync-sandbox"}) {
    const Path path = join(folder, place + suffix);
    TRY_ASSIGN(const platform::FileInfo info, files.info(path));
    if (info.type == platform::FileType::file) return path;
  }
  return Failure{base::Cause::not_found,
                 "fieldsync-sandbox is not beside " + own + ": build or install it as well"};
}

Path fresh_folder(const cli::Surroundings& around) {
  std::string parent;
  for (const char* name : {"TMPDIR", "TEMP"}) {
    if (parent.empty()) parent = around.environment(name);
  }
  return join(parent.empty() ? "/tmp" : parent, "fieldsync-try-" + platform::system_random_hex(4));
}

/// Fast enough that a person's own photos do not take all day.
std::string send_rate(const std::vector<OwnFile>& photos) {
  ByteCount bytes = 0;
  for (const OwnFile& photo : photos) bytes += photo.size;
  const ByteCount rate = std::max(tuning::kSendRate, bytes / tuning::kSendSeconds);
  return std::to_string(rate / 1'000) + " kB/s";
}

Result<ScenarioOptions> read_options(const cli::TryOptions& options, platform::FileSystem& files) {
  ScenarioOptions scenario;
  scenario.seed = options.seed;
  if (!options.photos.empty()) {
    TRY_ASSIGN(scenario.photos, files_in(files, options.photos));
  }
  if (!options.drawings.empty()) {
    TRY_ASSIGN(scenario.drawings, files_in(files, options.drawings));
  }
  return scenario;
}

void print_score(const Score& score, Teller& teller) {
  teller.plain("");
  teller.plain("Read from the service's own records:");
  for (const std::string& line : lines_of(score)) teller.plain(line);
  teller.plain("");
  for (const std::string& fault : score.faults) teller.plain("  FAULT " + fault);
  teller.plain(score.is_perfect() ? "Nothing lost, nothing doubled, nothing different."
                                  : "This must not happen. Please report it.");
}

void tell_how_to_stop(const Workplace& place, Teller& teller) {
  const auto url = [&](const char* name) { return place.access().text(name); };
  teller.plain("");
  teller.plain("Both go on running:");
  teller.plain("  service  " + url("api_url") + ", storage " + url("storage_url") + ", control " +
               url("control_url"));
  teller.plain("  folder   " + place.folder());
  teller.plain("  try      fieldsync --config " + place.config_file() + " --state " +
               place.state() + " status");
  teller.plain("  stop     kill " + std::to_string(place.agent_pid()) + " " +
               std::to_string(place.sandbox_pid()) + "; rm -r " + place.folder());
}

/// One run in a folder that exists until the caller removes it.
class Run {
 public:
  Run(const cli::TryOptions& options, cli::Surroundings& around, const Waiting& waiting,
      Teller& teller)
      : options_(options), around_(around), waiting_(waiting), teller_(teller) {}

  Result<bool> play(const Path& folder) {
    TRY_ASSIGN(const ScenarioOptions scenario_options, read_options(options_, around_.files));
    WorkplaceOptions options;
    options.folder = folder;
    options.fieldsync = platform::own_program();
    TRY_ASSIGN(options.sandbox, find_sandbox(around_.files, options.fieldsync));
    options.sandbox_arguments = {"--seed", std::to_string(options_.seed), "--spike",
                                 std::to_string(tuning::kSpikeLimit)};
    options.config_lines = "\n[limits]\nsend_rate = \"" + send_rate(scenario_options.photos) +
                           "\"\nfree_space_reserve = \"1 MB\"\n";
    TRY_ASSIGN(const auto place, Workplace::open(options, waiting_));
    teller_.say("sandbox started (process " + std::to_string(place->sandbox_pid()) +
                "): a service of its own at " + place->access().text("api_url"));
    Scenario scenario(*place, teller_, scenario_options);
    const auto played =
        options_.storm
            ? scenario.play(make_storm(*options_.storm, Millis{1'000 * options_.storm_seconds}))
            : scenario.play();
    if (!played) teller_.say("stopped: " + played.failure().what);
    if (waiting_.is_interrupted()) return played.failure();
    // Also after a phase that failed: what was acknowledged must still be accounted for.
    TRY_ASSIGN(const Score score, scenario.score());
    print_score(score, teller_);
    if (options_.form == cli::TryOptions::Form::json) {
      around_.out << base::to_pretty_json(to_document(score)) << "\n";
    }
    if (options_.after == cli::TryOptions::After::keep_running) {
      tell_how_to_stop(*place, teller_);
      place->leave_running();
    }
    return played.ok() && score.is_perfect();
  }

 private:
  const cli::TryOptions& options_;
  cli::Surroundings& around_;
  const Waiting& waiting_;
  Teller& teller_;
};

int finish(const Result<bool>& passed, const cli::TryOptions& options, const Path& folder,
           bool interrupted, cli::Surroundings& around) {
  if (!passed) {
    around.err << "fieldsync: try: " << base::printable(passed.failure().what) << "\n";
  }
  const bool usage = !passed && passed.failure().cause == base::Cause::bad_input;
  const bool keep = options.after == cli::TryOptions::After::keep_running;
  if ((passed && *passed && !keep) || usage || interrupted) {
    if (const auto removed = around.files.remove_tree(folder); !removed) {
      around.err << "fieldsync: try: " << base::printable(removed.failure().what) << "\n";
    }
  } else if (!keep) {
    around.err << "fieldsync: try: what happened is kept in " << folder << "\n";
  }
  if (usage) return kUsage;
  return passed && *passed ? kPassed : kFailed;
}

}  // namespace

int run_try(const cli::TryOptions& options, cli::Surroundings& around) {
  Waiting waiting(around.clock);
  const platform::ServiceEvents events{[&waiting] { waiting.interrupt(); }, [] {}};
  return platform::run_as_service(events, [&] {
    const bool json = options.form == cli::TryOptions::Form::json;
    Teller teller(json ? around.err : around.out, json ? around.err_columns : around.out_columns,
                  waiting);
    const Path folder = fresh_folder(around);
    const auto passed = Run(options, around, waiting, teller).play(folder);
    teller.clear();
    return finish(passed, options, folder, waiting.is_interrupted(), around);
  });
}

}  // namespace fieldsync::trial
