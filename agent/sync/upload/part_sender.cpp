#include "agent/sync/upload/part_sender.h"

#include <algorithm>
#include <utility>

#include "agent/sync/link/retry.h"
#include "agent/sync/link/tuning.h"
#include "agent/sync/remote/people.h"
#include "agent/sync/upload/tuning.h"
#include "agent/sync/upload/upload_deadline.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::ByteCount;
using base::Cause;
using base::Failure;
using base::Result;
using storage::UploadPart;

namespace {

std::string link_setting(const base::RemoteName& remote) { return "link." + remote.raw(); }

/// In the lane: those in haste first, then in the order of capture.
std::int64_t rank_of(const storage::Intent& intent, Haste haste) {
  constexpr std::int64_t kBefore = std::int64_t{1} << 40;  // above every id
  return intent.id.raw() - static_cast<std::int64_t>(haste) * kBefore;
}

}  // namespace

PartSender::PartSender(Context& context, OpenAhead& ahead, Ended ended)
    : context_(context),
      ahead_(ahead),
      ended_(std::move(ended)),
      lane_(context.host.clock, context.host.loop) {
  const auto learnt = context_.work.setting(link_setting(context_.remote.name));
  if (learnt) context_.remote.links = LinkMemory::from_text(*learnt);
}

void PartSender::send(const Run& run) {
  run->stage = UploadRun::Stage::sending;
  line_up(run);
}

/// Lines up the next part, if there is one and not too many are under way.
void PartSender::line_up(const Run& run) {
  if (run->stage != UploadRun::Stage::sending) return;
  if (run->when_quiet) {
    if (run->under_way.empty()) quiet(run, *std::exchange(run->when_quiet, std::nullopt));
    return;
  }
  const std::vector<UploadPart>& parts = run->upload.parts;
  std::size_t part = 0;
  while (part < parts.size() && (!parts[part].etag.empty() || run->under_way.contains(part))) {
    ++part;
  }
  if (part == parts.size()) {
    if (run->under_way.empty()) quiet(run, {SendEnd::What::all_confirmed});
    return;
  }
  if (run->under_way.size() >= tuning::kPartsAtOnce) return;
  if (tickets_are_old(*run)) {
    run->when_quiet = SendEnd{SendEnd::What::renew};
    return line_up(run);
  }
  if (!context_.remote.data.may_send(run->intent.id)) {
    run->when_quiet = SendEnd{SendEnd::What::rest_later};
    return line_up(run);
  }
  run->under_way.emplace(part, UploadRun::kInLine);
  lane_.enter(
      rank_of(run->intent, run->haste),
      [this, run, part](UploadLane::Pass pass) { send_part(run, part, pass); },
      [this, run] { line_up(run); });
}

/// A call is spared by trying them, and a whole part is sent in vain.
bool PartSender::tickets_are_old(const UploadRun& run) const {
  return addresses_are_old(run.tickets_from, context_.remote.service.capabilities(),
                           context_.now());
}

void PartSender::quiet(Run run, const SendEnd& end) {
  run->stage = UploadRun::Stage::preparing;
  ended_(run, end);
}

void PartSender::send_part(const Run& run, std::size_t part, UploadLane::Pass pass) {
  if (run->when_quiet) {  // another part failed while this one waited for its turn
    run->under_way.erase(part);
    return lane_.leave(pass);
  }
  run->under_way[part] = 0;
  const UploadPart& current = run->upload.parts[part];
  net::PartTicket ticket{current.url, current.headers, current.form, {}};
  net::HttpRequest request = context_.remote.service.upload_part(
      run->spec(), ticket, static_cast<int>(part), context_.originals.path_of(run->upload.blob));
  context_.courier.send_as(
      sent_under(context_.remote, run->intent.author), std::move(request),
      [this, run, part, pass](net::HttpOutcome outcome) {
        run->under_way.erase(part);
        part_sent(run, part, std::move(outcome));
        lane_.leave(pass);
      },
      [this, run, part, pass, began = context_.host.clock.now()](ByteCount sent, ByteCount) {
        if (run->under_way.contains(part)) moved(*run, part, sent, began, pass);
      },
      nullptr);
  note_progress(*run);
}

/// `sent` bytes of the part have left since it `began`.
void PartSender::moved(UploadRun& run, std::size_t part, ByteCount sent, base::Instant began,
                       UploadLane::Pass pass) {
  run.under_way[part] = sent;
  note_progress(run);
  lane_.moved(pass);
  if (sent < run.upload.parts[part].size) return;
  ahead_.to_service(run);
  // The next one goes on the same connection, which knows the link's rate; only what is short
  // beside the round trip it would wait for takes another one meanwhile.
  if (context_.host.clock.now() - began < tuning::kShortPart) lane_.leave(pass);
}

void PartSender::note_progress(const UploadRun& run) {
  Progress progress{run.intent.id, run.upload.bytes_confirmed(), run.upload.size};
  for (const auto& [part, sent] : run.under_way) progress.sent += std::max<ByteCount>(sent, 0);
  progress.sent = std::min(progress.sent, progress.total);
  progress_[run.intent.id] = progress;
}

std::optional<PartSender::Progress> PartSender::progress() const {
  if (progress_.empty()) return std::nullopt;
  return progress_.begin()->second;
}

void PartSender::part_sent(const Run& run, std::size_t part, net::HttpOutcome outcome) {
  bytes_sent_ += outcome.bytes_sent;
  if (outcome.response) ahead_.storage_answered();
  auto etag = outcome.response ? context_.remote.service.read_upload_part(*outcome.response)
                               : Result<std::string>(outcome.response.failure());
  if (!etag) {
    const bool too_long = learn_from_failure(*run, part, outcome) == LinkReach::Verdict::too_long;
    too_long ? part_too_long(*run, part) : part_failed(*run, etag.failure());
    return line_up(run);
  }
  UploadPart& sent = run->upload.parts[part];
  sent.etag = etag->empty() ? "-" : *etag;
  if (auto saved = context_.work.save_part_etag(run->intent.id, run->upload.position,
                                                static_cast<int>(part), sent.etag);
      !saved) {
    if (!run->when_quiet) run->when_quiet = SendEnd{SendEnd::What::not_saved, saved.failure()};
    return line_up(run);
  }
  if (context_.remote.links.here().sent(sent.size, outcome.took)) keep_learnt();
  run->cuts_in_a_row = 0;
  reach_.arrived(run->intent.id, sent.size);
  context_.remote.breakers.ended(kUploadEndpoint, nullptr, context_.now());
  line_up(run);
}

/// A refusal says nothing of the link: it may come before the first byte of the part.
LinkReach::Verdict PartSender::learn_from_failure(const UploadRun& run, std::size_t part,
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
void PartSender::part_too_long(UploadRun& run, std::size_t part) {
  Failure failure{Cause::link_too_short,
                  run.attachment().name + ": connections end after about " +
                      base::bytes_to_human(reach_.reach()) + ", and " +
                      base::bytes_to_human(run.upload.parts[part].size) +
                      " of this file must go in one piece; another network would help"};
  failure.wait_asked = reach_.wait(run.intent.id);
  too_long_at_ = context_.now();
  run.when_quiet = SendEnd{SendEnd::What::put_off, std::move(failure)};
}

Result<> PartSender::network_changed() {
  lane_.network_changed();
  const base::WallTime now = context_.now();
  const base::WallTime at = too_long_at_ ? *too_long_at_ + tuning::kTooLongPause : now;
  return context_.work.hasten(context_.remote.name, Cause::link_too_short, std::max(now, at));
}

/// Over restarts, so that the first upload of the day is cut as the link wants it.
void PartSender::keep_learnt() {
  (void)context_.work.save_setting(link_setting(context_.remote.name),
                                   context_.remote.links.to_text());
}

/// Only the first failure counts: the others have the same reason, mostly.
void PartSender::part_failed(UploadRun& run, const Failure& failure) {
  if (run.when_quiet) return;
  // The other part shows that there is a link, or the courier saw that this one's connection alone
  // was lost.
  const bool is_of_link = verdict_on(failure.cause) == Verdict::link;
  const bool link_stands =
      context_.remote.link.state() != LinkState::shut ||
      std::any_of(run.under_way.begin(), run.under_way.end(),
                  [](const auto& other) { return other.second != UploadRun::kInLine; });
  if (is_of_link && link_stands && ++run.cuts_in_a_row < tuning::kPartAttemptsMax) {
    if (take_unsure(run.intent.id)) run.when_quiet = SendEnd{SendEnd::What::renew};
    return;
  }
  if (failure.cause == Cause::upload_expired) {
    const bool renew = run.tickets == UploadRun::Tickets::as_stored;
    run.when_quiet =
        renew ? SendEnd{SendEnd::What::renew} : SendEnd{SendEnd::What::start_over, failure};
    return;
  }
  const bool again =
      failure.cause == Cause::refused_by_service && ++run.part_attempts >= tuning::kPartAttemptsMax;
  run.when_quiet = SendEnd{again ? SendEnd::What::start_over : SendEnd::What::failed, failure};
}

}  // namespace fieldsync::sync
