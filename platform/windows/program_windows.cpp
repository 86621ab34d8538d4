#include <fcntl.h>
#include <io.h>

#include <cstdio>

#include "platform/program.h"
#include "platform/windows/system.h"

// After windows.h, whose types it uses.
#include <shellapi.h>

namespace fieldsync::platform {

std::vector<std::string> begin_program(int, char**) {
  // Bytes leave and arrive as they are, and text is UTF-8 in both directions.
  for (std::FILE* stream : {stdin, stdout, stderr}) ::_setmode(::_fileno(stream), _O_BINARY);
  ::SetConsoleOutputCP(CP_UTF8);
  // What main() is given is in the machine's code page, which lacks most letters.
  int count = 0;
  wchar_t** words = ::CommandLineToArgvW(::GetCommandLineW(), &count);
  std::vector<std::string> arguments;
  for (int i = 1; i < count; ++i) arguments.push_back(windows::to_utf8(words[i]));
  ::LocalFree(words);
  return arguments;
}

}  // namespace fieldsync::platform
