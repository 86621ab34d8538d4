#include "agent/sync/upload/upload_run.h"

namespace fieldsync::sync {

const storage::Attachment& UploadRun::attachment() const {
  return intent.attachments[static_cast<std::size_t>(upload.position)];
}

net::UploadSpec UploadRun::spec() const {
  net::UploadSpec spec;
  spec.project = intent.project;
  spec.name = attachment().name;
  spec.content_type = attachment().content_type;
  spec.size = upload.size;
  spec.style = upload.style == storage::UploadStyleStored::plain ? net::UploadStyle::plain
                                                                 : net::UploadStyle::segmented;
  for (const storage::UploadPart& part : upload.parts) {
    spec.parts.push_back({part.offset, part.size, part.digest});
  }
  return spec;
}

}  // namespace fieldsync::sync
