#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/try/sandbox_control.h"

namespace fieldsync::trial {

/// One capture that was acknowledged, and what it must have become at the service.
struct Capture {
  enum class What { note, rfi, reply, edit, photo };
  What what = What::note;
  std::string item;  ///< its id on this machine
  /// Unlike any other: the note's text, the RFI's subject, the reply's, the photo's description,
  /// the edited field's new value.
  std::string text;
  std::string field;        ///< of an edit
  std::int64_t record = 0;  ///< of an edit: the record's id at the service
  std::vector<std::string> sha256;
  ByteCount bytes = 0;
};

/// What the office did to the project meanwhile.
struct OfficeEdit {
  std::string what;  ///< for people
  std::string kind;  ///< as the sandbox's /records names it
  std::int64_t record = 0;
  std::string field;  ///< the field and the value it must still have there; empty: it must be there
  std::string value;
  enum class View { not_seen, seen } in_view = View::not_seen;  ///< of the agent
};

/// The sandbox's own records: what really arrived, whatever the agent believes.
struct Truth {
  base::List notes, rfis, replies, photos, revisions;
  base::List ledger;
  base::List requests;  ///< newest first
  Document calls;
};
Result<Truth> read_truth(SandboxControl& sandbox);

struct Score {
  std::int64_t made = 0, once = 0, doubled = 0, lost = 0;
  std::int64_t refused = 0;  ///< at capture, with the reason told: not among `made`
  std::int64_t files = 0, files_equal = 0;
  ByteCount bytes_captured = 0;  ///< of all files
  ByteCount bytes_received = 0;  ///< by the storage, cut transfers included
  std::int64_t answers_lost = 0;
  std::int64_t api_calls = 0, login_calls = 0, storage_calls = 0;
  std::int64_t office_edits = 0, merged = 0;
  std::int64_t drawings = 0, drawings_equal = 0;  ///< the person's own, mirrored
  /// How often each trouble of a storm came, by its name; empty: there was no storm.
  Document storm;
  /// What is lost, doubled or different, one line each.
  std::vector<std::string> faults;

  bool is_perfect() const { return faults.empty(); }
  ByteCount bytes_again() const;
};

/// Pure: the truth against what was acknowledged.
Score count_score(const Truth& truth, const std::vector<Capture>& captures,
                  const std::vector<OfficeEdit>& edits);

/// The score in lines for people.
std::vector<std::string> lines_of(const Score& score);
Document to_document(const Score& score);

}  // namespace fieldsync::trial
