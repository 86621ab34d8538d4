#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/try/score.h"
#include "agent/try/storm_plan.h"
#include "agent/try/teller.h"
#include "agent/try/workplace.h"

namespace fieldsync::trial {

/// A file of the person's, or one made up.
struct OwnFile {
  Path path;
  ByteCount size = 0;
  std::string sha256;
};
/// The ordinary files of a folder, by name, with their digests; the first tuning::kFilesMax.
Result<std::vector<OwnFile>> files_in(platform::FileSystem& files, const Path& folder);
Result<OwnFile> file_at(platform::FileSystem& files, const Path& path);

struct ScenarioOptions {
  std::vector<OwnFile> photos;    ///< none: some are made up
  std::vector<OwnFile> drawings;  ///< put into the service as drawings
  std::uint64_t seed = 1;
};

/// The main job, phase by phase: mirror, lose the link, work, lose power, lose answers, deliver.
class Scenario {
 public:
  Scenario(Workplace& place, Teller& teller, const ScenarioOptions& options)
      : place_(place), teller_(teller), options_(options) {}

  /// Every phase in order; a Failure when one of them could not be played. What was acknowledged
  /// until then stands in `score`.
  Result<> play();
  /// Instead of `play`: the same work while the storm goes over it; then all is mended, and waited
  /// for until everything is delivered.
  Result<> play(const std::vector<StormEvent>& storm);
  /// Read from the sandbox, not from the agent.
  Result<Score> score();

 private:
  struct Drawing {
    OwnFile file;
    std::int64_t revision = 0;
  };

  // scenario.cpp
  Result<> make_photos();
  Result<> publish_drawings();
  Result<> mirror();
  Result<> lose_power_in_mid_upload();
  Result<> lose_answers();
  Result<> deliver();
  // scenario_people.cpp
  Result<> choose_rfis();
  Result<> capture_offline();
  Result<> capture_rfi();
  Result<> capture_reply();
  Result<> capture_edit();
  Result<> capture_photo(const OwnFile& photo, int number);
  Result<> capture_photos();
  Result<> capture_note(const std::string& text);
  Result<> work_in_the_office();
  Result<> look_for_office_edits();
  Result<> look_for_drawings();
  Result<bool> sees_all();
  // scenario_storm.cpp
  Result<> wait_for(const StormEvent& event, Millis began);
  Result<> happen(const StormEvent& event);
  Result<> trouble(const StormEvent& event);
  Result<> add_fault(const Document& rule);
  Result<> heal();

  Workplace& place_;
  Teller& teller_;
  const ScenarioOptions options_;
  std::vector<OwnFile> photos_;
  OwnFile panorama_;  ///< of several parts; goes with the RFI
  std::vector<Drawing> drawings_;
  Document edited_rfi_, answered_rfi_;  ///< as the agent shows them
  std::vector<Capture> captures_;
  std::vector<OfficeEdit> edits_;
  std::vector<std::string> faults_;
  std::int64_t refused_ = 0;
  std::int64_t photos_taken_ = 0;  ///< in a storm
  Document storm_;                 ///< see Score::storm
  enum class Power { off, on } power_ = Power::off;
};

/// The document in the field; an empty one when there is none.
const Document& part(const Document& of, std::string_view name);
/// The rows of `list KIND --json`.
Result<std::vector<Document>> view_of(Workplace& place, const std::string& kind);

}  // namespace fieldsync::trial
