#pragma once

namespace facecascade {

/// The project's version as CMake knows it, "major.minor.patch".
const char* Version();

}  // namespace facecascade
