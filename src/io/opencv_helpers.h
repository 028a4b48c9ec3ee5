// Helpers of the room's files.
#pragma once

#include <string>

namespace facecascade {

/// Keeps OpenCV and its video libraries from writing on the error stream, where the program speaks
/// for itself. To be called before OpenCV is; costs nothing when called again.
void QuietOpenCv();

/// The suffix of a file's name in lower case, with its dot.
std::string LowerSuffix(const std::string& path);

}  // namespace facecascade
