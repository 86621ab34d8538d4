#include <doctest/doctest.h>

#include <limits>
#include <set>
#include <vector>

#include "platform/host.h"
#include "platform/random.h"

namespace fieldsync::platform {

TEST_CASE("one seed gives one stream, on every compiler") {
  Random random(42);
  const std::vector<std::uint64_t> first = {random.next(), random.next(), random.next()};
  Random again(42);
  for (const std::uint64_t draw : first) CHECK(again.next() == draw);
  CHECK(Random(43).next() != first[0]);
  // Pinned: another value here means that recorded seeds no longer replay.
  CHECK(first[0] == 1546998764402558742u);
}

TEST_CASE("draws stay in their range and reach its ends") {
  Random random(1);
  std::set<std::uint64_t> seen;
  std::set<std::int64_t> seen_between;
  for (int i = 0; i < 1'000; ++i) {
    seen.insert(random.below(5));
    seen_between.insert(random.between(-2, 2));
    const double fraction = random.fraction();
    CHECK((fraction >= 0 && fraction < 1));
    CHECK_FALSE(random.chance(0));
    CHECK(random.chance(1));
  }
  CHECK(seen == std::set<std::uint64_t>{0, 1, 2, 3, 4});
  CHECK(seen_between == std::set<std::int64_t>{-2, -1, 0, 1, 2});
  CHECK(random.below(1) == 0);
  CHECK(random.between(7, 7) == 7);
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  CHECK(random.between(kMin, kMax) != random.between(kMin, kMax));
}

TEST_CASE("a fork's draws leave its parent alone") {
  Random one(9);
  Random other(9);
  Random fork = one.fork();
  for (int i = 0; i < 100; ++i) fork.next();
  other.fork();
  CHECK(one.next() == other.next());
}

TEST_CASE("base 32 has no letters that people mix up") {
  const std::string text = Random(3).base32(5'000);
  CHECK(text.size() == 5'000);
  CHECK(text.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz") == std::string::npos);
  CHECK(std::set<char>(text.begin(), text.end()).size() == 32);
}

TEST_CASE("the system's entropy is not constant") {
  CHECK(system_entropy() != system_entropy());
  CHECK(system_random_hex(16).size() == 32);
  CHECK(system_random_hex(16) != system_random_hex(16));
}

}  // namespace fieldsync::platform
