// Faces in a video, frame by frame; the frames are read while others are searched.
#include <exception>
#include <filesystem>
#include <future>
#include <optional>

#include "cli/detection_run.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "io/drawing.h"
#include "io/video.h"

namespace facecascade::cli {
namespace {

// The drawn copy of a video.
class DrawnVideo {
 public:
  explicit DrawnVideo(std::string path) : path_(std::move(path)) {}

  Status Write(const PhotoDetections& frame, double frames_per_second, Image& image) {
    if (!writer_) {
      auto writer = VideoWriter::Create(path_, frames_per_second, image.width, image.height);
      if (!writer.ok()) return writer.error();
      writer_.emplace(std::move(writer).value());
    }
    DrawFaces(frame.faces, {}, image);
    return writer_->Write(image);
  }

  Status Finish() { return writer_ ? writer_->Finish() : Ok(); }

 private:
  std::string path_;
  std::optional<VideoWriter> writer_;
};

std::string DrawnPath(const DetectionRun& run, const Input& input) {
  const auto path = std::filesystem::path(run.draw_folder) / input.copy_name;
  return path.extension() == ".mp4" ? path.string() : path.string() + ".mp4";
}

// Skipped frames are drawn with the faces of the frame before that was searched.
Status DetectFrame(const FaceDetector& detector, const DetectionRun& run, const Image& image,
                   Workspace& workspace, PhotoDetections& frame) {
  frame.width = image.width;
  frame.height = image.height;
  if (*frame.frame % run.every != 0) return Ok();
  return detector.Detect(image.View(), run.options, workspace, frame.faces);
}

Result<bool> DetectFrames(const FaceDetector& detector, const DetectionRun& run, const Input& input,
                          VideoReader& reader, DetectionWriter& writer) {
  Progress progress("frames", static_cast<std::size_t>(reader.frame_count()), run.shows_progress);
  std::optional<DrawnVideo> drawn;
  if (!run.draw_folder.empty()) drawn.emplace(DrawnPath(run, input));
  Workspace workspace;
  Image image;
  Image next_image;
  PhotoDetections frame;
  frame.path = input.path;
  auto is_read = reader.Next(image);
  for (int number = 0; is_read.ok() && is_read.value(); ++number) {
    frame.frame = number;
    auto next = std::async(std::launch::async, [&] { return reader.Next(next_image); });
    const Status found = DetectFrame(detector, run, image, workspace, frame);
    is_read = next.get();
    if (!found.ok()) is_read = Error{input.path + ": " + found.error().message};
    if (found.ok() && number % run.every == 0) {
      if (const Status status = writer.Write(frame); !status.ok()) return status.error();
    }
    if (drawn) {
      const Status status = drawn->Write(frame, reader.frames_per_second(), image);
      if (!status.ok()) return status.error();
    }
    std::swap(image, next_image);
    progress.Advance();
  }
  progress.Clear();
  if (drawn) {
    if (const Status status = drawn->Finish(); !status.ok()) return status.error();
  }
  if (is_read.ok()) return true;
  Report(is_read.error().message);
  return false;
}

}  // namespace

Result<bool> DetectVideo(const FaceDetector& detector, const DetectionRun& run, const Input& input,
                         DetectionWriter& writer) {
  auto reader = VideoReader::Open(input.file);
  if (!reader.ok()) {
    Report(reader.error().message);
    return false;
  }
  try {
    return DetectFrames(detector, run, input, reader.value(), writer);
  } catch (const std::exception&) {
    Report(input.path + ": the video's frames do not fit into memory");
    return false;
  }
}

}  // namespace facecascade::cli
