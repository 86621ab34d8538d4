#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "agent/app/agent.h"
#include "tests/support/direct_transport.h"
#include "tests/support/temp_folder.h"
#include "tests/support/virtual_time.h"

/// One agent and one sandbox in one process and one thread, in virtual time: real stores on real
/// files, the real adapter, no sockets.
namespace fieldsync::tests {

class SmallWorld {
 public:
  explicit SmallWorld(std::uint64_t seed = 1);

  /// The agent stops where it stands, as at a power cut, and a new one opens the same folder.
  void crash_and_restart();
  base::Document call(std::string_view verb, const base::Document& arguments = {});
  base::Result<base::Document> try_call(std::string_view verb, const base::Document& arguments);
  /// Whether the queue became empty (held acts count as open) within the time.
  bool drain(base::Millis limit = std::chrono::hours(2));
  /// The open acts as text, for messages of failed tests.
  std::string open_acts();
  void run_for(base::Millis span);
  base::Document control(net::Method method, const std::string& path,
                         const base::Document& body = {});
  /// Bytes as a staged file, ready for `add` and `attach`.
  base::Document stage(const std::string& name, const std::string& bytes);
  /// How many records of the kind the service has in which `field` is `text`, deleted ones left
  /// out.
  int at_service(const std::string& kind, const std::string& field, const std::string& text);
  base::Document queue() { return call("queue", {{"all", base::Value(true)}}); }

  VirtualClock clock;
  VirtualLoop loop{clock};
  std::unique_ptr<platform::FileSystem> files = platform::make_system_files();
  InlineWorkers workers{loop};
  platform::Random random;
  platform::Host host{clock, loop, *files, workers, random};
  TempFolder folder;
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<net::sandbox::Sandbox> sandbox;
  std::unique_ptr<DirectTransport> transport;
  app::Config config;
  std::unique_ptr<app::Agent> agent;

 private:
  void open_agent();
};

}  // namespace fieldsync::tests
