#include "net/sandbox/sandbox.h"

#include <algorithm>
#include <iterator>

#include "net/sandbox/control.h"
#include "net/sandbox/downloads.h"
#include "net/sandbox/faults.h"
#include "net/sandbox/oauth.h"
#include "net/sandbox/rates.h"
#include "net/sandbox/router.h"
#include "net/sandbox/seed.h"
#include "net/sandbox/tuning.h"
#include "net/sandbox/upload_store.h"
#include "platform/base/json.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"

namespace fieldsync::net::sandbox {
namespace {

/// The words for Size, in its order.
constexpr std::string_view kSizes[] = {"tiny", "small", "large"};

/// Takes back what a refused call had begun.
struct Undo {};

Reply database_trouble(const storage::SqlError& error) {
  return message_error(500, error.failure.what, "the sandbox's own database failed");
}

Reply dropped() {
  Reply reply;
  reply.fate = Fate::drop;
  return reply;
}

std::string target_of(const Request& request) {
  return request.query.empty() ? request.path : request.path + "?" + request.query;
}

}  // namespace

Sandbox::Sandbox(storage::Database& database, const platform::Clock& clock)
    : world_(std::make_unique<World>(database, clock)),
      faults_(std::make_unique<Faults>()),
      rates_(std::make_unique<Rates>()) {
  requests_ = database.integer("SELECT max(id) FROM requests").value_or(0);
}

Sandbox::~Sandbox() = default;

Result<std::unique_ptr<Sandbox>> Sandbox::open(storage::Database& database,
                                               const platform::Clock& clock,
                                               const Origins& origins) {
  auto opened =
      storage::guarded([&] { return std::unique_ptr<Sandbox>(new Sandbox(database, clock)); });
  if (opened.ok()) (*opened)->set_origins(origins);
  return opened;
}

Result<> Sandbox::seed(const std::string& size, std::uint64_t seed) {
  const std::scoped_lock lock(mutex_);
  const auto known = std::find(std::begin(kSizes), std::end(kSizes), size);
  if (known == std::end(kSizes)) {
    return base::Failure{base::Cause::bad_input,
                         "project size is tiny, small or large, not " + size};
  }
  return storage::guarded([&] {
    world_->db().transact(
        [&] { fill(*world_, static_cast<Size>(known - std::begin(kSizes)), seed); });
  });
}

void Sandbox::set_origins(const Origins& origins) {
  const std::scoped_lock lock(mutex_);
  world_->urls = {origins.api, origins.login, origins.storage, origins.control};
}

Document Sandbox::access() {
  const std::scoped_lock lock(mutex_);
  return access_of(*world_);
}

Reply Sandbox::api(const Request& request) {
  const std::scoped_lock lock(mutex_);
  try {
    return answer_api(request);
  } catch (const storage::SqlError& error) {
    return database_trouble(error);
  }
}

Reply Sandbox::answer_api(const Request& request) {
  if (!faults_->link_up) return dropped();
  const std::string_view origin = is_login_path(request.path) ? "login" : "api";
  const Strike strike = faults_->strike(origin, request.method, target_of(request));
  world_->request_id = "sandbox-" + std::to_string(++requests_);
  world_->idempotency_token = request.headers.text("Idempotency-Token");
  last_user_ = 0;
  const auto bytes_in = static_cast<std::int64_t>(request.body.size());
  Reply reply;
  try {
    world_->db().transact([&] {
      reply = answer_struck(request, strike);
      // A refused call changes nothing; but a login call spends its token whatever it answers.
      if (origin == "api" && reply.response.status >= 400) throw Undo{};
      note_request(origin, request, reply, bytes_in);
    });
  } catch (const Undo&) {
    note_request(origin, request, reply, bytes_in);
  }
  reply.delay += strike.delay;
  reply.response.headers.add("x-request-id", world_->request_id);
  reply.response.headers.add(
      "Date", base::to_http_date(base::WallTime{std::chrono::seconds(world_->now())}));
  reply.response.headers.add("Cache-Control", "no-store, must-revalidate, private, max-age=0");
  return reply;
}

namespace {

/// The company of the header, or the refusal.
std::variant<std::int64_t, Reply> company_of(World& world, const Request& request,
                                             const Route& route, const User& caller) {
  const std::string* header = request.headers.find("Procore-Company-Id");
  if (!header) {
    const bool free = route.scope == Scope::none ||
                      (route.scope == Scope::person_free && caller.kind != "service");
    if (free) return std::int64_t{std::atoll(world.meta("company").c_str())};
    return message_error(400, "Missing Procore-Company-Id header! Please add it.", "Bad Request");
  }
  const auto connected =
      world.db().integer("SELECT connected FROM companies WHERE id=CAST(? AS INTEGER)", *header);
  if (connected.value_or(0) == 0) {
    return list_error(403, "App is not connected to this company.");
  }
  return static_cast<std::int64_t>(std::atoll(header->c_str()));
}

/// The JSON object of the body; 400 or 406 when it is something else.
std::variant<Document, Reply> body_of(const Request& request) {
  if (request.body.empty()) return Document{};
  const std::string type = base::to_lower_ascii(request.headers.text("Content-Type"));
  if (!type.starts_with("application/json")) {
    return code_error(406, "Not Acceptable", "Content-Type is not application/json");
  }
  auto parsed = base::parse_json(request.body);
  if (!parsed.ok() || !parsed->as_document()) {
    return code_error(400, "Bad Request", "the body is not a JSON object");
  }
  return std::move(*parsed->as_document());
}

/// Runs the handler, or answers again what this token was answered before.
Reply run_once(World& world, const Route& route, Call& call) {
  const bool honoured =
      route.method == Method::post &&
      (route.repeats == Repeats::answer_again || world.settings.flag("idempotency_everywhere"));
  const std::string& token = world.idempotency_token;
  if (token.empty() || !honoured) return route.handler(call);
  const std::string scope = std::to_string(call.caller.id) + " " + call.request.path;
  const auto seen =
      world.db().text("SELECT answer FROM tokens_seen WHERE token=? AND scope=?", token, scope);
  if (seen) return text_reply(200, "application/json; charset=utf-8", *seen);
  Reply reply = route.handler(call);
  if (reply.response.is_success()) {
    world.db().run("INSERT INTO tokens_seen(token, scope, answer) VALUES(?,?,?)", token, scope,
                   reply.response.body);
  }
  return reply;
}

}  // namespace

Reply Sandbox::answer_struck(const Request& request, const Strike& strike) {
  Reply reply;
  const auto action = strike.rule ? std::optional(strike.rule->action) : std::nullopt;
  if (action == FaultAction::status || action == FaultAction::login_page) {
    reply = faulty_reply(*strike.rule);
  } else if (action == FaultAction::drop_before) {
    reply = dropped();
  } else if (is_login_path(request.path)) {
    reply = answer_login(*world_, request);
  } else {
    reply = run_handler(request);
  }
  if (strike.rule) spoil(reply, *strike.rule);
  return reply;
}

Reply Sandbox::run_handler(const Request& request) {
  World& world = *world_;
  const auto user = user_of(world, request);
  if (!user) return text_error(401, "Unauthorized");
  last_user_ = user->id;
  Match found = match(request.method, request.path);
  Rates::Verdict rate;
  // Downloads leave the API host at once; whether they count is not documented.
  if (!found.route || found.route->scope != Scope::none) {
    rate = rates_->take(world.settings, user->id, world.now());
  }
  if (!rate.allowed) {
    Reply reply = rates_->refuse(world.settings, rate, world.now());
    add_rate_headers(reply, rate);
    return reply;
  }
  Reply reply = [&] {
    if (!found.route) return text_error(404, "Not Found");
    const auto company = company_of(world, request, *found.route, *user);
    if (const auto* refused = std::get_if<Reply>(&company)) return *refused;
    auto body = body_of(request);
    if (const auto* refused = std::get_if<Reply>(&body)) return *refused;
    Call call{world,
              request,
              Params(request.query),
              std::get<Document>(std::move(body)),
              std::move(found.captured),
              *user,
              std::get<std::int64_t>(company)};
    return run_once(world, *found.route, call);
  }();
  add_rate_headers(reply, rate);
  return reply;
}

void Sandbox::note_request(std::string_view origin, const Request& request, const Reply& reply,
                           std::int64_t bytes_in) {
  World& world = *world_;
  constexpr std::string_view kFates[] = {"answer", "drop", "cut_in_body"};
  const auto bytes_out = static_cast<std::int64_t>(reply.response.body.size());
  world.count_exchange(origin, bytes_in, bytes_out);
  world.db().run(
      "INSERT OR REPLACE INTO requests(id, time, origin, method, path, query, user, status, fate, "
      "bytes_in, bytes_out) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
      requests_, world.now(), origin, net::name(request.method), request.path, request.query,
      last_user_, reply.response.status, kFates[static_cast<int>(reply.fate)], bytes_in, bytes_out);
  if (requests_ % 1'000 == 0) {
    world.db().run("DELETE FROM requests WHERE id<=?", requests_ - tuning::kRequestRowsMax);
  }
}

Reply Sandbox::store(const Request& request, const BodyReader& body) {
  std::int64_t bytes_in = 0;
  Strike strike;
  {
    const std::scoped_lock lock(mutex_);
    if (!faults_->link_up) return dropped();
    strike = faults_->strike("storage", request.method, target_of(request));
  }
  const auto action = strike.rule ? std::optional(strike.rule->action) : std::nullopt;
  const std::int64_t cut_at =
      action == FaultAction::cut_upload ? strike.rule->bytes : std::int64_t{-1};
  bool cut = action == FaultAction::drop_before;
  const BodyReader counted = [&](const std::function<bool(std::string_view)>& take) {
    return body([&](std::string_view piece) {
      bytes_in += static_cast<std::int64_t>(piece.size());
      // A link that goes down takes the transfer with it.
      cut = cut || (cut_at >= 0 && bytes_in > cut_at) || !faults_->link_up;
      return !cut && take(piece);
    });
  };
  Reply reply;
  try {
    if (action == FaultAction::status || action == FaultAction::login_page) {
      reply = faulty_reply(*strike.rule);
    } else if (!cut) {
      reply = answer_store(request, counted);
    }
    if (strike.rule) spoil(reply, *strike.rule);
    if (cut) reply.fate = Fate::drop;
    const std::scoped_lock lock(mutex_);
    ++requests_;
    last_user_ = 0;
    note_request("storage", request, reply, bytes_in);
  } catch (const storage::SqlError& error) {
    reply = database_trouble(error);
  }
  reply.delay += strike.delay;
  return reply;
}

Reply Sandbox::answer_store(const Request& request, const BodyReader& body) {
  if (request.headers.find("Authorization")) {
    return xml_error(400, "InvalidArgument",
                     "Only one auth mechanism allowed; the Authorization header is one too many");
  }
  const bool upload = request.path.starts_with("/upload/");
  if (upload && request.method == Method::put) {
    return receive_segment(*world_, mutex_, request, body);
  }
  if (request.path.starts_with("/form/") && request.method == Method::post) {
    return receive_form(*world_, mutex_, request, body);
  }
  if (request.path.starts_with("/download/") && request.method == Method::get) {
    const std::scoped_lock lock(mutex_);
    return answer_download(*world_, request);
  }
  return xml_error(405, "MethodNotAllowed", "Not a thing this storage does");
}

Result<List> Sandbox::records(const std::string& kind) {
  const std::scoped_lock lock(mutex_);
  return storage::guarded([&] { return records_of(*world_, kind, first_project(*world_)); });
}

Reply Sandbox::control(const Request& request) {
  const std::scoped_lock lock(mutex_);
  try {
    Reply reply;
    world_->db().transact([&] { reply = answer_control(*world_, *faults_, *rates_, request); });
    return reply;
  } catch (const storage::SqlError& error) {
    return database_trouble(error);
  }
}

}  // namespace fieldsync::net::sandbox
