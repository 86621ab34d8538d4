#include "agent/sync/remote/context.h"

#include "agent/sync/link/retry.h"

namespace fieldsync::sync {

using base::RecordId;
using base::Result;
using base::ServiceId;

namespace {
/// Ids of captures carry this mark behind the dash; service ids never begin with it and a letter
/// (Procore's are digits).
constexpr char kCapturedMark = 'n';
}  // namespace

RecordId mirrored_id(const base::KindId& kind, const ServiceId& id) {
  return RecordId(kind.raw() + "-" + id.raw());
}

std::optional<ServiceId> service_id_in(const RecordId& item) {
  const std::size_t dash = item.raw().find('-');
  if (dash == std::string::npos || dash + 1 >= item.raw().size()) return std::nullopt;
  if (item.raw()[dash + 1] == kCapturedMark) return std::nullopt;
  return ServiceId(item.raw().substr(dash + 1));
}

Result<RecordId> local_id(storage::WorkStore& work, const storage::RecordKey& key) {
  TRY_ASSIGN(const auto bound, work.bound_item(key.kind, key.project, key.id));
  return bound ? *bound : mirrored_id(key.kind, key.id);
}

Result<std::optional<ServiceId>> service_id(storage::WorkStore& work, const RecordId& item) {
  if (auto id = service_id_in(item)) return id;
  return work.bound_id(item);
}

bool waits_for_link(const Remote& remote, const base::Failure& failure) {
  return verdict_on(failure.cause) == Verdict::link && remote.link.state() == LinkState::shut;
}

}  // namespace fieldsync::sync
