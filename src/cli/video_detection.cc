// Faces in a video, frame by frame; the frames are read while others are searched.
#include <exception>
#include <filesystem>
#include <future>
#include <optional>

#include "cli/detection_run.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "io/video.h"

namespace facecascade::cli {
namespace {

// The copy of a video whose frames are edited, or the faces that are cut from it.
class VideoCopy {
 public:
  VideoCopy(const DetectionRun& run, const Input& input)
      : run_(run),
        path_(CopyPath(run, input)),
        stem_((std::filesystem::path(run.copy_folder) / input.copy_name).string()) {}

  Status Write(const PhotoDetections& frame, double frames_per_second, Image& image) {
    if (run_.cut) {
      return run_.cut(frame.faces, image, stem_ + "-" + std::to_string(*frame.frame));
    }
    if (!writer_) {
      auto writer = VideoWriter::Create(path_, frames_per_second, image.width, image.height);
      if (!writer.ok()) return writer.error();
      writer_.emplace(std::move(writer).value());
    }
    run_.edit(frame.faces, image);
    return writer_->Write(image);
  }

  Status Finish() { return writer_ ? writer_->Finish() : Ok(); }

 private:
  const DetectionRun& run_;
  std::string path_;
  std::string stem_;  // of the faces that are cut
  std::optional<VideoWriter> writer_;
};

// Each run.every-th frame is searched; through those between, the faces are followed.
Status DetectFrame(const FaceDetector& detector, const DetectionRun& run, const Image& image,
                   Workspace& workspace, PhotoDetections& frame) {
  frame.width = image.width;
  frame.height = image.height;
  return *frame.frame % run.every == 0
             ? detector.Detect(image.View(), run.options, workspace, frame.faces)
             : detector.Track(image.View(), run.options, workspace, frame.faces);
}

Result<bool> DetectFrames(const FaceDetector& detector, const DetectionRun& run, const Input& input,
                          VideoReader& reader, const DetectionSink& write) {
  Progress progress("frames", static_cast<std::size_t>(reader.frame_count()), run.shows_progress);
  std::optional<VideoCopy> copy;
  if (!run.copy_folder.empty()) copy.emplace(run, input);
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
    if (found.ok()) {
      if (const Status status = write(frame); !status.ok()) return status.error();
    }
    if (copy) {
      const Status status = copy->Write(frame, reader.frames_per_second(), image);
      if (!status.ok()) return status.error();
    }
    std::swap(image, next_image);
    progress.Advance();
  }
  progress.Clear();
  if (copy) {
    if (const Status status = copy->Finish(); !status.ok()) return status.error();
  }
  if (is_read.ok()) return true;
  Report(is_read.error().message);
  return false;
}

}  // namespace

Result<bool> DetectVideo(const FaceDetector& detector, const DetectionRun& run, const Input& input,
                         const DetectionSink& write) {
  auto reader = VideoReader::Open(input.file);
  if (!reader.ok()) {
    Report(reader.error().message);
    return false;
  }
  try {
    return DetectFrames(detector, run, input, reader.value(), write);
  } catch (const std::exception&) {
    Report(input.path + ": the video's frames do not fit into memory");
    return false;
  }
}

}  // namespace facecascade::cli
