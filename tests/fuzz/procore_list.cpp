#include <algorithm>

#include "platform/kinds/kind.h"
#include "tests/fuzz/procore_check.h"

namespace fieldsync::fuzz {
namespace {

void expect_page(const net::ListQuery& query, const HttpResponse& reply,
                 const net::ListPage& page) {
  expect_success(reply);
  const std::size_t count = page.records.size() + page.unreadable.size() + page.ids.size();
  expect(count <= 2 * reply.body.size(), "a page holds no more than its body");
  expect(query.sweep != net::Sweep::ids || page.records.empty(), "a list of ids has no records");
  for (const ServiceId& id : page.ids) expect_id(id);
  for (const net::RemoteRecord& record : page.records) {
    expect_record(record, query.kind);
    expect(std::find(page.ids.begin(), page.ids.end(), record.id) != page.ids.end(),
           "a record's id is among the ids", record.id.raw());
  }
  for (const base::Failure& failure : page.unreadable) expect_clear(failure);
  expect(!page.total || *page.total >= 0, "no listing is shorter than nothing");
  if (!page.next) return;
  expect(page.next->position == query.position + 1, "the next page follows this one");
  expect(page.next->kind == query.kind && page.next->sweep == query.sweep, "and is of its listing");
}

}  // namespace

void fuzz_one(std::string_view input) {
  using net::Sweep;
  const HttpResponse reply = reply_of(input);
  for (const std::string_view tool : kinds::all_tools()) {
    for (const Sweep sweep : {Sweep::changes, Sweep::everything, Sweep::ids}) {
      for (net::ListQuery query : service().listings(kProject, tool, sweep, {}, {})) {
        for (const int position : {1, 1000}) {
          query.position = position;
          const auto page = service().read_list(query, reply);
          if (page.ok()) {
            expect_page(query, reply, *page);
            expect(!page->next || position < 1000, "a listing ends");
          } else {
            expect_refusal(page.failure(), reply);
          }
        }
      }
    }
  }
}

}  // namespace fieldsync::fuzz
