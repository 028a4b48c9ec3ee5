// Writes found faces to the standard output, a file, or a folder.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "facecascade/result.h"
#include "io/detection_format.h"
#include "io/file.h"

namespace facecascade {

/// Takes photos one by one. A file appears under its name when Finish has been called. One thread
/// at a time.
class DetectionWriter {
 public:
  /// `output` is a file, the folder for kWider, or empty for the standard output (not kWider). An
  /// error where it cannot be written.
  static Result<DetectionWriter> Open(OutputFormat format, const std::string& output);

  Status Write(const PhotoDetections& photo);

  /// Ends the output. Without it a file is not written.
  Status Finish();

 private:
  explicit DetectionWriter(OutputFormat format) : format_(format) {}
  Status WriteText(const std::string& text);
  Status WriteWiderFile(const PhotoDetections& photo);

  OutputFormat format_;
  std::optional<OutputFile> file_;  // empty: the standard output
  CocoDocument coco_;
  std::string folder_;
  std::set<std::string> wider_files_;  // those written, to find two photos of one name
};

}  // namespace facecascade
