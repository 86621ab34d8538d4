#include "net/adapters/procore_read.h"
#include "net/adapters/procore_rfi.h"
#include "net/adapters/procore_text.h"

namespace fieldsync::net::procore {
namespace {

using base::Document;
using base::List;
using base::Result;
using base::Value;

/// The text of a question or answer, in the first form it has: plain, rich, or `body` as lists have
/// it. Nothing when it has none.
Value body_text(FieldReader& in, const Document& source) {
  for (const std::string_view form : {"plain_text_body", "rich_text_body", "body"}) {
    const Value* value = source.find(form);
    if (value == nullptr || value->is_null()) continue;
    const std::string* text = value->as_text();
    if (text == nullptr) {
      in.fail(form, "is not text");
      return {};
    }
    return form == "plain_text_body" ? *text : from_html(*text);
  }
  return {};
}

const List* list_in(FieldReader& in, const Document& source, std::string_view name) {
  static const List kNone;
  const Value* value = source.find(name);
  if (value == nullptr || value->is_null()) return &kNone;
  if (value->as_list() == nullptr) in.fail(name, "is not a list");
  return value->as_list();
}

/// Reads all answers of a question into `replies`.
void read_answers(FieldReader& in, const Document& question, List& replies,
                  std::vector<RemoteFile>& files) {
  const List* answers = list_in(in, question, "answers");
  if (answers == nullptr) return;
  for (const Value& answer : *answers) {
    auto reply = read_reply(answer);
    if (!reply.ok()) {
      in.fail("answers", "holds an unreadable reply: " + reply.failure().what);
      return;
    }
    reply->fields.set("id", reply->id.raw());
    replies.push_back(std::move(reply->fields));
    for (RemoteFile& file : reply->files) files.push_back(std::move(file));
  }
}

void read_questions(FieldReader& in, Extent extent, std::vector<RemoteFile>& files) {
  const Value* value = in.find("questions");
  if (in.failed() || value == nullptr || value->is_null()) return;
  const List* questions = list_in(in, in.source(), "questions");
  if (questions == nullptr) return;
  List replies;
  List attachments;
  for (const Value& each : *questions) {
    const Document* question = each.as_document();
    if (question == nullptr) {
      in.fail("questions", "holds something that is no question");
      return;
    }
    if (&each == &questions->front()) {
      Value body = body_text(in, *question);
      if (!body.is_null() || extent == Extent::full) in.fields().set("question", std::move(body));
    }
    List children = read_attachments(in, question->find("attachments"), files);
    for (Value& child : children) attachments.push_back(std::move(child));
    read_answers(in, *question, replies, files);
  }
  if (in.failed() || extent == Extent::summary) return;
  in.fields().set("replies", std::move(replies));
  in.fields().set("attachments", std::move(attachments));
}

}  // namespace

Result<RemoteRecord> read_rfi(const Value& value, Extent extent) {
  FieldReader in(value, "RFI");
  in.label("number", "number").label("full_number", "full_number").text("subject", "subject");
  in.choice("status", "status").boolean("draft", "draft").boolean("private", "private");
  in.references("assignees", "assignees").reference("rfi_manager", "rfi_manager");
  in.date("due_date", "due_date").text("drawing_number", "drawing_number");
  in.text("reference", "reference");
  in.reference("location", "location").reference("location_id", "location");
  in.choice("priority", "priority").references("distribution_list", "distribution");
  in.choice("cost_impact", "cost_impact").choice("schedule_impact", "schedule_impact");
  in.reference("created_by", "created_by").name_of("created_by", "created_by_name");
  in.time("created_at", "created_at").time("updated_at", "updated_at");
  std::vector<RemoteFile> files;
  read_questions(in, extent, files);
  auto record = finish(in, "rfi", extent);
  if (record.ok()) record->files = std::move(files);
  return record;
}

Result<RemoteRecord> read_reply(const Value& value) {
  FieldReader in(value, "reply");
  in.boolean("official", "official").time("answer_date", "created_at");
  in.reference("created_by_id", "created_by");
  if (!in.failed()) {
    in.fields().set("body", body_text(in, in.source()));
    const Value* author = in.find("created_by");
    if (author != nullptr && author->as_text() != nullptr) {
      in.fields().set("created_by_name", *author);
    } else {
      in.name_of("created_by", "created_by_name");
    }
  }
  std::vector<RemoteFile> files;
  if (!in.failed()) {
    in.fields().set("attachments", read_attachments(in, in.find("attachments"), files));
  }
  auto record = finish(in, "reply", Extent::full);
  if (record.ok()) record->files = std::move(files);
  return record;
}

}  // namespace fieldsync::net::procore
