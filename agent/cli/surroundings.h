#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/app/config.h"
#include "agent/cli/output.h"
#include "agent/cli/session.h"
#include "platform/clock.h"
#include "platform/file_system.h"

namespace fieldsync::cli {

/// Where one command works: the state folder and what the config file says.
struct Place {
  Path state;
  Path config_file;  ///< named in messages; need not exist
  app::Config config;
  /// Faults of the config file. Capture and looking go on with what could be understood.
  std::vector<std::string> faults;
};

struct RunOptions {
  Path ready_file;  ///< written once the agent answers; empty: none
  /// Who may speak to the agent: its own user, or besides the group of the state folder.
  enum class People { owner, group } people = People::owner;
  /// Where the agent works according to the config file as it is now; bad_input with its faults.
  std::function<Result<Place>()> read_again = {};
};

struct ServiceOptions {
  enum class Act { install, remove, start, stop, status } act = Act::status;
};

struct TryOptions {
  Path photos;    ///< a folder; empty: photos are made up
  Path drawings;  ///< a folder; empty: the service's own only
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> storm;  ///< its seed; none: the main job
  int storm_seconds = 25;
  enum class After { clean_up, keep_running } after = After::clean_up;
  enum class Form { text, json } form = Form::text;
};

/// What the command line needs from outside. `main` makes the real one, tests their own.
struct Surroundings {
  platform::FileSystem& files;
  const platform::Clock& clock;
  std::ostream& out;
  std::ostream& err;
  /// Columns of the terminal on `out`; 0 when it is none.
  int out_columns = 0;
  /// The same of `err`: progress bars are drawn on a terminal only.
  int err_columns = 0;
  /// All of stdin, refused with bad_input past the limit.
  std::function<Result<std::string>(ByteCount bytes_max)> read_input;
  /// Nothing at the end of the input.
  std::function<std::optional<base::Secret>(const std::string& prompt)> read_secret;
  std::function<std::optional<std::string>(const std::string& prompt)> read_line;
  std::function<std::string(const std::string& name)> environment;
  std::function<void(base::Millis)> pause;
  std::function<Result<std::unique_ptr<Session>>(const Place&)> open_session;
  /// Runs the agent until it is told to stop; returns the exit code.
  std::function<int(const Place&, const RunOptions&)> run_agent;
  /// `fieldsync service`; returns the exit code.
  std::function<int(const ServiceOptions&)> run_service;
  /// `fieldsync try`; returns the exit code.
  std::function<int(const TryOptions&)> run_try;
};

/// The whole command line: parses, performs, prints. `arguments` without the program's name.
/// Returns the exit code: 0 done, 1 failed, 2 usage, 3 done but things need a person.
int run_cli(const std::vector<std::string>& arguments, Surroundings& around);

}  // namespace fieldsync::cli
