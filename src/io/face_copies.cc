#include "io/face_copies.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace facecascade {
namespace {

constexpr float kHiddenRegion = 1.3F;  // of the box's sides: hair line, ears and chin go, too
constexpr int kPatches = 8;            // across a hidden face
constexpr float kFarOut = 1e6F;        // beyond all photos

cv::Mat PixelsOf(const Image& image) {
  return {image.height, image.width, CV_8UC3,
          const_cast<std::uint8_t*>(image.pixels.data())};  // each caller knows whether it writes
}

// The pixels of the enlarged box within the photo.
cv::Rect HiddenRegion(const Box& box, const Image& photo) {
  const float width = box.width * kHiddenRegion;
  const float height = box.height * kHiddenRegion;
  const float left = box.x + (box.width - width) / 2;
  const float top = box.y + (box.height - height) / 2;
  if (!(std::abs(left) < kFarOut && std::abs(top) < kFarOut && width < kFarOut &&
        height < kFarOut)) {
    return {};
  }
  const cv::Rect region(
      cv::Point(static_cast<int>(std::floor(left)), static_cast<int>(std::floor(top))),
      cv::Point(static_cast<int>(std::ceil(left + width)),
                static_cast<int>(std::ceil(top + height))));
  return region & cv::Rect(0, 0, photo.width, photo.height);
}

void HideFace(const Face& face, const Image& original, Image& photo) {
  const cv::Rect region = HiddenRegion(face.box, photo);
  if (region.empty()) return;
  cv::Mat patches;
  cv::Mat smooth;
  cv::resize(PixelsOf(original)(region), patches,
             {std::min(kPatches, region.width), std::min(kPatches, region.height)}, 0, 0,
             cv::INTER_AREA);
  cv::resize(patches, smooth, region.size(), 0, 0, cv::INTER_LINEAR);
  cv::Mat oval = cv::Mat::zeros(region.size(), CV_8UC1);
  const cv::Point2f centre(face.box.x + face.box.width / 2 - static_cast<float>(region.x),
                           face.box.y + face.box.height / 2 - static_cast<float>(region.y));
  cv::ellipse(
      oval,
      cv::RotatedRect(centre, {face.box.width * kHiddenRegion, face.box.height * kHiddenRegion}, 0),
      cv::Scalar(255), cv::FILLED);
  cv::Mat target = PixelsOf(photo)(region);
  smooth.copyTo(target, oval);
}

Point Mean(const Landmarks& landmarks) {
  Point mean;
  for (const Point& point : landmarks) {
    mean.x += point.x / kLandmarkCount;
    mean.y += point.y / kLandmarkCount;
  }
  return mean;
}

// The similarity transform (x, y) → (a x − b y + u, b x + a y + v) of least squared distances.
struct Similarity {
  float a = 0;
  float b = 0;
  float u = 0;
  float v = 0;
};

Similarity FitSimilarity(const Landmarks& from, const Landmarks& to) {
  const Point from_mean = Mean(from);
  const Point to_mean = Mean(to);
  float along = 0;
  float across = 0;
  float spread = 0;
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    const float x = from[i].x - from_mean.x;
    const float y = from[i].y - from_mean.y;
    along += x * (to[i].x - to_mean.x) + y * (to[i].y - to_mean.y);
    across += x * (to[i].y - to_mean.y) - y * (to[i].x - to_mean.x);
    spread += x * x + y * y;
  }
  if (!(spread > 0)) return {};
  Similarity fit{along / spread, across / spread, 0, 0};
  fit.u = to_mean.x - fit.a * from_mean.x + fit.b * from_mean.y;
  fit.v = to_mean.y - fit.b * from_mean.x - fit.a * from_mean.y;
  return fit;
}

Landmarks TemplateFor(int size) {
  const float scale = static_cast<float>(size) / kAlignedSize;
  Landmarks landmarks = kAlignedLandmarks;
  for (Point& point : landmarks) {
    point = {(point.x + 0.5F) * scale - 0.5F, (point.y + 0.5F) * scale - 0.5F};
  }
  return landmarks;
}

bool AreWithinReach(const Landmarks& landmarks) {
  return std::all_of(landmarks.begin(), landmarks.end(), [](const Point& point) {
    return std::abs(point.x) < kFarOut && std::abs(point.y) < kFarOut;
  });
}

}  // namespace

void HideFaces(const std::vector<Face>& faces, Image& photo) {
  if (photo.pixels.empty()) return;
  const Image original = photo;
  for (const Face& face : faces) HideFace(face, original, photo);
}

Image CutAlignedFace(const Image& photo, const Landmarks& landmarks, int size) {
  if (photo.pixels.empty() || !AreWithinReach(landmarks)) return {};
  Similarity fit = FitSimilarity(landmarks, TemplateFor(size));
  const float scale = std::hypot(fit.a, fit.b);
  if (!(scale > 0)) return {};
  // Large faces are averaged down by cutting them larger, in whole multiples, first.
  const int multiple = std::clamp(static_cast<int>(1 / scale), 1, 16);
  const int cut_size = size * multiple;
  fit = FitSimilarity(landmarks, TemplateFor(cut_size));
  const cv::Matx23f matrix(fit.a, -fit.b, fit.u, fit.b, fit.a, fit.v);
  cv::Mat cut;
  cv::warpAffine(PixelsOf(photo), cut, matrix, {cut_size, cut_size}, cv::INTER_LINEAR);
  Image face{size, size,
             std::vector<std::uint8_t>(static_cast<std::size_t>(size) *
                                       static_cast<std::size_t>(size) * 3)};
  cv::Mat target = PixelsOf(face);
  cv::resize(cut, target, target.size(), 0, 0, cv::INTER_AREA);
  return face;
}

}  // namespace facecascade
