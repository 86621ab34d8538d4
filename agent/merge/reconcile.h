#pragma once

#include <string_view>

#include "platform/base/value.h"

/// What is to be done with one act of a person, given what it is and what is known of its record at
/// the service: one total table (ARCHITECTURE.md, section 6). Pure.
namespace fieldsync::merge {

enum class Ours {
  untouched,         ///< nothing was done here
  edited_same,       ///< the edit leaves every field as the person found it
  edited_otherwise,  ///< at least one field has another value
  created,
  removed,
  replied,
  attached,
};

enum class Theirs {
  unchanged,          ///< as the person saw it
  changed_same,       ///< changed to what we want it to be
  changed_otherwise,  ///< changed to something else
  missing_once,       ///< one complete list, or one look, lacked it
  gone,               ///< two complete lists lacked it
  not_seen,           ///< never read; for a create: not there yet
  hidden,             ///< absent, and private when last seen: no evidence of a deletion
};

enum class Decision {
  nothing,       ///< theirs stands
  send,          ///< as it is
  merge,         ///< field by field; what conflicts is held, the rest is sent
  only_prove,    ///< it is so at the service already: read it back
  look,          ///< what is known is too little to write on: read the record first
  ask_conflict,  ///< sending would undo a change nobody here has seen: a person decides
  ask_gone,      ///< deleted there: a person decides what becomes of our work
  wait_hidden,   ///< kept until this login may see the record again
};

Decision decide(Ours ours, Theirs theirs);
std::string_view name(Ours ours);
std::string_view name(Theirs theirs);
std::string_view name(Decision decision);

/// How the fields of an edit stand to what was seen: `before` and `ours` have the same fields.
Ours compare_ours(const base::Document& before, const base::Document& ours);
/// How the service's record stands to both, in the fields of `before`. A field absent from a
/// document counts as null; values that differ in any way count as different.
Theirs compare_theirs(const base::Document& before, const base::Document& ours,
                      const base::Document& theirs);

}  // namespace fieldsync::merge
