#pragma once

#include <string>
#include <vector>

namespace fieldsync::platform {

/// The first call of every program of ours, with what main() was given. Returns its arguments in
/// UTF-8, without the program's name. A peer that goes away while it is written to becomes a failed
/// write instead of the end of the program; the standard streams carry bytes as they are.
std::vector<std::string> begin_program(int argc, char** argv);

}  // namespace fieldsync::platform
