#include <doctest/doctest.h>

#include "tests/bench/link/lane.h"
#include "tests/bench/link/profile.h"
#include "tests/bench/link/streams.h"

namespace fieldsync::bench::link {
namespace {

/// 1,000 bytes take a second.
LaneSpec slow_lane() { return {8'000, 3'000, 0.5, 0}; }

std::string packet(std::size_t size) { return std::string(size, 'x'); }

int arrived(Lane& lane, Seconds at) {
  int count = 0;
  lane.deliver(at, false, [&](const std::string&) { ++count; });
  return count;
}

/// A TCP packet over IPv4 without options, from port 1000 to port 80 or back.
enum class From { near, far };
std::string tcp(From from, std::uint32_t sequence, std::uint8_t flags, const std::string& payload) {
  std::string bytes(40, '\0');
  const auto put = [&](std::size_t at, std::size_t length, std::uint32_t number) {
    for (std::size_t i = length; i-- > 0; number >>= 8) bytes[at + i] = static_cast<char>(number);
  };
  bytes[0] = 0x45;
  put(2, 2, static_cast<std::uint32_t>(40 + payload.size()));
  bytes[9] = 6;
  put(12, 4, from == From::near ? 0x7f4d0001 : 0x7f000001);
  put(16, 4, from == From::near ? 0x7f000001 : 0x7f4d0001);
  put(20, 2, from == From::near ? 1'000 : 80);
  put(22, 2, from == From::near ? 80 : 1'000);
  put(24, 4, sequence);
  put(28, 4, 77);
  bytes[32] = 0x50;
  bytes[33] = static_cast<char>(flags);
  return bytes + payload;
}

std::uint32_t sum_of(std::string_view bytes, std::uint32_t sum) {
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    sum += static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << 8 |
           static_cast<unsigned char>(bytes[i + 1]);
  }
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

}  // namespace

TEST_CASE("a lane's packets leave one after the other at its rate and arrive after its delay") {
  Lane lane(slow_lane(), 1);
  REQUIRE(lane.offer(packet(1'000), 10, false));
  REQUIRE(lane.offer(packet(500), 10, false));
  CHECK(lane.wait(10) == doctest::Approx(1.5));
  CHECK(*lane.next() == doctest::Approx(11.5));
  CHECK(arrived(lane, 11.4) == 0);
  CHECK(arrived(lane, 11.6) == 1);
  CHECK(arrived(lane, 12.1) == 1);
  CHECK(lane.count().bytes == 1'500);
}

TEST_CASE("a lane's idle time is not saved up for a burst") {
  Lane lane(slow_lane(), 1);
  REQUIRE(lane.offer(packet(1'000), 100, false));
  CHECK(*lane.next() == doctest::Approx(101.5));
}

TEST_CASE("what the queue cannot hold is dropped, and what left makes room") {
  Lane lane(slow_lane(), 1);
  for (int i = 0; i < 3; ++i) REQUIRE(lane.offer(packet(1'000), 0, false));
  CHECK_FALSE(lane.offer(packet(1'000), 0, false));
  CHECK(lane.count().dropped_full == 1);
  CHECK(lane.offer(packet(1'000), 1.1, false));
}

TEST_CASE("a cut drops what is offered and what was on its way") {
  Lane lane(slow_lane(), 1);
  REQUIRE(lane.offer(packet(100), 0, false));
  CHECK_FALSE(lane.offer(packet(100), 0.1, true));
  int count = 0;
  lane.deliver(5, true, [&](const std::string&) { ++count; });
  CHECK(count == 0);
  CHECK(lane.count().dropped_cut == 2);
}

TEST_CASE("cuts lie at the end of each period") {
  const CutSchedule cuts{20, 5};
  CHECK_FALSE(cuts.is_cut(14.9));
  CHECK(cuts.is_cut(15));
  CHECK(cuts.is_cut(19.9));
  CHECK_FALSE(cuts.is_cut(20));
  CHECK(cuts.is_cut(35.5));
  CHECK_FALSE(CutSchedule{}.is_cut(15));
}

TEST_CASE("the ideal counts heads of packets and waits every cut out") {
  Profile profile;
  profile.up_kbit = 8'000;
  CHECK(ideal_time(profile, 1'448'000) == doctest::Approx(1.5));
  profile.cuts = {20, 5};
  CHECK(ideal_time(profile, 1'448'000 * 20) == doctest::Approx(40));
}

TEST_CASE("bytes of a stream count once, however often TCP carries them") {
  Streams streams;
  const auto up = [&](std::uint32_t sequence, std::uint8_t flags, const std::string& payload) {
    return streams.carried(Streams::Lane::up, tcp(From::near, sequence, flags, payload));
  };
  CHECK(up(0xfffffff0, Segment::kSyn, "").event == "open to 80");
  CHECK(up(0xfffffff1, Segment::kAck, "PUT /a HTTP/1.1\r\nx: y").event == "PUT /a HTTP/1.1");
  CHECK(up(0xfffffff1, Segment::kAck, "PUT /a HTTP/1.1\r\nx: y").event.empty());
  CHECK(streams.stream_bytes_up() == 21);
  CHECK(streams.repeated_bytes_up() == 21);
  // A new connection over the same ports starts anew.
  CHECK(up(5, Segment::kSyn, "").connection == 2);
  CHECK(up(6, Segment::kAck, "abc").stream_up == 3);
}

TEST_CASE("a reset names the same connection and carries right checksums") {
  const std::string like = tcp(From::near, 1'000, Segment::kAck, "abc");
  for (const Way way : {Way::onward, Way::back}) {
    const std::string made = make_reset(like, way);
    const auto segment = segment_of(made);
    REQUIRE(segment);
    CHECK(segment->from_port == (way == Way::onward ? 1'000 : 80));
    CHECK(segment->sequence == (way == Way::onward ? 1'000 : 77));
    CHECK((segment->flags & Segment::kRst) != 0);
    const std::string_view bytes = made;
    CHECK(sum_of(bytes.substr(0, 20), 0) == 0xffff);
    CHECK(sum_of(bytes.substr(20), sum_of(bytes.substr(12, 8), 6 + 20)) == 0xffff);
  }
}

TEST_CASE("packets that are no TCP, or cut short, are no segments") {
  CHECK_FALSE(segment_of(""));
  CHECK_FALSE(segment_of(std::string(19, '\x45')));
  const std::string whole = tcp(From::near, 1, Segment::kAck, "");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(segment_of(std::string_view(whole).substr(0, size)));
  }
  std::string head_too_long = whole;
  head_too_long[32] = '\xf0';
  CHECK_FALSE(segment_of(head_too_long));
}

}  // namespace fieldsync::bench::link
