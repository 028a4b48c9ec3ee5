// What the detector hands to the engine: tiles of so many positions, batches of so many windows.
#pragma once

namespace facecascade {

inline constexpr int kTileColumns = 96;
inline constexpr int kTileRows = 32;
inline constexpr int kWindows = 32;

}  // namespace facecascade
