#include "tests/bench/link/streams.h"

#include <algorithm>
#include <array>

namespace fieldsync::bench::link {
namespace {

constexpr std::size_t kIpHead = 20;
constexpr std::size_t kTcpHead = 20;
constexpr std::uint8_t kTcp = 6;
/// Connections followed at once; past this the oldest ports are forgotten.
constexpr std::size_t kStreamsMax = 10'000;
/// Of a first line that is told.
constexpr std::size_t kLineMax = 90;

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t length) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < length; ++i) {
    number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return number;
}

void put(std::string& bytes, std::size_t at, std::size_t length, std::uint32_t number) {
  for (std::size_t i = length; i-- > 0; number >>= 8) {
    bytes[at + i] = static_cast<char>(number & 0xff);
  }
}

/// The one's complement sum of RFC 1071, of `bytes` and what came before.
std::uint16_t checksum(std::string_view bytes, std::uint32_t sum) {
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += number_at(bytes, i, 2);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

bool begins_message(std::string_view payload) {
  constexpr std::array kStarts = {"GET ", "PUT ", "POST ", "PATCH ", "HEAD ", "DELETE ", "HTTP/1."};
  return std::any_of(kStarts.begin(), kStarts.end(),
                     [&](const char* start) { return payload.starts_with(start); });
}

}  // namespace

std::optional<Segment> segment_of(std::string_view packet) {
  if (packet.size() < kIpHead || (packet[0] & 0xf0) != 0x40) return std::nullopt;
  const std::size_t ip = static_cast<std::size_t>(packet[0] & 0x0f) * 4;
  const std::size_t whole = std::min<std::size_t>(number_at(packet, 2, 2), packet.size());
  if (static_cast<std::uint8_t>(packet[9]) != kTcp || whole < ip + kTcpHead) return std::nullopt;
  const std::string_view tcp = packet.substr(ip, whole - ip);
  const std::size_t head = static_cast<std::size_t>(static_cast<unsigned char>(tcp[12]) >> 4) * 4;
  if (head < kTcpHead || head > tcp.size()) return std::nullopt;
  Segment segment;
  segment.from_port = static_cast<std::uint16_t>(number_at(tcp, 0, 2));
  segment.to_port = static_cast<std::uint16_t>(number_at(tcp, 2, 2));
  segment.sequence = number_at(tcp, 4, 4);
  segment.acknowledged = number_at(tcp, 8, 4);
  segment.flags = static_cast<std::uint8_t>(tcp[13]);
  segment.payload = tcp.substr(head);
  return segment;
}

std::string make_reset(std::string_view like, Way way) {
  const auto segment = segment_of(like);
  if (!segment) return {};
  const auto old_from = number_at(like, 12, 4);
  const auto old_to = number_at(like, 16, 4);
  const bool is_back = way == Way::back;
  std::string packet(kIpHead + kTcpHead, '\0');
  packet[0] = 0x45;
  put(packet, 2, 2, static_cast<std::uint32_t>(packet.size()));
  packet[8] = 64;
  packet[9] = static_cast<char>(kTcp);
  put(packet, 12, 4, is_back ? old_to : old_from);
  put(packet, 16, 4, is_back ? old_from : old_to);
  put(packet, 10, 2, checksum(std::string_view(packet).substr(0, kIpHead), 0));
  put(packet, 20, 2, is_back ? segment->to_port : segment->from_port);
  put(packet, 22, 2, is_back ? segment->from_port : segment->to_port);
  put(packet, 24, 4, is_back ? segment->acknowledged : segment->sequence);
  put(packet, 28, 4, is_back ? segment->sequence : segment->acknowledged);
  packet[32] = static_cast<char>(kTcpHead / 4 << 4);
  packet[33] = static_cast<char>(Segment::kRst | Segment::kAck);
  // The pseudo header: both addresses, the protocol, the length of the segment.
  const std::string_view all = packet;
  std::uint32_t sum = kTcp + kTcpHead;
  for (std::size_t at = 12; at < kIpHead; at += 2) sum += number_at(all, at, 2);
  put(packet, 36, 2, checksum(all.substr(kIpHead), sum));
  return packet;
}

/// How many bytes of the segment are new to the stream; `next` moves on.
std::int64_t Streams::fresh(std::uint32_t& next, const Segment& segment) const {
  const auto end = segment.sequence + static_cast<std::uint32_t>(segment.payload.size());
  const auto ahead = static_cast<std::int32_t>(end - next);
  if (ahead <= 0) return 0;
  next = end;
  return ahead;
}

Streams::Seen Streams::carried(Lane lane, std::string_view packet) {
  const auto segment = segment_of(packet);
  if (!segment) return {};
  const bool up = lane == Lane::up;
  const auto key = up ? std::pair(segment->from_port, segment->to_port)
                      : std::pair(segment->to_port, segment->from_port);
  if (streams_.size() >= kStreamsMax) streams_.erase(streams_.begin());
  Stream& stream = streams_[key];
  Seen seen;
  const bool is_syn = (segment->flags & Segment::kSyn) != 0;
  if (is_syn) {
    if (up) stream = {++opened_, segment->sequence + 1, 0, 0};
    if (!up) stream.next_down = segment->sequence + 1;
    seen.event = up ? "open to " + std::to_string(segment->to_port) : "";
  }
  seen.connection = stream.number;
  std::uint32_t& next = up ? stream.next_up : stream.next_down;
  const std::int64_t bytes = is_syn ? 0 : fresh(next, *segment);
  if (up) {
    stream.up += bytes;
    stream_up_ += bytes;
    const auto size = static_cast<std::int64_t>(segment->payload.size());
    repeated_up_ += std::max<std::int64_t>(0, size - bytes);
  }
  seen.stream_up = stream.up;
  if (bytes > 0 && begins_message(segment->payload)) {
    const auto end = std::min(segment->payload.find('\r'), kLineMax);
    seen.event = std::string(segment->payload.substr(0, end));
  } else if ((segment->flags & Segment::kRst) != 0) {
    seen.event = "reset";
  } else if ((segment->flags & Segment::kFin) != 0) {
    seen.event = "close";
  }
  return seen;
}

}  // namespace fieldsync::bench::link
