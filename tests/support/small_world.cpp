#include "tests/support/small_world.h"

#include "net/sandbox/seed_people.h"
#include "platform/base/json.h"
#include "storage/blob_store.h"

namespace fieldsync::tests {

using base::Document;
using base::Result;
using base::Value;

SmallWorld::SmallWorld(std::uint64_t seed) : random(seed) {
  auto opened = storage::Database::open(":memory:", {});
  REQUIRE(opened.ok());
  database = std::move(*opened);
  auto made =
      net::sandbox::Sandbox::open(*database, clock,
                                  {"https://api.sandbox.test", "https://api.sandbox.test",
                                   "https://storage.sandbox.test", "https://control.sandbox.test"});
  REQUIRE(made.ok());
  sandbox = std::move(*made);
  REQUIRE(sandbox->seed("small", seed).ok());
  transport = std::make_unique<DirectTransport>(host, *sandbox);
  control(net::Method::patch, "/settings", {{"rate_spike", 0}, {"rate_hourly", 0}});

  const Document access = sandbox->access();
  config.state_folder = folder / "state";
  app::RemoteConfig remote;
  remote.name = base::RemoteName("procore");
  remote.api_url = access.text("api_url");
  remote.login_url = access.text("login_url");
  remote.company = net::sandbox::kCompany;
  remote.client_id = access.text("client_id");
  remote.rfi_manager = base::ServiceId(std::to_string(net::sandbox::kManager));
  config.remotes = {remote};
  config.follows = {{remote.name,
                     base::ProjectId(std::to_string(net::sandbox::kProject)),
                     {"drawings", "photos", "rfis", "notes"}}};
  open_agent();
  call("login", {{"secret", access.text("client_secret")}});
  agent->start();
}

void SmallWorld::open_agent() {
  auto opened = app::Agent::open({host, *transport, base::null_log(), "", "Fay Super"}, config);
  REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.failure().what));
  agent = std::move(*opened);
}

void SmallWorld::crash_and_restart() {
  loop.clear();
  agent.reset();
  const auto mishap = std::move(transport->mishap);
  transport = std::make_unique<DirectTransport>(host, *sandbox);
  transport->mishap = mishap;
  open_agent();
  agent->start();
}

Result<Document> SmallWorld::try_call(std::string_view verb, const Document& arguments) {
  std::optional<Result<Document>> answer;
  agent->commands().call(verb, arguments,
                         [&](Result<Document> result) { answer = std::move(result); });
  loop.run_until([&] { return answer.has_value(); }, std::chrono::minutes(5));
  REQUIRE_MESSAGE(answer.has_value(), verb);
  return *answer;
}

Document SmallWorld::call(std::string_view verb, const Document& arguments) {
  auto answer = try_call(verb, arguments);
  REQUIRE_MESSAGE(answer.ok(), (answer.ok() ? "" : answer.failure().what));
  return *answer;
}

bool SmallWorld::drain(base::Millis limit) {
  std::uint64_t looked_at = loop.events();
  return loop.run_until(
      [&] {
        // Asking costs a query: now and then is enough.
        if (loop.events() < looked_at + 8) return false;
        looked_at = loop.events();
        return call("status").find("queue")->as_document()->integer("open") == 0;
      },
      limit);
}

std::string SmallWorld::open_acts() {
  std::string text;
  const Document queue = call("queue");
  for (const Value& row : *queue.find("intents")->as_list()) {
    const Document& act = *row.as_document();
    text += "\n" + act.text("action") + " " + act.text("item") + " " + act.text("state") + " " +
            act.text("cause") + ": " + act.text("evidence");
  }
  return text;
}

void SmallWorld::run_for(base::Millis span) {
  loop.run_until([] { return false; }, span);
}

Document SmallWorld::control(net::Method method, const std::string& path, const Document& body) {
  const auto mark = path.find('?');
  const auto reply = sandbox->control({method,
                                       path.substr(0, mark),
                                       mark == std::string::npos ? "" : path.substr(mark + 1),
                                       {},
                                       method == net::Method::get ? "" : base::to_json(body)});
  REQUIRE_MESSAGE(reply.response.is_success(), reply.response.body);
  auto parsed = base::parse_json(reply.response.body);
  if (!parsed.ok()) return {};
  if (const Document* document = parsed->as_document()) return *document;
  return Document{{"list", *parsed}};
}

Document SmallWorld::stage(const std::string& name, const std::string& bytes) {
  auto draft = agent->originals().begin();
  REQUIRE(draft.ok());
  REQUIRE(draft->write(bytes).ok());
  auto digest = draft->install();
  REQUIRE(digest.ok());
  return Document{{"blob", digest->hex()},
                  {"size", static_cast<std::int64_t>(bytes.size())},
                  {"name", name},
                  {"type", "image/jpeg"}};
}

int SmallWorld::at_service(const std::string& kind, const std::string& field,
                           const std::string& text) {
  const Document found = control(net::Method::get, "/records?kind=" + kind);
  const Value* list = found.find("list");
  REQUIRE(list);
  REQUIRE(list->as_list());
  int count = 0;
  for (const Value& entry : *list->as_list()) {
    const Document* record = entry.as_document();
    REQUIRE(record);
    const Value* body = record->find("fields");
    REQUIRE(body);
    REQUIRE(body->as_document());
    if (!record->find("deleted_at")->is_null()) continue;
    const Document& fields = field == "sha256" ? *record : *body->as_document();
    if (fields.text(field) == text) ++count;
  }
  return count;
}

}  // namespace fieldsync::tests
