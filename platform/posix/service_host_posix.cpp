#include "platform/service_host.h"

#include <signal.h>

#include <thread>

#include "platform/posix/signal_pipe.h"

namespace fieldsync::platform {
namespace {

/// Runs the events on a thread of their own, which sleeps until a signal comes.
class SignalThread {
 public:
  explicit SignalThread(const ServiceEvents& events)
      : events_(events), pipe_({SIGTERM, SIGINT, SIGHUP}), thread_([this] { work(); }) {}
  ~SignalThread() {
    pipe_.close();
    thread_.join();
  }
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

 private:
  void work() {
    while (const int signal = pipe_.next()) {
      const auto& event = signal == SIGHUP ? events_.reload : events_.stop;
      if (event) event();
    }
  }

  const ServiceEvents& events_;
  posix::SignalPipe pipe_;
  std::thread thread_;
};

}  // namespace

int run_as_service(const ServiceEvents& events, const std::function<int()>& body) {
  // A peer that hangs up is an error of that one write, not the end of the program.
  ::signal(SIGPIPE, SIG_IGN);
  const SignalThread signals(events);
  return body();
}

}  // namespace fieldsync::platform
