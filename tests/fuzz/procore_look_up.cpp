#include "tests/fuzz/procore_check.h"

namespace fieldsync::fuzz {

/// A look for a create or reply whose answer was lost.
void fuzz_one(std::string_view input) {
  const HttpResponse reply = reply_of(input);
  for_each_op([&](const net::PushOp& op) {
    if (op.action != Action::create && op.action != Action::reply) return;
    net::LookUp look;
    look.op = op;
    look.since = base::WallTime{base::Millis{1'790'000'000'000}};
    look.until = look.since + base::Millis{86'400'000};
    look.me = ServiceId("8001");
    const auto page = service().read_look_up(look, reply);
    if (!page.ok()) return expect_refusal(page.failure(), reply);
    expect_success(reply);
    expect(page->candidates.size() <= reply.body.size(), "no more candidates than records");
    for (const net::RemoteRecord& record : page->candidates) expect_id(record.id);
    expect(!page->next || page->next->position == 2, "the next page follows this one");
  });
}

}  // namespace fieldsync::fuzz
