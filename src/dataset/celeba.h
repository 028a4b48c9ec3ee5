// CelebA (Liu et al. 2015) as published: one box and five landmarks a photo.
#pragma once

#include <string>
#include <vector>

#include "dataset/annotation.h"
#include "facecascade/result.h"

namespace facecascade {

/// The parts of list_eval_partition.txt, by their numbers.
enum class CelebaPart { kTrain = 0, kValidation = 1, kTest = 2 };

/// Reads list_bbox_celeba.txt, list_landmarks_celeba.txt and list_eval_partition.txt, in `folder`
/// or in its Anno/ and Eval/ as published; photos lie in img_celeba/ (or Img/img_celeba/). An error
/// names file, line and reason, also where the lists do not name the same photos.
Result<std::vector<AnnotatedPhoto>> ReadCeleba(const std::string& folder, CelebaPart part);

}  // namespace facecascade
