#include "io/face_copies.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

namespace facecascade {
namespace {

// A photo with stripes that are finer than the patches of a hidden face.
Image Stripes(int width, int height) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto level = static_cast<std::uint8_t>(x / 2 % 2 == 0 ? 30 : 220);
      image.pixels.insert(image.pixels.end(), 3, level);
    }
  }
  return image;
}

int RedAt(const Image& image, int x, int y) {
  return image.pixels[static_cast<std::size_t>((y * image.width + x) * 3)];
}

TEST(HideFacesTest, RemovesDetailInsideAndKeepsTheRest) {
  const Image original = Stripes(200, 160);
  Image hidden = original;
  HideFaces({{{60, 40, 64, 64}, 0.9F, {}}}, hidden);
  for (int x = 76; x < 108; ++x) EXPECT_NEAR(RedAt(hidden, x, 72), 125, 25) << x;
  for (int y = 0; y < 160; ++y) {
    for (const int x : {0, 40, 140, 199}) EXPECT_EQ(RedAt(hidden, x, y), RedAt(original, x, y));
  }
}

TEST(HideFacesTest, TakesFacesAtBordersAndNonsense) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  Image photo = Stripes(50, 40);
  HideFaces({{{-20, -20, 40, 40}, 1, {}},
             {{45, 35, 40, 40}, 1, {}},
             {{500, 500, 40, 40}, 1, {}},
             {{kNan, 0, 10, 10}, 1, {}},
             {{0, 0, 1e9F, 10}, 1, {}},
             {{10, 10, 0, 0}, 1, {}}},
            photo);
  Image one_pixel = Stripes(1, 1);
  HideFaces({{{0, 0, 1, 1}, 1, {}}}, one_pixel);
  Image empty;
  HideFaces({{{0, 0, 1, 1}, 1, {}}}, empty);
}

// A dot on black at each landmark, of a width that survives scaling.
Image Dots(int width, int height, const Landmarks& landmarks, float radius) {
  Image image{width, height,
              std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3))};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (const Point& point : landmarks) {
        const float distance =
            std::hypot(static_cast<float>(x) - point.x, static_cast<float>(y) - point.y);
        if (distance > radius) continue;
        std::fill_n(image.pixels.begin() + (y * width + x) * 3, 3, std::uint8_t{255});
      }
    }
  }
  return image;
}

TEST(CutAlignedFaceTest, BringsLandmarksToTheTemplate) {
  for (const float scale : {0.7F, 1.0F, 3.5F}) {
    for (const float angle : {-0.6F, 0.0F, 0.3F, 3.0F}) {
      Landmarks landmarks;
      for (std::size_t i = 0; i < kLandmarkCount; ++i) {
        const float x = (kAlignedLandmarks[i].x - 56) * scale;
        const float y = (kAlignedLandmarks[i].y - 56) * scale;
        landmarks[i] = {300 + std::cos(angle) * x - std::sin(angle) * y,
                        280 + std::sin(angle) * x + std::cos(angle) * y};
      }
      const Image photo = Dots(600, 560, landmarks, 4 * scale);
      for (const int size : {112, 56}) {
        const Image cut = CutAlignedFace(photo, landmarks, size);
        ASSERT_EQ(cut.width, size);
        ASSERT_EQ(cut.height, size);
        for (const Point& point : kAlignedLandmarks) {
          const int x = static_cast<int>(std::lround(point.x * static_cast<float>(size) / 112));
          const int y = static_cast<int>(std::lround(point.y * static_cast<float>(size) / 112));
          EXPECT_GT(RedAt(cut, x, y), 150) << "scale " << scale << ", angle " << angle;
        }
        EXPECT_LT(RedAt(cut, size / 2, size / 4), 50);
      }
    }
  }
}

TEST(CutAlignedFaceTest, IsEmptyWhereNothingCanBeAligned) {
  const Image photo = Stripes(50, 40);
  EXPECT_TRUE(CutAlignedFace(photo, {}, 112).pixels.empty());
  Landmarks far_out = kAlignedLandmarks;
  far_out[2].x = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(CutAlignedFace(photo, far_out, 112).pixels.empty());
  EXPECT_TRUE(CutAlignedFace({}, kAlignedLandmarks, 112).pixels.empty());
  // A face beside the photo is black.
  Landmarks beside = kAlignedLandmarks;
  for (Point& point : beside) point.x += 500;
  EXPECT_EQ(RedAt(CutAlignedFace(photo, beside, 112), 56, 56), 0);
}

}  // namespace
}  // namespace facecascade
