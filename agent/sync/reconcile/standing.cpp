#include "agent/sync/reconcile/standing.h"

#include "platform/base/check.h"

namespace fieldsync::sync {

using merge::Ours;
using merge::Theirs;
using storage::Act;
using storage::MirrorRecord;
using storage::Presence;

namespace {

Ours ours_of(const storage::Intent& intent, const base::Document& our_fields) {
  switch (intent.act) {
    case Act::create:
      return Ours::created;
    case Act::edit:
      return merge::compare_ours(intent.base, our_fields);
    case Act::reply:
      return Ours::replied;
    case Act::attach:
      return Ours::attached;
    case Act::remove:
      return Ours::removed;
    case Act::restore:
      return Ours::untouched;  // about its presence, not its content
  }
  FS_CHECK(false);
}

bool was_private(const MirrorRecord& record) {
  const base::Value* flag = record.fields.find("private");
  return flag && flag->as_bool() && *flag->as_bool();
}

Theirs present_of(const storage::Intent& intent, const base::Document& our_fields,
                  const MirrorRecord& record) {
  switch (intent.act) {
    case Act::edit:
      return merge::compare_theirs(intent.base, our_fields, record.fields);
    case Act::remove:
      return merge::compare_theirs(intent.base, {}, record.fields);
    case Act::create:
    case Act::reply:
    case Act::attach:
    case Act::restore:
      return Theirs::unchanged;  // nothing of theirs is written over
  }
  FS_CHECK(false);
}

}  // namespace

Standing standing_of(const storage::Intent& intent, const base::Document& our_fields,
                     const std::optional<MirrorRecord>& record) {
  Standing standing{ours_of(intent, our_fields), Theirs::not_seen};
  if (!record) return standing;
  switch (record->presence) {
    case Presence::present:
      standing.theirs = present_of(intent, our_fields, *record);
      break;
    case Presence::missing_once:
    case Presence::in_question:
      standing.theirs = was_private(*record) ? Theirs::hidden : Theirs::missing_once;
      break;
    case Presence::gone:
      standing.theirs = was_private(*record) ? Theirs::hidden : Theirs::gone;
      break;
  }
  return standing;
}

base::Document as_there(const base::Document& before, const base::Document& theirs) {
  base::Document there;
  for (const base::Field& field : before) {
    const base::Value* value = theirs.find(field.name);
    there.set(field.name, value ? *value : base::Value{});
  }
  return there;
}

std::string changes_text(const base::Document& before, const base::Document& theirs) {
  std::string text;
  for (const base::Field& field : as_there(before, theirs)) {
    const base::Value& seen = *before.find(field.name);
    if (field.value == seen) continue;
    text += (text.empty() ? "" : "; ") + field.name + ": you saw \"" + base::plain_text(seen) +
            "\", the office wrote \"" + base::plain_text(field.value) + "\"";
  }
  return text;
}

}  // namespace fieldsync::sync
