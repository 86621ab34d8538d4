#include "agent/app/machine.h"

#include "net/curl_transport.h"
#include "platform/base/journal_log.h"
#include "platform/event_loop.h"
#include "platform/host.h"
#include "platform/network_state.h"
#include "platform/random.h"
#include "platform/service_host.h"
#include "platform/terminal.h"
#include "platform/workers.h"

namespace fieldsync::app {
namespace {

base::LogLevel level_of(const std::string& name) {
  if (name == "debug") return base::LogLevel::debug;
  if (name == "warning") return base::LogLevel::warning;
  if (name == "error") return base::LogLevel::error;
  return base::LogLevel::info;
}

base::LogOptions log_options(const Config& config, Machine::LogTo log_to) {
  base::LogOptions options;
  options.file = platform::join(platform::join(config.state_folder, "log"), "fieldsync.log");
  options.to_stderr = log_to == Machine::LogTo::file_and_stderr;
  options.level_min = level_of(config.log_level);
  return options;
}

std::unique_ptr<base::Log> open_log(const Config& config, Machine::LogTo log_to) {
  auto log = base::make_log(log_options(config, log_to));
  if (log_to != Machine::LogTo::file_and_journal) return log;
  return base::make_journal_log(std::move(log), platform::write_to_journal);
}

net::CurlOptions curl_options(const Config& config) {
  net::CurlOptions options;
  options.ca_file = config.ca_file;
  options.user_agent = "fieldsync/" FIELDSYNC_VERSION;
  return options;
}

}  // namespace

/// In the order they are built; destroyed in the other one.
struct Machine::Parts {
  Parts(const Config& config, LogTo log_to)
      : log(open_log(config, log_to)),
        loop(*clock),
        workers(loop),
        random(platform::system_entropy()),
        host{*clock, loop, *files, workers, random},
        transport(host, curl_options(config)) {}

  std::unique_ptr<platform::FileSystem> files = platform::make_system_files();
  std::unique_ptr<platform::Clock> clock = platform::make_system_clock();
  std::unique_ptr<platform::FileLock> lock;
  std::unique_ptr<base::Log> log;
  platform::ThreadLoop loop;
  platform::ThreadWorkers workers;
  platform::Random random;
  platform::Host host;
  net::CurlTransport transport;
  sync::DataPlan data_plan;
  std::unique_ptr<Agent> agent;
};

base::Result<std::unique_ptr<Machine>> Machine::open(const Config& config, LogTo log_to) {
  // The folder is locked before anything in it is touched, the log's rotation included.
  const auto files = platform::make_system_files();
  TRY(files->make_folder(platform::join(config.state_folder, "log")));
  TRY_ASSIGN(auto lock, files->lock(platform::join(config.state_folder, "lock")));
  auto parts = std::make_unique<Parts>(config, log_to);
  parts->lock = std::move(lock);
  const World world{
      platform::Host{*parts->clock, parts->loop, *parts->files, parts->workers, parts->random},
      parts->transport,
      *parts->log,
      {},
      platform::current_user(),
      platform::environment("CREDENTIALS_DIRECTORY")};
  TRY_ASSIGN(parts->agent, Agent::open(world, config));
  parts->data_plan = config.data_plan;
  std::unique_ptr<Machine> machine(new Machine(std::move(parts)));
  machine->look_at_network();
  return machine;
}

void Machine::look_at_network() {
  const platform::NetworkState network = platform::current_network();
  parts_->transport.limit_sending(
      sync::send_rate(parts_->data_plan, sync::cost_of(parts_->data_plan, network)));
  parts_->agent->network_is(network);
}

Machine::Machine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Machine::~Machine() = default;

Agent& Machine::agent() { return *parts_->agent; }
platform::ThreadLoop& Machine::loop() { return parts_->loop; }
platform::FileSystem& Machine::files() { return *parts_->files; }
base::Log& Machine::log() { return *parts_->log; }

}  // namespace fieldsync::app
