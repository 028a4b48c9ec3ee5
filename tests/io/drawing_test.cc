#include "io/drawing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace facecascade {
namespace {

Image Black(int width, int height) {
  return {width, height,
          std::vector<std::uint8_t>(static_cast<std::size_t>(width) *
                                    static_cast<std::size_t>(height) * 3)};
}

bool IsLit(const Image& image, int x, int y) {
  const auto* pixel = &image.pixels[static_cast<std::size_t>((y * image.width + x) * 3)];
  return pixel[0] + pixel[1] + pixel[2] > 100;
}

Face MakeFace(float x, float y, float side) {
  return {{x, y, side, side},
          0.99F,
          {{{x + 0.3F * side, y + 0.4F * side},
            {x + 0.7F * side, y + 0.4F * side},
            {x + 0.5F * side, y + 0.6F * side},
            {x + 0.35F * side, y + 0.8F * side},
            {x + 0.65F * side, y + 0.8F * side}}}};
}

TEST(DrawingTest, DrawsEdgesAndPointsAtTheirPlaces) {
  for (const int scale : {1, 4, 16}) {
    Image image = Black(100 * scale, 80 * scale);
    DrawFaces({MakeFace(20.F * scale, 20.F * scale, 40.F * scale)}, {.scores = false}, image);
    EXPECT_TRUE(IsLit(image, 20 * scale, 40 * scale)) << "left edge, scale " << scale;
    EXPECT_TRUE(IsLit(image, 60 * scale, 40 * scale)) << "right edge, scale " << scale;
    EXPECT_TRUE(IsLit(image, 32 * scale, 36 * scale)) << "left eye, scale " << scale;
    EXPECT_FALSE(IsLit(image, 40 * scale, 36 * scale)) << "between the eyes, scale " << scale;
    EXPECT_FALSE(IsLit(image, 80 * scale, 40 * scale)) << "outside, scale " << scale;
  }
}

TEST(DrawingTest, LeavesOutWhatIsNotWanted) {
  Image image = Black(100, 80);
  DrawFaces({MakeFace(20, 20, 40)}, {.landmarks = false, .scores = false}, image);
  EXPECT_FALSE(IsLit(image, 32, 36));
  DrawFaces({}, {}, image);
}

TEST(DrawingTest, DrawsScoresOfLargeFacesOnly) {
  Image with = Black(400, 300);
  Image without = Black(400, 300);
  DrawFaces({MakeFace(100, 100, 150)}, {}, with);
  DrawFaces({MakeFace(100, 100, 150)}, {.scores = false}, without);
  EXPECT_NE(with.pixels, without.pixels);
  Image small = Black(400, 300);
  Image small_without = Black(400, 300);
  DrawFaces({MakeFace(100, 100, 8)}, {}, small);
  DrawFaces({MakeFace(100, 100, 8)}, {.scores = false}, small_without);
  EXPECT_EQ(small.pixels, small_without.pixels);
}

TEST(DrawingTest, TakesFacesBeyondThePhotoAndNonsense) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kHuge = std::numeric_limits<float>::max();
  for (const auto& [width, height] : {std::pair{1, 1}, {3, 200}, {64, 64}}) {
    Image image = Black(width, height);
    DrawFaces({MakeFace(-50, -50, 80), MakeFace(1e5F, 0, 10), MakeFace(kNan, 0, 10),
               MakeFace(0, 0, kHuge), MakeFace(0, 0, 0), MakeFace(-1e6F, -1e6F, 2e6F)},
              {}, image);
    EXPECT_EQ(image.pixels.size(), static_cast<std::size_t>(width * height * 3));
  }
  Image empty;
  DrawFaces({MakeFace(0, 0, 10)}, {}, empty);
}

}  // namespace
}  // namespace facecascade
