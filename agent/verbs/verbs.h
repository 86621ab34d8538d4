#pragma once

#include "agent/api/commands.h"
#include "agent/app/parts.h"
#include "agent/sync/local/outlook.h"

/// The verbs of api::Commands on the parts of one agent, a file per family.
namespace fieldsync::verbs {

using api::Commands;
using app::Parts;
using base::Document;
using base::Result;

class Verbs final : public Commands {
 public:
  explicit Verbs(Parts& parts);
  void call(std::string_view verb, const Document& arguments, Answer answer) override;
  /// Tells the listener a one-line status, now and when it changes, at most once in
  /// tuning::kStatusPause.
  void on_status(std::function<void(const std::string&)> listener);

 private:
  void wait(const Document& arguments, Answer answer);
  void wait_on(base::Instant until, Answer answer);
  void status_changed();

  Parts& parts_;
  enum class StatusTold { yes, soon } status_told_ = StatusTold::yes;
  std::string status_line_;
};

// --- capture_verbs.cpp ---------------------------------------------------------------------------
Result<Document> add(Parts& parts, const Document& arguments);
Result<Document> edit(Parts& parts, const Document& arguments);
Result<Document> reply(Parts& parts, const Document& arguments);
Result<Document> attach(Parts& parts, const Document& arguments);
Result<Document> remove(Parts& parts, const Document& arguments);
Result<Document> make_room(Parts& parts, const Document& arguments);

// --- look_verbs.cpp ------------------------------------------------------------------------------
Result<Document> list(Parts& parts, const Document& arguments);
Result<Document> show(Parts& parts, const Document& arguments);

// --- file_verbs.cpp ------------------------------------------------------------------------------
Result<Document> open(Parts& parts, const Document& arguments);
Result<Document> pin(Parts& parts, const Document& arguments);

// --- queue_verbs.cpp -----------------------------------------------------------------------------
Result<Document> queue(Parts& parts, const Document& arguments);
Result<Document> why(Parts& parts, const Document& arguments);
Result<Document> retry(Parts& parts, const Document& arguments);
Result<Document> receipts(Parts& parts, const Document& arguments);

// --- conflict_verbs.cpp --------------------------------------------------------------------------
Result<Document> conflicts(Parts& parts, const Document& arguments);

// --- keep_verbs.cpp ------------------------------------------------------------------------------
Result<Document> hold(Parts& parts, const Document& arguments);
Result<Document> resync(Parts& parts, const Document& arguments);
Result<Document> pending(Parts& parts, const Document& arguments);

// --- resolve_verbs.cpp ---------------------------------------------------------------------------
Result<Document> resolve(Parts& parts, const Document& arguments);

// --- status_verbs.cpp ----------------------------------------------------------------------------
Result<Document> status(Parts& parts);
Result<Document> sync(Parts& parts, const Document& arguments);
/// Whether nothing is under way and nothing is due soon, on all remotes.
bool is_idle(const Parts& parts);
/// "3 queued, link down (next try in 4 s)" for a status line.
std::string status_line(Parts& parts);

// --- plan_verbs.cpp ------------------------------------------------------------------------------
Result<Document> plan(Parts& parts);
Result<Document> send(Parts& parts, const Document& arguments);
/// What waits for the account and when it arrives; to be held against what then happens.
Result<sync::Outlook> give_outlook(Parts& parts, const app::RemoteParts& account);
Document forecast_document(const sync::Outlook& outlook, const sync::Remote& remote);

// --- account_verbs.cpp ---------------------------------------------------------------------------
Result<Document> follow(Parts& parts, const Document& arguments);
Result<Document> unfollow(Parts& parts, const Document& arguments);
Result<Document> logout(Parts& parts, const Document& arguments);
void login(Parts& parts, const Document& arguments, Commands::Answer answer);
void projects(Parts& parts, const Document& arguments, Commands::Answer answer);

// --- arguments.cpp: reading what came in ---------------------------------------------------------
Result<base::RecordId> item_of(const Document& arguments);
Result<std::vector<storage::Attachment>> files_of(const Document& arguments);
/// Who acts: the named author, or the person this agent works for.
std::string author_of(const Parts& parts, const Document& arguments);
/// A number names one act, anything else a record.
std::optional<base::IntentId> intent_number(const std::string& text);
/// The named text argument; bad_input when it is missing or empty.
Result<std::string> required_text(const Document& arguments, std::string_view name);
/// Which followed project an act without one belongs to: the only one.
Result<storage::Follow> project_of(Parts& parts, const Document& arguments);
base::Document to_document(const storage::Intent& intent, const Parts& parts);
base::Document to_document(const sync::ViewRecord& record);

}  // namespace fieldsync::verbs
