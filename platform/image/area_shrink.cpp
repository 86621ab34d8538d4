#include "platform/image/area_shrink.h"

#include <algorithm>

#include "platform/base/check.h"

namespace fieldsync::image {

AreaShrink::AreaShrink(int from_width, int from_height, int to_width, int to_height, int channels)
    : from_width_(from_width),
      from_height_(from_height),
      to_width_(to_width),
      to_height_(to_height),
      channels_(channels) {
  FS_CHECK(to_width > 0 && to_height > 0 && to_width <= from_width && to_height <= from_height);
  const auto samples = static_cast<std::size_t>(to_width) * static_cast<std::size_t>(channels);
  across_.resize(samples);
  sums_.resize(samples);
  row_.resize(samples);
}

// Both pictures are laid on a line of from_width * to_width units: a sample of the large one covers
// to_width units, one of the small one from_width. What they share is the weight.
void AreaShrink::add_across(const std::uint8_t* samples) {
  std::fill(across_.begin(), across_.end(), 0);
  const std::int64_t wide = to_width_;
  const std::int64_t narrow = from_width_;
  for (std::int64_t x = 0; x < from_width_; ++x) {
    const std::int64_t begin = x * wide;
    const std::int64_t end = begin + wide;
    for (std::int64_t i = begin / narrow; i * narrow < end; ++i) {
      const auto weight =
          static_cast<std::uint64_t>(std::min(end, (i + 1) * narrow) - std::max(begin, i * narrow));
      for (int c = 0; c < channels_; ++c) {
        across_[static_cast<std::size_t>(i * channels_ + c)] += weight * samples[x * channels_ + c];
      }
    }
  }
}

AreaShrink::Row AreaShrink::add(const std::uint8_t* samples) {
  FS_CHECK(taken_ < from_height_ && made_ < to_height_);
  add_across(samples);
  const std::int64_t begin = taken_ * to_height_;
  const std::int64_t end = begin + to_height_;
  const std::int64_t border = (made_ + 1) * from_height_;
  const auto weight = static_cast<std::uint64_t>(std::min(end, border) - begin);
  for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += weight * across_[i];
  ++taken_;
  if (end < border) return Row::none;
  const std::uint64_t whole =
      static_cast<std::uint64_t>(from_width_) * static_cast<std::uint64_t>(from_height_);
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    row_[i] = static_cast<std::uint8_t>((sums_[i] + whole / 2) / whole);
    sums_[i] = static_cast<std::uint64_t>(end - border) * across_[i];
  }
  ++made_;
  return Row::complete;
}

}  // namespace fieldsync::image
