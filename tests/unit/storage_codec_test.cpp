#include "storage/codec.h"

#include <doctest/doctest.h>

#include <limits>

#include "platform/base/digest.h"

using namespace fieldsync;
using namespace fieldsync::storage;
using base::Cause;
using base::List;
using base::Value;

namespace {

Document sample_document() {
  return Document{
      {"null", Value()},
      {"yes", true},
      {"no", false},
      {"integer", std::numeric_limits<std::int64_t>::min()},
      {"number", 0.1},
      {"empty", ""},
      {"text", std::string("a\0b", 3)},
      {"list", List{Value(1), Value("two"), Value(List{}), Value(Document{})}},
      {"document", Document{{"nested", Document{{"deep", List{Value(2.5)}}}}}},
  };
}

Payload sample_payload() {
  Payload payload;
  payload.fields = sample_document();
  payload.base = Document{{"title", "before"}};
  payload.attachments = {{base::digest_of("x"), 5'000'000'000, "Foto Süd.jpg", "image/jpeg"},
                         {base::digest_of("y"), 1, "", ""}};
  return payload;
}

Payload large_payload() {
  Payload payload = sample_payload();
  payload.fields.set("body", std::string(20'000, 'w'));
  return payload;
}

UploadPart sample_part() {
  return {5, 6, base::digest_of("p"), "https://storage.example/1", {{"a", "b"}}, {{"k", "v"}}, "e"};
}

/// Every decoder on the same bytes; what matters is that each returns.
bool any_reads(std::string_view archive) {
  const bool payload = decode_payload(archive).ok();
  const bool part = decode_part(archive).ok();
  const bool document = decode_document(archive).ok();
  return payload || part || document;
}

}  // namespace

TEST_SUITE("storage/codec") {
  TEST_CASE("what is encoded comes back the same") {
    CHECK(decode_payload(encode(sample_payload())).value() == sample_payload());
    CHECK(decode_payload(encode(large_payload())).value() == large_payload());
    CHECK(decode_payload(encode(Payload{})).value() == Payload{});
    CHECK(decode_document(encode(sample_document())).value() == sample_document());
    const auto part = decode_part(encode(sample_part()));
    REQUIRE(part.ok());
    CHECK(part->offset == 5);
    CHECK(part->size == 6);
    CHECK(part->digest == base::digest_of("p"));
    CHECK(part->url == "https://storage.example/1");
    CHECK(part->headers == sample_part().headers);
    CHECK(part->form == sample_part().form);
    CHECK(part->etag == "e");
  }

  TEST_CASE("a large payload is stored compressed, a small one is not") {
    CHECK(encode(large_payload()).size() < 2'000);
    CHECK(encode(sample_payload())[4] == 0);
    CHECK(encode(large_payload())[4] == 1);
  }

  TEST_CASE("an archive of one content is not read as another") {
    CHECK(decode_document(encode(sample_payload())).failure().cause == Cause::work_damaged);
    CHECK(decode_payload(encode(sample_part())).failure().cause == Cause::work_damaged);
    CHECK(decode_part(encode(sample_document())).failure().cause == Cause::work_damaged);
  }

  TEST_CASE("how a photo goes out comes back the same") {
    Payload payload = sample_payload();
    payload.kept = {payload.attachments.back()};
    payload.picture = Picture::reduced;
    payload.companion = base::RecordId("photo-n1");
    CHECK(decode_payload(encode(payload)).value() == payload);
    CHECK_FALSE(decode_payload(encode(payload)).value() == sample_payload());
  }

  TEST_CASE("a payload of the first format is read: it says nothing of how a photo goes out") {
    constexpr std::size_t kHeader = 13;
    constexpr std::size_t kPictureBytes = 16;  // an empty list, a number and an empty text
    std::string archive = encode(sample_payload());
    archive.resize(archive.size() - kPictureBytes);
    const base::Digest digest = base::digest_of(archive.substr(kHeader));
    archive[2] = 1;
    archive.replace(5, 8, reinterpret_cast<const char*>(digest.bytes.data()), 8);
    CHECK(decode_payload(archive).value() == sample_payload());
  }

  TEST_CASE("a newer format is refused by name") {
    std::string archive = encode(sample_payload());
    archive[2] = 3;
    CHECK(decode_payload(archive).failure().cause == Cause::newer_version);
  }

  TEST_CASE("every truncation is refused") {
    for (const std::string& archive :
         {encode(sample_payload()), encode(large_payload()), encode(sample_part())}) {
      for (std::size_t size = 0; size < archive.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(any_reads(std::string_view(archive).substr(0, size)));
      }
    }
  }

  TEST_CASE("every changed byte is refused") {
    for (const std::string& archive : {encode(sample_payload()), encode(large_payload())}) {
      for (std::size_t at = 0; at < archive.size(); ++at) {
        for (const int flip : {0x01, 0x80, 0xff}) {
          CAPTURE(at);
          std::string damaged = archive;
          damaged[at] = static_cast<char>(damaged[at] ^ flip);
          CHECK_FALSE(any_reads(damaged));
        }
      }
    }
  }

  TEST_CASE("bytes after the end are refused") {
    CHECK_FALSE(any_reads(encode(sample_payload()) + "x"));
    CHECK_FALSE(any_reads(encode(large_payload()) + "x"));
  }

  TEST_CASE("hostile bodies under a right checksum end in a value or a failure") {
    // The checksum is no secret: who can write the file can make it right.
    const auto reseal = [](std::string archive) {
      const auto digest = base::digest_of(std::string_view(archive).substr(13));
      archive.replace(5, 8, reinterpret_cast<const char*>(digest.bytes.data()), 8);
      return archive;
    };
    for (const std::string& archive : {encode(sample_payload()), encode(large_payload()),
                                       encode(sample_part()), encode(sample_document())}) {
      for (std::size_t at = 13; at < archive.size(); ++at) {
        for (const int value : {0x00, 0x01, 0x7f, 0xff}) {
          std::string damaged = archive;
          damaged[at] = static_cast<char>(value);
          (void)any_reads(reseal(damaged));
        }
        (void)any_reads(reseal(archive.substr(0, at)));
      }
    }
    std::string bomb = encode(large_payload());
    bomb.replace(13, 4, "\xff\xff\xff\xff", 4);
    CHECK_FALSE(any_reads(reseal(bomb)));
  }

  TEST_CASE("values nested past the limit are refused") {
    Value value(1);
    for (int i = 0; i < 200; ++i) value = Value(List{std::move(value)});
    CHECK(decode_document(encode(Document{{"deep", value}})).failure().cause ==
          Cause::work_damaged);
  }
}
