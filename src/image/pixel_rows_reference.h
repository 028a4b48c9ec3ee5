// The plain loops that the kernels of pixel_rows.h are held against, and that finish their rows.
#pragma once

#include "image/pixel_rows.h"

namespace facecascade {

/// As ConvertRow.
void ConvertRowReference(const std::uint8_t* source, std::ptrdiff_t width, PixelFormat format,
                         std::uint8_t* target);

/// As HalveRow.
void HalveRowReference(const std::uint8_t* upper, const std::uint8_t* lower, std::ptrdiff_t width,
                       std::uint8_t* target);

/// As BlendRow.
void BlendRowReference(const std::uint8_t* upper, const std::uint8_t* lower, int lower_weight,
                       const ColumnTaps& columns, std::uint8_t* target);

}  // namespace facecascade
