#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/bench/link/lane.h"

namespace fieldsync::bench::link {

/// What the link reads of a TCP packet over IPv4.
struct Segment {
  std::uint16_t from_port = 0, to_port = 0;
  std::uint32_t sequence = 0, acknowledged = 0;
  std::uint8_t flags = 0;
  std::string_view payload;  ///< points into the packet
  static constexpr std::uint8_t kFin = 1, kSyn = 2, kRst = 4, kAck = 16;
};
/// Nothing for a packet of another kind, or a malformed one.
std::optional<Segment> segment_of(std::string_view packet);

/// An empty segment with the flags, in a packet from where `like` came from, or back to there.
enum class Way { onward, back };
std::string make_reset(std::string_view like, Way way);

/// Follows the connections over the link: what crossed, which of it anew, and which requests began.
/// `up` is from the near end to the far one. The near end opens all connections.
class Streams {
 public:
  enum class Lane { up, down };
  struct Seen {
    int connection = 0;  ///< counted from 1; 0: no TCP
    std::string event;   ///< "" or what began: "open", "close", "reset", the first line of a
                         ///< request or an answer
    std::int64_t stream_up = 0;  ///< bytes of this connection's stream carried up, each once
  };
  /// A packet that was carried to the other end.
  Seen carried(Lane lane, std::string_view packet);

  /// Of all connections: bytes of the streams, each counted once; and TCP's own repetitions.
  std::int64_t stream_bytes_up() const { return stream_up_; }
  std::int64_t repeated_bytes_up() const { return repeated_up_; }

 private:
  struct Stream {
    int number = 0;
    std::uint32_t next_up = 0, next_down = 0;  ///< the sequence number after the newest byte
    std::int64_t up = 0;
  };
  std::int64_t fresh(std::uint32_t& next, const Segment& segment) const;

  std::map<std::pair<std::uint16_t, std::uint16_t>, Stream> streams_;  ///< by near and far port
  int opened_ = 0;
  std::int64_t stream_up_ = 0, repeated_up_ = 0;
};

}  // namespace fieldsync::bench::link
