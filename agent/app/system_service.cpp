#include "agent/app/system_service.h"

#include <ostream>

#include "platform/atomic_file.h"
#include "platform/base/text.h"
#include "platform/child_process.h"

namespace fieldsync::app {
namespace {

using base::Cause;
using base::Failure;
using base::Result;

constexpr const char* kUnit = "fieldsync.service";
constexpr const char* kPackagedUnit = "/lib/systemd/system/fieldsync.service";
constexpr const char* kOwnUnit = "/etc/systemd/system/fieldsync.service";
constexpr const char* kState = "/var/lib/fieldsync";
constexpr const char* kPackagedProgram = "/usr/bin/fieldsync";
/// systemctl waits for the start or stop it asks for: TimeoutStopSec of the unit and some more.
constexpr base::Millis kAnswerMax{60'000};

Result<bool> is_there(platform::FileSystem& files, const base::Path& path) {
  TRY_ASSIGN(const platform::FileInfo info, files.info(path));
  return info.type != platform::FileType::missing;
}

/// The program of systemd in one of its two usual places.
Result<base::Path> tool(platform::FileSystem& files, const std::string& name) {
  for (const char* folder : {"/usr/bin", "/bin"}) {
    const base::Path path = platform::join(folder, name);
    TRY_ASSIGN(const bool found, is_there(files, path));
    if (found) return path;
  }
  return Failure{Cause::not_found,
                 name + ": not on this machine; without systemd use `fieldsync run`"};
}

/// Its exit code; what it prints goes to the person.
Result<int> ask(platform::FileSystem& files, const std::string& name,
                std::vector<std::string> arguments) {
  platform::ChildOptions options;
  TRY_ASSIGN(options.program, tool(files, name));
  options.arguments = std::move(arguments);
  TRY_ASSIGN(const auto child, platform::start_child(options));
  const auto code = child->wait(kAnswerMax);
  if (!code) return Failure{Cause::timeout, name + ": no answer within a minute"};
  return *code;
}

Result<> must(platform::FileSystem& files, const std::string& name,
              std::vector<std::string> arguments) {
  std::string shown = name;
  for (const std::string& word : arguments) shown += " " + word;
  TRY_ASSIGN(const int code, ask(files, name, std::move(arguments)));
  if (code == 0) return {};
  return Failure{Cause::bad_input, "`" + shown + "` failed with " + std::to_string(code) +
                                       "; it needs root (sudo) and says more above"};
}

Result<> install(cli::Surroundings& around) {
  TRY_ASSIGN(const bool is_packaged, is_there(around.files, kPackagedUnit));
  if (!is_packaged) {
    TRY(must(around.files, "systemd-sysusers",
             {"--inline", std::string("u fieldsync - \"Fieldsync\" ") + kState}));
    TRY(platform::write_atomically(around.files, kOwnUnit, unit_for(platform::own_program()),
                                   platform::FileSystem::Access::shared));
    TRY(must(around.files, "systemctl", {"daemon-reload"}));
  }
  TRY(must(around.files, "systemctl", {"enable", "--now", kUnit}));
  around.out << "The agent runs, and will after every start of this machine. Work is kept in "
             << kState << "; people in the group fieldsync may use it." << std::endl;
  return {};
}

Result<> remove(cli::Surroundings& around) {
  TRY(must(around.files, "systemctl", {"disable", "--now", kUnit}));
  TRY_ASSIGN(const bool is_own, is_there(around.files, kOwnUnit));
  if (is_own) {
    TRY(around.files.remove(kOwnUnit));
    TRY(must(around.files, "systemctl", {"daemon-reload"}));
  }
  around.out << "The agent is stopped and starts no more. All work, also what is not delivered, "
                "stays in "
             << kState << "; `fieldsync --state " << kState << " queue` lists it." << std::endl;
  return {};
}

Result<int> perform(const cli::ServiceOptions& options, cli::Surroundings& around) {
  switch (options.act) {
    case cli::ServiceOptions::Act::install:
      TRY(install(around));
      return 0;
    case cli::ServiceOptions::Act::remove:
      TRY(remove(around));
      return 0;
    case cli::ServiceOptions::Act::start:
      TRY(must(around.files, "systemctl", {"start", kUnit}));
      return 0;
    case cli::ServiceOptions::Act::stop:
      TRY(must(around.files, "systemctl", {"stop", kUnit}));
      return 0;
    case cli::ServiceOptions::Act::status:
      break;
  }
  TRY_ASSIGN(const int code, ask(around.files, "systemctl", {"status", "--no-pager", kUnit}));
  return code == 0 ? 0 : 1;
}

}  // namespace

std::string unit_for(const base::Path& program) {
  std::string text = kUnitText;
  const std::string packaged = kPackagedProgram;
  for (auto at = text.find(packaged); at != std::string::npos;
       at = text.find(packaged, at + program.size())) {
    text.replace(at, packaged.size(), program);
  }
  return text;
}

int run_service(const cli::ServiceOptions& options, cli::Surroundings& around) {
  const auto code = perform(options, around);
  if (code.ok()) return *code;
  around.err << "fieldsync: " << base::printable(base::sentence(code.failure())) << std::endl;
  return 1;
}

}  // namespace fieldsync::app
