#include "net/adapters/procore_rfi.h"

#include <array>

#include "net/adapters/procore_mapping.h"
#include "net/adapters/procore_paging.h"
#include "net/adapters/procore_paths.h"
#include "net/adapters/procore_read.h"
#include "net/adapters/procore_write.h"
#include "platform/base/time_text.h"

/// RFIs (facts/procore-api.md 8): listing, showing and writing. What the bodies hold is read in
/// procore_rfi_read.cpp.
namespace fieldsync::net::procore {
namespace {

using base::Result;
using base::Value;

constexpr std::array<WriteField, 13> kWriteFields{{
    {"subject", "subject"},
    {"private", "private"},
    {"assignees", "assignee_ids", Shape::ids, Who::admins},
    {"rfi_manager", "rfi_manager_id", Shape::id},
    {"due_date", "due_date", Shape::date, Who::admins},
    {"drawing_number", "drawing_number"},
    {"reference", "reference"},
    {"location", "location_id", Shape::id},
    {"priority", "priority"},
    {"distribution", "distribution_ids", Shape::ids},
    {"cost_impact", "cost_impact", Shape::impact},
    {"schedule_impact", "schedule_impact", Shape::impact},
    {"draft", "draft"},
}};
/// Written inside `question`.
constexpr std::array<WriteField, 1> kQuestionFields{{{"question", "body", Shape::html}}};

/// Status is not a field of Procore's but the effect of `draft` and `accepted` (8.4). Moves that do
/// not exist write nothing, and the read-back says so.
void write_status(const PushOp& op, Document& rfi) {
  const std::string wanted = op.fields.text("status");
  if (wanted.empty() || rfi.has("draft")) return;
  if (op.action == Action::create) {
    if (wanted == "draft" || wanted == "open") rfi.set("draft", wanted == "draft");
    return;
  }
  const bool* draft = nullptr;
  if (const Value* value = op.current.find("draft")) draft = value->as_bool();
  const std::string now = op.current.text("status");
  const bool is_draft = now == "draft" || (now.empty() && draft != nullptr && *draft);
  if (wanted == "closed" || wanted == "closed_draft") rfi.set("accepted", true);
  if (wanted == "open" && is_draft) rfi.set("draft", false);
  if (wanted == "open" && !is_draft) rfi.set("accepted", false);
}

bool status_reached(const std::string& wanted, const std::string& there) {
  if (wanted == there) return true;
  return wanted == "closed" && (there == "closed_draft" || there == "closed_with_revision");
}

/// A record without `draft` (a list's) tells it by its status.
RemoteRecord with_draft(const RemoteRecord& record) {
  RemoteRecord full = record;
  const std::string status = record.fields.text("status");
  if (!full.fields.has("draft") && !status.empty()) full.fields.set("draft", status == "draft");
  return full;
}

Document rfi_body(const Site& site, const PushOp& op) {
  Document rfi;
  Document question;
  if (op.action != Action::attach) {
    rfi = written(site, op, kWriteFields);
    question = written(site, op, kQuestionFields);
    write_status(op, rfi);
  }
  const ServiceId& manager = site.options().default_rfi_manager;
  if (op.action == Action::create && op.fields.text("rfi_manager").empty() &&
      !manager.raw().empty()) {
    rfi.set("rfi_manager_id", id_value(manager.raw()));
  }
  if (!op.files.empty()) question.set("upload_ids", upload_ids(site, op));
  if (!question.empty()) rfi.set("question", std::move(question));
  return Document{{"rfi", std::move(rfi)}};
}

constexpr std::array<WriteField, 2> kReplyFields{{
    {"body", "body", Shape::html},
    {"official", "official"},
}};

Document reply_body(const Site& site, const PushOp& op) {
  Document reply = written(site, op, kReplyFields);
  if (!op.files.empty()) reply.set("upload_ids", upload_ids(site, op));
  return Document{{"reply", std::move(reply)}};
}

/// What of a sent reply the best fitting reply of the record lacks.
std::vector<std::string> missing_of_reply(const Site& site, const PushOp& op,
                                          const RemoteRecord& record) {
  std::vector<std::string> best = {"the reply is not there"};
  bool found = false;
  const Value* replies = record.fields.find("replies");
  const base::List* list = replies != nullptr ? replies->as_list() : nullptr;
  if (list == nullptr) return best;
  for (const Value& each : *list) {
    const Document* document = each.as_document();
    if (document == nullptr) continue;
    const bool is_result = !op.result.raw().empty() && document->text("id") == op.result.raw();
    const bool may_be =
        is_result || (op.result.raw().empty() && same_text(op.fields, *document, "body"));
    if (!may_be) continue;
    RemoteRecord reply;
    reply.fields = *document;
    std::vector<std::string> lines;
    note_missing_fields(site, op, kReplyFields, reply, lines);
    note_missing_files(op.files, op.had, document->find("attachments"), lines);
    if (!found || lines.size() < best.size()) best = std::move(lines);
    found = true;
  }
  return best;
}

class RfiMapping : public KindMapping {
 public:
  std::string_view kind() const override { return "rfi"; }
  std::string_view tool() const override { return "rfis"; }
  std::string_view label() const override { return "RFI"; }
  bool needs_show() const override { return true; }

  HttpRequest list(const Site& site, const ListQuery& query) const override {
    Query text;
    add_page(text, query.position, page_size(site, query.sweep));
    add_sort(text);
    switch (query.sweep) {
      case Sweep::changes:
        text.add(query::kUpdatedAt, site.range(query.from, query.to));
        break;
      case Sweep::everything:
        break;
      case Sweep::ids:
        text.add(query::kSerializerView, query::kIdsOnly);
        break;
    }
    return site.get(site.path(path::kRfis, query.project), text);
  }

  HttpRequest show(const Site& site, const ProjectId& project, const ServiceId& id) const override {
    return site.get(site.path(path::kRfis, project, id));
  }

  Result<RemoteRecord> read(const Value& value, Extent extent) const override {
    return read_rfi(value, extent);
  }

  std::vector<std::string> withheld(const Site& site, kinds::Level level) const override {
    return withheld_fields(site, level, kWriteFields);
  }
  /// Nothing but the recycle bin takes an RFI away, and only for admins: not offered. Taking one
  /// out of it is; the service decides who may (8.1).
  bool can_push(Action action) const override { return action != Action::remove; }

  HttpRequest push(const Site& site, const PushOp& op) const override {
    const std::string path = site.path(path::kRfis, op.project, op.id);
    if (op.action == Action::restore) {
      return site.send(Method::patch, path + std::string(path::kRetrieve), {}, {}, op.token);
    }
    if (op.action == Action::reply) {
      return site.send(Method::post, path + std::string(path::kReplies), {}, reply_body(site, op),
                       op.token);
    }
    return site.send(op.action == Action::create ? Method::post : Method::patch, path, {},
                     rfi_body(site, op), op.token);
  }

  std::vector<std::string> missing(const Site& site, const PushOp& op,
                                   const RemoteRecord& record) const override {
    if (op.action == Action::reply) return missing_of_reply(site, op, record);
    std::vector<std::string> lines;
    if (op.action != Action::attach) {
      note_missing_fields(site, op, kWriteFields, with_draft(record), lines);
      note_missing_fields(site, op, kQuestionFields, record, lines);
      const std::string wanted = op.fields.text("status");
      const std::string there = record.fields.text("status");
      if (!wanted.empty() && !status_reached(wanted, there)) {
        lines.push_back("status is \"" + there + "\", not \"" + wanted + "\"");
      }
    }
    note_missing_files(op.files, op.had, record.fields.find("attachments"), lines);
    return lines;
  }

  HttpRequest look_up(const Site& site, const LookUp& look) const override {
    Query text;
    add_page(text, look.position, page_size(site, Sweep::everything));
    if (look.op.action == Action::reply) {
      return site.get(
          site.path(path::kRfis, look.op.project, look.op.id) + std::string(path::kReplies), text);
    }
    add_sort(text);
    text.add(query::kCreatedAt, site.range(look.since, look.until));
    return site.get(site.path(path::kRfis, look.op.project), text);
  }

  Result<RemoteRecord> read_candidate(const LookUp& look, const Value& value) const override {
    return look.op.action == Action::reply ? read_reply(value) : read(value, Extent::summary);
  }

  bool could_be(const LookUp& look, const RemoteRecord& candidate) const override {
    const Document& fields = candidate.fields;
    if (!in_window(look, fields, "created_by", "created_at")) return false;
    if (look.op.action != Action::reply) {
      // A list may leave the question out, and the office may have edited it since: author, window
      // and subject then have to do.
      return same_text(look.op.fields, fields, "subject") &&
             (!fields.has("question") || is_edited(candidate) ||
              same_text(look.op.fields, fields, "question"));
    }
    std::vector<std::string> lacking;
    note_missing_files(look.op.files, {}, fields.find("attachments"), lacking);
    return same_text(look.op.fields, fields, "body") && lacking.empty();
  }

 private:
  /// In order of creation, new RFIs come on the last page and move no other.
  static void add_sort(Query& query) {
    query.add(query::kSortAttribute, "date_created");
    query.add(query::kSortDirection, "asc");
  }
};

}  // namespace

const KindMapping& rfi_mapping() {
  static const RfiMapping kMapping;
  return kMapping;
}

}  // namespace fieldsync::net::procore
