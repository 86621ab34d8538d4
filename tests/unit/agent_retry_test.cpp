#include <doctest/doctest.h>

#include <algorithm>

#include "agent/sync/link/link_sense.h"
#include "agent/sync/link/retry.h"
#include "agent/sync/link/tuning.h"
#include "agent/sync/remote/outcomes.h"
#include "agent/sync/upload/upload_parts.h"

using namespace fieldsync;
using base::Cause;
using base::Failure;
using base::Millis;
using sync::Verdict;

TEST_CASE("every cause has a verdict, and causes of the link never count against an act") {
  for (const base::CauseInfo& row : base::all_causes()) {
    CAPTURE(row.id);
    const Verdict verdict = sync::verdict_on(row.cause);
    const bool link_cause = row.cause == Cause::offline || row.cause == Cause::timeout ||
                            row.cause == Cause::captive_portal ||
                            row.cause == Cause::tls_untrusted || row.cause == Cause::link_too_short;
    CHECK((verdict == Verdict::link) == link_cause);
  }
}

TEST_CASE("a wait the service asked for wins over ours") {
  platform::Random random(1);
  CHECK(sync::retry_delay({Cause::rate_limited, "429", Millis{42'000}}, 0, random) ==
        Millis{42'000});
  CHECK(sync::retry_delay({Cause::rate_limited, "429", Millis{0}}, 0, random) ==
        sync::tuning::kRetryMin);
}

TEST_CASE("delays grow with attempts, stay within their bounds and are spread by chance") {
  platform::Random random(7);
  const Failure failure{Cause::service_error, "500"};
  for (int attempts = 0; attempts < 40; ++attempts) {
    const Millis delay = sync::retry_delay(failure, attempts, random);
    CHECK(delay >= sync::tuning::kRetryMin);
    CHECK(delay <= sync::tuning::kRetryMax);
  }
  Millis longest{0};
  Millis shortest{sync::tuning::kRetryMax};
  for (int i = 0; i < 100; ++i) {
    const Millis delay = sync::retry_delay(failure, 20, random);
    longest = std::max(longest, delay);
    shortest = std::min(shortest, delay);
  }
  CHECK(longest - shortest > sync::tuning::kRetryMax / 2);
}

TEST_CASE("a failed link shuts, lets one probe through in time and opens with any answer") {
  const base::WallTime now{Millis{1'000'000}};
  sync::LinkSense link{platform::Random(3)};
  CHECK(link.may_send(now));
  link.failed({Cause::offline, "no route"}, now);
  CHECK_FALSE(link.may_send(now));
  CHECK(link.may_send(link.retry_at()));
  CHECK(link.retry_at() <= now + sync::tuning::kLinkRetryMax);
  CHECK(link.answered());
  CHECK(link.may_send(now));
  CHECK_FALSE(link.answered());
}

TEST_CASE("a probe opens the link, but only useful answers end the growing of its pauses") {
  base::WallTime now{Millis{1'000'000}};
  sync::LinkSense link{platform::Random(3)};
  Millis longest{0};
  for (int i = 0; i < 200; ++i) {
    link.failed({Cause::offline, "no route"}, now);
    longest = std::max(longest, link.retry_at() - now);
    now = link.retry_at();
    CHECK(link.probed());
  }
  CHECK(longest > sync::tuning::kLinkRetryMax / 2);
  CHECK_FALSE(link.answered());
  link.failed({Cause::offline, "no route"}, now);
  CHECK(link.retry_at() - now <= sync::tuning::kLinkRetryMin);
}

TEST_CASE("try now lets the probe go at once") {
  const base::WallTime now{Millis{1'000'000}};
  sync::LinkSense link{platform::Random(3)};
  link.failed({Cause::offline, "no route"}, now);
  link.try_now();
  CHECK(link.may_send(now));
}

TEST_CASE("only answers given before anything is done rule an effect out") {
  CHECK_FALSE(sync::may_have_taken_effect(Cause::rate_limited));
  CHECK_FALSE(sync::may_have_taken_effect(Cause::permission_missing));
  CHECK_FALSE(sync::may_have_taken_effect(Cause::refused_by_service));
  CHECK(sync::may_have_taken_effect(Cause::service_error));
  CHECK(sync::may_have_taken_effect(Cause::service_busy));
  CHECK(sync::may_have_taken_effect(Cause::unexpected_answer));
}

TEST_CASE("files are cut into parts the service accepts, without a gap") {
  const net::Capabilities can{.part_bytes_min = 5'242'881,
                              .part_bytes_max = 104'857'600,
                              .parts_max = 10'000,
                              .attach_within = Millis{0}};
  for (const base::ByteCount size :
       {base::ByteCount{1}, base::ByteCount{5'242'881}, base::ByteCount{5'242'882},
        base::ByteCount{90'000'000}, base::ByteCount{4'000'000'000},
        base::ByteCount{200'000'000'000}}) {
    CAPTURE(size);
    for (const base::ByteCount wanted : {0, 5'300'000, 7'150'000, 60'000'000, 2'000'000'000}) {
      CAPTURE(wanted);
      const auto parts = sync::cut_into_parts(size, wanted, can);
      base::ByteCount at = 0;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        CHECK(parts[i].first == at);
        if (i + 1 < parts.size()) CHECK(parts[i].second >= can.part_bytes_min);
        CHECK(parts[i].second <= can.part_bytes_max);
        at += parts[i].second;
      }
      CHECK(at == size);
      CHECK(parts.size() <= 10'000);
    }
  }
}

TEST_CASE("a file ends with no short part that would cost a pause of its own") {
  const net::Capabilities can{.part_bytes_min = 5'242'881,
                              .part_bytes_max = 104'857'600,
                              .parts_max = 10'000,
                              .attach_within = Millis{0}};
  constexpr base::ByteCount kWanted = 7'150'000;
  CHECK(sync::cut_into_parts(15'000'000, kWanted, can).size() == 2);
  CHECK(sync::cut_into_parts(30'000'000, kWanted, can).size() == 4);
  CHECK(sync::cut_into_parts(11'000'000, kWanted, can).size() == 2);
  CHECK(sync::cut_into_parts(10'000'000, kWanted, can).size() == 1);
  // Where small parts are wanted, the smallest one costs least.
  CHECK(sync::cut_into_parts(15'000'000, 0, can).size() == 3);
}
