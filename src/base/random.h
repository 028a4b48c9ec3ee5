// Small deterministic random numbers, the same on every machine and standard library.
#pragma once

#include <cstdint>

namespace facecascade {

/// SplitMix64 (Steele, Lea, Flood 2014): one word of state, so that it is saved and restored as a
/// number. Not for several threads at once.
class Random {
 public:
  explicit Random(std::uint64_t seed = 0) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, 1).
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

  /// Uniform in [low, high).
  double Uniform(double low, double high) { return low + (high - low) * Unit(); }

  /// Uniform in 0 … count − 1; count > 0.
  int Below(int count) {
    return static_cast<int>((Next() >> 32) * static_cast<std::uint64_t>(count) >> 32);
  }

  bool Chance(double probability) { return Unit() < probability; }

  std::uint64_t state() const { return state_; }
  void set_state(std::uint64_t state) { state_ = state; }

 private:
  std::uint64_t state_;
};

}  // namespace facecascade
