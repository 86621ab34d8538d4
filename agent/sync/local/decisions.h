#pragma once

#include <string>
#include <vector>

#include "agent/sync/local/view.h"
#include "platform/host.h"
#include "storage/blob_store.h"

namespace fieldsync::sync {

/// What people decide about acts that are held, and take back. Each decision is durable when its
/// function returns, and is kept with what it takes to undo it until it is sent. Nothing is dropped
/// but by one. Loop thread only.
class Decisions {
 public:
  Decisions(platform::Host& host, storage::WorkStore& work, storage::MirrorStore& mirror,
            storage::BlobStore& originals, View& view)
      : host_(host), work_(work), mirror_(mirror), originals_(originals), view_(view) {}

  /// Of a field that both sides changed: one of the two values, or `value` as text.
  enum class Side { ours, theirs, value };
  base::Result<storage::Resolution> choose(const storage::Intent& conflict, Side side,
                                           const std::string& value, const std::string& author);

  /// Of a record deleted there with work meant for it here. restore: the service takes it out of
  /// its recycle bin, then the work goes on. send_as_new: the record as the person sees it becomes
  /// a new one, replies and files with it. let_go: the work is cancelled and stays in the history.
  enum class ForGone { restore, send_as_new, let_go };
  struct Decided {
    storage::Resolution resolution;
    base::RecordId item;                   ///< where the work is now
    std::vector<std::string> left_behind;  ///< files of the old record that are not on this machine
  };
  /// not_found when no work of the item is held for that; in_doubt while some of it is on its way.
  base::Result<Decided> about_gone(const base::RecordId& item, ForGone take,
                                   const std::string& author);

  /// Takes the latest decision about the item back: what it was about stands as before.
  /// `about`, if given, must be one of its acts. refused_by_service once it was sent; bad_input
  /// when what it left was changed since.
  base::Result<storage::Resolution> undo(const base::RecordId& item,
                                         std::optional<base::IntentId> about);

 private:
  base::Result<Decided> restore(const ViewRecord& record, std::vector<storage::Intent> acts,
                                storage::Resolution resolution);
  base::Result<Decided> send_as_new(const ViewRecord& record, std::vector<storage::Intent> acts,
                                    storage::Resolution resolution);
  base::Result<storage::Intent> new_record(const ViewRecord& record, const std::string& author);
  base::Result<std::vector<storage::Attachment>> files_here(const base::RecordId& item);
  base::Result<> check_undoable(const storage::Resolution& resolution,
                                std::vector<storage::Intent>& rows);
  storage::Intent blank(const ViewRecord& record, storage::Act act, const std::string& author);
  storage::Resolution begin(const base::RecordId& item, std::string_view take,
                            const std::string& author) const;

  platform::Host& host_;
  storage::WorkStore& work_;
  storage::MirrorStore& mirror_;
  storage::BlobStore& originals_;
  View& view_;
};

/// Whether the intent is work for a record that is gone, and waits for a person.
bool is_held_as_gone(const storage::Intent& intent);

}  // namespace fieldsync::sync
