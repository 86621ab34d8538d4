#pragma once

#include <optional>
#include <string>

#include "platform/base/secret.h"

namespace fieldsync::platform {

enum class Stream { in, out, error };
bool is_terminal(Stream stream);
/// Columns of the terminal on stdout; 80 when unknown.
int terminal_columns();
/// Reads one line from stdin, without its end: from a terminal after a prompt on stderr and without
/// echo, plainly from a pipe or file. Nothing at end of input, after Ctrl-C, and for a line past
/// tuning::kInputLineBytesMax. The terminal's echo is restored in every case.
std::optional<base::Secret> read_secret(const std::string& prompt);
/// The same with echo.
std::optional<std::string> read_line(const std::string& prompt);

}  // namespace fieldsync::platform
