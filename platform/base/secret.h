#pragma once

#include <string>
#include <utility>

namespace fieldsync::base {

/// Text that must not be seen: tokens, client secrets. It has no printing operator and the log has
/// no overload for it, so it cannot leak by accident (promise P11).
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  /// The text itself, for the one line that must send or store it.
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string text_;
};

}  // namespace fieldsync::base
