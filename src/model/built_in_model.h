// The model file that was compiled into the library.
#pragma once

#include <cstddef>
#include <span>

namespace facecascade {

/// The bytes of models/facecascade.safetensors.
std::span<const std::byte> BuiltInModelFile();

}  // namespace facecascade
