#pragma once

#include <optional>
#include <string>

#include "platform/base/secret.h"

namespace fieldsync::platform {

enum class Stream { in, out, error };
bool is_terminal(Stream stream);
/// Columns of the terminal on stdout; 80 when unknown.
int terminal_columns();
/// Prompts on stderr and reads one line: without echo from a terminal, plainly otherwise. Nothing
/// at end of input.
std::optional<base::Secret> read_secret(const std::string& prompt);
std::optional<std::string> read_line(const std::string& prompt);

}  // namespace fieldsync::platform
