#include "net/gzip.h"

#include <zlib.h>

#include "net/tuning.h"
#include "platform/base/text.h"

namespace fieldsync::net {

namespace {

std::optional<std::string> deflated(std::string_view bytes) {
  constexpr int kGzipWindow = 15 + 16;  // zlib's way to ask for a gzip header
  constexpr int kMemoryLevel = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return std::nullopt;
  }
  // As large as the input: what does not fit would not be shorter.
  std::string packed(bytes.size(), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  const std::size_t size = stream.total_out;
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return std::nullopt;
  packed.resize(size);
  return packed;
}

}  // namespace

std::optional<std::string> gzip(std::string_view bytes) {
  const std::string_view sample = bytes.substr(0, tuning::kCompressSample);
  auto packed = deflated(sample);
  const std::size_t worth = sample.size() / 100 * tuning::kCompressWorthPercent;
  if (sample.size() == bytes.size() || !packed) return packed;
  return packed->size() <= worth ? deflated(bytes) : std::nullopt;
}

bool lists_gzip(std::string_view accept_encoding) {
  for (const std::string& entry : base::split(accept_encoding, ',')) {
    const std::vector<std::string> parts = base::split(entry, ';');
    if (base::to_lower_ascii(base::trimmed(parts[0])) != "gzip") continue;
    if (parts.size() == 1) return true;
    const std::string weight = base::to_lower_ascii(base::trimmed(parts[1]));
    return weight.find_first_not_of("q=0. ") != std::string::npos;
  }
  return false;
}

}  // namespace fieldsync::net
