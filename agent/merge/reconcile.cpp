#include "agent/merge/reconcile.h"

#include <algorithm>

#include "platform/base/check.h"

namespace fieldsync::merge {
namespace {

Decision decide_edit(Ours ours, Theirs theirs) {
  switch (theirs) {
    case Theirs::unchanged:
      return ours == Ours::edited_same ? Decision::only_prove : Decision::send;
    case Theirs::changed_same:
      return Decision::only_prove;
    case Theirs::changed_otherwise:
      return ours == Ours::edited_same ? Decision::only_prove : Decision::merge;
    case Theirs::missing_once:
    case Theirs::not_seen:
      return Decision::look;
    case Theirs::gone:
      return Decision::ask_gone;
    case Theirs::hidden:
      return Decision::wait_hidden;
  }
  FS_CHECK(false);
}

/// A create that has a record at the service was sent: repeating it would make a second one.
Decision decide_create(Theirs theirs) {
  return theirs == Theirs::not_seen ? Decision::send : Decision::only_prove;
}

Decision decide_removal(Theirs theirs) {
  switch (theirs) {
    case Theirs::unchanged:
    case Theirs::changed_same:
    case Theirs::missing_once:  // the answer will tell
    case Theirs::not_seen:
      return Decision::send;
    case Theirs::changed_otherwise:
      return Decision::ask_conflict;
    case Theirs::gone:
      return Decision::only_prove;
    case Theirs::hidden:
      return Decision::wait_hidden;
  }
  FS_CHECK(false);
}

/// What is only added fits whatever the others wrote.
Decision decide_addition(Ours ours, Theirs theirs) {
  switch (theirs) {
    case Theirs::unchanged:
    case Theirs::changed_same:
    case Theirs::changed_otherwise:
      return Decision::send;
    case Theirs::missing_once:
    case Theirs::not_seen:
      // Attaching may rewrite a list of files, so the list must be known; a reply stands alone.
      return ours == Ours::attached ? Decision::look : Decision::send;
    case Theirs::gone:
      return Decision::ask_gone;
    case Theirs::hidden:
      return Decision::wait_hidden;
  }
  FS_CHECK(false);
}

const base::Value& value_of(const base::Document& document, const std::string& field) {
  static const base::Value kNull;
  const base::Value* value = document.find(field);
  return value ? *value : kNull;
}

bool same_in(const base::Document& fields, const base::Document& a, const base::Document& b) {
  return std::all_of(fields.begin(), fields.end(), [&](const base::Field& field) {
    return value_of(a, field.name) == value_of(b, field.name);
  });
}

}  // namespace

Decision decide(Ours ours, Theirs theirs) {
  switch (ours) {
    case Ours::untouched:
      return Decision::nothing;
    case Ours::edited_same:
    case Ours::edited_otherwise:
      return decide_edit(ours, theirs);
    case Ours::created:
      return decide_create(theirs);
    case Ours::removed:
      return decide_removal(theirs);
    case Ours::replied:
    case Ours::attached:
      return decide_addition(ours, theirs);
  }
  FS_CHECK(false);
}

Ours compare_ours(const base::Document& before, const base::Document& ours) {
  return same_in(ours, before, ours) ? Ours::edited_same : Ours::edited_otherwise;
}

Theirs compare_theirs(const base::Document& before, const base::Document& ours,
                      const base::Document& theirs) {
  if (same_in(before, before, theirs) && same_in(ours, before, theirs)) return Theirs::unchanged;
  const bool wanted = !ours.empty() && same_in(ours, ours, theirs);
  return wanted ? Theirs::changed_same : Theirs::changed_otherwise;
}

std::string_view name(Ours ours) {
  switch (ours) {
    case Ours::untouched:
      return "untouched";
    case Ours::edited_same:
      return "edited_same";
    case Ours::edited_otherwise:
      return "edited_otherwise";
    case Ours::created:
      return "created";
    case Ours::removed:
      return "removed";
    case Ours::replied:
      return "replied";
    case Ours::attached:
      return "attached";
  }
  FS_CHECK(false);
}

std::string_view name(Theirs theirs) {
  switch (theirs) {
    case Theirs::unchanged:
      return "unchanged";
    case Theirs::changed_same:
      return "changed_same";
    case Theirs::changed_otherwise:
      return "changed_otherwise";
    case Theirs::missing_once:
      return "missing_once";
    case Theirs::gone:
      return "gone";
    case Theirs::not_seen:
      return "not_seen";
    case Theirs::hidden:
      return "hidden";
  }
  FS_CHECK(false);
}

std::string_view name(Decision decision) {
  switch (decision) {
    case Decision::nothing:
      return "nothing";
    case Decision::send:
      return "send";
    case Decision::merge:
      return "merge";
    case Decision::only_prove:
      return "only_prove";
    case Decision::look:
      return "look";
    case Decision::ask_conflict:
      return "ask_conflict";
    case Decision::ask_gone:
      return "ask_gone";
    case Decision::wait_hidden:
      return "wait_hidden";
  }
  FS_CHECK(false);
}

}  // namespace fieldsync::merge
