#include "training/augmentation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace facecascade::training {
namespace {

struct Turn {
  double cosine;
  double sine;
};

Turn MakeTurn(double degrees) {
  const double radians = degrees * std::numbers::pi / 180;
  return {std::cos(radians), std::sin(radians)};
}

// A point of the photo (corner origin) in pixels of the crop (corner origin), without mirroring.
Point MapPoint(const CropMapping& mapping, const Turn& turn, double x, double y) {
  const double scale = mapping.side / static_cast<double>(mapping.window.side);
  const double dx = (x - mapping.window.x - mapping.window.side / 2.0) * scale;
  const double dy = (y - mapping.window.y - mapping.window.side / 2.0) * scale;
  return {static_cast<float>(turn.cosine * dx + turn.sine * dy + mapping.side / 2.0),
          static_cast<float>(-turn.sine * dx + turn.cosine * dy + mapping.side / 2.0)};
}

void CutTurned(const Octaves& octaves, const Window& window, double angle, int side,
               std::uint8_t* pixels) {
  const double scale = window.side / static_cast<double>(side);
  int level = 0;
  while (level + 1 < octaves.count && scale >= 2 << level) ++level;
  const Image& image = octaves.levels[level];
  const double shrink = 1.0 / (1 << level);
  const Turn turn = MakeTurn(angle);
  const double a = turn.cosine * scale * shrink;
  const double b = turn.sine * scale * shrink;
  const double centre_x = (window.x + window.side / 2.0) * shrink - 0.5;
  const double centre_y = (window.y + window.side / 2.0) * shrink - 0.5;
  const double half = side / 2.0 - 0.5;
  const cv::Matx23d to_photo(a, -b, centre_x - a * half + b * half, b, a,
                             centre_y - b * half - a * half);
  const cv::Mat source(image.height, image.width, CV_8UC3,
                       const_cast<std::uint8_t*>(image.pixels.data()));
  cv::Mat target(side, side, CV_8UC3, pixels);
  cv::warpAffine(source, target, to_photo, target.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                 cv::BORDER_REPLICATE);
}

void ChangeColour(double strength, int side, Random& random, std::uint8_t* pixels) {
  const double gamma = std::exp(strength * random.Uniform(-0.7, 0.7));
  const double gain = 1 + strength * random.Uniform(-0.5, 0.4);
  const double offset = strength * random.Uniform(-50, 50);
  std::array<double, 256> curve;
  for (int v = 0; v < 256; ++v) curve[v] = 255 * std::pow(v / 255.0, gamma) * gain;
  std::array<std::array<std::uint8_t, 256>, kInputChannels> table;
  for (auto& channel : table) {
    const double tint = 1 + strength * random.Uniform(-0.2, 0.2);
    for (int v = 0; v < 256; ++v) {
      channel[v] = static_cast<std::uint8_t>(std::clamp(curve[v] * tint + offset, 0.0, 255.0));
    }
  }
  for (int i = 0; i < side * side; ++i) {
    for (int c = 0; c < kInputChannels; ++c) {
      pixels[i * kInputChannels + c] = table[c][pixels[i * kInputChannels + c]];
    }
  }
}

void MakeGrey(int side, std::uint8_t* pixels) {
  for (int i = 0; i < side * side; ++i, pixels += kInputChannels) {
    const int grey = (77 * pixels[0] + 150 * pixels[1] + 29 * pixels[2] + 128) >> 8;
    std::fill_n(pixels, kInputChannels, static_cast<std::uint8_t>(grey));
  }
}

void Blur(cv::Mat& crop, Random& random) {
  const int small = std::max(4, static_cast<int>(crop.cols * random.Uniform(0.35, 0.8)));
  cv::Mat shrunk;
  cv::resize(crop, shrunk, {small, small}, 0, 0, cv::INTER_AREA);
  cv::resize(shrunk, crop, crop.size(), 0, 0, cv::INTER_LINEAR);
}

void Compress(cv::Mat& crop, Random& random) {
  std::vector<std::uint8_t> bytes;
  cv::imencode(".jpg", crop, bytes, {cv::IMWRITE_JPEG_QUALITY, 20 + random.Below(60)});
  cv::imdecode(bytes, cv::IMREAD_COLOR, &crop);
}

// A plain rectangle that leaves most of the face visible, over its lower half more often than not.
void Cover(cv::Mat& crop, Random& random) {
  const int side = crop.cols;
  const int width = static_cast<int>(side * random.Uniform(0.25, 0.9));
  const int height = static_cast<int>(side * random.Uniform(0.15, 0.45));
  const int x = random.Below(side - width + 1);
  const int y = random.Chance(0.6) ? side - height - random.Below(side / 8 + 1)
                                   : random.Below(side - height + 1);
  const cv::Scalar colour(random.Below(256), random.Below(256), random.Below(256));
  crop(cv::Rect(x, std::max(y, 0), width, height)) = colour;
}

}  // namespace

Landmarks MapLandmarks(const CropMapping& mapping, const Landmarks& landmarks) {
  const Turn turn = MakeTurn(mapping.angle);
  Landmarks mapped;
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    // Landmarks count from a pixel's centre.
    const Point point = MapPoint(mapping, turn, landmarks[i].x + 0.5, landmarks[i].y + 0.5);
    mapped[i] = {point.x - 0.5F, point.y - 0.5F};
  }
  return mapping.flip ? MirrorLandmarks(mapped, static_cast<float>(mapping.side)) : mapped;
}

Box MapBox(const CropMapping& mapping, const Box& box) {
  const Turn turn = MakeTurn(mapping.angle);
  const float scale = static_cast<float>(mapping.side) / mapping.window.side;
  const Point centre = MapPoint(mapping, turn, box.x + box.width / 2.0, box.y + box.height / 2.0);
  // A face is more of an ellipse than a rectangle: the turned box is the turned ellipse's.
  const double width = scale * std::hypot(turn.cosine * box.width, turn.sine * box.height);
  const double height = scale * std::hypot(turn.cosine * box.height, turn.sine * box.width);
  const Box mapped{static_cast<float>(centre.x - width / 2),
                   static_cast<float>(centre.y - height / 2), static_cast<float>(width),
                   static_cast<float>(height)};
  return mapping.flip ? MirrorBox(mapped, static_cast<float>(mapping.side)) : mapped;
}

void CutWindow(const Octaves& octaves, const Window& window, double angle, bool flip, int side,
               std::uint8_t* pixels) {
  if (angle == 0) {
    const Sampling sampling{window.x, window.y, window.side / static_cast<float>(side)};
    Resample(octaves, sampling, side, side, pixels,
             static_cast<std::ptrdiff_t>(side) * kInputChannels);
  } else {
    CutTurned(octaves, window, angle, side, pixels);
  }
  if (flip) MirrorWindow(side, pixels);
}

void AugmentPixels(const AugmentationConfig& config, bool face, int side, Random& random,
                   std::uint8_t* pixels) {
  cv::Mat crop(side, side, CV_8UC3, pixels);
  if (face && random.Chance(config.occlusion)) Cover(crop, random);
  if (random.Chance(config.blur)) Blur(crop, random);
  if (random.Chance(config.jpeg)) Compress(crop, random);
  if (config.colour > 0) ChangeColour(config.colour, side, random, pixels);
  if (random.Chance(config.grey)) MakeGrey(side, pixels);
}

}  // namespace facecascade::training
