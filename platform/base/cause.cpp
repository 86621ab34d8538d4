#include "platform/base/cause.h"

#include <algorithm>
#include <iterator>

#include "platform/base/check.h"

namespace fieldsync::base {
namespace {

// The id is made from the enumerator itself, so the two cannot drift apart.
#define FS_CAUSE(id, owner, heard, sentence, next_step) \
  CauseInfo { Cause::id, #id, heard, sentence, Owner::owner, next_step }

constexpr CauseInfo kCauses[] = {
    FS_CAUSE(none, nobody, "all is well", "Nothing is wrong.", "Nothing to do."),

    FS_CAUSE(offline, nobody, "nothing goes out from the basement",
             "There is no connection to the service right now.",
             "It is sent by itself as soon as a link is back."),
    FS_CAUSE(link_too_short, nobody, "the big photos never get through",
             "The connection does not last long enough to send a file of this size.",
             "Stay a while where the signal is good, or let it go out on the office network."),
    FS_CAUSE(captive_portal, you, "the trailer Wi-Fi is connected, but nothing syncs",
             "This network answers with a page of its own in place of the service.",
             "Open a web browser and sign in to the network; if there is no sign-in, ask IT."),
    FS_CAUSE(tls_untrusted, it, "at the client's office it refuses to connect",
             "The secure connection to the service could not be verified.",
             "Check this machine's date, then ask IT whether a proxy intercepts secure traffic."),
    FS_CAUSE(timeout, nobody, "file upload failed: timed out (408)",
             "The service did not answer in time.",
             "It is tried again by itself, in smaller parts where that is possible."),
    FS_CAUSE(rate_limited, nobody, "photos stopped uploading after a few hundred",
             "The service allows no more requests from this login for now.",
             "It goes on by itself when the service's waiting time is over."),
    FS_CAUSE(service_busy, nobody, "file upload failed: 503",
             "The service is busy or down for maintenance.", "It is tried again by itself."),
    FS_CAUSE(service_error, service, "file upload failed: 500",
             "The service reported an error of its own.",
             "It is tried again by itself; if it stays, report it to the service's support."),
    FS_CAUSE(unexpected_answer, service, "it says it got an answer it does not understand",
             "The service answered with something this program does not understand.",
             "It is tried again by itself; if it stays, send a diagnostics bundle to support."),

    FS_CAUSE(login_required, you, "the app asks for a login again and again",
             "The login to the service is no longer valid.",
             "Run `fieldsync login`. Your work is kept and goes out afterwards."),
    FS_CAUSE(login_in_doubt, nobody, "I was logged out by a bad network",
             "The link was cut while the login was being renewed, so its state is not known.",
             "It is checked again by itself on a good link."),
    FS_CAUSE(login_paused, you, "my account was locked after too many tries",
             "Logging in was stopped before the account could be locked.",
             "Check the user name and secret, then run `fieldsync login`."),
    FS_CAUSE(app_not_installed, company_admin, "permission denied in the whole company",
             "The app is not installed in this company.",
             "Ask a company admin to install the app in the company's app management."),

    FS_CAUSE(permission_missing, project_admin, "items stopped after my role was changed",
             "This login's level in the tool is too low.",
             "Ask a project admin for the level named here; it is sent by itself afterwards."),
    FS_CAUSE(tool_disabled, project_admin, "permission denied: the tool is gone",
             "The tool is switched off in this project.",
             "Ask a project admin to switch the tool on."),
    FS_CAUSE(project_gone, project_admin, "I was removed from the project with work unsent",
             "The project is closed or this login was removed from it.",
             "Ask a project admin to add you again. Your unsent work is kept."),
    FS_CAUSE(project_not_shared, project_admin, "the project is not offered to me",
             "The project is not shared with this login.",
             "Ask a project admin to add this login to the project."),

    FS_CAUSE(not_polled_yet, nobody, "the RFI is not updating",
             "The service has not been asked about this yet.",
             "It is asked by itself; use \"try now\" to ask at once."),
    FS_CAUSE(draft_not_submitted, you, "I sent the RFI and nobody can see it",
             "It is still a draft, which others cannot see.", "Open the draft and submit it."),
    FS_CAUSE(field_required, you, "the RFI is not created: something is missing",
             "A field that must be filled in is empty.", "Fill in the field named here."),
    FS_CAUSE(field_invalid, you, "it does not take what I typed",
             "A field has a value that is not accepted.", "Correct the field named here."),
    FS_CAUSE(processing_at_service, service, "the attachment is there, but the photo is not",
             "The service has received it and is still processing it.",
             "It is looked at again by itself."),
    FS_CAUSE(transition_refused, you, "I cannot change the status",
             "The record cannot go from its present status to that one.",
             "Choose a status the record may go to, or ask the person in charge of it."),
    FS_CAUSE(locked_by_workflow, project_admin, "the daily log of yesterday is not updating",
             "The record is locked by its workflow or its day is closed.",
             "Ask the person in charge of it, or a project admin, to unlock it."),
    FS_CAUSE(conflict, you, "someone else edited the RFI too",
             "You and someone else changed the same field differently.",
             "Look at both values and choose one. Both are kept until then."),
    FS_CAUSE(record_gone, you, "the RFI I edited has disappeared",
             "The record was deleted at the service, or is no longer shown to this login.",
             "Run `fieldsync conflicts`: restore it, send it as a new record, or let it go."),
    FS_CAUSE(mass_vanishing, you, "half of our RFIs are suddenly gone",
             "Many records disappeared from the service at once, so none was removed here.",
             "Run `fieldsync conflicts`, then accept it or keep the records."),
    FS_CAUSE(refused_by_service, you, "the service refused my note and nobody told me",
             "The service refused the change.",
             "Read the service's reason and correct the record."),
    FS_CAUSE(not_read_back_yet, nobody, "it says sent, but is it there?",
             "It was sent, but has not been read back and compared yet.",
             "It is read back by itself."),
    FS_CAUSE(in_doubt, nobody, "I got two of the same note",
             "It was sent, but the answer was lost, so it may or may not have arrived.",
             "The service is searched for it before anything is sent again."),
    FS_CAUSE(waiting_for_other, nobody, "my reply hangs behind its RFI",
             "Something it depends on has to be sent first.", "It follows by itself."),
    FS_CAUSE(queued, nobody, "my note is still here", "It is waiting for its turn.",
             "It is sent by itself."),
    FS_CAUSE(held_by_person, you, "I held it back and forgot",
             "It is held back because someone asked for that.",
             "Run `fieldsync retry` with it to let it go out."),

    FS_CAUSE(file_empty, you, "file upload failed: the photo has 0 bytes",
             "The file is empty: it has 0 bytes.",
             "Take the picture again, or have the cloud drive download the file first."),
    FS_CAUSE(file_unreadable, you, "file upload failed: the photo cannot be read",
             "The file is missing or cannot be read.",
             "Check that the file exists and that you may open it."),
    FS_CAUSE(file_growing, nobody, "the video was cut off in the middle",
             "The file is still being written.", "It is taken by itself once it stops growing."),
    FS_CAUSE(file_too_large, you, "file upload failed: too large",
             "The file is larger than the service accepts.",
             "Make it smaller or split it, then add it again."),
    FS_CAUSE(type_not_accepted, you, "the iPhone photos do not upload",
             "The service does not accept this type of file.",
             "Save it as a type named here, then add it again."),
    FS_CAUSE(name_adjusted, nobody, "the file upload failed because of a # in its name",
             "The file's name has characters the service does not accept, so they were replaced.",
             "Nothing to do; the original name is kept here."),
    FS_CAUSE(upload_expired, nobody, "the photo was uploaded last week and never appeared",
             "The service threw the upload away because it took too long.",
             "It is uploaded again by itself; the original is still here."),
    FS_CAUSE(data_plan, you, "the photos stay here until the evening",
             "Files wait for this machine's data plan.",
             "They go by themselves when it allows; `fieldsync send ITEM` sends one now."),
    FS_CAUSE(notes_not_complete, nobody, "the drawing's notes are not loading",
             "Not all notes of this drawing have been loaded yet.",
             "They are loaded by themselves; do not build from the sheet before that."),

    FS_CAUSE(disk_low, you, "it lost my note because the disk was full",
             "This machine's disk is full or nearly full.",
             "Free some space. What was saved is safe."),
    FS_CAUSE(disk_error, it, "the tablet's disk is dying", "This machine's disk reported an error.",
             "Run `fieldsync export PENDING` onto another disk, then have IT check this one."),
    FS_CAUSE(work_damaged, it, "after the power cut my notes are unreadable",
             "The store of unsent work is damaged.",
             "Stop working on this machine, keep its files and call support."),
    FS_CAUSE(mirror_damaged, nobody, "after the power cut the drawings are gone",
             "The local copy of the service's data is damaged.",
             "It is loaded again by itself; unsent work is not touched."),
    FS_CAUSE(newer_version, it, "after going back to the old version nothing starts",
             "These files were written by a newer version of this program.",
             "Install the newer version again."),
    FS_CAUSE(already_running, you, "it says it is running already",
             "The program is already running with this folder.",
             "Use the one that runs, or stop it first."),
    FS_CAUSE(limit_reached, you, "it does not take all of my attachments",
             "A limit of this program has been reached.",
             "Reduce what is named here, or wait until some of it is done."),
    FS_CAUSE(clock_wrong, you, "the tablet was off for weeks and now nothing fits",
             "This machine's clock differs a lot from the service's.",
             "Set the date, time and time zone of this machine."),

    FS_CAUSE(bad_input, you, "the command does nothing", "What was entered cannot be used.",
             "Correct it and try again."),
    FS_CAUSE(not_found, you, "it does not know my RFI", "There is nothing by this name here.",
             "Check the name; `fieldsync list` shows what there is."),

    FS_CAUSE(connection_requested, project_admin, "the connected project stays empty",
             "The connection between the two projects was requested but not approved yet.",
             "Ask an admin of the other project to approve it."),
    FS_CAUSE(connection_disconnected, project_admin, "the connected project stopped updating",
             "The two projects are no longer connected; what was shared stays, updates stopped.",
             "Ask a project admin to connect the projects again."),
};
#undef FS_CAUSE

constexpr bool rows_follow_the_enumerators() {
  for (std::size_t i = 0; i < std::size(kCauses); ++i) {
    if (kCauses[i].cause != static_cast<Cause>(i)) return false;
  }
  return kCauses[std::size(kCauses) - 1].cause == Cause::connection_disconnected;
}
static_assert(rows_follow_the_enumerators(), "one row per Cause, in the enumerators' order");

}  // namespace

const CauseInfo& info(Cause cause) {
  const auto row = static_cast<std::size_t>(cause);
  FS_CHECK(row < std::size(kCauses));
  return kCauses[row];
}

std::string_view name(Owner owner) {
  switch (owner) {
    case Owner::nobody:
      return "nobody";
    case Owner::you:
      return "you";
    case Owner::project_admin:
      return "project admin";
    case Owner::company_admin:
      return "company admin";
    case Owner::it:
      return "it";
    case Owner::service:
      return "service";
  }
  FS_CHECK(false);
}

std::optional<Cause> cause_from_id(std::string_view id) {
  const auto* row = std::find_if(std::begin(kCauses), std::end(kCauses),
                                 [&](const CauseInfo& each) { return each.id == id; });
  if (row == std::end(kCauses)) return std::nullopt;
  return row->cause;
}

const std::vector<CauseInfo>& all_causes() {
  static const std::vector<CauseInfo> kAll(std::begin(kCauses), std::end(kCauses));
  return kAll;
}

}  // namespace fieldsync::base
