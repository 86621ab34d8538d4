#include "net/adapters/procore_errors.h"

#include "platform/base/text.h"
#include "tests/unit/adapters_support.h"

namespace fieldsync::net {
namespace {

using base::Cause;
using procore::Side;
using procore::Where;

struct Row {
  const char* description;
  int status;
  const char* body;
  Side side;
  Cause cause;
  const char* words;  ///< must be in what
};

const Row kRows[] = {
    {"field with a list", 422, R"({"errors":{"assignees":["required"]}})", Side::api,
     Cause::field_required, "assignees: required"},
    {"list of texts", 403, R"({"errors":["App is not connected to this company."]})", Side::api,
     Cause::app_not_installed, "App is not connected"},
    {"bare text", 401, R"({"errors":"Unauthorized"})", Side::api, Cause::login_required,
     "Unauthorized"},
    {"base and fields", 422, R"({"errors":{"base":["Nope"],"fields":{"label":"too long"}}})",
     Side::api, Cause::refused_by_service, "Nope; label: too long"},
    {"message and error", 400, R"({"message":"Bad thing","error":"E1"})", Side::api,
     Cause::refused_by_service, "E1; Bad thing"},
    {"code, message, fields, reason", 400,
     R"({"code":400,"message":"M","fields":"subject","reason":"R"})", Side::api,
     Cause::refused_by_service, "M; R; subject"},
    {"v2 envelope", 400,
     R"({"error":{"code":"BAD_REQUEST","message":"Bad Request",
        "details":[{"reason_code":"INVALID_PROPERTY","message":"no such id"}]}})",
     Side::api, Cause::refused_by_service, "INVALID_PROPERTY"},
    {"plain text", 429, "You have surpassed the max number of requests for an hour.", Side::api,
     Cause::rate_limited, "surpassed"},
    {"a JSON text", 403, R"("no entry")", Side::api, Cause::permission_missing, "no entry"},
    {"a JSON list", 400, R"(["a","b"])", Side::api, Cause::refused_by_service, "a; b"},
    {"an unknown object", 400, R"({"oops":1})", Side::api, Cause::refused_by_service, "oops"},
    {"empty body", 500, "", Side::api, Cause::service_error, "HTTP 500"},
    {"gateway page", 502, "<html><title>Bad &amp; gone</title></html>", Side::api,
     Cause::service_error, "Bad & gone"},
    {"busy page", 503, "<html>busy</html>", Side::api, Cause::service_busy, "web page"},
    {"missing company header is no missing field", 400,
     R"({"errors":"Missing Procore-Company-Id header!"})", Side::api, Cause::refused_by_service,
     "Company-Id"},
    {"blank field", 422, R"({"errors":{"subject":["can't be blank"]}})", Side::api,
     Cause::field_required, "subject"},
    {"transition", 422, R"({"errors":{"status":["cannot go from closed to draft"]}})", Side::api,
     Cause::transition_refused, "status"},
    {"a draft that no longer is one", 422,
     R"({"errors":{"base":["can only be changed while the RFI is a draft"]}})", Side::api,
     Cause::transition_refused, "is a draft"},
    {"an upload that expired before it was attached", 422,
     R"({"errors":{"base":["upload has expired"]}})", Side::api, Cause::upload_expired, "expired"},
    {"an upload that is not there yet", 422, R"({"errors":{"upload":["is not complete"]}})",
     Side::api, Cause::processing_at_service, "upload: is not complete"},
    {"a type that is not taken", 422, R"({"errors":{"image":["is not a supported file type"]}})",
     Side::api, Cause::type_not_accepted, "image"},
    {"out of the project", 403, R"({"errors":["You are not permitted to access this project."]})",
     Side::api, Cause::project_gone, "project"},
    {"locked", 422, R"({"errors":["Record is locked by ERP"]})", Side::api,
     Cause::locked_by_workflow, "locked"},
    {"locked by status code", 423, "", Side::api, Cause::locked_by_workflow, "423"},
    {"other 403", 403, R"({"message":"You do not have permission"})", Side::api,
     Cause::permission_missing, "tool rfis"},
    {"tool off", 403, R"({"message":"The tool is disabled in this project"})", Side::api,
     Cause::tool_disabled, "tool rfis"},
    {"404", 404, R"({"message":"Not found"})", Side::api, Cause::record_gone, "Not found"},
    {"404 of an upload", 404, "", Side::upload, Cause::upload_expired, "404"},
    {"408", 408, "", Side::api, Cause::timeout, "408"},
    {"409", 409, R"({"errors":["dup"]})", Side::api, Cause::conflict, "dup"},
    {"410", 410, "", Side::api, Cause::record_gone, "410"},
    {"410 of an upload", 410, "", Side::upload, Cause::upload_expired, "410"},
    {"413", 413, "", Side::storage, Cause::file_too_large, "413"},
    {"406", 406, "", Side::api, Cause::refused_by_service, "406"},
    {"expired part URL", 403,
     "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has "
     "expired</Message></Error>",
     Side::storage, Cause::upload_expired, "AccessDenied: Request has expired"},
    {"storage lost patience", 400, "<Error><Code>RequestTimeout</Code></Error>", Side::storage,
     Cause::timeout, "RequestTimeout"},
    {"storage busy", 503, "<Error><Code>SlowDown</Code></Error>", Side::storage,
     Cause::service_busy, "SlowDown"},
    {"a portal says 401", 401, "<html>log in to the hotel</html>", Side::api, Cause::captive_portal,
     "web page"},
    {"a portal says 403", 403, "<!DOCTYPE html><p>blocked", Side::api, Cause::captive_portal, ""},
    {"a portal says 404", 404, "<!doctype HTML>", Side::api, Cause::captive_portal, ""},
    {"a proxy wants a login", 407, "", Side::api, Cause::captive_portal, ""},
    {"the network wants a login", 511, "", Side::api, Cause::captive_portal, ""},
    {"a status from nowhere", 999, "", Side::api, Cause::unexpected_answer, "999"},
    {"a redirect to nowhere", 302, "", Side::api, Cause::unexpected_answer, "302"},
};

TEST_CASE("every error shape and status becomes its cause with the service's words") {
  for (const Row& row : kRows) {
    INFO(row.description);
    const Where where{.doing = "create RFI", .tool = "rfis", .side = row.side};
    const auto failure = procore::read_error(answer(row.status, row.body), where);
    CHECK(base::info(failure.cause).id == base::info(row.cause).id);
    INFO(failure.what);
    CHECK(failure.what.find(row.words) != std::string::npos);
    CHECK(failure.what.find("create RFI") != std::string::npos);
  }
}

TEST_CASE("a redirect to another place is a portal") {
  const auto failure = procore::read_error(
      answer(302, "", {{"Location", "https://login.hotel.example/"}}), Where{.doing = "x"});
  CHECK(failure.cause == Cause::captive_portal);
}

TEST_CASE("a challenge from the service itself is a login matter, page or not") {
  const auto failure = procore::read_error(
      answer(401, "<html></html>", {{"WWW-Authenticate", "Bearer"}}), Where{.doing = "x"});
  CHECK(failure.cause == Cause::login_required);
}

TEST_CASE("404 means what the caller was asking for") {
  const Where where{.doing = "list RFI", .missing = Cause::project_gone};
  CHECK(procore::read_error(answer(404, ""), where).cause == Cause::project_gone);
}

TEST_CASE("a wait is taken as seconds, or as a date counted from the answer's own") {
  const Where where{.doing = "x"};
  const auto seconds = procore::read_error(answer(429, "", {{"Retry-After", "7"}}), where);
  CHECK(seconds.wait_asked == base::Millis(7000));
  const auto date = procore::read_error(answer(503, "",
                                               {{"Retry-After", "Sun, 06 Nov 1994 08:49:47 GMT"},
                                                {"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}}),
                                        where);
  CHECK(date.wait_asked == base::Millis(10000));
  const auto no_date = procore::read_error(
      answer(503, "", {{"Retry-After", "Sun, 06 Nov 2094 08:49:47 GMT"}}), where);
  CHECK_FALSE(no_date.wait_asked.has_value());
  const auto none = procore::read_error(answer(429, ""), where);
  CHECK_FALSE(none.wait_asked.has_value());
}

TEST_CASE("the service's words are one printable line of at most 300 bytes") {
  const std::string hostile = "\x1b[31m" + std::string(5000, 'x') + "\n\xff";
  const auto failure = procore::read_error(answer(500, hostile), Where{.doing = "x"});
  CHECK(failure.what.size() < 340);
  CHECK(failure.what.find('\x1b') == std::string::npos);
  CHECK(base::is_utf8(failure.what));
  const std::string umlauts = R"({"message":")" + [] {
    std::string many;
    for (int i = 0; i < 400; ++i) many += "ä";
    return many;
  }() + R"("})";
  CHECK(base::is_utf8(procore::service_words(answer(500, umlauts))));
  CHECK(procore::service_words(answer(500, umlauts)).size() <= 300);
}

TEST_CASE("the service's request id is kept for its support") {
  const auto failure =
      procore::read_error(answer(500, "", {{"X-Request-Id", "abc-1"}}), Where{.doing = "x"});
  CHECK(failure.what.find("(request abc-1)") != std::string::npos);
}

TEST_CASE("a page with status 200 is a portal and other nonsense unexpected") {
  const Where where{.doing = "list RFI"};
  const auto cause = [&](std::string body, Headers headers = {}) {
    return procore::read_json(answer(200, std::move(body), std::move(headers)), where)
        .failure()
        .cause;
  };
  CHECK(cause("  \n<!DOCTYPE html><html>") == Cause::captive_portal);
  CHECK(cause("<p>hello", {{"Content-Type", "text/html"}}) == Cause::captive_portal);
  CHECK(cause("<p>hello") == Cause::unexpected_answer);
  CHECK(cause("") == Cause::unexpected_answer);
  CHECK(cause("{\"a\":") == Cause::unexpected_answer);
  CHECK(cause("\xff\xfe") == Cause::unexpected_answer);
  CHECK(cause(std::string(100'000, '[')) == Cause::unexpected_answer);
  CHECK(procore::read_json(answer(200, "[]", {{"Content-Type", "text/html"}}), where).ok());
}

}  // namespace
}  // namespace fieldsync::net
