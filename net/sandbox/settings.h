#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/result.h"
#include "platform/base/value.h"

/// What the facts leave open is a switch here, so that a client can be tried against both answers.
namespace fieldsync::net::sandbox {

struct SettingRow {
  std::string_view name;
  base::Value standard;
  std::vector<std::string_view> choices;  ///< of a text setting
  std::string_view meaning;
};

/// Every switch with its default. Defaults are the stricter reading where one exists.
const std::vector<SettingRow>& all_settings();

class Settings {
 public:
  Settings();
  bool flag(std::string_view name) const;
  std::int64_t number(std::string_view name) const;
  const std::string& choice(std::string_view name) const;
  /// Overlays `changes`; nothing is changed when one of them is unknown, of another type, or not
  /// among the choices: the reason is returned.
  std::optional<std::string> change(const base::Document& changes);
  const base::Document& all() const { return values_; }

 private:
  base::Document values_;
};

}  // namespace fieldsync::net::sandbox
