// Photos made to fit a given size.
#pragma once

#include "image/image.h"

namespace facecascade {

/// The photo scaled so that it just fits into width × height pixels, its aspect kept and both sides
/// at least 1: shrunk by the mean over each pixel's area, enlarged bilinearly.
Image ScaleToFit(const Image& photo, int width, int height);

}  // namespace facecascade
