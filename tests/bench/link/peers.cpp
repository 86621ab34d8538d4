#include "tests/bench/link/peers.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tests/bench/figures.h"

namespace fieldsync::bench::link {
namespace {

namespace fs = std::filesystem;
using base::Millis;

/// Both ends of a peer: shell lines with $IN (a folder of files), $OUT (an empty one), $WORK and
/// $PORT.
struct Peer {
  std::string name;
  std::string needs;   ///< a shell line that succeeds where it is installed
  std::string server;  ///< on the far host, until it is ended
  std::string client;  ///< on the near host; ends with an error when it must be run again
  int port = 0;
};

/// Of a person who looks again now and then.
constexpr int kRunsMax = 40;
constexpr Millis kBeforeRerun{1'000};
constexpr Millis kServerStart{15'000};

std::vector<Peer> all_peers() {
  const std::string tus = "node '" FIELDSYNC_TUS_SCRIPT "' ";
  return {
      {"rsync", "command -v rsync",
       "printf 'use chroot = no\naddress = 127.0.0.1\n[in]\npath = %s\nread only = no\nuid = 0\n"
       "gid = 0\n' \"$OUT\" >\"$WORK/rsyncd.conf\"; exec rsync --daemon --no-detach --port=$PORT "
       "--config=\"$WORK/rsyncd.conf\"",
       "rsync --recursive --partial --inplace --timeout=10 \"$IN/\" rsync://127.0.0.1:$PORT/in/",
       8'873},
      {"rclone", "command -v rclone", "exec rclone serve webdav --addr 127.0.0.1:$PORT \"$OUT\"",
       "rclone copy \"$IN\" :webdav: --webdav-url http://127.0.0.1:$PORT --config /dev/null "
       "--timeout 10s --low-level-retries 20",
       8'874},
      {"tus", "command -v node && " + tus + "check", "exec " + tus + "server \"$OUT\" $PORT",
       tus + "client \"$IN\" $PORT", 8'875},
  };
}

/// What the lines of a peer name.
std::string variables(const Peer& peer, const std::string& folder) {
  return "WORK='" + folder +
         "'; IN=\"$WORK/in\"; OUT=\"$WORK/out\"; PORT=" + std::to_string(peer.port) + "; ";
}

std::unique_ptr<platform::ChildProcess> shell(const std::string& line, const std::string& output) {
  return need(platform::start_child({"/bin/sh", {"-c", line}, output}));
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Whether each file of `in` is among those of `out`, whatever its name there.
bool are_equal(const std::string& in, const std::string& out) {
  std::vector<fs::path> arrived;
  for (const auto& entry : fs::recursive_directory_iterator(out)) {
    if (entry.is_regular_file()) arrived.push_back(entry.path());
  }
  for (const auto& entry : fs::directory_iterator(in)) {
    const std::string bytes = bytes_of(entry.path());
    bool found = false;
    for (const fs::path& file : arrived) {
      found = found || (fs::file_size(file) == bytes.size() && bytes_of(file) == bytes);
    }
    if (!found) return false;
  }
  return true;
}

struct Transfer {
  Seconds took = 0;
  int runs = 0;
  std::int64_t again = 0;
};

/// Runs the client until it ends well, as a person would.
Transfer transfer(LinkRig& rig, const Peer& peer, const std::string& folder, Seconds patience,
                  base::ByteCount bytes) {
  rig.tell("start");
  Transfer done;
  const Seconds began = monotonic_now();
  const std::int64_t before = rig.timeline().at(began).stream_up;
  const std::string line =
      variables(peer, folder) + "exec nsenter --net=" + rig.near_path() + " " + peer.client;
  while (done.runs < kRunsMax) {
    ++done.runs;
    const auto client = shell(line, folder + "/client.txt");
    const Seconds left = began + patience - monotonic_now();
    const auto code = client->wait(Millis{std::llround(std::max(0.0, left) * 1'000)});
    if (!code) throw Trouble("not done within " + std::to_string(patience) + " s");
    if (*code == 0) break;
    rig.waiting().pause(kBeforeRerun);
  }
  done.took = monotonic_now() - began;
  rig.waiting().pause(Millis{150});
  done.again = rig.timeline().at(monotonic_now()).stream_up - before - bytes;
  rig.tell("steady");
  return done;
}

void wait_for_server(LinkRig& rig, const Peer& peer, platform::ChildProcess& server) {
  // /proc/net/tcp lists what listens in this namespace, the port in hex.
  char wanted[16];
  std::snprintf(wanted, sizeof wanted, ":%04X ", peer.port);
  need(rig.waiting().until(peer.name + "'s server", kServerStart, [&]() -> base::Result<bool> {
    if (server.poll()) throw Trouble("its server ended");
    return bytes_of("/proc/thread-self/net/tcp").find(wanted) != std::string::npos;
  }));
}

void measure_peer(LinkRig& rig, const Profile& profile, const Peer& peer) {
  const std::string folder = rig / ("peer-" + peer.name);
  fs::create_directories(folder + "/in");
  fs::create_directories(folder + "/out");
  base::ByteCount bytes = 0;
  for (const base::ByteCount size : profile.files) {
    const fs::path picture = rig.picture(size);
    fs::rename(picture, folder + "/in/" + picture.filename().string());
    bytes += size;
  }
  const auto server = shell(variables(peer, folder) + peer.server, folder + "/server.txt");
  wait_for_server(rig, peer, *server);
  const Seconds ideal = ideal_time(profile, bytes);
  const Transfer done = transfer(rig, peer, folder, ideal * 4 + 60, bytes);
  if (!are_equal(folder + "/in", folder + "/out")) {
    throw Trouble("what arrived differs after " + std::to_string(done.runs) + " runs");
  }
  char detail[120];
  std::snprintf(detail, sizeof detail, "%.1f s, ideal %.1f s; %.2f MB again; started %d times",
                done.took, ideal, static_cast<double>(done.again) / 1e6, done.runs);
  figures().add({profile.name + " " + peer.name, done.took / ideal, "x", Aim::none, 0, detail});
}

}  // namespace

void measure_peers(LinkRig& rig, const Profile& profile) {
  for (const Peer& peer : all_peers()) {
    if (std::system(("(" + peer.needs + ") >/dev/null 2>&1").c_str()) != 0) {
      std::cout << "  " << peer.name << ": skipped, not installed" << std::endl;
      continue;
    }
    try {
      measure_peer(rig, profile, peer);
      figures().print_new(std::cout);
    } catch (const Trouble& trouble) {
      // A peer that fails on this link is a figure of its own, no fault of ours.
      std::cout << "  " << peer.name << ": " << trouble.what() << std::endl;
    }
  }
}

}  // namespace fieldsync::bench::link
