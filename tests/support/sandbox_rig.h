#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "net/sandbox/sandbox.h"
#include "net/sandbox/seed_people.h"
#include "platform/base/digest.h"
#include "platform/base/json.h"

/// A sandbox in memory with a clock that stands still, and a client of few words.
namespace fieldsync::net::sandbox {

class StillClock final : public platform::Clock {
 public:
  base::Instant now() const override { return {}; }
  base::WallTime wall() const override { return wall_; }
  int utc_offset_minutes(base::WallTime) const override { return 0; }
  void pass(std::int64_t seconds) { wall_ = wall_ + std::chrono::seconds(seconds); }

 private:
  base::WallTime wall_{std::chrono::seconds(1'790'000'000)};  // 2026-09-21T14:13:20Z
};

/// What came back, read as JSON where it is any.
struct Answer {
  int status = 0;
  Headers headers;
  std::string raw;
  Value body;
  Fate fate = Fate::answer;
  Millis delay{0};

  const Document& object() const {
    REQUIRE_MESSAGE(body.as_document(), raw);
    return *body.as_document();
  }
  const List& list() const {
    REQUIRE_MESSAGE(body.as_list(), raw);
    return *body.as_list();
  }
  const Document& row(std::size_t index) const {
    REQUIRE(index < list().size());
    REQUIRE(list()[index].as_document());
    return *list()[index].as_document();
  }
  std::int64_t id() const { return object().integer("id"); }
};

inline Answer answer_of(Reply reply) {
  Answer answer{reply.response.status,
                reply.response.headers,
                reply.response.body,
                {},
                reply.fate,
                reply.delay};
  auto parsed = base::parse_json(answer.raw);
  if (parsed.ok()) answer.body = std::move(*parsed);
  return answer;
}

inline const Document& child(const Document& document, std::string_view name) {
  const Value* value = document.find(name);
  REQUIRE(value);
  REQUIRE(value->as_document());
  return *value->as_document();
}
inline const List& children(const Document& document, std::string_view name) {
  const Value* value = document.find(name);
  REQUIRE(value);
  REQUIRE(value->as_list());
  return *value->as_list();
}
inline const Document& item(const List& list, std::size_t index) {
  REQUIRE(index < list.size());
  REQUIRE(list[index].as_document());
  return *list[index].as_document();
}
inline bool flag(const Document& document, std::string_view name) {
  const Value* value = document.find(name);
  return value && value->as_bool() && *value->as_bool();
}

class SandboxRig {
 public:
  explicit SandboxRig(std::uint64_t seed = 1) {
    auto opened = storage::Database::open(":memory:", {});
    REQUIRE(opened.ok());
    database = std::move(*opened);
    auto made = Sandbox::open(*database, clock, {});
    REQUIRE(made.ok());
    sandbox = std::move(*made);
    REQUIRE(sandbox->seed("small", seed).ok());
    access = sandbox->access();
    token = login();
    set({{"rate_spike", 0}, {"rate_hourly", 0}});
  }

  // Speaking to the origins.
  Answer call(Method method, const std::string& target, const std::string& body, Headers headers) {
    const auto mark = target.find('?');
    Request request{method, target.substr(0, mark),
                    mark == std::string::npos ? "" : target.substr(mark + 1), std::move(headers),
                    body};
    return answer_of(sandbox->api(request));
  }
  Headers headers() const {
    return {{"Authorization", "Bearer " + token},
            {"Procore-Company-Id", std::to_string(kCompany)},
            {"Content-Type", "application/json"}};
  }
  Answer get(const std::string& target) { return call(Method::get, target, "", headers()); }
  Answer post(const std::string& target, const Document& body) {
    return call(Method::post, target, base::to_json(body), headers());
  }
  Answer patch(const std::string& target, const Document& body) {
    return call(Method::patch, target, base::to_json(body), headers());
  }
  Answer del(const std::string& target) { return call(Method::del, target, "", headers()); }
  Answer control(Method method, const std::string& target, const Document& body = {}) {
    const auto mark = target.find('?');
    return answer_of(sandbox->control({method,
                                       target.substr(0, mark),
                                       mark == std::string::npos ? "" : target.substr(mark + 1),
                                       {},
                                       method == Method::get ? "" : base::to_json(body)}));
  }
  Answer office(const Document& command) {
    Answer answer = control(Method::post, "/office", command);
    REQUIRE_MESSAGE(answer.status == 200, answer.raw);
    return answer;
  }
  void set(const Document& settings) {
    const Answer answer = control(Method::patch, "/settings", settings);
    REQUIRE_MESSAGE(answer.status == 200, answer.raw);
  }
  void fault(const Document& rule) {
    const Answer answer = control(Method::post, "/faults", rule);
    REQUIRE_MESSAGE(answer.status == 201, answer.raw);
  }
  /// A request to the storage origin at a URL it was given.
  Answer store(Method method, const std::string& url, Headers headers, const std::string& body) {
    const std::string origin = "http://storage.sandbox.test";
    REQUIRE_MESSAGE(url.starts_with(origin), url);
    const std::string target = url.substr(origin.size());
    const auto mark = target.find('?');
    Request request{method,
                    target.substr(0, mark),
                    mark == std::string::npos ? "" : target.substr(mark + 1),
                    std::move(headers),
                    {}};
    return answer_of(sandbox->store(request, read_from(body)));
  }

  // Logging in.
  Answer token_call(const Document& fields) {
    Document all = fields;
    if (!all.has("client_id")) all.set("client_id", access.text("client_id"));
    if (!all.has("client_secret")) all.set("client_secret", access.text("client_secret"));
    return call(Method::post, "/oauth/token", base::to_json(all),
                {{"Content-Type", "application/json"}});
  }
  std::string login() {
    const Answer answer = token_call({{"grant_type", "client_credentials"}});
    REQUIRE_MESSAGE(answer.status == 200, answer.raw);
    return answer.object().text("access_token");
  }
  Answer login_answer(std::int64_t user) {
    const Answer code = control(Method::post, "/code", {{"user", user}});
    return token_call({{"grant_type", "authorization_code"},
                       {"code", code.object().text("code")},
                       {"redirect_uri", "urn:ietf:wg:oauth:2.0:oob"}});
  }
  /// Further calls are that user's.
  void become(std::int64_t user) {
    const Answer answer = login_answer(user);
    REQUIRE_MESSAGE(answer.status == 200, answer.raw);
    token = answer.object().text("access_token");
  }

  // Uploading.
  std::string uploads() const {
    return "/rest/v1.1/projects/" + std::to_string(kProject) + "/uploads";
  }
  Answer create_upload(const std::string& name, const std::vector<std::string>& parts) {
    List segments;
    std::int64_t size = 0;
    for (const std::string& part : parts) {
      size += static_cast<std::int64_t>(part.size());
      segments.push_back(Document{{"size", static_cast<std::int64_t>(part.size())},
                                  {"sha256", base::digest_of(part).hex()}});
    }
    return post(uploads(), {{"response_filename", name}, {"size", size}, {"segments", segments}});
  }
  static Headers segment_headers(const Document& segment) {
    Headers all;
    for (const base::Field& field : child(segment, "headers")) {
      all.add(field.name, base::plain_text(field.value));
    }
    all.add("Content-Type", "application/octet-stream");
    return all;
  }
  Answer put(const Document& segment, const std::string& bytes) {
    return store(Method::put, segment.text("url"), segment_headers(segment), bytes);
  }
  static std::string bare_etag(const Answer& answer) {
    const std::string etag = answer.headers.text("ETag");
    REQUIRE(etag.size() > 2);
    return etag.substr(1, etag.size() - 2);
  }
  /// A finished upload. Returns its uuid.
  std::string upload(const std::string& name, const std::string& bytes) {
    const Answer created = create_upload(name, {bytes});
    REQUIRE_MESSAGE(created.status == 201, created.raw);
    const Answer sent = put(item(children(created.object(), "segments"), 0), bytes);
    REQUIRE_MESSAGE(sent.status == 200, sent.raw);
    const std::string uuid = created.object().text("uuid");
    const Answer done =
        patch(uploads() + "/" + uuid, {{"segments", List{Document{{"etag", bare_etag(sent)}}}}});
    REQUIRE_MESSAGE(done.status == 200, done.raw);
    return uuid;
  }

  // Paths.
  static std::string project(const std::string& rest, std::int64_t id = kProject) {
    return "/rest/v1.0/projects/" + std::to_string(id) + rest;
  }
  static std::string photos(const std::string& rest = "") {
    return "/rest/v1.0/images" + rest + "?project_id=" + std::to_string(kProject);
  }
  /// What an open RFI needs at least.
  static Document rfi(const std::string& subject) {
    return {{"rfi", Document{{"subject", subject},
                             {"rfi_manager_id", kManager},
                             {"assignee_ids", List{kArchitect}},
                             {"draft", false},
                             {"question", Document{{"body", "<p>Which?</p>"}}}}}};
  }

  StillClock clock;
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<Sandbox> sandbox;
  Document access;
  std::string token;
};

}  // namespace fieldsync::net::sandbox
