#include "detector/pyramid.h"

#include <algorithm>
#include <cmath>

namespace facecascade {
namespace {

// A face may be larger than the photo that it is cut by: up to this share of its longer side.
constexpr double kLargestFace = 1.1;

// Border repeated around the photo, in windows.
constexpr double kMargin = 1.0 / 3.0;

// Sides of a tile in input pixels: its pixels and maps stay in the second-level cache, and the
// pixels that neighbouring tiles both sample are few.
constexpr int kTileWidth = 396;
constexpr int kTileHeight = 140;

// Windows that fit a tile's side.
int TileWindows(int side, const NetworkSpec& spec) {
  return 1 + std::max(0, side - spec.input_size) / TotalStride(spec);
}

// Windows needed along an extent of `cells` input pixels.
int WindowCount(double cells, const NetworkSpec& spec) {
  const double travel = cells + (2 * kMargin - 1) * spec.input_size;
  return 1 + std::max(0, static_cast<int>(std::ceil(travel / TotalStride(spec))));
}

// Where the first of `count` windows begins so that all lie centred over `extent` pixels.
float FirstCorner(int extent, int count, double scale, const NetworkSpec& spec) {
  const double covered = (static_cast<double>(count - 1) * TotalStride(spec) + spec.input_size);
  return static_cast<float>((extent - covered * scale) / 2);
}

}  // namespace

void PlanPyramid(int width, int height, const NetworkSpec& spec, float min_face, float factor,
                 std::vector<PyramidLevel>& levels) {
  levels.clear();
  // A face is found by the level whose windows are nearest to its size, half a step away at most.
  const double largest = kLargestFace * std::max(width, height) / std::sqrt(factor);
  for (double face = min_face; face <= largest; face /= factor) {
    const double scale = face / spec.input_size;
    PyramidLevel level;
    level.columns = WindowCount(width / scale, spec);
    level.rows = WindowCount(height / scale, spec);
    level.sampling = {FirstCorner(width, level.columns, scale, spec),
                      FirstCorner(height, level.rows, scale, spec), static_cast<float>(scale)};
    levels.push_back(level);
  }
}

void CutTiles(const std::vector<PyramidLevel>& levels, const NetworkSpec& spec,
              std::vector<PyramidTile>& tiles) {
  tiles.clear();
  const int tile_columns = TileWindows(kTileWidth, spec);
  const int tile_rows = TileWindows(kTileHeight, spec);
  for (int index = 0; index < static_cast<int>(levels.size()); ++index) {
    const PyramidLevel& level = levels[index];
    for (int row = 0; row < level.rows; row += tile_rows) {
      for (int column = 0; column < level.columns; column += tile_columns) {
        tiles.push_back({index, column, row, std::min(tile_columns, level.columns - column),
                         std::min(tile_rows, level.rows - row)});
      }
    }
  }
}

int CoveredPixels(int windows, const NetworkSpec& spec) {
  return (windows - 1) * TotalStride(spec) + spec.input_size;
}

Sampling TileSampling(const PyramidLevel& level, const PyramidTile& tile, int step) {
  const double distance = static_cast<double>(step) * level.sampling.scale;
  return {static_cast<float>(level.sampling.x + tile.column * distance),
          static_cast<float>(level.sampling.y + tile.row * distance), level.sampling.scale};
}

}  // namespace facecascade
