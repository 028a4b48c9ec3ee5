// How a camera was held, as EXIF data says it.
#pragma once

#include <cstdint>
#include <span>

#include "image/image.h"

namespace facecascade {

/// The EXIF orientation of a JPEG, PNG or WebP file, 1 … 8; 1 (upright) where there is none.
int ReadOrientation(std::span<const std::uint8_t> bytes);

/// Turns and mirrors a stored photo so that it is upright. `orientation` is 1 … 8: its first row is
/// displayed as 1 top, 2 top mirrored, 3 bottom turned, 4 bottom, 5 left, 6 right, 7 right
/// mirrored, 8 left turned.
Image Upright(Image image, int orientation);

}  // namespace facecascade
