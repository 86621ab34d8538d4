#include "tests/bench/agent_rig.h"

#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "platform/base/check.h"
#include "platform/base/json.h"
#include "tests/bench/samples.h"

namespace fieldsync::bench {
namespace {

constexpr double kReadySeconds = 60;
constexpr base::Millis kStopMax{60'000};

std::string content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put_content(const std::string& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

[[noreturn]] void stop(const std::string& why) {
  std::cerr << "fieldsync-bench: " << why << std::endl;
  std::exit(1);
}

std::unique_ptr<platform::ChildProcess> start(const std::string& program,
                                              const std::vector<std::string>& arguments,
                                              const std::string& output,
                                              const std::string& ready_file) {
  auto child = platform::start_child({program, arguments, output});
  if (!child.ok()) stop(child.failure().what);
  const double until = now_ns() + kReadySeconds * 1e9;
  while (!std::filesystem::exists(ready_file)) {
    if ((*child)->poll() || now_ns() > until) stop(program + ": " + content_of(output));
    pause_seconds(0.001);
  }
  return std::move(*child);
}

/// The number behind `name:` in a file of /proc.
std::int64_t number_in(const std::string& text, const std::string& name) {
  const auto at = text.find("\n" + name + ":");
  return at == std::string::npos ? 0 : std::atoll(text.c_str() + at + name.size() + 2);
}

double cpu_seconds_of(const std::string& stat) {
  std::istringstream words(stat.substr(stat.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) words >> skipped;
  double user = 0;
  double system = 0;
  words >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

Usage usage_of(std::int64_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid);
  const std::string status = content_of(folder + "/status");
  if (status.empty()) stop("the agent has ended");
  Usage usage;
  usage.resident_mb = static_cast<double>(number_in(status, "VmRSS")) * 1'024 / 1e6;
  usage.resident_peak_mb = static_cast<double>(number_in(status, "VmHWM")) * 1'024 / 1e6;
  usage.own_mb = static_cast<double>(number_in(status, "RssAnon")) * 1'024 / 1e6;
  usage.cpu_seconds = cpu_seconds_of(content_of(folder + "/stat"));
  for (const auto& task : std::filesystem::directory_iterator(folder + "/task")) {
    usage.wakeups[std::atoi(task.path().filename().c_str())] =
        number_in(content_of(task.path() / "status"), "voluntary_ctxt_switches");
  }
  usage.threads = static_cast<int>(usage.wakeups.size());
  return usage;
}

std::int64_t wakeups_between(const Usage& before, const Usage& after) {
  std::int64_t sum = 0;
  for (const auto& [thread, count] : after.wakeups) {
    const auto earlier = before.wakeups.find(thread);
    sum += count - (earlier == before.wakeups.end() ? 0 : earlier->second);
  }
  return sum;
}

void pause_seconds(double seconds) {
  timespec span{};
  span.tv_sec = static_cast<time_t>(seconds);
  span.tv_nsec = static_cast<long>((seconds - static_cast<double>(span.tv_sec)) * 1e9);
  ::nanosleep(&span, nullptr);
}

AgentRig::AgentRig(const std::string& size, const std::string& tools) {
  std::filesystem::create_directories(folder_ / "run");
  ::setenv("XDG_RUNTIME_DIR", (folder_ / "run").c_str(), 1);
  const std::string ready = folder_ / "sandbox.json";
  sandbox_ = start(places().sandbox,
                   {"--state", folder_ / "sandbox", "--project", size, "--ready-file", ready,
                    "--rate", "100000", "--spike", "200"},
                   folder_ / "sandbox.out", ready);
  auto access = base::parse_json(content_of(ready));
  FS_CHECK(access.ok() && access->as_document());
  access_ = *access->as_document();
  write_config(tools);
  command("login", access_.text("client_secret") + "\n");
}

AgentRig::~AgentRig() {
  agent_.reset();
  sandbox_.reset();
}

std::string AgentRig::project() const { return std::to_string(access_.integer("project")); }

void AgentRig::write_config(const std::string& tools) const {
  put_content(folder_ / "fieldsync.toml",
              "[remote.procore]\napi_url = \"" + access_.text("api_url") + "\"\nlogin_url = \"" +
                  access_.text("login_url") +
                  "\"\ncompany = " + std::to_string(access_.integer("company")) +
                  "\nclient_id = \"" + access_.text("client_id") +
                  "\"\n[[follow]]\nproject = " + project() + "\ntools = [" + tools + "]\n");
}

double AgentRig::start_agent() {
  const std::string ready = folder_ / "agent.ready";
  std::filesystem::remove(ready);
  const double begun = now_ns();
  agent_ = start(
      places().agent,
      {"--config", folder_ / "fieldsync.toml", "--state", state(), "run", "--ready-file", ready},
      folder_ / "agent.out", ready);
  return (now_ns() - begun) / 1e9;
}

double AgentRig::stop_agent() {
  const double begun = now_ns();
  agent_->ask_to_stop();
  if (!agent_->wait(kStopMax)) stop("the agent does not stop");
  return (now_ns() - begun) / 1e9;
}

std::string AgentRig::command(const std::string& arguments, const std::string& input) {
  put_content(folder_ / "input", input);
  const std::string line = "'" + places().agent + "' --config '" + (folder_ / "fieldsync.toml") +
                           "' --state '" + state() + "' " + arguments + " <'" +
                           (folder_ / "input") + "' >'" + (folder_ / "output") + "' 2>'" +
                           (folder_ / "errors") + "'";
  const int code = std::system(line.c_str());
  if (code != 0) stop("fieldsync " + arguments + ": " + content_of(folder_ / "errors"));
  return content_of(folder_ / "output");
}

}  // namespace fieldsync::bench
