#include "base/version.h"

namespace facecascade {

const char* Version() { return FACECASCADE_VERSION; }

}  // namespace facecascade
