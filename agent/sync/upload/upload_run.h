#pragma once

#include <map>
#include <optional>

#include "agent/sync/plan/planner.h"
#include "agent/sync/remote/context.h"

namespace fieldsync::sync {

/// How the sending of a file's parts ended.
struct SendEnd {
  enum class What {
    all_confirmed,  ///< every part is at the service
    rest_later,     ///< the data plan keeps the rest back
    renew,          ///< the parts need new addresses, or it must be asked which of them are there
    start_over,     ///< what the service has of the file is of no use
    failed,         ///< of the uploads' endpoint
    put_off,        ///< of this file alone: the link is good enough for what is smaller
    not_saved,      ///< this machine's own disk
  };
  What what = What::all_confirmed;
  base::Failure failure = {};  ///< of start_over, failed, put_off and not_saved
};

/// One attempt at an act's files, with the file that is under way. What outlives it is in work.db.
struct UploadRun {
  storage::Intent intent;
  storage::Upload upload;
  Haste haste = Haste::none;
  StepDone done;
  enum class Tickets { as_stored, renewed } tickets = Tickets::as_stored;
  base::WallTime tickets_from{};  ///< when the addresses of the parts were told
  base::Instant service_used{};   ///< when the service itself was last asked for this
  int part_attempts = 0;
  int cuts_in_a_row = 0;  ///< parts cut off while another one went on, none confirmed since
  /// Parts that leave, wait for their turn (kInLine) or for their answer: what has left of each.
  std::map<std::size_t, base::ByteCount> under_way;
  static constexpr base::ByteCount kInLine = -1;
  enum class Stage { preparing, sending } stage = Stage::preparing;
  /// What the first part that failed leads to, once none is under way any more.
  std::optional<SendEnd> when_quiet;

  const storage::Attachment& attachment() const;
  net::UploadSpec spec() const;
};

}  // namespace fieldsync::sync
