#include "agent/app/open_session.h"

#include <optional>
#include <ostream>

#include "agent/api/local_api.h"
#include "agent/app/machine.h"
#include "platform/base/text.h"
#include "platform/event_loop.h"
#include "platform/host.h"

namespace fieldsync::app {
namespace {

using base::Cause;
using base::Document;
using base::Failure;
using base::Result;

/// The agent in this process, for as long as one command takes. It is not started: it does what it
/// is asked to and begins nothing on its own.
class HereSession final : public cli::Session {
 public:
  explicit HereSession(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}

  Home home() const override { return Home::here; }

  Result<Document> call(std::string_view verb, const Document& arguments) override {
    // Shared, so that an answer that comes twice cannot reach a dead stack.
    const auto answer = std::make_shared<std::optional<Result<Document>>>();
    machine_->agent().commands().call(verb, arguments, [answer](Result<Document> given) {
      if (!*answer) answer->emplace(std::move(given));
    });
    if (!*answer) machine_->loop().run_until([&] { return answer->has_value(); });
    return **answer;
  }

  Result<cli::Staged> stage(const cli::CaptureFile& file) override {
    TRY(call("make_room", Document{{"bytes", std::int64_t{file.size}}}));
    TRY_ASSIGN(const auto added, machine_->agent().originals().add_file(file.path));
    if (added.size != file.size) {
      return Failure{Cause::file_growing, file.path + ": changed while it was read"};
    }
    return cli::Staged{added.digest.hex(), added.size, file.name, file.content_type};
  }

 private:
  std::unique_ptr<Machine> machine_;
};

Result<std::unique_ptr<cli::Session>> connect(const base::Path& state,
                                              platform::FileSystem& files) {
  const std::string address = api::door_address(files, state);
  TRY(cli::ask_health(address));
  TRY_ASSIGN(base::Secret token, api::api_token(files, state));
  TRY(cli::ask_proof(address, token));
  return cli::make_door_session(address, std::move(token));
}

Result<std::unique_ptr<cli::Session>> open_here(const Config& config, std::ostream& err) {
  TRY_ASSIGN(auto machine, Machine::open(config, Machine::LogTo::file_only));
  for (const base::Failure& notice : machine->agent().notices()) {
    err << "fieldsync: " << base::printable(notice.what) << "\n";
  }
  return std::unique_ptr<cli::Session>(std::make_unique<HereSession>(std::move(machine)));
}

}  // namespace

Result<std::unique_ptr<cli::Session>> open_session(const cli::Place& place,
                                                   cli::Surroundings& around) {
  cli::SessionWays ways;
  ways.connect = [&] { return connect(place.state, around.files); };
  ways.open_here = [&] { return open_here(place.config, around.err); };
  ways.pause = around.pause;
  return cli::choose_session(ways, around.clock);
}

base::Path run_folder() {
  const std::string folder = platform::environment("XDG_RUNTIME_DIR");
  return folder.empty() ? platform::join(platform::default_state_folder(), "run") : folder;
}

}  // namespace fieldsync::app
