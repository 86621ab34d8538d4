#include "platform/base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace fieldsync::base {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// What stands at the front of a text: one whole character, or the bytes that form none.
struct Piece {
  std::size_t size = 0;
  bool good = false;
  std::uint32_t code = 0;
};

struct Lead {
  std::size_t size;         ///< bytes of the character; 0: no character begins with this byte
  std::uint32_t bits;       ///< of the code point, from the first byte
  std::uint8_t second_min;  ///< the second byte's range excludes overlong forms and surrogates
  std::uint8_t second_max;
};

Lead lead_of(std::uint8_t byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {2, byte & 0x1Fu, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0xD, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3, byte & 0x0Fu, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4, byte & 0x07u, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 4, 0x80, 0x8F};
  return {0, 0, 0, 0};
}

Piece first_piece(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  if (at(0) < 0x80) return {1, true, at(0)};
  const Lead lead = lead_of(at(0));
  if (lead.size == 0) return {1, false, 0};
  std::uint32_t code = lead.bits;
  for (std::size_t i = 1; i < lead.size; ++i) {
    const std::uint8_t low = i == 1 ? lead.second_min : 0x80;
    const std::uint8_t high = i == 1 ? lead.second_max : 0xBF;
    if (i >= bytes.size() || at(i) < low || at(i) > high) return {i, false, 0};
    code = (code << 6) | (at(i) & 0x3Fu);
  }
  return {lead.size, true, code};
}

bool is_control(std::uint32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

/// `bytes` with bad sequences and controls replaced.
std::string cleaned(std::string_view bytes, std::string_view for_bad, char for_control) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const Piece piece = first_piece(bytes);
    if (!piece.good) {
      text += for_bad;
    } else if (is_control(piece.code)) {
      text += for_control;
    } else {
      text += bytes.substr(0, piece.size);
    }
    bytes.remove_prefix(piece.size);
  }
  return text;
}

std::string_view without_trailing_dots_and_spaces(std::string_view text) {
  const auto last = text.find_last_not_of(". ");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

/// Whether Windows would take the name for a device, whatever its extension.
bool is_device_name(std::string_view name) {
  const std::string stem =
      to_lower_ascii(without_trailing_dots_and_spaces(name.substr(0, name.find('.'))));
  static constexpr std::array<std::string_view, 6> kPlain = {"con", "prn",    "aux",
                                                             "nul", "conin$", "conout$"};
  if (std::find(kPlain.begin(), kPlain.end(), stem) != kPlain.end()) return true;
  if (!stem.starts_with("com") && !stem.starts_with("lpt")) return false;
  const std::string_view number = std::string_view(stem).substr(3);
  if (number.size() == 1) return number[0] >= '0' && number[0] <= '9';
  // Superscript one, two and three count as digits there.
  return number == "\xC2\xB9" || number == "\xC2\xB2" || number == "\xC2\xB3";
}

constexpr std::size_t kNameBytesMax = 255;
// Longer than any real extension: what follows such a dot is part of the name.
constexpr std::size_t kExtensionBytesMax = 32;

std::string shortened_name(const std::string& name) {
  if (name.size() <= kNameBytesMax) return name;
  const auto dot = name.rfind('.');
  const bool has_extension =
      dot != std::string::npos && dot > 0 && name.size() - dot <= kExtensionBytesMax;
  const std::string extension = has_extension ? name.substr(dot) : std::string();
  const std::string_view stem = utf8_prefix(name, kNameBytesMax - extension.size());
  if (!extension.empty()) return std::string(stem) + extension;
  return std::string(without_trailing_dots_and_spaces(stem));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const Piece piece = first_piece(bytes);
    if (!piece.good) return false;
    bytes.remove_prefix(piece.size);
  }
  return true;
}

std::string printable(std::string_view bytes) { return cleaned(bytes, kReplacement, ' '); }

std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  const auto continues = [&](std::size_t i) {
    return (static_cast<std::uint8_t>(text[i]) & 0xC0) == 0x80;
  };
  std::size_t cut = bytes_max;
  while (cut > 0 && bytes_max - cut < 3 && continues(cut)) --cut;
  return text.substr(0, cut);
}

std::string to_lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view trimmed(std::string_view text) {
  static constexpr std::string_view kSpace = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string safe_file_name(std::string_view name) {
  static constexpr std::string_view kRefused = "#%&{}<>*?/\\|:\"";
  std::string safe = cleaned(name, "_", '_');
  for (char& c : safe) {
    if (kRefused.find(c) != std::string_view::npos) c = '_';
  }
  // A cut can bring out what trailing dots and spaces are, and a device name before them.
  safe = shortened_name(std::string(without_trailing_dots_and_spaces(safe)));
  if (safe.empty()) return "_";
  if (is_device_name(safe)) safe = shortened_name("_" + safe);
  return safe;
}

std::string url_encode(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    encoded += '%';
    encoded += kDigits[byte >> 4];
    encoded += kDigits[byte & 15];
  }
  return encoded;
}

std::string url_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded += ' ';
      continue;
    }
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                        hex_digit(text[i + 2]) >= 0;
    if (!escape) {
      decoded += text[i];
      continue;
    }
    decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
    i += 2;
  }
  return decoded;
}

}  // namespace fieldsync::base
