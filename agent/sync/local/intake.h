#pragma once

#include <string>
#include <vector>

#include "agent/sync/local/view.h"
#include "platform/host.h"
#include "storage/blob_store.h"

namespace fieldsync::sync {

/// Takes what people do: checks it, binds it to what they saw, and puts it into work.db. When a
/// function here returns success, the act is durable and may be acknowledged (promise P1). The
/// bytes of attachments are durable in `originals/` before. Loop thread only.
class Intake {
 public:
  Intake(platform::Host& host, storage::WorkStore& work, storage::BlobStore& originals, View& view)
      : host_(host), work_(work), originals_(originals), view_(view) {}

  struct Capture {
    base::KindId kind;
    base::RemoteName remote;
    base::ProjectId project;
    base::Document fields;  ///< text values are parsed by the fields' types
    std::vector<storage::Attachment> files;
    std::string author;
  };
  /// A new record; for photos one per file. Nothing is kept when one is refused.
  base::Result<std::vector<storage::Intent>> create(const Capture& capture);

  /// Changed fields of a record. Coalesced with an edit or create of it that has not left yet;
  /// fields that already have the value are left out. Nothing left: no intent.
  base::Result<std::optional<storage::Intent>> edit(const base::RecordId& item,
                                                    const base::Document& fields,
                                                    const std::string& author);
  base::Result<storage::Intent> reply(const base::RecordId& item, const std::string& body,
                                      std::vector<storage::Attachment> files,
                                      const std::string& author);
  base::Result<storage::Intent> attach(const base::RecordId& item,
                                       std::vector<storage::Attachment> files,
                                       const std::string& author);
  /// A create that never left and its removal cancel out; otherwise the removal is queued.
  base::Result<storage::Intent> remove(const base::RecordId& item, const std::string& author);

 private:
  storage::Intent blank(const base::KindId& kind, storage::Act act, const std::string& author);
  base::Result<storage::Intent> add_for(const ViewRecord& record, storage::Intent intent);
  base::Result<> check_files(const std::vector<storage::Attachment>& files) const;
  std::string random_id(int length);

  platform::Host& host_;
  storage::WorkStore& work_;
  storage::BlobStore& originals_;
  View& view_;
};

}  // namespace fieldsync::sync
