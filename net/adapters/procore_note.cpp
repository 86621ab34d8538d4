#include <array>

#include "net/adapters/procore_mapping.h"
#include "net/adapters/procore_paging.h"
#include "net/adapters/procore_paths.h"
#include "net/adapters/procore_read.h"
#include "net/adapters/procore_write.h"
#include "platform/base/time_text.h"

/// Daily Log notes (facts/procore-api.md 10.1). They are listed by day only, so every sweep is a
/// window of days and says nothing about notes outside it.
namespace fieldsync::net::procore {
namespace {

using base::Result;
using base::Value;

constexpr base::Millis kDay{24LL * 3600 * 1000};

constexpr std::array<WriteField, 5> kWriteFields{{
    {"comment", "comment"},
    {"date", "date", Shape::date},
    {"is_issue_day", "is_issue_day"},
    {"location", "location_id", Shape::id},
    {"status", "status", Shape::plain, Who::admins},
}};

/// Days are project-local: a day either side covers every time zone.
void add_days(Query& query, WallTime from, WallTime to, base::Millis margin) {
  query.add(query::kStartDate, base::to_iso_date(from - margin));
  query.add(query::kEndDate, base::to_iso_date(to + margin));
}

class NoteMapping : public KindMapping {
 public:
  std::string_view kind() const override { return "note"; }
  std::string_view tool() const override { return "notes"; }
  std::string_view label() const override { return "note"; }

  int page_size(const Site& site, Sweep) const override { return site.options().records_per_page; }

  HttpRequest list(const Site& site, const ListQuery& query) const override {
    Query text;
    add_page(text, query.position, page_size(site, query.sweep));
    text.add(query::kStatus, "all");
    add_days(text, query.from, query.to, query.sweep == Sweep::changes ? kDay : base::Millis(0));
    return site.get(site.path(path::kNotes, query.project), text);
  }

  HttpRequest show(const Site& site, const ProjectId& project, const ServiceId& id) const override {
    return site.get(site.path(path::kNotes, project, id));
  }

  Result<RemoteRecord> read(const Value& value, Extent extent) const override {
    FieldReader in(value, label());
    in.text("comment", "comment").date("date", "date").boolean("is_issue_day", "is_issue_day");
    in.reference("location", "location").reference("location_id", "location");
    in.choice("status", "status").reference("created_by", "created_by");
    in.name_of("created_by", "created_by_name");
    in.time("created_at", "created_at").time("updated_at", "updated_at");
    std::vector<RemoteFile> files;
    const Value* attachments = in.find("attachments");
    base::List children = read_attachments(in, attachments, files);
    if (attachments != nullptr) in.fields().set("attachments", std::move(children));
    auto record = finish(in, kind(), extent);
    if (record.ok()) record->files = std::move(files);
    return record;
  }

  std::vector<std::string> withheld(const Site& site, kinds::Level level) const override {
    return withheld_fields(site, level, kWriteFields);
  }
  /// No bin is documented for notes (10.1): what is deleted there cannot be taken back.
  bool can_push(Action action) const override {
    return action != Action::reply && action != Action::restore;
  }

  HttpRequest push(const Site& site, const PushOp& op) const override {
    const std::string path = site.path(path::kNotes, op.project, op.id);
    if (op.action == Action::remove) return site.remove(path);
    Document note = op.action == Action::attach ? Document{} : written(site, op, kWriteFields);
    // Approving is a change of its own (10.1: status in PATCH only).
    if (op.action == Action::create) note.erase("status");
    if (!op.files.empty()) note.set("upload_ids", upload_ids(site, op));
    return site.send(op.action == Action::create ? Method::post : Method::patch, path, {},
                     Document{{"notes_log", std::move(note)}}, op.token);
  }

  std::vector<std::string> missing(const Site& site, const PushOp& op,
                                   const RemoteRecord& record) const override {
    std::vector<std::string> lines;
    PushOp sent = op;
    if (op.action == Action::create) sent.fields.erase("status");
    if (op.action != Action::attach) {
      note_missing_fields(site, sent, kWriteFields, record, lines);
    }
    note_missing_files(op.files, op.had, record.fields.find("attachments"), lines);
    return lines;
  }

  HttpRequest look_up(const Site& site, const LookUp& look) const override {
    Query text;
    add_page(text, look.position, page_size(site, Sweep::everything));
    text.add(query::kStatus, "all");
    text.add(query::kCreatedBy, look.me.raw());
    const std::string day = look.op.fields.text("date");
    if (base::is_iso_date(day)) {
      text.add(query::kLogDate, day);
    } else {
      add_days(text, look.since, look.until, kDay);
    }
    return site.get(site.path(path::kNotes, look.op.project), text);
  }

  bool could_be(const LookUp& look, const RemoteRecord& candidate) const override {
    const Document& fields = candidate.fields;
    if (!in_window(look, fields, "created_by", "created_at")) return false;
    if (!same_text(look.op.fields, fields, "comment")) return false;
    const std::string day = look.op.fields.text("date");
    if (!day.empty() && fields.has("date") && fields.text("date") != day) return false;
    std::vector<std::string> lacking;
    note_missing_files(look.op.files, {}, fields.find("attachments"), lacking);
    return lacking.empty();
  }
};

}  // namespace

const KindMapping& note_mapping() {
  static const NoteMapping kMapping;
  return kMapping;
}

}  // namespace fieldsync::net::procore
