#include "agent/app/service_manager_acts.h"
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
  const auto code = child->wait(kManagerAnswerMax);
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

}  // namespace

namespace manager {

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
  tell_removed(around, kState);
  return {};
}

Result<> start(cli::Surroundings& around) {
  return must(around.files, "systemctl", {"start", kUnit});
}

Result<> stop(cli::Surroundings& around) {
  return must(around.files, "systemctl", {"stop", kUnit});
}

Result<int> status(cli::Surroundings& around) {
  TRY_ASSIGN(const int code, ask(around.files, "systemctl", {"status", "--no-pager", kUnit}));
  return code == 0 ? 0 : 1;
}

}  // namespace manager

std::string unit_for(const base::Path& program) {
  std::string text = kUnitText;
  const std::string packaged = kPackagedProgram;
  for (auto at = text.find(packaged); at != std::string::npos;
       at = text.find(packaged, at + program.size())) {
    text.replace(at, packaged.size(), program);
  }
  return text;
}

}  // namespace fieldsync::app
