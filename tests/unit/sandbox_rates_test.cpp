#include "tests/support/sandbox_rig.h"

namespace fieldsync::net::sandbox {
namespace {

Answer me(SandboxRig& rig) { return rig.get("/rest/v1.0/me"); }

}  // namespace

TEST_CASE("the headers describe whichever limit would be hit first") {
  SandboxRig rig;
  rig.set({{"rate_spike", 5}, {"rate_hourly", 8}});
  CHECK(me(rig).headers.text("X-Rate-Limit-Limit") == "5");
  for (int i = 0; i < 4; ++i) me(rig);
  rig.clock.pass(10);
  const Answer hourly = me(rig);
  CHECK(hourly.status == 200);
  CHECK(hourly.headers.text("X-Rate-Limit-Limit") == "8");
  CHECK(hourly.headers.text("X-Rate-Limit-Remaining") == "2");
}

TEST_CASE("past the spike limit comes a plain-text 429 until the window ends") {
  SandboxRig rig;
  rig.set({{"rate_spike", 3}, {"rate_hourly", 100}, {"retry_after_on_429", "always"}});
  for (int i = 0; i < 3; ++i) CHECK(me(rig).status == 200);
  const Answer refused = me(rig);
  CHECK(refused.status == 429);
  CHECK(refused.headers.text("Content-Type") == "text/plain");
  CHECK(refused.raw.starts_with("You have surpassed the max number of requests"));
  CHECK(refused.headers.text("X-Rate-Limit-Remaining") == "0");
  CHECK(refused.headers.text("Retry-After") == "10");
  rig.clock.pass(10);
  CHECK(me(rig).status == 200);
}

TEST_CASE("Retry-After on a 429 comes as the switch says") {
  SandboxRig rig;
  rig.set({{"rate_spike", 1}, {"rate_hourly", 0}, {"retry_after_on_429", "alternate"}});
  CHECK(me(rig).status == 200);
  CHECK(me(rig).headers.find("Retry-After") != nullptr);
  CHECK(me(rig).headers.find("Retry-After") == nullptr);
  rig.set({{"retry_after_on_429", "never"}});
  CHECK(me(rig).headers.find("Retry-After") == nullptr);
}

TEST_CASE("each user has a budget of their own") {
  SandboxRig rig;
  rig.set({{"rate_spike", 1}});
  CHECK(me(rig).status == 200);
  CHECK(me(rig).status == 429);
  rig.become(kField);
  CHECK(me(rig).status == 200);
}

}  // namespace fieldsync::net::sandbox
