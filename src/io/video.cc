#include "io/video.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <string_view>
#include <system_error>

#include "io/opencv_helpers.h"
#include "io/temporary_name.h"

namespace facecascade {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 12> kSuffixes = {".mp4",  ".mov", ".avi", ".mkv",
                                                        ".webm", ".m4v", ".mpg", ".mpeg",
                                                        ".gif",  ".ogv", ".wmv", ".flv"};
constexpr double kFallbackFramesPerSecond = 25;

}  // namespace

bool HasVideoSuffix(const std::string& path) {
  return std::find(kSuffixes.begin(), kSuffixes.end(), LowerSuffix(path)) != kSuffixes.end();
}

struct VideoReader::State {
  std::string path;
  cv::VideoCapture capture;
  cv::Mat frame;
  bool is_first = true;
};

VideoReader::VideoReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
VideoReader::VideoReader(VideoReader&&) noexcept = default;
VideoReader::~VideoReader() = default;

Result<VideoReader> VideoReader::Open(const std::string& path) {
  QuietOpenCv();
  std::error_code code;
  if (!fs::exists(path, code)) return Error{path + ": no such file"};
  auto state = std::make_unique<State>();
  state->path = path;
  try {
    if (state->capture.open(path, cv::CAP_FFMPEG)) return VideoReader(std::move(state));
  } catch (const std::exception&) {
    // Reported below.
  }
  return Error{path + ": no video, a broken one, or of an unknown format"};
}

Result<bool> VideoReader::Next(Image& frame) {
  try {
    const bool is_read = state_->capture.read(state_->frame);
    if (!is_read && state_->is_first) return Error{state_->path + ": the video has no frames"};
    state_->is_first = false;
    if (!is_read) return false;
    const cv::Mat& pixels = state_->frame;
    CopyToRgb({pixels.data, pixels.cols, pixels.rows, static_cast<std::ptrdiff_t>(pixels.step[0]),
               PixelFormat::kBgr},
              frame);
    return true;
  } catch (const std::exception&) {
    return Error{state_->path + ": the video is broken"};
  }
}

int VideoReader::frame_count() const {
  const double count = state_->capture.get(cv::CAP_PROP_FRAME_COUNT);
  return count > 0 && count < 1e9 ? static_cast<int>(count) : 0;
}

double VideoReader::frames_per_second() const {
  const double rate = state_->capture.get(cv::CAP_PROP_FPS);
  return std::isfinite(rate) && rate > 0 && rate < 1000 ? rate : kFallbackFramesPerSecond;
}

struct VideoWriter::State {
  std::string path;
  std::string temporary;
  TemporaryName name;
  cv::VideoWriter writer;
  cv::Size size;
  cv::Mat bgr;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    writer.release();
    if (!temporary.empty()) unlink(temporary.c_str());
  }
};

VideoWriter::VideoWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
VideoWriter::VideoWriter(VideoWriter&&) noexcept = default;
VideoWriter::~VideoWriter() = default;

Result<VideoWriter> VideoWriter::Create(const std::string& path, double frames_per_second,
                                        int width, int height) {
  QuietOpenCv();
  std::error_code code;
  const fs::path target(path);
  if (target.has_parent_path()) fs::create_directories(target.parent_path(), code);
  if (code) return Error{target.parent_path().string() + ": cannot be made: " + code.message()};
  auto state = std::make_unique<State>();
  state->path = path;
  // The suffix stays last, as it says the format.
  state->temporary = path + ".part" + std::to_string(getpid()) + ".mp4";
  state->name = TemporaryName(state->temporary);
  state->size = cv::Size(width, height);
  try {
    const int codec = cv::VideoWriter::fourcc('m', 'p', '4', 'v');
    if (state->writer.open(state->temporary, cv::CAP_FFMPEG, codec, frames_per_second,
                           state->size)) {
      return VideoWriter(std::move(state));
    }
  } catch (const std::exception&) {
    // Reported below.
  }
  return Error{path + ": the video cannot be written"};
}

Status VideoWriter::Write(const Image& frame) {
  if (frame.width != state_->size.width || frame.height != state_->size.height) {
    return Error{state_->path + ": the frames differ in size"};
  }
  try {
    const cv::Mat rgb(frame.height, frame.width, CV_8UC3,
                      const_cast<std::uint8_t*>(frame.pixels.data()));  // only read
    cv::cvtColor(rgb, state_->bgr, cv::COLOR_RGB2BGR);
    state_->writer.write(state_->bgr);
    return Ok();
  } catch (const std::exception&) {
    return Error{state_->path + ": the video cannot be written"};
  }
}

Status VideoWriter::Finish() {
  state_->writer.release();
  std::error_code code;
  fs::rename(state_->temporary, state_->path, code);
  if (code) return Error{state_->path + ": cannot be written: " + code.message()};
  state_->temporary.clear();
  return Ok();
}

}  // namespace facecascade
