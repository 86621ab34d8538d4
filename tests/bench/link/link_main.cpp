#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "tests/bench/link/lane.h"
#include "tests/bench/link/streams.h"
#include "tests/bench/link/two_hosts.h"

/// fieldsync-link: two hosts joined by a bad link, in user space (no netem needed).
namespace fieldsync::bench::link {
namespace {

/// A sample of the lanes is told this often.
constexpr Seconds kSample = 0.1;
constexpr std::size_t kPacketMax = 65'536;

struct Arguments {
  double up_kbit = 0, down_kbit = 0, delay_ms = 0, loss_percent = 0;
  double queue_ms = 500, queue_bytes_min = 45'000;
  CutSchedule cuts;
  std::int64_t reset_after = 0;
  std::string congestion, ready_file, control, trace;
  unsigned seed = 1;
};

Seconds now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

LaneSpec lane_spec(const Arguments& arguments, double kbit) {
  const double bits = kbit * 1'000;
  const double queue = std::max(bits / 8 * arguments.queue_ms / 1'000, arguments.queue_bytes_min);
  return {bits, queue, arguments.delay_ms / 1'000, arguments.loss_percent / 100};
}

/// Carries packets both ways until it is told to quit.
class Joint {
 public:
  Joint(const Arguments& arguments, const TwoHosts& hosts, int control)
      : arguments_(arguments),
        hosts_(hosts),
        control_(control),
        trace_(arguments.trace),
        up_(lane_spec(arguments, arguments.up_kbit), arguments.seed),
        down_(lane_spec(arguments, arguments.down_kbit), arguments.seed + 1) {}

  void run() {
    while (!quits_) {
      wait();
      const Seconds at = now();
      look_at_schedule(at);
      read_control(at);
      read_packets(hosts_.near, up_, at);
      read_packets(hosts_.far, down_, at);
      up_.deliver(at, is_cut_, [&](const std::string& packet) { carry_up(packet, at); });
      down_.deliver(at, is_cut_, [&](const std::string& packet) { carry_down(packet, at); });
      sample(at);
    }
    tell(now(), "end", "");
  }

 private:
  void wait() {
    Seconds until = next_sample_;
    for (const Lane* lane : {&up_, &down_}) until = std::min(until, lane->next().value_or(until));
    const Seconds span = std::max(0.0, until - now());
    const timespec limit{
        static_cast<time_t>(span),
        static_cast<long>((span - static_cast<double>(static_cast<time_t>(span))) * 1e9)};
    std::array<pollfd, 3> polled = {
        {{hosts_.near.tunnel, POLLIN, 0}, {hosts_.far.tunnel, POLLIN, 0}, {control_, POLLIN, 0}}};
    ::ppoll(polled.data(), polled.size(), &limit, nullptr);
  }

  void look_at_schedule(Seconds at) {
    const bool cut = is_down_ || (start_ && arguments_.cuts.is_cut(at - *start_));
    if (cut == is_cut_) return;
    is_cut_ = cut;
    tell(at, "link", cut ? "cut" : "whole");
  }

  void read_control(Seconds at) {
    std::array<char, 256> bytes;
    const auto size = ::read(control_, bytes.data(), bytes.size());
    if (size <= 0) return;
    std::istringstream words(std::string(bytes.data(), static_cast<std::size_t>(size)));
    for (std::string word; words >> word;) {
      if (word == "quit") quits_ = true;
      if (word == "start") start_ = at;
      if (word == "steady") start_.reset();
      if (word == "down" || word == "up") {
        is_down_ = word == "down";
        set_carrier(hosts_.near, is_down_ ? Carrier::off : Carrier::on);
        set_carrier(hosts_.far, is_down_ ? Carrier::off : Carrier::on);
      }
      tell(at, "told", word);
    }
    look_at_schedule(at);
  }

  void read_packets(const Host& host, Lane& lane, Seconds at) {
    for (;;) {
      const auto size = ::read(host.tunnel, buffer_.data(), buffer_.size());
      if (size <= 0) return;
      lane.offer(std::string(buffer_.data(), static_cast<std::size_t>(size)), at, is_cut_);
    }
  }

  void carry_up(const std::string& packet, Seconds at) {
    const Streams::Seen seen = streams_.carried(Streams::Lane::up, packet);
    if (is_reset(packet, seen, at)) return;
    tell_event(at, "up", seen);
    write_to(hosts_.far, packet);
  }

  void carry_down(const std::string& packet, Seconds at) {
    const Streams::Seen seen = streams_.carried(Streams::Lane::down, packet);
    if (reset_.contains(seen.connection)) return;
    tell_event(at, "down", seen);
    write_to(hosts_.near, packet);
  }

  /// A connection past its bytes is reset at both ends, and what it sends later goes nowhere.
  bool is_reset(const std::string& packet, const Streams::Seen& seen, Seconds at) {
    if (reset_.contains(seen.connection)) return true;
    if (arguments_.reset_after == 0 || seen.stream_up < arguments_.reset_after) return false;
    reset_.insert(seen.connection);
    write_to(hosts_.far, make_reset(packet, Way::onward));
    write_to(hosts_.near, make_reset(packet, Way::back));
    tell(at, "link", "resets " + std::to_string(seen.connection));
    return true;
  }

  static void write_to(const Host& host, const std::string& packet) {
    // A host that takes no packet loses it, as on any link.
    static_cast<void>(!::write(host.tunnel, packet.data(), packet.size()));
  }

  void tell_event(Seconds at, const char* lane, const Streams::Seen& seen) {
    if (!seen.event.empty()) tell(at, lane, std::to_string(seen.connection) + " " + seen.event);
  }

  void sample(Seconds at) {
    if (at < next_sample_) return;
    next_sample_ = at + kSample;
    const std::int64_t carried = up_.count().bytes + down_.count().bytes;
    if (carried == told_) return;
    told_ = carried;
    std::ostringstream text;
    text << up_.count().bytes << ' ' << down_.count().bytes << ' ' << streams_.stream_bytes_up()
         << ' ' << streams_.repeated_bytes_up() << ' ' << up_.count().dropped_full << ' '
         << static_cast<int>(up_.wait(at) * 1'000);
    tell(at, "sample", text.str());
  }

  void tell(Seconds at, const char* what, const std::string& text) {
    char time[32];
    std::snprintf(time, sizeof time, "%.4f", at);
    trace_ << time << ' ' << what << ' ' << text << '\n';
    trace_.flush();
  }

  const Arguments& arguments_;
  const TwoHosts& hosts_;
  const int control_;
  std::ofstream trace_;
  Lane up_, down_;
  Streams streams_;
  std::set<int> reset_;
  std::array<char, kPacketMax> buffer_;
  std::optional<Seconds> start_;
  Seconds next_sample_ = 0;
  std::int64_t told_ = -1;
  bool is_down_ = false, is_cut_ = false, quits_ = false;
};

int carry(const Arguments& arguments) {
  // Whoever started the link may be killed: then it ends too, and both hosts with it.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::mkfifo(arguments.control.c_str(), 0600) != 0 && errno != EEXIST) {
    std::perror(arguments.control.c_str());
    return 1;
  }
  const int control = ::open(arguments.control.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  TwoHosts hosts;
  if (const auto why = make_two_hosts(arguments.congestion, hosts); !why.empty()) {
    std::cerr << "fieldsync-link: " << why << std::endl;
    return 1;
  }
  Joint joint(arguments, hosts, control);
  std::ofstream(arguments.ready_file + ".new") << hosts.near.path() << "\n"
                                               << hosts.far.path() << "\n";
  std::rename((arguments.ready_file + ".new").c_str(), arguments.ready_file.c_str());
  joint.run();
  return 0;
}

void describe(CLI::App& app, Arguments& arguments) {
  app.add_option("--up-kbit", arguments.up_kbit, "Rate from the near host; 0: no limit");
  app.add_option("--down-kbit", arguments.down_kbit, "Rate to the near host");
  app.add_option("--delay-ms", arguments.delay_ms, "One way");
  app.add_option("--loss-percent", arguments.loss_percent, "Of packets, each way");
  app.add_option("--queue-ms", arguments.queue_ms, "What waits before a lane, at its rate");
  app.add_option("--queue-bytes-min", arguments.queue_bytes_min, "And at least this much");
  app.add_option("--cut-period", arguments.cuts.period, "Seconds from cut to cut");
  app.add_option("--cut", arguments.cuts.cut, "Seconds at the end of a period: all is dropped");
  app.add_option("--reset-after", arguments.reset_after, "Bytes up, then the connection is reset");
  app.add_option("--congestion", arguments.congestion,
                 "TCP's congestion control; else the system's");
  app.add_option("--seed", arguments.seed, "Of the losses");
  app.add_option("--ready-file", arguments.ready_file, "Gets the namespaces' paths")->required();
  app.add_option("--control", arguments.control,
                 "A FIFO to make; takes start, steady, down, up, quit")
      ->required();
  app.add_option("--trace", arguments.trace, "What crossed, by time")->required();
}

}  // namespace
}  // namespace fieldsync::bench::link

int main(int argc, char** argv) {
  using namespace fieldsync::bench::link;
  Arguments arguments;
  CLI::App app("Two network namespaces joined by a link with rate, queue, delay, loss and cuts.");
  describe(app, arguments);
  CLI11_PARSE(app, argc, argv);
  return carry(arguments);
}
