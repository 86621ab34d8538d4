#pragma once

#include "agent/sync/reconcile/deliveries.h"
#include "agent/sync/remote/rights.h"

namespace fieldsync::sync {

/// Reads from the service into the mirror: rounds of a tool page by page, and single records.
/// A crash in a round repeats pages and never skips one: how far a tool is known is saved only with
/// the last page. Loop thread only.
class Puller {
 public:
  Puller(Context& context, Deliveries& deliveries, RightsReader& rights,
         base::Millis poll_interval);

  /// One round: what changed since the last one, everything, or all ids (deletions). Ends with the
  /// tool's state saved: complete, or the cause and the time of the next attempt.
  void pull(const base::ProjectId& project, const std::string& tool, net::Sweep sweep,
            StepDone done);
  /// One record whole. A 404 marks it missing, never gone (promise P5).
  using ShowDone = std::function<void(base::Result<>, std::optional<net::RemoteRecord>,
                                      std::optional<base::Failure>)>;
  void show(const storage::RecordKey& key, ShowDone done);

 private:
  struct Round;
  void next_page(std::shared_ptr<Round> round);
  base::Result<> take_page(Round& round, const net::ListPage& page);
  void close_listing(const std::shared_ptr<Round>& round);
  void believe(const std::shared_ptr<Round>& round);
  base::Millis window_reach(Round& round);
  base::Result<> take_sweep(Round& round);
  base::Result<> add_notes_outside(Round& round);
  void end_listing(const std::shared_ptr<Round>& round);
  base::Result<> finish(Round& round);
  base::Result<> take_shown(const storage::RecordKey& key, const net::RemoteRecord& record);
  void fail(const std::shared_ptr<Round>& round, const base::Failure& failure);

  Context& context_;
  Deliveries& deliveries_;
  RightsReader& rights_;
  /// By tool: the reading of rights that a window of changes has followed. As many as tools.
  std::map<std::string, int> covered_rights_;
  base::Millis poll_interval_;
  platform::Random random_;
};

}  // namespace fieldsync::sync
