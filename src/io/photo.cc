#include "io/photo.h"

#include <algorithm>
#include <array>
#include <exception>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "io/decoders.h"
#include "io/file.h"
#include "io/opencv_helpers.h"
#include "io/orientation.h"

namespace facecascade {
namespace {

constexpr std::array<std::string_view, 14> kSuffixes = {".jpg", ".jpeg", ".jpe",  ".png", ".webp",
                                                        ".bmp", ".tif",  ".tiff", ".ppm", ".pgm",
                                                        ".pnm", ".jp2",  ".dib",  ".pbm"};

constexpr int kQuality = 95;

}  // namespace

Result<Image> DecodePhoto(std::span<const std::uint8_t> bytes, const std::string& name,
                          const PhotoOptions& options) {
  if (bytes.empty()) return Error{name + ": the file is empty"};
  try {
    auto image = IsJpeg(bytes)  ? DecodeJpeg(bytes)
                 : IsPng(bytes) ? DecodePng(bytes)
                                : DecodeOther(bytes);
    if (!image.ok()) return Error{name + ": " + image.error().message};
    const int orientation = options.apply_orientation ? ReadOrientation(bytes) : 1;
    return Upright(std::move(image).value(), orientation);
  } catch (const std::exception&) {
    return Error{name + ": the photo does not fit into memory"};
  }
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
    // OpenCV's WebP encoder looks at the first parameter only.
    if (cv::imencode(suffix, bgr, bytes,
                     {cv::IMWRITE_WEBP_QUALITY, kQuality, cv::IMWRITE_JPEG_QUALITY, kQuality}))
      return bytes;
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

bool HasColourSuffix(const std::string& path) {
  const std::string suffix = LowerSuffix(path);
  return HasPhotoSuffix(path) && suffix != ".pgm" && suffix != ".pbm";
}

}  // namespace facecascade
