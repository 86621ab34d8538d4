#include "agent/app/agent.h"

#include "agent/app/parts.h"
#include "agent/sync/local/pins.h"
#include "agent/sync/remote/people.h"
#include "agent/verbs/verbs.h"
#include "net/adapters/procore.h"
#include "platform/base/time_text.h"

namespace fieldsync::app {

using base::Cause;
using base::Failure;
using base::Result;
using platform::join;

Parts::Parts(const World& world_, const Config& config_)
    : world(world_),
      steady(world.host.clock),
      steady_host{steady, world.host.loop, world.host.files, world.host.workers, world.host.random},
      config(config_),
      secrets(world.host.files, join(config.state_folder, "secrets"), world.given_secrets),
      originals(world.host.files, join(config.state_folder, "originals"),
                storage::BlobStore::Sync::durable),
      files(world.host.files, join(config.state_folder, "files"), storage::BlobStore::Sync::lazy) {}

RemoteParts* Parts::find_remote(const base::RemoteName& name) {
  for (const auto& parts : remotes) {
    if (parts->config.name == name) return parts.get();
  }
  return nullptr;
}

Result<RemoteParts*> Parts::pick_remote(const std::string& name) {
  if (!name.empty()) {
    if (RemoteParts* found = find_remote(base::RemoteName(name))) return found;
    return Failure{Cause::bad_input, "no remote \"" + name + "\" in the config file"};
  }
  if (remotes.size() == 1) return remotes.front().get();
  return Failure{Cause::bad_input, remotes.empty()
                                       ? "no remote in the config file: add [remote.procore]"
                                       : "several remotes: say which with --remote"};
}

std::string client_secret_name(const base::RemoteName& remote) {
  return "client_secret." + remote.raw();
}

namespace {

Result<net::OAuthApp> oauth_app(Parts& parts, const RemoteConfig& config) {
  net::OAuthApp oauth;
  oauth.login_url = config.login_url;
  oauth.client_id = config.client_id;
  oauth.grant = config.grant;
  TRY_ASSIGN(const auto secret, parts.secrets.get(client_secret_name(config.name)));
  if (secret) oauth.client_secret = *secret;
  return oauth;
}

Result<> open_stores(Parts& parts) {
  const base::Path folder = parts.config.state_folder;
  TRY(parts.world.host.files.make_folder(folder));
  const base::WallTime now = parts.world.host.clock.wall();
  storage::DatabaseOptions options;
  options.vfs = parts.world.vfs;
  TRY_ASSIGN(auto work, storage::WorkStore::open(folder, options, now));
  parts.work = std::move(work.store);
  if (work.salvage) {
    std::string notice = "work.db was damaged. " + std::to_string(work.salvage->rows_kept) +
                         " rows were saved; the damaged file is kept as " +
                         work.salvage->damaged_copy + ".";
    for (const std::string& lost : work.salvage->lost) notice += " Not readable: " + lost + ".";
    parts.notices.push_back({Cause::work_damaged, std::move(notice)});
  }
  options.durability = storage::Durability::normal;
  TRY_ASSIGN(auto mirror, storage::MirrorStore::open(folder, options, now));
  parts.mirror = std::move(mirror.store);
  if (mirror.set_aside) {
    parts.notices.push_back(
        {Cause::mirror_damaged,
         "mirror.db was damaged and is being fetched again; nothing of yours was in it. The "
         "damaged file is kept as " +
             *mirror.set_aside + "."});
  }
  TRY(parts.originals.sweep_incoming());
  TRY(parts.files.sweep_incoming());
  TRY(parts.work->recover_after_restart());
  // Waits were counted by a clock that may have been set since: nothing waits longer for a restart.
  TRY(parts.work->make_due(std::nullopt));
  TRY(parts.mirror->recover_after_restart(now));
  return base::Done{};
}

Result<> add_remote(Parts& parts, const RemoteConfig& config) {
  auto remote = std::make_unique<RemoteParts>();
  remote->config = config;
  net::ProcoreOptions options;
  options.api_url = config.api_url;
  options.company = config.company;
  options.default_rfi_manager = config.rfi_manager;
  switch (config.upload_shape) {
    case UploadShape::segmented:
      break;
    case UploadShape::plain:
      options.upload_style = net::UploadStyle::plain;
      break;
    case UploadShape::unified:
      options.uploads_version = net::ProcoreOptions::UploadsVersion::v2_1;
      break;
  }
  remote->service = std::make_unique<net::Procore>(options);

  TRY_ASSIGN(net::OAuthApp oauth, oauth_app(parts, config));
  World& world = parts.world;
  remote->tokens =
      std::make_unique<net::TokenSource>(parts.steady_host, world.transport, parts.secrets,
                                         world.log, oauth, "tokens." + config.name.raw());
  TRY_ASSIGN(const std::string me, parts.work->setting("me." + config.name.raw()));
  remote->remote.reset(new sync::Remote{
      config.name, *remote->service, *remote->tokens, *parts.data,
      sync::LinkSense(world.host.random.fork()), net::RateGate(world.host.random.fork()),
      base::ServiceId(me), sync::Breakers(world.host.random.fork())});
  TRY_ASSIGN(remote->remote->pins, sync::load_pins(*parts.work, config.name));
  TRY_ASSIGN(remote->remote->people,
             sync::load_people(*parts.work, config.name, [&](const std::string& person) {
               return own_tokens(parts, config, person);
             }));
  if (config.author_names == AuthorNames::in_text) remote->remote->machine_person = world.user;
  remote->engine = std::make_unique<sync::Engine>(
      parts.steady_host, world.transport, world.log, *remote->remote, *parts.work, *parts.mirror,
      parts.originals, parts.files, *parts.room,
      sync::EngineOptions{parts.config.poll_interval, remote->service->capabilities().upload_style,
                          parts.config.photos});
  remote->engine->on_link_back = [&parts, name = config.name] {
    // Success elsewhere is evidence: the others need not wait their pauses out.
    for (const auto& other : parts.remotes) {
      if (other->config.name != name) other->engine->link_changed();
    }
  };
  parts.remotes.push_back(std::move(remote));
  return base::Done{};
}

void make_disk_room(Parts& parts) {
  parts.room = std::make_unique<sync::DiskRoom>(
      parts.world.host.files, parts.world.log, *parts.mirror, parts.files,
      parts.config.state_folder,
      sync::DiskLimits{parts.config.free_space_reserve, parts.config.downloads_max});
  parts.room->out_of_reach = [&parts] {
    std::set<base::ProjectId> projects;
    for (const auto& remote : parts.remotes) {
      for (const auto& [project, rights] : remote->remote->rights) {
        if (sync::is_sealed(*remote->remote, project)) projects.insert(project);
      }
    }
    return projects;
  };
}

/// What the config file follows is followed; what a person followed besides stays.
Result<> take_follows(Parts& parts) {
  TRY_ASSIGN(const auto known, parts.work->follows());
  for (const storage::Follow& follow : parts.config.follows) {
    bool same = false;
    for (const storage::Follow& other : known) {
      same = same || (other.remote == follow.remote && other.project == follow.project &&
                      other.tools == follow.tools);
    }
    if (!same) TRY(parts.work->save_follow(follow));
  }
  return base::Done{};
}

}  // namespace

std::unique_ptr<net::TokenSource> own_tokens(Parts& parts, const RemoteConfig& config,
                                             const std::string& person) {
  auto oauth = oauth_app(parts, config);
  net::OAuthApp app = oauth ? *oauth : net::OAuthApp{};
  app.grant = net::Grant::authorization_code;  // a person, whatever the machine is
  return std::make_unique<net::TokenSource>(parts.steady_host, parts.world.transport, parts.secrets,
                                            parts.world.log, std::move(app),
                                            "own_tokens." + config.name.raw() + "." + person);
}

struct Agent::Impl {
  Parts parts;
  std::unique_ptr<verbs::Verbs> verbs;
  Impl(const World& world, const Config& config) : parts(world, config) {}
};

Agent::Agent(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Agent::~Agent() = default;

Result<std::unique_ptr<Agent>> Agent::open(const World& world, const Config& config) {
  auto impl = std::make_unique<Impl>(world, config);
  Parts& parts = impl->parts;
  TRY(open_stores(parts));
  parts.data =
      std::make_unique<sync::DataMeter>(world.host.clock, world.log, *parts.work, config.data_plan);
  parts.view = std::make_unique<sync::View>(*parts.work, *parts.mirror);
  parts.intake =
      std::make_unique<sync::Intake>(parts.world.host, *parts.work, parts.originals, *parts.view);
  make_disk_room(parts);
  for (const RemoteConfig& remote : config.remotes) TRY(add_remote(parts, remote));
  TRY(take_follows(parts));
  impl->verbs = std::make_unique<verbs::Verbs>(parts);
  return std::unique_ptr<Agent>(new Agent(std::move(impl)));
}

void Agent::link_changed() {
  for (const auto& remote : impl_->parts.remotes) remote->engine->link_changed();
}

void Agent::network_is(const platform::NetworkState& network) {
  impl_->parts.data->network_is(network);
  for (const auto& remote : impl_->parts.remotes) remote->engine->network_is(network.interface);
}

void Agent::start() {
  for (const auto& remote : impl_->parts.remotes) remote->engine->start();
}

api::Commands& Agent::commands() { return *impl_->verbs; }
storage::BlobStore& Agent::originals() { return impl_->parts.originals; }
const std::vector<Failure>& Agent::notices() const { return impl_->parts.notices; }

void Agent::on_status(std::function<void(const std::string&)> listener) {
  impl_->verbs->on_status(std::move(listener));
}

}  // namespace fieldsync::app
