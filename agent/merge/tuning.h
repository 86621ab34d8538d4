#pragma once

#include <cstddef>

/// Every number of the merge, with its arithmetic.
namespace fieldsync::merge::tuning {

/// Cells of one comparison table, two bytes each: 2,000 by 2,000 lines or words is 8 MB and some
/// 10 ms. Longer texts that differ in so much are for a person to merge.
inline constexpr std::size_t kTextCellsMax = 4'000'000;
/// A table holds counts in 16 bits.
inline constexpr std::size_t kTextPiecesMax = 65'000;

}  // namespace fieldsync::merge::tuning
