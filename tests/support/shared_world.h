#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "net/sandbox/sandbox.h"
#include "platform/host.h"
#include "tests/support/virtual_time.h"

/// What several machines have in common: one service, one clock, one thread, virtual time.
namespace fieldsync::tests {

class SharedWorld {
 public:
  /// `size` as Sandbox::seed takes it. No request budget until a test sets one.
  explicit SharedWorld(std::uint64_t seed = 1, const std::string& size = "small");

  void run_for(base::Millis span);
  /// A call to the control port: the office's edits, switches, faults, the ledger. A list in the
  /// answer is the field `list`.
  base::Document control(net::Method method, const std::string& path,
                         const base::Document& body = {});
  /// All records of the kind as /records tells them, deleted ones included.
  base::List records(const std::string& kind);
  /// How many records of the kind the service has in which `field` is `text`, deleted ones left
  /// out. `sha256` is that of the record's own file.
  int at_service(const std::string& kind, const std::string& field, const std::string& text);

  VirtualClock clock;
  VirtualLoop loop{clock};
  std::unique_ptr<platform::FileSystem> files = platform::make_system_files();
  platform::Random random;
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<net::sandbox::Sandbox> sandbox;
};

}  // namespace fieldsync::tests
