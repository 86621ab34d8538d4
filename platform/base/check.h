#pragma once

/// FS_CHECK stops the program when the code itself is wrong. It stays in release builds: going on
/// with a broken invariant could lose a person's work. Never use it for what comes from outside.
namespace fieldsync::base {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace fieldsync::base

#define FS_CHECK(condition) \
  ((condition) ? void(0) : ::fieldsync::base::check_failed(#condition, __FILE__, __LINE__))
