// FDDB (Jain and Learned-Miller 2010): lists of photos, and faces as ellipses.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "facecascade/result.h"

namespace facecascade {

/// An ellipse in pixels of the photo, as FDDB writes it: `radians` is the angle of the axis with
/// half length `major` (not always the longer one); y points down.
struct Ellipse {
  double major = 0;
  double minor = 0;
  double radians = 0;
  double x = 0;
  double y = 0;
};

/// A photo of the benchmark; `name` has no extension, as in 2002/08/11/big/img_591.
struct FddbPhoto {
  std::string name;
  std::vector<Ellipse> faces;
};

struct PhotoSize {
  int width = 0;
  int height = 0;
};

/// Names separated by white space, from one or more lists, in their order. A folder stands for
/// all its FDDB-fold-NN.txt.
Result<std::vector<std::string>> ReadFddbList(const std::vector<std::string>& paths);

/// Photos of one or more ellipse lists. A folder stands for all its *-ellipseList.txt.
Result<std::vector<FddbPhoto>> ReadFddbAnnotations(const std::vector<std::string>& paths);

/// Lines "NAME width height", by name.
Result<std::map<std::string, PhotoSize>> ReadPhotoSizes(const std::string& path);

/// Reads the six numbers of an ellipse list's line or the first five of a detection's.
Ellipse EllipseFromNumbers(const std::vector<double>& numbers);

/// Empty if the benchmark's program can draw the ellipse, else why not.
std::string WhyNotDrawable(const Ellipse& ellipse);

}  // namespace facecascade
