// Decoders of single formats that report what is wrong instead of printing it; photo.cc chooses.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "facecascade/result.h"
#include "image/image.h"

namespace facecascade {

/// Most pixels of a photo, and of one of its sides, that are decoded.
inline constexpr std::int64_t kMostPhotoPixels = std::int64_t{1} << 30;
inline constexpr int kLongestPhotoSide = 1 << 20;

bool IsJpeg(std::span<const std::uint8_t> bytes);
bool IsPng(std::span<const std::uint8_t> bytes);

// Each decodes a whole file to RGB, as it is stored. The error is the reason alone. A photo that is
// cut off is an error; a JPEG with some wrong bits, which many have, is not.
Result<Image> DecodeJpeg(std::span<const std::uint8_t> bytes);
Result<Image> DecodePng(std::span<const std::uint8_t> bytes);
/// All other formats, by OpenCV.
Result<Image> DecodeOther(std::span<const std::uint8_t> bytes);

/// Empty for a photo's size that is decoded, else why not.
std::string WhyNotDecodable(std::int64_t width, std::int64_t height);

}  // namespace facecascade
