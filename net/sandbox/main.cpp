#include <CLI/CLI.hpp>
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "net/sandbox/server.h"
#include "platform/atomic_file.h"
#include "platform/base/json.h"
#include "platform/file_system.h"
#include "platform/host.h"
#include "platform/program.h"
#include "platform/service_host.h"

/// fieldsync-sandbox: a Procore double on loopback ports, for trying Fieldsync out and for tests.
namespace fieldsync::net::sandbox {
namespace {

struct Arguments {
  std::string state, project = "small", ready_file;
  Ports ports;
  std::uint64_t seed = 1;
  std::int64_t rate = -1, spike = -1;
};

/// Until the system asks to stop.
class StopSign {
 public:
  void raise() {
    const std::scoped_lock lock(mutex_);
    raised_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return raised_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool raised_ = false;
};

Result<> announce(const Arguments& arguments, platform::FileSystem& files, Sandbox& sandbox) {
  const std::string text = base::to_pretty_json(sandbox.access()) + "\n";
  if (!arguments.ready_file.empty()) {
    TRY(platform::write_atomically(files, arguments.ready_file, text,
                                   platform::FileSystem::Access::owner_only));
  }
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  return {};
}

Result<> limit_rates(const Arguments& arguments, Sandbox& sandbox) {
  Document limits;
  if (arguments.rate >= 0) limits.set("rate_hourly", arguments.rate);
  if (arguments.spike >= 0) limits.set("rate_spike", arguments.spike);
  if (limits.empty()) return {};
  const Reply reply = sandbox.control({Method::patch, "/settings", "", {}, base::to_json(limits)});
  if (reply.response.is_success()) return {};
  return base::Failure{base::Cause::bad_input, reply.response.body};
}

Result<> serve(const Arguments& arguments, StopSign& stop) {
  const auto files = platform::make_system_files();
  const auto clock = platform::make_system_clock();
  TRY(files->make_folder(arguments.state));
  TRY_ASSIGN(const auto lock, files->lock(platform::join(arguments.state, "sandbox.lock")));
  storage::DatabaseOptions options;
  options.durability = storage::Durability::normal;
  TRY_ASSIGN(const auto database,
             storage::Database::open(platform::join(arguments.state, "sandbox.db"), options));
  TRY_ASSIGN(const auto sandbox, Sandbox::open(*database, *clock, {}));
  TRY(sandbox->seed(arguments.project, arguments.seed));
  TRY(limit_rates(arguments, *sandbox));
  SandboxServer server(*sandbox);
  TRY(server.listen(arguments.ports));
  TRY(announce(arguments, *files, *sandbox));
  stop.wait();
  server.stop();
  return {};
}

void describe(CLI::App& app, Arguments& arguments) {
  app.add_option("--state", arguments.state, "Folder that keeps the world")->required();
  app.add_option("--project", arguments.project, "What a new world holds: tiny, small or large");
  app.add_option("--port", arguments.ports.api, "API and login port; 0: any");
  app.add_option("--storage-port", arguments.ports.storage, "Storage port; 0: any");
  app.add_option("--control-port", arguments.ports.control, "Control port; 0: any");
  app.add_option("--seed", arguments.seed, "Chance of a new world");
  app.add_option("--rate", arguments.rate, "API calls an hour; 0: no limit");
  app.add_option("--spike", arguments.spike, "API calls in ten seconds; 0: no limit");
  app.add_option("--ready-file", arguments.ready_file, "Written once the ports are open");
}

}  // namespace
}  // namespace fieldsync::net::sandbox

int main(int argc, char** argv) {
  using namespace fieldsync;
  net::sandbox::Arguments arguments;
  CLI::App app("A Procore double with a memory, stricter than the service.");
  net::sandbox::describe(app, arguments);
  std::vector<std::string> words = platform::begin_program(argc, argv);
  std::reverse(words.begin(), words.end());  // the library takes them from the back
  try {
    app.parse(std::move(words));
  } catch (const CLI::ParseError& refused) {
    return app.exit(refused);
  }
  net::sandbox::StopSign stop;
  return platform::run_as_service({[&] { stop.raise(); }, {}}, [&] {
    const auto served = net::sandbox::serve(arguments, stop);
    if (served.ok()) return 0;
    std::fprintf(stderr, "fieldsync-sandbox: %s\n", base::sentence(served.failure()).c_str());
    return 1;
  });
}
