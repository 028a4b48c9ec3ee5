// Measures the cascade's stages for those who ask, and costs the others nothing.
#pragma once

#include <chrono>
#include <cstdint>

#include "detector/cascade.h"
#include "facecascade/detect_profile.h"

namespace facecascade {

/// Books the time since its construction, or since what was booked last. One thread at a time.
class StageClock {
 public:
  /// `profile` is null where nobody asks.
  explicit StageClock(DetectProfile* profile);

  void EndCopy();
  /// The 12net has looked at these tiles.
  void EndScan(const NetworkSpec& spec, const CascadeWorkspace::Buffers& buffers);
  /// Net `stage` ≥ 1 has looked at so many windows.
  void EndNet(const Cascade& cascade, int stage, std::int64_t windows);
  void EndSuppression();

 private:
  double Lap();

  DetectProfile* profile_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace facecascade
