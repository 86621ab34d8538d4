#include "net/sandbox/paging.h"

#include <algorithm>

#include "net/sandbox/tuning.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"

namespace fieldsync::net::sandbox {

Page page_of(const Call& call, std::int64_t standard, std::int64_t size_max) {
  constexpr std::int64_t kPageMax = 1'000'000;  // keeps the offset far from overflow
  Page page;
  page.number = std::clamp<std::int64_t>(call.params.integer("page", 1), 1, kPageMax);
  page.size = call.params.integer("per_page", standard);
  if (page.size < 1) page.size = standard;
  page.size = std::min(page.size, std::max<std::int64_t>(1, size_max));
  return page;
}

Page page_of(const Call& call) {
  return page_of(call, 100, call.world.settings.number("per_page_max"));
}

void add_page_headers(Reply& reply, const Call& call, const Page& page, std::int64_t total) {
  Query kept;
  for (const auto& [name, value] : call.params.all()) {
    if (name != "page" && name != "per_page") kept.add(name, value);
  }
  const auto link = [&](std::int64_t number, std::string_view rel) {
    Query query = kept;
    query.add("per_page", std::to_string(page.size)).add("page", std::to_string(number));
    return "<" + call.world.urls.api + call.request.path + "?" + query.text() + ">; rel=\"" +
           std::string(rel) + "\"";
  };
  const std::int64_t last = std::max<std::int64_t>(1, (total + page.size - 1) / page.size);
  // The order of the relations is not to be relied on.
  std::string links = link(last, "last");
  if (page.number < last) links += ", " + link(page.number + 1, "next");
  links += ", " + link(1, "first");
  if (page.number > 1) links += ", " + link(page.number - 1, "prev");
  Headers& headers = reply.response.headers;
  headers.add("Link", links);
  headers.add("Total", std::to_string(total));
  headers.add("Per-Page", std::to_string(page.size));
}

Reply list_reply(Call& call, const ListSpec& spec, const Page& page,
                 const std::function<Value(const Record&)>& show) {
  List rows;
  call.world.each(spec, page.size, page.offset(),
                  [&](const Record& record) { rows.push_back(show(record)); });
  Reply reply = json_reply(200, rows);
  add_page_headers(reply, call, page, call.world.count(spec));
  return reply;
}

Reply ids_reply(Call& call, const ListSpec& spec, const Page& page) {
  List rows;
  for (const std::int64_t id : call.world.ids(spec, page.size, page.offset())) rows.push_back(id);
  Reply reply = json_reply(200, rows);
  add_page_headers(reply, call, page, call.world.count(spec));
  return reply;
}

Reply rows_reply(Call& call, const List& rows, const Page& page) {
  const auto count = static_cast<std::int64_t>(rows.size());
  const auto from = std::min(page.offset(), count);
  const auto to = std::min(from + page.size, count);
  Reply reply = json_reply(200, List(rows.begin() + from, rows.begin() + to));
  add_page_headers(reply, call, page, count);
  return reply;
}

namespace {

std::optional<Seconds> parse_end(std::string_view text, bool is_end) {
  const auto day = base::parse_iso_date(text);
  if (day) {
    const auto at = std::chrono::floor<std::chrono::seconds>(day->since_epoch).count();
    return is_end ? at + 86'399 : at;
  }
  const auto at = base::parse_iso(text);
  if (!at) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(at->since_epoch).count();
}

}  // namespace

std::optional<std::pair<Seconds, Seconds>> parse_range(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  const auto dots = text.find("...");
  if (dots == std::string_view::npos) return std::nullopt;
  const auto from = parse_end(text.substr(0, dots), /*is_end=*/false);
  const auto to = parse_end(text.substr(dots + 3), /*is_end=*/true);
  if (!from || !to) return std::nullopt;
  return std::pair(*from, *to);
}

std::optional<Reply> read_common_filters(Call& call, ListSpec& spec) {
  const bool exclusive = call.world.settings.choice("range_end") == "exclusive";
  const auto read = [&](std::string_view name, std::optional<std::pair<Seconds, Seconds>>& into) {
    const std::string* text = call.params.find(name);
    if (!text) return true;
    into = parse_range(*text);
    if (into && exclusive) --into->second;
    return into.has_value();
  };
  const bool by_change = call.world.settings.choice("updated_at_filter") == "works";
  if ((by_change && !read("filters[updated_at]", spec.updated)) ||
      !read("filters[created_at]", spec.created)) {
    return code_error(400, "Invalid date range", "a range is start...end, both ISO 8601");
  }
  spec.ids = call.params.list("filters[id]");
  return std::nullopt;
}

std::string default_order(Call& call) {
  return call.world.settings.choice("default_order") == "id" ? "id" : "updated_at DESC, id DESC";
}

}  // namespace fieldsync::net::sandbox
