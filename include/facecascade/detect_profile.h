// Where a detection's time went, and how much was left for each net to look at.
#pragma once

#include <array>
#include <cstdint>

namespace facecascade {

/// One net's part of a detection.
struct NetProfile {
  double milliseconds = 0;   ///< by the wall clock, cutting and scaling of its windows included
  std::int64_t windows = 0;  ///< that it looked at
  std::int64_t multiplications =
      0;  ///< of its layers, and of the lower nets' that it takes features of
};

/// What FaceDetector::Detect measures where it is asked to.
struct DetectProfile {
  double copy_milliseconds = 0;         ///< the photo to RGB and its halves
  std::array<NetProfile, 3> nets;       ///< 12net, 24net, 48net
  double suppression_milliseconds = 0;  ///< of the weaker of overlapping candidates, after each net
  std::int64_t proposals = 0;           ///< windows that the 12net takes for faces, none suppressed
};

}  // namespace facecascade
