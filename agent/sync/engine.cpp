#include "agent/sync/engine.h"

#include "agent/sync/link/retry.h"
#include "agent/sync/link/tuning.h"
#include "agent/sync/local/outlook.h"
#include "agent/sync/reconcile/binding.h"
#include "agent/sync/tuning.h"
#include "platform/memory.h"

namespace fieldsync::sync {

using base::Done;
using base::Failure;
using base::Result;

namespace {
std::string forecast_setting(const base::RemoteName& remote) { return "forecasts." + remote.raw(); }
std::string hour_setting(const base::RemoteName& remote) { return "hour." + remote.raw(); }
}  // namespace

Engine::Engine(platform::Host& host, net::HttpTransport& transport, base::Log& log, Remote& remote,
               storage::WorkStore& work, storage::MirrorStore& mirror,
               storage::BlobStore& originals, storage::BlobStore& files, DiskRoom& room,
               const EngineOptions& options)
    : host_(host),
      remote_(remote),
      courier_(host, transport, log, remote),
      context_{host, log, remote, courier_, work, mirror, originals, files},
      room_(room),
      outcomes_(context_),
      deliveries_(context_, outcomes_),
      rights_(context_),
      puller_(context_, deliveries_, rights_, options.poll_interval),
      finder_(context_, puller_, deliveries_, outcomes_),
      pusher_(context_, puller_, deliveries_, outcomes_, finder_),
      uploader_(context_, outcomes_, options.upload_style),
      downloader_(context_, puller_, room),
      renderer_(context_, options.photos),
      surveyor_(context_, rights_, room, options.photos),
      orphans_(context_),
      random_(host.random.fork()) {
  if (const auto kept = context_.work.setting(forecast_setting(remote_.name))) {
    remote_.forecasts = ForecastLog::from_text(*kept);
  }
  if (const auto kept = context_.work.setting(hour_setting(remote_.name))) {
    hour_kept_ = hour_from(*kept);
    if (hour_kept_) {
      remote_.gate.remember_hourly(
          {hour_kept_->limit, hour_kept_->remaining, hour_kept_->resets_at, {}});
    }
  }
  outcomes_.on_rights_doubtful = [this](const base::ProjectId& project) { rights_.doubt(project); };
  remote_.on_link_back = [this] {
    if (auto released = outcomes_.link_is_back(); !released) in_trouble(released.failure());
    surveyor_.try_originals();
    nudge();
    if (on_link_back) on_link_back();
  };
}

void Engine::start() {
  phase_ = Phase::running;
  // The machine may have been carried elsewhere meanwhile.
  link_changed();
}

void Engine::nudge() {
  if (phase_ == Phase::stopped || thought_ == Thought::posted) return;
  thought_ = Thought::posted;
  host_.loop.post([this] {
    thought_ = Thought::none;
    think();
  });
}

Result<> Engine::sync_now(net::Sweep sweep) {
  remote_.link.try_now();
  remote_.gate.turn_now();
  remote_.breakers.try_now();
  trouble_until_ = {};
  troubles_ = 0;
  rights_.doubt_all();
  if (sweep != net::Sweep::changes) {
    for (const auto& [project, rights] : remote_.rights) rights_.doubt(project);
  }
  TRY(context_.work.make_due(std::nullopt));
  TRY(surveyor_.ask_for_rounds(sweep));
  nudge();
  return Done{};
}

Result<int> Engine::read_anew(const base::ProjectId& project, const std::string& tool) {
  rights_.doubt(project);
  TRY_ASSIGN(const int records, surveyor_.distrust(project, tool));
  nudge();
  return records;
}

Result<> Engine::read_anew(const storage::RecordKey& key) {
  rights_.doubt(key.project);
  TRY(surveyor_.distrust(key));
  nudge();
  return Done{};
}

Result<> Engine::await_file(const storage::RecordKey& key, const std::string& slot) {
  TRY(surveyor_.await_file(key, slot));
  nudge();
  return Done{};
}

void Engine::link_changed() {
  remote_.link.try_now();
  courier_.give_up_probe();
  if (auto hastened = uploader_.network_changed(); !hastened) in_trouble(hastened.failure());
  surveyor_.try_originals();
  nudge();
}

void Engine::network_is(const std::string& interface) {
  remote_.links.network_is(interface);
  nudge();
}

void Engine::think() {
  if (trouble_until_ > host_.clock.wall()) return wake_at(trouble_until_);
  if (trouble_) {
    // What was under way when the disk failed may stand as `sending` with nobody at it.
    if (!busy_.empty()) return;
    if (auto recovered = context_.work.recover_after_restart(); !recovered) {
      return in_trouble(recovered.failure());
    }
    trouble_.reset();
  }
  auto surveyed = survey();
  if (!surveyed) return in_trouble(surveyed.failure());
  const Plan next = plan(*surveyed);
  wake_.reset();
  if (next.wake) wake_at(*next.wake);
  for (const Step& step : next.steps) perform(step);
  forecast_for_itself();
  keep_hour();
  if (on_change) on_change();
  rest_when_idle();
}

Result<Situation> Engine::survey() {
  TRY_ASSIGN(Situation situation, surveyor_.survey());
  situation.calls_in_flight = calls_;
  situation.uploads_in_flight = uploads_;
  situation.downloads_in_flight = downloads_;
  for (const auto& [key, endpoint] : busy_) {
    situation.busy.insert(key);
    situation.busy_endpoints.insert(endpoint);
  }
  return situation;
}

Result<Engine::Ahead> Engine::look_at_plan() {
  TRY_ASSIGN(const Situation situation, survey());
  return Ahead{plan(situation), situation.busy};
}

/// So that the error of forecasts is known before a person asks for one.
void Engine::forecast_for_itself() {
  if (uploads_ == 0 || remote_.links.here().rate() <= 0 || host_.clock.wall() < next_forecast_)
    return;
  next_forecast_ = host_.clock.wall() + tuning::kForecastEvery;
  if (const auto outlook = look_ahead(remote_, context_.work, host_.clock.wall())) {
    give(*outlook, remote_, host_.clock.wall());
  }
}

/// So that a restart in the middle of the hour keeps what is kept for people.
void Engine::keep_hour() {
  const auto told = remote_.gate.hourly();
  if (!told || told->resets_at <= host_.clock.wall()) return;
  const HourBudget hour{told->limit, told->remaining, told->resets_at};
  if (!is_news(hour, hour_kept_)) return;
  if (context_.work.save_setting(hour_setting(remote_.name), to_text(hour))) hour_kept_ = hour;
}

/// Forecasts and counted bytes: what a kill takes of them is missed by nobody.
void Engine::keep_learnt() {
  remote_.data.at_rest();
  if (remote_.forecasts.kept() == ForecastLog::Kept::all) return;
  (void)context_.work.save_setting(forecast_setting(remote_.name), remote_.forecasts.to_text());
}

void Engine::rest_when_idle() {
  if (rest_ == Rest::taken || !is_idle()) return;
  keep_learnt();
  tidy_originals();
  tidy_files();
  release_memory();
  rest_ = Rest::taken;
}

/// An agent sleeps most of its life: it must not hold for days what one pull needed for a minute.
/// Nor drop its caches after each of the small rounds in between.
void Engine::release_memory() {
  const base::ByteCount received = courier_.received();
  const base::Instant now = host_.clock.now();
  const bool is_worth_it = received - released_after_ >= tuning::kReleaseAfterBytes;
  if (released_at_ && !is_worth_it && now - *released_at_ < tuning::kReleaseInterval) return;
  context_.work.release_memory();
  context_.mirror.release_memory();
  platform::release_unused_memory();
  released_at_ = now;
  released_after_ = received;
}

/// A slice at each rest.
void Engine::tidy_files() {
  auto kept = room_.keep_reserve();
  if (kept) kept = room_.tidy(context_.now());
  if (!kept) context_.log.warning("files.not_tidied", {{"why", kept.failure().what}});
}

/// A slice at a time, so that a person never waits for it.
void Engine::tidy_originals() {
  auto more = orphans_.sweep();
  if (!more) {
    context_.log.warning("originals.not_swept", {{"why", more.failure().what}});
    return;
  }
  if (*more == OrphanSweep::More::none) return;
  host_.loop.post([this] {
    if (is_idle()) tidy_originals();
  });
}

void Engine::wake_at(base::WallTime at) {
  wake_ = at;
  if (timer_) host_.loop.cancel(*timer_);
  const base::Millis wait = std::max(base::Millis{1}, at - host_.clock.wall());
  timer_ = host_.loop.call_at(host_.clock.now() + wait, [this] {
    timer_.reset();
    nudge();
  });
}

void Engine::perform(const Step& step) {
  busy_.emplace(step.key, step.endpoint);
  rest_ = Rest::due;
  const StepDone done = [this, step](const Result<>& result) { finish(step, result); };
  switch (step.kind) {
    case StepKind::probe:
      ++calls_;
      return courier_.probe([done] { done(Done{}); });
    case StepKind::read_rights:
      ++calls_;
      return rights_.read(step.project, done);
    case StepKind::pull:
      ++calls_;
      return puller_.pull(step.project, step.tool, step.sweep, done);
    case StepKind::show:
      ++calls_;
      return perform_show(step, done);
    case StepKind::push:
      ++calls_;
      return pusher_.push(step.intent, done);
    case StepKind::look_up:
      ++calls_;
      return finder_.look_up(step.intent, done);
    case StepKind::prove:
      ++calls_;
      return pusher_.prove(step.intent, done);
    case StepKind::render:
      return renderer_.render(step.intent, done);
    case StepKind::upload:
      surveyor_.begun(step.intent);
      ++uploads_;
      return uploader_.upload(step.intent, step.haste, done);
    case StepKind::download:
      ++downloads_;
      return downloader_.download(step.record, step.file, done);
  }
}

void Engine::perform_show(const Step& step, const StepDone& done) {
  storage::RecordKey key = step.record;
  std::optional<storage::Intent> intent;
  if (key.id.raw().empty()) {
    // Asked for by an edit whose record is not known well enough to merge with.
    auto loaded = context_.work.intent(step.intent);
    if (!loaded) return done(loaded.failure());
    if (!*loaded) return done(Done{});
    intent = **loaded;
    auto found = key_of(context_, *intent);
    if (!found) return done(found.failure());
    if (!*found) return done(Done{});
    key = **found;
  }
  puller_.show(key, [this, key, intent, done](const Result<>& stored,
                                              const std::optional<net::RemoteRecord>&,
                                              const std::optional<Failure>& failure) {
    if (!failure || failure->cause == base::Cause::record_gone) surveyor_.looked_at(key);
    if (!stored || !failure) return done(stored);
    surveyor_.hold_back_show(
        key, context_.now() + retry_delay(*failure, tuning::kRetryDoublingsMax, random_));
    const bool absent = failure->cause == base::Cause::record_gone;
    // Absence is no obstacle to a removal: the push finds out.
    if (absent && intent && intent->act == storage::Act::remove) return done(Done{});
    done(intent ? outcomes_.failed(*intent, *failure) : Result<>(Done{}));
  });
}

void Engine::finish(const Step& step, const Result<>& result) {
  busy_.erase(step.key);
  switch (step.kind) {
    case StepKind::upload:
      --uploads_;
      break;
    case StepKind::download:
      --downloads_;
      surveyor_.fetched(step.record, step.file.slot);
      break;
    case StepKind::render:
      break;
    case StepKind::probe:
    case StepKind::read_rights:
    case StepKind::pull:
    case StepKind::show:
    case StepKind::push:
    case StepKind::look_up:
    case StepKind::prove:
      --calls_;
      break;
  }
  if (!result) in_trouble(result.failure());
  nudge();
}

void Engine::in_trouble(const Failure& failure) {
  context_.log.error("engine.trouble", {{"why", failure.what}});
  trouble_ = failure;
  const base::WallTime now = host_.clock.wall();
  if (now - trouble_until_ > tuning::kDiskCalm) troubles_ = 0;
  // What is fetched while the disk is full is fetched for nothing: calls must not be spent so.
  const int doublings = std::min(troubles_++, tuning::kDiskPauseDoublingsMax);
  trouble_until_ = now + tuning::kDiskPause * (1 << doublings);
  wake_at(trouble_until_);
}

bool Engine::is_idle() const {
  if (!busy_.empty() || thought_ == Thought::posted) return false;
  if (remote_.link.state() == LinkState::shut) return true;
  return !wake_ || *wake_ > host_.clock.wall() + tuning::kSoon;
}

}  // namespace fieldsync::sync
