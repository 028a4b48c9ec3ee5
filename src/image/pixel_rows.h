// The kernels of scaling and cutting, row by row, each the fastest for this processor. They
// compute with whole numbers, so that every instruction set gives the same bytes as the plain
// loops of pixel_rows_reference.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "facecascade/image_view.h"

namespace facecascade {

/// Bits of the weights between two neighbouring pixels.
inline constexpr int kWeightBits = 7;
inline constexpr int kWeightOne = 1 << kWeightBits;

/// Output pixels that are blended together at most.
inline constexpr int kStripColumns = 128;

/// Kernels read so many taps at a time: those behind `count` up to a multiple of this are read,
/// and must lie within the columns, though their pixels are not written.
inline constexpr int kStripAlignment = 4;

/// What `count` neighbouring output pixels, from left to right, are blended of: pixel i of the
/// columns begin + offsets[i] / 3 and the one right of it, by weights[i].
struct ColumnTaps {
  int count = 0;
  std::ptrdiff_t begin = 0;    ///< first column that is read
  std::ptrdiff_t columns = 0;  ///< how many are read; only one of weight 0 may lie beyond them
  std::array<std::int32_t, kStripColumns> offsets;
  std::array<std::int32_t, kStripColumns> weights;  ///< WeightPairs
};

/// The weights of two neighbours, of which the second has `second` of kWeightOne: in the lower and
/// the upper half, as kernels multiply them.
constexpr std::int32_t WeightPair(int second) { return second << 16 | (kWeightOne - second); }
constexpr int SecondWeight(std::int32_t pair) { return pair >> 16; }

/// `width` pixels of `format` as interleaved RGB.
void ConvertRow(const std::uint8_t* source, std::ptrdiff_t width, PixelFormat format,
                std::uint8_t* target);

/// The rounded means of 2×2 pixels of two rows of interleaved RGB; an odd last one counts twice.
void HalveRow(const std::uint8_t* upper, const std::uint8_t* lower, std::ptrdiff_t width,
              std::uint8_t* target);

/// A strip of output between two rows of interleaved RGB, `lower_weight` being the second one's,
/// and for each output pixel between two columns.
void BlendRow(const std::uint8_t* upper, const std::uint8_t* lower, int lower_weight,
              const ColumnTaps& columns, std::uint8_t* target);

}  // namespace facecascade
