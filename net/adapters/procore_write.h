#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/adapters/procore_site.h"
#include "net/remote_service.h"

/// From our fields to Procore's and back to the question "did it arrive?". One table per kind
/// drives both, so that nothing is written that is not read back.
namespace fieldsync::net::procore {

enum class Shape {
  plain,   ///< text, number or boolean as it is
  date,    ///< YYYY-MM-DD; anything else is left out: Procore would store it as null (1.4)
  html,    ///< long text, sent as HTML
  id,      ///< reference: text here, a number there
  ids,     ///< set of references
  impact,  ///< choice, sent as {"status": …}
};
enum class Who { everyone, admins };

struct WriteField {
  std::string_view ours;
  std::string_view theirs;
  Shape shape = Shape::plain;
  Who who = Who::everyone;
};

/// Our names of the fields in the table that a caller of this level may not set.
std::vector<std::string> withheld_fields(const Site& site, kinds::Level level,
                                         std::span<const WriteField> table);
/// Whether the push writes this field: it is given, well formed, and the caller may set it.
bool is_sent(const Site& site, const PushOp& op, const WriteField& field);
/// The sent fields under Procore's names.
Document written(const Site& site, const PushOp& op, std::span<const WriteField> table);
/// One line for each sent field that `record` shows differently. Nothing, "" and an empty list are
/// one; text is compared as people see it; on create the service may add members to a set, and
/// another value is no lack where the record was changed since.
void note_missing_fields(const Site& site, const PushOp& op, std::span<const WriteField> table,
                         const RemoteRecord& record, std::vector<std::string>& missing);
/// One line for each sent file that is not among the children `{id, name}`: as many of a name as
/// were sent, beside those whose ids are in `had`.
void note_missing_files(const std::vector<UploadedFile>& files, const std::set<std::string>& had,
                        const base::Value* children, std::vector<std::string>& missing);

/// The uploads of a push as `upload_ids`; in a PATCH that replaces, after what is attached now (the
/// children's `upload_id`, else their `id`).
base::List upload_ids(const Site& site, const PushOp& op);

/// Whether `fields` of a candidate were made by `me` in the window of the look-up, as far as it
/// tells. Whole seconds: the window is widened outwards.
bool in_window(const LookUp& look, const Document& fields, std::string_view author_field,
               std::string_view time_field);

/// Whether somebody changed the record after it was made.
bool is_edited(const RemoteRecord& record);

/// Same text for a person.
bool same_text(const base::Value* a, const base::Value* b);
bool same_text(const Document& a, const Document& b, std::string_view field);

}  // namespace fieldsync::net::procore
