#include "net/sandbox/photos.h"

#include "net/sandbox/downloads.h"
#include "net/sandbox/jpeg.h"
#include "net/sandbox/paging.h"
#include "net/sandbox/router.h"
#include "net/sandbox/tuning.h"
#include "net/sandbox/uploads.h"
#include "platform/base/json.h"
#include "platform/base/text.h"

namespace fieldsync::net::sandbox {
namespace {

const std::vector<std::string_view> kWritable = {
    "private",       "starred",    "description", "image_category_id",    "location_id",
    "trade_ids",     "log_date",   "mt_location", "daily_log_segment_id", "source",
    "provider_type", "provider_id"};

std::int64_t project_of(const Call& call) { return call.params.integer("project_id", 0); }

struct FoundPhoto {
  std::optional<Reply> refused;
  Record photo;
  Access level = Access::none;
};

FoundPhoto find_photo(Call& call, Access at_least) {
  const auto admitted = admit(call, project_of(call), kPhotoTool, at_least);
  if (admitted.refused) return {admitted.refused, {}, admitted.level};
  auto photo = call.world.record(call.id(0), "photo");
  if (!photo || photo->project != project_of(call) || photo->deleted_at ||
      !call.world.sees(*photo, call.caller.id, admitted.level)) {
    return {text_error(404, "Not Found"), {}, admitted.level};
  }
  return {std::nullopt, std::move(*photo), admitted.level};
}

Reply albums(Call& call) {
  const auto admitted = admit(call, project_of(call), kPhotoTool, Access::read_only);
  if (admitted.refused) return *admitted.refused;
  World& world = call.world;
  const std::int64_t viewer = admitted.level == Access::admin ? 0 : call.caller.id;
  ListSpec spec{.kind = "album", .project = project_of(call), .viewer = viewer};
  return list_reply(call, spec, page_of(call), [&](const Record& album) {
    ListSpec inside{
        .kind = "photo", .project = album.project, .parent = album.id, .viewer = viewer};
    Document shown = album.body;
    shown.set("id", album.id);
    shown.set("private", album.restricted);
    shown.set("count", world.count(inside));
    shown.set("created_at", iso_text(album.created_at));
    shown.set("updated_at", iso_text(album.updated_at));
    return Value(shown);
  });
}

Reply list(Call& call) {
  const auto admitted = admit(call, project_of(call), kPhotoTool, Access::read_only);
  if (admitted.refused) return *admitted.refused;
  ListSpec spec{.kind = "photo", .project = project_of(call)};
  if (auto refused = read_common_filters(call, spec)) return *refused;
  if (call.params.find("image_category_id")) {
    spec.parent = call.params.integer("image_category_id", 0);
  }
  spec.viewer = admitted.level == Access::admin ? 0 : call.caller.id;
  const auto uploaders = call.params.list("filters[uploader_id]");
  if (!uploaders.empty()) spec.author = std::atoll(uploaders.front().c_str());
  const std::string sort = call.params.text("sort");
  spec.order = default_order(call);
  if (sort == "created_at") spec.order = "created_at, id";
  if (sort == "-created_at") spec.order = "created_at DESC, id DESC";
  if (call.params.text("serializer_view") == "ids_only") {
    return ids_reply(call, spec, page_of(call));
  }
  return list_reply(call, spec, page_of(call), [&](const Record& photo) {
    return show_photo(call.world, photo, admitted.level);
  });
}

Reply show(Call& call) {
  const auto found = find_photo(call, Access::read_only);
  if (found.refused) return *found.refused;
  return json_reply(200, show_photo(call.world, found.photo, found.level));
}

bool is_picture(std::string_view name, const Settings& settings) {
  const std::string lower = base::to_lower_ascii(name);
  if (lower.ends_with(".heic") || lower.ends_with(".heif")) {
    return !settings.flag("photo_refuses_heic");
  }
  for (const std::string_view end : {".jpg", ".jpeg", ".gif", ".png", ".bmp", ".tif", ".tiff"}) {
    if (lower.ends_with(end)) return true;
  }
  return false;
}

/// 422 when the album is not one of the project's.
std::optional<Reply> apply_fields(Call& call, Record& photo, const Document& fields) {
  if (auto refused = refuse_unknown(call, fields, kWritable)) return refused;
  if (fields.has("image_category_id")) {
    const auto album = call.world.record(fields.integer("image_category_id"), "album");
    if (!album || album->project != photo.project || album->deleted_at) {
      return field_error(422, "image_category", "must exist");
    }
    photo.parent = album->id;
  }
  for (const std::string_view name : {"description", "location_id", "trade_ids", "starred"}) {
    if (const Value* value = fields.find(name)) photo.body.set(name, *value);
  }
  if (const Value* day = fields.find("log_date")) photo.body.set("log_date", lenient_date(*day));
  if (fields.has("private")) photo.restricted = is_true(fields, "private");
  return std::nullopt;
}

/// The uuid and name, in the new form or the older one (facts/procore-api.md 7.5).
std::pair<std::string, std::string> upload_of(const Document& body) {
  if (const Document* older = object(body, "upload")) {
    return {older->text("uuid"), older->text("image_name")};
  }
  return {body.text("upload_uuid"), body.text("image_name")};
}

std::int64_t first_album(World& world, std::int64_t project) {
  const auto ids = world.ids({.kind = "album", .project = project}, 1, 0);
  return ids.empty() ? 0 : ids.front();
}

Reply create(Call& call) {
  World& world = call.world;
  const std::int64_t project = project_of(call);
  const auto admitted = admit(call, project, kPhotoTool, Access::standard);
  if (admitted.refused) return *admitted.refused;
  const Document* fields = object(call.body, "image");
  if (!fields || fields->empty()) {
    return message_error(400, "param is missing or the value is empty: image", "image");
  }
  const auto [uuid, sent_name] = upload_of(call.body);
  const auto claimed = claim(call, project, uuid);
  if (const auto* refused = std::get_if<Reply>(&claimed)) return *refused;
  const Claimed& upload = std::get<Claimed>(claimed);
  const std::string name = sent_name.empty() ? upload.name : sent_name;
  if (!is_picture(name, world.settings))
    return field_error(422, "image", "is not a supported file type");

  Record photo{.kind = "photo",
               .project = project,
               .parent = first_album(world, project),
               .author = call.caller.id};
  photo.restricted = world.settings.flag("photo_private");
  photo.body = {{"filename", name},
                {"size", upload.size},
                {"description", nullptr},
                {"file", upload.file},
                {"starred", false}};
  if (auto refused = apply_fields(call, photo, *fields)) return *refused;
  describe_photo(world, photo, upload.file);
  mark_used(world, upload);
  world.insert(photo);
  const Document content{{"name", name}, {"image", *fields}, {"blob", upload.sha256}};
  world.effect({call.caller.id, "create", "photo", project, photo.id,
                base::digest_of(base::to_json(content)).hex(), List{upload.sha256}});
  return json_reply(201, show_photo(world, photo, admitted.level));
}

Reply update(Call& call) {
  auto found = find_photo(call, Access::standard);
  if (found.refused) return *found.refused;
  const Document* fields = object(call.body, "image");
  if (!fields || fields->empty()) {
    return message_error(400, "param is missing or the value is empty: image", "image");
  }
  if (auto refused = apply_fields(call, found.photo, *fields)) return *refused;
  found.photo.updated_at = call.world.now();
  call.world.save(found.photo);
  call.world.effect({call.caller.id, "update", "photo", found.photo.project, found.photo.id, ""});
  return json_reply(200, show_photo(call.world, found.photo, found.level));
}

Reply remove(Call& call) {
  auto found = find_photo(call, Access::admin);
  if (found.refused) return *found.refused;
  found.photo.deleted_at = call.world.now();
  found.photo.updated_at = call.world.now();
  if (call.params.text("permanent") == "true") found.photo.body.set("permanently_deleted", true);
  call.world.save(found.photo);
  call.world.effect({call.caller.id, "delete", "photo", found.photo.project, found.photo.id, ""});
  return empty_reply(200);
}

}  // namespace

Value show_photo(World& world, const Record& photo, Access level) {
  const std::int64_t file = photo.body.integer("file");
  const std::string name = photo.body.text("filename");
  const std::string self = "/rest/v1.0/images/" + std::to_string(photo.id) +
                           "?project_id=" + std::to_string(photo.project);
  const auto album = world.record(photo.parent, "album");
  Document links{{"self", self}};
  if (level >= Access::standard) links.set("update", self);
  if (level == Access::admin) links.set("delete", self);
  Document shown = photo.body;
  shown.erase("file");
  List trades;
  for (const std::int64_t trade : integers(photo.body, "trade_ids")) {
    trades.push_back(Document{{"id", trade}, {"name", "Trade " + std::to_string(trade)}});
  }
  shown.set("id", photo.id);
  shown.set("location", location_of(photo.body));
  shown.set("trades", trades);
  shown.set("url", download_url(world, file, name));
  shown.set("thumbnail_url", download_url(world, file, "thumb-" + name));
  shown.set("created_at", iso_text(photo.created_at));
  shown.set("updated_at", iso_text(photo.updated_at));
  shown.set("image_category_id", photo.parent);
  shown.set("image_category_name", album ? album->body.text("name") : "");
  shown.set("image_category_private", album && album->restricted);
  shown.set("private", photo.restricted);
  shown.set("permanently_deleted", false);
  shown.set("projection", "regular");
  shown.set("uploader", world.user_ref(photo.author));
  shown.set("comments_count", 0);
  shown.set("links", links);
  return shown;
}

void describe_photo(World& world, Record& photo, std::int64_t file) {
  std::string bytes;
  const auto found = world.file(file);
  if (found && found->size <= tuning::kInspectBytesMax) {
    world.read_file(file, [&](std::string_view piece) {
      bytes.append(piece);
      return true;
    });
  }
  const PictureInfo info = inspect_picture(bytes);
  const auto number = [](int n) { return n > 0 ? Value(n) : Value(nullptr); };
  const auto text = [](const std::string& t) { return t.empty() ? Value(nullptr) : Value(t); };
  photo.body.set("width", number(info.width));
  photo.body.set("height", number(info.height));
  photo.body.set("taken_at", text(info.taken_at));
  photo.body.set("gps_lat", text(info.latitude));
  photo.body.set("gps_long", text(info.longitude));
}

Routes photo_routes() {
  return {
      route(Method::get, "/rest/v1.0/image_categories", albums),
      route(Method::get, "/rest/v1.0/images", list),
      route(Method::post, "/rest/v1.0/images", create),
      route(Method::get, "/rest/v1.0/images/{}", show),
      route(Method::patch, "/rest/v1.0/images/{}", update),
      route(Method::del, "/rest/v1.0/images/{}", remove),
  };
}

}  // namespace fieldsync::net::sandbox
