#include "io/photo.h"

#include <algorithm>
#include <array>
#include <climits>
#include <exception>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "io/file.h"
#include "io/opencv_helpers.h"

namespace facecascade {
namespace {

constexpr std::array<std::string_view, 14> kSuffixes = {".jpg", ".jpeg", ".jpe",  ".png", ".webp",
                                                        ".bmp", ".tif",  ".tiff", ".ppm", ".pgm",
                                                        ".pnm", ".jp2",  ".dib",  ".pbm"};

constexpr int kJpegQuality = 95;

constexpr std::uint8_t kMarker = 0xFF;
constexpr std::uint8_t kStartOfImage = 0xD8;
constexpr std::uint8_t kEndOfImage = 0xD9;

bool IsJpeg(std::span<const std::uint8_t> bytes) {
  return bytes.size() > 3 && bytes[0] == kMarker && bytes[1] == kStartOfImage &&
         bytes[2] == kMarker;
}

// Markers without a length: RST0 … RST7, TEM and the stuffed 0xFF00 of a scan.
bool StandsAlone(std::uint8_t code) {
  return code == 0x00 || code == 0x01 || (code >= 0xD0 && code <= 0xD7);
}

// Whether a JPEG has its end marker. OpenCV gives what was in memory where one is cut off. The
// segments are walked, as embedded previews have end markers of their own.
bool ReachesEnd(std::span<const std::uint8_t> bytes) {
  std::size_t position = 2;
  while (position + 1 < bytes.size()) {
    if (bytes[position] != kMarker || bytes[position + 1] == kMarker) {
      ++position;  // data of a scan, or a fill byte
      continue;
    }
    const std::uint8_t code = bytes[position + 1];
    position += 2;
    if (code == kEndOfImage) return true;
    if (StandsAlone(code)) continue;
    if (position + 1 >= bytes.size()) return false;
    position += std::size_t{bytes[position]} * 256 + bytes[position + 1];
  }
  return false;
}

Result<cv::Mat> Decode(std::span<const std::uint8_t> bytes, const std::string& name, int flags) {
  if (bytes.size() > static_cast<std::size_t>(INT_MAX)) {
    return Error{name + ": larger than 2 GiB"};
  }
  const cv::Mat data(1, static_cast<int>(bytes.size()), CV_8UC1,
                     const_cast<std::uint8_t*>(bytes.data()));  // only read
  try {
    return cv::imdecode(data, flags);
  } catch (const cv::Exception& exception) {
    if (exception.err.find("validateInputImageSize") != std::string::npos ||
        exception.err.find("CV_IO_MAX") != std::string::npos) {
      return Error{name + ": the photo is too large (at most 2^20 pixels a side, 2^30 in all)"};
    }
    return Error{name + ": the photo is broken"};
  } catch (const std::exception&) {
    return Error{name + ": the photo does not fit into memory"};
  }
}

}  // namespace

Result<Image> DecodePhoto(std::span<const std::uint8_t> bytes, const std::string& name,
                          const PhotoOptions& options) {
  QuietOpenCv();
  if (bytes.empty()) return Error{name + ": the file is empty"};
  if (IsJpeg(bytes) && !ReachesEnd(bytes)) return Error{name + ": the photo is cut off"};
  const int flags =
      cv::IMREAD_COLOR | (options.apply_orientation ? 0 : cv::IMREAD_IGNORE_ORIENTATION);
  const auto decoded = Decode(bytes, name, flags);
  if (!decoded.ok()) return decoded.error();
  const cv::Mat& photo = decoded.value();
  if (photo.empty() || photo.type() != CV_8UC3) {
    return Error{name + ": no photo, a broken one, or of an unknown format"};
  }
  Image image;
  CopyToRgb({photo.data, photo.cols, photo.rows, static_cast<std::ptrdiff_t>(photo.step[0]),
             PixelFormat::kBgr},
            image);
  return image;
}

Result<Image> ReadPhoto(const std::string& path, const PhotoOptions& options) {
  const auto bytes = ReadBytes(path);
  if (!bytes.ok()) return bytes.error();
  return DecodePhoto(bytes.value(), path, options);
}

Result<std::vector<std::uint8_t>> EncodePhoto(const Image& image, const std::string& name) {
  QuietOpenCv();
  if (image.pixels.empty()) return Error{name + ": an empty photo cannot be written"};
  const std::string suffix = LowerSuffix(name);
  if (!HasPhotoSuffix(name)) {
    return Error{name + ": no photo can be written with the suffix '" + suffix + "'"};
  }
  std::vector<std::uint8_t> bytes;
  try {
    const cv::Mat rgb(image.height, image.width, CV_8UC3,
                      const_cast<std::uint8_t*>(image.pixels.data()));  // only read
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    if (cv::imencode(suffix, bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, kJpegQuality})) return bytes;
  } catch (const std::exception&) {
    // Reported below.
  }
  return Error{name + ": the photo cannot be written in this format and size"};
}

Status WritePhoto(const Image& image, const std::string& path) {
  const auto bytes = EncodePhoto(image, path);
  if (!bytes.ok()) return bytes.error();
  return WriteFileAtomically(path, bytes.value());
}

std::span<const std::string_view> PhotoSuffixes() { return kSuffixes; }

bool HasPhotoSuffix(const std::string& path) {
  return std::find(kSuffixes.begin(), kSuffixes.end(), LowerSuffix(path)) != kSuffixes.end();
}

}  // namespace facecascade
