// Pixels as the elements that layers read.
#pragma once

#include <cstddef>
#include <cstdint>

namespace facecascade {

/// Bytes as floats, as integers, or as they are.
void Widen(const std::uint8_t* bytes, std::size_t count, float* output);
void Widen(const std::uint8_t* bytes, std::size_t count, std::int16_t* output);
void Widen(const std::uint8_t* bytes, std::size_t count, std::uint8_t* output);

}  // namespace facecascade
