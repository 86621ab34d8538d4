#include "net/adapters/procore_mapping.h"

#include "platform/base/check.h"

namespace fieldsync::net::procore {

int KindMapping::page_size(const Site& site, Sweep sweep) const {
  return sweep == Sweep::ids ? site.options().ids_per_page : site.options().records_per_page;
}

// The agent asks can_push first; these are reached by a bug only.
HttpRequest KindMapping::push(const Site&, const PushOp&) const {
  FS_CHECK(false);
  return {};
}

std::vector<std::string> KindMapping::missing(const Site&, const PushOp&,
                                              const RemoteRecord&) const {
  return {};
}

HttpRequest KindMapping::look_up(const Site&, const LookUp&) const {
  FS_CHECK(false);
  return {};
}

base::Result<RemoteRecord> KindMapping::read_candidate(const LookUp&,
                                                       const base::Value& record) const {
  return read(record, Extent::full);
}

bool KindMapping::could_be(const LookUp&, const RemoteRecord&) const { return false; }

const std::vector<const KindMapping*>& all_mappings() {
  static const std::vector<const KindMapping*> kMappings = {
      &drawing_area_mapping(), &drawing_discipline_mapping(),
      &drawing_set_mapping(),  &drawing_mapping(),
      &album_mapping(),        &photo_mapping(),
      &rfi_mapping(),          &note_mapping()};
  return kMappings;
}

const KindMapping* find_mapping(const KindId& kind) {
  for (const KindMapping* mapping : all_mappings()) {
    if (mapping->kind() == kind.raw()) return mapping;
  }
  return nullptr;
}

}  // namespace fieldsync::net::procore
