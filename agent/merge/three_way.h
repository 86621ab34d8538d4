#pragma once

#include <string>
#include <vector>

#include "platform/base/value.h"
#include "platform/kinds/kind.h"

/// Two changes of one record become one, field by field (design: ARCHITECTURE.md, merge table).
/// Pure; knows only values and descriptors.
namespace fieldsync::merge {

struct FieldConflict {
  std::string field;
  base::Value base, ours, theirs;
};

struct Merged {
  /// Fields to send so that the service has the merged value; empty when nothing is left to send.
  base::Document to_send;
  std::vector<FieldConflict> conflicts;
};

/// `ours` holds only the fields edited here, `base` what the person saw in them, `theirs` the whole
/// record as the service has it now. A field absent from a document counts as null. Equal values
/// are never a conflict.
Merged three_way(const kinds::KindDescriptor& kind, const base::Document& base_fields,
                 const base::Document& ours, const base::Document& theirs);

}  // namespace fieldsync::merge
