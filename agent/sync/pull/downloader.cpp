#include "agent/sync/pull/downloader.h"

#include <algorithm>

#include "agent/sync/link/retry.h"
#include "agent/sync/link/tuning.h"
#include "agent/sync/plan/planner.h"
#include "agent/sync/pull/partial_file.h"
#include "agent/sync/pull/tuning.h"
#include "net/download.h"

namespace fieldsync::sync {

using base::ByteCount;
using base::Cause;
using base::Done;
using base::Failure;
using base::Result;

struct Downloader::Run {
  storage::RecordKey key;
  storage::MirrorFile file;
  StepDone done;
  base::Path draft;  ///< the piece that comes
  PartialFile partial;
  enum class Url { as_listed, renewed } url = Url::as_listed;
  /// pieces: stretches that are put together. whole: one answer, since the service tells no stretch
  /// of one content from that of another.
  enum class How { pieces, whole } how = How::pieces;
  base::Millis asked_for{0};

  net::RemoteFile remote_file() const { return {file.slot, file.name, file.url, file.size}; }
};

void Downloader::download(const storage::RecordKey& key, const storage::MirrorFile& file,
                          StepDone done) {
  auto run =
      std::make_shared<Run>(Run{key,
                                file,
                                std::move(done),
                                {},
                                PartialFile(context_.host.files, context_.files, key, file.slot)});
  // However it ends, it is no longer on its way then.
  const ByteCount expected = file.size.value_or(0);
  room_.expect(expected);
  run->done = [this, expected, ended = std::move(run->done)](const Result<>& result) {
    room_.expect(-expected);
    ended(result);
  };
  begin(std::move(run));
}

void Downloader::begin(std::shared_ptr<Run> run) {
  if (run->file.url.empty()) {
    return renew(run, {Cause::processing_at_service,
                       run->file.name + ": the service is still processing it and has no address "
                                        "yet"});
  }
  // Pieces whose content nobody can name are of no use.
  auto have = run->file.validator.empty() ? run->partial.forget() : run->partial.look();
  if (!have) return postpone(run, have.failure());
  if (run->file.size && run->partial.size() == *run->file.size) return complete(run);
  ask(run, context_.remote.service.download(run->remote_file()), 0);
}

void Downloader::ask(std::shared_ptr<Run> run, net::HttpRequest request, int hops) {
  run->draft = context_.files.incoming_path();
  if (run->how == Run::How::pieces) {
    if (piece_ == 0) piece_ = tuning::kPieceFirst;
    request = net::with_range(std::move(request), run->partial.size(), piece_,
                              run->partial.size() > 0 ? run->file.validator : "");
  }
  request.save_to = run->draft;
  request.answer_bytes_max =
      run->file.size ? std::min(*run->file.size + 1, tuning::kDownloadMax) : tuning::kDownloadMax;
  net::HttpRequest sent = request;
  context_.courier.send(std::move(request), [this, run, sent, hops](net::HttpOutcome outcome) {
    answered(run, sent, hops, std::move(outcome));
  });
}

void Downloader::answered(std::shared_ptr<Run> run, const net::HttpRequest& sent, int hops,
                          net::HttpOutcome outcome) {
  if (!outcome.response) {
    if (verdict_on(outcome.response.failure().cause) == Verdict::link) {
      piece_ = std::max(piece_ / 2, tuning::kPieceFirst / 4);
    }
    return postpone(run, outcome.response.failure());
  }
  const net::HttpResponse& reply = *outcome.response;
  if (net::is_redirect(reply)) {
    auto next = net::follow(context_.remote.service, sent, reply, hops);
    if (!next) return postpone(run, next.failure());
    return ask(run, *next, hops + 1);
  }
  constexpr int kNoSuchRange = 416;
  if (reply.status == kNoSuchRange && run->how == Run::How::pieces) return ask_whole(run, sent);
  if (!reply.is_success()) {
    return renew(run, {Cause::service_error,
                       run->file.name + ": the service answered " + std::to_string(reply.status)});
  }
  context_.remote.breakers.ended(kDownloadEndpoint, nullptr, context_.now());
  if (reply.status != 206) return install(run, run->draft);  // all of it, whatever was asked for
  run->asked_for = outcome.took;
  take_piece(run, sent, reply);
}

void Downloader::ask_whole(std::shared_ptr<Run> run, net::HttpRequest request) {
  run->how = Run::How::whole;
  if (auto gone = forget_pieces(*run); !gone) return run->done(gone);
  request.headers = context_.remote.service.download(run->remote_file()).headers;
  if (!context_.remote.service.trusts(request.url)) request.headers = {};
  ask(std::move(run), std::move(request), 0);
}

/// A stretch is only put behind the others when it is the next one, of the same content.
void Downloader::take_piece(std::shared_ptr<Run> run, const net::HttpRequest& sent,
                            const net::HttpResponse& reply) {
  const auto range = net::content_range(reply);
  const auto etag = net::strong_etag(reply);
  const bool is_next = range && range->first == run->partial.size();
  const bool is_all = is_next && range->first == 0 && range->last + 1 == range->total;
  if (is_all) return install(run, run->draft);
  const bool is_first = run->partial.size() == 0;
  const bool belongs = etag && (is_first || *etag == run->file.validator);
  const bool fits = !run->file.size || (range && range->total == *run->file.size);
  if (!is_next || !belongs || !fits) {
    (void)context_.host.files.remove(run->draft);
    return ask_whole(run, sent);
  }
  if (is_first) {
    run->file.validator = *etag;
    if (auto kept = context_.mirror.save_validator(run->key, run->file.slot, *etag); !kept) {
      return run->done(kept);
    }
  }
  const ByteCount size = range->last - range->first + 1;
  if (auto taken = run->partial.take(run->draft, size); !taken) {
    return postpone(run, taken.failure());
  }
  run->url = Run::Url::as_listed;  // it worked: once it expires it may be renewed again
  piece_ = next_piece(size, run->asked_for);
  if (run->partial.size() == range->total) return complete(run);
  ask(run, sent, 0);
}

ByteCount Downloader::next_piece(ByteCount piece, base::Millis took) {
  const bool is_quick = took * 2 < tuning::kPieceTime;
  const bool is_slow = took > tuning::kPieceTime * 2;
  const ByteCount next = is_quick ? piece * 2 : is_slow ? piece / 2 : piece;
  return std::clamp(next, tuning::kPieceFirst / 4, tuning::kPieceMax);
}

/// Copying and hashing takes as long as the file is long: away from the loop thread.
void Downloader::complete(std::shared_ptr<Run> run) {
  auto joined = std::make_shared<Result<base::Path>>(base::Path());
  context_.host.workers.run(
      [this, run, joined] { *joined = run->partial.join(context_.files.incoming_path()); },
      [this, run, joined] {
        if (!*joined) {
          (void)forget_pieces(*run);
          return postpone(run, joined->failure());
        }
        install(run, **joined);
      });
}

void Downloader::install(std::shared_ptr<Run> run, const base::Path& content) {
  using Added = storage::BlobStore::Added;
  auto added = std::make_shared<Result<Added>>(Added{});
  context_.host.workers.run(
      [this, run, content, added] { *added = context_.files.adopt(content, run->file.size); },
      [this, run, added] {
        if (auto gone = forget_pieces(*run); !gone) return run->done(gone);
        if (!*added) return postpone(run, added->failure());
        run->done(context_.mirror.save_file_blob(run->key, run->file.slot, (*added)->digest,
                                                 (*added)->size, context_.now()));
      });
}

Result<> Downloader::forget_pieces(Run& run) {
  if (run.file.validator.empty() && run.partial.size() == 0) return Done{};
  run.file.validator.clear();
  TRY(run.partial.forget());
  return context_.mirror.save_validator(run.key, run.file.slot, "");
}

void Downloader::renew(std::shared_ptr<Run> run, const Failure& failure) {
  if (run->url == Run::Url::renewed) return postpone(run, failure);
  run->url = Run::Url::renewed;
  puller_.show(run->key,
               [this, run, failure](Result<> stored, std::optional<net::RemoteRecord> record,
                                    std::optional<Failure> refused) {
                 if (!stored) return run->done(stored);
                 if (refused) return postpone(run, *refused);
                 for (const net::RemoteFile& file : record->files) {
                   if (file.slot != run->file.slot || file.url.empty()) continue;
                   run->file.url = file.url;
                   run->file.size = file.size;
                   return ask(run, context_.remote.service.download(file), 0);
                 }
                 postpone(run, failure);
               });
}

/// The pieces that are here stay.
void Downloader::postpone(const std::shared_ptr<Run>& run, const Failure& failure) {
  (void)context_.host.files.remove(run->draft);
  context_.remote.breakers.ended(kDownloadEndpoint, &failure, context_.now());
  const bool link = waits_for_link(context_.remote, failure);
  const base::Millis wait =
      link ? base::Millis{0} : retry_delay(failure, tuning::kRetryDoublingsMax, random_);
  context_.log.info("download.failed", {{"file", run->file.name}, {"why", failure.what}});
  run->done(
      context_.mirror.postpone_file(run->key, run->file.slot, context_.now() + wait, failure.what));
}

}  // namespace fieldsync::sync
