// Where the lowest net looks: the pyramid's levels, cut into tiles of work.
#pragma once

#include <vector>

#include "image/image.h"
#include "network/network_spec.h"

namespace facecascade {

/// A grid of windows of one size over the photo and a margin of about a third of a window around
/// it, so that faces cut by the border are found.
struct PyramidLevel {
  Sampling sampling;  ///< corner of the first window, pixels of the photo per input pixel
  int columns = 0;    ///< windows side by side, TotalStride input pixels apart
  int rows = 0;
};

/// A part of a level that is sampled and looked at in one go.
struct PyramidTile {
  int level = 0;
  int column = 0;  ///< first window
  int row = 0;
  int columns = 0;
  int rows = 0;
};

/// Levels for windows of side `min_face`, `min_face` / `factor`, … until faces a little larger than
/// the photo's longer side are near to the last. Replaces `levels`, reusing its memory.
void PlanPyramid(int width, int height, const NetworkSpec& spec, float min_face, float factor,
                 std::vector<PyramidLevel>& levels);

/// Cuts every level into tiles, level by level. The cut does not depend on the number of threads,
/// so that results do not either. Replaces `tiles`, reusing its memory.
void CutTiles(const std::vector<PyramidLevel>& levels, const NetworkSpec& spec,
              std::vector<PyramidTile>& tiles);

/// Input pixels along a row (or column) of so many windows.
int CoveredPixels(int windows, const NetworkSpec& spec);

/// What of the photo a tile's windows cover.
Sampling TileSampling(const PyramidLevel& level, const PyramidTile& tile, int step);

}  // namespace facecascade
