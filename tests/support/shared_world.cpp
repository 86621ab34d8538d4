#include "tests/support/shared_world.h"

#include "platform/base/json.h"

namespace fieldsync::tests {

using base::Document;
using base::List;
using base::Value;

SharedWorld::SharedWorld(std::uint64_t seed, const std::string& size) : random(seed) {
  auto opened = storage::Database::open(":memory:", {});
  REQUIRE(opened.ok());
  database = std::move(*opened);
  auto made =
      net::sandbox::Sandbox::open(*database, clock,
                                  {"https://api.sandbox.test", "https://api.sandbox.test",
                                   "https://storage.sandbox.test", "https://control.sandbox.test"});
  REQUIRE(made.ok());
  sandbox = std::move(*made);
  REQUIRE(sandbox->seed(size, seed).ok());
  control(net::Method::patch, "/settings", {{"rate_spike", 0}, {"rate_hourly", 0}});
}

void SharedWorld::run_for(base::Millis span) {
  loop.run_until([] { return false; }, span);
}

Document SharedWorld::control(net::Method method, const std::string& path, const Document& body) {
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

List SharedWorld::records(const std::string& kind) {
  const Document found = control(net::Method::get, "/records?kind=" + kind);
  const Value* list = found.find("list");
  REQUIRE(list);
  REQUIRE(list->as_list());
  return *list->as_list();
}

int SharedWorld::at_service(const std::string& kind, const std::string& field,
                            const std::string& text) {
  int count = 0;
  for (const Value& entry : records(kind)) {
    const Document& record = *entry.as_document();
    if (!record.find("deleted_at")->is_null()) continue;
    const Document& fields = field == "sha256" ? record : *record.find("fields")->as_document();
    if (fields.text(field) == text) ++count;
  }
  return count;
}

}  // namespace fieldsync::tests
