#include "agent/sync/downloader.h"

#include "agent/sync/planner.h"
#include "agent/sync/retry.h"
#include "agent/sync/tuning.h"
#include "net/download.h"

namespace fieldsync::sync {

using base::Cause;
using base::Failure;

struct Downloader::Run {
  storage::RecordKey key;
  storage::MirrorFile file;
  base::Path draft;
  StepDone done;
  enum class Url { as_listed, renewed } url = Url::as_listed;

  net::RemoteFile remote_file() const { return {file.slot, file.name, file.url, file.size}; }
};

void Downloader::download(const storage::RecordKey& key, const storage::MirrorFile& file,
                          StepDone done) {
  auto run = std::make_shared<Run>();
  run->key = key;
  run->file = file;
  run->draft = context_.files.incoming_path();
  run->done = std::move(done);
  if (file.url.empty()) {
    return renew(run, {Cause::processing_at_service,
                       file.name + ": the service is still processing it and has no address yet"});
  }
  net::HttpRequest first = context_.remote.service.download(run->remote_file());
  request(std::move(run), std::move(first), 0);
}

void Downloader::request(std::shared_ptr<Run> run, net::HttpRequest request, int hops) {
  request.save_to = run->draft;
  request.answer_bytes_max = tuning::kDownloadMax;
  net::HttpRequest sent = request;
  context_.courier.send(std::move(request), [this, run, sent, hops](net::HttpOutcome outcome) {
    answered(run, sent, hops, std::move(outcome));
  });
}

void Downloader::answered(std::shared_ptr<Run> run, const net::HttpRequest& sent, int hops,
                          net::HttpOutcome outcome) {
  if (!outcome.response) return postpone(run, outcome.response.failure());
  const net::HttpResponse& reply = *outcome.response;
  if (net::is_redirect(reply)) {
    auto next = net::follow(context_.remote.service, sent, reply, hops);
    if (!next) return postpone(run, next.failure());
    return request(run, *next, hops + 1);
  }
  if (!reply.is_success()) {
    return renew(run, {Cause::service_error,
                       run->file.name + ": the service answered " + std::to_string(reply.status)});
  }
  auto added = context_.files.adopt(run->draft, run->file.size);
  if (!added) return postpone(run, added.failure());
  context_.remote.breakers.ended(kDownloadEndpoint, nullptr, context_.now());
  run->done(context_.mirror.save_file_blob(run->key, run->file.slot, added->digest));
}

void Downloader::renew(std::shared_ptr<Run> run, const Failure& failure) {
  if (run->url == Run::Url::renewed) return postpone(run, failure);
  run->url = Run::Url::renewed;
  puller_.show(run->key,
               [this, run, failure](base::Result<> stored, std::optional<net::RemoteRecord> record,
                                    std::optional<Failure> refused) {
                 if (!stored) return run->done(stored);
                 if (refused) return postpone(run, *refused);
                 for (const net::RemoteFile& file : record->files) {
                   if (file.slot != run->file.slot || file.url.empty()) continue;
                   run->file.url = file.url;
                   run->file.size = file.size;
                   return request(run, context_.remote.service.download(file), 0);
                 }
                 postpone(run, failure);
               });
}

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
