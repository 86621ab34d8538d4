#pragma once

#include "agent/app/agent.h"
#include "tests/support/direct_transport.h"
#include "tests/support/shared_world.h"
#include "tests/support/temp_folder.h"

namespace fieldsync::tests {

/// One machine's share of the world's loop: a crash forgets what it had posted and timed, and
/// leaves the other machines' alone.
class MachineLoop final : public platform::EventLoop {
 public:
  explicit MachineLoop(platform::EventLoop& world) : world_(world) {}
  void post(platform::Task task) override { world_.post(for_this_life(std::move(task))); }
  platform::TimerId call_at(base::Instant at, platform::Task task) override {
    return world_.call_at(at, for_this_life(std::move(task)));
  }
  void cancel(platform::TimerId timer) override { world_.cancel(timer); }
  void end_life() { life_ = std::make_shared<Life>(); }

 private:
  struct Life {};
  platform::Task for_this_life(platform::Task task) const {
    return [life = std::weak_ptr(life_), task = std::move(task)] {
      if (!life.expired()) task();
    };
  }

  platform::EventLoop& world_;
  std::shared_ptr<Life> life_ = std::make_shared<Life>();
};

/// A machine on site: a whole agent with real stores on real files in a folder of its own, and its
/// own way to the service. It follows the four tools of the sandbox's project and works at once.
class SiteMachine {
 public:
  enum class Start { at_once, later };
  struct Options {
    std::string name = "site";
    /// Whose login it has; 0: the service account's.
    std::int64_t user = 0;
    base::Millis poll_interval{5 * 60'000};
    std::vector<std::string> tools = {"drawings", "photos", "rfis", "notes"};
    /// later: logged in, and nothing leaves until restart.
    Start start = Start::at_once;
  };
  SiteMachine(SharedWorld& world, const Options& options);
  ~SiteMachine();
  SiteMachine(const SiteMachine&) = delete;
  SiteMachine& operator=(const SiteMachine&) = delete;

  /// The agent stops where it stands, as when it is killed: requests under way arrive all the same,
  /// their answers reach nobody.
  void kill();
  /// After kill: a new agent opens the same folder.
  void restart();
  void crash_and_restart();

  /// Runs a verb. `call` fails the test when it fails.
  base::Document call(std::string_view verb, const base::Document& arguments = {});
  base::Result<base::Document> try_call(std::string_view verb, const base::Document& arguments);
  base::Document queue() { return call("queue", {{"all", base::Value(true)}}); }
  /// How many acts are in the state, by the names `status` has for them.
  std::int64_t acts(const char* state);
  /// The open acts as text, for messages of failed tests.
  std::string open_acts();
  /// Whether the queue became empty (held acts count as open) within the time.
  bool drain(base::Millis limit = std::chrono::hours(2));
  /// Bytes as a staged file, ready for `add` and `attach`.
  base::Document stage(const std::string& name, const std::string& bytes);

  MachineLoop machine_loop;
  InlineWorkers workers;
  platform::Random machine_random;
  platform::Host host;
  TempFolder folder;
  std::unique_ptr<DirectTransport> transport;
  app::Config config;
  std::unique_ptr<app::Agent> agent;

 private:
  void open_agent();
  SharedWorld& world_;
};

}  // namespace fieldsync::tests
