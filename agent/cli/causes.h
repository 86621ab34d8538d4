#pragma once

#include <string>

namespace fieldsync::cli {

/// The page agent/CAUSES.md, in Markdown: every cause of the table but `none`.
std::string causes_page();

}  // namespace fieldsync::cli
