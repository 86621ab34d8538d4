#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// SHA-256: names blobs, proves deliveries. The system's crypto library stays behind this.
namespace fieldsync::base {

struct Digest {
  std::array<std::uint8_t, 32> bytes{};
  /// 64 lower-case hexadecimal digits.
  std::string hex() const;
  /// Nothing unless `text` is exactly 64 hexadecimal digits.
  static std::optional<Digest> from_hex(std::string_view text);
  auto operator<=>(const Digest&) const = default;
};

/// Streaming SHA-256. Not thread-safe; one per stream.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  void add(std::string_view bytes);
  /// Ends the stream; call once.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest digest_of(std::string_view bytes);

}  // namespace fieldsync::base
