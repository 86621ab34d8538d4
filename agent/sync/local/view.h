#pragma once

#include "platform/kinds/kind.h"
#include "storage/mirror_store.h"
#include "storage/work_store.h"

/// What people see: the mirror with their own intents laid over it.
namespace fieldsync::sync {

/// Where a record stands for a person. One word per item in every list.
enum class ViewState {
  synced,   ///< as the service has it
  queued,   ///< has captures or edits that are on their way
  held,     ///< something of it needs a person
  missing,  ///< the last look did not find it
  gone,     ///< no longer at the service
};
std::string_view name(ViewState state);

struct ViewRecord {
  base::RecordId id;
  base::RemoteName remote;
  base::ProjectId project;
  base::KindId kind;
  base::ServiceId service_id;  ///< empty while it exists only here
  ViewState state = ViewState::synced;
  storage::Presence presence = storage::Presence::present;  ///< in the mirror
  base::Document fields;
  std::vector<storage::MirrorFile> files;
  std::vector<storage::Intent> pending;  ///< open intents, oldest first
};

class View {
 public:
  View(storage::WorkStore& work, storage::MirrorStore& mirror) : work_(work), mirror_(mirror) {}

  /// not_found names the id and how ids look.
  base::Result<ViewRecord> record(const base::RecordId& item);
  struct Listed {
    std::vector<ViewRecord> records;
    enum class End { complete, truncated } end = End::complete;
  };
  /// Records of one kind in the project (or all followed ones), captures of this machine first.
  base::Result<Listed> list(const base::KindId& kind, const std::optional<base::ProjectId>& project,
                            int limit);

 private:
  base::Result<ViewRecord> overlaid(std::optional<storage::MirrorRecord> seen,
                                    const base::RecordId& item,
                                    std::vector<storage::Intent> intents);
  base::Result<std::optional<storage::MirrorRecord>> find_in_mirror(const base::KindId& kind,
                                                                    const base::ServiceId& id);
  storage::WorkStore& work_;
  storage::MirrorStore& mirror_;
};

/// The fields of a record after `intent` will have been delivered. Pure.
void lay_over(base::Document& fields, const storage::Intent& intent);

}  // namespace fieldsync::sync
