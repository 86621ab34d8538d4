#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/app/agent.h"
#include "net/sandbox/sandbox.h"
#include "tests/sim/book.h"
#include "tests/sim/plan.h"
#include "tests/sim/service_stock.h"
#include "tests/sim/sim_disk.h"

namespace fieldsync::sim {

/// What a machine that ends without warning takes with it: nothing but the process, what was not
/// synced, or the mirror.
enum class Loss { process, power, mirror };

/// One machine on site with the whole agent on it: the same code as in the field, on another host.
struct Device {
  Device(const Plan& plan, int number, Schedule& schedule, net::sandbox::Sandbox& sandbox,
         platform::Random& random);

  int number;
  DeviceClock clock;
  DeviceLoop loop;
  DeviceWorkers workers;
  SimDisk disk;
  platform::Random random;
  /// What befalls the disk is drawn apart from what the agent draws: a world without it is the
  /// same otherwise.
  platform::Random disk_dice, cut_dice;
  platform::Host host;
  SimLink link;
  app::Config config;
  std::unique_ptr<app::Agent> agent;
  /// Logs in as a person whose pair of tokens dies when a renewal's answer is lost; otherwise as
  /// the machine.
  enum class Login { machine, person } login = Login::machine;
  /// Records the person has seen since the mirror may last have been lost, by kind and service id.
  std::set<std::string> seen;
  /// Refusals for too many requests that were the service's own, and starts of the agent.
  int refusals = 0, starts = 0;
  /// Until when the service asked the running process to wait, and requests that left before that.
  base::Instant silenced_until{};
  int sent_while_silenced = 0;
  /// The disk calls left until the power goes; none: it stays.
  std::optional<std::uint64_t> calls_to_power_cut;
  /// What goes when the disk is found off.
  Loss when_off = Loss::power;
};

/// One seed's world: devices, the service, people and their troubles, in virtual time and one
/// thread. Everything in it follows from the plan; `hash` says whether two runs were the same.
class SimWorld {
 public:
  explicit SimWorld(const Plan& plan);
  ~SimWorld();

  /// Runs trouble, then heals everything and waits for quiet. Returns what is wrong, empty if
  /// nothing is.
  std::string run();
  /// The parts of `run`, for worlds that no plan leads: the first mirror is pulled; a step is taken
  /// and the world looked at; everything is healed and checked.
  void begin();
  void take(const Step& step);
  std::string end();

  // What people, troubles and the oracle need.
  const Plan& plan() const { return plan_; }
  Book& book() { return book_; }
  std::vector<OfficeText>& office_texts() { return office_texts_; }
  std::vector<std::unique_ptr<Device>>& devices() { return devices_; }
  /// The answer of a verb; its failure, also when it does not answer within five minutes.
  base::Result<base::Document> call(Device& device, std::string_view verb,
                                    const base::Document& arguments = {});
  base::Document control(net::Method method, const std::string& path,
                         const base::Document& body = {});
  base::List records(const std::string& kind);
  /// Bodies of changes the service has accepted so far.
  const std::vector<std::string>& accepted() const { return accepted_; }
  /// A change of a record as it left a device, whether it arrived or not.
  struct Leaving {
    base::Instant at;
    std::string body;
  };
  const std::vector<Leaving>& edits_left() const { return edits_left_; }
  /// Ends the process; a new one starts.
  using Loss = sim::Loss;
  void crash(Device& device, Loss loss);
  void run_for(base::Millis span);
  void wrong(const std::string& what);
  bool is_wrong() const { return !wrong_.empty(); }
  base::Instant now() const { return schedule_.now(); }
  std::uint64_t hash() const { return hash_; }
  std::uint64_t events() const { return schedule_.events(); }
  void trace_to(std::FILE* out) { trace_ = out; }
  /// Into the trace and the hash of the world's events.
  void note(const std::string& line);
  bool is_traced() const { return trace_ != nullptr; }
  /// Into the trace alone.
  void tell(const std::string& line) const;

 private:
  void open_agent(Device& device);
  /// What a process leaves when it ends that way: its disk, checked.
  void end_process(Device& device, Loss loss);
  void set_up_device(int number);
  void log_in(Device& device);
  void arm(Device& device);
  /// The schedule's next event by `end`; false as well when the world is seen to spin.
  bool run_one(base::Instant end);
  void run_until(base::Instant end);
  void after_event();
  void look_at(const Step& step);
  void heal();
  bool settle(base::Millis limit);

  Plan plan_;
  platform::Random random_;
  Schedule schedule_;
  DeviceClock service_clock_;
  LentService service_;
  std::unique_ptr<net::sandbox::Sandbox> sandbox_;
  std::vector<std::unique_ptr<Device>> devices_;
  Book book_;
  std::vector<OfficeText> office_texts_;
  std::vector<std::string> accepted_;
  std::vector<Leaving> edits_left_;
  std::string wrong_;
  std::uint64_t hash_ = 0xcbf29ce484222325;
  std::FILE* trace_ = nullptr;
  std::unique_ptr<base::Log> log_;  ///< what agents log, for the trace
  enum class Stage { calm, trouble, healed } stage_ = Stage::calm;
};

/// Carries out one step of the plan.
void perform(SimWorld& world, const Step& step);
/// An administrator gives the device's login back what was taken from it.
void restore_rights(SimWorld& world, const Device& device);
/// The user the device's login stands for.
std::int64_t user_of(const Device& device);

/// Open acts that nothing but time should keep, as text; "" when only decisions of people are open.
std::string stuck_acts(SimWorld& world, Device& device);
/// Checks after healing; the first thing wrong, or "".
std::string check_promises(SimWorld& world);
std::string check_views(SimWorld& world);
/// The other half of a merge: no edit of a person here undid what the office wrote unseen.
std::string check_office_texts(SimWorld& world);
/// After a crash: what is wrong with the databases that were left on the disk, or "".
std::string check_databases(const SimDisk& disk);
/// At any time: every open act says why it is where it is, and what a person has seen and the
/// service still shows stays in sight.
std::string check_explained(SimWorld& world, Device& device);
std::string check_in_sight(SimWorld& world, Device& device);
/// How much the device did in all: requests within the service's limits, no spinning.
std::string check_moderation(SimWorld& world, Device& device);

}  // namespace fieldsync::sim
