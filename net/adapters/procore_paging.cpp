#include "net/adapters/procore_paging.h"

#include <charconv>

#include "net/adapters/procore_paths.h"
#include "net/adapters/procore_read.h"
#include "net/adapters/tuning.h"
#include "platform/base/text.h"

namespace fieldsync::net::procore {
namespace {

using base::Cause;
using base::Document;
using base::Failure;
using base::List;
using base::Result;
using base::Value;

std::optional<std::int64_t> count_in(std::string_view text) {
  text = base::trimmed(text);
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && count >= 0 ? std::optional(count) : std::nullopt;
}

/// The `page` a Link target asks for, if it says.
std::optional<std::int64_t> page_of(std::string_view target) {
  const auto start = target.find('?');
  if (start == std::string_view::npos) return std::nullopt;
  for (const std::string& pair : base::split(target.substr(start + 1), '&')) {
    const auto equals = pair.find('=');
    if (equals != std::string::npos && pair.substr(0, equals) == query::kPage) {
      return count_in(base::url_decode(pair.substr(equals + 1)));
    }
  }
  return std::nullopt;
}

bool more_by_count(const HttpResponse& reply, std::optional<std::int64_t> total, int position,
                   int per_page, std::int64_t count) {
  // More than was asked for: the endpoint does not page, and asking again brings the same.
  if (count > per_page) return false;
  if (count == 0) return false;
  if (!total) return count == per_page;
  const auto theirs = count_in(reply.headers.text("Per-Page"));
  const std::int64_t seen = static_cast<std::int64_t>(position - 1) * per_page + count;
  if (!theirs && seen >= *total) return false;
  // Without Per-Page a short page is either the last one or the service's own, smaller size.
  const std::int64_t size = theirs && *theirs > 0 ? *theirs : count;
  return size < *total && position < (*total + size - 1) / size;
}

/// Whether the header can be read at all: every page but a lone one has another to name.
bool has_links(std::string_view link) {
  return link_target(link, "first") || link_target(link, "prev") || link_target(link, "last");
}

}  // namespace

void add_page(Query& query, int position, int per_page) {
  query.add(query::kPage, std::to_string(position));
  query.add(query::kPerPage, std::to_string(per_page));
}

Result<PageEnd> read_page_end(const HttpResponse& reply, int position, int per_page,
                              std::int64_t count, const Where& where) {
  PageEnd end;
  end.total = count_in(reply.headers.text("Total"));
  const std::string link = reply.headers.text("Link");
  if (const auto target = link_target(link, "next")) {
    const auto page = page_of(*target);
    if (page && *page <= position) {
      return Failure{Cause::unexpected_answer, std::string(where.doing) + ": page " +
                                                   std::to_string(position) + " names page " +
                                                   std::to_string(*page) + " as its next"};
    }
    end.more = true;
  } else if (end.total || !has_links(link)) {
    // A count that contradicts a missing or damaged Link costs one more page; a listing cut short
    // would look like deletions.
    end.more = more_by_count(reply, end.total, position, per_page, count);
  }
  if (end.more && position >= tuning::kPagesMax) {
    return Failure{Cause::limit_reached, std::string(where.doing) + ": more than " +
                                             std::to_string(tuning::kPagesMax) + " pages"};
  }
  return end;
}

Result<List> read_items(const HttpResponse& reply, const Where& where) {
  TRY_ASSIGN(Value body, read_json(reply, where));
  if (Document* document = body.as_document()) {
    if (Value* data = document->find("data")) {
      Value inner = std::move(*data);
      body = std::move(inner);
    }
  }
  if (List* list = body.as_list()) return std::move(*list);
  return Failure{Cause::unexpected_answer, std::string(where.doing) + ": the answer is not a list"};
}

Result<ListPage> read_page(const ListQuery& query, int per_page, const HttpResponse& reply,
                           const Where& where, const RecordFromJson& from_json) {
  TRY_ASSIGN(const List items, read_items(reply, where));
  TRY_ASSIGN(const PageEnd end, read_page_end(reply, query.position, per_page,
                                              static_cast<std::int64_t>(items.size()), where));
  ListPage page;
  page.total = end.total;
  for (const Value& item : items) {
    const auto id = read_id_of(&item);
    if (id) page.ids.push_back(*id);
    if (query.sweep == Sweep::ids) {
      if (!id) {
        page.unreadable.push_back(
            {Cause::unexpected_answer, std::string(where.doing) + ": an entry without an id"});
      }
      continue;
    }
    auto record = from_json(item);
    if (record.ok()) {
      page.records.push_back(std::move(*record));
    } else {
      page.unreadable.push_back(record.failure());
    }
  }
  if (end.more) {
    page.next = query;
    ++page.next->position;
  }
  return page;
}

}  // namespace fieldsync::net::procore
