#include "detector/pyramid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace facecascade {
namespace {

const NetworkSpec kNet = DefaultCascadeSpec()[0];

std::vector<PyramidLevel> Levels(int width, int height, float min_face = 20,
                                 float factor = 0.709F) {
  std::vector<PyramidLevel> levels;
  PlanPyramid(width, height, kNet, min_face, factor, levels);
  return levels;
}

float WindowSide(const PyramidLevel& level) {
  return level.sampling.scale * static_cast<float>(kNet.input_size);
}

// Where the last window of a row or column of `count` ends.
float End(float begin, int count, const PyramidLevel& level) {
  return begin + static_cast<float>((count - 1) * TotalStride(kNet)) * level.sampling.scale +
         WindowSide(level);
}

TEST(Pyramid, GoesFromTheSmallestFaceToTheWholePhoto) {
  const std::vector<PyramidLevel> levels = Levels(800, 600);
  ASSERT_FALSE(levels.empty());
  EXPECT_FLOAT_EQ(WindowSide(levels.front()), 20);
  for (std::size_t i = 1; i < levels.size(); ++i) {
    EXPECT_NEAR(WindowSide(levels[i - 1]) / WindowSide(levels[i]), 0.709, 1e-5);
  }
  EXPECT_GE(WindowSide(levels.back()), 800 * 1.1F * std::sqrt(0.709F));
  EXPECT_LE(WindowSide(levels.back()), 800 * 1.1F / std::sqrt(0.709F));
}

TEST(Pyramid, CoversThePhotoAndAMarginEvenly) {
  for (const auto& [width, height] :
       {std::pair(800, 600), {61, 47}, {20, 20}, {1000, 19}, {1, 30}}) {
    for (const PyramidLevel& level : Levels(width, height)) {
      const float margin = WindowSide(level) / 3;
      const float step = level.sampling.scale * static_cast<float>(TotalStride(kNet));
      const auto expect_covered = [&](float begin, int count, int extent) {
        const float behind = End(begin, count, level) - static_cast<float>(extent);
        EXPECT_NEAR(-begin, behind, 0.01) << "as much before as behind";
        EXPECT_GE(behind, margin - 0.01);
        EXPECT_TRUE(count == 1 || behind <= margin + step / 2 + 0.01F) << behind;
      };
      expect_covered(level.sampling.x, level.columns, width);
      expect_covered(level.sampling.y, level.rows, height);
    }
  }
}

TEST(Pyramid, HasNoLevelWhereThePhotoIsTooSmallForTheSmallestFace) {
  EXPECT_TRUE(Levels(1, 1).empty());
  EXPECT_TRUE(Levels(15, 15).empty());
  EXPECT_EQ(Levels(20, 20).size(), 1U);
  EXPECT_EQ(Levels(1, 20).size(), 1U) << "the photo's longer side counts";
}

TEST(Pyramid, StaysWithinIntegersForTheLargestPhotos) {
  for (const PyramidLevel& level : Levels(65536, 32768, 4, 0.9F)) {
    EXPECT_GT(level.columns, 0);
    EXPECT_GT(level.rows, 0);
  }
  EXPECT_GT(Levels(2147483647, 1, 4).front().columns, 1000000000);
}

TEST(Pyramid, TilesHoldEveryWindowOnce) {
  const std::vector<PyramidLevel> levels = Levels(1700, 900);
  std::vector<PyramidTile> tiles;
  CutTiles(levels, kNet, tiles);
  std::vector<std::vector<int>> seen;
  for (const PyramidLevel& level : levels) seen.emplace_back(level.columns * level.rows, 0);
  int previous = 0;
  for (const PyramidTile& tile : tiles) {
    EXPECT_GE(tile.level, previous) << "level by level";
    previous = tile.level;
    for (int row = tile.row; row < tile.row + tile.rows; ++row) {
      for (int column = tile.column; column < tile.column + tile.columns; ++column) {
        ++seen[tile.level][row * levels[tile.level].columns + column];
      }
    }
  }
  EXPECT_GT(tiles.size(), levels.size());
  for (const std::vector<int>& level : seen) {
    EXPECT_EQ(std::count(level.begin(), level.end(), 1), static_cast<long>(level.size()));
  }
}

TEST(Pyramid, TilesAreSampledWhereTheirWindowsLie) {
  const PyramidLevel level = {{-3, -5, 2}, 100, 50};
  const PyramidTile tile = {0, 10, 20, 30, 30};
  const Sampling sampling = TileSampling(level, tile, 4);
  EXPECT_FLOAT_EQ(sampling.x, -3 + 10 * 4 * 2);
  EXPECT_FLOAT_EQ(sampling.y, -5 + 20 * 4 * 2);
  EXPECT_FLOAT_EQ(sampling.scale, 2);
}

}  // namespace
}  // namespace facecascade
