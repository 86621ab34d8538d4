#pragma once

#include "agent/sync/puller.h"

namespace fieldsync::sync {

/// Fetches bytes that records point to into `files/`. Redirects are followed by hand, the token
/// stays with the service. A URL that no longer works is renewed by reading the record once.
/// Loop thread only.
class Downloader {
 public:
  Downloader(Context& context, Puller& puller)
      : context_(context), puller_(puller), random_(context.host.random.fork()) {}

  void download(const storage::RecordKey& key, const storage::MirrorFile& file, StepDone done);

 private:
  struct Run;
  void request(std::shared_ptr<Run> run, net::HttpRequest request, int hops);
  void answered(std::shared_ptr<Run> run, const net::HttpRequest& request, int hops,
                net::HttpOutcome outcome);
  void renew(std::shared_ptr<Run> run, const base::Failure& failure);
  void postpone(const std::shared_ptr<Run>& run, const base::Failure& failure);

  Context& context_;
  Puller& puller_;
  platform::Random random_;
};

}  // namespace fieldsync::sync
