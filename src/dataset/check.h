// What is wrong in people's annotations.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dataset/annotation.h"
#include "image/image.h"

namespace facecascade {

enum class ProblemKind {
  kUnreadablePhoto,
  kZeroSizeBox,          ///< no area, or a negative size
  kBoxOutside,           ///< reaches beyond the photo by more than a pixel
  kDuplicateBox,         ///< almost another face's box
  kSwappedLandmarks,     ///< left and right exchanged
  kImpossibleLandmarks,  ///< beyond the photo, far from the box, or two in one place
  kNearDuplicatePhoto    ///< almost another photo's pixels
};

inline constexpr std::size_t kProblemKinds = 7;

/// Names for reports, in the order of ProblemKind.
inline constexpr std::array<const char*, kProblemKinds> kProblemNames = {
    "unreadable_photos", "zero_size_boxes",      "boxes_outside",        "duplicate_boxes",
    "swapped_landmarks", "impossible_landmarks", "near_duplicate_photos"};

struct Problem {
  ProblemKind kind = ProblemKind::kUnreadablePhoto;
  std::size_t photo = 0;
  int face = -1;     ///< in its photo; −1: the photo itself
  std::string what;  ///< in words, with the other photo's path for near-duplicates
};

/// Problems of one photo's annotations. Without its size (0) nothing lies outside.
void CheckFaces(const AnnotatedPhoto& photo, std::size_t index, std::vector<Problem>& problems);

/// Sixty-four comparisons of neighbouring cells of a 9×8 grid: alike for scaled, recompressed and
/// slightly changed copies.
std::uint64_t Fingerprint(const Image& photo);

/// Reads every photo and checks everything, in the photos' order, near-duplicates last. Photos'
/// sizes are set from the files. `advance` is called for each photo.
std::vector<Problem> CheckDataset(std::vector<AnnotatedPhoto>& photos,
                                  const std::function<void()>& advance);

}  // namespace facecascade
