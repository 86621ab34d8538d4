#include "net/sandbox/control.h"

#include <algorithm>

#include "net/sandbox/call.h"
#include "net/sandbox/oauth.h"
#include "net/sandbox/office.h"
#include "net/sandbox/seed_people.h"
#include "platform/base/json.h"

namespace fieldsync::net::sandbox {
namespace {

constexpr std::int64_t kRowsMax = 100'000;

Value parsed(const std::string& text) {
  auto value = base::parse_json(text);
  return value.ok() ? std::move(*value) : Value(nullptr);
}

Reply ledger(World& world, const Params& params) {
  List rows;
  world.db().each(
      "SELECT effect_id, time, user, verb, kind, project, record, content, blobs, token, "
      "request_id FROM ledger WHERE effect_id>? ORDER BY effect_id LIMIT ?",
      [&](const storage::Row& row) {
        rows.push_back(Document{{"effect_id", row.integer(0)},
                                {"time", iso_text(row.integer(1))},
                                {"user", row.integer(2)},
                                {"verb", row.text(3)},
                                {"kind", row.text(4)},
                                {"project", row.integer(5)},
                                {"record", row.integer(6)},
                                {"content", row.text(7)},
                                {"blobs", parsed(row.text(8))},
                                {"token", row.text(9)},
                                {"request_id", row.text(10)}});
      },
      params.integer("after", 0), kRowsMax);
  return json_reply(200, rows);
}

/// Creates with equal content by the same user count as one capture sent more than once.
Reply verdict(World& world) {
  std::int64_t creates = 0, distinct = 0;
  List doubled;
  world.db().each(
      "SELECT kind, user, content, count(*), group_concat(record) FROM ledger "
      "WHERE verb='create' AND content<>'' GROUP BY project, kind, user, content",
      [&](const storage::Row& row) {
        ++distinct;
        creates += row.integer(3);
        if (row.integer(3) == 1) return;
        doubled.push_back(Document{{"kind", row.text(0)},
                                   {"user", row.integer(1)},
                                   {"content", row.text(2)},
                                   {"times", row.integer(3)},
                                   {"records", row.text(4)}});
      });
  return json_reply(200,
                    Document{{"creates", creates}, {"distinct", distinct}, {"doubled", doubled}});
}

Reply calls(World& world) {
  Document counters;
  for (const std::string origin : {"api", "login", "storage"}) {
    for (const std::string what : {"_calls", "_bytes_in", "_bytes_out"}) {
      counters.set(origin + what, 0);
    }
  }
  world.db().each("SELECT name, value FROM counters ORDER BY name",
                  [&](const storage::Row& row) { counters.set(row.text(0), row.integer(1)); });
  return json_reply(200, counters);
}

Reply requests(World& world, const Params& params) {
  List rows;
  world.db().each(
      "SELECT id, time, origin, method, path, query, user, status, fate, bytes_in, bytes_out "
      "FROM requests ORDER BY id DESC LIMIT ?",
      [&](const storage::Row& row) {
        rows.push_back(Document{{"id", row.integer(0)},
                                {"time", iso_text(row.integer(1))},
                                {"origin", row.text(2)},
                                {"method", row.text(3)},
                                {"path", row.text(4)},
                                {"query", row.text(5)},
                                {"user", row.integer(6)},
                                {"status", row.integer(7)},
                                {"fate", row.text(8)},
                                {"bytes_in", row.integer(9)},
                                {"bytes_out", row.integer(10)}});
      },
      std::clamp<std::int64_t>(params.integer("limit", 100), 0, kRowsMax));
  return json_reply(200, rows);
}

Reply clock(World& world, const Document& body) {
  world.advance(body.integer("advance_seconds"));
  return json_reply(200, Document{{"now", iso_text(world.now())}});
}

Reply change_settings(World& world, const Document& body) {
  if (const auto why = world.settings.change(body)) return text_error(400, *why);
  world.set_meta("settings", base::to_json(world.settings.all()));
  return json_reply(200, world.settings.all());
}

Reply add_fault(Faults& faults, const Document& body) {
  const auto added = faults.add(body);
  if (const auto* why = std::get_if<std::string>(&added)) return text_error(400, *why);
  return json_reply(201, Document{{"id", std::get<std::int64_t>(added)}});
}

Reply code(World& world, const Document& body) {
  const std::int64_t id = body.integer("user", kField);
  if (!world.user(id)) return text_error(404, "no such user");
  return json_reply(200, Document{{"code", mint_code(world, id)}});
}

Reply answer_get(World& world, const Faults& faults, const Request& request) {
  const Params params(request.query);
  const std::string& path = request.path;
  if (path == "/info") return json_reply(200, access_of(world));
  if (path == "/ledger") return ledger(world, params);
  if (path == "/verdict") return verdict(world);
  if (path == "/records") {
    const std::int64_t project = params.integer("project", first_project(world));
    return json_reply(200, records_of(world, params.text("kind"), project));
  }
  if (path == "/calls") return calls(world);
  if (path == "/requests") return requests(world, params);
  if (path == "/faults") return json_reply(200, faults.shown());
  if (path == "/settings") return json_reply(200, world.settings.all());
  if (path == "/clock") return clock(world, {});
  return text_error(404, "Not Found");
}

}  // namespace

std::int64_t first_project(World& world) { return std::atoll(world.meta("project").c_str()); }

List records_of(World& world, const std::string& kind, std::int64_t project) {
  const ListSpec spec{.kind = kind, .project = project, .deleted = Deleted::with};
  List rows;
  world.each(spec, kRowsMax, 0, [&](const Record& record) {
    List blobs;
    for (const Attachment& one : world.attachments(record.id)) {
      const auto file = world.file(one.file);
      blobs.push_back(Document{{"name", one.name}, {"sha256", file ? file->sha256 : ""}});
    }
    const auto own = world.file(record.body.integer("file"));
    rows.push_back(Document{{"id", record.id},
                            {"parent", record.parent},
                            {"author", record.author},
                            {"status", record.status},
                            {"day", record.day ? Value(*record.day) : Value(nullptr)},
                            {"created_at", iso_text(record.created_at)},
                            {"updated_at", iso_text(record.updated_at)},
                            {"deleted_at", iso(record.deleted_at)},
                            {"sha256", own ? Value(own->sha256) : Value(nullptr)},
                            {"attachments", blobs},
                            {"fields", record.body}});
  });
  return rows;
}

Document access_of(World& world) {
  return {{"api_url", world.urls.api},
          {"login_url", world.urls.login},
          {"storage_url", world.urls.storage},
          {"control_url", world.urls.control},
          {"company", std::int64_t{std::atoll(world.meta("company").c_str())}},
          {"project", first_project(world)},
          {"client_id", world.meta("client_id")},
          {"client_secret", world.meta("client_secret")}};
}

Reply answer_control(World& world, Faults& faults, Rates& rates, const Request& request) {
  if (request.method == Method::get) return answer_get(world, faults, request);
  if (request.method == Method::del && request.path == "/faults") {
    faults.clear();
    faults.link_up = true;
    return json_reply(200, Document{});
  }
  if (request.path == "/drawing") return answer_new_drawing(world, request);
  Document body;
  if (!request.body.empty()) {
    auto read = base::parse_json(request.body);
    if (!read.ok() || !read->as_document()) return text_error(400, "the body is no JSON object");
    body = std::move(*read->as_document());
  }
  const std::string& path = request.path;
  if (path == "/faults") return add_fault(faults, body);
  if (path == "/settings") return change_settings(world, body);
  if (path == "/clock") return clock(world, body);
  if (path == "/code") return code(world, body);
  if (path == "/office") return answer_office(world, body);
  if (path == "/link") {
    faults.link_up = is_true(body, "up");
    return json_reply(200, Document{{"up", faults.link_up.load()}});
  }
  if (path == "/expire_tokens") {
    expire_access_tokens(world);
    return json_reply(200, Document{});
  }
  if (path == "/revoke_tokens") {
    revoke_tokens(world);
    return json_reply(200, Document{});
  }
  if (path == "/forget_rates") {
    rates.forget();
    return json_reply(200, Document{});
  }
  return text_error(404, "Not Found");
}

}  // namespace fieldsync::net::sandbox
