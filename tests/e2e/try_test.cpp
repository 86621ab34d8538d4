#include <filesystem>

#include "agent/try/picture.h"
#include "platform/base/json.h"
#include "tests/support/site.h"

namespace fieldsync::tests {
namespace {

/// The names in the folder where `try` works.
std::size_t try_folders() {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::temp_directory_path())) {
    count += entry.path().filename().string().starts_with("fieldsync-try-");
  }
  return count;
}

}  // namespace

TEST_CASE("try delivers everything once, mirrors a person's drawings, and leaves nothing behind") {
  Site site;
  const std::string pdfs = site / "pdfs";
  std::filesystem::create_directory(pdfs);
  put_content(pdfs + "/A-101 Größe.pdf", "%PDF-1.4\n" + std::string(30'000, 'x') + "\n%%EOF\n");
  put_content(pdfs + "/empty.pdf", "");
  const std::size_t before = try_folders();
  const Said said = site.program({"try", "--drawings", pdfs});
  CAPTURE(said.out);
  CHECK(said.exit_code == 0);
  CHECK(said.out.find("Nothing lost, nothing doubled, nothing different.") != std::string::npos);
  CHECK(said.out.find("1 of 1 of your drawings are here") != std::string::npos);
  CHECK(said.out.find("left out: empty.pdf") != std::string::npos);
  CHECK(try_folders() == before);
}

TEST_CASE("try with a folder that is not there says so and leaves nothing behind") {
  Site site;
  const std::size_t before = try_folders();
  const Said said = site.program({"try", "--photos", site / "nowhere"});
  CHECK(said.exit_code != 0);
  CHECK(said.out.find("nowhere") != std::string::npos);
  CHECK(try_folders() == before);
}

TEST_CASE("a made-up picture has exactly the size asked for and passes the checks of capture") {
  Site site;
  site.log_in_and_follow();
  for (const ByteCount size : {70'000, 65'536 + 131'074, 1'000'003, 6'500'000}) {
    CHECK(static_cast<ByteCount>(trial::make_picture(size, 7).size()) == size);
    site.add_photo(site.picture("size.jpg", size, 7), "size");
  }
}

}  // namespace fieldsync::tests
