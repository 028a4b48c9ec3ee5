#include "io/scaling.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace facecascade {

Image ScaleToFit(const Image& photo, int width, int height) {
  const double scale = std::min(static_cast<double>(width) / photo.width,
                                static_cast<double>(height) / photo.height);
  const auto scaled_side = [scale](int side) {
    return std::max(1, static_cast<int>(std::lround(side * scale)));
  };
  Image fitting;
  fitting.width = scaled_side(photo.width);
  fitting.height = scaled_side(photo.height);
  fitting.pixels.resize(std::size_t{3} * fitting.width * fitting.height);
  const cv::Mat from(photo.height, photo.width, CV_8UC3,
                     const_cast<std::uint8_t*>(photo.pixels.data()));  // NOLINT: only read
  cv::Mat to(fitting.height, fitting.width, CV_8UC3, fitting.pixels.data());
  cv::resize(from, to, to.size(), 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return fitting;
}

}  // namespace facecascade
