// The cascade: 12net over the photo's pyramid, then 24net and 48net on what is left.
//
// How to use it (training does, and FaceDetector):
//
//   Result<Cascade> cascade = Cascade::Create(spec, weights);  // 1 … 3 nets' weights, from the
//   12net BuildOctaves(view, octaves); CascadeWorkspace workspace; // one per thread, reused const
//   std::vector<Candidate>& found =
//       RunCascade(cascade.value(), octaves, options, /*stages=*/2, workspace);
//
// With stages = k the nets 1 … k have looked and their suppression has been done; what comes back
// is what net k + 1 would look at (SquareAround(candidate.box)), sorted by falling score.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "engine/network_plan.h"
#include "geometry/geometry.h"
#include "image/image.h"
#include "model/cascade_settings.h"

namespace facecascade {

/// A place that the nets so far take for a face.
struct Candidate {
  Window window;    ///< as the last net that ran looked at it
  Box box;          ///< calibrated by that net; may reach beyond the photo
  float score = 0;  ///< that net's face probability, 0 … 1
  Landmarks landmarks;
};

/// Bounds on the windows carried on, the best first, so that no photo takes unbounded time.
struct CandidateLimits {
  int level = 3000;      ///< per pyramid level, after the suppression there
  int proposals = 3000;  ///< to the 24net
  int refined = 1000;    ///< to the 48net
};

struct CascadeOptions {
  float min_face = 20;  ///< side of the smallest window in pixels, kSmallestFace … kLargestMinFace
  CascadeSettings settings;  ///< thresholds, pyramid factor, suppression
  CandidateLimits limits;
  int threads = 1;  ///< 1 … kMostThreads (base/thread_pool.h); changes nothing but the time
};

/// Bounds of min_face: smaller ones would need the photo enlarged more than three times.
inline constexpr float kSmallestFace = 4;
inline constexpr float kLargestMinFace = 1e6F;

/// An error that names the option out of its range.
Status CheckCascadeOptions(const CascadeOptions& options);

/// The nets, packed for this processor. Immutable; any number of threads may share it.
class Cascade {
 public:
  /// Takes the lowest `weights.size()` nets of `spec` (1 … kStageCount). An error where a net or
  /// its weights are wrong, or the nets do not fit each other.
  static Result<Cascade> Create(const CascadeSpec& spec, std::span<const NetworkWeights> weights);

  int stages() const { return static_cast<int>(plans_.size()); }
  const NetworkPlan& plan(int stage) const { return plans_[stage]; }  ///< 0: 12net

 private:
  std::vector<NetworkPlan> plans_;
};

/// `base` where its last threshold is to be `last`: above it only the last changes; below it the
/// earlier ones are loosened in proportion, down to where no more faces are gained.
std::array<float, kStageCount> ThresholdsFor(const std::array<float, kStageCount>& base,
                                             float last);

/// Memory that runs reuse. One call at a time.
class CascadeWorkspace {
 public:
  CascadeWorkspace();
  CascadeWorkspace(CascadeWorkspace&&) noexcept;
  CascadeWorkspace& operator=(CascadeWorkspace&&) noexcept;
  ~CascadeWorkspace();

  struct Buffers;  // private to the detector
  Buffers& buffers() { return *buffers_; }

 private:
  std::unique_ptr<Buffers> buffers_;
};

class StageClock;  // detector/stage_clock.h

/// Finds candidates by the lowest `stages` nets (1 … cascade.stages()), sorted by falling score.
/// `octaves` is not empty, `options` has passed CheckCascadeOptions. The result lives in
/// `workspace` until its next run. The stages' times and counts are added to `clock`'s profile.
const std::vector<Candidate>& RunCascade(const Cascade& cascade, const Octaves& octaves,
                                         const CascadeOptions& options, int stages,
                                         CascadeWorkspace& workspace, StageClock& clock);

/// The same without measuring.
const std::vector<Candidate>& RunCascade(const Cascade& cascade, const Octaves& octaves,
                                         const CascadeOptions& options, int stages,
                                         CascadeWorkspace& workspace);

/// The highest of all three nets alone, twice, on what is in `workspace.buffers().found`: around
/// where that is, then around what it takes for a face there. What it then still takes for faces,
/// suppressed, sorted by falling score, replaces `found`.
const std::vector<Candidate>& FollowCandidates(const Cascade& cascade, const Octaves& octaves,
                                               const CascadeOptions& options,
                                               CascadeWorkspace& workspace);

}  // namespace facecascade
