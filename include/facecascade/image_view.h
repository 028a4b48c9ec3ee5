// A photo in somebody else's memory.
#pragma once

#include <cstddef>
#include <cstdint>

namespace facecascade {

/// Order of the 8-bit channels of a pixel.
enum class PixelFormat { kBgr, kRgb, kBgra, kRgba, kGray };

constexpr int ChannelCount(PixelFormat format) {
  switch (format) {
    case PixelFormat::kBgr:
    case PixelFormat::kRgb:
      return 3;
    case PixelFormat::kBgra:
    case PixelFormat::kRgba:
      return 4;
    case PixelFormat::kGray:
      return 1;
  }
  return 0;
}

/// Pixels owned by the caller, who keeps them alive and unchanged while they are read.
struct ImageView {
  const std::uint8_t* pixels = nullptr;  ///< first pixel of the first row
  int width = 0;                         ///< pixels a row
  int height = 0;                        ///< rows
  std::ptrdiff_t stride = 0;             ///< bytes from a row to the next; may be negative
  PixelFormat format = PixelFormat::kBgr;
};

}  // namespace facecascade
