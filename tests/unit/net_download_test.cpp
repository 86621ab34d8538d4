#include "net/download.h"

#include <doctest/doctest.h>

#include "net/adapters/procore.h"

using namespace fieldsync;
using namespace fieldsync::net;
using base::Cause;

namespace {

Procore service_at(const std::string& api_url) {
  ProcoreOptions options;
  options.api_url = api_url;
  return Procore(options);
}

HttpRequest download_from(const std::string& url) {
  HttpRequest request;
  request.url = url;
  request.auth = Auth::bearer;
  request.headers.add("Procore-Company-Id", "1001");
  request.headers.add("Range", "bytes=5-");
  request.save_to = "/tmp/x";
  return request;
}

HttpResponse redirect(const std::string& location, int status = 302) {
  return {status, Headers{{"location", location}}, ""};
}

}  // namespace

TEST_CASE("download: the token follows a redirect only inside the service") {
  const Procore service = service_at("https://api.procore.com");
  struct Row {
    std::string location;
    std::string url;
    Auth auth;
  };
  const std::vector<Row> rows = {
      {"/b?c=1", "https://api.procore.com/b?c=1", Auth::bearer},
      {"next", "https://api.procore.com/a/next", Auth::bearer},
      {"//storage.procore.com/x", "https://storage.procore.com/x", Auth::bearer},
      {"https://s3.example.com/x?sig=%2F", "https://s3.example.com/x?sig=%2F", Auth::none},
      {"https://evilprocore.com/x", "https://evilprocore.com/x", Auth::none},
      {"https://procore.com.evil/x", "https://procore.com.evil/x", Auth::none},
  };
  for (const Row& row : rows) {
    CAPTURE(row.location);
    const auto next =
        follow(service, download_from("https://api.procore.com/a/file"), redirect(row.location), 0);
    REQUIRE(next.ok());
    CHECK(next->url == row.url);
    CHECK(next->auth == row.auth);
    CHECK(next->save_to == "/tmp/x");
    CHECK(next->headers.text("Range") == "bytes=5-");
    CHECK((next->headers.find("Procore-Company-Id") != nullptr) == (row.auth == Auth::bearer));
  }
}

TEST_CASE("download: once dropped, the token stays dropped") {
  const Procore service = service_at("https://api.procore.com");
  auto away = follow(service, download_from("https://api.procore.com/a"),
                     redirect("https://cdn.example/b"), 0);
  REQUIRE(away.ok());
  const auto back = follow(service, *away, redirect("https://api.procore.com/c"), 1);
  REQUIRE(back.ok());
  CHECK(back->auth == Auth::none);
}

TEST_CASE("download: redirects that lead astray are refused") {
  const Procore service = service_at("https://api.procore.com");
  const HttpRequest request = download_from("https://api.procore.com/a");
  const std::vector<HttpResponse> replies = {
      redirect("http://api.procore.com/a"),
      redirect("http://127.0.0.1/a"),
      redirect("file:///etc/passwd"),
      redirect("https://user@api.procore.com/"),
      redirect("https://api.procore.com\\@evil/"),
      redirect(""),
      redirect("/a b"),
      {302, {}, ""},
      redirect("/x", 304),
      redirect("/x", 200),
  };
  for (const HttpResponse& reply : replies) {
    CAPTURE(reply.status);
    CAPTURE(reply.headers.text("Location"));
    const auto next = follow(service, request, reply, 0);
    REQUIRE_FALSE(next.ok());
    CHECK(next.failure().cause == Cause::unexpected_answer);
  }
  CHECK(follow(service, request, redirect("/x"), kRedirectsMax - 1).ok());
  CHECK_FALSE(follow(service, request, redirect("/x"), kRedirectsMax).ok());
}

TEST_CASE("download: plain http stays on this machine") {
  const Procore service = service_at("http://127.0.0.1:8080");
  const HttpRequest request = download_from("http://127.0.0.1:8080/a");
  const auto same = follow(service, request, redirect("/b"), 0);
  REQUIRE(same.ok());
  CHECK(same->auth == Auth::bearer);
  const auto other_port = follow(service, request, redirect("http://127.0.0.1:9090/b"), 0);
  REQUIRE(other_port.ok());
  CHECK(other_port->auth == Auth::none);
  CHECK_FALSE(follow(service, request, redirect("http://storage.example/b"), 0).ok());
}

TEST_CASE("download: only the five statuses with a Location are redirects") {
  for (int status = 200; status < 600; ++status) {
    const bool expected =
        status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    CHECK(is_redirect({status, {}, ""}) == expected);
  }
}
