#include "platform/kinds/descriptors.h"

/// Photos and their albums (facts/procore-api.md 11). A photo's bytes are the record itself, not an
/// attachment; date and position come from the EXIF data inside them and are read back only.
namespace fieldsync::kinds {

KindDescriptor photo_kind() {
  using T = FieldType;
  using M = MergeRule;
  KindDescriptor kind{
      "photo", "photos", "Photo", "filename", Attachments::no, Writable::create_edit, {}};
  kind.fields = {
      {.name = "filename",
       .type = T::text,
       .merge = M::scalar,
       .settable = Settable::on_create_only},
      {.name = "description", .type = T::long_text, .merge = M::text},
      {.name = "album", .type = T::reference, .merge = M::scalar},
      {.name = "location", .type = T::reference, .merge = M::scalar},
      {.name = "private", .type = T::boolean, .merge = M::scalar},
      {.name = "starred", .type = T::boolean, .merge = M::scalar},
      {.name = "log_date", .type = T::date, .merge = M::scalar},
      {.name = "trades", .type = T::references, .merge = M::set},
      {.name = "taken_at", .type = T::time, .merge = M::server_owned},
      {.name = "width", .type = T::integer, .merge = M::server_owned},
      {.name = "height", .type = T::integer, .merge = M::server_owned},
      {.name = "size", .type = T::integer, .merge = M::server_owned},
      {.name = "gps", .type = T::text, .merge = M::server_owned},
      {.name = "uploader", .type = T::reference, .merge = M::server_owned},
      {.name = "uploader_name", .type = T::text, .merge = M::server_owned},
      {.name = "created_at", .type = T::time, .merge = M::server_owned},
      {.name = "updated_at", .type = T::time, .merge = M::server_owned},
  };
  return kind;
}

KindDescriptor album_kind() {
  using T = FieldType;
  using M = MergeRule;
  KindDescriptor kind{"album", "photos", "Album", "name", Attachments::no, Writable::no, {}};
  kind.fields = {
      {.name = "name", .type = T::text, .merge = M::server_owned},
      {.name = "private", .type = T::boolean, .merge = M::server_owned},
      {.name = "count", .type = T::integer, .merge = M::server_owned},
      {.name = "updated_at", .type = T::time, .merge = M::server_owned},
  };
  return kind;
}

}  // namespace fieldsync::kinds
