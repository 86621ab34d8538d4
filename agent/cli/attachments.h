#pragma once

#include <string>
#include <vector>

#include "agent/cli/context.h"

namespace fieldsync::cli {

/// Files that belong to one record: all of them are checked before the bytes of any are taken, and
/// one that cannot be taken refuses the whole act, so that no reply goes out without its picture.
/// The answer is the list for `files` in api/commands.h.
Result<base::List> stage_attachments(Context& context, const std::vector<std::string>& paths);

}  // namespace fieldsync::cli
