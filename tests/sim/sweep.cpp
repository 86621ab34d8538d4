#include "tests/sim/sweep.h"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace fieldsync::sim {

namespace {

// A fork in the middle of a call of SQLite: its mutexes would know the parent's thread as owner.
// Before main, because SQLite must not have begun.
const int kMutexesOff = sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);

Plan plan_of(const std::string& tool, const std::vector<Trouble>& troubles) {
  Plan plan;
  plan.seed = 1;
  plan.profile = Profile::calm;
  plan.tools = {tool};
  plan.troubles = troubles;
  return plan;
}

/// What a child that was stopped leaves in place of its words.
std::string end_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return "stopped by signal " + std::to_string(WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? "" : "ended with " + std::to_string(WEXITSTATUS(status));
}

std::string read_all(int from) {
  std::string text;
  char chunk[4'096];
  for (ssize_t n = 0; (n = read(from, chunk, sizeof chunk)) > 0;) {
    text.append(chunk, static_cast<std::size_t>(n));
  }
  close(from);
  return text;
}

class Sweeper {
 public:
  Sweeper(const Scenario& scenario, const Mishap& mishap, int every)
      : scenario_(scenario),
        mishap_(mishap),
        every_(every),
        stage_(scenario.tool, scenario.troubles) {
    FS_CHECK(kMutexesOff == SQLITE_OK);
  }

  Swept run() {
    SimWorld& world = stage_.world();
    world.begin();
    watch();
    scenario_.play(stage_);
    std::string wrong = world.end();
    if (wrong.empty() && is_child()) wrong = check_mirror_comes_back();
    if (is_child()) tell_parent(wrong);
    if (wrong.empty()) wrong = stage_.missed();
    if (!wrong.empty()) swept_.wrong.push_back(std::string(scenario_.name) + ": " + wrong);
    return std::move(swept_);
  }

 private:
  bool is_child() const { return to_parent_ >= 0; }

  void watch() {
    Device& device = stage_.device();
    if (mishap_.place == Mishap::Place::exchange) {
      device.link.before_exchange = [this, &device] {
        // It befalls one exchange; the next finds the link as it was.
        device.link.faults.*mishap_.at_link = is_new_child() ? 1 : 0;
      };
      return;
    }
    device.disk.fault = [this, &device](DiskCall call) {
      const bool counts = mishap_.place == Mishap::Place::disk_call || call != DiskCall::read;
      return counts && is_new_child() ? mishap_.at_disk(device) : DiskFault::none;
    };
  }

  /// At each place: whether this process is a child in which the mishap befalls now.
  bool is_new_child() {
    if (is_child()) return false;
    const int place = swept_.places++;
    if (place % every_ != 0) return false;
    for (int draw = 0; draw < mishap_.draws; ++draw) {
      if (branch(place, draw)) return true;
    }
    return false;
  }

  /// Forks. True in the child; false in the parent, when the child has come to its end.
  bool branch(int place, int draw) {
    int ends[2];
    FS_CHECK(pipe(ends) == 0);
    const pid_t child = fork();
    FS_CHECK(child >= 0);
    if (child == 0) {
      close(ends[0]);
      to_parent_ = ends[1];
      stage_.device().disk.random() = platform::Random(static_cast<std::uint64_t>(draw) + 1);
      return true;
    }
    close(ends[1]);
    std::string wrong = read_all(ends[0]);
    const std::string end = end_of(child);
    if (wrong.empty()) wrong = end;
    if (wrong.empty()) return false;
    swept_.wrong.push_back(std::string(scenario_.name) + ", " + mishap_.name + " at " +
                           std::to_string(place) + " (draw " + std::to_string(draw) +
                           "): " + wrong);
    return false;
  }

  [[noreturn]] void tell_parent(const std::string& wrong) {
    const bool told = write(to_parent_, wrong.data(), wrong.size()) >= 0;
    _exit(told ? 0 : 1);
  }

  /// Whatever happened: the mirror may go, and comes back.
  std::string check_mirror_comes_back() {
    SimWorld& world = stage_.world();
    world.crash(stage_.device(), Loss::mirror);
    return check_views(world);
  }

  const Scenario& scenario_;
  const Mishap& mishap_;
  int every_;
  Stage stage_;
  Swept swept_;
  int to_parent_ = -1;
};

}  // namespace

Stage::Stage(const std::string& tool, const std::vector<Trouble>& troubles)
    : world_(plan_of(tool, troubles)) {}

void Stage::act(Act act, std::uint64_t seed) {
  Step step;
  step.act = act;
  step.seed = seed;
  step.number = ++steps_;
  world_.take(step);
}

Swept sweep(const Scenario& scenario, const Mishap& mishap, int every) {
  return Sweeper(scenario, mishap, every).run();
}

}  // namespace fieldsync::sim
