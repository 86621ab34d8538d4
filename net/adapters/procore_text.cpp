#include "net/adapters/procore_text.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "platform/base/text.h"

namespace fieldsync::net::procore {
namespace {

constexpr std::size_t kEntityBytesMax = 10;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// Appends what the entity `name` (without & and ;) stands for. Returns whether it is known.
bool append_entity(std::string& out, std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kNamed{{
      {"amp", "&"},
      {"lt", "<"},
      {"gt", ">"},
      {"quot", "\""},
      {"apos", "'"},
      {"nbsp", " "},
      {"shy", ""},
  }};
  for (const auto& [entity, text] : kNamed) {
    if (name == entity) {
      out += text;
      return true;
    }
  }
  if (name.size() < 2 || name[0] != '#') return false;
  const bool hex = name[1] == 'x' || name[1] == 'X';
  const std::string_view digits = name.substr(hex ? 2 : 1);
  std::uint32_t code = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  const bool is_character = code != 0 && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
  if (digits.empty() || !whole || !is_character) return false;
  if (code == 0xA0) {
    out += ' ';
  } else {
    append_utf8(out, code);
  }
  return true;
}

bool ends_a_line(std::string_view tag) {
  const bool closing = !tag.empty() && tag.front() == '/';
  if (closing) tag.remove_prefix(1);
  std::string name;
  for (const char c : tag) {
    if (!is_letter(c) && !is_digit(c)) break;
    name += c;
  }
  name = base::to_lower_ascii(name);
  if (name == "br") return true;
  return closing && (name == "p" || name == "div" || name == "li" || name == "tr" ||
                     (name.size() == 2 && name[0] == 'h' && is_digit(name[1])));
}

/// Text such as "a < b" is not a tag.
bool starts_tag(std::string_view html, std::size_t at) {
  if (html[at] != '<' || at + 1 >= html.size()) return false;
  const char next = html[at + 1];
  return is_letter(next) || next == '/' || next == '!';
}

}  // namespace

std::string to_html(std::string_view text) {
  std::string html = "<p>";
  for (std::size_t at = 0; at < text.size(); ++at) {
    switch (text[at]) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\r':
        if (at + 1 < text.size() && text[at + 1] == '\n') break;
        html += "<br>";
        break;
      case '\n':
        html += "<br>";
        break;
      default:
        html += text[at];
    }
  }
  return html + "</p>";
}

std::string from_html(std::string_view html) {
  std::string text;
  text.reserve(html.size());
  // Once no '>' is left none is looked for again, or hostile text would cost the square.
  bool tags_left = true;
  for (std::size_t at = 0; at < html.size();) {
    const char c = html[at];
    if (tags_left && starts_tag(html, at)) {
      const auto close = html.find('>', at);
      if (close != std::string_view::npos) {
        if (ends_a_line(html.substr(at + 1, close - at - 1))) text += '\n';
        at = close + 1;
        continue;
      }
      tags_left = false;
    }
    if (c == '&') {
      const auto end = html.substr(at, kEntityBytesMax + 2).find(';');
      if (end != std::string_view::npos && append_entity(text, html.substr(at + 1, end - 1))) {
        at += end + 1;
        continue;
      }
    }
    text += c;
    ++at;
  }
  return std::string(base::trimmed(text));
}

std::string comparable(std::string_view text) {
  const std::string plain = from_html(text);
  std::string out;
  for (std::size_t at = 0; at < plain.size(); ++at) {
    // A no-break space reads like any other.
    const bool no_break = plain[at] == '\xC2' && at + 1 < plain.size() && plain[at + 1] == '\xA0';
    if (no_break) ++at;
    if (!no_break && !is_space(plain[at])) {
      out += plain[at];
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

bool same_file_name(std::string_view a, std::string_view b) {
  const auto simple = [](std::string_view name) {
    std::string out;
    for (const char c : name) {
      const bool kept = is_letter(c) || is_digit(c) || c == '.';
      if (kept) {
        out += c;
      } else if (out.empty() || out.back() != '_') {
        out += '_';
      }
    }
    return base::to_lower_ascii(out);
  };
  return a == b || simple(a) == simple(b);
}

}  // namespace fieldsync::net::procore
