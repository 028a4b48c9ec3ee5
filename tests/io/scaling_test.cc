#include "io/scaling.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace facecascade {
namespace {

Image Plain(int width, int height, std::uint8_t value) {
  return {width, height, std::vector<std::uint8_t>(std::size_t{3} * width * height, value)};
}

void ExpectSize(const Image& image, int width, int height) {
  EXPECT_EQ(image.width, width);
  EXPECT_EQ(image.height, height);
  EXPECT_EQ(image.pixels.size(), std::size_t{3} * width * height);
}

TEST(ScaleToFit, KeepsTheAspect) {
  ExpectSize(ScaleToFit(Plain(400, 300, 7), 200, 150), 200, 150);
  ExpectSize(ScaleToFit(Plain(300, 400, 7), 200, 150), 113, 150);
  ExpectSize(ScaleToFit(Plain(1000, 100, 7), 200, 150), 200, 20);
  ExpectSize(ScaleToFit(Plain(20, 10, 7), 200, 150), 200, 100);
  ExpectSize(ScaleToFit(Plain(5000, 2, 7), 200, 150), 200, 1);
}

TEST(ScaleToFit, LeavesAPhotoThatFitsAsItIs) {
  Image photo = Plain(30, 20, 0);
  for (std::size_t i = 0; i < photo.pixels.size(); ++i) {
    photo.pixels[i] = static_cast<std::uint8_t>(i * 7);
  }
  EXPECT_EQ(ScaleToFit(photo, 30, 40).pixels, photo.pixels);
}

TEST(ScaleToFit, ShrinksByTheMean) {
  // Every fourth column is white: a quarter of each pixel of the small photo.
  Image photo = Plain(64, 32, 0);
  for (std::size_t i = 0; i < photo.pixels.size(); ++i) {
    if (i / 3 % 4 == 1) photo.pixels[i] = 200;
  }
  const Image small = ScaleToFit(photo, 16, 8);
  ExpectSize(small, 16, 8);
  EXPECT_TRUE(std::all_of(small.pixels.begin(), small.pixels.end(),
                          [](std::uint8_t value) { return value == 50; }));
}

}  // namespace
}  // namespace facecascade
