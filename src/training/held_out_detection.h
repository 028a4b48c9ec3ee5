// How well the whole cascade finds faces in the photos kept from training.
#pragma once

#include <vector>

#include "evaluation/curve_steps.h"
#include "facecascade/result.h"
#include "training/config.h"
#include "training/modules.h"
#include "training/photo_store.h"

namespace facecascade::training {

struct HeldOutDetection {
  std::vector<evaluation::CurveStep> steps;  ///< of all detections, by falling score
  double faces = 0;                          ///< that are to be found
  double photos = 0;
};

/// Runs the nets over all kept photos whose faces are all labelled, as the detector does: the
/// first two nets at config.thresholds, the smallest face of config.mining. A face counts as found
/// at an IoU of 0.5 with its box; ignored faces and those below the smallest count neither way.
Result<HeldOutDetection> DetectHeldOut(Nets& nets, const PhotoStore& photos,
                                       const TrainingConfig& config, int threads);

/// Area under precision over recall, precision made non-rising; 0 where there are no faces.
double AveragePrecision(const HeldOutDetection& detection);

/// Recall at so many false positives a photo.
double RecallAt(const HeldOutDetection& detection, double false_positives_per_photo);

/// Several seeds' results as one, of which every figure is that of all seeds together.
HeldOutDetection Pool(const std::vector<HeldOutDetection>& seeds);

}  // namespace facecascade::training
