// configs/paper.toml, built into the program.
#pragma once

#include <string>

namespace facecascade::training {

std::string PaperConfigText();

}  // namespace facecascade::training
