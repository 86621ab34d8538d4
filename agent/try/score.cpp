#include "agent/try/score.h"

#include <algorithm>

#include "agent/try/tuning.h"
#include "platform/base/time_text.h"

namespace fieldsync::trial {
namespace {

const Document& fields_of(const Value& row) {
  static const Document kNone;
  const Value* fields = row.as_document() ? row.as_document()->find("fields") : nullptr;
  return fields && fields->as_document() ? *fields->as_document() : kNone;
}

std::int64_t id_of(const Value& row) {
  return row.as_document() ? row.as_document()->integer("id") : 0;
}

/// A field as the service keeps it, as text.
std::string kept(const Value& row, std::string_view field) {
  const Value* value = fields_of(row).find(field);
  return value ? base::plain_text(*value) : std::string();
}

const Value* find_record(const base::List& rows, std::int64_t id) {
  const auto at =
      std::find_if(rows.begin(), rows.end(), [&](const Value& row) { return id_of(row) == id; });
  return at != rows.end() ? &*at : nullptr;
}

std::string label(const Capture& capture) {
  switch (capture.what) {
    case Capture::What::note:
      return "note \"" + capture.text + "\"";
    case Capture::What::rfi:
      return "RFI \"" + capture.text + "\"";
    case Capture::What::reply:
      return "reply \"" + capture.text + "\"";
    case Capture::What::edit:
      return capture.field + " of RFI " + std::to_string(capture.record);
    case Capture::What::photo:
      return "photo \"" + capture.text + "\"";
  }
  FS_CHECK(false);
}

/// Where records of the kind are, and which field carries the capture's text.
std::pair<const base::List*, std::string_view> where(const Truth& truth, Capture::What what) {
  switch (what) {
    case Capture::What::note:
      return {&truth.notes, "comment"};
    case Capture::What::rfi:
    case Capture::What::edit:
      return {&truth.rfis, "subject"};
    case Capture::What::reply:
      return {&truth.replies, "body"};
    case Capture::What::photo:
      return {&truth.photos, "description"};
  }
  FS_CHECK(false);
}

/// How often an edit by others than the office took effect on the record with that value in place:
/// the office's own edits have no content in the ledger.
std::int64_t times_edited(const Truth& truth, std::int64_t record) {
  return std::count_if(truth.ledger.begin(), truth.ledger.end(), [&](const Value& row) {
    const Document* effect = row.as_document();
    return effect && effect->text("verb") == "update" && effect->integer("record") == record &&
           !effect->text("content").empty();
  });
}

std::vector<std::string> digests_of(const Value& row, Capture::What what) {
  std::vector<std::string> digests;
  const Document& record = *row.as_document();
  if (what == Capture::What::photo) return {record.text("sha256")};
  const Value* attachments = record.find("attachments");
  if (attachments && attachments->as_list()) {
    for (const Value& one : *attachments->as_list()) {
      if (one.as_document()) digests.push_back(one.as_document()->text("sha256"));
    }
  }
  std::sort(digests.begin(), digests.end());
  return digests;
}

void judge_files(const Capture& capture, const Value& record, Score& score) {
  if (capture.sha256.empty()) return;
  std::vector<std::string> wanted = capture.sha256;
  std::sort(wanted.begin(), wanted.end());
  const std::vector<std::string> there = digests_of(record, capture.what);
  std::vector<std::string> equal;
  std::set_intersection(wanted.begin(), wanted.end(), there.begin(), there.end(),
                        std::back_inserter(equal));
  score.files_equal += static_cast<std::int64_t>(equal.size());
  if (there != wanted) {
    score.faults.push_back("different: " + label(capture) + ": " + std::to_string(there.size()) +
                           " files arrived, " + std::to_string(equal.size()) + " of " +
                           std::to_string(wanted.size()) + " are equal");
  }
}

void judge(const Capture& capture, const Truth& truth, Score& score) {
  const auto [rows, field] = where(truth, capture.what);
  std::int64_t times = 0;
  const Value* last = nullptr;
  if (capture.what == Capture::What::edit) {
    last = find_record(*rows, capture.record);
    if (last && kept(*last, capture.field) == capture.text) {
      times = std::max<std::int64_t>(1, times_edited(truth, capture.record));
    }
  } else {
    for (const Value& row : *rows) {
      // The service keeps some texts as HTML, so there may be more around ours.
      if (kept(row, field).find(capture.text) == std::string::npos) continue;
      ++times;
      last = &row;
    }
  }
  score.files += static_cast<std::int64_t>(capture.sha256.size());
  score.bytes_captured += capture.bytes;
  if (times == 0) {
    ++score.lost;
    score.faults.push_back("lost: " + label(capture) + " (" + capture.item + ")");
    return;
  }
  if (times > 1) {
    ++score.doubled;
    score.faults.push_back("doubled: " + label(capture) + ", " + std::to_string(times) + " times");
  } else {
    ++score.once;
  }
  judge_files(capture, *last, score);
}

const base::List& rows_of(const Truth& truth, const std::string& kind) {
  if (kind == "note") return truth.notes;
  if (kind == "drawing_revision") return truth.revisions;
  return truth.rfis;
}

void judge(const OfficeEdit& edit, const Truth& truth, Score& score) {
  const Value* record = find_record(rows_of(truth, edit.kind), edit.record);
  const bool stands = record && (edit.field.empty() || kept(*record, edit.field) == edit.value);
  const bool seen = edit.in_view == OfficeEdit::View::seen;
  if (stands && seen) {
    ++score.merged;
  } else {
    score.faults.push_back((stands ? "not seen here: " : "overwritten there: ") + edit.what);
  }
}

void count_requests(const Truth& truth, Score& score) {
  for (const Value& row : truth.requests) {
    const Document* request = row.as_document();
    if (!request) continue;
    const std::string method = request->text("method");
    if (request->text("origin") == "storage") {
      if (method != "GET") score.bytes_received += request->integer("bytes_in");
    } else if (request->text("fate") == "drop" && method != "GET") {
      ++score.answers_lost;
    }
  }
  score.api_calls = truth.calls.integer("api_calls");
  score.login_calls = truth.calls.integer("login_calls");
  score.storage_calls = truth.calls.integer("storage_calls");
}

std::string row(const std::string& name, const std::string& value) {
  constexpr std::size_t kNameColumns = 24;
  return "  " + name + std::string(kNameColumns - std::min(kNameColumns, name.size()), ' ') + value;
}

std::string of(std::int64_t part, std::int64_t whole) {
  return std::to_string(part) + " of " + std::to_string(whole);
}

std::string storm_text(const Document& storm) {
  std::string text;
  for (const base::Field& trouble : storm) {
    std::string label = trouble.name;
    std::replace(label.begin(), label.end(), '_', ' ');
    text += (text.empty() ? "" : ", ") + label + " " + base::plain_text(trouble.value);
  }
  return text;
}

}  // namespace

ByteCount Score::bytes_again() const {
  return std::max<ByteCount>(0, bytes_received - bytes_captured);
}

Result<Truth> read_truth(SandboxControl& sandbox) {
  Truth truth;
  const std::pair<base::List*, std::string> lists[] = {
      {&truth.notes, "/records?kind=note"},
      {&truth.rfis, "/records?kind=rfi"},
      {&truth.replies, "/records?kind=rfi_reply"},
      {&truth.photos, "/records?kind=photo"},
      {&truth.revisions, "/records?kind=drawing_revision"},
      {&truth.ledger, "/ledger"},
      {&truth.requests, "/requests?limit=" + std::to_string(tuning::kRequestRows)}};
  for (const auto& [list, path] : lists) {
    TRY_ASSIGN(*list, sandbox.rows(path));
  }
  TRY_ASSIGN(const Value calls, sandbox.get("/calls"));
  if (calls.as_document()) truth.calls = *calls.as_document();
  return truth;
}

Score count_score(const Truth& truth, const std::vector<Capture>& captures,
                  const std::vector<OfficeEdit>& edits) {
  Score score;
  score.made = static_cast<std::int64_t>(captures.size());
  for (const Capture& capture : captures) judge(capture, truth, score);
  score.office_edits = static_cast<std::int64_t>(edits.size());
  for (const OfficeEdit& edit : edits) judge(edit, truth, score);
  count_requests(truth, score);
  return score;
}

std::vector<std::string> lines_of(const Score& score) {
  const ByteCount again = score.bytes_again();
  const std::int64_t tenths =
      score.bytes_captured > 0 ? again * 1'000 / score.bytes_captured : std::int64_t{0};
  std::vector<std::string> lines = {
      row("captures made", std::to_string(score.made)),
      row("delivered once", of(score.once, score.made)),
      row("doubled", std::to_string(score.doubled)),
      row("lost", std::to_string(score.lost)),
      row("files equal (SHA-256)",
          of(score.files_equal, score.files) + ", " + base::bytes_to_human(score.bytes_captured)),
      row("bytes sent again", base::bytes_to_human(again) + " (" + std::to_string(tenths / 10) +
                                  "." + std::to_string(tenths % 10) + " %)"),
      row("answers lost on the way", std::to_string(score.answers_lost)),
      row("calls", std::to_string(score.api_calls) + " API, " + std::to_string(score.login_calls) +
                       " login, " + std::to_string(score.storage_calls) + " storage"),
      row("office edits merged", of(score.merged, score.office_edits)),
  };
  if (score.refused > 0) {
    lines.push_back(row("refused at capture", std::to_string(score.refused) + ", see above"));
  }
  if (score.drawings > 0) {
    lines.push_back(row("drawings equal (SHA-256)", of(score.drawings_equal, score.drawings)));
  }
  if (!score.storm.empty()) lines.push_back(row("the storm", storm_text(score.storm)));
  return lines;
}

Document to_document(const Score& score) {
  base::List faults;
  for (const std::string& fault : score.faults) faults.push_back(fault);
  return Document{{"made", score.made},
                  {"once", score.once},
                  {"doubled", score.doubled},
                  {"lost", score.lost},
                  {"refused", score.refused},
                  {"files", score.files},
                  {"files_equal", score.files_equal},
                  {"bytes_captured", score.bytes_captured},
                  {"bytes_again", score.bytes_again()},
                  {"answers_lost", score.answers_lost},
                  {"api_calls", score.api_calls},
                  {"login_calls", score.login_calls},
                  {"storage_calls", score.storage_calls},
                  {"office_edits", score.office_edits},
                  {"office_edits_merged", score.merged},
                  {"drawings", score.drawings},
                  {"drawings_equal", score.drawings_equal},
                  {"storm", score.storm},
                  {"faults", std::move(faults)}};
}

}  // namespace fieldsync::trial
