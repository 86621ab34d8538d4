#include "storage/codec.h"

#include "platform/base/digest.h"
#include "tests/fuzz/target.h"

/// Archives in work.db: as they are found, and with a sound header so that their inside is reached.
namespace fieldsync::fuzz {
namespace {

using namespace fieldsync::storage;

/// Sizes are checked against the bytes that are there, so reading costs a small multiple of them.
template <class T>
void check(const base::Result<T>& read, base::Result<T> (*decode)(std::string_view)) {
  if (!read.ok()) {
    const base::Cause cause = read.failure().cause;
    expect(cause == base::Cause::work_damaged || cause == base::Cause::newer_version,
           "an archive is damaged or newer");
    return expect_clear(read.failure());
  }
  // By its bytes: a number that is none equals nothing, not even itself.
  const std::string written = encode(*read);
  const auto again = decode(written);
  expect(again.ok() && encode(*again) == written, "what was read is written and read the same");
}

void check_all(std::string_view archive) {
  check(decode_payload(archive), decode_payload);
  check(decode_part(archive), decode_part);
  check(decode_document(archive), decode_document);
}

}  // namespace

/// Input: the letter of the content, a digit whose lowest bit is the packing and whose next is the
/// format less one, the stored bytes.
void fuzz_one(std::string_view input) {
  check_all(input);
  if (input.size() < 2) return;
  const std::string_view stored = input.substr(2);
  const base::Digest digest = base::digest_of(stored);
  std::string archive = {'F', 'A', static_cast<char>(1 + ((input[1] >> 1) & 1)), input[0],
                         static_cast<char>(input[1] & 1)};
  archive.append(reinterpret_cast<const char*>(digest.bytes.data()), 8);
  archive += stored;
  check_all(archive);
}

}  // namespace fieldsync::fuzz
