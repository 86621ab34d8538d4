#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/remote_service.h"
#include "platform/base/result.h"
#include "platform/base/value.h"

/// Typed access to what the service sent. A missing field stays unset and a null one null; a field
/// of the wrong type is a failure unexpected_answer that names record and field.
namespace fieldsync::net::procore {

/// An id from a JSON number above zero or a non-empty word of at most 64 characters; nothing for
/// anything else. Numbers beyond 64 bits are no ids.
std::optional<ServiceId> read_id(const base::Value* value);
/// The `id` of an object, or the value itself where it is an id.
std::optional<ServiceId> read_id_of(const base::Value* value);

/// Copies fields of one JSON object into a document under our names. The first problem is kept and
/// ends the reading: later calls do nothing.
class FieldReader {
 public:
  /// `what` names the kind of record in failures: "RFI". Fails when `record` is no object or has no
  /// usable `id`.
  FieldReader(const base::Value& record, std::string_view what);

  FieldReader& text(std::string_view theirs, std::string_view ours);
  /// Text, or a number as text: Procore's sheet and RFI numbers are seen as both.
  FieldReader& label(std::string_view theirs, std::string_view ours);
  /// Text, or the `name`, `value` or `status` of an object.
  FieldReader& choice(std::string_view theirs, std::string_view ours);
  /// Null stays unset: a switch has no third state.
  FieldReader& boolean(std::string_view theirs, std::string_view ours);
  FieldReader& integer(std::string_view theirs, std::string_view ours);
  /// A day; of a time only the day is kept.
  FieldReader& date(std::string_view theirs, std::string_view ours);
  /// A time, kept as text in whole seconds.
  FieldReader& time(std::string_view theirs, std::string_view ours);
  /// The id of an object or a bare id, as text.
  FieldReader& reference(std::string_view theirs, std::string_view ours);
  /// A list of objects with ids or of bare ids, as a sorted list of texts without repeats.
  FieldReader& references(std::string_view theirs, std::string_view ours);
  /// The `name` of an object, as text; nothing when there is none.
  FieldReader& name_of(std::string_view theirs, std::string_view ours);

  /// The object read; an empty one after a failure.
  const base::Document& source() const { return *source_; }
  const base::Value* find(std::string_view theirs) const { return source_->find(theirs); }
  ServiceId id() const { return id_; }
  base::Document& fields() { return fields_; }
  void fail(std::string_view field, std::string_view problem);
  bool failed() const { return failure_.has_value(); }
  const std::optional<base::Failure>& failure() const { return failure_; }

 private:
  /// The field, when reading goes on and it is set; a null one is set to null in `ours` first.
  const base::Value* wanted(std::string_view theirs, std::string_view ours);

  std::string what_;
  const base::Document* source_;
  ServiceId id_;
  base::Document fields_;
  std::optional<base::Failure> failure_;
};

/// A record from a reader that is done: id, fields and `updated_at` out of the fields.
base::Result<RemoteRecord> finish(FieldReader& reader, std::string_view kind, Extent extent);

/// Attachments as our children `{id, name}`, and the files behind them. A list that is null or
/// missing is empty; an attachment without an id fails the reader.
base::List read_attachments(FieldReader& reader, const base::Value* list,
                            std::vector<RemoteFile>& files);

/// A URL a file may be fetched from: https, or http on loopback; "" for anything else.
std::string usable_url(const base::Value* url);

/// Text of a field of an object, if it is text.
std::string text_in(const base::Value* object, std::string_view field);

}  // namespace fieldsync::net::procore
