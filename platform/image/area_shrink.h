#pragma once

#include <cstdint>
#include <vector>

namespace fieldsync::image {

/// Shrinks a picture row by row: each sample of the small picture is the mean of the area it
/// covers. In whole numbers, so that it comes out the same everywhere. The small picture is not
/// larger than the one it is made of.
class AreaShrink {
 public:
  AreaShrink(int from_width, int from_height, int to_width, int to_height, int channels);

  /// Takes the next row of the large picture, from_width * channels samples. Whether a row of the
  /// small one is complete now; it stands in `row` until the next call.
  enum class Row { none, complete };
  Row add(const std::uint8_t* samples);
  /// to_width * channels samples.
  const std::uint8_t* row() const { return row_.data(); }

 private:
  void add_across(const std::uint8_t* samples);

  const int from_width_, from_height_, to_width_, to_height_, channels_;
  std::int64_t taken_ = 0;             ///< rows of the large picture
  std::int64_t made_ = 0;              ///< rows of the small one
  std::vector<std::uint64_t> across_;  ///< the row that came last, shrunk in its width
  std::vector<std::uint64_t> sums_;
  std::vector<std::uint8_t> row_;
};

}  // namespace fieldsync::image
