#pragma once

#include <string>

#include "platform/base/types.h"

namespace fieldsync::sync {

/// What was learnt of the way to the service: its round trip, the rate at which files leave, and
/// how long a transfer lives before the link cuts it. Decides how large the parts of an upload
/// should be. Pure.
class LinkModel {
 public:
  /// A small request was answered after `took`.
  void answered(base::Millis took);
  /// A part of a file went through. Whether it was large enough to say anything.
  bool sent(base::ByteCount bytes, base::Millis took);
  /// A part of a file was cut off after `took`.
  void cut(base::Millis took);

  /// The shortest answer of late; zero until there was one.
  base::Millis round_trip() const { return round_trip_; }
  /// Bytes a second; zero until a part went through.
  double rate() const { return rate_; }
  /// The time a transfer can be expected to go on before it is cut.
  base::Millis life() const;
  /// How long an upload of so many bytes takes if the link goes on as it was; zero when unknown.
  base::Millis time_for(base::ByteCount bytes) const;

  /// The part size that costs least: what is sent again after a cut grows with the part, what is
  /// waited for between parts shrinks. With x = the part's time over the link's life a part costs
  /// (e^x - 1)/x of its time, near x/2 for small x; with the pause o between parts (the answer's
  /// round trip) the least is at a part's time of sqrt(2 o life). Zero while nothing is known.
  base::ByteCount part_size() const;

  /// One line that `from_text` reads back; nothing is learnt from a line that is none.
  std::string to_text() const;
  static LinkModel from_text(const std::string& text);

 private:
  base::Millis round_trip_{0};
  double rate_ = 0;
  double seconds_sending_ = 0;  ///< of late, as cuts_
  double cuts_ = 0;
};

}  // namespace fieldsync::sync
