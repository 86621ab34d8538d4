#include <iostream>

#include "agent/app/open_session.h"
#include "agent/cli/surroundings.h"
#include "agent/try/try_command.h"
#include "platform/event_loop.h"
#include "platform/host.h"
#include "platform/program.h"
#include "platform/terminal.h"

namespace {

using namespace fieldsync;

/// A terminal narrower than this is asked to wrap by itself.
constexpr int kColumnsMin = 40;

base::Result<std::string> read_input(base::ByteCount bytes_max) {
  std::string text;
  std::string piece(64 << 10, '\0');
  while (std::cin.read(piece.data(), static_cast<std::streamsize>(piece.size())),
         std::cin.gcount() > 0) {
    text.append(piece, 0, static_cast<std::size_t>(std::cin.gcount()));
    if (static_cast<base::ByteCount>(text.size()) > bytes_max) {
      return base::Failure{base::Cause::bad_input,
                           "stdin: more than " + std::to_string(bytes_max) + " bytes"};
    }
  }
  return text;
}

void pause(const platform::Clock& clock, base::Millis span) {
  platform::ThreadLoop loop(clock);
  loop.call_at(clock.now() + span, [&loop] { loop.stop(); });
  loop.run();
}

int columns_of(platform::Stream stream) {
  return platform::is_terminal(stream) ? std::max(kColumnsMin, platform::terminal_columns()) : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words = platform::begin_program(argc, argv);
  const auto files = platform::make_system_files();
  const auto clock = platform::make_system_clock();
  cli::Surroundings around{*files, *clock, std::cout, std::cerr, {}, {}, {},
                           {},     {},     {},        {},        {}, {}, {}};
  around.out_columns = columns_of(platform::Stream::out);
  around.err_columns = columns_of(platform::Stream::error);
  around.read_input = read_input;
  around.read_secret = platform::read_secret;
  around.read_line = platform::read_line;
  around.environment = platform::environment;
  around.pause = [&](base::Millis span) { pause(*clock, span); };
  around.open_session = [&](const cli::Place& place) { return app::open_session(place, around); };
  around.run_agent = [&](const cli::Place& place, const cli::RunOptions& options) {
    return app::run_agent(place, options, around);
  };
  around.run_try = [&](const cli::TryOptions& options) { return trial::run_try(options, around); };
  return cli::run_cli(words, around);
}
