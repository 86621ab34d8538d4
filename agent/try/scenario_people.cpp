#include <algorithm>

#include "agent/try/scenario.h"
#include "agent/try/tuning.h"
#include "platform/base/digest.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"
#include "storage/blob_store.h"

// What people do in the scenario: on site through the command line, in the office at the service.

namespace fieldsync::trial {
namespace {

using platform::join;

std::string id_in(const Said& said) { return said.document().text("id"); }

std::string named(const std::string& what, int number, const std::string& text) {
  return what + " " + std::to_string(number) + ": " + text;
}

const Document* find_by_service_id(const std::vector<Document>& rows, std::int64_t id) {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const Document& row) {
    return row.text("service_id") == std::to_string(id);
  });
  return at != rows.end() ? &*at : nullptr;
}

/// The digest of the row's PDF when its bytes are on this machine.
std::string pdf_of(const Document& row) {
  const Value* files = row.find("files");
  if (!files || !files->as_list()) return {};
  for (const Value& file : *files->as_list()) {
    if (file.as_document() && file.as_document()->text("slot") == "pdf") {
      return file.as_document()->text("sha256");
    }
  }
  return {};
}

std::string plain(const Document& row, std::string_view field) {
  const Value* value = row.find(field);
  return value ? base::plain_text(*value) : std::string();
}

}  // namespace

Result<std::vector<Document>> view_of(Workplace& place, const std::string& kind) {
  TRY_ASSIGN(const Said said, place.must({"list", kind, "--limit", "100000"}));
  const Value* records = said.document().find("records");
  const base::List& list = records && records->as_list() ? *records->as_list() : said.list();
  std::vector<Document> rows;
  for (const Value& row : list) {
    if (row.as_document()) rows.push_back(*row.as_document());
  }
  return rows;
}

Result<> Scenario::choose_rfis() {
  TRY_ASSIGN(const auto rows, view_of(place_, "rfi"));
  std::vector<const Document*> open;
  for (const Document& row : rows) {
    if (row.text("status") == "open" && !plain(row, "assignees").empty()) open.push_back(&row);
  }
  if (open.size() < 2) {
    return Failure{base::Cause::not_found, "the project has fewer than two open RFIs"};
  }
  edited_rfi_ = *open[0];
  answered_rfi_ = *open[1];
  return {};
}

Result<> Scenario::capture_note(const std::string& text) {
  const std::string marked = named("Note", static_cast<int>(captures_.size()) + 1, text);
  TRY_ASSIGN(const Said said, place_.must({"add", "note", marked}));
  captures_.push_back({Capture::What::note, id_in(said), marked, {}, 0, {}, 0});
  return {};
}

Result<> Scenario::capture_rfi() {
  const std::string subject = "Try: beam 4 clashes with duct";
  std::vector<std::string> words = {"add",        "rfi",
                                    "--subject",  subject,
                                    "--question", "The duct runs through beam 4. Which one moves?",
                                    "--attach",   panorama_.path};
  const Value* assignees = edited_rfi_.find("assignees");
  for (const Value& one : *assignees->as_list()) {
    words.insert(words.end(), {"--assignee", base::plain_text(one)});
  }
  if (const std::string manager = plain(edited_rfi_, "rfi_manager"); !manager.empty()) {
    words.insert(words.end(), {"--manager", manager});
  }
  TRY_ASSIGN(const Said said, place_.must(words));
  captures_.push_back(
      {Capture::What::rfi, id_in(said), subject, {}, 0, {panorama_.sha256}, panorama_.size});
  return {};
}

Result<> Scenario::capture_reply() {
  const std::string answer = "Try: built as drawn, see the photo.";
  TRY_ASSIGN(const Said replied, place_.must({"reply", answered_rfi_.text("id"), answer}));
  captures_.push_back({Capture::What::reply, id_in(replied), answer, {}, 0, {}, 0});
  return {};
}

Result<> Scenario::capture_edit() {
  const std::string subject = "Try: slab edge at grid C, checked on site";
  const std::string item = edited_rfi_.text("id");
  TRY(place_.must({"edit", item, "subject=" + subject}));
  captures_.push_back({Capture::What::edit,
                       item,
                       subject,
                       "subject",
                       std::atoll(edited_rfi_.text("service_id").c_str()),
                       {},
                       0});
  return {};
}

Result<> Scenario::capture_photo(const OwnFile& photo, int number) {
  const std::string name = base::printable(platform::file_name_of(photo.path));
  const std::string description = named("Try photo", number, name);
  const Said said = place_.command({"add", "photo", photo.path, "--description", description});
  const Document* entry = said.list().size() == 1 ? said.list().front().as_document() : nullptr;
  if (said.exit_code == 0 && entry && !entry->text("id").empty()) {
    captures_.push_back(
        {Capture::What::photo, entry->text("id"), description, {}, 0, {photo.sha256}, photo.size});
    return {};
  }
  // Refused while the person still stands beside the thing: no loss, when the reason is told.
  ++refused_;
  const std::string reason(base::trimmed(said.err));
  teller_.say("refused at capture: " + (reason.empty() ? name : reason));
  if (reason.empty()) faults_.push_back(name + " was refused without a reason");
  return {};
}

Result<> Scenario::capture_photos() {
  int number = 0;
  for (const OwnFile& photo : photos_) {
    TRY(capture_photo(photo, ++number));
    teller_.progress("captured " + base::printable(platform::file_name_of(photo.path)), number,
                     static_cast<std::int64_t>(photos_.size()));
  }
  return {};
}

Result<> Scenario::capture_offline() {
  TRY(choose_rfis());
  const auto before = captures_.size();
  for (int i = 0; i < tuning::kNotes; ++i) {
    TRY(capture_note(i == 1 ? "Größe geprüft & ok, 50% done <b>" : "Pour at grid C finished."));
  }
  TRY(capture_rfi());
  TRY(capture_reply());
  TRY(capture_edit());
  TRY(capture_photos());
  ByteCount bytes = 0;
  for (const Capture& capture : captures_) bytes += capture.bytes;
  teller_.say(std::to_string(captures_.size() - before) + " captures kept without a link, " +
              base::bytes_to_human(bytes) + " of photos");
  return {};
}

Result<> Scenario::work_in_the_office() {
  SandboxControl& sandbox = place_.sandbox();
  const std::int64_t rfi = std::atoll(edited_rfi_.text("service_id").c_str());
  const std::string reference = "Office: sheet S-301 revision 4";
  TRY(sandbox.office(
      {{"do", "edit_record"}, {"id", rfi}, {"fields", Document{{"reference", reference}}}}));
  edits_.push_back({"the office's reference of the RFI that was edited here", "rfi", rfi,
                    "reference", reference});
  TRY_ASSIGN(const std::int64_t note,
             sandbox.office({{"do", "new_note"}, {"comment", "Office: concrete moved to 14:00"}}));
  edits_.push_back(
      {"the office's note", "note", note, "comment", "Office: concrete moved to 14:00"});
  TRY_ASSIGN(const base::List drawings, sandbox.rows("/records?kind=drawing"));
  if (drawings.empty() || !drawings.front().as_document()) {
    return Failure{base::Cause::not_found, "the service has no drawing"};
  }
  TRY_ASSIGN(const std::int64_t revision,
             sandbox.office({{"do", "new_revision"},
                             {"drawing", drawings.front().as_document()->integer("id")}}));
  edits_.push_back({"the office's new revision of a drawing, with its PDF", "drawing_revision",
                    revision, "", ""});
  teller_.say(
      "the office edits meanwhile: another field of the same RFI, a note, a drawing "
      "revision");
  return {};
}

Result<bool> Scenario::sees_all() {
  TRY_ASSIGN(const auto rfis, view_of(place_, "rfi"));
  TRY_ASSIGN(const auto notes, view_of(place_, "note"));
  TRY_ASSIGN(const auto drawings, view_of(place_, "drawing"));
  TRY_ASSIGN(const base::List revisions, place_.sandbox().rows("/records?kind=drawing_revision"));
  bool all = true;
  for (OfficeEdit& edit : edits_) {
    const auto& rows = edit.kind == "rfi" ? rfis : edit.kind == "note" ? notes : drawings;
    const Document* row = find_by_service_id(rows, edit.record);
    bool seen = row && (edit.field.empty() || plain(*row, edit.field) == edit.value);
    if (seen && edit.kind == "drawing_revision") {
      seen = std::any_of(revisions.begin(), revisions.end(), [&](const Value& kept) {
        const Document* record = kept.as_document();
        return record && record->integer("id") == edit.record &&
               record->text("sha256") == pdf_of(*row);
      });
    }
    edit.in_view = seen ? OfficeEdit::View::seen : OfficeEdit::View::not_seen;
    all = all && seen;
  }
  return all;
}

Result<> Scenario::look_for_office_edits() {
  TRY(place_.must({"sync"}));
  const auto seen = place_.waiting().until("seeing the office's edits", tuning::kMirrorMax,
                                           [this] { return sees_all(); });
  if (!seen && place_.waiting().is_interrupted()) return seen;
  if (seen) teller_.say("the office's edits are here");
  return {};  // what is not seen is told by the score
}

Result<> Scenario::look_for_drawings() {
  if (drawings_.empty()) return {};
  TRY_ASSIGN(const auto rows, view_of(place_, "drawing"));
  storage::BlobStore mirrored(place_.files(), join(place_.state(), "files"),
                              storage::BlobStore::Sync::lazy);
  std::int64_t equal = 0;
  for (const Drawing& drawing : drawings_) {
    const Document* row = find_by_service_id(rows, drawing.revision);
    const auto digest = base::Digest::from_hex(row ? pdf_of(*row) : "");
    const auto file =
        digest ? file_at(place_.files(), mirrored.path_of(*digest)) : Result<OwnFile>(OwnFile{});
    if (file && file->sha256 == drawing.file.sha256) {
      ++equal;
      continue;
    }
    faults_.push_back("drawing " + base::printable(platform::file_name_of(drawing.file.path)) +
                      (digest ? " is different here" : " is not here"));
  }
  teller_.say(std::to_string(equal) + " of " + std::to_string(drawings_.size()) +
              " of your drawings are here, byte for byte");
  return {};
}

}  // namespace fieldsync::trial
