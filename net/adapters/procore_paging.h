#pragma once

#include <functional>

#include "net/adapters/procore_errors.h"
#include "net/adapters/procore_site.h"
#include "net/remote_service.h"

/// Pages (facts/procore-api.md 4): numbered, with Link, Total and Per-Page headers that are not on
/// every endpoint.
namespace fieldsync::net::procore {

void add_page(Query& query, int position, int per_page);

struct PageEnd {
  std::optional<std::int64_t> total;
  bool more = false;
};

/// Whether another page follows one with `count` items: if Link or Total and Per-Page say so;
/// without either, if the page was full. unexpected_answer when Link leads back to this page or an
/// earlier one, limit_reached past the most pages we read.
base::Result<PageEnd> read_page_end(const HttpResponse& reply, int position, int per_page,
                                    std::int64_t count, const Where& where);

/// The JSON list of a page, also out of a `data` envelope.
base::Result<base::List> read_items(const HttpResponse& reply, const Where& where);

using RecordFromJson = std::function<base::Result<RemoteRecord>(const base::Value&)>;
/// One page of a listing. A record that cannot be read goes to `unreadable`; its id, if that much
/// can be read, still counts among the ids.
base::Result<ListPage> read_page(const ListQuery& query, int per_page, const HttpResponse& reply,
                                 const Where& where, const RecordFromJson& from_json);

}  // namespace fieldsync::net::procore
