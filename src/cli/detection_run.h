// The work of `facecascade detect` behind its options.
#pragma once

#include <string>
#include <vector>

#include "cli/inputs.h"
#include "facecascade/face_detector.h"
#include "io/detection_writer.h"

namespace facecascade::cli {

struct DetectionRun {
  DetectOptions options;
  std::string draw_folder;        ///< drawn copies go there; empty: none
  bool apply_orientation = true;  ///< turn photos as their EXIF data says
  bool shows_progress = true;     ///< where the error stream is a terminal
  int every = 1;                  ///< detect in each such frame of a video
};

/// Detects in all inputs, photos several at a time while others are read, and writes the faces in
/// the inputs' order. Bad photos are reported and skipped: false where there were any. An error
/// where the output cannot be written.
Result<bool> DetectInputs(const FaceDetector& detector, const DetectionRun& run,
                          const std::vector<Input>& inputs, DetectionWriter& writer);

/// The part of it for one video.
Result<bool> DetectVideo(const FaceDetector& detector, const DetectionRun& run, const Input& input,
                         DetectionWriter& writer);

}  // namespace facecascade::cli
