#include <algorithm>
#include <array>
#include <string_view>

#include "tests/tidy/checks.h"

namespace fieldsync::tidy {
namespace {

bool is_in(std::string_view path, std::string_view folder) { return path.starts_with(folder); }

template <std::size_t N>
bool is_in_any(std::string_view path, const std::array<std::string_view, N>& folders) {
  return std::any_of(folders.begin(), folders.end(),
                     [&](std::string_view folder) { return is_in(path, folder); });
}

constexpr std::array<std::string_view, 5> kOwn = {"platform/", "storage/", "net/", "agent/",
                                                  "tests/"};

constexpr std::string_view kSync = "agent/sync/";
/// Its folders, the lowest first: each knows those before it, and the loop at their root knows all.
constexpr auto kSyncFolders = std::to_array<std::string_view>(
    {"link", "plan", "remote", "reconcile", "pull", "push", "upload", "local"});

/// How high a file of agent/sync stands among its folders.
auto sync_rank(std::string_view path) {
  path.remove_prefix(kSync.size());
  const std::string_view folder = path.substr(0, path.find('/'));
  return std::find(kSyncFolders.begin(), kSyncFolders.end(), folder) - kSyncFolders.begin();
}

/// Whether a file at `path` may include our own header `name`.
bool layer_allows(std::string_view path, std::string_view name) {
  if (is_in(path, "tests/")) return true;
  if (is_in(name, "tests/")) return false;
  if (is_in(name, "platform/posix/")) return is_in(path, "platform/posix/");
  if (is_in(name, "platform/windows/")) return is_in(path, "platform/windows/");
  if (is_in(name, "platform/")) return true;
  if (is_in(path, "storage/")) return is_in(name, "storage/");
  if (is_in(path, "net/sandbox/") && name == "storage/database.h") return true;
  if (is_in(path, "net/")) return is_in(name, "net/");
  if (is_in(path, "agent/merge/")) return is_in(name, "agent/merge/");
  if (is_in(path, kSync)) {
    if (is_in(name, kSync)) return sync_rank(name) <= sync_rank(path);
    return is_in(name, "agent/merge/") || !is_in(name, "agent/");
  }
  return is_in(path, "agent/");
}

struct Library {
  std::string_view header;  ///< how its headers begin
  std::string_view owner;   ///< how the paths begin that may include them
};
constexpr std::string_view kImages = "platform/image/";
constexpr auto kLibraries = std::to_array<Library>({
    {"sqlite3.h", "storage/"},
    {"SQLiteCpp/", "storage/"},
    {"cereal/", "storage/"},
    {"zstd.h", "storage/"},
    {"curl/", "net/curl_"},
    {"httplib.h", "net/http_server"},
    {"boost/", "platform/"},
    {"nlohmann/", "platform/base/json.cpp"},
    {"rapidjson/", "platform/base/json.cpp"},
    {"spdlog/", "platform/base/log.cpp"},
    {"fmt/", "platform/base/log.cpp"},
    {"openssl/", "platform/posix/"},
    {"jpeglib.h", kImages},
    {"jerror.h", kImages},
    {"toml", "agent/"},
    {"doctest/", "tests/"},
    {"benchmark/", "tests/"},
});

constexpr auto kSystemHeaders = std::to_array<std::string_view>({
    "arpa/",     "csignal",   "dirent.h", "dlfcn.h",   "fcntl.h",    "grp.h",
    "ifaddrs.h", "linux/",    "net/if",   "netdb.h",   "netinet/",   "poll.h",
    "pthread.h", "pwd.h",     "sched.h",  "signal.h",  "spawn.h",    "sys/",
    "syslog.h",  "termios.h", "unistd.h", "windows.h", "winsock2.h",
});

}  // namespace

Findings check_layers(const Source& source) {
  Findings findings;
  for (const Include& include : includes_of(source)) {
    if (include.opening == '<') continue;
    if (!is_in_any(include.name, kOwn)) {
      findings.push_back({source.path(), include.line,
                          include.name + ": own headers are named from the root of the tree"});
    } else if (!layer_allows(source.path(), include.name)) {
      findings.push_back({source.path(), include.line, include.name + ": not for this layer"});
    }
  }
  return findings;
}

Findings check_libraries(const Source& source) {
  Findings findings;
  if (source.in("tests/")) return findings;
  for (const Include& include : includes_of(source)) {
    if (is_in_any(include.name, kOwn)) continue;
    for (const Library& library : kLibraries) {
      if (!is_in(include.name, library.header) || source.in(library.owner)) continue;
      // The double makes up the pictures of its office; nothing of the agent links it.
      if (library.owner == kImages && source.path() == "net/sandbox/jpeg.cpp") continue;
      findings.push_back(
          {source.path(), include.line, include.name + ": only in " + std::string(library.owner)});
    }
  }
  return findings;
}

Findings check_system_headers(const Source& source) {
  Findings findings;
  if (source.in("tests/") || source.in("platform/posix/") || source.in("platform/windows/")) {
    return findings;
  }
  for (const Include& include : includes_of(source)) {
    if (include.opening != '<' || !is_in_any(include.name, kSystemHeaders)) continue;
    findings.push_back({source.path(), include.line, include.name + ": only in platform's twins"});
  }
  return findings;
}

}  // namespace fieldsync::tidy
