#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/tidy/source.h"

/// The house rules that a program can see. Adding a rule: a function here, a planted violation in
/// tidy_test.cpp, a line in `check_source`.
namespace fieldsync::tidy {

using Findings = std::vector<Finding>;

/// platform <- storage, platform <- net, both <- agent; finer rules inside net and agent; nothing
/// but tests includes tests; own headers are named from the root.
Findings check_layers(const Source& source);
/// Each library has one owner.
Findings check_libraries(const Source& source);
/// Headers of the operating system stay in platform's twins.
Findings check_system_headers(const Source& source);
/// Time, chance, waiting and the environment come in through seams.
Findings check_banned_calls(const Source& source);
/// No file over 600 lines, no function over 70.
Findings check_sizes(const Source& source);
/// Tabs, trailing blanks, lines over 100 columns, a missing last line break, headers without
/// `#pragma once`, notes of unfinished work.
Findings check_text(const Source& source);
/// Files and folders of the tree that a document names in backticks exist.
Findings check_named_files(const Source& document,
                           const std::function<bool(const std::string&)>& exists);

/// All of the above that need nothing but the source.
Findings check_source(const Source& source);

}  // namespace fieldsync::tidy
