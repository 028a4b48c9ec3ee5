// Cutting a sample out of a photo, rotated and mirrored where wanted, and changing its pixels.
#pragma once

#include <cstdint>

#include "base/random.h"
#include "geometry/geometry.h"
#include "image/image.h"
#include "training/config.h"

namespace facecascade::training {

/// From photo to crop: the window, turned about its centre by `angle` degrees (the face then
/// appears turned the other way round), mirrored where `flip`, seen with side × side pixels.
struct CropMapping {
  Window window;
  double angle = 0;
  bool flip = false;
  int side = 0;
};

/// Points and boxes in pixels of the crop. A box keeps its size and moves with its centre.
Landmarks MapLandmarks(const CropMapping& mapping, const Landmarks& landmarks);
Box MapBox(const CropMapping& mapping, const Box& box);

/// Cuts side × side interleaved RGB pixels: without rotation exactly as the detector does
/// (Resample), with it bilinearly from the same octave.
void CutWindow(const Octaves& octaves, const Window& window, double angle, bool flip, int side,
               std::uint8_t* pixels);

/// Colour, grey, blur, compression and, for faces, occlusion, each by its chance.
void AugmentPixels(const AugmentationConfig& config, bool face, int side, Random& random,
                   std::uint8_t* pixels);

}  // namespace facecascade::training
