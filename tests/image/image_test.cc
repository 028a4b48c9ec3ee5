#include "image/image.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/instruction_set.h"
#include "base/random.h"

namespace facecascade {
namespace {

Image RandomImage(int width, int height) {
  Random random(1);
  Image image = {width, height,
                 std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3)};
  for (std::uint8_t& byte : image.pixels) byte = static_cast<std::uint8_t>(random.Below(256));
  return image;
}

// Red grows with the column, green with the row.
Image Ramp(int width, int height) {
  Image image = {width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.pixels.insert(image.pixels.end(),
                          {static_cast<std::uint8_t>(4 * x), static_cast<std::uint8_t>(4 * y), 7});
    }
  }
  return image;
}

std::vector<std::uint8_t> Sample(const Image& image, const Sampling& sampling, int width,
                                 int height) {
  Octaves octaves;
  BuildOctaves(image.View(), octaves);
  std::vector<std::uint8_t> output(static_cast<std::size_t>(width) * height * 3);
  Resample(octaves, sampling, width, height, output.data(), static_cast<std::ptrdiff_t>(width) * 3);
  return output;
}

TEST(CopyToRgbTest, TakesEveryFormatAndStride) {
  const std::vector<std::uint8_t> pixels = {10, 20, 30, 40, 50, 60, 70, 80, 90, 91, 92, 93};
  Image image;
  CopyToRgb({pixels.data(), 1, 2, 4, PixelFormat::kBgr}, image);
  EXPECT_EQ(image.pixels, (std::vector<std::uint8_t>{30, 20, 10, 70, 60, 50}));
  CopyToRgb({pixels.data(), 1, 2, 6, PixelFormat::kRgba}, image);
  EXPECT_EQ(image.pixels, (std::vector<std::uint8_t>{10, 20, 30, 70, 80, 90}));
  CopyToRgb({pixels.data() + 8, 1, 2, -8, PixelFormat::kBgra}, image);
  EXPECT_EQ(image.pixels, (std::vector<std::uint8_t>{92, 91, 90, 30, 20, 10}));
  CopyToRgb({pixels.data(), 2, 1, 2, PixelFormat::kGray}, image);
  EXPECT_EQ(image.pixels, (std::vector<std::uint8_t>{10, 10, 10, 20, 20, 20}));
  EXPECT_EQ(image.width, 2);
  EXPECT_EQ(image.height, 1);
}

TEST(BuildOctavesTest, HalvesToOnePixelAndRepeatsOddBorders) {
  Octaves octaves;
  const Image image = {3, 1, {0, 0, 0, 10, 20, 30, 100, 101, 102}};
  BuildOctaves(image.View(), octaves);
  ASSERT_EQ(octaves.count, 3);
  EXPECT_EQ(octaves.levels[1].pixels, (std::vector<std::uint8_t>{5, 10, 15, 100, 101, 102}));
  EXPECT_EQ(octaves.levels[2].width, 1);
  EXPECT_EQ(octaves.levels[2].height, 1);
  const std::uint8_t* memory = octaves.levels[0].pixels.data();
  BuildOctaves(Image{1, 1, {1, 2, 3}}.View(), octaves);
  EXPECT_EQ(octaves.count, 1);
  EXPECT_EQ(octaves.levels[0].pixels.data(), memory) << "memory is kept";
}

TEST(HalveWindowTest, IsHalve) {
  for (const int side : {2, 12, 24, 48, 66}) {
    const Image image = RandomImage(side, side);
    Image small;
    Halve(image, small);
    std::vector<std::uint8_t> window(small.pixels.size());
    HalveWindow(image.pixels.data(), side, window.data());
    EXPECT_EQ(window, small.pixels) << side;
  }
}

TEST(MirrorWindowTest, PutsTheLastColumnFirst) {
  for (const int side : {1, 2, 3, 48}) {
    const Image image = RandomImage(side, side);
    std::vector<std::uint8_t> window = image.pixels;
    MirrorWindow(side, window.data());
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        for (int c = 0; c < 3; ++c) {
          ASSERT_EQ(window[(y * side + x) * 3 + c],
                    image.pixels[(y * side + side - 1 - x) * 3 + c]);
        }
      }
    }
  }
}

TEST(ResampleTest, IsTheIdentityAtScaleOne) {
  const Image image = RandomImage(150, 7);
  EXPECT_EQ(Sample(image, {0, 0, 1}, 150, 7), image.pixels);
}

TEST(ResampleTest, IsLinearBetweenPixels) {
  const Image image = Ramp(40, 40);
  const std::vector<std::uint8_t> output = Sample(image, {10, 12, 0.5F}, 8, 8);
  for (int j = 0; j < 8; ++j) {
    for (int i = 0; i < 8; ++i) {
      // Pixel k is centred at k + ½, and a step of a pixel is 4 levels.
      const double column = 10 + (i + 0.5) * 0.5 - 0.5;
      const double row = 12 + (j + 0.5) * 0.5 - 0.5;
      EXPECT_EQ(output[(j * 8 + i) * 3], static_cast<int>(4 * column + 0.5));
      EXPECT_EQ(output[(j * 8 + i) * 3 + 1], static_cast<int>(4 * row + 0.5));
      EXPECT_EQ(output[(j * 8 + i) * 3 + 2], 7);
    }
  }
}

TEST(ResampleTest, RepeatsTheBorder) {
  const Image image = Ramp(4, 4);
  const std::vector<std::uint8_t> output = Sample(image, {-10, 20, 1}, 30, 1);
  EXPECT_EQ(output[0], 0);
  EXPECT_EQ(output[1], 12) << "below the last row";
  EXPECT_EQ(output[29 * 3], 12) << "right of the last column";
}

TEST(ResampleTest, ShrinkingByTwoIsTheOctave) {
  const Image image = RandomImage(64, 32);
  Image half;
  Halve(image, half);
  EXPECT_EQ(Sample(image, {0, 0, 2}, 32, 16), half.pixels);
}

TEST(ResampleTest, WritesTheSameBytesOnEveryInstructionSet) {
  const Image image = RandomImage(333, 97);
  for (const Sampling& sampling :
       {Sampling{-3.7F, 2.2F, 1.71F}, Sampling{300.5F, -90.0F, 0.37F}, Sampling{0, 0, 9.3F}}) {
    std::vector<std::vector<std::uint8_t>> outputs;
    for (const std::string& name : SupportedInstructionSets()) {
      ASSERT_TRUE(ForceInstructionSet(name).ok());
      outputs.push_back(Sample(image, sampling, 201, 61));
    }
    ASSERT_TRUE(ForceInstructionSet("").ok());
    for (const std::vector<std::uint8_t>& output : outputs) EXPECT_EQ(output, outputs.front());
  }
}

TEST(ResampleTest, ALargerStrideLeavesGapsAlone) {
  Octaves octaves;
  const Image image = RandomImage(20, 20);
  BuildOctaves(image.View(), octaves);
  std::vector<std::uint8_t> output(10 * 40, 77);
  Resample(octaves, {1, 1, 1.3F}, 9, 10, output.data(), 40);
  for (int row = 0; row < 10; ++row) {
    EXPECT_TRUE(std::all_of(&output[row * 40 + 27], &output[row * 40 + 39],
                            [](std::uint8_t byte) { return byte == 77; }));
  }
}

}  // namespace
}  // namespace facecascade
