#include "platform/posix/signal_pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>

namespace fieldsync::platform::posix {
namespace {

// A handler can reach nothing but globals.
std::atomic<int> g_writing{-1};
static_assert(std::atomic<int>::is_always_lock_free, "used in a signal handler");

void put_byte(int to, int value) {
  const auto byte = static_cast<unsigned char>(value);
  // A full pipe holds plenty of signals that nobody has read yet: this one adds nothing.
  [[maybe_unused]] const ssize_t put = ::write(to, &byte, 1);
}

void on_signal(int signal) {
  const int saved = errno;
  put_byte(g_writing.load(), signal);
  errno = saved;
}

}  // namespace

SignalPipe::SignalPipe(std::initializer_list<int> signals) {
  std::array<int, 2> ends{};
  FS_CHECK(::pipe2(ends.data(), O_CLOEXEC) == 0);
  reading_ = Descriptor(ends[0]);
  writing_ = Descriptor(ends[1]);
  // Only the writing end: a handler must never wait, the reader should.
  FS_CHECK(::fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
  int unset = -1;
  FS_CHECK(g_writing.compare_exchange_strong(unset, ends[1]));
  for (const int signal : signals) {
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    Before before{signal, {}};
    ::sigaction(signal, &action, &before.action);
    before_.push_back(before);
  }
}

SignalPipe::~SignalPipe() {
  for (const Before& before : before_) ::sigaction(before.signal, &before.action, nullptr);
  g_writing = -1;
}

int SignalPipe::next() {
  unsigned char byte = 0;
  const ssize_t got = retried([&] { return ::read(reading_.number(), &byte, 1); });
  return got == 1 ? byte : 0;
}

void SignalPipe::close() { put_byte(writing_.number(), 0); }

}  // namespace fieldsync::platform::posix
