// Photos with drawn faces, for tests that train without anybody's data.
#pragma once

#include <string>

#include "training/photo_store.h"

namespace facecascade::training {

/// A photo of soft noise with up to three drawn faces that do not overlap, their boxes and points
/// known. The same number gives the same photo.
TrainingPhoto MakeUpPhoto(int number, int side, int faces);

/// Writes `count` photos below `folder` with photos/, boxes.txt (WIDER's text form) and
/// landmarks.tsv, as configs/made-up.toml wants them.
void WriteMadeUpPhotos(const std::string& folder, int count);

}  // namespace facecascade::training
