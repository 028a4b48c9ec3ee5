// Photos made in tests, and EXIF data put into them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "image/image.h"

namespace facecascade::tests {

using Bytes = std::vector<std::uint8_t>;
using Colour = std::array<std::uint8_t, 3>;

inline constexpr Colour kRed = {220, 30, 30};
inline constexpr Colour kGreen = {30, 200, 30};
inline constexpr Colour kBlue = {30, 30, 220};
inline constexpr Colour kWhite = {240, 240, 240};

/// Colours of a photo's top left, top right, bottom left and bottom right quarters.
using Quarters = std::array<Colour, 4>;

/// A photo of four coloured quarters.
Image MakeQuarters(int width, int height, const Quarters& colours);

/// The colours in the middle of the quarters, as the nearest of the four above.
Quarters FindQuarters(const Image& image);

/// The file's bytes with an EXIF orientation. `suffix`: .jpg, .png or .webp.
Bytes WithOrientation(const Bytes& file, const std::string& suffix, int orientation);

}  // namespace facecascade::tests
