// WIDER FACE's ground truth as its MATLAB evaluation ships it: MATLAB 5 files.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "facecascade/result.h"

namespace facecascade {

/// The benchmark's levels of difficulty in their order.
inline constexpr std::array<const char*, 3> kWiderLevels = {"easy", "medium", "hard"};

/// A photo of the ground-truth lists.
struct WiderMatlabPhoto {
  std::string name;                                 ///< EVENT/NAME, without extension
  std::vector<std::array<double, 4>> boxes;         ///< left, top, width, height in pixels
  std::array<std::vector<std::size_t>, 3> counted;  ///< faces of each level, from 0
};

/// Whether the folder holds wider_easy_val.mat and its two siblings.
bool HasWiderMatlab(const std::string& folder);

/// Reads wider_{easy,medium,hard}_val.mat of a folder; each repeats the photos and boxes, which
/// must agree. An error names the file and the variable.
Result<std::vector<WiderMatlabPhoto>> ReadWiderMatlab(const std::string& folder);

}  // namespace facecascade
