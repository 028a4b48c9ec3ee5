// Videos, frame by frame.
#pragma once

#include <memory>
#include <string>

#include "facecascade/result.h"
#include "image/image.h"

namespace facecascade {

/// Whether the name's suffix is a video's (upper or lower case).
bool HasVideoSuffix(const std::string& path);

/// Reads a video file's frames in their order, turned as its metadata says. One thread at a time.
class VideoReader {
 public:
  /// An error names the file and what is wrong.
  static Result<VideoReader> Open(const std::string& path);
  VideoReader(VideoReader&&) noexcept;
  ~VideoReader();

  /// The next frame; false at the video's end. Reuses `frame`'s memory.
  Result<bool> Next(Image& frame);

  /// About how many frames there are; 0: unknown.
  int frame_count() const;
  double frames_per_second() const;

 private:
  struct State;
  explicit VideoReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Writes an MP4 file under a temporary name that Finish renames. One thread at a time.
class VideoWriter {
 public:
  static Result<VideoWriter> Create(const std::string& path, double frames_per_second, int width,
                                    int height);
  VideoWriter(VideoWriter&&) noexcept;
  ~VideoWriter();

  /// Frames have the size that Create was given.
  Status Write(const Image& frame);
  Status Finish();

 private:
  struct State;
  explicit VideoWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace facecascade
