#include "agent/sync/upload/renderer.h"

#include "agent/sync/remote/tuning.h"
#include "agent/sync/upload/tuning.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"
#include "platform/image/reduce_jpeg.h"

namespace fieldsync::sync {

using base::Cause;
using base::Failure;
using base::RecordId;
using base::Result;
using storage::Attachment;
using storage::Intent;
using storage::Picture;

namespace {

constexpr std::string_view kDescription = "description";

/// "IMG_0412.jpg" -> "IMG_0412 (preview).jpg"
std::string preview_name(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  const bool has_ending = dot != std::string::npos && dot > 0;
  const std::string stem = has_ending ? name.substr(0, dot) : name;
  return base::safe_file_name(stem + " (preview).jpg");
}

/// What the record says of its bytes stands behind what the person said of the picture.
void describe(Intent& intent, const std::string& what) {
  const std::string said = intent.fields.text(kDescription);
  intent.fields.set(std::string(kDescription), (said.empty() ? "" : said + " ") + "[" + what + "]");
}

std::string size_text(int width, int height) {
  return std::to_string(width) + " x " + std::to_string(height);
}

}  // namespace

void Renderer::render(base::IntentId id, StepDone done) {
  auto loaded = context_.work.intent(id);
  if (!loaded) return done(loaded.failure());
  if (!*loaded) return done(base::Done{});
  FS_CHECK((*loaded)->attachments.size() == 1);
  const Attachment& photo = (*loaded)->attachments.front();
  auto small = std::make_shared<Result<Small>>(Small{});
  context_.host.workers.run(
      [this, small, side = rules_.longest_side, name = photo.name,
       path = context_.originals.path_of(photo.blob)] {
        *small = [&]() -> Result<Small> {
          TRY_ASSIGN(const auto file, context_.host.files.open_read(path));
          TRY_ASSIGN(const auto made, image::reduce_jpeg(*file, side, name));
          TRY_ASSIGN(auto draft, context_.originals.begin());
          TRY(draft.write(made.jpeg));
          const base::ByteCount size = draft.size();
          TRY_ASSIGN(const base::Digest digest, draft.install());
          return Small{{digest, size}, made.from_width, made.from_height, side};
        }();
      },
      [this, id, small, done] { done(rendered(id, *small)); });
}

/// The person may have changed or taken back the photo meanwhile: what counts is the row.
Result<> Renderer::rendered(base::IntentId id, const Result<Small>& small) {
  TRY_ASSIGN(const auto row, context_.work.intent(id));
  const bool is_still_to_go = row && row->state == storage::IntentState::queued &&
                              row->picture == Picture::undecided && !row->sending_since;
  if (!is_still_to_go) return base::Done{};
  if (!small.ok()) return goes_whole(*row, small.failure().what);
  if (small->blob.size * tuning::kSmallPictureShare > row->attachments.front().size) {
    return goes_whole(*row, "a smaller picture would not be much smaller");
  }
  switch (rules_.policy_of(row->remote, row->project)) {
    case PicturePolicy::original:
      return goes_whole(*row, "");
    case PicturePolicy::proof_first:
      return goes_after_preview(*row, *small);
    case PicturePolicy::reduced:
      return goes_reduced(*row, *small);
  }
  FS_CHECK(false);
}

Result<> Renderer::goes_whole(Intent intent, const std::string& why) {
  context_.log.info("picture.goes_whole", {{"intent", intent.id.raw()}, {"why", why}});
  intent.picture = Picture::whole;
  intent.changed_at = context_.now();
  return context_.work.update(intent);
}

Result<> Renderer::goes_after_preview(Intent intent, const Small& small) {
  const Attachment photo = intent.attachments.front();
  Intent preview = intent;
  preview.item = RecordId("photo-n" + context_.host.random.base32(tuning::kIdLength));
  preview.token = context_.host.random.base32(tuning::kTokenLength);
  preview.picture = Picture::preview;
  preview.companion = intent.item;
  preview.attachments = {
      {small.blob.digest, small.blob.size, preview_name(photo.name), "image/jpeg"}};
  preview.fields.set("filename", preview.attachments.front().name);
  preview.changed_at = context_.now();
  describe(preview, "Preview of " + photo.name + " (" + intent.item.raw() + "); the original of " +
                        size_text(small.from_width, small.from_height) + " pixels follows");
  intent.picture = Picture::after_preview;
  intent.companion = preview.item;
  intent.cause = Cause::link_too_short;
  intent.evidence = "a small picture went ahead as " + preview.item.raw() + "; the original, " +
                    base::bytes_to_human(photo.size) + ", follows on a link of " +
                    base::bytes_to_human(rules_.good_rate) +
                    " a second that costs nothing. One that waits goes each hour all the same, and "
                    "`fieldsync retry " +
                    intent.item.raw() + "` sends it now";
  intent.changed_at = context_.now();
  describe(intent,
           "Original of " + preview.attachments.front().name + " (" + intent.item.raw() + ")");
  TRY(context_.work.split_off(intent, std::move(preview)));
  return base::Done{};
}

Result<> Renderer::goes_reduced(Intent intent, const Small& small) {
  const Attachment photo = intent.attachments.front();
  intent.picture = Picture::reduced;
  intent.kept = {photo};
  intent.attachments = {{small.blob.digest, small.blob.size, photo.name, "image/jpeg"}};
  intent.changed_at = context_.now();
  describe(intent, "Reduced to " + std::to_string(small.longest_side) +
                       " pixels; the original of " +
                       size_text(small.from_width, small.from_height) +
                       " pixels stays on the machine that took it in");
  return context_.work.update(intent);
}

}  // namespace fieldsync::sync
