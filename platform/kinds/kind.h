#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/result.h"
#include "platform/base/types.h"
#include "platform/base/value.h"

/// Kinds of records. A kind is one descriptor, read by storage, merge, adapters, CLI and desk;
/// adding a kind adds a descriptor and its adapter mapping, and changes nothing else.
namespace fieldsync::kinds {

enum class FieldType {
  text,       ///< one line
  long_text,  ///< many lines; merged by line, then word
  integer,
  decimal,
  boolean,
  date,        ///< YYYY-MM-DD, project-local
  time,        ///< ISO 8601, UTC
  choice,      ///< one of `choices`
  reference,   ///< service id of something else, as text
  references,  ///< a set of service ids
  children,    ///< a list of documents with `id` (replies, attachments)
};

/// How two changes of one field become one (design.md 6).
enum class MergeRule { scalar, text, set, append_only, workflow, server_owned };

/// Who may set the field, by level in the record's tool.
enum class Level { none, read_only, standard, admin };
/// When the field may be set from this machine. A photo's file name goes along with its bytes and
/// cannot be changed later (facts/procore-api.md 11).
enum class Settable { any_time, on_create_only };

struct FieldDescriptor {
  std::string_view name;
  FieldType type;
  MergeRule merge;
  bool required_on_create = false;
  Level writable_from = Level::standard;  ///< ignored for server_owned
  std::vector<std::string_view> choices = {};
  Settable settable = Settable::any_time;
};

enum class Attachments { no, yes };
/// What a person may do to records of the kind from this machine.
enum class Writable { no, create_edit };

struct KindDescriptor {
  std::string_view id;     ///< "rfi"
  std::string_view tool;   ///< the tool it is followed by: "rfis"
  std::string_view label;  ///< "RFI"
  std::string_view title_field;
  Attachments attachments = Attachments::no;
  Writable writable = Writable::no;
  std::vector<FieldDescriptor> fields;

  const FieldDescriptor* field(std::string_view name) const;
};

/// All kinds, in the order people expect them.
const std::vector<KindDescriptor>& all_kinds();
const KindDescriptor* find_kind(std::string_view id);
/// "drawings", "photos", "rfis", "notes".
const std::vector<std::string_view>& all_tools();

/// `text` from a command line as a value of the field: numbers, true/false, dates and choices are
/// checked here; sets are ids with commas between. Empty text clears: null, or an empty set.
/// Failure field_invalid names the field and what it accepts.
base::Result<base::Value> parse_field(const KindDescriptor& kind, const FieldDescriptor& field,
                                      std::string_view text);
/// Refuses unknown, server-owned and, on edit, create-only fields, wrong types (field_invalid), and
/// required fields that are missing on create or emptied on edit (field_required).
enum class Purpose { create, edit };
base::Result<> validate(const KindDescriptor& kind, const base::Document& fields, Purpose purpose);

}  // namespace fieldsync::kinds
