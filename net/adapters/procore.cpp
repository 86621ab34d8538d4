#include "net/adapters/procore.h"

#include "net/adapters/procore_account.h"
#include "net/adapters/procore_errors.h"
#include "net/adapters/procore_mapping.h"
#include "net/adapters/procore_paging.h"
#include "net/adapters/procore_read.h"
#include "net/adapters/procore_upload.h"
#include "net/adapters/procore_write.h"
#include "platform/base/check.h"

namespace fieldsync::net {
namespace {

using base::Cause;
using base::Failure;
using base::Value;
using procore::KindMapping;
using procore::Where;

const KindMapping& mapping_of(const KindId& kind) {
  const KindMapping* mapping = procore::find_mapping(kind);
  FS_CHECK(mapping != nullptr);
  return *mapping;
}

/// What an exchange was about, with the text that Where's views point into.
struct Told {
  std::string doing;
  std::string tool;
  Cause missing;
  Where where() const { return {.doing = doing, .tool = tool, .missing = missing}; }
};

Told telling(std::string_view verb, const KindMapping& mapping, Cause missing) {
  return {std::string(verb) + " " + std::string(mapping.label()), std::string(mapping.tool()),
          missing};
}

}  // namespace

Procore::Procore(ProcoreOptions options) : site_(std::move(options)) {}

std::string_view Procore::service() const { return "procore"; }
Capabilities Procore::capabilities() const { return procore::upload_capabilities(site_.options()); }
bool Procore::trusts(std::string_view url) const { return site_.trusts(url); }

HttpRequest Procore::me() const { return procore::me(site_); }
Result<ServiceId> Procore::read_me(const HttpResponse& reply) const {
  return procore::read_me(reply);
}
HttpRequest Procore::projects(int position) const { return procore::projects(site_, position); }
Result<Procore::ProjectPage> Procore::read_projects(int position, const HttpResponse& reply) const {
  return procore::read_projects(position, reply);
}
HttpRequest Procore::permissions(const ProjectId& project) const {
  return procore::permissions(site_, project);
}
Result<std::vector<ToolPermission>> Procore::read_permissions(const HttpResponse& reply) const {
  return procore::read_permissions(reply);
}

std::vector<ListQuery> Procore::listings(const ProjectId& project, std::string_view tool,
                                         Sweep sweep, WallTime from, WallTime to) const {
  std::vector<ListQuery> all;
  for (const KindMapping* mapping : procore::all_mappings()) {
    if (mapping->tool() != tool) continue;
    if (sweep == Sweep::changes && mapping->role() == procore::Role::reference) continue;
    ListQuery query;
    query.kind = KindId(std::string(mapping->kind()));
    query.project = project;
    query.sweep = sweep;
    query.from = from;
    query.to = to;
    all.push_back(std::move(query));
  }
  return all;
}

HttpRequest Procore::list(const ListQuery& query) const {
  return mapping_of(query.kind).list(site_, query);
}

Result<ListPage> Procore::read_list(const ListQuery& query, const HttpResponse& reply) const {
  const KindMapping& mapping = mapping_of(query.kind);
  const Told told = telling("list", mapping, Cause::project_gone);
  const Extent extent = mapping.needs_show() ? Extent::summary : Extent::full;
  return procore::read_page(query, mapping.page_size(site_, query.sweep), reply, told.where(),
                            [&](const Value& item) { return mapping.read(item, extent); });
}

bool Procore::needs_show(const KindId& kind) const { return mapping_of(kind).needs_show(); }

HttpRequest Procore::show(const KindId& kind, const ProjectId& project, const ServiceId& id) const {
  FS_CHECK(!id.raw().empty());
  return mapping_of(kind).show(site_, project, id);
}

Result<RemoteRecord> Procore::read_show(const KindId& kind, const HttpResponse& reply) const {
  const KindMapping& mapping = mapping_of(kind);
  const Told told = telling("show", mapping, Cause::record_gone);
  TRY_ASSIGN(const Value body, procore::read_json(reply, told.where()));
  TRY_ASSIGN(RemoteRecord record, mapping.read(body, Extent::full));
  for (const std::string_view mark : {"deleted", "permanently_deleted"}) {
    const Value* deleted = body.as_document()->find(mark);
    if (deleted != nullptr && *deleted == Value(true)) {
      return Failure{Cause::record_gone,
                     told.doing + " " + record.id.raw() + ": the service has it marked as deleted"};
    }
  }
  return record;
}

HttpRequest Procore::download(const RemoteFile& file) const {
  HttpRequest request;
  request.url = file.url;
  request.auth = trusts(file.url) ? Auth::bearer : Auth::none;
  return request;
}

bool Procore::can_push(const KindId& kind, Action action) const {
  const KindMapping* mapping = procore::find_mapping(kind);
  return mapping != nullptr && mapping->can_push(action);
}

std::vector<std::string> Procore::withheld(const KindId& kind, kinds::Level level) const {
  const KindMapping* mapping = procore::find_mapping(kind);
  return mapping == nullptr ? std::vector<std::string>{} : mapping->withheld(site_, level);
}

HttpRequest Procore::push(const PushOp& op) const {
  FS_CHECK(can_push(op.kind, op.action));
  FS_CHECK(op.id.raw().empty() == (op.action == Action::create));
  return mapping_of(op.kind).push(site_, op);
}

Result<PushAnswer> Procore::read_push(const PushOp& op, const HttpResponse& reply) const {
  const KindMapping& mapping = mapping_of(op.kind);
  const bool makes_new = op.action == Action::create || op.action == Action::reply;
  const Told told =
      op.action == Action::reply
          ? Told{"reply to RFI", std::string(mapping.tool()), Cause::record_gone}
          : telling(name(op.action), mapping,
                    op.action == Action::create ? Cause::project_gone : Cause::record_gone);
  PushAnswer answer;
  answer.id = op.id;
  if (!makes_new && procore::is_empty_success(reply)) return answer;
  TRY_ASSIGN(const Value body, procore::read_json(reply, told.where()));
  if (op.action == Action::remove || op.action == Action::restore) return answer;
  if (makes_new) {
    const base::Document* document = body.as_document();
    const auto id = procore::read_id(document != nullptr ? document->find("id") : nullptr);
    if (!id) return Failure{Cause::unexpected_answer, told.doing + ": the answer has no id"};
    answer.id = *id;
  }
  if (op.action == Action::reply) return answer;
  // The write happened: an echo that cannot be read is left to the read-back.
  const Extent extent = mapping.needs_show() ? Extent::summary : Extent::full;
  auto echoed = mapping.read(body, extent);
  if (echoed.ok() && echoed->id == answer.id) answer.echoed = std::move(*echoed);
  return answer;
}

HttpRequest Procore::look_up(const LookUp& look) const {
  return mapping_of(look.op.kind).look_up(site_, look);
}

Result<LookUpPage> Procore::read_look_up(const LookUp& look, const HttpResponse& reply) const {
  const KindMapping& mapping = mapping_of(look.op.kind);
  const bool of_reply = look.op.action == Action::reply;
  const Told told =
      telling("look for", mapping, of_reply ? Cause::record_gone : Cause::project_gone);
  TRY_ASSIGN(const base::List items, procore::read_items(reply, told.where()));
  TRY_ASSIGN(
      const procore::PageEnd end,
      procore::read_page_end(reply, look.position, mapping.page_size(site_, Sweep::everything),
                             static_cast<std::int64_t>(items.size()), told.where()));
  LookUpPage page;
  for (const Value& item : items) {
    auto candidate = mapping.read_candidate(look, item);
    // One that cannot be read might be the one: "not found" must never rest on it (promise P2).
    if (!candidate.ok()) return candidate.failure();
    if (mapping.could_be(look, *candidate)) page.candidates.push_back(std::move(*candidate));
  }
  if (end.more) {
    page.next = look;
    ++page.next->position;
  }
  return page;
}

std::vector<std::string> Procore::missing_in(const PushOp& op, const RemoteRecord& record) const {
  if (op.action == Action::remove) return {"the record is still there"};
  if (op.action == Action::restore) return {};  // it could be read
  return mapping_of(op.kind).missing(site_, op, record);
}

HttpRequest Procore::upload_create(const UploadSpec& spec) const {
  return procore::upload_create(site_, spec);
}
Result<UploadTicket> Procore::read_upload_create(const UploadSpec& spec,
                                                 const HttpResponse& reply) const {
  return procore::read_upload_create(spec, reply);
}
HttpRequest Procore::upload_part(const UploadSpec& spec, const PartTicket& ticket, int part,
                                 const Path& file) const {
  return procore::upload_part(spec, ticket, part, file);
}
Result<std::string> Procore::read_upload_part(const HttpResponse& reply) const {
  return procore::read_upload_part(site_.options().upload_style, reply);
}
HttpRequest Procore::upload_complete(const UploadSpec& spec, const std::string& upload_id,
                                     const std::vector<std::string>& etags) const {
  return procore::upload_complete(site_, spec, upload_id, etags);
}
Result<UploadStatus> Procore::read_upload_complete(const HttpResponse& reply) const {
  return procore::read_upload_complete(reply);
}
HttpRequest Procore::upload_show(const UploadSpec& spec, const std::string& upload_id) const {
  return procore::upload_show(site_, spec, upload_id);
}
Result<UploadTicket> Procore::read_upload_show(const UploadSpec& spec,
                                               const HttpResponse& reply) const {
  return procore::read_upload_show(spec, reply);
}

}  // namespace fieldsync::net
