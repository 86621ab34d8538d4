#include "tests/bench/link/upload.h"

#include <cmath>

#include "tests/bench/agent_rig.h"

namespace fieldsync::bench::link {
namespace {

using base::Millis;

Millis millis(Seconds span) { return Millis{std::llround(span * 1'000)}; }

/// Six times the ideal and two minutes: past that nothing more is learnt.
Millis patience(const Profile& profile, base::ByteCount bytes) {
  return millis(ideal_time(profile, bytes) * 6 + 120);
}

}  // namespace

Upload run_upload(LinkRig& rig, const Profile& profile, const std::vector<base::ByteCount>& sizes,
                  std::size_t expected, const std::function<void(double share)>& look) {
  Upload upload;
  std::vector<std::string> words = {"add", "photo"};
  for (const base::ByteCount size : sizes) {
    words.push_back(rig.picture(size));
    upload.bytes += size;
  }
  const std::int64_t before = rig.effects("create", "photo");
  const Usage usage_before = usage_of(rig.place().agent_pid());
  std::int64_t pid = rig.place().agent_pid();
  Usage last = usage_before;
  rig.tell("start");
  upload.began = monotonic_now();
  const std::int64_t stream_before = rig.timeline().at(upload.began).stream_up;
  need(rig.place().must(words));
  Seconds looked = 0;
  const auto arrived = [&]() -> base::Result<bool> {
    const Seconds now = monotonic_now();
    if (look && now - looked > 0.2) {
      looked = now;
      const auto crossed = rig.timeline().at(now).stream_up - stream_before;
      look(static_cast<double>(crossed) / static_cast<double>(upload.bytes));
    }
    return rig.effects("create", "photo") >= before + static_cast<std::int64_t>(expected);
  };
  need(rig.waiting().until("the upload", patience(profile, upload.bytes), arrived));
  upload.arrived = monotonic_now();
  last = usage_of(rig.place().agent_pid());
  const bool same = rig.place().agent_pid() == pid;
  upload.cpu_seconds = last.cpu_seconds - (same ? usage_before.cpu_seconds : 0);
  upload.peak_mb = last.resident_peak_mb;
  upload.grown_mb = last.own_mb - usage_before.own_mb;
  // The last sample of what crossed is a tenth of a second late.
  rig.waiting().pause(Millis{150});
  const Timeline timeline = rig.timeline();
  upload.again = timeline.at(monotonic_now()).stream_up - stream_before - upload.bytes;
  upload.cuts = timeline.cuts_between(upload.began, upload.arrived);
  if (expected == sizes.size()) {
    need(rig.waiting().until("the receipts", Millis{90'000},
                             [&]() -> base::Result<bool> { return rig.is_drained(); }));
    upload.delivered = monotonic_now();
  }
  rig.tell("steady");
  return upload;
}

}  // namespace fieldsync::bench::link
