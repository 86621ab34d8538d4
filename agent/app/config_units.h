#pragma once

#include <optional>
#include <string_view>

#include "agent/sync/link/data_plan.h"
#include "platform/base/types.h"

/// Amounts as people write them in the config file.
namespace fieldsync::app {

/// "30s", "5m", "2 h", "1d": a whole number and a unit. Nothing for anything else, and for spans
/// longer than a year.
std::optional<base::Millis> parse_span(std::string_view text);
/// "200 MB", "1.5 GB", "4096 B": decimal units, kB MB GB TB. Nothing for anything else, and past
/// 1,000 TB.
std::optional<base::ByteCount> parse_size(std::string_view text);
/// "500 kB/s": a size per second.
std::optional<base::ByteCount> parse_rate(std::string_view text);

/// "18:00-06:00", "sat-sun", "mon-fri 18:00-06:00", "sat": days or a span of days, a span of the
/// day in local time, or both. One that ends not later than it begins ends on the next day.
std::optional<sync::WeekSpan> parse_week_span(std::string_view text);

}  // namespace fieldsync::app
