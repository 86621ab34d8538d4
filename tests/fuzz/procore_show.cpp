#include "tests/fuzz/procore_check.h"

namespace fieldsync::fuzz {

void fuzz_one(std::string_view input) {
  const HttpResponse reply = reply_of(input);
  for (const net::procore::KindMapping* mapping : net::procore::all_mappings()) {
    const KindId kind{std::string(mapping->kind())};
    const auto record = service().read_show(kind, reply);
    if (record.ok()) {
      expect_success(reply);
      expect_record(*record, kind);
      continue;
    }
    expect_clear(record.failure());
    // The one thing a success may say against a record: that it is in the recycle bin.
    if (record.failure().cause != Cause::record_gone) expect_refusal(record.failure(), reply);
  }
}

}  // namespace fieldsync::fuzz
