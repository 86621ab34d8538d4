#include <algorithm>

#include "net/adapters/procore_text.h"
#include "platform/kinds/kind.h"
#include "tests/fuzz/target.h"

/// Names and texts that people or services chose.
namespace fieldsync::fuzz {
namespace {

bool is_device(std::string_view name) {
  const std::string_view before_dot = name.substr(0, name.find('.'));
  const std::size_t end = before_dot.find_last_not_of(' ');
  const std::string stem =
      base::to_lower_ascii(before_dot.substr(0, end == std::string_view::npos ? 0 : end + 1));
  const std::string_view known[] = {"con", "prn", "aux", "nul", "com1", "com9", "lpt1", "lpt9"};
  return std::find(std::begin(known), std::end(known), stem) != std::end(known);
}

void file_names(std::string_view input) {
  const std::string name = base::safe_file_name(input);
  expect(!name.empty() && name != "." && name != "..", "a file name is a name", name);
  expect(name.size() <= 255, "a file name fits every file system", name);
  expect(base::is_utf8(name), "a file name is UTF-8", name);
  expect(name.find_first_of("#%&{}<>*?/\\|:\"") == std::string::npos, "no refused letter", name);
  expect(base::printable(name) == name, "no controls in a file name", name);
  expect(name.back() != '.' && name.back() != ' ', "no trailing dot or space", name);
  expect(!is_device(name), "no device of Windows", name);
  expect(base::safe_file_name(name) == name, "a safe name stays as it is", name);
  expect(net::procore::same_file_name(input, input), "a name is the same as itself");
}

void texts(std::string_view input) {
  expect(base::url_decode(base::url_encode(input)) == input, "percent encoding is undone");
  const std::string shown = base::printable(input);
  expect(base::is_utf8(shown) && base::printable(shown) == shown, "printable once is enough");
  const std::string_view head = base::utf8_prefix(input, 10);
  expect(head.size() <= 10 && input.starts_with(head), "a prefix is one");
  expect(!base::is_utf8(input) || base::is_utf8(head), "a prefix ends between characters");

  const std::string back = net::procore::from_html(net::procore::to_html(input));
  if (input.find('\r') == std::string_view::npos) {
    expect(back == base::trimmed(input), "text comes back from HTML as it was", back);
  }
  expect(net::procore::from_html(input).size() <= input.size(), "reading HTML does not grow it");
  const std::string simple = net::procore::comparable(net::procore::to_html(input));
  expect(simple.find("  ") == std::string::npos, "one space between words", simple);
}

void fields(std::string_view input) {
  for (const kinds::KindDescriptor& kind : kinds::all_kinds()) {
    for (const kinds::FieldDescriptor& field : kind.fields) {
      const auto value = kinds::parse_field(kind, field, input);
      if (!value.ok()) {
        expect(value.failure().cause == base::Cause::field_invalid, "a bad field is invalid");
        expect_clear(value.failure());
        continue;
      }
      if (field.merge == kinds::MergeRule::server_owned) continue;
      if (field.settable == kinds::Settable::on_create_only) continue;
      const auto valid = kinds::validate(kind, {{field.name, *value}}, kinds::Purpose::edit);
      expect(valid.ok() || valid.failure().cause == base::Cause::field_required,
             "what is read as a field is valid", field.name);
    }
  }
}

}  // namespace

void fuzz_one(std::string_view input) {
  file_names(input);
  texts(input);
  fields(input);
}

}  // namespace fieldsync::fuzz
