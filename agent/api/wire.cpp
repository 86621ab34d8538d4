#include "agent/api/wire.h"

#include "platform/base/json.h"
#include "platform/base/text.h"

namespace fieldsync::api {
namespace {

using base::Cause;

constexpr std::string_view kBase = "http://localhost/v1/";

}  // namespace

Document to_document(const Failure& failure) {
  const base::CauseInfo& about = base::info(failure.cause);
  Document error{{"cause", about.id},
                 {"what", failure.what},
                 {"sentence", base::sentence(failure)},
                 {"owner", base::name(about.owner)},
                 {"next_step", about.next_step}};
  if (failure.wait_asked) error.set("wait_ms", std::int64_t{failure.wait_asked->count()});
  return error;
}

Failure to_failure(const Document& error) {
  const auto cause = base::cause_from_id(error.text("cause"));
  if (!cause || *cause == Cause::none) {
    return {Cause::unexpected_answer, "the agent answered with an unknown failure \"" +
                                          base::printable(error.text("cause")) + "\""};
  }
  Failure failure{*cause, error.text("what")};
  if (const auto wait = error.integer("wait_ms"); wait > 0) failure.wait_asked = base::Millis{wait};
  return failure;
}

/// 503 says: the agent is well, what it depends on is not.
int status_of(base::Cause cause) {
  switch (cause) {
    case Cause::none:
      return 200;
    case Cause::bad_input:
    case Cause::field_required:
    case Cause::field_invalid:
    case Cause::file_empty:
    case Cause::file_unreadable:
    case Cause::file_growing:
    case Cause::type_not_accepted:
    case Cause::name_adjusted:
      return 422;
    case Cause::not_found:
    case Cause::record_gone:
    case Cause::mass_vanishing:
    case Cause::project_gone:
      return 404;
    case Cause::permission_missing:
    case Cause::tool_disabled:
    case Cause::project_not_shared:
    case Cause::app_not_installed:
      return 403;
    case Cause::conflict:
    case Cause::transition_refused:
    case Cause::locked_by_workflow:
    case Cause::already_running:
      return 409;
    case Cause::file_too_large:
    case Cause::limit_reached:
      return 413;
    case Cause::rate_limited:
      return 429;
    case Cause::disk_low:
      return 507;
    case Cause::disk_error:
    case Cause::work_damaged:
    case Cause::mirror_damaged:
    case Cause::newer_version:
      return 500;
    case Cause::offline:
    case Cause::link_too_short:
    case Cause::captive_portal:
    case Cause::tls_untrusted:
    case Cause::timeout:
    case Cause::service_busy:
    case Cause::service_error:
    case Cause::unexpected_answer:
    case Cause::login_required:
    case Cause::login_in_doubt:
    case Cause::login_paused:
    case Cause::not_polled_yet:
    case Cause::draft_not_submitted:
    case Cause::processing_at_service:
    case Cause::refused_by_service:
    case Cause::not_read_back_yet:
    case Cause::in_doubt:
    case Cause::waiting_for_other:
    case Cause::queued:
    case Cause::held_by_person:
    case Cause::upload_expired:
    case Cause::data_plan:
    case Cause::notes_not_complete:
    case Cause::clock_wrong:
    case Cause::connection_requested:
    case Cause::connection_disconnected:
      return 503;
  }
  return 500;
}

net::HttpResponse to_reply(const Result<Document>& answer) {
  net::HttpResponse reply;
  reply.headers.add("Content-Type", "application/json");
  if (answer.ok()) {
    reply.status = 200;
    reply.body = base::to_json(*answer);
  } else {
    reply.status = status_of(answer.failure().cause);
    reply.body = base::to_json(Document{{"error", to_document(answer.failure())}});
  }
  return reply;
}

Result<Document> read_reply(const net::HttpResponse& reply) {
  TRY_ASSIGN(base::Value value, base::parse_json(reply.body));
  Document* answer = value.as_document();
  if (!answer) {
    return Failure{Cause::unexpected_answer, "the agent's answer is not an object"};
  }
  if (reply.is_success()) return std::move(*answer);
  const base::Value* error = answer->find("error");
  if (!error || !error->as_document()) {
    return Failure{Cause::unexpected_answer,
                   "the agent answered with status " + std::to_string(reply.status)};
  }
  return to_failure(*error->as_document());
}

std::string call_url(std::string_view verb) {
  return std::string(kBase) + "call/" + base::url_encode(verb);
}

std::string blob_url(std::string_view name) {
  return std::string(kBase) + "blobs?name=" + base::url_encode(name);
}

std::string health_url() { return std::string(kBase) + "health"; }

bool same_token(std::string_view given, std::string_view expected) {
  if (expected.empty() || given.size() != expected.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    difference |= static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(expected[i]);
  }
  return difference == 0;
}

}  // namespace fieldsync::api
