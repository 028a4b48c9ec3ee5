// Photos in our own memory, and the one way in which the project scales and cuts them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "facecascade/image_view.h"

namespace facecascade {

/// An RGB photo, 8 bit, rows without gaps. The default value is empty.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;  // height · width · 3

  ImageView View() const {
    return {pixels.data(), width, height, std::ptrdiff_t{3} * width, PixelFormat::kRgb};
  }
};

/// A copy in RGB, whatever the view's format and stride. Reuses `image`'s memory.
void CopyToRgb(const ImageView& view, Image& image);

/// `small` becomes `image` at half size: each pixel is the rounded mean of 2×2 (an odd last row or
/// column counts twice), so sizes round up. Reuses `small`'s memory.
void Halve(const Image& image, Image& small);

/// Like Halve, for a square of even `side` of interleaved RGB: a net's window for the net below.
void HalveWindow(const std::uint8_t* window, int side, std::uint8_t* small);

/// Mirrors a net's window of that side left to right, in place.
void MirrorWindow(int side, std::uint8_t* window);

/// A photo and its halves down to 1×1: level k is the photo halved k times.
struct Octaves {
  std::vector<Image> levels;
  int count = 0;  ///< levels in use; those behind keep their memory for the next photo
};

/// Fills `octaves` from the photo. Reuses its memory.
void BuildOctaves(const ImageView& photo, Octaves& octaves);

/// A part of a photo seen on a grid: output pixel (i, j) is centred on the photo's point
/// (x + (i + ½) · scale, y + (j + ½) · scale), where (0, 0) is the outer corner of the first pixel.
/// A window of side s seen by a net of input N is {window.x, window.y, s / N} at N×N.
struct Sampling {
  float x = 0;
  float y = 0;
  float scale = 1;  ///< pixels of the photo per output pixel, > 0
};

/// Samples `width`×`height` interleaved RGB pixels to `output` (rows `stride` bytes apart):
/// bilinear, from the octave whose pixels are the largest not larger than an output pixel. Beyond
/// the photo its border repeats. Weights have 7 bits, so every instruction set gives the same
/// bytes. Any number of threads may sample one `octaves`.
void Resample(const Octaves& octaves, const Sampling& sampling, int width, int height,
              std::uint8_t* output, std::ptrdiff_t stride);

}  // namespace facecascade
