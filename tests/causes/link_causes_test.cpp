#include "platform/base/time_text.h"
#include "tests/support/cause_world.h"

// Causes of the link and of the service's state.

namespace fieldsync::tests {

using base::Cause;
using base::Document;
using base::Value;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

/// The item waits with that cause for as long as the trouble lasts, then arrives.
void check_waits_and_arrives(CauseWorld& world, const std::string& item, Cause cause,
                             const std::string& evidence) {
  world.run_for(minutes(10));
  check_explained(world.why(item), cause, evidence, Next::planned);
  world.heal();
  world.check_well(item);
}

void check_upload_answered(int status, const std::string& words, Cause cause,
                           const std::string& evidence) {
  CauseWorld world;
  world.answer("POST /rest/v1.1/projects", status, words);
  check_waits_and_arrives(world, world.photo("answered"), cause, evidence);
}

}  // namespace

CAUSE_TEST(none, "all is well") {
  CauseWorld world;
  const std::string note = world.note("on its way");
  world.check_well(note);
  const Document said = world.call("why", {{"item", note}});
  REQUIRE(said.find("receipts")->as_list()->size() == 1);
  const Document status = world.call("status");
  CHECK(status.find("clock")->as_document()->text("cause") == "none");
  CHECK(world.tool("notes").text("cause") == "none");
  CHECK(world.tool("notes").text("missing").empty());
}

CAUSE_TEST(offline, "nothing goes out from the basement") {
  CauseWorld world;
  world.cut();
  const std::string note = world.note("in the basement");
  world.run_for(minutes(10));
  check_explained(world.why(note), Cause::offline, "cut", Next::planned);
  check_explained(world.tool("notes"), Cause::offline, "cut", Next::planned);
  world.heal();
  world.check_well(note);
}

CAUSE_TEST(captive_portal, "the trailer Wi-Fi is connected, but nothing syncs") {
  CauseWorld world;
  world.fault("", -1, {{"action", "login_page"}});
  check_waits_and_arrives(world, world.note("behind the portal"), Cause::captive_portal,
                          "Guest Wi-Fi");
}

CAUSE_TEST(tls_untrusted, "at the client's office it refuses to connect") {
  CauseWorld world;
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::untrusted; };
  check_waits_and_arrives(world, world.note("not for the proxy"), Cause::tls_untrusted,
                          "certificate");
}

CAUSE_TEST(timeout, "file upload failed: timed out (408)") {
  check_upload_answered(408, "Request Timeout", Cause::timeout, "408");
}

CAUSE_TEST(link_too_short, "the big photos never get through") {
  CauseWorld world;
  world.transport->connection_bytes_max = 3'100'000;
  const std::string large = world.photo(std::string(8'000'000, 'p'));
  const std::string small = world.photo(std::string(2'000'000, 's'));
  world.run_for(minutes(1));
  check_explained(world.why(large), Cause::link_too_short,
                  "connections end after about 3.1 MB, and 5.2 MB of this file must go in one "
                  "piece; another network would help",
                  Next::planned);
  CHECK(world.why(small).text("cause") == "none");
  world.transport->connection_bytes_max = 0;
  world.agent->link_changed();
  world.check_well(large);
}

CAUSE_TEST(rate_limited, "photos stopped uploading after a few hundred") {
  CauseWorld world;
  world.control(net::Method::patch, "/settings", {{"rate_hourly", 30}});
  std::string last;
  for (int i = 0; i < 40; ++i) last = world.photo("photo " + std::to_string(i));
  world.run_for(minutes(20));
  const Document why = world.why(last);
  check_explained(why, Cause::rate_limited, "kept for edits; files go again at", Next::planned);
  CHECK(why.text("next_attempt") > base::to_iso_seconds(world.clock.wall() + minutes(5)));
  const Document status = world.call("status");
  CHECK(status.find("budget")->as_document()->find("hour")->as_document()->integer("limit") == 30);
  world.control(net::Method::patch, "/settings", {{"rate_hourly", 3600}});
  world.check_well(last);
}

CAUSE_TEST(data_plan, "the photos stay here until the evening") {
  CauseWorld world;
  world.kill();
  world.config.data_plan.always.files_at = {{0x7F, 18 * 60, 6 * 60}};
  world.restart();
  const std::string photo = world.photo("a photo at noon");
  world.run_for(minutes(10));
  check_explained(world.why(photo), Cause::data_plan, "not to travel at this hour", Next::planned);
  world.call("send", {{"item", photo}});
  world.check_well(photo);
}

CAUSE_TEST(service_busy, "file upload failed: 503") {
  check_upload_answered(503, "Down for maintenance", Cause::service_busy, "maintenance");
}

CAUSE_TEST(service_error, "file upload failed: 500") {
  check_upload_answered(500, "Something went wrong", Cause::service_error, "Something went wrong");
}

CAUSE_TEST(unexpected_answer, "it says it got an answer it does not understand") {
  CauseWorld world;
  world.fault("/rfis?", -1, {{"action", "status"}, {"status", 200}, {"body", "{nonsense"}});
  world.call("sync");
  world.run_for(minutes(1));
  check_explained(world.tool("rfis"), Cause::unexpected_answer, "RFI", Next::planned);
  CHECK_FALSE(world.tool("rfis").text("missing").empty());
  CHECK(world.tool("notes").text("cause") == "none");
  world.heal();
  world.run_for(minutes(10));
  CHECK(world.tool("rfis").text("cause") == "none");
}

CAUSE_TEST(clock_wrong, "the tablet was off for weeks and now nothing fits") {
  CauseWorld world;
  world.control(net::Method::post, "/clock", {{"advance_seconds", 21 * 86'400}});
  const std::string note = world.note("in time");
  world.check_well(note);
  const Document status = world.call("status");
  check_explained(*status.find("clock")->as_document(), Cause::clock_wrong, "d behind",
                  Next::by_event);
}

}  // namespace fieldsync::tests
