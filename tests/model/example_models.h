// Models for tests that need no training.
#pragma once

#include <cstdint>

#include "geometry/geometry.h"
#include "image/image.h"
#include "model/model_file.h"

namespace facecascade {

/// Random weights for nets of these shapes, the same on every machine.
ModelData RandomModel(const CascadeSpec& spec, std::uint64_t seed);

/// Small nets with bridges, a hidden layer in the upper two, and a few hundred weights each.
CascadeSpec SmallCascadeSpec();

/// A model whose weights are written by hand and find "spot faces": bright squares on grey, half as
/// wide as the face that they are the middle of. Every net measures the spot's mass and centre in
/// its window, so that box and landmarks come out nearly exact. `bridged`: the upper nets see
/// nothing themselves and answer from the features that the bridge hands up.
ModelData SpotModel(bool bridged);

/// A grey photo.
Image GreyPhoto(int width, int height);

/// Paints the spot of a face that fills `box`, with soft edges where it ends within a pixel.
void PaintSpotFace(const Box& box, Image& photo);

/// The landmarks of a spot face that fills `box`.
Landmarks SpotLandmarks(const Box& box);

}  // namespace facecascade
