#include "agent/sync/context.h"

#include "agent/sync/retry.h"
#include "agent/sync/wanted.h"

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

MirrorOwner owner_of(const Remote& remote) { return {remote.name, remote.me, remote.pins}; }

storage::MirrorRecord to_mirror(const MirrorOwner& owner, const base::ProjectId& project,
                                const net::RemoteRecord& record, base::WallTime now) {
  storage::MirrorRecord row;
  row.key = {owner.remote, project, record.kind, record.id};
  const auto pin = owner.pins.count(row.key) != 0 ? storage::Pin::pinned : storage::Pin::none;
  row.fields = record.fields;
  row.updated_at = record.updated_at;
  row.observed_at = now;
  row.extent = record.extent == net::Extent::full ? storage::MirrorRecord::Extent::full
                                                  : storage::MirrorRecord::Extent::summary_only;
  for (const net::RemoteFile& file : record.files) {
    const auto want = want_of(record.kind, record.fields, file.slot, owner.me);
    row.files.push_back(
        {file.slot, file.name, file.url, file.size, std::nullopt, want_with(want, pin), pin});
  }
  return row;
}

}  // namespace fieldsync::sync
