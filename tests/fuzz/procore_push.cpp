#include "tests/fuzz/procore_check.h"

namespace fieldsync::fuzz {

void fuzz_one(std::string_view input) {
  const HttpResponse reply = reply_of(input);
  for_each_op([&](const net::PushOp& op) {
    const auto answer = service().read_push(op, reply);
    if (!answer.ok()) return expect_refusal(answer.failure(), reply);
    expect_success(reply);
    expect_id(answer->id);
    if (op.action != Action::create && op.action != Action::reply) {
      expect(answer->id == op.id, "a write is answered for its record", answer->id.raw());
    }
    if (!answer->echoed) return;
    expect_record(*answer->echoed, op.kind);
    for (const std::string& line : service().missing_in(op, *answer->echoed)) {
      expect(!line.empty() && base::is_utf8(line), "what is missing has a name", line);
    }
  });
}

}  // namespace fieldsync::fuzz
