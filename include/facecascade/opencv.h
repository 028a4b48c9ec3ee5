// For programs that hold their photos in OpenCV's matrices. The library does not need OpenCV.
#pragma once

#include <opencv2/core.hpp>

#include "facecascade/image_view.h"

namespace facecascade {

/// The pixels of a matrix of type CV_8UC1 (grey), CV_8UC3 (BGR) or CV_8UC4 (BGRA). Other types give
/// an empty view, which a detector refuses. The matrix must outlive the view.
inline ImageView ViewOf(const cv::Mat& photo) {
  ImageView view{photo.data, photo.cols, photo.rows, static_cast<std::ptrdiff_t>(photo.step[0])};
  switch (photo.type()) {
    case CV_8UC1:
      view.format = PixelFormat::kGray;
      return view;
    case CV_8UC3:
      view.format = PixelFormat::kBgr;
      return view;
    case CV_8UC4:
      view.format = PixelFormat::kBgra;
      return view;
    default:
      return {};
  }
}

}  // namespace facecascade
