#include "platform/windows/command_line.h"

#include <algorithm>

#include "platform/windows/system.h"

namespace fieldsync::platform::windows {
namespace {

/// One argument as the C runtime of the other side takes command lines apart.
std::wstring quoted(const std::wstring& word) {
  if (!word.empty() && word.find_first_of(L" \t\"") == std::wstring::npos) return word;
  std::wstring text = L"\"";
  std::size_t slashes = 0;
  for (const wchar_t letter : word) {
    slashes = letter == L'\\' ? slashes + 1 : 0;
    if (letter == L'"') text.append(slashes + 1, L'\\');
    text += letter;
    if (letter == L'"') slashes = 0;
  }
  text.append(slashes, L'\\');
  return text + L'"';
}

}  // namespace

std::wstring command_line(const base::Path& program, const std::vector<std::string>& arguments) {
  std::wstring native_program = to_wide(program);
  std::replace(native_program.begin(), native_program.end(), L'/', L'\\');
  std::wstring text = quoted(native_program);
  for (const std::string& argument : arguments) text += L' ' + quoted(to_wide(argument));
  return text;
}

}  // namespace fieldsync::platform::windows
