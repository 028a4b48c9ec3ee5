// Boxes, overlap, and the calibration between a window and the face in it.
//
// Everything that relates a net's outputs to a photo stands here, and only here: training makes
// its targets and the detector its faces by the same functions.
#pragma once

#include <array>
#include <vector>

#include "facecascade/face.h"

namespace facecascade {

/// A square region of a photo that a net looks at; same coordinates as Box.
struct Window {
  float x = 0;
  float y = 0;
  float side = 0;
};

/// A net's box outputs: by how many sides of the window the face's left, top, right and bottom
/// edges lie to the right of (below) the window's.
using BoxOffsets = std::array<float, 4>;

/// A net's landmark outputs: x1, y1, x2, y2, … in sides of the window from its corner.
using LandmarkOffsets = std::array<float, 2 * kLandmarkCount>;

Box ToBox(const Window& window);

/// What both boxes cover; without width or height where that is nothing.
Box Intersection(const Box& a, const Box& b);

/// Intersection over union, 0 … 1; 0 where a box is empty.
float IoU(const Box& a, const Box& b);

/// Intersection over the smaller area, 0 … 1; 0 where a box is empty.
float IntersectionOverMinimum(const Box& a, const Box& b);

/// The square about the box's centre whose side is the longer of the box's. This is the window the
/// next net looks at, and the truth that windows are labelled against.
Window SquareAround(const Box& box);

BoxOffsets BoxToOffsets(const Window& window, const Box& face);
Box OffsetsToBox(const Window& window, const BoxOffsets& offsets);

LandmarkOffsets LandmarksToOffsets(const Window& window, const Landmarks& landmarks);
Landmarks OffsetsToLandmarks(const Window& window, const LandmarkOffsets& offsets);

/// Mirrored left to right in a photo of that width, left and right landmarks exchanged.
Box MirrorBox(const Box& box, float photo_width);
Landmarks MirrorLandmarks(const Landmarks& landmarks, float photo_width);

/// How two boxes' overlap is measured when the weaker is to be suppressed.
enum class OverlapMeasure { kUnion, kMinimum };

/// Greedy non-maximum suppression: indices of the boxes kept, by falling score (equal scores: by
/// index); a box goes when its overlap with a kept one exceeds `threshold`. At most `limit` are
/// kept (0: no limit). `boxes` and `scores` have the same size.
std::vector<int> SuppressNonMaximum(const std::vector<Box>& boxes, const std::vector<float>& scores,
                                    float threshold, OverlapMeasure measure, int limit = 0);

/// Memory of SuppressNonMaximum, reused.
struct SuppressionScratch {
  std::vector<int> order;
};

/// The same without allocation once `scratch` and `kept` have grown; replaces `kept`.
void SuppressNonMaximum(const std::vector<Box>& boxes, const std::vector<float>& scores,
                        float threshold, OverlapMeasure measure, int limit,
                        SuppressionScratch& scratch, std::vector<int>& kept);

/// What a window is, by its IoU with the nearest face (paper, section 2.4).
enum class WindowLabel { kNegative, kIgnored, kPart, kPositive };

/// Bounds of the labels: below `negative` to all faces: negative; from `part`: part of a face;
/// above `positive`: face. Between `negative` and `part`: ignored.
struct LabelBounds {
  float negative = 0.3F;
  float part = 0.3F;
  float positive = 0.7F;
};

WindowLabel LabelByIoU(float iou, const LabelBounds& bounds);

}  // namespace facecascade
