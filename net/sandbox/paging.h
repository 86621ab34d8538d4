#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "net/sandbox/call.h"

/// Lists: pages by number, as Procore has no cursor (facts/procore-api.md 4). Pages drift when
/// records come and go between two requests, because nothing here prevents it.
namespace fieldsync::net::sandbox {

struct Page {
  std::int64_t number = 1;
  std::int64_t size = 100;
  std::int64_t offset() const { return (number - 1) * size; }
};
/// From `page` and `per_page`; a larger page is cut down to what is allowed.
Page page_of(const Call& call, std::int64_t standard, std::int64_t size_max);
Page page_of(const Call& call);

/// Adds Link, Total and Per-Page.
void add_page_headers(Reply& reply, const Call& call, const Page& page, std::int64_t total);

/// Answers a page of `spec` with `show` for each record.
Reply list_reply(Call& call, const ListSpec& spec, const Page& page,
                 const std::function<Value(const Record&)>& show);
/// Answers a page of bare ids.
Reply ids_reply(Call& call, const ListSpec& spec, const Page& page);
/// Answers a page of rows at hand.
Reply rows_reply(Call& call, const List& rows, const Page& page);

/// Reads `filters[updated_at]`, `filters[created_at]` and `filters[id]` into `spec`. The refusal
/// when a range is malformed: 400.
std::optional<Reply> read_common_filters(Call& call, ListSpec& spec);
/// `start...end`, with or without quotes, days or instants. Nothing when malformed or open.
std::optional<std::pair<Seconds, Seconds>> parse_range(std::string_view text);
/// The order of a list without `sort`, by the switch.
std::string default_order(Call& call);

}  // namespace fieldsync::net::sandbox
