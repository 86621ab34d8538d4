#include "tests/bench/link/profile.h"

#include <algorithm>

namespace fieldsync::bench::link {
namespace {

constexpr double kPacket = 1'500;
constexpr double kPacketOwn = 1'448;
constexpr base::ByteCount kMega = 1'000'000;

std::vector<Profile> make_profiles() {
  using Extra = Profile::Extra;
  const CutSchedule none;
  const CutSchedule quarter{20, 5};
  const std::vector<base::ByteCount> small(8, 2'500'000);
  return {
      {"lte-weak", 2'000, 8'000, 0.12, none, 0, {30 * kMega}, 1.03, Extra::note_in_the_middle},
      {"sat", 5'000, 5'000, 0.65, none, 0, {15 * kMega}, 1.08, Extra::longer_and_killed},
      {"flaky", 20'000, 20'000, 0.03, quarter, 0, {150 * kMega}, 1.05, Extra::none},
      {"edge", 200, 200, 0.6, none, 0, {1'500'000}, 0, Extra::none},
      {"resets", 10'000, 10'000, 0.05, none, 3 << 20, small, 0, Extra::too_large_for_the_link},
  };
}

}  // namespace

const std::vector<Profile>& all_profiles() {
  static const std::vector<Profile> all = make_profiles();
  return all;
}

std::optional<Profile> find_profile(const std::string& name) {
  for (const Profile& profile : all_profiles()) {
    if (profile.name == name) return profile;
  }
  return std::nullopt;
}

Seconds ideal_time(const Profile& profile, base::ByteCount bytes) {
  const double bits = static_cast<double>(bytes) * 8 * kPacket / kPacketOwn;
  const Seconds busy = bits / (profile.up_kbit * 1'000);
  if (profile.cuts.cut <= 0) return busy;
  const Seconds whole = profile.cuts.period - profile.cuts.cut;
  const auto cuts = static_cast<int>(busy / whole);
  return busy + cuts * profile.cuts.cut;
}

}  // namespace fieldsync::bench::link
