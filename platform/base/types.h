#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

/// The strong types that cross headers. A bare integer or string says nothing about its unit or
/// whose id it is; these do, and cannot be mixed up.
namespace fieldsync::base {

template <class Tag, class Raw>
class Tagged {
 public:
  Tagged() = default;
  explicit Tagged(Raw raw) : raw_(std::move(raw)) {}
  const Raw& raw() const { return raw_; }
  auto operator<=>(const Tagged&) const = default;
  bool operator==(const Tagged&) const = default;

 private:
  Raw raw_{};
};

/// A project of a service. Text, because some services number projects and some name them.
using ProjectId = Tagged<struct ProjectTag, std::string>;
/// A record's id at its service. Procore's numbers exceed 32 bits (facts/procore-api.md 1.4) and
/// other services use text, so it is kept as text.
using ServiceId = Tagged<struct ServiceTag, std::string>;
/// A record's id on this machine: `rfi-4711` for one the service told us about, `rfi-n7k2…` for one
/// captured here. The second kind stays valid after delivery.
using RecordId = Tagged<struct RecordTag, std::string>;
/// A record type: `rfi`, `drawing`, `photo`, `note`, …
using KindId = Tagged<struct KindTag, std::string>;
/// One configured service account, by its name in the config file.
using RemoteName = Tagged<struct RemoteTag, std::string>;
/// One queued act of a person. Grows by one per act; order of ids is order of capture.
using IntentId = Tagged<struct IntentTag, std::int64_t>;

/// A number of bytes. Signed so that differences can be formed.
using ByteCount = std::int64_t;

using Millis = std::chrono::milliseconds;

/// A point on the monotonic clock: only differences mean anything; not kept across restarts.
struct Instant {
  Millis since_start{0};
  auto operator<=>(const Instant&) const = default;
  friend Instant operator+(Instant at, Millis by) { return {at.since_start + by}; }
  friend Instant operator-(Instant at, Millis by) { return {at.since_start - by}; }
  friend Millis operator-(Instant a, Instant b) { return a.since_start - b.since_start; }
};

/// A point on the calendar, UTC, milliseconds since 1970. May jump when the clock is set.
struct WallTime {
  Millis since_epoch{0};
  auto operator<=>(const WallTime&) const = default;
  friend WallTime operator+(WallTime at, Millis by) { return {at.since_epoch + by}; }
  friend WallTime operator-(WallTime at, Millis by) { return {at.since_epoch - by}; }
  friend Millis operator-(WallTime a, WallTime b) { return a.since_epoch - b.since_epoch; }
};

/// A path in UTF-8 with `/` between its parts, on every system. Platform code turns it into what
/// the system wants.
using Path = std::string;

}  // namespace fieldsync::base

template <class Tag, class Raw>
struct std::hash<fieldsync::base::Tagged<Tag, Raw>> {
  std::size_t operator()(const fieldsync::base::Tagged<Tag, Raw>& id) const {
    return std::hash<Raw>{}(id.raw());
  }
};
