#include "storage/codec.h"

#include <zstd.h>

#include <algorithm>
#include <cereal/archives/portable_binary.hpp>
#include <cstring>
#include <istream>
#include <ostream>
#include <stdexcept>
#include <streambuf>

#include "storage/tuning.h"

/// An archive: "FA", format, content, packing, 8 bytes of SHA-256 over what follows, then (packed
/// only) 4 bytes of unpacked size, low byte first, and the body.
namespace fieldsync::storage {
namespace {

using base::Document;
using base::Failure;
using base::List;
using base::Result;
using base::Value;

/// 2: payloads tell how a picture goes out.
constexpr char kFormat = 2;
constexpr std::size_t kHeaderSize = 13;
constexpr std::size_t kSizeSize = 4;

enum class Content : char { payload = 'P', part = 'U', document = 'D' };
enum class Packing : char { plain = 0, zstd = 1 };
enum class Tag : std::uint8_t { null, no, yes, integer, number, text, list, document };

struct Malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Appends what a stream writes to a string.
class StringSink : public std::streambuf {
 public:
  explicit StringSink(std::string& to) : to_(to) {}

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize size) override {
    to_.append(bytes, static_cast<std::size_t>(size));
    return size;
  }
  int_type overflow(int_type c) override {
    to_.push_back(traits_type::to_char_type(c));
    return c;
  }

 private:
  std::string& to_;
};

/// Reads bytes where they are.
class ViewSource : public std::streambuf {
 public:
  explicit ViewSource(std::string_view bytes) {
    char* begin = const_cast<char*>(bytes.data());  // streambuf never writes to a get area
    setg(begin, begin, begin + bytes.size());
  }
  std::size_t remaining() const { return static_cast<std::size_t>(egptr() - gptr()); }
};

class Writer {
 public:
  explicit Writer(std::string& to) : sink_(to), stream_(&sink_), archive_(stream_) {}

  void integer(std::int64_t value) { archive_(value); }
  void size(std::size_t value) { archive_(static_cast<std::uint32_t>(value)); }
  void text(std::string_view value) {
    size(value.size());
    archive_(cereal::binary_data(value.data(), value.size()));
  }
  void digest(const Digest& value) { text({reinterpret_cast<const char*>(&value.bytes), 32}); }
  void value(const Value& v) {
    if (v.is_null()) return tag(Tag::null);
    if (const bool* flag = v.as_bool()) return tag(*flag ? Tag::yes : Tag::no);
    if (const auto* number = v.as_integer()) return tag(Tag::integer), integer(*number);
    if (const double* number = v.as_number()) return tag(Tag::number), archive_(*number), void();
    if (const auto* string = v.as_text()) return tag(Tag::text), text(*string);
    if (const List* list = v.as_list()) {
      tag(Tag::list);
      size(list->size());
      for (const Value& item : *list) value(item);
      return;
    }
    tag(Tag::document);
    document(*v.as_document());
  }
  void document(const Document& d) {
    size(d.size());
    for (const base::Field& field : d) {
      text(field.name);
      value(field.value);
    }
  }
  void pairs(const std::vector<std::pair<std::string, std::string>>& list) {
    size(list.size());
    for (const auto& [name, content] : list) {
      text(name);
      text(content);
    }
  }

 private:
  void tag(Tag t) { archive_(static_cast<std::uint8_t>(t)); }

  StringSink sink_;
  std::ostream stream_;
  cereal::PortableBinaryOutputArchive archive_;
};

/// Reads what Writer wrote. Every claimed size is checked against the bytes that are left before
/// anything is allocated. Throws Malformed or cereal::Exception.
class Reader {
 public:
  explicit Reader(std::string_view from) : source_(from), stream_(&source_), archive_(stream_) {}

  std::int64_t integer() {
    std::int64_t value = 0;
    archive_(value);
    return value;
  }
  /// A number of things that take at least `each` bytes.
  std::size_t size(std::size_t each) {
    std::uint32_t value = 0;
    archive_(value);
    if (value > source_.remaining() / each) throw Malformed("a size beyond the archive's end");
    return value;
  }
  std::string text() {
    std::string value(size(1), '\0');
    archive_(cereal::binary_data(value.data(), value.size()));
    return value;
  }
  Digest digest() {
    const std::string bytes = text();
    Digest value;
    if (bytes.size() != value.bytes.size()) throw Malformed("a digest of the wrong length");
    std::memcpy(value.bytes.data(), bytes.data(), bytes.size());
    return value;
  }
  Value value(int depth) {
    if (depth > tuning::kValueDepthMax) throw Malformed("values nested too deeply");
    std::uint8_t tag = 0;
    archive_(tag);
    switch (Tag{tag}) {
      case Tag::null:
        return {};
      case Tag::no:
        return Value(false);
      case Tag::yes:
        return Value(true);
      case Tag::integer:
        return Value(integer());
      case Tag::number: {
        double number = 0;
        archive_(number);
        return Value(number);
      }
      case Tag::text:
        return Value(text());
      case Tag::list: {
        List list(size(1));
        for (Value& item : list) item = value(depth + 1);
        return Value(std::move(list));
      }
      case Tag::document:
        return Value(document(depth + 1));
    }
    throw Malformed("an unknown type of value");
  }
  Document document(int depth) {
    Document d;
    const std::size_t count = size(5);
    for (std::size_t i = 0; i < count; ++i) {
      std::string name = text();
      d.set(name, value(depth));
    }
    if (d.size() != count) throw Malformed("a field named twice");
    return d;
  }
  std::vector<std::pair<std::string, std::string>> pairs() {
    std::vector<std::pair<std::string, std::string>> list(size(8));
    for (auto& [name, content] : list) {
      name = text();
      content = text();
    }
    return list;
  }
  void end() {
    if (source_.remaining() != 0) throw Malformed("bytes after the end");
  }

 private:
  ViewSource source_;
  std::istream stream_;
  cereal::PortableBinaryInputArchive archive_;
};

std::string checksum(std::string_view bytes) {
  const Digest digest = base::digest_of(bytes);
  return {reinterpret_cast<const char*>(digest.bytes.data()), 8};
}

/// The body compressed, with its size before it; empty when that saves nothing.
std::string packed(const std::string& body) {
  const auto size_before = static_cast<ByteCount>(body.size());
  if (size_before < tuning::kCompressFrom || size_before > tuning::kUnpackedMax) return {};
  std::string out(kSizeSize + ZSTD_compressBound(body.size()), '\0');
  for (std::size_t i = 0; i < kSizeSize; ++i) out[i] = static_cast<char>(body.size() >> (8 * i));
  const std::size_t size = ZSTD_compress(out.data() + kSizeSize, out.size() - kSizeSize,
                                         body.data(), body.size(), tuning::kCompressLevel);
  if (ZSTD_isError(size) || size + kSizeSize >= body.size()) return {};
  out.resize(kSizeSize + size);
  return out;
}

template <class Fill>
std::string archive_of(Content content, Fill&& fill) {
  std::string body;
  body.reserve(256);
  {
    Writer writer(body);
    fill(writer);
  }
  std::string stored = packed(body);
  const Packing packing = stored.empty() ? Packing::plain : Packing::zstd;
  if (packing == Packing::plain) stored = std::move(body);
  std::string archive = {'F', 'A', kFormat, static_cast<char>(content), static_cast<char>(packing)};
  archive += checksum(stored);
  archive += stored;
  return archive;
}

Failure damaged(std::string_view what) {
  return Failure{base::Cause::work_damaged, "an archived value: " + std::string(what)};
}

Result<std::string> unpacked(std::string_view stored) {
  if (stored.size() < kSizeSize) return damaged("it ends too early");
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < kSizeSize; ++i) {
    size |= static_cast<std::uint32_t>(static_cast<unsigned char>(stored[i])) << (8 * i);
  }
  if (size > tuning::kUnpackedMax) return damaged("it claims an unpacked size past the limit");
  stored.remove_prefix(kSizeSize);
  // The frame's own claim must agree before memory is given to it.
  if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != size) {
    return damaged("its unpacked sizes disagree");
  }
  std::string body(size, '\0');
  const std::size_t got = ZSTD_decompress(body.data(), body.size(), stored.data(), stored.size());
  if (ZSTD_isError(got) || got != size) return damaged("it cannot be unpacked");
  return body;
}

template <class T, class Fill>
Result<T> read_archive(std::string_view archive, Content content, Fill&& fill) {
  if (archive.size() < kHeaderSize) return damaged("it ends too early");
  if (archive.substr(0, 2) != "FA") return damaged("it is none of ours");
  if (archive[2] > kFormat) {
    return Failure{base::Cause::newer_version,
                   "an archived value: written by a newer Fieldsync (format " +
                       std::to_string(int{archive[2]}) + "); install that version or a later one"};
  }
  if (archive[2] < 1 || archive[3] != static_cast<char>(content)) {
    return damaged("its header is wrong");
  }
  const std::string_view stored = archive.substr(kHeaderSize);
  if (archive.substr(5, 8) != checksum(stored)) return damaged("its checksum is wrong");
  std::string body;
  if (archive[4] == static_cast<char>(Packing::zstd)) {
    TRY_ASSIGN(body, unpacked(stored));
  } else if (archive[4] == static_cast<char>(Packing::plain)) {
    body = stored;
  } else {
    return damaged("its packing is unknown");
  }
  try {
    Reader reader(body);
    T value = fill(reader, archive[2]);
    reader.end();
    return value;
  } catch (const std::exception& error) {  // Malformed, cereal::Exception
    return damaged(error.what());
  }
}

void write_attachments(Writer& writer, const std::vector<Attachment>& attachments) {
  writer.size(attachments.size());
  for (const Attachment& attachment : attachments) {
    writer.digest(attachment.blob);
    writer.integer(attachment.size);
    writer.text(attachment.name);
    writer.text(attachment.content_type);
  }
}

std::vector<Attachment> read_attachments(Reader& reader) {
  std::vector<Attachment> attachments(reader.size(52));
  for (Attachment& attachment : attachments) {
    attachment.blob = reader.digest();
    attachment.size = reader.integer();
    attachment.name = reader.text();
    attachment.content_type = reader.text();
  }
  return attachments;
}

bool same(const Attachment& a, const Attachment& b) {
  return a.blob == b.blob && a.size == b.size && a.name == b.name &&
         a.content_type == b.content_type;
}

}  // namespace

bool Payload::operator==(const Payload& other) const {
  const auto all_same = [](const std::vector<Attachment>& a, const std::vector<Attachment>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
  };
  return fields == other.fields && base == other.base && picture == other.picture &&
         companion == other.companion && all_same(attachments, other.attachments) &&
         all_same(kept, other.kept);
}

namespace {

/// Of a Payload or an Intent: both have these members.
template <class T>
std::string payload_archive(const T& from) {
  return archive_of(Content::payload, [&](Writer& writer) {
    writer.document(from.fields);
    writer.document(from.base);
    write_attachments(writer, from.attachments);
    write_attachments(writer, from.kept);
    writer.integer(static_cast<int>(from.picture));
    writer.text(from.companion.raw());
  });
}

}  // namespace

std::string encode(const Payload& payload) { return payload_archive(payload); }
std::string encode_payload(const Intent& intent) { return payload_archive(intent); }

Result<Payload> decode_payload(std::string_view archive) {
  return read_archive<Payload>(archive, Content::payload, [](Reader& reader, char format) {
    Payload payload;
    payload.fields = reader.document(0);
    payload.base = reader.document(0);
    payload.attachments = read_attachments(reader);
    if (format < 2) return payload;
    payload.kept = read_attachments(reader);
    const std::int64_t picture = reader.integer();
    if (picture < 0 || picture > static_cast<int>(Picture::reduced)) {
      throw Malformed("a picture goes out in a way that is unknown");
    }
    payload.picture = static_cast<Picture>(picture);
    payload.companion = RecordId(reader.text());
    return payload;
  });
}

std::string encode(const UploadPart& part) {
  return archive_of(Content::part, [&](Writer& writer) {
    writer.integer(part.offset);
    writer.integer(part.size);
    writer.digest(part.digest);
    writer.text(part.url);
    writer.pairs(part.headers);
    writer.pairs(part.form);
    writer.text(part.etag);
  });
}

Result<UploadPart> decode_part(std::string_view archive) {
  return read_archive<UploadPart>(archive, Content::part, [](Reader& reader, char) {
    UploadPart part;
    part.offset = reader.integer();
    part.size = reader.integer();
    part.digest = reader.digest();
    part.url = reader.text();
    part.headers = reader.pairs();
    part.form = reader.pairs();
    part.etag = reader.text();
    return part;
  });
}

std::string encode(const Document& document) {
  return archive_of(Content::document, [&](Writer& writer) { writer.document(document); });
}

Result<Document> decode_document(std::string_view archive) {
  return read_archive<Document>(archive, Content::document,
                                [](Reader& reader, char) { return reader.document(0); });
}

}  // namespace fieldsync::storage
