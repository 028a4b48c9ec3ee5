#include "training/process_memory.h"

#include <malloc.h>

#include <limits>

namespace facecascade::training {

void KeepFreedMemory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_TOP_PAD, 256 << 20);
}

}  // namespace facecascade::training
