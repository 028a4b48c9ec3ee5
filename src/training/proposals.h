// The Hard Example Proposal Network's proposals (paper, section 2.4): what the cascade as it stands
// takes for faces on a round of photos, labelled for all three nets at once.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <future>
#include <string>
#include <vector>

#include "facecascade/result.h"
#include "training/mining.h"

namespace facecascade::training {

/// One round's proposals, for each net.
using Proposals = std::array<MinedWindows, kStageCount>;

/// The photos of a round: config.together.photos of `places`, drawn from the seed and the round
/// alone, without repetition.
std::vector<int> PhotosOfRound(const std::vector<int>& places, const TrainingConfig& config,
                               std::int64_t round);

/// Proposes on the photos of a round. The same nets and round give the same proposals. `cancelled`
/// is looked at from photo to photo; the result of a cancelled call means nothing.
Proposals Propose(const Cascade& cascade, const PhotoStore& photos, const std::vector<int>& places,
                  const TrainingConfig& config, std::int64_t round,
                  const std::atomic<bool>& cancelled);

/// Proposes for a round on a thread of its own, while the training goes on.
class Proposer {
 public:
  Proposer(const PhotoStore& photos, const TrainingConfig& config);
  ~Proposer();
  Proposer(const Proposer&) = delete;
  Proposer& operator=(const Proposer&) = delete;

  /// Begins; `cascade` holds the nets as they stand. At most one round at a time.
  void Start(Cascade cascade, std::int64_t round);

  /// Waits for what Start began.
  Proposals Wait();

 private:
  const PhotoStore& photos_;
  const TrainingConfig& config_;
  std::vector<int> places_;
  std::atomic<bool> cancelled_ = false;
  std::future<Proposals> pending_;
};

/// Adds the windows of `more` behind those of `windows`.
void AddWindows(const MinedWindows& more, MinedWindows& windows);

}  // namespace facecascade::training
