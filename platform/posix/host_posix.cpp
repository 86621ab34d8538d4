#include <pwd.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include "platform/base/check.h"
#include "platform/host.h"
#include "platform/system_place.h"

namespace fieldsync::platform {
namespace {

struct Person {
  std::string name;
  base::Path home;
};

Person process_owner() {
  std::vector<char> buffer(16 * 1024);
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || !found) return {};
  return {found->pw_name ? found->pw_name : "", found->pw_dir ? found->pw_dir : ""};
}

/// A folder from the environment; the base directory rules say to ignore relative ones.
base::Path absolute_from_environment(const std::string& name) {
  const std::string value = environment(name);
  return value.starts_with('/') ? value : base::Path();
}

base::Path home_folder() {
  const base::Path home = absolute_from_environment("HOME");
  return home.empty() ? process_owner().home : home;
}

}  // namespace

std::uint64_t system_entropy() {
  std::uint64_t bits = 0;
  ssize_t got = 0;
  do {
    got = getrandom(&bits, sizeof bits, 0);
  } while (got < 0 && errno == EINTR);
  // Without it tokens would be guessable: no way to go on. So few bytes come whole.
  FS_CHECK(got == sizeof bits);
  return bits;
}

std::string current_user() {
  const std::string name = process_owner().name;
  return name.empty() ? "unknown" : name;
}

std::string machine_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "unknown";
  return name.data();
}

base::Path default_state_folder() {
  const base::Path state = absolute_from_environment("XDG_STATE_HOME");
  if (!state.empty()) return join(state, "fieldsync");
  const base::Path home = home_folder();
  return home.empty() ? "/var/lib/fieldsync" : join(home, ".local/state/fieldsync");
}

base::Path system_config_file() { return "/etc/fieldsync/fieldsync.toml"; }

base::Path default_config_file() {
  const base::Path of_machine = system_config_file();
  const base::Path home = home_folder();
  if (home.empty()) return of_machine;
  const base::Path own = join(home, ".config/fieldsync/fieldsync.toml");
  const bool only_system = access(own.c_str(), F_OK) != 0 && access(of_machine.c_str(), F_OK) == 0;
  return only_system ? of_machine : own;
}

std::string environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? value : "";
}

std::optional<base::Path> system_state_folder(const base::Path& config_file) {
  if (config_file != system_config_file()) return std::nullopt;
  return "/var/lib/fieldsync";
}

}  // namespace fieldsync::platform
