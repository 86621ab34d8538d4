#include "agent/sync/upload/uploader.h"

#include <algorithm>
#include <utility>

#include "agent/sync/link/retry.h"
#include "agent/sync/link/tuning.h"
#include "agent/sync/remote/people.h"
#include "agent/sync/upload/tuning.h"
#include "agent/sync/upload/upload_parts.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::ByteCount;
using base::Cause;
using base::Done;
using base::Failure;
using base::Result;
using storage::Upload;
using storage::UploadPart;
using storage::UploadState;

namespace {
constexpr ByteCount kInLine = -1;  ///< of a part that waits for its turn
}  // namespace

struct Uploader::Run {
  storage::Intent intent;
  Upload upload;
  Haste haste = Haste::none;
  StepDone done;
  enum class Tickets { as_stored, renewed } tickets = Tickets::as_stored;
  base::Instant service_used{};  ///< when the service itself was last asked for this
  int part_attempts = 0;
  int cuts_in_a_row = 0;  ///< parts cut off while another one went on, none confirmed since
  /// Parts that leave, wait for their turn (kInLine) or for their answer: what has left of each.
  std::map<std::size_t, ByteCount> under_way;
  enum class Stage { preparing, sending } stage = Stage::preparing;
  /// What is to be done about the first part that failed, once none is under way any more.
  std::function<void()> when_quiet;

  const storage::Attachment& attachment() const {
    return intent.attachments[static_cast<std::size_t>(upload.position)];
  }
  net::UploadSpec spec() const {
    net::UploadSpec spec;
    spec.project = intent.project;
    spec.name = attachment().name;
    spec.content_type = attachment().content_type;
    spec.size = upload.size;
    spec.style = upload.style == storage::UploadStyleStored::plain ? net::UploadStyle::plain
                                                                   : net::UploadStyle::segmented;
    for (const UploadPart& part : upload.parts) {
      spec.parts.push_back({part.offset, part.size, part.digest});
    }
    return spec;
  }
};

namespace {

std::string link_setting(const base::RemoteName& remote) { return "link." + remote.raw(); }
std::string storage_setting(const base::RemoteName& remote) { return "storage." + remote.raw(); }

/// In the lane: those in haste first, then in the order of capture.
std::int64_t rank_of(const storage::Intent& intent, Haste haste) {
  constexpr std::int64_t kBefore = std::int64_t{1} << 40;  // above every id
  return intent.id.raw() - static_cast<std::int64_t>(haste) * kBefore;
}

}  // namespace

Uploader::Uploader(Context& context, Outcomes& outcomes, net::UploadStyle style)
    : context_(context),
      outcomes_(outcomes),
      style_(style),
      lane_(context.host.clock, context.host.loop) {
  const auto learnt = context_.work.setting(link_setting(context_.remote.name));
  if (learnt) context_.remote.links = LinkMemory::from_text(*learnt);
  const auto storage = context_.work.setting(storage_setting(context_.remote.name));
  if (storage) storage_ = *storage;
}
Uploader::~Uploader() = default;

void Uploader::upload(base::IntentId id, Haste haste, StepDone done) {
  auto loaded = context_.work.intent(id);
  if (!loaded) return done(loaded.failure());
  if (!*loaded) return done(Done{});
  auto run = std::make_shared<Run>();
  run->intent = **loaded;
  run->haste = haste;
  run->done = std::move(done);
  next(std::move(run));
}

void Uploader::next(std::shared_ptr<Run> run) {
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
        return create(std::move(run));
      case UploadState::receiving:
        // One call of the service's budget may save megabytes.
        if (unsure_.erase(run->intent.id) != 0) return renew_tickets(run);
        return begin_sending(run);
      case UploadState::completing:
        return ask_status(run);
    }
  }
  end(run, Done{});
}

/// Its time at the service is over or not enough: nobody's failure, so no attempt is counted, and
/// no byte is sent for nothing. What the service has of it goes by itself.
void Uploader::make_anew(std::shared_ptr<Run> run) {
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

void Uploader::make_plan(std::shared_ptr<Run> run) {
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
void Uploader::hash_parts(std::shared_ptr<Run> run, std::size_t part) {
  if (part == run->upload.parts.size()) return planned(std::move(run));
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

void Uploader::planned(std::shared_ptr<Run> run) {
  if (auto saved = context_.work.save_upload(run->upload); !saved) return end(run, saved);
  create(std::move(run));
}

/// While the upload is announced, the way to where its bytes will go most likely is opened.
void Uploader::open_storage_ahead() {
  const base::Instant now = context_.host.clock.now();
  const bool is_open = storage_used_ && now - *storage_used_ < tuning::kStorageStaysOpen;
  if (storage_.empty() || is_open) return;
  storage_used_ = now;
  context_.courier.open_ahead(storage_);
}

/// While the bytes of the last part are on their way, the way to completing the upload is opened:
/// during a long one the service has closed the connection it was announced on.
void Uploader::open_service_ahead(Run& run) {
  const std::vector<UploadPart>& parts = run.upload.parts;
  const auto missing =
      std::count_if(parts.begin(), parts.end(), [](const auto& part) { return part.etag.empty(); });
  const base::Instant now = context_.host.clock.now();
  if (missing > 1 || now - run.service_used < tuning::kStorageStaysOpen) return;
  run.service_used = now;
  context_.courier.open_ahead(context_.remote.service.upload_create(run.spec()).url);
}

void Uploader::remember_storage(const std::string& url) {
  const auto parsed = net::parse_url(url);
  if (!parsed) return;
  std::string origin = parsed->scheme + "://" + parsed->host;
  if (parsed->port != 0) origin += ":" + std::to_string(parsed->port);
  if (origin == storage_) return;
  storage_ = origin;
  (void)context_.work.save_setting(storage_setting(context_.remote.name), origin);
}

void Uploader::create(std::shared_ptr<Run> run) {
  open_storage_ahead();
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
        remember_storage(upload.parts.front().url);
        begin_sending(run);
      });
}

void Uploader::begin_sending(const std::shared_ptr<Run>& run) {
  run->stage = Run::Stage::sending;
  send_parts(run);
}

/// Lines up the next part, if there is one and not too many are under way.
void Uploader::send_parts(const std::shared_ptr<Run>& run) {
  if (run->stage != Run::Stage::sending) return;
  if (run->when_quiet) {
    if (!run->under_way.empty()) return;
    run->stage = Run::Stage::preparing;
    return std::exchange(run->when_quiet, nullptr)();
  }
  const std::vector<UploadPart>& parts = run->upload.parts;
  std::size_t part = 0;
  while (part < parts.size() && (!parts[part].etag.empty() || run->under_way.contains(part))) {
    ++part;
  }
  if (part == parts.size()) {
    if (run->under_way.empty()) all_sent(run);
    return;
  }
  if (run->under_way.size() >= tuning::kPartsAtOnce) return;
  if (tickets_are_old(*run)) {
    run->when_quiet = [this, run] { renew_tickets(run); };
    return send_parts(run);
  }
  if (!context_.remote.data.may_send(run->intent.id)) {
    // The rest waits for the data plan; the planner brings it up again.
    run->when_quiet = [this, run] { end(run, Done{}); };
    return send_parts(run);
  }
  run->under_way.emplace(part, kInLine);
  lane_.enter(
      rank_of(run->intent, run->haste),
      [this, run, part](UploadLane::Pass pass) { send_part(run, part, pass); },
      [this, run] { send_parts(run); });
}

void Uploader::send_part(const std::shared_ptr<Run>& run, std::size_t part, UploadLane::Pass pass) {
  if (run->when_quiet) {  // another part failed while this one waited for its turn
    run->under_way.erase(part);
    return lane_.leave(pass);
  }
  run->under_way[part] = 0;
  Upload& upload = run->upload;
  const UploadPart& current = upload.parts[part];
  net::PartTicket ticket{current.url, current.headers, current.form, {}};
  net::HttpRequest request = context_.remote.service.upload_part(
      run->spec(), ticket, static_cast<int>(part), context_.originals.path_of(upload.blob));
  const base::Instant began = context_.host.clock.now();
  context_.courier.send_as(
      sent_under(context_.remote, run->intent.author), std::move(request),
      [this, run, part, pass](net::HttpOutcome outcome) {
        run->under_way.erase(part);
        part_sent(run, part, std::move(outcome));
        lane_.leave(pass);
      },
      [this, run, part, pass, size = current.size, began](ByteCount sent, ByteCount) {
        const auto mine = run->under_way.find(part);
        if (mine == run->under_way.end()) return;
        mine->second = sent;
        note_progress(*run);
        lane_.moved(pass);
        if (sent >= size) open_service_ahead(*run);
        // The next one goes on the same connection, which knows the link's rate; only what is short
        // beside the round trip it would wait for takes another one meanwhile.
        const bool is_short = context_.host.clock.now() - began < tuning::kShortPart;
        if (sent >= size && is_short) lane_.leave(pass);
      },
      nullptr);
  note_progress(*run);
}

void Uploader::note_progress(const Run& run) {
  Progress progress{run.intent.id, run.upload.bytes_confirmed(), run.upload.size};
  for (const auto& [part, sent] : run.under_way) progress.sent += std::max<ByteCount>(sent, 0);
  progress.sent = std::min(progress.sent, progress.total);
  progress_[run.intent.id] = progress;
}

std::optional<Uploader::Progress> Uploader::progress() const {
  if (progress_.empty()) return std::nullopt;
  return progress_.begin()->second;
}

void Uploader::all_sent(std::shared_ptr<Run> run) {
  run->stage = Run::Stage::preparing;
  tickets_from_.erase(run->intent.id);
  Upload& upload = run->upload;
  upload.state = upload.style == storage::UploadStyleStored::plain ? UploadState::ready
                                                                   : UploadState::completing;
  if (auto saved = context_.work.save_upload(upload); !saved) return end(run, saved);
  return upload.state == UploadState::ready ? next(std::move(run)) : complete(std::move(run));
}

void Uploader::part_sent(const std::shared_ptr<Run>& run, std::size_t part,
                         net::HttpOutcome outcome) {
  bytes_sent_ += outcome.bytes_sent;
  if (outcome.response) storage_used_ = context_.host.clock.now();
  auto etag = outcome.response ? context_.remote.service.read_upload_part(*outcome.response)
                               : Result<std::string>(outcome.response.failure());
  if (!etag) {
    const bool too_long = learn_from_failure(*run, part, outcome) == LinkReach::Verdict::too_long;
    too_long ? part_too_long(run, part) : part_failed(run, etag.failure());
    return send_parts(run);
  }
  UploadPart& sent = run->upload.parts[part];
  sent.etag = etag->empty() ? "-" : *etag;
  if (auto saved = context_.work.save_part_etag(run->intent.id, run->upload.position,
                                                static_cast<int>(part), sent.etag);
      !saved) {
    if (!run->when_quiet) run->when_quiet = [this, run, saved] { end(run, saved); };
    return send_parts(run);
  }
  if (context_.remote.links.here().sent(sent.size, outcome.took)) keep_learnt();
  run->cuts_in_a_row = 0;
  reach_.arrived(run->intent.id, sent.size);
  context_.remote.breakers.ended(kUploadEndpoint, nullptr, context_.now());
  send_parts(run);
}

/// A refusal says nothing of the link: it may come before the first byte of the part.
LinkReach::Verdict Uploader::learn_from_failure(const Run& run, std::size_t part,
                                                const net::HttpOutcome& outcome) {
  const bool was_cut = !outcome.response && outcome.reach == net::Reach::may_have_arrived &&
                       verdict_on(outcome.response.failure().cause) == Verdict::link;
  if (!was_cut) return LinkReach::Verdict::try_again;
  const bool all_left = outcome.bytes_sent >= run.upload.parts[part].size;
  if (all_left && unsure_.size() < tuning::kCutActsMax) unsure_.insert(run.intent.id);
  context_.remote.links.here().cut(outcome.took);
  keep_learnt();
  const auto known = run.intent.cause == Cause::link_too_short ? LinkReach::Known::suspected
                                                               : LinkReach::Known::nothing;
  return reach_.cut(run.intent.id, run.upload.parts[part].size, outcome.bytes_sent, known);
}

/// It waits alone: the link is good enough for everything smaller.
void Uploader::part_too_long(const std::shared_ptr<Run>& run, std::size_t part) {
  Failure failure{Cause::link_too_short,
                  run->attachment().name + ": connections end after about " +
                      base::bytes_to_human(reach_.reach()) + ", and " +
                      base::bytes_to_human(run->upload.parts[part].size) +
                      " of this file must go in one piece; another network would help"};
  failure.wait_asked = reach_.wait(run->intent.id);
  too_long_at_ = context_.now();
  run->when_quiet = [this, run, failure] { end(run, outcomes_.failed(run->intent, failure)); };
}

Result<> Uploader::network_changed() {
  lane_.network_changed();
  const base::WallTime now = context_.now();
  const base::WallTime at = too_long_at_ ? *too_long_at_ + tuning::kTooLongPause : now;
  return context_.work.hasten(context_.remote.name, Cause::link_too_short, std::max(now, at));
}

/// Over restarts, so that the first upload of the day is cut as the link wants it.
void Uploader::keep_learnt() {
  (void)context_.work.save_setting(link_setting(context_.remote.name),
                                   context_.remote.links.to_text());
}

/// Only the first failure counts: the others have the same reason, mostly.
void Uploader::part_failed(const std::shared_ptr<Run>& run, const Failure& failure) {
  if (run->when_quiet) return;
  // The other part shows that there is a link, or the courier saw that this one's connection alone
  // was lost.
  const bool is_of_link = verdict_on(failure.cause) == Verdict::link;
  const bool link_stands = context_.remote.link.state() != LinkState::shut ||
                           std::any_of(run->under_way.begin(), run->under_way.end(),
                                       [](const auto& other) { return other.second != kInLine; });
  if (is_of_link && link_stands && ++run->cuts_in_a_row < tuning::kPartAttemptsMax) {
    if (unsure_.erase(run->intent.id) == 0) return;
    run->when_quiet = [this, run] { renew_tickets(run); };
    return;
  }
  if (failure.cause == Cause::upload_expired) {
    const bool renew = run->tickets == Run::Tickets::as_stored;
    run->when_quiet = [this, run, failure, renew] {
      renew ? renew_tickets(run) : start_over(run, failure);
    };
    return;
  }
  const bool again = failure.cause == Cause::refused_by_service &&
                     ++run->part_attempts >= tuning::kPartAttemptsMax;
  run->when_quiet = [this, run, failure, again] {
    again ? start_over(run, failure) : fail(run, failure);
  };
}

void Uploader::complete(std::shared_ptr<Run> run) {
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

/// A call is spared by trying them, and a whole part is sent in vain.
bool Uploader::tickets_are_old(const Run& run) const {
  const auto renewed = tickets_from_.find(run.intent.id);
  return addresses_are_old(renewed == tickets_from_.end() ? run.upload.created_at : renewed->second,
                           context_.remote.service.capabilities(), context_.now());
}

/// All parts are there, and the service was asked to put them together.
void Uploader::take_status(const std::shared_ptr<Run>& run, net::UploadStatus status) {
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
void Uploader::ask_status(const std::shared_ptr<Run>& run) {
  show(run, [this, run](const net::UploadTicket& ticket) {
    if (ticket.status == net::UploadStatus::receiving) return complete(run);
    take_status(run, ticket.status);
  });
}

/// `done` gets the upload as the service shows it; one that is gone is begun anew.
void Uploader::show(const std::shared_ptr<Run>& run,
                    std::function<void(const net::UploadTicket&)> done) {
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
void Uploader::renew_tickets(const std::shared_ptr<Run>& run) {
  run->tickets = Run::Tickets::renewed;
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
    begin_sending(run);
  });
}

void Uploader::start_over(const std::shared_ptr<Run>& run, const Failure& failure) {
  tickets_from_.erase(run->intent.id);
  if (auto forgotten = context_.work.forget_upload(run->intent.id, run->upload.position);
      !forgotten) {
    return end(run, forgotten);
  }
  int& restarts = restarts_[run->intent.id];
  if (++restarts < tuning::kUploadRestartsMax) {
    return fail(run, {Cause::upload_expired, failure.what});
  }
  const std::string times = std::to_string(restarts) + " times";
  restarts_.erase(run->intent.id);
  end(run, outcomes_.held(run->intent, {Cause::refused_by_service, failure.what + ", " + times}));
}

void Uploader::fail(const std::shared_ptr<Run>& run, const Failure& failure) {
  context_.remote.breakers.ended(kUploadEndpoint, &failure, context_.now());
  end(run, outcomes_.failed(run->intent, failure));
}

void Uploader::end(const std::shared_ptr<Run>& run, Result<> result) {
  progress_.erase(run->intent.id);
  run->done(result);
}

}  // namespace fieldsync::sync
