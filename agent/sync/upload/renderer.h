#pragma once

#include "agent/sync/remote/context.h"
#include "agent/sync/upload/picture_rules.h"

namespace fieldsync::sync {

/// Makes the small picture of a photo that is due, off the loop thread, and records in one
/// transaction what goes out: a preview as a photo of its own beside the original, or the small
/// picture in its place (picture_rules.h). What cannot be made smaller (damaged, no JPEG, not worth
/// it) goes out whole. Loop thread only.
class Renderer {
 public:
  Renderer(Context& context, const PictureRules& rules)
      : context_(context), rules_(rules), random_(context.host.random.fork()) {}

  void render(base::IntentId id, StepDone done);

 private:
  struct Small {
    storage::BlobStore::Added blob;
    int from_width = 0, from_height = 0;
    int longest_side = 0;
  };
  base::Result<> rendered(base::IntentId id, const base::Result<Small>& small);
  base::Result<> goes_whole(storage::Intent intent, const std::string& why);
  base::Result<> goes_after_preview(storage::Intent intent, const Small& small);
  base::Result<> goes_reduced(storage::Intent intent, const Small& small);

  Context& context_;
  const PictureRules rules_;
  platform::Random random_;
};

}  // namespace fieldsync::sync
