#include "tests/sim/sim_world.h"

#include <algorithm>

#include "net/sandbox/seed_people.h"
#include "platform/base/json.h"
#include "storage/mirror_store.h"
#include "storage/work_store.h"
#include "tests/sim/tuning.h"

namespace fieldsync::sim {

using base::Document;
using base::Failure;
using base::Millis;
using base::Result;
using base::Value;
using net::Method;

namespace {

SimDisk::Names names_of(const Plan& plan) {
  return plan.has(Trouble::same_names) ? SimDisk::Names::fold_case : SimDisk::Names::exact;
}

}  // namespace

Device::Device(const Plan& plan, int number_, Schedule& schedule, net::sandbox::Sandbox& sandbox,
               platform::Random& seeds)
    : number(number_),
      clock(schedule),
      loop(schedule),
      workers(loop, clock, seeds.fork()),
      disk(clock, seeds.fork(), names_of(plan)),
      random(seeds.fork()),
      disk_dice(plan.seed * 61 + static_cast<std::uint64_t>(number_)),
      cut_dice(plan.seed * 67 + static_cast<std::uint64_t>(number_)),
      host{clock, loop, disk, workers, random},
      link(loop, schedule, clock, disk, sandbox, seeds.fork()) {}

namespace {

/// The files of an agent that was installed and has done nothing yet.
const SimDisk::Image& installed() {
  static const SimDisk::Image image = [] {
    Schedule schedule{platform::Random(0)};
    const DeviceClock clock(schedule);
    SimDisk disk(clock, platform::Random(0));
    FS_CHECK(disk.make_folder("/state").ok());
    storage::DatabaseOptions options;
    options.vfs = disk.vfs_name();
    FS_CHECK(storage::WorkStore::open("/state", options, clock.wall()).ok());
    FS_CHECK(storage::MirrorStore::open("/state", options, clock.wall()).ok());
    return disk.image();
  }();
  return image;
}

/// The words of all agents go to one trace.
class TraceLog : public base::Log {
 public:
  explicit TraceLog(const SimWorld& world) : world_(world) {}
  void event(base::LogLevel, std::string_view name, const Fields& fields) override {
    if (!world_.is_traced()) return;
    std::string line = "  log " + std::string(name);
    for (const auto& [key, value] : fields) {
      line.append(" ").append(key).append("=").append(base::plain_text(value));
    }
    world_.tell(line);
  }

 private:
  const SimWorld& world_;
};

}  // namespace

SimWorld::SimWorld(const Plan& plan)
    : plan_(plan),
      random_(plan.seed),
      schedule_(random_.fork()),
      service_clock_(schedule_),
      service_(plan.seed),
      log_(std::make_unique<TraceLog>(*this)) {
  auto made = net::sandbox::Sandbox::open(service_.database(), service_clock_, service_origins());
  FS_CHECK(made.ok());
  sandbox_ = std::move(*made);
  control(Method::patch, "/settings", service_settings(plan));
  for (int number = 0; number < plan.devices; ++number) set_up_device(number);
}

SimWorld::~SimWorld() = default;

void SimWorld::note(const std::string& line) {
  for (const char c : line) {
    hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  hash_ ^= static_cast<std::uint64_t>(schedule_.now().since_start.count());
  tell(line);
}

void SimWorld::tell(const std::string& line) const {
  if (!trace_) return;
  std::fprintf(trace_, "%10.3f  %s\n",
               static_cast<double>(schedule_.now().since_start.count()) / 1'000.0, line.c_str());
}

void SimWorld::wrong(const std::string& what) {
  if (wrong_.empty()) wrong_ = what;
  note("WRONG " + what);
}

void SimWorld::set_up_device(int number) {
  devices_.push_back(std::make_unique<Device>(plan_, number, schedule_, *sandbox_, random_));
  Device& device = *devices_.back();
  device.link.on_told_to_wait = [this, &device](Millis wait) {
    device.silenced_until = std::max(device.silenced_until, schedule_.now() + wait);
  };
  device.link.on_leaving = [this, &device](const net::HttpRequest& request) {
    const bool counts = request.auth == net::Auth::bearer;
    if (counts && schedule_.now() < device.silenced_until) ++device.sent_while_silenced;
    const auto* body = std::get_if<std::string>(&request.body);
    if (body && request.method == Method::patch) edits_left_.push_back({schedule_.now(), *body});
  };
  device.link.on_exchanged = [this, number](const Exchanged& e) {
    note("device " + std::to_string(number) + " " + e.line);
  };
  device.link.on_delivered = [this, &device](const net::HttpRequest& request,
                                             const std::string& body, int status) {
    const bool is_storage = request.url.find("://storage.") != std::string::npos;
    if (is_storage && request.headers.find("Authorization")) wrong("a token went to the storage");
    if (status == 429) ++device.refusals;
    const bool changes = request.method == Method::patch || request.method == Method::post;
    if (changes && status >= 200 && status < 300) accepted_.push_back(body);
  };
  constexpr int kOffsets[] = {0, 120, -480, 345};
  device.clock.utc_offset = kOffsets[device.random.below(4)];
  if (plan_.has(Trouble::time_zones)) {
    const Zone zone = zone_of(plan_, number);
    device.clock.utc_offset = zone.utc_offset;
    device.clock.utc_offset_later = zone.utc_offset_later;
    device.clock.summer_time_ends = DeviceClock::kStart + zone.changes_after;
  }
  const Document access = sandbox_->access();
  device.config.state_folder = "/state";
  device.config.free_space_reserve = tuning::kFreeSpaceReserve;
  app::RemoteConfig remote;
  remote.name = base::RemoteName("procore");
  remote.api_url = access.text("api_url");
  remote.login_url = access.text("login_url");
  remote.company = net::sandbox::kCompany;
  remote.client_id = access.text("client_id");
  remote.rfi_manager = base::ServiceId(std::to_string(net::sandbox::kManager));
  if (plan_.has(Trouble::logins) && number == 0) {
    device.login = Device::Login::person;
    remote.grant = net::Grant::authorization_code;
  }
  device.config.remotes = {remote};
  device.config.follows = {
      {remote.name, base::ProjectId(std::to_string(net::sandbox::kProject)), plan_.tools}};
  FS_CHECK(device.disk.make_folder("/state").ok());
  // The first start makes the databases in some worlds, and finds them in most.
  if (plan_.seed % tuning::kSeedsPerFirstStart != 0) device.disk.load(installed());
  open_agent(device);
  log_in(device);
}

void SimWorld::log_in(Device& device) {
  const Document access = sandbox_->access();
  const Document secret{{"secret", access.text("client_secret")}};
  Result<Document> in = Failure{base::Cause::offline, "not tried"};
  for (int attempt = 0; attempt < tuning::kLoginsMax && !in; ++attempt) {
    if (attempt > 0) run_for(tuning::kSettleLook);
    in = call(device, "login", secret);
    if (device.login == Device::Login::machine) continue;
    const Document code = control(Method::post, "/code", {{"user", net::sandbox::kManager}});
    in = call(device, "login", {{"code", code.text("code")}});
  }
  if (!in)
    wrong("device " + std::to_string(device.number) + " cannot log in: " + in.failure().what);
}

void SimWorld::open_agent(Device& device) {
  for (int attempt = 0; attempt < tuning::kStartsMax; ++attempt) {
    const app::World world{device.host, device.link, *log_, device.disk.vfs_name(), "Fay Super"};
    auto opened = app::Agent::open(world, device.config);
    if (opened) {
      device.agent = std::move(*opened);
      for (const base::Failure& notice : device.agent->notices()) {
        wrong("a crash damaged something: " + notice.what);
      }
      device.agent->start();
      ++device.starts;
      return;
    }
    note("does not start: " + opened.failure().what);
    if (device.disk.is_off()) end_process(device, Loss::power);
    // A full or failing disk may keep it down for a while; in the end someone mends the disk.
    if (attempt + 2 == tuning::kStartsMax) {
      device.disk.fault = nullptr;
      device.disk.capacity = SimDisk::kUnlimited;
    }
  }
  wrong("device " + std::to_string(device.number) + " does not start any more");
}

Result<Document> SimWorld::call(Device& device, std::string_view verb, const Document& arguments) {
  if (!device.agent) return Failure{base::Cause::offline, "the agent does not run"};
  auto answer = std::make_shared<std::optional<Result<Document>>>();
  device.agent->commands().call(verb, arguments, [answer](Result<Document> result) {
    if (!*answer) *answer = std::move(result);
  });
  const base::Instant end = schedule_.now() + tuning::kAnswerMax;
  while (!*answer && !is_wrong() && run_one(end)) {
  }
  if (!*answer) return Failure{base::Cause::timeout, std::string(verb) + ": no answer"};
  note("device " + std::to_string(device.number) + " " + std::string(verb) + ": " +
       (**answer ? "ok" : (*answer)->failure().what));
  return **answer;
}

Document SimWorld::control(Method method, const std::string& path, const Document& body) {
  const auto mark = path.find('?');
  const auto reply = sandbox_->control({method,
                                        path.substr(0, mark),
                                        mark == std::string::npos ? "" : path.substr(mark + 1),
                                        {},
                                        method == Method::get ? "" : base::to_json(body)});
  FS_CHECK(reply.response.is_success());
  auto parsed = base::parse_json(reply.response.body);
  if (!parsed.ok()) return {};
  if (const Document* document = parsed->as_document()) return *document;
  return Document{{"list", *parsed}};
}

base::List SimWorld::records(const std::string& kind) {
  auto found = sandbox_->records(kind);
  FS_CHECK(found.ok());
  return std::move(*found);
}

void SimWorld::crash(Device& device, Loss loss) {
  end_process(device, loss);
  // The power that comes back may go again while the agent starts.
  const bool may_go = stage_ == Stage::trouble && plan_.has(Trouble::crashes);
  if (may_go && device.cut_dice.chance(tuning::kCutAtStartChance)) {
    device.calls_to_power_cut = device.cut_dice.below(tuning::kCallsOfStart);
  }
  open_agent(device);
}

void SimWorld::end_process(Device& device, Loss loss) {
  constexpr const char* kHow[] = {" is killed", " loses power", " is killed and loses its mirror"};
  note("device " + std::to_string(device.number) + kHow[static_cast<int>(loss)]);
  device.disk.power_off();
  device.calls_to_power_cut.reset();
  device.loop.end_process();
  device.link.drop_all();
  device.agent.reset();
  device.silenced_until = {};
  if (loss == Loss::power) {
    device.disk.power_on();
  } else {
    device.disk.process_begins();
  }
  if (const std::string damage = check_databases(device.disk); !damage.empty()) wrong(damage);
  // What the service can tell again is not synced: a power cut may take it.
  if (loss != Loss::process) device.seen.clear();
  if (loss == Loss::mirror) {
    for (const char* name : {"/state/mirror.db", "/state/mirror.db-wal"}) device.disk.forget(name);
    device.disk.make_names_durable("/state");
    (void)device.disk.remove_tree("/state/files");
  }
}

void SimWorld::arm(Device& device) {
  const bool errors = plan_.has(Trouble::disk_errors) && stage_ == Stage::trouble;
  const Millis slowest = stage_ == Stage::trouble ? slowest_sync(plan_) : Millis{0};
  device.disk.fault = [this, &device, errors, slowest](DiskCall call) {
    const bool waits = call == DiskCall::sync || call == DiskCall::sync_folder;
    if (waits && slowest.count() > 0) {
      schedule_.pass(Millis{device.disk_dice.between(0, slowest.count())});
    }
    if (device.calls_to_power_cut) {
      if (*device.calls_to_power_cut == 0) {
        device.disk.power_off();
        return DiskFault::io_error;
      }
      --*device.calls_to_power_cut;
    }
    if (errors && device.disk_dice.chance(tuning::kDiskErrorChance)) return DiskFault::io_error;
    return DiskFault::none;
  };
}

void SimWorld::after_event() {
  for (const auto& device : devices_) {
    if (device->disk.is_off()) crash(*device, device->when_off);
  }
}

bool SimWorld::run_one(base::Instant end) {
  const auto hours = static_cast<std::uint64_t>(1 + now().since_start.count() /
                                                        Millis(std::chrono::hours(1)).count());
  if (schedule_.events() > hours * devices_.size() * tuning::kEventsPerHourMax) {
    const auto busiest = std::max_element(
        devices_.begin(), devices_.end(),
        [](const auto& a, const auto& b) { return a->loop.ran() < b->loop.ran(); });
    wrong("spin: " + std::to_string(schedule_.events()) + " events, device " +
          std::to_string((*busiest)->number) + " ran " + std::to_string((*busiest)->loop.ran()) +
          " tasks");
    return false;
  }
  return schedule_.run_one(end);
}

void SimWorld::run_until(base::Instant end) {
  while (!is_wrong() && run_one(end)) after_event();
}

void SimWorld::run_for(Millis span) { run_until(schedule_.now() + span); }

std::string SimWorld::run() {
  begin();
  const base::Instant start = schedule_.now();
  for (const Step& step : plan_.steps) {
    run_until(start + step.at);
    if (is_wrong()) return wrong_;
    take(step);
  }
  run_until(start + plan_.span);
  return end();
}

void SimWorld::begin() {
  run_for(tuning::kCalmBefore);
  stage_ = Stage::trouble;
  for (const auto& device : devices_) {
    device->link.faults = link_faults(plan_, device->number);
    arm(*device);
  }
}

void SimWorld::take(const Step& step) {
  note("step " + std::to_string(step.number) + " " + std::string(name(step.act)) + " at device " +
       std::to_string(step.device));
  perform(*this, step);
  after_event();
  look_at(step);
  after_event();
}

std::string SimWorld::end() {
  if (is_wrong()) return wrong_;
  heal();
  for (const auto& device : devices_) {
    if (const std::string much = check_moderation(*this, *device); !much.empty()) wrong(much);
  }
  if (!is_wrong()) {
    if (const std::string lost = check_promises(*this); !lost.empty()) wrong(lost);
  }
  if (!is_wrong()) {
    if (const std::string undone = check_office_texts(*this); !undone.empty()) wrong(undone);
  }
  if (!is_wrong()) {
    if (const std::string other = check_views(*this); !other.empty()) wrong(other);
  }
  return wrong_;
}

/// What is true at any time is looked at after each step; what costs a list of everything, at the
/// device that acted and every few steps.
void SimWorld::look_at(const Step& step) {
  for (const auto& device : devices_) {
    if (const std::string gap = check_explained(*this, *device); !gap.empty()) wrong(gap);
  }
  if (step.number % tuning::kStepsPerLook != 0) return;
  Device& device = *devices_[static_cast<std::size_t>(step.device)];
  if (const std::string gap = check_in_sight(*this, device); !gap.empty()) wrong(gap);
}

void SimWorld::heal() {
  stage_ = Stage::healed;
  note("healing");
  for (const auto& device : devices_) {
    device->link.heal();
    device->disk.capacity = SimDisk::kUnlimited;
    device->disk.fault = nullptr;
    device->calls_to_power_cut.reset();
    device->loop.wake();
    device->clock.ahead = Millis{0};
    restore_rights(*this, *device);
  }
  control(Method::patch, "/settings", {{"rate_hourly", 0}, {"rate_spike", 0}});
  for (const auto& device : devices_) {
    // A pair of tokens whose renewal was lost is dead, and a login refused too often is paused:
    // someone logs in again.
    log_in(*device);
  }
  const Millis bound = drain_bound(plan_);
  if (settle(bound)) return;
  const std::string within = std::to_string(bound.count() / 60'000) + " min";
  for (const auto& device : devices_) {
    const std::string stuck = stuck_acts(*this, *device);
    if (!stuck.empty()) wrong("does not drain in " + within + ": " + stuck);
  }
}

bool SimWorld::settle(Millis limit) {
  const base::Instant end = schedule_.now() + limit;
  while (!is_wrong() && schedule_.now() < end) {
    run_for(tuning::kSettleLook);
    bool quiet = true;
    for (const auto& device : devices_) quiet = quiet && stuck_acts(*this, *device).empty();
    if (quiet) return true;
  }
  return false;
}

}  // namespace fieldsync::sim
