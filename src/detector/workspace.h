// The memory of one run of the cascade.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "detector/candidates.h"
#include "detector/cascade.h"
#include "detector/pyramid.h"

namespace facecascade {

/// What one thread needs while it looks at a tile or a batch of windows.
struct WorkerBuffers {
  EngineWorkspace engine;
  std::vector<std::uint8_t> pixels;  ///< a tile
  ScoreMap map;
  std::array<std::vector<std::uint8_t>, kStageCount> windows;  ///< a batch at each net's size
  std::array<std::vector<float>, kStageCount> features;        ///< what each net hands up
  std::vector<float> lower_outputs;  ///< of the net below, which was run for its features
  std::vector<int> promising;        ///< windows of a batch that it leaves undecided
  std::vector<float> least;          ///< its log odds with less of which each window is let go
  std::vector<float> enough;         ///< … with as much of which each is settled
  std::vector<Candidate> found;      ///< in all tiles of a photo that this worker looked at
};

/// Where a tile's candidates stand: in `found` of a worker.
struct TileCandidates {
  int worker = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct CascadeWorkspace::Buffers {
  std::vector<PyramidLevel> levels;
  std::vector<PyramidTile> tiles;
  std::vector<TileCandidates> tile_candidates;  ///< one for each of `tiles`, filled in parallel
  std::vector<WorkerBuffers> workers = std::vector<WorkerBuffers>(1);
  std::vector<Candidate> gathered;
  std::vector<Candidate> found;      ///< of the last net that ran
  std::vector<Candidate> followers;  ///< that wait for a look at a better one
  std::vector<Candidate> settled;    ///< faces that need no second look
  std::vector<Window> windows;
  std::vector<float> outputs;  ///< kOutputs for each of `windows`
  SuppressionBuffers suppression;
};

}  // namespace facecascade
