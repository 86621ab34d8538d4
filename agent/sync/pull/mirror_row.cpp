#include "agent/sync/pull/mirror_row.h"

#include "agent/sync/pull/wanted.h"

namespace fieldsync::sync {

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
