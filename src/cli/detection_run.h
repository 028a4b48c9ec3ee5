// The work of `facecascade detect` behind its options.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/inputs.h"
#include "facecascade/face_detector.h"
#include "image/image.h"
#include "io/detections.h"

namespace facecascade::cli {

/// Changes a photo, or a video's frame, to what its copy shows.
using CopyEdit = std::function<void(const std::vector<Face>& faces, Image& photo)>;

/// Writes files of a photo's, or a frame's, faces, whose names begin with `stem`.
using FaceCutter = std::function<Status(const std::vector<Face>& faces, const Image& photo,
                                        const std::string& stem)>;

struct DetectionRun {
  DetectOptions options;
  std::string copy_folder;        ///< edited copies, or cut faces, go there; empty: none
  CopyEdit edit;                  ///< how copies differ from their originals
  FaceCutter cut;                 ///< if set, cuts faces instead of copying
  bool apply_orientation = true;  ///< turn photos as their EXIF data says
  bool shows_progress = true;     ///< where the error stream is a terminal
  int every = 1;  ///< in a video, search each such frame and follow its faces through the others
};

/// Where the input's copy goes: below the folder of copies, videos as .mp4.
std::string CopyPath(const DetectionRun& run, const Input& input);

/// An error if a copy would replace an input, or a cut-out might.
Status RefuseOverwriting(const DetectionRun& run, const std::vector<Input>& inputs);

/// Takes what was found in a photo or frame.
using DetectionSink = std::function<Status(const PhotoDetections& photo)>;

/// Detects in all inputs, photos several at a time while others are read, and hands the faces to
/// `write` in the inputs' order, on the calling thread. Bad photos are reported and skipped: false
/// where there were any. An error where `write` gives one, or a copy cannot be written.
Result<bool> DetectInputs(const FaceDetector& detector, const DetectionRun& run,
                          const std::vector<Input>& inputs, const DetectionSink& write);

/// The part of it for one video.
Result<bool> DetectVideo(const FaceDetector& detector, const DetectionRun& run, const Input& input,
                         const DetectionSink& write);

}  // namespace facecascade::cli
