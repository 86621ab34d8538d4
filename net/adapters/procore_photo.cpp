#include <array>

#include "net/adapters/procore_mapping.h"
#include "net/adapters/procore_paging.h"
#include "net/adapters/procore_paths.h"
#include "net/adapters/procore_read.h"
#include "net/adapters/procore_text.h"
#include "net/adapters/procore_write.h"
#include "platform/base/text.h"

/// Photos and albums (facts/procore-api.md 11). The project goes into the query. A photo's bytes
/// never change: another picture is another photo.
namespace fieldsync::net::procore {
namespace {

using base::Result;
using base::Value;

constexpr std::array<WriteField, 7> kWriteFields{{
    {"description", "description"},
    {"album", "image_category_id", Shape::id},
    {"location", "location_id", Shape::id},
    {"log_date", "log_date", Shape::date},
    {"private", "private"},
    {"starred", "starred"},
    {"trades", "trade_ids", Shape::ids},
}};

Query of_project(const ProjectId& project) {
  Query query;
  query.add(query::kProject, project.raw());
  return query;
}

std::string coordinate(const Value* value) {
  if (value == nullptr || value->is_null()) return {};
  const bool usable = value->as_text() != nullptr || value->as_integer() != nullptr ||
                      value->as_number() != nullptr;
  return usable ? base::plain_text(*value) : std::string();
}

class PhotoMapping : public KindMapping {
 public:
  std::string_view kind() const override { return "photo"; }
  std::string_view tool() const override { return "photos"; }
  std::string_view label() const override { return "photo"; }

  HttpRequest list(const Site& site, const ListQuery& query) const override {
    Query text = of_project(query.project);
    add_page(text, query.position, page_size(site, query.sweep));
    text.add(query::kSort, "created_at");
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
    return site.get(path::kImages, text);
  }

  HttpRequest show(const Site& site, const ProjectId& project, const ServiceId& id) const override {
    return site.get(site.path(path::kImages, project, id), of_project(project));
  }

  Result<RemoteRecord> read(const Value& value, Extent extent) const override {
    FieldReader in(value, label());
    in.text("filename", "filename").text("description", "description");
    in.reference("image_category_id", "album");
    in.reference("location", "location").reference("location_id", "location");
    in.boolean("private", "private").boolean("starred", "starred").date("log_date", "log_date");
    in.references("trades", "trades").time("taken_at", "taken_at");
    in.integer("width", "width").integer("height", "height").integer("size", "size");
    in.reference("uploader", "uploader").name_of("uploader", "uploader_name");
    in.time("created_at", "created_at").time("updated_at", "updated_at");
    if (in.failed()) return *in.failure();
    const std::string lat = coordinate(in.find("gps_lat"));
    const std::string lon = coordinate(in.find("gps_long"));
    if (!lat.empty() && !lon.empty()) in.fields().set("gps", lat + "," + lon);
    RemoteFile original;
    original.slot = "original";
    original.name = in.fields().text("filename");
    original.url = usable_url(in.find("url"));
    if (const auto size = in.fields().integer("size"); size > 0) original.size = size;
    auto record = finish(in, kind(), extent);
    if (record.ok()) record->files.push_back(std::move(original));
    return record;
  }

  bool can_push(Action action) const override {
    return action == Action::create || action == Action::edit || action == Action::remove;
  }

  HttpRequest push(const Site& site, const PushOp& op) const override {
    const std::string path = site.path(path::kImages, op.project, op.id);
    const Query query = of_project(op.project);
    if (op.action == Action::remove) return site.remove(path, query);
    Document image = written(site, op, kWriteFields);
    if (op.action == Action::edit) {
      return site.send(Method::patch, path, query, Document{{"image", std::move(image)}});
    }
    // `image` must hold at least one attribute.
    if (image.empty()) image.set("description", "");
    Document body{{"image", std::move(image)}};
    if (!op.files.empty()) add_upload(site, op, body);
    return site.send(Method::post, path, query, body, op.token);
  }

  std::vector<std::string> missing(const Site& site, const PushOp& op,
                                   const RemoteRecord& record) const override {
    std::vector<std::string> lines;
    note_missing_fields(site, op, kWriteFields, record, lines);
    if (op.action != Action::create || op.files.empty()) return lines;
    const std::int64_t size = record.fields.integer("size", -1);
    if (size != op.files.front().size) {
      lines.push_back("the service has " +
                      (size < 0 ? "no size" : std::to_string(size) + " bytes") + ", " +
                      std::to_string(op.files.front().size) + " were sent");
    }
    if (!same_file_name(record.fields.text("filename"), image_name(op))) {
      lines.push_back("filename is \"" + base::printable(record.fields.text("filename")) +
                      "\", not \"" + base::printable(image_name(op)) + "\"");
    }
    return lines;
  }

  HttpRequest look_up(const Site& site, const LookUp& look) const override {
    Query text = of_project(look.op.project);
    add_page(text, look.position, page_size(site, Sweep::everything));
    text.add(query::kSort, "created_at");
    text.add(query::kUploader, look.me.raw());
    text.add(query::kCreatedAt, site.range(look.since, look.until));
    return site.get(path::kImages, text);
  }

  bool could_be(const LookUp& look, const RemoteRecord& candidate) const override {
    const Document& fields = candidate.fields;
    if (!in_window(look, fields, "uploader", "created_at")) return false;
    if (look.op.files.empty()) return false;
    // The office may have edited the description since: author, window, name and size do then.
    return fields.integer("size", -1) == look.op.files.front().size &&
           same_file_name(fields.text("filename"), image_name(look.op)) &&
           (is_edited(candidate) || same_text(look.op.fields, fields, "description"));
  }

 private:
  static std::string image_name(const PushOp& op) {
    const std::string given = op.fields.text("filename");
    return given.empty() && !op.files.empty() ? op.files.front().name : given;
  }

  static void add_upload(const Site& site, const PushOp& op, Document& body) {
    const std::string& uuid = op.files.front().upload_id;
    switch (site.options().photo_body) {
      case ProcoreOptions::PhotoBody::upload_uuid:
        body.set("upload_uuid", uuid);
        body.set("image_name", image_name(op));
        return;
      case ProcoreOptions::PhotoBody::upload_object:
        body.set("upload", Document{{"uuid", uuid}, {"image_name", image_name(op)}});
        return;
    }
  }
};

class AlbumMapping : public KindMapping {
 public:
  std::string_view kind() const override { return "album"; }
  std::string_view tool() const override { return "photos"; }
  std::string_view label() const override { return "album"; }
  Role role() const override { return Role::reference; }
  int page_size(const Site& site, Sweep) const override { return site.options().records_per_page; }

  HttpRequest list(const Site& site, const ListQuery& query) const override {
    Query text = of_project(query.project);
    add_page(text, query.position, page_size(site, query.sweep));
    return site.get(path::kAlbums, text);
  }

  HttpRequest show(const Site& site, const ProjectId& project, const ServiceId& id) const override {
    return site.get(site.path(path::kAlbums, project, id), of_project(project));
  }

  Result<RemoteRecord> read(const Value& value, Extent extent) const override {
    FieldReader in(value, label());
    in.text("name", "name").boolean("private", "private").integer("count", "count");
    in.time("updated_at", "updated_at");
    return finish(in, kind(), extent);
  }
};

}  // namespace

const KindMapping& photo_mapping() {
  static const PhotoMapping kMapping;
  return kMapping;
}

const KindMapping& album_mapping() {
  static const AlbumMapping kMapping;
  return kMapping;
}

}  // namespace fieldsync::net::procore
