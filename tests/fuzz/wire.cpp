#include "agent/api/wire.h"

#include "tests/fuzz/reply.h"

namespace fieldsync::fuzz {

/// The agent's answers as the command line reads them.
void fuzz_one(std::string_view input) {
  const net::HttpResponse reply = reply_of(input);
  const base::Result<base::Document> answer = api::read_reply(reply);
  if (answer.ok()) expect(reply.is_success(), "only 2xx is read as an answer");

  const base::Result<base::Document> again = api::read_reply(api::to_reply(answer));
  expect(again.ok() == answer.ok(), "an answer stays one, a failure stays one");
  if (answer.ok()) return expect(*again == *answer, "an answer is passed on as it is");
  expect(base::is_utf8(answer.failure().what), "a refusal is readable text");
  expect(again.failure().cause == answer.failure().cause, "the cause is passed on");
  expect(again.failure().what == answer.failure().what, "the text is passed on");
  expect(again.failure().wait_asked == answer.failure().wait_asked, "the wait is passed on");

  expect(net::parse_url(api::call_url(input)).has_value(), "any verb makes a URL");
  expect(net::parse_url(api::blob_url(input)).has_value(), "any name makes a URL");
}

}  // namespace fieldsync::fuzz
