#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/base/types.h"
#include "platform/network_state.h"

/// What a person allows of this machine's networks, as values, and whether files may travel now.
/// Only files (photos, attachments, drawings to fetch) wait for it: notes, edits and looks are
/// small and always go. Pure.
namespace fieldsync::sync {

using Cost = platform::NetworkState::Cost;

/// A span of the week in local time: "mon-fri 18:00-06:00".
struct WeekSpan {
  std::uint8_t days = 0x7F;  ///< bit 0: Monday … bit 6: Sunday; the days on which it begins
  int from_minute = 0;       ///< of the day
  int to_minute = 24 * 60;   ///< not after from_minute: of the next day
  bool operator==(const WeekSpan&) const = default;
};

/// Limits of one class of networks.
struct DataLimits {
  std::vector<WeekSpan> files_at;              ///< when files may travel; empty: always
  std::optional<base::ByteCount> bytes_a_day;  ///< from which on files wait; 0: never files
  base::ByteCount send_bytes_per_second = 0;   ///< of all that is sent; 0: no limit
};

/// Those of `always` hold on every network; those of `metered` besides on one that costs money,
/// abroad too; those of `roaming` besides abroad.
struct DataPlan {
  DataLimits always, metered, roaming;
  /// Names of interfaces ("wwan0", "usb*") whose cost the person knows better than the system.
  std::vector<std::string> metered_interfaces, unmetered_interfaces;
};

/// Bytes that crossed on one local day, both ways.
struct DataUse {
  std::string day;  ///< "2026-11-22"; any other day than today counts as nothing
  base::ByteCount always = 0, metered = 0, roaming = 0;
};

/// What the network costs, by the plan's own lists first. unknown counts as unmetered.
Cost cost_of(const DataPlan& plan, const platform::NetworkState& network);
/// The least of the rates that apply; 0: none does.
base::ByteCount send_rate(const DataPlan& plan, Cost cost);

struct DataVerdict {
  enum class Files { go, wait } files = Files::go;
  /// When they may go if this network stays; nothing: on another network only.
  std::optional<base::WallTime> until;
  std::string words;  ///< which limit holds them up, for people
};

/// `now` is by this machine's clock, `use` what its day used so far.
DataVerdict may_carry_files(const DataPlan& plan, Cost cost, const DataUse& use, base::WallTime now,
                            int utc_offset_minutes);

std::string_view name(Cost cost);

}  // namespace fieldsync::sync
