// A picture to measure speed with where no photo is at hand.
#pragma once

#include "image/image.h"

namespace facecascade::cli {

/// Clouds of all sizes, the large ones strongest as in photos, the same on every machine. It shows
/// no face.
Image MakeUpPhoto(int width, int height);

}  // namespace facecascade::cli
