#include <optional>

#include "net/curl_transport.h"
#include "net/sandbox/server.h"
#include "platform/event_loop.h"
#include "platform/host.h"
#include "tests/support/sandbox_rig.h"
#include "tests/support/temp_folder.h"

namespace fieldsync::net::sandbox {
namespace {

/// The rig's sandbox behind real sockets, and the real client in front of them.
struct Wire {
  Wire() {
    auto listening = server.listen({});
    REQUIRE(listening.ok());
    rig.access = rig.sandbox->access();
  }
  HttpRequest request(Method method, std::string url, std::string body = "") {
    HttpRequest made;
    made.method = method;
    made.url = url.starts_with("http") ? std::move(url) : rig.access.text("api_url") + url;
    if (made.url.starts_with(rig.access.text("api_url"))) made.headers = rig.headers();
    if (!body.empty()) made.body = std::move(body);
    return made;
  }
  Result<HttpResponse> run(HttpRequest made) {
    std::optional<HttpOutcome> outcome;
    transport.submit(std::move(made), [&](HttpOutcome got) { outcome = std::move(got); });
    loop.run_until([&] { return outcome.has_value(); });
    return outcome->response;
  }

  SandboxRig rig;
  SandboxServer server{*rig.sandbox};
  std::unique_ptr<platform::Clock> clock = platform::make_system_clock();
  std::unique_ptr<platform::FileSystem> files = platform::make_system_files();
  platform::ThreadLoop loop{*clock};
  platform::ThreadWorkers workers{loop};
  platform::Random random{1};
  platform::Host host{*clock, loop, *files, workers, random};
  CurlTransport transport{host, {}};
};

}  // namespace

TEST_CASE_FIXTURE(Wire, "a picture is fetched through the redirect to the other origin") {
  const auto listed = run(request(Method::get, SandboxRig::photos() + "&per_page=1"));
  REQUIRE(listed.ok());
  const auto parsed = base::parse_json(listed->body);
  REQUIRE(parsed.ok());
  const Document& photo = item(*parsed->as_list(), 0);
  const auto redirect = run(request(Method::get, photo.text("url")));
  REQUIRE(redirect.ok());
  REQUIRE(redirect->status == 302);
  const auto picture = run(request(Method::get, redirect->headers.text("Location")));
  REQUIRE(picture.ok());
  CHECK(picture->body.size() == static_cast<std::size_t>(photo.integer("size")));
}

TEST_CASE_FIXTURE(Wire, "a part streams from a file to the storage origin") {
  rig.set({{"segment_bytes_min", 1}});
  tests::TempFolder folder;
  const std::string bytes(3'000'000, 'p');
  tests::put_content(folder / "photo.bin", bytes);
  const Answer created = rig.create_upload("photo.jpg", {bytes});
  const Document segment = item(children(created.object(), "segments"), 0);
  HttpRequest put = request(Method::put, segment.text("url"));
  for (const base::Field& field : child(segment, "headers")) {
    if (field.name != "content-length") put.headers.add(field.name, base::plain_text(field.value));
  }
  put.headers.add("Content-Type", "application/octet-stream");
  put.body = FileSlice{folder / "photo.bin", 0, static_cast<ByteCount>(bytes.size())};
  const auto sent = run(put);
  REQUIRE(sent.ok());
  CHECK_MESSAGE(sent->status == 200, sent->body);
  CHECK(sent->headers.text("ETag").size() == 34);
}

TEST_CASE_FIXTURE(Wire, "a lost answer is no answer, and its effect stays") {
  rig.fault({{"match", "/rfis"}, {"action", "drop_after"}});
  const auto lost = run(
      request(Method::post, SandboxRig::project("/rfis"), base::to_json(SandboxRig::rfi("lost"))));
  CHECK_FALSE(lost.ok());
  CHECK(rig.control(Method::get, "/ledger").list().size() == 1);
}

TEST_CASE_FIXTURE(Wire, "a delayed answer holds up no other request") {
  rig.fault({{"match", "/companies"}, {"action", "delay"}, {"millis", 600'000}});
  bool delayed_came = false;
  // A client of its own: one client may wait for the first answer to learn what the host speaks.
  CurlTransport patient(host, {});
  const ExchangeId slow = patient.submit(request(Method::get, "/rest/v1.0/companies"),
                                         [&](HttpOutcome) { delayed_came = true; });
  for (int i = 0; i < 3; ++i) {
    const auto quick = run(request(Method::get, "/rest/v1.0/me"));
    REQUIRE(quick.ok());
    CHECK(quick->status == 200);
  }
  CHECK_FALSE(delayed_came);
  patient.cancel(slow);
}

}  // namespace fieldsync::net::sandbox
