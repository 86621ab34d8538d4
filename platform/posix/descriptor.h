#pragma once

#include <string_view>
#include <utility>

#include "platform/base/result.h"
#include "platform/base/types.h"

/// What the files of this folder share. Not for use outside it.
namespace fieldsync::platform::posix {

/// An open file descriptor, closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();
  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_ = -1;
};

/// open(2), repeated when a signal interrupts it; never inherited by other programs. Not open on
/// failure, with errno set.
Descriptor open_descriptor(const base::Path& path, int flags, unsigned mode = 0);

/// The failure that errno number `error` means: disk_low for a full disk or quota, file_unreadable
/// for what is missing or not permitted, disk_error for the rest.
base::Failure failure_of(int error, std::string_view path, std::string_view doing);

/// Whether errno says that a signal came in between.
bool interrupted();

/// Repeats a system call that returns -1 while signals interrupt it.
template <class Call>
auto retried(Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || !interrupted()) return result;
  }
}

}  // namespace fieldsync::platform::posix
