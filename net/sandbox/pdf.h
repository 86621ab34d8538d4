#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fieldsync::net::sandbox {

/// A valid single-page A3 PDF with these lines of text (ASCII), padded by a comment to at least
/// `bytes_min`. Equal arguments give equal bytes.
std::string make_pdf(const std::vector<std::string>& lines, std::size_t bytes_min);

}  // namespace fieldsync::net::sandbox
