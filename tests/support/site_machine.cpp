#include "tests/support/site_machine.h"

#include "net/sandbox/seed_people.h"
#include "storage/blob_store.h"

namespace fieldsync::tests {

using base::Document;
using base::Result;
using base::Value;

SiteMachine::SiteMachine(SharedWorld& world, const Options& options)
    : machine_loop(world.loop),
      workers(machine_loop),
      machine_random(world.random.fork()),
      host{world.clock, machine_loop, *world.files, workers, machine_random},
      folder(memory_backed_folder()),
      transport(std::make_unique<DirectTransport>(host, world.loop, *world.sandbox)),
      world_(world) {
  const Document access = world.sandbox->access();
  config.state_folder = folder / "state";
  config.poll_interval = options.poll_interval;
  config.free_space_reserve = 1'000'000;
  app::RemoteConfig remote;
  remote.name = base::RemoteName("procore");
  remote.api_url = access.text("api_url");
  remote.login_url = access.text("login_url");
  remote.company = net::sandbox::kCompany;
  remote.client_id = access.text("client_id");
  remote.rfi_manager = base::ServiceId(std::to_string(net::sandbox::kManager));
  if (options.user != 0) remote.grant = net::Grant::authorization_code;
  config.remotes = {remote};
  config.follows = {
      {remote.name, base::ProjectId(std::to_string(net::sandbox::kProject)), options.tools}};
  open_agent();
  Document login{{"secret", access.text("client_secret")}};
  if (options.user != 0) {
    const Document minted = world.control(net::Method::post, "/code", {{"user", options.user}});
    login.set("code", minted.text("code"));
  }
  call("login", login);
  if (options.start == Start::at_once) agent->start();
}

SiteMachine::~SiteMachine() { kill(); }

void SiteMachine::open_agent() {
  auto opened = app::Agent::open({host, *transport, base::null_log(), "", "Fay Super"}, config);
  REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.failure().what));
  agent = std::move(*opened);
}

void SiteMachine::kill() {
  machine_loop.end_life();
  transport->forget_answers();
  agent.reset();
}

void SiteMachine::restart() {
  open_agent();
  agent->start();
}

void SiteMachine::crash_and_restart() {
  kill();
  restart();
}

Result<Document> SiteMachine::try_call(std::string_view verb, const Document& arguments) {
  const auto answer = std::make_shared<std::optional<Result<Document>>>();
  agent->commands().call(verb, arguments,
                         [answer](Result<Document> result) { *answer = std::move(result); });
  world_.loop.run_until([&] { return answer->has_value(); }, std::chrono::minutes(5));
  REQUIRE_MESSAGE(answer->has_value(), verb);
  return **answer;
}

Document SiteMachine::call(std::string_view verb, const Document& arguments) {
  auto answer = try_call(verb, arguments);
  REQUIRE_MESSAGE(answer.ok(), (answer.ok() ? "" : answer.failure().what));
  return *answer;
}

std::int64_t SiteMachine::acts(const char* state) {
  return call("status").find("queue")->as_document()->integer(state);
}

bool SiteMachine::drain(base::Millis limit) {
  VirtualLoop& loop = world_.loop;
  std::uint64_t looked_at = loop.events();
  return loop.run_until(
      [&] {
        // Asking costs a query: now and then is enough.
        if (loop.events() < looked_at + 8) return false;
        looked_at = loop.events();
        return acts("open") == 0;
      },
      limit);
}

std::string SiteMachine::open_acts() {
  std::string text;
  const Document queue = call("queue");
  for (const Value& row : *queue.find("intents")->as_list()) {
    const Document& act = *row.as_document();
    text += "\n" + act.text("action") + " " + act.text("item") + " " + act.text("state") + " " +
            act.text("cause") + ": " + act.text("evidence");
  }
  return text;
}

Document SiteMachine::stage(const std::string& name, const std::string& bytes) {
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

}  // namespace fieldsync::tests
