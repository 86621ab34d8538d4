#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "net/adapters/procore.h"
#include "net/sandbox/sandbox.h"
#include "platform/base/digest.h"
#include "platform/base/json.h"
#include "platform/base/text.h"
#include "platform/kinds/kind.h"
#include "storage/database.h"

/// The adapter and the Procore double were written apart, from the same facts: here they meet,
/// without sockets, threads or time.
namespace fieldsync::net {
namespace {

using base::Cause;
using base::List;
using base::Value;
using Lines = std::vector<std::string>;

class HandClock : public platform::Clock {
 public:
  base::Instant now() const override { return {}; }
  WallTime wall() const override { return wall_; }
  int utc_offset_minutes(WallTime) const override { return 0; }
  void advance(base::Millis by) { wall_ = wall_ + by; }

 private:
  WallTime wall_{base::Millis(1'790'000'000'000)};
};

std::string path_of(std::string_view url) {
  const auto parsed = parse_url(url);
  REQUIRE(parsed.has_value());
  return base::url_decode(parsed->path);
}

class Site {
 public:
  using Version = ProcoreOptions::UploadsVersion;
  explicit Site(Version version = Version::v1_1) {
    auto database = storage::Database::open(":memory:", {});
    REQUIRE(database.ok());
    database_ = std::move(*database);
    auto opened = sandbox::Sandbox::open(*database_, clock_,
                                         {.api = "http://127.0.0.1:4001",
                                          .login = "http://127.0.0.1:4001",
                                          .storage = "http://127.0.0.1:4002",
                                          .control = "http://127.0.0.1:4003"});
    REQUIRE(opened.ok());
    sandbox_ = std::move(*opened);
    REQUIRE(sandbox_->seed("small", 1).ok());
    const Document access = sandbox_->access();
    project = ProjectId(base::plain_text(*access.find("project")));
    ProcoreOptions options;
    options.api_url = access.text("api_url");
    options.company = access.integer("company");
    options.default_rfi_manager = ServiceId("99519");
    options.uploads_version = version;
    service = std::make_unique<Procore>(options);
    log_in(access);
    sandbox::Request accept;
    accept.method = Method::patch;
    accept.path = "/settings";
    accept.body = R"({"unified_attach":"accept"})";
    REQUIRE(sandbox_->control(accept).response.is_success());
  }

  /// Carries a request to the origin it is for, as the transport would.
  HttpResponse send(const HttpRequest& request, std::string_view bytes = {}) {
    sandbox::Request arrived;
    arrived.method = request.method;
    arrived.path = path_of(request.url);
    arrived.query = parse_url(request.url)->query;
    arrived.headers = request.headers;
    if (request.auth == Auth::bearer) {
      REQUIRE(service->trusts(request.url));
      arrived.headers.add("Authorization", "Bearer " + token_);
    }
    clock_.advance(base::Millis(1'100));
    if (parse_url(request.url)->port == 4002) {
      arrived.headers.add("Content-Length", std::to_string(bytes.size()));
      return sandbox_->store(arrived, sandbox::read_from(std::string(bytes))).response;
    }
    if (const auto* body = std::get_if<std::string>(&request.body)) arrived.body = *body;
    return sandbox_->api(arrived).response;
  }

  WallTime now() const { return clock_.wall(); }

  std::vector<RemoteRecord> all(std::string_view tool, Sweep sweep, std::set<std::string>& ids) {
    std::vector<RemoteRecord> records;
    const base::Millis year(365LL * 24 * 3600 * 1000);
    for (ListQuery query : service->listings(project, tool, sweep, now() - year, now())) {
      for (std::optional<ListQuery> next = query; next;) {
        const auto page = service->read_list(*next, send(service->list(*next)));
        if (!page.ok()) FAIL(page.failure().what);
        CHECK(page->unreadable.empty());
        for (const RemoteRecord& record : page->records) records.push_back(record);
        for (const ServiceId& id : page->ids) ids.insert(query.kind.raw() + " " + id.raw());
        next = page->next;
      }
    }
    return records;
  }

  UploadSpec spec_of(const std::string& name, const std::string& bytes) const {
    UploadSpec spec;
    spec.project = project;
    spec.name = name;
    spec.content_type = "image/jpeg";
    spec.size = static_cast<ByteCount>(bytes.size());
    const ByteCount part_max = service->capabilities().part_bytes_min;
    for (ByteCount at = 0; at < spec.size; at += part_max) {
      const ByteCount size = std::min(part_max, spec.size - at);
      const auto part = bytes.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(size));
      spec.parts.push_back({at, size, base::digest_of(part)});
    }
    return spec;
  }

  UploadTicket show(const UploadSpec& spec, const std::string& id) {
    const auto shown = service->read_upload_show(spec, send(service->upload_show(spec, id)));
    if (!shown.ok()) FAIL(shown.failure().what);
    return *shown;
  }

  std::string send_part(const UploadSpec& spec, const PartTicket& ticket, std::size_t part,
                        const std::string& bytes) {
    const HttpRequest put = service->upload_part(spec, ticket, static_cast<int>(part), "/unused");
    CHECK(put.auth == Auth::none);
    const auto& slice = std::get<FileSlice>(put.body);
    const auto etag = service->read_upload_part(
        send(put, std::string_view(bytes).substr(static_cast<std::size_t>(slice.offset),
                                                 static_cast<std::size_t>(slice.size))));
    if (!etag.ok()) FAIL(etag.failure().what);
    return *etag;
  }

  UploadedFile upload(const std::string& name, const std::string& bytes) {
    const UploadSpec spec = spec_of(name, bytes);
    const auto ticket = service->read_upload_create(spec, send(service->upload_create(spec)));
    if (!ticket.ok()) FAIL(ticket.failure().what);
    CHECK(ticket->status == UploadStatus::receiving);
    std::vector<std::string> etags;
    for (std::size_t part = 0; part < spec.parts.size(); ++part) {
      // Addresses as they were given first, then as they are shown: both are good.
      const auto tickets = part == 0 ? ticket->parts : show(spec, ticket->upload_id).parts;
      etags.push_back(send_part(spec, tickets.at(part), part, bytes));
    }
    const auto status = service->read_upload_complete(
        send(service->upload_complete(spec, ticket->upload_id, etags)));
    if (!status.ok()) FAIL(status.failure().what);
    UploadStatus now = *status;
    for (int asked = 0; now == UploadStatus::processing && asked < 10; ++asked) {
      now = show(spec, ticket->upload_id).status;
    }
    CHECK(now == UploadStatus::complete);
    return {ticket->upload_id, name, "image/jpeg", spec.size, base::digest_of(bytes)};
  }

  /// Pushes, reads the record back and returns what it lacks.
  Lines deliver(PushOp& op) {
    const auto pushed = service->read_push(op, send(service->push(op)));
    if (!pushed.ok()) FAIL(pushed.failure().what);
    op.result = pushed->id;
    const bool is_new = op.action == Action::create;
    const auto shown = service->read_show(
        op.kind, send(service->show(op.kind, project, is_new ? pushed->id : op.id)));
    if (!shown.ok()) FAIL(shown.failure().what);
    return service->missing_in(op, *shown);
  }

  PushOp op_of(const char* kind, Action action, Document fields, ServiceId id = {}) {
    PushOp op;
    op.kind = KindId(kind);
    op.action = action;
    op.project = project;
    op.id = std::move(id);
    op.fields = std::move(fields);
    op.token = "t" + std::to_string(++tokens_);
    op.level = kinds::Level::admin;
    return op;
  }

  Lines looked_up(const PushOp& op, WallTime since) {
    const auto me = service->read_me(send(service->me()));
    REQUIRE(me.ok());
    Lines ids;
    LookUp first{op, since, now(), *me};
    for (std::optional<LookUp> next = first; next;) {
      const auto page = service->read_look_up(*next, send(service->look_up(*next)));
      if (!page.ok()) FAIL(page.failure().what);
      for (const RemoteRecord& found : page->candidates) ids.push_back(found.id.raw());
      next = page->next;
    }
    return ids;
  }

  ProjectId project;
  std::unique_ptr<Procore> service;

 private:
  void log_in(const Document& access) {
    sandbox::Request request;
    request.method = Method::post;
    request.path = "/oauth/token";
    request.headers.add("Content-Type", "application/json");
    request.body = base::to_json(Document{{"grant_type", "client_credentials"},
                                          {"client_id", access.text("client_id")},
                                          {"client_secret", access.text("client_secret")}});
    const auto body = base::parse_json(sandbox_->api(request).response.body);
    REQUIRE(body.ok());
    token_ = body->as_document()->text("access_token");
    REQUIRE_FALSE(token_.empty());
  }

  HandClock clock_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<sandbox::Sandbox> sandbox_;
  std::string token_;
  int tokens_ = 0;
};

TEST_CASE("the login learns who it is, its projects and its rights") {
  Site site;
  CHECK(site.service->read_me(site.send(site.service->me())).ok());
  const auto page = site.service->read_projects(1, site.send(site.service->projects(1)));
  REQUIRE(page.ok());
  CHECK(page->projects.size() == 3);
  CHECK_FALSE(page->next.has_value());
  const auto tools =
      site.service->read_permissions(site.send(site.service->permissions(site.project)));
  REQUIRE(tools.ok());
  for (const std::string_view tool : kinds::all_tools()) {
    INFO(tool);
    const auto found = std::find_if(tools->begin(), tools->end(),
                                    [&](const ToolPermission& each) { return each.tool == tool; });
    REQUIRE(found != tools->end());
    CHECK(found->level == kinds::Level::admin);
  }
}

TEST_CASE("every record of every tool is read, and the ids agree") {
  Site site;
  for (const std::string_view tool : kinds::all_tools()) {
    INFO(tool);
    std::set<std::string> listed, ids, changed;
    const auto records = site.all(tool, Sweep::everything, listed);
    CHECK(records.size() == listed.size());
    CHECK(records.size() >= 12);
    site.all(tool, Sweep::ids, ids);
    CHECK(ids == listed);
    site.all(tool, Sweep::changes, changed);
    CHECK(changed.size() >= 12);
    for (const RemoteRecord& record : records) {
      const kinds::KindDescriptor* kind = kinds::find_kind(record.kind.raw());
      REQUIRE(kind != nullptr);
      for (const auto& field : record.fields) {
        INFO(record.kind.raw(), ".", field.name);
        CHECK(kind->field(field.name) != nullptr);
      }
      if (!site.service->needs_show(record.kind)) continue;
      const auto shown = site.service->read_show(
          record.kind, site.send(site.service->show(record.kind, site.project, record.id)));
      if (!shown.ok()) FAIL(shown.failure().what);
      CHECK(shown->fields.text("question") == record.fields.text("question"));
    }
  }
}

TEST_CASE("an RFI goes its way: created, found, replied to, attached to, edited, closed, opened") {
  Site site;
  const WallTime since = site.now();
  PushOp rfi = site.op_of("rfi", Action::create,
                          {{"subject", "Beam <B> & co."},
                           {"question", "Is 3 < 4?\nAnd \"so\"?"},
                           {"assignees", List{"200300"}},
                           {"due_date", "2026-12-01"},
                           {"draft", false},
                           {"cost_impact", "tbd"},
                           {"distribution", List{"160586"}}});
  rfi.files = {site.upload("a.jpg", "jpeg a"), site.upload("a.jpg", "jpeg b")};
  CHECK(site.deliver(rfi) == Lines{});
  CHECK(site.looked_up(rfi, since) == Lines{rfi.result.raw()});
  CHECK(site.looked_up(rfi, site.now()).empty());

  PushOp reply = site.op_of("rfi", Action::reply, {{"body", "Yes & no"}}, rfi.result);
  reply.files = {site.upload("r.jpg", "jpeg r")};
  CHECK(site.deliver(reply) == Lines{});
  CHECK(site.looked_up(reply, since) == Lines{reply.result.raw()});

  PushOp attach = site.op_of("rfi", Action::attach, {}, rfi.result);
  attach.files = {site.upload("late.jpg", "jpeg late")};
  CHECK(site.deliver(attach) == Lines{});
  PushOp edit =
      site.op_of("rfi", Action::edit, {{"reference", "R-1"}, {"question", "New?"}}, rfi.result);
  CHECK(site.deliver(edit) == Lines{});
  PushOp close = site.op_of("rfi", Action::edit, {{"status", "closed"}}, rfi.result);
  close.current = {{"status", "open"}};
  CHECK(site.deliver(close) == Lines{});
  PushOp open = site.op_of("rfi", Action::edit, {{"status", "open"}}, rfi.result);
  open.current = {{"status", "closed"}};
  CHECK(site.deliver(open) == Lines{});
}

TEST_CASE("a draft becomes an open RFI") {
  Site site;
  PushOp draft = site.op_of(
      "rfi", Action::create,
      {{"subject", "Draft"}, {"question", "q"}, {"draft", true}, {"assignees", List{"200300"}}});
  CHECK(site.deliver(draft) == Lines{});
  PushOp open = site.op_of("rfi", Action::edit, {{"status", "open"}}, draft.result);
  open.current = {{"status", "draft"}};
  CHECK(site.deliver(open) == Lines{});
}

TEST_CASE("a photo and a note are created, found, edited and removed") {
  Site site;
  const WallTime since = site.now();
  PushOp photo = site.op_of("photo", Action::create, {{"description", "North & wall"}});
  photo.files = {site.upload("IMG #1.jpg", "jpeg bytes")};
  CHECK(site.deliver(photo) == Lines{});
  CHECK(site.looked_up(photo, since) == Lines{photo.result.raw()});
  PushOp star = site.op_of("photo", Action::edit, {{"starred", true}}, photo.result);
  CHECK(site.deliver(star) == Lines{});

  PushOp note =
      site.op_of("note", Action::create,
                 {{"comment", "Rain\nand wind"}, {"date", "2026-09-22"}, {"is_issue_day", true}});
  note.files = {site.upload("n.jpg", "jpeg n")};
  CHECK(site.deliver(note) == Lines{});
  CHECK(site.looked_up(note, since) == Lines{note.result.raw()});
  for (const PushOp* op : {&photo, &note}) {
    const PushOp remove = site.op_of(op->kind.raw().c_str(), Action::remove, {}, op->result);
    CHECK(site.service->read_push(remove, site.send(site.service->push(remove))).ok());
    CHECK(
        site.service
            ->read_show(op->kind, site.send(site.service->show(op->kind, site.project, op->result)))
            .failure()
            .cause == Cause::record_gone);
  }
}

TEST_CASE("a file goes its way in every version of uploads: parts, new addresses, photo, note") {
  using Version = Site::Version;
  for (const Version version : {Version::v1_0, Version::v1_1, Version::v2_1}) {
    CAPTURE(static_cast<int>(version));
    Site site(version);
    const std::string two_parts(6'000'000, 'b');
    PushOp photo = site.op_of("photo", Action::create, {{"description", "Wall"}});
    photo.files = {site.upload("wall.jpg", two_parts)};
    CHECK(site.deliver(photo) == Lines{});
    PushOp note = site.op_of("note", Action::create, {{"comment", "Rain"}, {"date", "2026-09-22"}});
    note.files = {site.upload("rain.jpg", "jpeg r")};
    CHECK(site.deliver(note) == Lines{});
  }
}

TEST_CASE("an upload that nobody knows, or that is not whole, says so in every version") {
  using Version = Site::Version;
  for (const Version version : {Version::v1_1, Version::v2_1}) {
    CAPTURE(static_cast<int>(version));
    Site site(version);
    const std::string bytes = "jpeg";
    const UploadSpec spec = site.spec_of("a.jpg", bytes);
    const auto shown = site.service->read_upload_show(
        spec, site.send(site.service->upload_show(spec, "01NOSUCHUPLOAD")));
    REQUIRE_FALSE(shown.ok());
    CHECK(shown.failure().cause == Cause::upload_expired);
    const auto ticket =
        site.service->read_upload_create(spec, site.send(site.service->upload_create(spec)));
    REQUIRE(ticket.ok());
    const auto early = site.service->read_upload_complete(
        site.send(site.service->upload_complete(spec, ticket->upload_id, {"none"})));
    CHECK_FALSE(early.ok());
    CHECK(site.show(spec, ticket->upload_id).status == UploadStatus::receiving);
  }
}

TEST_CASE("what the service refuses has its cause") {
  Site site;
  const auto cause_of = [&](const PushOp& op) {
    const auto pushed = site.service->read_push(op, site.send(site.service->push(op)));
    REQUIRE_FALSE(pushed.ok());
    INFO(pushed.failure().what);
    return std::string(base::info(pushed.failure().cause).id);
  };
  CHECK(cause_of(site.op_of("rfi", Action::create,
                            {{"subject", "s"}, {"question", "q"}, {"draft", false}})) ==
        "field_required");
  CHECK(cause_of(site.op_of("rfi", Action::create, {{"question", "q"}})) == "field_required");
  PushOp photo = site.op_of("photo", Action::create, {{"description", "d"}});
  photo.files = {site.upload("a.txt", "text")};
  CHECK(cause_of(photo) == "type_not_accepted");
  photo.files[0].upload_id = "01NOSUCHUPLOAD";
  CHECK(cause_of(photo) == "upload_expired");
  CHECK(cause_of(site.op_of("note", Action::edit, {{"comment", "c"}}, ServiceId("77"))) ==
        "record_gone");
}

}  // namespace
}  // namespace fieldsync::net
