// Samples that the nets trained so far propose for the next one.
#pragma once

#include <functional>
#include <string>

#include "detector/cascade.h"
#include "facecascade/result.h"
#include "training/sampler.h"

namespace facecascade::training {

/// What mining yielded, for the log and for the decision whether to go on.
struct MiningReport {
  int photos = 0;
  double windows_per_photo = 0;  ///< that the nets let through
  std::int64_t faces = 0;        ///< labelled faces large enough for the smallest window
  double recall = 0;             ///< share of them met by a window with IoU ≥ 0.5 with their box
  std::array<std::int64_t, kSampleKinds> counts{};  ///< windows kept, by SampleKind
};

/// Places in `photos` that can yield something: photos with known faces, or surely without any;
/// at most config.photos of them, spread over all sources.
std::vector<int> PhotosToMine(const PhotoStore& photos, const MiningConfig& config);

/// Labels for net `stage` what the nets below it let through on the photos at `places`; for the
/// 12net, which has none below it, what it lets through itself. The same photos and nets give the
/// same windows in the same order, for any number of threads. `progress` is told photos done and in
/// all.
MinedWindows MineWindows(const Cascade& cascade, const PhotoStore& photos,
                         const std::vector<int>& places, const TrainingConfig& config, int stage,
                         int threads, const std::function<void(int, int)>& progress,
                         MiningReport& report);

/// An error that says why training must not go on with this yield.
Status CheckMining(const MiningReport& report, const TrainingConfig& config, int stage);

/// Windows to a file and back; a file that is cut or wrong is an error.
Status SaveMinedWindows(const MinedWindows& windows, const std::string& path);
Result<MinedWindows> LoadMinedWindows(const std::string& path, const PhotoStore& photos);

/// From such a file's bytes; `path` only serves the messages.
Result<MinedWindows> ParseMinedWindows(const std::string& bytes, const std::string& path,
                                       const PhotoStore& photos);

}  // namespace facecascade::training
