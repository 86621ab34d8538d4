#include "agent/sync/upload/uploader.h"

#include <utility>

#include "agent/sync/link/tuning.h"
#include "agent/sync/remote/people.h"
#include "agent/sync/upload/tuning.h"
#include "agent/sync/upload/upload_deadline.h"
#include "agent/sync/upload/upload_parts.h"

namespace fieldsync::sync {

using base::Cause;
using base::Done;
using base::Failure;
using base::Result;
using storage::Upload;
using storage::UploadPart;
using storage::UploadState;

Uploader::Uploader(Context& context, Outcomes& outcomes, net::UploadStyle style)
    : context_(context),
      outcomes_(outcomes),
      style_(style),
      ahead_(context),
      sender_(context, ahead_,
              [this](const Run& run, const SendEnd& end) { parts_ended(run, end); }) {}

void Uploader::upload(base::IntentId id, Haste haste, StepDone done) {
  auto loaded = context_.work.intent(id);
  if (!loaded) return done(loaded.failure());
  if (!*loaded) return done(Done{});
  auto run = std::make_shared<UploadRun>();
  run->intent = **loaded;
  run->haste = haste;
  run->done = std::move(done);
  next(std::move(run));
}

void Uploader::next(Run run) {
  const net::Capabilities can = context_.remote.service.capabilities();
  for (std::size_t i = 0; i < run->intent.attachments.size(); ++i) {
    const int position = static_cast<int>(i);
    auto stored = context_.work.upload(run->intent.id, position);
    if (!stored) return end(run, stored.failure());
    run->upload = stored->value_or(Upload{});
    run->upload.intent = run->intent.id;
    run->upload.position = position;
    if (!*stored) return make_plan(std::move(run));
    if (is_ready(run->upload, can, context_.now())) continue;
    if (is_too_late(run->upload, can, context_.remote.links.here(), context_.now())) {
      return make_anew(std::move(run));
    }
    switch (run->upload.state) {
      case UploadState::ready:
        FS_CHECK(false);  // it is ready, or too late
      case UploadState::planned:
      case UploadState::creating:
        return create(run);
      case UploadState::receiving:
        // One call of the service's budget may save megabytes.
        if (sender_.take_unsure(run->intent.id)) return renew_tickets(run);
        return send_parts(run);
      case UploadState::completing:
        return ask_status(run);
    }
  }
  end(run, Done{});
}

/// Its time at the service is over or not enough: nobody's failure, so no attempt is counted, and
/// no byte is sent for nothing. What the service has of it goes by itself.
void Uploader::make_anew(Run run) {
  context_.log.info("upload.anew", {{"intent", run->intent.id.raw()},
                                    {"bytes_confirmed", run->upload.bytes_confirmed()}});
  const int position = run->upload.position;
  if (auto forgotten = context_.work.forget_upload(run->intent.id, position); !forgotten) {
    return end(run, forgotten);
  }
  tickets_from_.erase(run->intent.id);
  run->upload = Upload{};
  run->upload.intent = run->intent.id;
  run->upload.position = position;
  make_plan(std::move(run));
}

void Uploader::make_plan(Run run) {
  const storage::Attachment& attachment = run->attachment();
  Upload& upload = run->upload;
  upload.blob = attachment.blob;
  upload.size = attachment.size;
  upload.state = UploadState::planned;
  const net::Capabilities can = context_.remote.service.capabilities();
  auto cuts = cut_into_parts(upload.size, context_.remote.links.here().part_size(), can);
  if (style_ == net::UploadStyle::plain && cuts.size() == 1) {
    upload.style = storage::UploadStyleStored::plain;
  }
  for (const auto& [offset, size] : cuts) {
    UploadPart part;
    part.offset = offset;
    part.size = size;
    upload.parts.push_back(std::move(part));
  }
  if (upload.parts.size() == 1) {
    upload.parts[0].digest = attachment.blob;
    return planned(run);
  }
  hash_parts(std::move(run), 0);
}

/// Hashing reads the whole file: away from the loop thread, and one part a job, so that a stop of
/// the agent waits for a part and not for a film.
void Uploader::hash_parts(Run run, std::size_t part) {
  if (part == run->upload.parts.size()) return planned(run);
  auto digest = std::make_shared<Result<base::Digest>>(base::Digest{});
  context_.host.workers.run(
      [this, digest, path = context_.originals.path_of(run->attachment().blob),
       range = run->upload.parts[part]] {
        *digest = digest_of_range(context_.host.files, path, range.offset, range.size);
      },
      [this, run, part, digest] {
        if (!*digest) return fail(run, digest->failure());
        run->upload.parts[part].digest = **digest;
        hash_parts(run, part + 1);
      });
}

void Uploader::planned(const Run& run) {
  if (auto saved = context_.work.save_upload(run->upload); !saved) return end(run, saved);
  create(run);
}

void Uploader::create(const Run& run) {
  ahead_.to_storage();
  const net::UploadSpec spec = run->spec();
  context_.courier.send_as(
      sent_under(context_.remote, run->intent.author), context_.remote.service.upload_create(spec),
      [this, run, spec](net::HttpOutcome outcome) {
        if (!outcome.response) return fail(run, outcome.response.failure());
        auto ticket = context_.remote.service.read_upload_create(spec, *outcome.response);
        if (!ticket) return fail(run, ticket.failure());
        Upload& upload = run->upload;
        FS_CHECK(ticket->parts.size() == upload.parts.size());
        for (std::size_t i = 0; i < upload.parts.size(); ++i) {
          upload.parts[i].url = ticket->parts[i].url;
          upload.parts[i].headers = ticket->parts[i].headers;
          upload.parts[i].form = ticket->parts[i].form;
        }
        upload.service_id = ticket->upload_id;
        upload.created_at = context_.now();
        run->service_used = context_.host.clock.now();
        upload.state = UploadState::receiving;
        if (auto saved = context_.work.save_upload(upload); !saved) return end(run, saved);
        ahead_.storage_is(upload.parts.front().url);
        send_parts(run);
      });
}

void Uploader::send_parts(const Run& run) {
  const auto renewed = tickets_from_.find(run->intent.id);
  run->tickets_from = renewed == tickets_from_.end() ? run->upload.created_at : renewed->second;
  sender_.send(run);
}

void Uploader::parts_ended(const Run& run, const SendEnd& ended) {
  switch (ended.what) {
    case SendEnd::What::all_confirmed:
      return all_sent(run);
    case SendEnd::What::rest_later:  // the planner brings it up again
      return end(run, Done{});
    case SendEnd::What::renew:
      return renew_tickets(run);
    case SendEnd::What::start_over:
      return start_over(run, ended.failure);
    case SendEnd::What::failed:
      return fail(run, ended.failure);
    case SendEnd::What::put_off:
      return end(run, outcomes_.failed(run->intent, ended.failure));
    case SendEnd::What::not_saved:
      return end(run, ended.failure);
  }
}

void Uploader::all_sent(const Run& run) {
  tickets_from_.erase(run->intent.id);
  Upload& upload = run->upload;
  upload.state = upload.style == storage::UploadStyleStored::plain ? UploadState::ready
                                                                   : UploadState::completing;
  if (auto saved = context_.work.save_upload(upload); !saved) return end(run, saved);
  return upload.state == UploadState::ready ? next(run) : complete(run);
}

void Uploader::complete(const Run& run) {
  std::vector<std::string> etags;
  for (const UploadPart& part : run->upload.parts) etags.push_back(part.etag);
  context_.courier.send_as(
      sent_under(context_.remote, run->intent.author),
      context_.remote.service.upload_complete(run->spec(), run->upload.service_id, etags),
      [this, run](net::HttpOutcome outcome) {
        if (!outcome.response) return fail(run, outcome.response.failure());
        auto status = context_.remote.service.read_upload_complete(*outcome.response);
        if (!status) {
          switch (status.failure().cause) {
            case Cause::upload_expired:
            case Cause::record_gone:
            case Cause::refused_by_service:
              return start_over(run, status.failure());
            default:
              return fail(run, status.failure());
          }
        }
        take_status(run, *status);
      });
}

/// All parts are there, and the service was asked to put them together.
void Uploader::take_status(const Run& run, net::UploadStatus status) {
  switch (status) {
    case net::UploadStatus::receiving:
    case net::UploadStatus::processing:
      return fail(
          run, {Cause::processing_at_service, run->attachment().name + " is still being received"});
    case net::UploadStatus::failed:
      return start_over(
          run, {Cause::upload_expired, run->attachment().name + ": the service could not take it"});
    case net::UploadStatus::complete:
      break;
  }
  run->upload.state = UploadState::ready;
  if (auto saved = context_.work.save_upload(run->upload); !saved) return end(run, saved);
  next(run);
}

/// The answer to the completion was lost, or the service still looked at the file.
void Uploader::ask_status(const Run& run) {
  show(run, [this, run](const net::UploadTicket& ticket) {
    if (ticket.status == net::UploadStatus::receiving) return complete(run);
    take_status(run, ticket.status);
  });
}

/// `done` gets the upload as the service shows it; one that is gone is begun anew.
void Uploader::show(const Run& run, std::function<void(const net::UploadTicket&)> done) {
  const net::UploadSpec spec = run->spec();
  context_.courier.send_as(
      sent_under(context_.remote, run->intent.author),
      context_.remote.service.upload_show(spec, run->upload.service_id),
      [this, run, spec, done = std::move(done)](const net::HttpOutcome& outcome) {
        if (!outcome.response) return fail(run, outcome.response.failure());
        const auto ticket = context_.remote.service.read_upload_show(spec, *outcome.response);
        if (ticket) return done(*ticket);
        switch (ticket.failure().cause) {
          case Cause::upload_expired:
          case Cause::record_gone:
          case Cause::refused_by_service:
            return start_over(
                run, {Cause::upload_expired, run->attachment().name + ": the upload is gone"});
          default:
            return fail(run, ticket.failure());
        }
      });
}

/// New addresses for the parts, and which of them are there.
void Uploader::renew_tickets(const Run& run) {
  run->tickets = UploadRun::Tickets::renewed;
  show(run, [this, run](const net::UploadTicket& ticket) {
    std::vector<UploadPart>& parts = run->upload.parts;
    const bool usable =
        ticket.status == net::UploadStatus::receiving && ticket.parts.size() == parts.size();
    if (!usable) {
      return start_over(run,
                        {Cause::upload_expired, run->attachment().name + ": the upload is gone"});
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].etag.empty()) parts[i].etag = ticket.parts[i].etag;
      if (ticket.parts[i].url.empty()) continue;
      parts[i].url = ticket.parts[i].url;
      parts[i].headers = ticket.parts[i].headers;
    }
    tickets_from_[run->intent.id] = context_.now();
    if (auto saved = context_.work.save_upload(run->upload); !saved) return end(run, saved);
    send_parts(run);
  });
}

void Uploader::start_over(const Run& run, const Failure& failure) {
  tickets_from_.erase(run->intent.id);
  if (auto forgotten = context_.work.forget_upload(run->intent.id, run->upload.position);
      !forgotten) {
    return end(run, forgotten);
  }
  if (restarts_.size() >= tuning::kCutActsMax) restarts_.clear();
  const int restarts = ++restarts_[run->intent.id];
  Failure lost{Cause::upload_expired, failure.what};
  if (restarts > tuning::kUploadRestartsSoon) {
    lost.what += ", " + std::to_string(restarts) + " times";
    lost.wait_asked = vain_wait(restarts - tuning::kUploadRestartsSoon - 1);
  }
  fail(run, lost);
}

void Uploader::fail(const Run& run, const Failure& failure) {
  context_.remote.breakers.ended(kUploadEndpoint, &failure, context_.now());
  end(run, outcomes_.failed(run->intent, failure));
}

void Uploader::end(const Run& run, Result<> result) {
  sender_.forget(run->intent.id);
  run->done(result);
}

}  // namespace fieldsync::sync
