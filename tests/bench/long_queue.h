#pragma once

#include <string>

namespace fieldsync::bench {

/// 100,000 notes, most of them to be tried again in an hour, and a photo of 4 GB, kept in the
/// stores of an agent that does not run.
void fill_queue(const std::string& state, const std::string& project);

}  // namespace fieldsync::bench
