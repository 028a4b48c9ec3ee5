// The formats that OpenCV decodes.
#include <climits>
#include <exception>
#include <opencv2/imgcodecs.hpp>

#include "io/decoders.h"
#include "io/opencv_helpers.h"

namespace facecascade {

std::string WhyNotDecodable(std::int64_t width, std::int64_t height) {
  if (width < 1 || height < 1) return "the photo has no pixels";
  if (width <= kLongestPhotoSide && height <= kLongestPhotoSide &&
      width * height <= kMostPhotoPixels) {
    return {};
  }
  return "the photo is too large: " + std::to_string(width) + " × " + std::to_string(height) +
         ", at most 2^20 a side and 2^30 in all";
}

Result<Image> DecodeOther(std::span<const std::uint8_t> bytes) {
  QuietOpenCv();
  if (bytes.size() > static_cast<std::size_t>(INT_MAX)) return Error{"the file exceeds 2 GiB"};
  const cv::Mat data(1, static_cast<int>(bytes.size()), CV_8UC1,
                     const_cast<std::uint8_t*>(bytes.data()));  // only read
  cv::Mat photo;
  try {
    photo = cv::imdecode(data, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const std::exception&) {
    return Error{"the photo is broken, or too large (at most 2^20 a side and 2^30 in all)"};
  }
  if (photo.empty() || photo.type() != CV_8UC3) {
    return Error{"no photo, a broken one, or of an unknown format"};
  }
  Image image;
  CopyToRgb({photo.data, photo.cols, photo.rows, static_cast<std::ptrdiff_t>(photo.step[0]),
             PixelFormat::kBgr},
            image);
  return image;
}

}  // namespace facecascade
