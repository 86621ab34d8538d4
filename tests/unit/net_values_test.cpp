#include <doctest/doctest.h>

#include "net/download.h"
#include "net/gzip.h"
#include "net/http.h"
#include "net/oauth.h"
#include "net/request_check.h"
#include "platform/base/time_text.h"

using namespace fieldsync;
using namespace fieldsync::net;
using base::Cause;
using base::Millis;
using base::Secret;
using base::WallTime;

namespace {

constexpr WallTime kNow{Millis(1'790'000'000'000)};

HttpResponse answer(int status, std::string body,
                    std::initializer_list<std::pair<std::string, std::string>> headers = {}) {
  return {status, Headers(headers), std::move(body)};
}

}  // namespace

TEST_CASE("http: headers are found whatever their case, the first one wins") {
  Headers headers{{"X-One", "1"}, {"x-one", "2"}};
  CHECK(headers.text("X-ONE") == "1");
  CHECK(headers.text("absent").empty());
  CHECK(headers.find("absent") == nullptr);
}

TEST_CASE("http: a query encodes both sides") {
  CHECK(Query().add("filters[id]", "a b&c").add("x", "").text() == "filters%5Bid%5D=a%20b%26c&x=");
}

TEST_CASE("http: URLs are taken apart, and refused where parsers disagree") {
  struct Row {
    std::string text;
    std::string parts;  // scheme|host|port|path|query, or "" when refused
  };
  const std::vector<Row> rows = {
      {"https://API.procore.com/rest?a=b", "https|api.procore.com|0|/rest|a=b"},
      {"HTTP://h:8080", "http|h|8080|/|"},
      {"https://h?x", "https|h|0|/|x"},
      {"https://h/p#frag?no", "https|h|0|/p|"},
      {"https://[::1]:9/x", "https|::1|9|/x|"},
      {"https://h:/x", "https|h|0|/x|"},
      {"ftp://h/", ""},
      {"https:///x", ""},
      {"https://", ""},
      {"https:h/x", ""},
      {"//h/x", ""},
      {"", ""},
      {"https://user@h/", ""},
      {"https://api.procore.com@evil/", ""},
      {"https://h\\@evil/", ""},
      {"https://h\t/", ""},
      {"https://h/a b", ""},
      {"https://h/a\r\nX: 1", ""},
      {std::string("https://h/\0x", 12), ""},
      {"https://h/\xc3\xa4", ""},
      {"https://h%2eevil/", ""},
      {"https://h..x/", ""},
      {"https://h:0/", ""},
      {"https://h:65536/", ""},
      {"https://h:80x/", ""},
      {"https://[::1/x", ""},
      {"https://[zz]/x", ""},
      {"https://[::1]x/", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto url = parse_url(row.text);
    const std::string parts = url ? url->scheme + "|" + url->host + "|" +
                                        std::to_string(url->port) + "|" + url->path + "|" +
                                        url->query
                                  : "";
    CHECK(parts == row.parts);
  }
}

TEST_CASE("http: a Location resolves as RFC 3986 has it") {
  const std::string base = "https://h:1/a/b/c?q=1";
  struct Row {
    std::string location;
    std::string resolved;
  };
  const std::vector<Row> rows = {
      {"https://x/y", "https://x/y"}, {"//x/y?z", "https://x/y?z"},
      {"/r", "https://h:1/r"},        {"/r/../s?u=../v", "https://h:1/s?u=../v"},
      {"d", "https://h:1/a/b/d"},     {"./d", "https://h:1/a/b/d"},
      {"../d", "https://h:1/a/d"},    {"../../../../d", "https://h:1/d"},
      {"..", "https://h:1/a/"},       {"?p", "https://h:1/a/b/c?p"},
      {"", "https://h:1/a/b/c?q=1"},  {"#f", "https://h:1/a/b/c?q=1"},
      {"d#f", "https://h:1/a/b/d"},   {"d:8080/x/../y", "d:8080/x/../y"},
      {"/a:b", "https://h:1/a:b"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.location);
    CHECK(resolve_url(base, row.location) == row.resolved);
  }
  CHECK(resolve_url("https://h", "x") == "https://h/x");
  CHECK(resolve_url("https://h?q", "x") == "https://h/x");
}

TEST_CASE("http: a host is under a domain only on a dot boundary") {
  CHECK(is_under_domain("procore.com", "procore.com"));
  CHECK(is_under_domain("API.Procore.com", "procore.com"));
  CHECK_FALSE(is_under_domain("evilprocore.com", "procore.com"));
  CHECK_FALSE(is_under_domain("procore.com.evil", "procore.com"));
  CHECK_FALSE(is_under_domain(".procore.com", "procore.com"));
  CHECK_FALSE(is_under_domain("com", "procore.com"));
  CHECK_FALSE(is_under_domain("", ""));
  CHECK_FALSE(is_under_domain("x", ""));
}

TEST_CASE("http: loopback is this machine in plain words only") {
  for (const char* host : {"127.0.0.1", "127.255.0.9", "localhost", "LOCALHOST", "::1", "[::1]"}) {
    CAPTURE(host);
    CHECK(is_loopback(host));
  }
  for (const char* host : {"127.1", "0x7f.0.0.1", "127.0.0.1.evil", "127.0.0.256", "127.00.0.1",
                           "128.0.0.1", "localhost.evil", "0.0.0.0", "", "2130706433"}) {
    CAPTURE(host);
    CHECK_FALSE(is_loopback(host));
  }
}

TEST_CASE("http: the link with a relation is found, and nothing in a malformed header") {
  struct Row {
    std::string header;
    std::string target;
  };
  const std::vector<Row> rows = {
      {"<https://h/?page=2>; rel=\"next\", <https://h/?page=9>; rel=\"last\"", "https://h/?page=2"},
      {"<https://h/1>; rel=\"first\",<https://h/2>;rel=next", "https://h/2"},
      {"<a>; title=\"x, <b>; rel=next\"; rel=\"prev next\"", "a"},
      {"<a>; REL=\"NEXT\"", "a"},
      {"<a>; rel=prev; rel=next", ""},
      {"<a>; title=\"open, <b>; rel=next", ""},
      {"", ""},
      {"<a", ""},
      {"a; rel=next", ""},
      {"<>; rel=next", ""},
      {"<a>; rel", ""},
      {"<a> garbage, <b>; rel=next", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.header);
    CHECK(link_target(row.header, "next").value_or("") == row.target);
  }
}

TEST_CASE("http: Retry-After is seconds or a date, clamped to a day") {
  const auto now = base::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  REQUIRE(now.has_value());
  const auto read = [&](const std::string& value) {
    const auto wait = retry_after(Headers{{"retry-after", value}}, *now);
    return wait ? wait->count() : -1;
  };
  CHECK(read("120") == 120'000);
  CHECK(read(" 0 ") == 0);
  CHECK(read("999999") == 86'400'000);
  CHECK(read("99999999999999999999999") == 86'400'000);
  CHECK(read("Sun, 06 Nov 1994 08:50:37 GMT") == 60'000);
  CHECK(read("Sun, 06 Nov 1994 08:00:00 GMT") == 0);
  CHECK(read("-5") == -1);
  CHECK(read("1.5") == -1);
  CHECK(read("soon") == -1);
  CHECK(read("") == -1);
  CHECK_FALSE(retry_after({}, *now).has_value());
}

TEST_CASE("gzip: only what gets shorter is packed, and only for who asked") {
  CHECK(gzip(std::string(10'000, 'a')).value().size() < 200);
  CHECK_FALSE(gzip("abc").has_value());
  // The beginning of what is long decides: noise is not tried to its end.
  std::string noise;
  std::uint32_t state = 1;
  for (int i = 0; i < 100'000; ++i)
    noise += static_cast<char>((state = state * 1'664'525 + 1'013'904'223) >> 24);
  CHECK_FALSE(gzip(noise + std::string(1'000'000, 'a')).has_value());
  CHECK(gzip(std::string(1'000'000, 'a') + noise).has_value());
  CHECK_FALSE(gzip("").has_value());
  CHECK(lists_gzip("gzip"));
  CHECK(lists_gzip("br, GZIP;q=0.5"));
  CHECK_FALSE(lists_gzip("gzip;q=0"));
  CHECK_FALSE(lists_gzip("gzip; q=0.000"));
  CHECK_FALSE(lists_gzip("br, identity"));
  CHECK_FALSE(lists_gzip("x-gzip-not"));
  CHECK_FALSE(lists_gzip(""));
}

TEST_CASE("oauth: requests are form-encoded and carry what the grant needs") {
  OAuthApp app;
  app.login_url = "https://login.procore.com/";
  app.client_id = "id&1";
  app.client_secret = Secret("s=1");
  CHECK(authorize_url(app, "st") ==
        "https://login.procore.com/oauth/authorize?response_type=code&client_id=id%261"
        "&redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob&state=st");
  const HttpRequest by_credentials = token_by_credentials(app);
  CHECK(by_credentials.url == "https://login.procore.com/oauth/token");
  CHECK(by_credentials.method == Method::post);
  CHECK(by_credentials.auth == Auth::none);
  CHECK(by_credentials.headers.text("Content-Type") == "application/x-www-form-urlencoded");
  CHECK(std::get<std::string>(by_credentials.body) ==
        "grant_type=client_credentials&client_id=id%261&client_secret=s%3D1");
  CHECK(std::get<std::string>(token_by_code(app, Secret("c 1")).body) ==
        "grant_type=authorization_code&client_id=id%261&client_secret=s%3D1&code=c%201"
        "&redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob");
  CHECK(std::get<std::string>(token_by_refresh(app, Secret("r/1")).body) ==
        "grant_type=refresh_token&client_id=id%261&client_secret=s%3D1&refresh_token=r%2F1"
        "&redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob");
}

TEST_CASE("oauth: a token is read, its lifetime within bounds") {
  const auto life = [](const std::string& body) {
    const auto pair = read_token(answer(200, body), kNow);
    return pair ? (pair->expires_at - kNow).count() / 1000 : -1;
  };
  const auto pair =
      read_token(answer(200, R"({"access_token":"A","token_type":"Bearer","expires_in":60,)"
                             R"("refresh_token":"R","created_at":1})"),
                 kNow);
  REQUIRE(pair.ok());
  CHECK(pair->access == Secret("A"));
  CHECK(pair->refresh == Secret("R"));
  CHECK(pair->expires_at == kNow + Millis(60'000));
  CHECK(life(R"({"access_token":"A"})") == 5'400);
  CHECK(life(R"({"access_token":"A","expires_in":null})") == 5'400);
  CHECK(life(R"({"access_token":"A","expires_in":999999999})") == 86'400);
  CHECK(life(R"({"access_token":"A","expires_in":0})") == -1);
  CHECK(life(R"({"access_token":"A","expires_in":-3})") == -1);
  CHECK(life(R"({"access_token":"A","expires_in":"60"})") == -1);
  CHECK(life(R"({"access_token":""})") == -1);
  CHECK(life(R"({"access_token":"a b"})") == -1);
  CHECK(life(R"({"access_token":"a\r\nX: 1"})") == -1);
  CHECK(life(R"({"access_token":7})") == -1);
  CHECK(life(R"({"access_token":"A","refresh_token":"x\n"})") == -1);
  CHECK(life(R"({"access_token":"A","token_type":"mac"})") == -1);
  CHECK(life("[1]") == -1);
  CHECK(life("") == -1);
}

TEST_CASE("oauth: every other answer has its cause, and none shows a secret") {
  struct Row {
    HttpResponse reply;
    Cause cause;
  };
  const std::vector<Row> rows = {
      {answer(200, "<!DOCTYPE html><html>hotel</html>"), Cause::captive_portal},
      {answer(200, "x", {{"Content-Type", "text/html; charset=utf-8"}}), Cause::captive_portal},
      {answer(302, "", {{"Location", "http://portal/"}}), Cause::captive_portal},
      {answer(511, ""), Cause::captive_portal},
      {answer(401, R"({"error":"invalid_grant","refresh_token":"SECRET"})"), Cause::login_required},
      {answer(400, R"({"error":"invalid_client","error_description":"no"})"),
       Cause::login_required},
      {answer(403, R"({"errors":["App is not connected to this company."]})"),
       Cause::app_not_installed},
      {answer(403, "{}"), Cause::login_required},
      {answer(408, ""), Cause::timeout},
      {answer(429, "", {{"Retry-After", "7"}}), Cause::rate_limited},
      {answer(503, "", {{"Retry-After", "7"}}), Cause::service_busy},
      {answer(502, "<html>bad gateway</html>"), Cause::service_error},
      {answer(404, "{}"), Cause::unexpected_answer},
      {answer(200, R"({"access_token":["SECRET"]})"), Cause::unexpected_answer},
  };
  for (const Row& row : rows) {
    CAPTURE(row.reply.status);
    CAPTURE(row.reply.body);
    const auto read = read_token(row.reply, kNow);
    REQUIRE_FALSE(read.ok());
    CHECK(read.failure().cause == row.cause);
    CHECK(read.failure().what.find("SECRET") == std::string::npos);
    if (row.reply.headers.find("Retry-After")) CHECK(read.failure().wait_asked == Millis(7'000));
  }
}

TEST_CASE("oauth: a pair survives the store, a damaged one reads as nothing") {
  const TokenPair pair{Secret("A"), Secret("R"), kNow};
  CHECK(from_secret(to_secret(pair)) == pair);
  const TokenPair only_refresh{Secret(), Secret("R"), kNow};
  CHECK(from_secret(to_secret(only_refresh)) == only_refresh);
  for (const char* text :
       {"", "{", "[]", "{}", R"({"access":"A"})", R"({"access":"","refresh":"","expires_at":1})",
        R"({"access":"a b","refresh":"","expires_at":1})"}) {
    CAPTURE(text);
    CHECK_FALSE(from_secret(Secret(text)).has_value());
  }
}
