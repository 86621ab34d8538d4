#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <new>
#include <sstream>
#include <string>
#include <vector>

#include "tests/sim/last_words.h"
#include "tests/sim/shrink.h"
#include "tests/sim/sim_world.h"

/// Runs worlds from seeds and says what broke in which, with the line that runs it again.
namespace fieldsync::sim {
namespace {

struct Options {
  std::uint64_t first = 1, count = 100;
  int jobs = 1;
  Profile profile = Profile::swarm;
  enum class Output { quiet, trace, brief } output = Output::quiet;
  enum class Twice { no, yes } twice = Twice::no;
  enum class Digest { no, yes } digest = Digest::no;
  Part part;                ///< of each world
  std::string regressions;  ///< a file of seeds to run in place of a range
  int failures_max = 5;
};

constexpr std::pair<const char*, Profile> kProfiles[] = {
    {"swarm", Profile::swarm}, {"calm", Profile::calm},     {"link", Profile::link},
    {"crash", Profile::crash}, {"office", Profile::office}, {"focus", Profile::focus},
    {"brief", Profile::brief}};

const char* profile_name(Profile profile) {
  for (const auto& [text, known] : kProfiles) {
    if (known == profile) return text;
  }
  return "?";
}

[[noreturn]] void usage(const char* why) {
  std::fprintf(
      stderr,
      "fieldsync-sim: %s\n"
      "usage: fieldsync-sim [--first-seed N] [--seeds K] [--jobs J] [--trace]\n"
      "                     [--profile swarm|calm|link|crash|office|focus|brief] [--twice]\n"
      "                     [--until-failure] [--digest]\n"
      "                     [--troubles NAME,...] [--steps N,...] [--devices N]\n"
      "       fieldsync-sim --regressions FILE [--digest]\n",
      why);
  std::exit(2);
}

std::uint64_t number(const char* text) {
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text, &end, 10);
  if (end == text || *end != '\0') usage("a number is expected");
  return value;
}

Profile profile_of(const std::string& text) {
  for (const auto& [known, profile] : kProfiles) {
    if (text == known) return profile;
  }
  usage("no such profile");
}

/// "" holds none.
std::vector<std::string> words_of(const std::string& list) {
  std::vector<std::string> words;
  std::istringstream text(list);
  for (std::string word; std::getline(text, word, ',');) words.push_back(word);
  return words;
}

/// Whether `word` says what part of a world is played.
bool read_part(Part& part, const std::string& word, const std::function<const char*()>& value) {
  if (word == "--troubles") {
    part.troubles = words_of(value());
  } else if (word == "--steps") {
    part.steps.emplace();
    for (const std::string& step : words_of(value())) {
      part.steps->push_back(static_cast<int>(number(step.c_str())));
    }
  } else if (word == "--devices") {
    part.devices = static_cast<int>(number(value()));
  } else {
    return false;
  }
  return true;
}

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&]() -> const char* {
      if (i + 1 == argc) usage("a value is missing");
      return argv[++i];
    };
    if (word == "--first-seed") {
      options.first = number(value());
    } else if (word == "--seeds") {
      options.count = number(value());
    } else if (word == "--jobs") {
      options.jobs = static_cast<int>(number(value()));
    } else if (word == "--profile") {
      options.profile = profile_of(value());
    } else if (word == "--trace") {
      options.output = Options::Output::trace;
    } else if (word == "--until-failure") {
      options.failures_max = 1;
      options.output = Options::Output::brief;
    } else if (word == "--regressions") {
      options.regressions = value();
    } else if (word == "--twice") {
      options.twice = Options::Twice::yes;
    } else if (word == "--digest") {
      options.digest = Options::Digest::yes;
    } else if (!read_part(options.part, word, value)) {
      usage(("unknown option " + word).c_str());
    }
  }
  if (options.jobs < 1 || options.jobs > 64) usage("--jobs takes 1 to 64");
  return options;
}

std::string replay_line(const Plan& plan) {
  return "replay: fieldsync-sim --first-seed " + std::to_string(plan.seed) +
         " --seeds 1 --profile " + profile_name(plan.profile) + " --trace";
}

void tell_failure(const Plan& plan, const std::string& wrong) {
  std::printf("FAILED %s\n  %s\n", plan.summary().c_str(), wrong.c_str());
  std::fflush(stdout);  // a smaller world may stop the program
  const Shrunk shrunk = shrink(plan, wrong);
  std::printf("  smallest: %s\n", shrunk.plan.summary().c_str());
  for (const Step& step : shrunk.plan.steps) {
    std::printf("    %8.1f s  device %d  %s\n", static_cast<double>(step.at.count()) / 1'000.0,
                step.device, std::string(name(step.act)).c_str());
  }
  const std::string replay = replay_line(plan);
  std::printf("  %s\n  %s %s\n  whole world, %s\n  commit %s\n", shrunk.wrong.c_str(),
              replay.c_str(), options_for(shrunk.plan).c_str(), replay.c_str(), FIELDSYNC_COMMIT);
  std::fflush(stdout);
}

/// What all jobs have run so far; in memory that they share.
struct Tally {
  std::atomic<std::uint64_t> passed{0}, failed{0};
  /// Of the events of all worlds, whatever their order: the same for two builds that act alike.
  std::atomic<std::uint64_t> digest{0};
};

Tally& shared_tally() {
  void* memory =
      mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  FS_CHECK(memory != MAP_FAILED);
  return *new (memory) Tally;
}

/// A world's share of the digest. Drawn, so that the shares of two worlds that differ do not make
/// up for each other in the sum.
std::uint64_t share_of_digest(std::uint64_t seed, const SimWorld& world) {
  const auto drawn = [](std::uint64_t from) { return platform::Random(from).next(); };
  return drawn(drawn(drawn(seed) ^ world.hash()) ^ world.events());
}

/// Runs one world, into the digest as well. Whether it passed.
bool run_one(const Options& options, std::uint64_t seed, Profile profile, Tally& tally) {
  const Plan plan = part_of(make_plan(seed, profile), options.part);
  set_last_words(plan.summary() + "\n  " + replay_line(plan) + " (commit " FIELDSYNC_COMMIT ")");
  SimWorld world(plan);
  if (options.output == Options::Output::trace) {
    std::printf("%s\n", plan.summary().c_str());
    world.trace_to(stdout);
  }
  const std::string wrong = world.run();
  tally.digest += share_of_digest(seed, world);
  if (options.twice == Options::Twice::yes) {
    SimWorld again(plan);
    (void)again.run();
    if (again.hash() != world.hash()) {
      std::printf("FAILED seed %llu: two runs differ\n", static_cast<unsigned long long>(seed));
      return false;
    }
  }
  if (wrong.empty()) return true;
  switch (options.output) {
    case Options::Output::quiet:
      tell_failure(plan, wrong);
      break;
    case Options::Output::trace:
      std::printf("FAILED %s\n", wrong.c_str());
      break;
    case Options::Output::brief:
      std::printf("FAILED %s\n  %s\n", plan.summary().c_str(), wrong.c_str());
      break;
  }
  return false;
}

/// Runs every `jobs`-th seed from `first`, until its share has too many failures.
void run_share(const Options& options, std::uint64_t offset, Tally& tally) {
  int failures = 0;
  for (std::uint64_t i = offset; i < options.count && failures < options.failures_max;
       i += static_cast<std::uint64_t>(options.jobs)) {
    const bool passed = run_one(options, options.first + i, options.profile, tally);
    ++(passed ? tally.passed : tally.failed);
    if (!passed) ++failures;
  }
}

/// Lines of "SEED PROFILE  text"; `#` begins a comment.
void run_regressions(const Options& options, Tally& tally) {
  std::ifstream file(options.regressions);
  if (!file) usage(("cannot read " + options.regressions).c_str());
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::uint64_t seed = 0;
    std::string profile;
    if (!(words >> seed >> profile)) usage(("not a regression: " + line).c_str());
    const bool passed = run_one(options, seed, profile_of(profile), tally);
    ++(passed ? tally.passed : tally.failed);
  }
}

void run_all(const Options& options, Tally& tally) {
  std::vector<pid_t> children;
  for (int job = 1; job < options.jobs; ++job) {
    const pid_t child = fork();
    if (child == 0) {
      run_share(options, static_cast<std::uint64_t>(job), tally);
      std::fflush(stdout);
      _exit(0);
    }
    children.push_back(child);
  }
  run_share(options, 0, tally);
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status)) ++tally.failed;  // a failed check of the agent ended it
  }
}

}  // namespace
}  // namespace fieldsync::sim

int main(int argc, char** argv) {
  using namespace fieldsync::sim;
  const Options options = read_options(argc, argv);
  speak_when_stopped();
  // Worlds have one thread; before the first disk, because SQLite must not have begun.
  sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  Tally& tally = shared_tally();
  options.regressions.empty() ? run_all(options, tally) : run_regressions(options, tally);
  std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(tally.passed.load()),
              static_cast<unsigned long long>(tally.failed.load()));
  if (options.digest == Options::Digest::yes) {
    std::printf("digest %016llx\n", static_cast<unsigned long long>(tally.digest.load()));
  }
  return tally.failed == 0 && tally.passed > 0 ? 0 : 1;
}
