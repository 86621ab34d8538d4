#include "platform/child_process.h"

#include <string>

#include "platform/tuning.h"
#include "platform/windows/command_line.h"
#include "platform/windows/system.h"

namespace fieldsync::platform {
namespace {

using windows::Handle;

/// What TerminateProcess leaves as exit code: the one of a killed program elsewhere.
constexpr UINT kKilled = 128 + 9;

class WindowsChild final : public ChildProcess {
 public:
  WindowsChild(Handle process, Handle job, DWORD pid)
      : process_(std::move(process)), job_(std::move(job)), pid_(pid) {}
  ~WindowsChild() override {
    if (poll()) return;
    kill();
    ::WaitForSingleObject(process_.get(), INFINITE);
  }

  std::int64_t pid() const override { return pid_; }
  // Its own group, which its number names.
  void ask_to_stop() override { ::GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, pid_); }
  void kill() override { ::TerminateProcess(process_.get(), kKilled); }
  std::optional<int> poll() override { return wait(base::Millis{0}); }

  std::optional<int> wait(base::Millis limit) override {
    const auto millis = static_cast<DWORD>(limit.count());
    if (::WaitForSingleObject(process_.get(), millis) != WAIT_OBJECT_0) return std::nullopt;
    DWORD code = 1;
    ::GetExitCodeProcess(process_.get(), &code);
    return static_cast<int>(code);
  }

 private:
  Handle process_;
  Handle job_;  ///< ends what the child left running, also when we are killed
  DWORD pid_;
};

/// A file, or nothing, that the child may inherit.
Handle inheritable(const std::wstring& name, DWORD access, DWORD how) {
  SECURITY_ATTRIBUTES attributes{sizeof attributes, nullptr, TRUE};
  return Handle(::CreateFileW(name.c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE, &attributes,
                              how, FILE_ATTRIBUTE_NORMAL, nullptr));
}

Handle job_that_ends_with_us() {
  Handle job(::CreateJobObjectW(nullptr, nullptr));
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  ::SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits, sizeof limits);
  return job;
}

}  // namespace

base::Result<std::unique_ptr<ChildProcess>> start_child(const ChildOptions& options) {
  STARTUPINFOW start{};
  start.cb = sizeof start;
  const Handle nothing = inheritable(L"NUL", GENERIC_READ, OPEN_EXISTING);
  Handle output;
  if (!options.output.empty()) {
    output = inheritable(windows::native(options.output), FILE_APPEND_DATA, OPEN_ALWAYS);
    if (!output.is_open()) {
      return windows::failure_of(::GetLastError(), options.output, "open");
    }
  }
  start.dwFlags = STARTF_USESTDHANDLES;
  start.hStdInput = nothing.get();
  start.hStdOutput = output.is_open() ? output.get() : ::GetStdHandle(STD_OUTPUT_HANDLE);
  start.hStdError = output.is_open() ? output.get() : ::GetStdHandle(STD_ERROR_HANDLE);
  std::wstring line = windows::command_line(options.program, options.arguments);
  PROCESS_INFORMATION made{};
  if (!::CreateProcessW(windows::native(options.program).c_str(), line.data(), nullptr, nullptr,
                        TRUE, CREATE_NEW_PROCESS_GROUP | CREATE_SUSPENDED, nullptr, nullptr, &start,
                        &made)) {
    return windows::failure_of(::GetLastError(), options.program, "start");
  }
  Handle process(made.hProcess);
  const Handle thread(made.hThread);
  Handle job = job_that_ends_with_us();
  ::AssignProcessToJobObject(job.get(), process.get());
  ::ResumeThread(thread.get());
  return std::unique_ptr<ChildProcess>(
      std::make_unique<WindowsChild>(std::move(process), std::move(job), made.dwProcessId));
}

base::Path own_program() {
  std::wstring name(32'768, L'\0');  // the longest path there is
  const DWORD size = ::GetModuleFileNameW(nullptr, name.data(), static_cast<DWORD>(name.size()));
  return windows::to_path(std::wstring_view(name).substr(0, size));
}

}  // namespace fieldsync::platform
