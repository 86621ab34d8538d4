#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/commands.h"
#include "agent/app/config.h"
#include "net/http_transport.h"
#include "platform/base/log.h"
#include "platform/host.h"
#include "platform/network_state.h"
#include "storage/blob_store.h"
#include "storage/database.h"

namespace fieldsync::app {

/// Everything the agent needs from outside, so that the simulator can give it another world.
struct World {
  platform::Host host;
  net::HttpTransport& transport;
  base::Log& log;
  std::string vfs;                ///< SQLite VFS name; empty: the system's
  std::string user;               ///< author of captures that do not name one
  base::Path given_secrets = {};  ///< where the system put secrets for this run; empty: nowhere
};

/// The composition root: opens the stores of one state folder, builds every part and owns them. The
/// caller holds the folder's lock. Loop thread only.
class Agent {
 public:
  /// Opens or creates the state. Failure when work.db cannot be used at all; a salvage or a mirror
  /// set aside is no failure, and is told by `notices`.
  static base::Result<std::unique_ptr<Agent>> open(const World& world, const Config& config);
  ~Agent();  ///< nothing durable depends on it: a killed agent and a destroyed one are alike

  /// Begins to sync on its own: polls, retries, drains the queue.
  void start();
  /// The system says that the network changed: whatever waits for a link tries it at once.
  void link_changed();
  /// Over which network the way out leads now, and what its bytes cost: the data plan goes by it.
  void network_is(const platform::NetworkState& network);
  api::Commands& commands();
  /// Where captured bytes are staged before `add`: safe to use from any thread.
  storage::BlobStore& originals();
  /// What a person must be told about opening: one sentence each.
  const std::vector<base::Failure>& notices() const;
  /// Called soon, and then when it changes, with a status text in one line (systemd's STATUS=).
  void on_status(std::function<void(const std::string&)> listener);

 private:
  struct Impl;
  explicit Agent(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace fieldsync::app
