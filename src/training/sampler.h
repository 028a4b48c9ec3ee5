// Samples cut on the fly from photos in memory.
//
// A batch is a function of the seed, the stage, the step and the process's rank alone, so that a
// resumed training sees the batches it would have seen, and batches can be made ahead on other
// threads.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "training/config.h"
#include "training/photo_store.h"

namespace facecascade::training {

/// A window that the earlier nets let through, with what it turned out to be.
struct MinedWindow {
  int photo = 0;
  Window window;
  int face = -1;  ///< index into the photo's faces, −1 for a negative
};

/// Windows by kind; the last kind (landmark) stays empty.
using MinedWindows = std::array<std::vector<MinedWindow>, kSampleKinds>;

/// `pixels[k]` holds the samples at the input size of net k: those above the trained stage stay
/// empty, those below are halved from its crops for the bridges. Interleaved RGB.
struct Batch {
  int count = 0;
  std::array<std::vector<std::uint8_t>, kStageCount> pixels;
  std::vector<std::int64_t> kinds;  ///< SampleKind
  std::vector<float> boxes;         ///< count · 4 offsets; 0 where the kind has none
  std::vector<float> landmarks;     ///< count · 10 offsets; 0 where the kind has none
};

/// Makes the batches of one stage. Immutable while in use; any number of threads may call it.
class Sampler {
 public:
  /// `held_out`: draw from the photos kept from training instead of the others. `rank`: of the
  /// process in its group; each makes its own batches.
  Sampler(const PhotoStore& photos, const TrainingConfig& config, int stage, bool held_out,
          const MinedWindows* mined, int rank = 0);

  /// The batch of step `step`. In mini mode its samples are of one kind, in turn.
  Batch MakeBatch(std::uint64_t step) const;

  /// How many samples of each kind batch `step` has.
  std::array<int, kSampleKinds> KindCounts(std::uint64_t step) const;

 private:
  struct Draft;  // what to cut, before it is cut
  Draft Draw(SampleKind kind, Random& random) const;
  Draft DrawMined(SampleKind kind, Random& random) const;
  Draft DrawNegative(Random& random) const;
  Draft DrawAroundFace(SampleKind kind, Random& random) const;
  Draft DrawLandmarkFace(Random& random) const;
  void Render(const Draft& draft, Random& random, int index, Batch& batch) const;

  const PhotoStore& photos_;
  const TrainingConfig& config_;
  int stage_;
  int rank_;
  MinedWindows mined_;  // those of the part that is drawn from
  std::array<std::vector<double>, kSampleKinds> mined_weights_;  // cumulated
  std::vector<int> negative_photos_;
  std::vector<std::pair<int, int>> faces_;  // photo, face
  std::vector<double> face_weights_;        // cumulated
  std::vector<std::pair<int, int>> landmark_faces_;
};

/// The face that a window is compared with: the one with the largest IoU of squares.
struct NearestFace {
  int face = -1;
  float iou = 0;
};
NearestFace FindNearestFace(const TrainingPhoto& photo, const Window& window);

/// The label of a window of a photo, ignored faces and photos considered.
WindowLabel LabelWindow(const TrainingPhoto& photo, const NearestFace& nearest,
                        const LabelBounds& bounds);

/// The truth's square that goes with five points alone: large enough for brow to chin.
Window WindowFromLandmarks(const Landmarks& landmarks);

}  // namespace facecascade::training
