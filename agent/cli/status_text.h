#pragma once

#include "agent/cli/context.h"

namespace fieldsync::cli {

/// `status` for people: link, login, queue, then one row per project and tool.
void print_status(Context& context, const Document& status);
/// One line for a progress bar: "3 to send, 1.2 MB of 8.8 MB".
std::string status_line(const Document& status);
/// Whether the agent has something to do now.
bool is_busy(const Document& status);
/// Whether something waits for a person: held acts, or a login.
bool needs_person(const Document& status);

}  // namespace fieldsync::cli
