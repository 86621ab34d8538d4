#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/app/agent.h"
#include "agent/app/config.h"
#include "agent/sync/engine.h"
#include "agent/sync/local/intake.h"
#include "agent/sync/local/view.h"
#include "platform/secret_store.h"
#include "platform/steady_clock.h"

namespace fieldsync::app {

/// Everything that belongs to one configured account.
struct RemoteParts {
  RemoteConfig config;
  std::unique_ptr<net::RemoteService> service;
  std::unique_ptr<net::TokenSource> tokens;
  std::unique_ptr<sync::Remote> remote;
  std::unique_ptr<sync::Engine> engine;
};

/// All parts of one agent, in the order they need each other. Built by Agent::open, used by the
/// verbs. Loop thread only.
struct Parts {
  World world;
  /// What waits, waits by this clock; what people read comes from the world's.
  platform::SteadyClock steady;
  platform::Host steady_host;
  Config config;
  platform::FileSecretStore secrets;
  std::unique_ptr<storage::WorkStore> work;
  std::unique_ptr<storage::MirrorStore> mirror;
  storage::BlobStore originals;
  storage::BlobStore files;
  std::unique_ptr<sync::DiskRoom> room;
  std::vector<base::Failure> notices;
  std::unique_ptr<sync::DataMeter> data;
  std::unique_ptr<sync::View> view;
  std::unique_ptr<sync::Intake> intake;
  std::vector<std::unique_ptr<RemoteParts>> remotes;
  std::function<void(const std::string&)> status_listener;

  Parts(const World& world_, const Config& config_);

  /// The account of that name, or nullptr.
  RemoteParts* find_remote(const base::RemoteName& name);
  /// The account a person means: the named one, or the only one. bad_input otherwise.
  base::Result<RemoteParts*> pick_remote(const std::string& name);
};

/// Where the tokens of a person's own login come from.
std::unique_ptr<net::TokenSource> own_tokens(Parts& parts, const RemoteConfig& config,
                                             const std::string& person);
/// The name of the secret that holds the client secret of an account.
std::string client_secret_name(const base::RemoteName& remote);

}  // namespace fieldsync::app
