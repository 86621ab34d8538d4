#pragma once

#include "net/sandbox/exchange.h"
#include "net/sandbox/world.h"

namespace fieldsync::net::sandbox {

/// What people in the office do, by control command. `do` names it:
///
///   edit {seed, count}               that many changes of all kinds, chosen by the seed
///   edit_record {id, fields}         overwrites fields of a record's body
///   reply {rfi, body}                as Ann Architect
///   close_rfi {id}
///   new_rfi {subject} · new_photo {} · new_note {comment}
///   new_revision {drawing, processing_seconds}
///   delete {id} · restore {id} · set_private {id, private}
///   set_level {user, project, tool, level, actions}
///   set_tool {project, tool, enabled} · set_member {project, user, member}
///   set_connected {company, connected}
///   lose_upload {uuid}               the storage has forgotten it: 410 from now on
///   lose_uploads {}                  the same of every upload so far
Reply answer_office(World& world, const Document& command);
/// The switch office_races: somebody edits the RFI between a client's read and its write.
void race_office(World& world, Record& rfi);
/// POST /drawing?number=N&title=T: the body as the PDF of a new drawing. {id} of its revision.
Reply answer_new_drawing(World& world, const Request& request);

}  // namespace fieldsync::net::sandbox
