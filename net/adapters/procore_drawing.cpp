#include "net/adapters/procore_mapping.h"
#include "net/adapters/procore_paging.h"
#include "net/adapters/procore_paths.h"
#include "net/adapters/procore_read.h"

/// Drawings (facts/procore-api.md 9): one record is one revision, with its PDF. Areas, disciplines
/// and sets are small reference lists.
namespace fieldsync::net::procore {
namespace {

using base::Result;
using base::Value;

class DrawingMapping : public KindMapping {
 public:
  std::string_view kind() const override { return "drawing"; }
  std::string_view tool() const override { return "drawings"; }
  std::string_view label() const override { return "drawing"; }

  HttpRequest list(const Site& site, const ListQuery& query) const override {
    Query text;
    add_page(text, query.position, page_size(site, query.sweep));
    // Obsolete revisions are hidden otherwise, and a sheet that became obsolete must be seen so.
    text.add(query::kWithObsolete, "true");
    text.add(query::kSort, "id");
    switch (query.sweep) {
      case Sweep::changes:
        text.add(query::kUpdatedAt, site.range(query.from, query.to));
        break;
      case Sweep::everything:
        break;
      case Sweep::ids:
        text.add(query::kView, query::kOnlyIds);
        break;
    }
    return site.get(site.path(path::kDrawingRevisions, query.project), text);
  }

  HttpRequest show(const Site& site, const ProjectId& project, const ServiceId& id) const override {
    return site.get(site.path(path::kDrawingRevisions, project, id));
  }

  Result<RemoteRecord> read(const Value& value, Extent extent) const override {
    FieldReader in(value, label());
    in.label("number", "number");
    // Deleted drawings keep their number only here.
    if (in.fields().text("number").empty()) in.label("drawing_number", "number");
    in.text("title", "title").label("revision_number", "revision");
    in.reference("discipline", "discipline").reference("drawing_area", "area");
    in.reference("drawing_set", "set")
        .boolean("current", "current")
        .boolean("obsolete", "obsolete");
    in.date("drawing_date", "drawing_date").date("received_date", "received_date");
    in.integer("pdf_size", "pdf_size").time("updated_at", "updated_at");
    if (in.failed()) return *in.failure();
    RemoteFile pdf;
    pdf.slot = "pdf";
    pdf.name = file_name(in.fields());
    pdf.url = usable_url(in.find("pdf_url"));
    if (const auto size = in.fields().integer("pdf_size"); size > 0) pdf.size = size;
    auto record = finish(in, kind(), extent);
    if (record.ok()) record->files.push_back(std::move(pdf));
    return record;
  }

 private:
  static std::string file_name(const Document& fields) {
    std::string name = fields.text("number");
    if (name.empty()) name = "drawing";
    if (const std::string revision = fields.text("revision"); !revision.empty()) {
      name += " rev " + revision;
    }
    return name + ".pdf";
  }
};

/// A list with a name per entry. `ids_view` is empty where the service has none.
class GroupMapping : public KindMapping {
 public:
  GroupMapping(std::string_view kind, std::string_view label, std::string_view path,
               std::string_view ids_view)
      : kind_(kind), label_(label), path_(path), ids_view_(ids_view) {}
  std::string_view kind() const override { return kind_; }
  std::string_view tool() const override { return "drawings"; }
  std::string_view label() const override { return label_; }
  Role role() const override { return Role::reference; }

  int page_size(const Site& site, Sweep sweep) const override {
    const bool bare_ids = sweep == Sweep::ids && !ids_view_.empty();
    return KindMapping::page_size(site, bare_ids ? Sweep::ids : Sweep::everything);
  }

  HttpRequest list(const Site& site, const ListQuery& query) const override {
    Query text;
    add_page(text, query.position, page_size(site, query.sweep));
    if (query.sweep == Sweep::ids && !ids_view_.empty()) text.add(query::kView, ids_view_);
    return site.get(site.path(path_, query.project), text);
  }

  HttpRequest show(const Site& site, const ProjectId& project, const ServiceId& id) const override {
    return site.get(site.path(path_, project, id));
  }

  Result<RemoteRecord> read(const Value& value, Extent extent) const override {
    FieldReader in(value, label_);
    in.text("name", "name").time("updated_at", "updated_at");
    return finish(in, kind_, extent);
  }

 private:
  std::string_view kind_, label_, path_, ids_view_;
};

}  // namespace

const KindMapping& drawing_mapping() {
  static const DrawingMapping kMapping;
  return kMapping;
}

const KindMapping& drawing_area_mapping() {
  static const GroupMapping kMapping("drawing_area", "drawing area", path::kDrawingAreas,
                                     query::kOnlyIds);
  return kMapping;
}

const KindMapping& drawing_discipline_mapping() {
  static const GroupMapping kMapping("drawing_discipline", "drawing discipline",
                                     path::kDrawingDisciplines, query::kOnlyIds);
  return kMapping;
}

const KindMapping& drawing_set_mapping() {
  static const GroupMapping kMapping("drawing_set", "drawing set", path::kDrawingSets, "");
  return kMapping;
}

}  // namespace fieldsync::net::procore
