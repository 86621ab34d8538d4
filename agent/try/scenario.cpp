#include "agent/try/scenario.h"

#include "agent/try/picture.h"
#include "agent/try/tuning.h"
#include "platform/atomic_file.h"
#include "platform/base/digest.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"
#include "platform/random.h"

namespace fieldsync::trial {
namespace {

using platform::join;

bool is_true(const Document& of, std::string_view name) {
  const Value* value = of.find(name);
  return value && value->as_bool() && *value->as_bool();
}

/// Every tool of every project was read to its end, and nothing is under way.
bool is_mirrored(const Document& status) {
  const Value* projects = status.find("projects");
  if (!projects || !projects->as_list() || projects->as_list()->empty()) return false;
  for (const Value& project : *projects->as_list()) {
    const Value* tools = project.as_document() ? project.as_document()->find("tools") : nullptr;
    if (!tools || !tools->as_list()) return false;
    for (const Value& tool : *tools->as_list()) {
      if (!tool.as_document() || tool.as_document()->text("complete_as_of").empty()) return false;
    }
  }
  return !is_true(status, "busy");
}

std::int64_t records_in(const Document& status) {
  std::int64_t records = 0;
  const Value* projects = status.find("projects");
  if (!projects || !projects->as_list()) return 0;
  for (const Value& project : *projects->as_list()) {
    const Value* tools = project.as_document() ? project.as_document()->find("tools") : nullptr;
    if (!tools || !tools->as_list()) continue;
    for (const Value& tool : *tools->as_list()) {
      if (tool.as_document()) records += tool.as_document()->integer("records");
    }
  }
  return records;
}

Document lost_answer(const std::string& match) {
  return {{"match", match},
          {"regex", Value(true)},
          {"origin", "api"},
          {"action", "drop_after"},
          {"count", 1}};
}

}  // namespace

const Document& part(const Document& of, std::string_view name) {
  static const Document kNone;
  const Value* value = of.find(name);
  return value && value->as_document() ? *value->as_document() : kNone;
}

Result<OwnFile> file_at(platform::FileSystem& files, const Path& path) {
  constexpr ByteCount kPiece = 1 << 20;
  TRY_ASSIGN(const auto file, files.open_read(path));
  base::Hasher hasher;
  OwnFile own{path, 0, {}};
  while (true) {
    TRY_ASSIGN(const std::string piece, file->read_at(own.size, kPiece));
    if (piece.empty()) break;
    hasher.add(piece);
    own.size += static_cast<ByteCount>(piece.size());
  }
  own.sha256 = hasher.finish().hex();
  return own;
}

Result<std::vector<OwnFile>> files_in(platform::FileSystem& files, const Path& folder) {
  TRY_ASSIGN(const auto names, files.list(folder));
  std::vector<OwnFile> found;
  for (const std::string& name : names) {
    TRY_ASSIGN(const platform::FileInfo info, files.info(join(folder, name)));
    if (info.type != platform::FileType::file) continue;
    if (found.size() == tuning::kFilesMax) break;
    auto file = file_at(files, join(folder, name));
    // What cannot be read goes along all the same: the agent must say so when it is captured.
    found.push_back(file ? std::move(*file) : OwnFile{join(folder, name), info.size, {}});
  }
  if (found.empty()) {
    return Failure{base::Cause::bad_input, folder + ": there are no files in this folder"};
  }
  return found;
}

Result<> Scenario::make_photos() {
  platform::FileSystem& files = place_.files();
  const Path folder = join(place_.folder(), "camera");
  TRY(files.make_folder(folder));
  platform::Random random(options_.seed);
  const auto make = [&](const std::string& name, ByteCount size) -> Result<OwnFile> {
    const Path path = join(folder, name);
    TRY(platform::write_atomically(files, path, make_picture(size, random.next()),
                                   platform::FileSystem::Access::owner_only));
    return file_at(files, path);
  };
  TRY_ASSIGN(panorama_, make("Panorama 50% #1.jpg", tuning::kPanoramaBytes));
  photos_ = options_.photos;
  for (int i = 0; photos_.size() < tuning::kPhotos && options_.photos.empty(); ++i) {
    const ByteCount size = i == 0 ? tuning::kPhotoBytesMax
                                  : random.between(tuning::kPhotoBytesMin, tuning::kPhotoBytesMax);
    TRY_ASSIGN(OwnFile photo, make("IMG_" + std::to_string(2'000 + i) + ".jpg", size));
    photos_.push_back(std::move(photo));
  }
  return {};
}

Result<> Scenario::publish_drawings() {
  for (const OwnFile& pdf : options_.drawings) {
    const std::string title = base::printable(platform::file_name_of(pdf.path));
    if (pdf.size == 0 || pdf.size > tuning::kDrawingBytesMax) {
      teller_.say("left out: " + title + ": " + base::bytes_to_human(pdf.size));
      continue;
    }
    const std::string number = "OWN-" + std::to_string(drawings_.size() + 1);
    TRY_ASSIGN(const std::int64_t revision,
               place_.sandbox().publish_drawing(number, title, pdf.path, pdf.size));
    drawings_.push_back({pdf, revision});
  }
  if (!drawings_.empty()) {
    teller_.say(std::to_string(drawings_.size()) + " of your drawings are at the service");
  }
  return {};
}

Result<> Scenario::mirror() {
  TRY(place_.log_in());
  TRY(place_.follow());
  TRY(place_.start_agent());
  teller_.say("agent started (process " + std::to_string(place_.agent_pid()) +
              "); it mirrors project " + place_.project());
  std::int64_t records = 0;
  TRY(place_.waiting().until("mirroring the project", tuning::kMirrorMax, [&]() -> Result<bool> {
    TRY_ASSIGN(const Document status, place_.status());
    records = records_in(status);
    teller_.progress(std::to_string(records) + " records so far", 0, 0);
    return is_mirrored(status);
  }));
  teller_.say("mirrored: " + std::to_string(records) + " records, with the PDFs of all drawings");
  return look_for_drawings();
}

Result<> Scenario::lose_power_in_mid_upload() {
  // From here it takes the way of a site: the link comes back for a moment, then power goes.
  TRY(place_.sandbox().set_link(SandboxControl::Link::up));
  TRY(place_.must({"sync"}));
  teller_.say("link back; small things go first, then the large photo");
  std::int64_t done = 0;
  std::int64_t total = 0;
  TRY(place_.waiting().until("an upload under way", tuning::kUploadMax, [&]() -> Result<bool> {
    TRY_ASSIGN(const Document status, place_.status());
    const Document& progress = part(status, "progress");
    done = progress.integer("bytes_done");
    total = progress.integer("bytes_total");
    teller_.progress("uploading", done, total);
    // In the second of the panorama's three parts.
    return total == tuning::kPanoramaBytes && done > total * 55 / 100 && done < total * 80 / 100;
  }));
  place_.kill_agent();
  TRY(place_.sandbox().set_link(SandboxControl::Link::down));
  teller_.say("power cut: agent killed (SIGKILL) at " + base::bytes_to_human(done) + " of " +
              base::bytes_to_human(total) + ", link gone again");
  return {};
}

Result<> Scenario::lose_answers() {
  TRY(place_.start_agent());
  teller_.say("agent started again (process " + std::to_string(place_.agent_pid()) + ")");
  TRY(capture_note("Power is back, crane 2 stands still."));
  TRY(place_.sandbox().post("/faults", lost_answer("^POST /rest/v1[.]0/projects/[0-9]+/rfis")));
  TRY(place_.sandbox().post("/faults", lost_answer("^POST /rest/v1[.]0/images")));
  TRY(place_.sandbox().set_link(SandboxControl::Link::up));
  TRY(place_.must({"sync"}));
  teller_.say(
      "link back for good; the answers to two creates (RFI, photo) will be lost on the way");
  return {};
}

Result<> Scenario::deliver() {
  ByteCount bytes = 0;
  for (const Capture& capture : captures_) bytes += capture.bytes;
  const Millis limit = tuning::kDrainMax + Millis(2'000 * (bytes / tuning::kSendRate));
  std::int64_t held = 0;
  TRY(place_.waiting().until("delivering everything", limit, [&]() -> Result<bool> {
    TRY_ASSIGN(const Document status, place_.status());
    const Document& queue = part(status, "queue");
    const Document& progress = part(status, "progress");
    held = queue.integer("held");
    const std::int64_t open = queue.integer("open");
    teller_.progress(std::to_string(open) + " to deliver", progress.integer("bytes_done"),
                     progress.integer("bytes_total"));
    return open == held && !is_true(status, "busy");
  }));
  if (held > 0) faults_.push_back(std::to_string(held) + " captures wait for a person");
  teller_.say(held > 0 ? "delivered, but for " + std::to_string(held) : "everything is delivered");
  return {};
}

Result<> Scenario::play() {
  TRY(make_photos());
  TRY(publish_drawings());
  TRY(mirror());
  TRY(place_.sandbox().set_link(SandboxControl::Link::down));
  teller_.say("link cut");
  TRY(capture_offline());
  TRY(work_in_the_office());
  TRY(lose_power_in_mid_upload());
  TRY(lose_answers());
  TRY(deliver());
  return look_for_office_edits();
}

Result<Score> Scenario::score() {
  TRY_ASSIGN(const Truth truth, read_truth(place_.sandbox()));
  Score score = count_score(truth, captures_, edits_);
  score.refused = refused_;
  score.storm = storm_;
  score.drawings = static_cast<std::int64_t>(drawings_.size());
  score.drawings_equal = score.drawings;
  for (const std::string& fault : faults_) {
    if (fault.starts_with("drawing ")) --score.drawings_equal;
    score.faults.push_back(fault);
  }
  return score;
}

}  // namespace fieldsync::trial
