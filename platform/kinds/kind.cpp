#include "platform/kinds/kind.h"

#include <algorithm>

#include "platform/kinds/descriptors.h"

namespace fieldsync::kinds {

const FieldDescriptor* KindDescriptor::field(std::string_view name) const {
  const auto at = std::find_if(fields.begin(), fields.end(),
                               [&](const FieldDescriptor& each) { return each.name == name; });
  return at == fields.end() ? nullptr : &*at;
}

const std::vector<KindDescriptor>& all_kinds() {
  static const std::vector<KindDescriptor> kKinds = {rfi_kind(),
                                                     drawing_kind(),
                                                     drawing_area_kind(),
                                                     drawing_set_kind(),
                                                     drawing_discipline_kind(),
                                                     photo_kind(),
                                                     album_kind(),
                                                     note_kind()};
  return kKinds;
}

const KindDescriptor* find_kind(std::string_view id) {
  const auto& kinds = all_kinds();
  const auto at = std::find_if(kinds.begin(), kinds.end(),
                               [&](const KindDescriptor& each) { return each.id == id; });
  return at == kinds.end() ? nullptr : &*at;
}

const std::vector<std::string_view>& all_tools() {
  static const std::vector<std::string_view> kTools = {"drawings", "photos", "rfis", "notes"};
  return kTools;
}

}  // namespace fieldsync::kinds
