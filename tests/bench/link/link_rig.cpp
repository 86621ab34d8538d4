#include "tests/bench/link/link_rig.h"

#include <fcntl.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "agent/try/picture.h"
#include "platform/base/json.h"
#include "platform/host.h"

namespace fieldsync::bench::link {
namespace {

using base::Document;
using base::List;
using base::Millis;
using base::Value;

constexpr Millis kLinkStart{10'000};
constexpr Millis kMirror{180'000};

std::string content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void enter(int network) {
  if (::setns(network, CLONE_NEWNET) != 0) throw Trouble("setns: a network namespace refused");
}

const Document& part(const Document& of, std::string_view name) {
  static const Document kNone;
  const Value* value = of.find(name);
  return value && value->as_document() ? *value->as_document() : kNone;
}

bool is_busy(const Document& status) {
  const Value* busy = status.find("busy");
  return busy && busy->as_bool() && *busy->as_bool();
}

bool is_mirrored(const Document& status) {
  const Value* projects = status.find("projects");
  if (is_busy(status) || !projects || !projects->as_list() || projects->as_list()->empty()) {
    return false;
  }
  for (const Value& project : *projects->as_list()) {
    const Value* tools = project.as_document()->find("tools");
    if (!tools || !tools->as_list()) return false;
    for (const Value& tool : *tools->as_list()) {
      if (tool.as_document()->text("complete_as_of").empty()) return false;
    }
  }
  return true;
}

std::string number(double value) {
  std::string text = std::to_string(value);
  return text;
}

}  // namespace

Seconds monotonic_now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

LinkRig::LinkRig(const Profile& profile, const RigOptions& options)
    : clock_(platform::make_system_clock()), waiting_(*clock_) {
  home_ = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  start_link(profile, options);
  try {
    open_place(options);
  } catch (...) {
    enter(home_);
    ::close(home_);
    throw;
  }
}

LinkRig::~LinkRig() {
  place_.reset();
  link_.reset();
  static_cast<void>(::setns(home_, CLONE_NEWNET));
  ::close(home_);
}

void LinkRig::start_link(const Profile& profile, const RigOptions& options) {
  const std::string ready = folder_ / "link.ready";
  platform::ChildOptions child;
  child.program = options.link_program;
  child.arguments = {"--up-kbit",     number(profile.up_kbit),
                     "--queue-ms",    number(options.queue_ms),
                     "--down-kbit",   number(profile.down_kbit),
                     "--delay-ms",    number(profile.round_trip * 500),
                     "--cut-period",  number(profile.cuts.period),
                     "--cut",         number(profile.cuts.cut),
                     "--reset-after", std::to_string(profile.reset_after),
                     "--ready-file",  ready,
                     "--control",     folder_ / "control",
                     "--trace",       folder_ / "trace"};
  if (!options.congestion.empty()) {
    child.arguments.insert(child.arguments.end(), {"--congestion", options.congestion});
  }
  child.output = folder_ / "link.txt";
  link_ = need(platform::start_child(child));
  need(waiting_.until("starting the link", kLinkStart, [&]() -> base::Result<bool> {
    if (link_->poll()) throw Trouble("the link: " + content_of(child.output));
    return std::filesystem::exists(ready);
  }));
  std::ifstream lines(ready);
  std::string far;
  std::getline(lines, near_);
  std::getline(lines, far);
  const int network = ::open(far.c_str(), O_RDONLY | O_CLOEXEC);
  if (network < 0) throw Trouble("the far namespace cannot be opened: " + far);
  enter(network);
  ::close(network);
}

void LinkRig::open_place(const RigOptions& options) {
  // The agent is told of no namespace: a wrapper starts it on the near host.
  const std::string wrapper = folder_ / "fieldsync";
  std::ofstream(wrapper) << "#!/bin/sh\nexec nsenter --net=" << near_ << " '" << places().agent
                         << "' \"$@\"\n";
  std::filesystem::permissions(wrapper, std::filesystem::perms::owner_all);
  trial::WorkplaceOptions workplace;
  workplace.folder = folder_.path();
  workplace.fieldsync = wrapper;
  workplace.sandbox = places().sandbox;
  workplace.sandbox_arguments = {"--project", options.project, "--rate",
                                 "1000000",   "--spike",       "200"};
  workplace.config_lines = "\n[limits]\nfree_space_reserve = \"1 MB\"\n";
  place_ = need(trial::Workplace::open(workplace, waiting_));
}

void LinkRig::begin() {
  need(place_->log_in());
  need(place_->must({"follow", place_->project(), "--tools", "notes,photos,rfis"}));
  need(place_->start_agent());
  need(waiting_.until("the first mirror", kMirror, [&]() -> base::Result<bool> {
    TRY_ASSIGN(const Document status, place_->status());
    return is_mirrored(status);
  }));
}

void LinkRig::tell(const std::string& word) const {
  std::ofstream(folder_ / "control") << word << std::endl;
}

std::int64_t LinkRig::effects(const std::string& verb, const std::string& kind) {
  const List rows = need(place_->sandbox().rows("/ledger"));
  std::int64_t count = 0;
  for (const Value& row : rows) {
    const Document& effect = *row.as_document();
    if (effect.text("verb") == verb && effect.text("kind") == kind) ++count;
  }
  return count;
}

base::ByteCount LinkRig::largest_part() {
  const List rows = need(place_->sandbox().rows("/requests?limit=1000"));
  base::ByteCount largest = 0;
  for (const Value& row : rows) {
    const Document& request = *row.as_document();
    if (request.text("method") != "PUT") continue;
    largest = std::max(largest, request.integer("bytes_in"));
  }
  return largest;
}

std::string LinkRig::picture(base::ByteCount size) {
  const std::string file = folder_ / ("photo" + std::to_string(++pictures_) + ".jpg");
  std::ofstream(file, std::ios::binary) << trial::make_picture(size, pictures_);
  return file;
}

bool LinkRig::is_drained() {
  const Document status = need(place_->status());
  const Document& queue = part(status, "queue");
  return queue.integer("open") == queue.integer("held") && !is_busy(status);
}

}  // namespace fieldsync::bench::link
