// Pixels and features as the elements that layers read.
#pragma once

#include <cstddef>
#include <cstdint>

namespace facecascade {

/// Bytes as floats, as integers, or as they are.
void Widen(const std::uint8_t* bytes, std::size_t count, float* output);
void Widen(const std::uint8_t* bytes, std::size_t count, std::int16_t* output);
void Widen(const std::uint8_t* bytes, std::size_t count, std::uint8_t* output);

/// The largest of some floats and 0.
float LargestOf(const float* values, std::size_t count);

/// Floats as the nearest integers where `one` stands for 1; none may be too large.
void Narrow(const float* values, std::size_t count, float one, std::int16_t* output);
void Narrow(const float* values, std::size_t count, float one, std::uint8_t* output);

}  // namespace facecascade
