#include "agent/api/content_type.h"
#include "agent/api/tuning.h"
#include "agent/cli/capture_file.h"
#include "agent/cli/tuning.h"
#include "tests/fuzz/target.h"

/// Files that people hand in. Input: a line with the name, then the bytes.
namespace fieldsync::fuzz {
namespace {

class BytesFile : public platform::File {
 public:
  explicit BytesFile(std::string_view bytes) : bytes_(bytes) {}
  base::Result<std::string> read_at(base::ByteCount offset, base::ByteCount size) override {
    ++reads;
    expect(offset >= 0 && size >= 0 && size <= 64, "reads are small and in order");
    const auto at = std::min(static_cast<std::size_t>(offset), bytes_.size());
    return std::string(bytes_.substr(at, static_cast<std::size_t>(size)));
  }
  base::Result<> append(std::string_view) override { return readonly(); }
  base::Result<> sync() override { return readonly(); }
  base::Result<base::ByteCount> size() override {
    return static_cast<base::ByteCount>(bytes_.size());
  }

  int reads = 0;

 private:
  base::Failure readonly() const { return {base::Cause::disk_error, "read only"}; }
  std::string_view bytes_;
};

}  // namespace

void fuzz_one(std::string_view input) {
  const std::string_view name = input.substr(0, input.find('\n'));
  const std::string_view bytes = input.substr(std::min(name.size() + 1, input.size()));
  const auto head = bytes.substr(0, static_cast<std::size_t>(api::tuning::kHeadBytes));
  const api::ContentType type = api::content_type_of(head, base::safe_file_name(name));
  expect(type.mime.find('/') != std::string_view::npos, "a type has two halves", type.mime);
  expect(
      type.listed_for_photos == api::ContentType::Listed::no || type.media == api::Media::picture,
      "only pictures are listed for photos", type.mime);

  BytesFile file(bytes);
  const auto sound = cli::check_jpeg(file, static_cast<base::ByteCount>(bytes.size()), "a.jpg");
  expect(file.reads <= cli::tuning::kJpegSegmentsMax, "looking at a picture ends");
  if (sound.ok()) return;
  expect(sound.failure().cause == base::Cause::file_unreadable, "a damaged picture is unreadable");
  expect_clear(sound.failure());
}

}  // namespace fieldsync::fuzz
