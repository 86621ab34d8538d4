#pragma once

#include <map>

#include "agent/sync/pull/disk_room.h"
#include "agent/sync/pull/puller.h"

namespace fieldsync::sync {

/// Fetches bytes that records point to into `files/`, piece by piece: what arrived of a file stays
/// over a cut and a restart, and is only gone on with while the service says that the content is
/// the same. Redirects are followed by hand, the token stays with the service. A URL that no longer
/// works is renewed by reading the record once. Loop thread only.
class Downloader {
 public:
  Downloader(Context& context, Puller& puller, DiskRoom& room)
      : context_(context), puller_(puller), room_(room), random_(context.host.random.fork()) {}

  void download(const storage::RecordKey& key, const storage::MirrorFile& file, StepDone done);

  /// How a piece went that arrived whole, or was cut: the next ones are longer or shorter.
  static base::ByteCount next_piece(base::ByteCount piece, base::Millis took);

 private:
  struct Run;
  void begin(std::shared_ptr<Run> run);
  void ask(std::shared_ptr<Run> run, net::HttpRequest request, int hops);
  void answered(std::shared_ptr<Run> run, const net::HttpRequest& request, int hops,
                net::HttpOutcome outcome);
  void take_piece(std::shared_ptr<Run> run, const net::HttpRequest& request,
                  const net::HttpResponse& reply);
  void ask_whole(std::shared_ptr<Run> run, net::HttpRequest request);
  void complete(std::shared_ptr<Run> run);
  void install(std::shared_ptr<Run> run, const base::Path& content);
  void renew(std::shared_ptr<Run> run, const base::Failure& failure);
  void postpone(const std::shared_ptr<Run>& run, const base::Failure& failure);
  base::Result<> forget_pieces(Run& run);

  Context& context_;
  Puller& puller_;
  DiskRoom& room_;
  platform::Random random_;
  base::ByteCount piece_ = 0;  ///< how long the next piece is; 0: nothing was learnt yet
};

}  // namespace fieldsync::sync
