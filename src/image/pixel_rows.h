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

/// Two neighbours in a row or column, and the second one's weight of kWeightOne. At the last
/// pixel both are the same.
struct Tap {
  std::ptrdiff_t first = 0;
  std::ptrdiff_t second = 0;
  int weight = 0;
};

/// The taps of up to kStripColumns neighbouring output pixels, from left to right.
inline constexpr int kStripColumns = 128;
struct ColumnTaps {
  int count = 0;
  std::array<Tap, kStripColumns> taps;
};

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
