// What is found in a photo.
//
// Coordinates are pixels of the photo, x to the right and y down. A box with whole numbers covers
// the pixels x … x + width − 1; a landmark with whole numbers lies in the centre of that pixel.
// This is how the public benchmarks publish boxes and points.
#pragma once

#include <array>
#include <cstddef>

namespace facecascade {

/// A point in pixels; (0, 0) is the centre of the first pixel.
struct Point {
  float x = 0;
  float y = 0;
};

/// An upright rectangle in pixels; (0, 0) is the outer corner of the first pixel.
struct Box {
  float x = 0;
  float y = 0;
  float width = 0;
  float height = 0;
};

/// How many landmarks a face has.
inline constexpr std::size_t kLandmarkCount = 5;

/// Left is the image's left, not the person's.
enum class Landmark : std::size_t { kLeftEye, kRightEye, kNose, kLeftMouth, kRightMouth };

/// Names of the landmarks in their order, as every format and file of the project writes them.
inline constexpr std::array<const char*, kLandmarkCount> kLandmarkNames = {
    "left_eye", "right_eye", "nose", "left_mouth", "right_mouth"};

/// Five points in the order of Landmark.
using Landmarks = std::array<Point, kLandmarkCount>;

/// A found face. The score lies in 0 … 1.
struct Face {
  Box box;
  float score = 0;
  Landmarks landmarks;
};

}  // namespace facecascade
