#include "io/drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace facecascade {
namespace {

const cv::Scalar kBoxColour(57, 255, 120);  // RGB, as the photo
const cv::Scalar kPointColour(255, 214, 0);
const cv::Scalar kShadowColour(0, 0, 0);

constexpr int kShift = 4;  // OpenCV's drawing takes sixteenths of a pixel
constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr float kFarOut = 1e6F;  // beyond what fixed point takes

cv::Point Fixed(float x, float y) {
  return {static_cast<int>(std::lround(std::clamp(x, -kFarOut, kFarOut) * (1 << kShift))),
          static_cast<int>(std::lround(std::clamp(y, -kFarOut, kFarOut) * (1 << kShift)))};
}

float FaceSide(const Face& face) { return std::min(face.box.width, face.box.height); }

// About 1/400 of the photo's longer side, less where the face is small.
int LineWidth(const Face& face, const Image& photo) {
  const float of_photo = static_cast<float>(std::max(photo.width, photo.height)) / 400;
  const float of_face = FaceSide(face) / 16;
  return std::max(1, static_cast<int>(std::lround(std::min(of_photo, of_face))));
}

void DrawBox(const Face& face, int line_width, cv::Mat& photo) {
  // A box covers pixels from its outer corner on; OpenCV counts from pixel centres.
  const cv::Point corner = Fixed(face.box.x - 0.5F, face.box.y - 0.5F);
  const cv::Point opposite =
      Fixed(face.box.x + face.box.width - 0.5F, face.box.y + face.box.height - 0.5F);
  if (line_width > 1) {
    cv::rectangle(photo, corner, opposite, kShadowColour, line_width + 2, cv::LINE_AA, kShift);
  }
  cv::rectangle(photo, corner, opposite, kBoxColour, line_width, cv::LINE_AA, kShift);
}

void DrawPoints(const Face& face, int line_width, cv::Mat& photo) {
  const float radius =
      std::max(1.0F, std::min(static_cast<float>(line_width) * 1.6F, FaceSide(face) / 20));
  const int fixed_radius = static_cast<int>(std::lround(radius * (1 << kShift)));
  for (const Point& point : face.landmarks) {
    const cv::Point centre = Fixed(point.x, point.y);
    if (radius > 2) {
      cv::circle(photo, centre, fixed_radius + (1 << kShift), kShadowColour, cv::FILLED,
                 cv::LINE_AA, kShift);
    }
    cv::circle(photo, centre, fixed_radius, kPointColour, cv::FILLED, cv::LINE_AA, kShift);
  }
}

// Above the box; below its upper edge where the photo ends there.
void DrawScore(const Face& face, int line_width, cv::Mat& photo) {
  const std::string text = fmt::format("{:.2f}", face.score);
  const double scale = std::max(0.35, 0.3 * line_width);
  const int stroke = std::max(1, line_width / 2);
  int baseline = 0;
  const cv::Size size = cv::getTextSize(text, kFont, scale, stroke, &baseline);
  if (static_cast<float>(size.width) > face.box.width) return;
  const int margin = std::max(1, line_width);
  const int height = size.height + 2 * margin;
  const int left = static_cast<int>(std::lround(face.box.x));
  int top = static_cast<int>(std::lround(face.box.y)) - height;
  if (top < 0) top += height;
  cv::rectangle(photo, cv::Rect(left, top, size.width + 2 * margin, height), kBoxColour,
                cv::FILLED);
  cv::putText(photo, text, {left + margin, top + margin + size.height}, kFont, scale, kShadowColour,
              stroke, cv::LINE_AA);
}

bool IsDrawable(const Face& face) {
  const auto drawable = [](float value) { return std::abs(value) < kFarOut; };  // false for NaN
  return drawable(face.box.x) && drawable(face.box.y) && drawable(face.box.width) &&
         drawable(face.box.height);
}

}  // namespace

void DrawFaces(const std::vector<Face>& faces, const DrawingOptions& options, Image& photo) {
  if (photo.pixels.empty()) return;
  cv::Mat pixels(photo.height, photo.width, CV_8UC3, photo.pixels.data());
  for (const Face& face : faces) {
    if (!IsDrawable(face)) continue;
    const int line_width = LineWidth(face, photo);
    DrawBox(face, line_width, pixels);
    if (options.landmarks) DrawPoints(face, line_width, pixels);
    if (options.scores) DrawScore(face, line_width, pixels);
  }
}

}  // namespace facecascade
