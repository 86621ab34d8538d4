#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "platform/base/cause.h"
#include "platform/base/check.h"
#include "platform/base/types.h"

/// Expected failures are values. A Result holds either what was asked for or a Failure that says
/// what to tell the person and what to do next. Exceptions of libraries stop at their owner.
namespace fieldsync::base {

struct Failure {
  Cause cause = Cause::none;
  /// What exactly happened, naming the thing: "work.db: disk I/O error (10)". Never a secret.
  std::string what;
  /// How long the other side asked us to wait, if it did.
  std::optional<Millis> wait_asked = std::nullopt;
};

/// "photo.jpg: 0 bytes. The file is empty …. Take the picture again." for people.
std::string sentence(const Failure& failure);

struct Done {
  bool operator==(const Done&) const = default;
};

template <class T = Done>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {
    FS_CHECK(std::get<1>(state_).cause != Cause::none);
  }

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return checked(); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  T value() && { return std::move(checked()); }
  T& operator*() & { return checked(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &value(); }

  const Failure& failure() const {
    FS_CHECK(!ok());
    return std::get<1>(state_);
  }

 private:
  T& checked() {
    FS_CHECK(ok());
    return std::get<0>(state_);
  }
  std::variant<T, Failure> state_;
};

template <>
class [[nodiscard]] Result<Done> : public Result<std::monostate> {
 public:
  Result() : Result<std::monostate>(std::monostate{}) {}
  Result(Done) : Result() {}
  Result(Failure failure) : Result<std::monostate>(std::move(failure)) {}
};

}  // namespace fieldsync::base

#define FS_CONCAT_INNER(a, b) a##b
#define FS_CONCAT(a, b) FS_CONCAT_INNER(a, b)

/// TRY(expression): returns the Failure of `expression` from this function, if it is one.
#define TRY(expression)                                       \
  do {                                                        \
    if (auto fs_result = (expression); !fs_result.ok()) {     \
      return fs_result.failure();                             \
    }                                                         \
  } while (false)

/// TRY_ASSIGN(declaration, expression): like TRY, and keeps the value otherwise.
#define TRY_ASSIGN(declaration, expression) \
  TRY_ASSIGN_INNER(FS_CONCAT(fs_result_, __LINE__), declaration, expression)
#define TRY_ASSIGN_INNER(result, declaration, expression) \
  auto result = (expression);                             \
  if (!result.ok()) return result.failure();              \
  declaration = std::move(result).value()
