#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "platform/clock.h"
#include "platform/event_loop.h"
#include "platform/file_system.h"
#include "platform/random.h"
#include "platform/workers.h"

namespace fieldsync::platform {

/// Every seam to the world, in one hand. The agent sees only this (and net::HttpTransport); the
/// simulator makes another one.
struct Host {
  Clock& clock;
  EventLoop& loop;
  FileSystem& files;
  Workers& workers;
  Random& random;
};

std::unique_ptr<Clock> make_system_clock();
std::unique_ptr<FileSystem> make_system_files();
/// 64 bits from the operating system's generator, for seeding Random.
std::uint64_t system_entropy();
/// `bytes` bytes from the operating system's generator as lower-case hex: for tokens.
std::string system_random_hex(int bytes);
/// The name of the person whose process this is; "unknown" if the system has none.
std::string current_user();
/// This machine's name.
std::string machine_name();
/// Where state lives when nobody says: $XDG_STATE_HOME/fieldsync or ~/.local/state/fieldsync;
/// %LOCALAPPDATA%\Fieldsync.
base::Path default_state_folder();
/// ~/.config/fieldsync/fieldsync.toml, or /etc/fieldsync/fieldsync.toml when only that exists.
base::Path default_config_file();
/// An environment variable, or "".
std::string environment(const std::string& name);

}  // namespace fieldsync::platform
