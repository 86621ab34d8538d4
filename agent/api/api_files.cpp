#include "agent/api/local_api.h"
#include "platform/atomic_file.h"
#include "platform/base/digest.h"
#include "platform/base/text.h"
#include "platform/host.h"
#include "platform/socket.h"

namespace fieldsync::api {
namespace {

using platform::FileSystem;

/// sun_path holds 108 bytes on Linux and 104 elsewhere, the ending zero included.
constexpr std::size_t kSocketPathMax = 100;
/// 32 bytes of chance, as hex.
constexpr int kTokenBytes = 32;
constexpr base::ByteCount kSmallFileMax = 4'096;

bool is_token(std::string_view text) {
  return text.size() == 2 * kTokenBytes &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

base::Path address_file(const base::Path& state) { return platform::join(state, "agent.address"); }

base::Result<> publish(FileSystem& files, const base::Path& state, const std::string& address) {
  return platform::write_atomically(files, address_file(state), address + "\n",
                                    FileSystem::Access::owner_only);
}

}  // namespace

base::Result<base::Secret> api_token(FileSystem& files, const base::Path& state) {
  const base::Path path = platform::join(state, "api.token");
  TRY_ASSIGN(const platform::FileInfo info, files.info(path));
  if (info.type != platform::FileType::missing) {
    TRY_ASSIGN(const std::string text, platform::read_all(files, path, kSmallFileMax));
    const std::string_view token = base::trimmed(text);
    if (is_token(token)) return base::Secret(std::string(token));
  }
  base::Secret token(platform::system_random_hex(kTokenBytes));
  TRY(platform::write_atomically(files, path, token.reveal() + "\n",
                                 FileSystem::Access::owner_only));
  return token;
}

base::Path socket_path(const base::Path& state, const base::Path& run_folder) {
  base::Path plain = platform::join(state, "agent.sock");
  if (plain.size() <= kSocketPathMax) return plain;
  // 16 hex digits: two states of one person meet with a chance of 2^-64.
  return platform::join(run_folder,
                        "fieldsync-" + base::digest_of(state).hex().substr(0, 16) + ".sock");
}

base::Result<> open_door(LocalApi& door, FileSystem& files, const base::Path& state,
                         const base::Path& run_folder) {
  if (!platform::has_unix_sockets()) {
    TRY_ASSIGN(const int port, door.listen_loopback());
    return publish(files, state, "127.0.0.1:" + std::to_string(port));
  }
  const base::Path socket = socket_path(state, run_folder);
  if (socket.size() > kSocketPathMax) {
    return base::Failure{base::Cause::bad_input,
                         socket + ": too long for a socket (100 bytes); choose a shorter --state"};
  }
  if (socket == platform::join(state, "agent.sock")) {
    TRY(files.remove(address_file(state)));
  } else {
    TRY(files.make_folder(platform::parent_of(socket)));
    TRY(publish(files, state, socket));
  }
  return door.listen(socket);
}

std::string door_address(FileSystem& files, const base::Path& state) {
  const auto written = platform::read_all(files, address_file(state), kSmallFileMax);
  if (!written.ok()) return platform::join(state, "agent.sock");
  return std::string(base::trimmed(*written));
}

std::vector<base::Path> door_files(FileSystem& files, const base::Path& state) {
  std::vector<base::Path> all{platform::join(state, "api.token")};
  const std::string address = door_address(files, state);
  if (address != platform::join(state, "agent.sock")) all.push_back(address_file(state));
  if (platform::has_unix_sockets()) all.push_back(address);
  return all;
}

std::string proof_of(const base::Secret& token, int port, std::string_view nonce) {
  return base::digest_of(token.reveal() + "/" + std::to_string(port) + "/" + std::string(nonce))
      .hex();
}

}  // namespace fieldsync::api
