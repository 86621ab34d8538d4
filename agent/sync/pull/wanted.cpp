#include "agent/sync/pull/wanted.h"

#include <algorithm>

namespace fieldsync::sync {

using storage::Want;

Want want_of(const base::KindId& kind, const base::Document& fields, std::string_view slot,
             const base::ServiceId& me) {
  if (kind.raw() == "drawing" && slot == "pdf") {
    const base::Value* current = fields.find("current");
    const bool* flag = current ? current->as_bool() : nullptr;
    return flag && !*flag ? Want::superseded : Want::current;
  }
  const base::Value* assignees = fields.find("assignees");
  const base::List* ids = assignees ? assignees->as_list() : nullptr;
  if (ids == nullptr || me.raw().empty()) return Want::on_demand;
  const bool is_ours = std::any_of(ids->begin(), ids->end(), [&](const base::Value& id) {
    return base::plain_text(id) == me.raw();
  });
  return is_ours ? Want::wished : Want::on_demand;
}

Want want_with(Want want, storage::Pin pin) {
  return pin == storage::Pin::pinned ? std::max(want, Want::wished) : want;
}

}  // namespace fieldsync::sync
