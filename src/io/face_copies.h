// Copies of photos made from their faces: hidden faces, and upright cut-outs of one size.
#pragma once

#include <array>
#include <vector>

#include "facecascade/face.h"
#include "image/image.h"

namespace facecascade {

/// Makes faces unrecognisable: an oval around each is replaced by eight patches across it that run
/// into each other, so that what made the face out is gone from the pixels.
void HideFaces(const std::vector<Face>& faces, Image& photo);

/// Where the landmarks lie in a cut-out of 112×112 pixels: InsightFace's template, which most face
/// recognition nets expect (whole numbers are pixel centres).
inline constexpr Landmarks kAlignedLandmarks = {{{38.2946F, 51.6963F},
                                                 {73.5318F, 51.5014F},
                                                 {56.0252F, 71.7366F},
                                                 {41.5493F, 92.3655F},
                                                 {70.7299F, 92.2041F}}};
inline constexpr int kAlignedSize = 112;

/// Cuts a face out of a photo, turned and scaled (not sheared) so that its landmarks come as near
/// as possible, by least squares, to kAlignedLandmarks in a square of `size` pixels. Black beyond
/// the photo. Empty if the landmarks coincide or lie beyond all photos.
Image CutAlignedFace(const Image& photo, const Landmarks& landmarks, int size);

}  // namespace facecascade
