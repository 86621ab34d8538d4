#include "agent/merge/three_way.h"

#include <algorithm>
#include <optional>

#include "agent/merge/text_merge.h"
#include "platform/base/check.h"

namespace fieldsync::merge {
namespace {

using base::List;
using base::Value;

Value value_of(const base::Document& document, const std::string& field) {
  const Value* value = document.find(field);
  return value ? *value : Value{};
}

bool contains(const List& list, const Value& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

/// Added and removed on either side are both applied; theirs keeps its order, ours goes behind.
Value merged_set(const Value& base_value, const Value& ours, const Value& theirs) {
  static const List kNone;
  const List& before = base_value.as_list() ? *base_value.as_list() : kNone;
  const List& here = ours.as_list() ? *ours.as_list() : kNone;
  const List& there = theirs.as_list() ? *theirs.as_list() : kNone;
  List merged;
  for (const Value& item : there) {
    const bool removed_here = contains(before, item) && !contains(here, item);
    if (!removed_here && !contains(merged, item)) merged.push_back(item);
  }
  for (const Value& item : here) {
    const bool removed_there = contains(before, item) && !contains(there, item);
    if (!removed_there && !contains(merged, item)) merged.push_back(item);
  }
  return merged;
}

/// Of what is only ever added to nothing is taken away from here: theirs, and what ours added.
Value merged_additions(const Value& base_value, const Value& ours, const Value& theirs) {
  List all = base_value.as_list() ? *base_value.as_list() : List{};
  if (ours.as_list()) all.insert(all.end(), ours.as_list()->begin(), ours.as_list()->end());
  return merged_set(base_value, all, theirs);
}

/// Nothing when a side is no text, or both changed the same words.
std::optional<std::string> merged_text(const Value& before, const Value& ours,
                                       const Value& theirs) {
  if (!before.as_text() || !ours.as_text() || !theirs.as_text()) return std::nullopt;
  return merge_text(*before.as_text(), *ours.as_text(), *theirs.as_text());
}

bool same_set(const Value& a, const Value& b) {
  static const List kNone;
  const List& left = a.as_list() ? *a.as_list() : kNone;
  const List& right = b.as_list() ? *b.as_list() : kNone;
  const auto all_in = [](const List& x, const List& y) {
    return std::all_of(x.begin(), x.end(), [&](const Value& v) { return contains(y, v); });
  };
  return all_in(left, right) && all_in(right, left);
}

}  // namespace

Merged three_way(const kinds::KindDescriptor& kind, const base::Document& base_fields,
                 const base::Document& ours, const base::Document& theirs) {
  Merged merged;
  for (const base::Field& field : ours) {
    const kinds::FieldDescriptor* descriptor = kind.field(field.name);
    if (descriptor == nullptr || descriptor->merge == kinds::MergeRule::server_owned) continue;
    const Value before = value_of(base_fields, field.name);
    const Value there = value_of(theirs, field.name);
    switch (descriptor->merge) {
      case kinds::MergeRule::set:
      case kinds::MergeRule::append_only: {
        Value both = descriptor->merge == kinds::MergeRule::set
                         ? merged_set(before, field.value, there)
                         : merged_additions(before, field.value, there);
        if (!same_set(both, there)) merged.to_send.set(field.name, std::move(both));
        break;
      }
      case kinds::MergeRule::text:
        if (const auto text = merged_text(before, field.value, there)) {
          if (Value both(*text); !(both == there)) merged.to_send.set(field.name, std::move(both));
          break;
        }
        [[fallthrough]];
      case kinds::MergeRule::scalar:
      case kinds::MergeRule::workflow:
        if (field.value == there || field.value == before) break;
        if (there == before) {
          merged.to_send.set(field.name, field.value);
        } else {
          merged.conflicts.push_back({field.name, before, field.value, there});
        }
        break;
      case kinds::MergeRule::server_owned:
        FS_CHECK(false);
    }
  }
  return merged;
}

}  // namespace fieldsync::merge
