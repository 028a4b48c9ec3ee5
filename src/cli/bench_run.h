// The measurements of `facecascade bench`.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "facecascade/detect_profile.h"
#include "facecascade/face_detector.h"
#include "image/image.h"

namespace facecascade::cli {

struct BenchSettings {
  int width = 800;  ///< photos are scaled to fit
  int height = 600;
  int rounds = 10;                  ///< measured, after one that is not
  std::vector<std::string> photos;  ///< files or folders; none: a made-up picture
  DetectorSettings detector;
};

/// Medians over the rounds of one photo.
struct PhotoBench {
  double milliseconds = 0;
  DetectProfile profile;
  std::size_t faces = 0;
};

struct BenchResult {
  std::vector<PhotoBench> photos;
  double resident_mib = 0;  ///< memory of the process while it detects, the most over the photos
  double detector_mib = 0;  ///< of it what model, detector and workspace take
  bool all_good = true;     ///< false where a photo was bad; it has been reported and left out
};

/// Sets the detector up and measures photo by photo; only the detector's own time counts. An error
/// where the model is bad or no photo is left.
Result<BenchResult> MeasurePhotos(const BenchSettings& settings);

/// The middle value, or the mean of the two in the middle. `values` is not empty.
double Median(std::vector<double> values);

}  // namespace facecascade::cli
