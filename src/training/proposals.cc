#include "training/proposals.h"

#include <algorithm>
#include <utility>

#include "base/random.h"

namespace facecascade::training {

std::vector<int> PhotosOfRound(const std::vector<int>& places, const TrainingConfig& config,
                               std::int64_t round) {
  Random random(config.seed);
  random.set_state(random.Next() ^ static_cast<std::uint64_t>(round));
  std::vector<int> chosen = places;
  const std::size_t count =
      std::min(chosen.size(), static_cast<std::size_t>(config.together.photos));
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(chosen[i], chosen[i + random.Below(static_cast<int>(chosen.size() - i))]);
  }
  chosen.resize(count);
  return chosen;
}

Proposals Propose(const Cascade& cascade, const PhotoStore& photos, const std::vector<int>& places,
                  const TrainingConfig& config, std::int64_t round,
                  const std::atomic<bool>& cancelled) {
  constexpr std::size_t kPhotosBetweenLooks = 16;
  const std::vector<int> chosen = PhotosOfRound(places, config, round);
  Proposals proposals;
  for (std::size_t begin = 0; begin < chosen.size() && !cancelled; begin += kPhotosBetweenLooks) {
    const auto first = chosen.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto count = std::min(kPhotosBetweenLooks, chosen.size() - begin);
    const std::vector<int> some(first, first + static_cast<std::ptrdiff_t>(count));
    for (int stage = 0; stage < kStageCount; ++stage) {
      MiningReport unused;
      AddWindows(MineWindows(
                     cascade, photos, some, config, stage, 1, [](int, int) {}, unused),
                 proposals[stage]);
    }
  }
  return proposals;
}

Proposer::Proposer(const PhotoStore& photos, const TrainingConfig& config)
    : photos_(photos), config_(config), places_(PhotosToMine(photos, config.mining)) {}

Proposer::~Proposer() {
  cancelled_ = true;
  if (pending_.valid()) pending_.wait();
}

void Proposer::Start(Cascade cascade, std::int64_t round) {
  pending_ = std::async(std::launch::async, [this, cascade = std::move(cascade), round] {
    return Propose(cascade, photos_, places_, config_, round, cancelled_);
  });
}

Proposals Proposer::Wait() { return pending_.get(); }

void AddWindows(const MinedWindows& more, MinedWindows& windows) {
  for (int kind = 0; kind < kSampleKinds; ++kind) {
    windows[kind].insert(windows[kind].end(), more[kind].begin(), more[kind].end());
  }
}

}  // namespace facecascade::training
