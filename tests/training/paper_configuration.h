// The paper's configuration, cut down to learn made-up photos in seconds.
#pragma once

#include <string>

namespace facecascade::training {

/// Writes it to `file`: the built-in paper.toml with data as WriteMadeUpPhotos lays it down, and
/// few steps.
void WriteSmallPaperConfig(const std::string& file);

}  // namespace facecascade::training
