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

TEST_CASE("a storm over try loses nothing, doubles nothing, and is told and counted") {
  Site site;
  const std::size_t before = try_folders();
  const Said said = site.program({"--json", "try", "--storm", "7", "--seconds", "7"});
  CAPTURE(said.out);
  CHECK(said.exit_code == 0);
  CHECK(said.out.find("the storm begins") != std::string::npos);
  CHECK(said.out.find("the storm is over") != std::string::npos);
  const auto score =
      base::parse_json(said.out.substr(std::min(said.out.find("\n{\n"), said.out.size())));
  REQUIRE(score.ok());
  REQUIRE(score->as_document());
  CHECK(score->as_document()->integer("made") >= 6);
  CHECK(score->as_document()->integer("once") == score->as_document()->integer("made"));
  CHECK_FALSE(part(*score->as_document(), "storm").empty());
  CHECK(try_folders() == before);
}

TEST_CASE("a storm with a length that cannot be is a usage error") {
  Site site;
  CHECK(site.program({"try", "--storm", "7", "--seconds", "0"}).exit_code == 2);
  CHECK(site.program({"try", "--seconds", "10"}).exit_code == 2);
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
