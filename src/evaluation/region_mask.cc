#include "evaluation/region_mask.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace facecascade::evaluation {
namespace {

constexpr int kBits = 64;

// Nearest integer, halves to even, of the value as a 32-bit float; far values stay far.
int RoundedFloat(double value) {
  constexpr double kFar = 1 << 30;
  return static_cast<int>(
      std::lrint(std::clamp(static_cast<double>(static_cast<float>(value)), -kFar, kFar)));
}

}  // namespace

RegionMask::RegionMask(int width, int first_row, int end_row)
    : words_per_row_((width + kBits - 1) / kBits),
      first_row_(first_row),
      end_row_(std::max(first_row, end_row)),
      words_(static_cast<std::size_t>(words_per_row_) *
             static_cast<std::size_t>(end_row_ - first_row_)) {}

void RegionMask::SetRun(int row, int first, int last) {
  std::uint64_t* words =
      words_.data() + static_cast<std::ptrdiff_t>(row - first_row_) * words_per_row_;
  const std::uint64_t from_first = ~std::uint64_t{0} << (first % kBits);
  const std::uint64_t to_last = ~std::uint64_t{0} >> (kBits - 1 - last % kBits);
  const int first_word = first / kBits;
  const int last_word = last / kBits;
  if (first_word == last_word) {
    words[first_word] |= from_first & to_last;
    return;
  }
  words[first_word] |= from_first;
  for (int word = first_word + 1; word < last_word; ++word) words[word] = ~std::uint64_t{0};
  words[last_word] |= to_last;
}

std::int64_t RegionMask::Count() const {
  std::int64_t count = 0;
  for (const std::uint64_t word : words_) count += std::popcount(word);
  return count;
}

std::int64_t CountCommon(const RegionMask& a, const RegionMask& b) {
  const int first_row = std::max(a.first_row_, b.first_row_);
  const int end_row = std::min(a.end_row_, b.end_row_);
  if (first_row >= end_row) return 0;
  const auto words_per_row = static_cast<std::size_t>(a.words_per_row_);
  const auto count_of_words = static_cast<std::size_t>(end_row - first_row) * words_per_row;
  const std::uint64_t* of_a =
      a.words_.data() + static_cast<std::size_t>(first_row - a.first_row_) * words_per_row;
  const std::uint64_t* of_b =
      b.words_.data() + static_cast<std::size_t>(first_row - b.first_row_) * words_per_row;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < count_of_words; ++i) count += std::popcount(of_a[i] & of_b[i]);
  return count;
}

RegionMask DrawRectangle(const Rectangle& rectangle, PhotoSize photo) {
  const auto [left, right] =
      std::minmax({RoundedFloat(rectangle.x), RoundedFloat(rectangle.x + rectangle.width)});
  const auto [top, bottom] =
      std::minmax({RoundedFloat(rectangle.y), RoundedFloat(rectangle.y + rectangle.height)});
  const int first = std::max(left, 0);
  const int last = std::min(right, photo.width - 1);
  if (first > last) return {photo.width, 0, 0};
  RegionMask mask(photo.width, std::max(top, 0), std::min(bottom, photo.height - 1) + 1);
  for (int row = mask.first_row(); row < mask.end_row(); ++row) mask.SetRun(row, first, last);
  return mask;
}

double OverlapOf(const RegionMask& a, const RegionMask& b) {
  const std::int64_t common = CountCommon(a, b);
  const std::int64_t either = a.Count() + b.Count() - common;
  return static_cast<double>(common) / static_cast<double>(either);
}

}  // namespace facecascade::evaluation
