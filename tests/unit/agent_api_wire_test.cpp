#include "agent/api/wire.h"

#include <doctest/doctest.h>

#include "platform/base/json.h"

namespace fieldsync::api {
namespace {

using base::Cause;

TEST_CASE("every failure comes back from the wire as it was") {
  for (const base::CauseInfo& about : base::all_causes()) {
    if (about.cause == Cause::none) continue;
    CAPTURE(about.id);
    Failure sent{about.cause, "thing \"7\" \xF0\x9F\x93\xB7"};
    sent.wait_asked = base::Millis{1'500};
    const net::HttpResponse reply = to_reply(sent);
    CHECK(reply.status >= 400);
    const auto received = read_reply(reply);
    REQUIRE(!received.ok());
    CHECK(received.failure().cause == about.cause);
    CHECK(received.failure().what == sent.what);
    CHECK(received.failure().wait_asked == sent.wait_asked);
  }
}

TEST_CASE("an answer comes back from the wire as it was") {
  const Document sent{{"id", "rfi-1"}, {"n", std::int64_t{9'007'199'254'740'993}}};
  const auto received = read_reply(to_reply(sent));
  REQUIRE(received.ok());
  CHECK(*received == sent);
}

TEST_CASE("what is no reply of ours is unexpected, never a crash") {
  for (const char* body : {"", "<html>", "[]", "{}", "{\"error\":3}", "{\"error\":{}}",
                           "{\"error\":{\"cause\":\"none\"}}", "{\"error\":{\"cause\":\"x\"}}"}) {
    CAPTURE(body);
    net::HttpResponse reply;
    reply.status = 500;
    reply.body = body;
    const auto received = read_reply(reply);
    REQUIRE(!received.ok());
    CHECK(received.failure().cause == Cause::unexpected_answer);
  }
}

TEST_CASE("a token is right as a whole or not at all") {
  CHECK(same_token("abc", "abc"));
  CHECK_FALSE(same_token("abd", "abc"));
  CHECK_FALSE(same_token("ab", "abc"));
  CHECK_FALSE(same_token("", ""));
}

}  // namespace
}  // namespace fieldsync::api
