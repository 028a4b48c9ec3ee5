// Photos from files and from memory: JPEG, PNG, WebP and what else OpenCV decodes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "facecascade/result.h"
#include "image/image.h"

namespace facecascade {

struct PhotoOptions {
  /// Turn the photo as its EXIF orientation says, so that it is as people see it.
  bool apply_orientation = true;
};

/// Reads a photo as 8-bit RGB; transparency is dropped. An error names the file and says whether it
/// is unreadable, empty, no photo, cut off or too large. Thread-safe.
Result<Image> ReadPhoto(const std::string& path, const PhotoOptions& options = {});

/// The same from a file's bytes; `name` only serves the error messages.
Result<Image> DecodePhoto(std::span<const std::uint8_t> bytes, const std::string& name,
                          const PhotoOptions& options = {});

/// A photo in the format of the suffix in `name` (".jpg", ".png", ".webp", ".bmp", ".tif", …).
Result<std::vector<std::uint8_t>> EncodePhoto(const Image& image, const std::string& name);

/// Writes a photo in the format of its suffix, under a temporary name that is renamed at the end.
Status WritePhoto(const Image& image, const std::string& path);

/// Suffixes of the photo formats that are read, the most frequent first, as in ".jpg".
std::span<const std::string_view> PhotoSuffixes();

/// Whether the name's suffix is a photo's (upper or lower case).
bool HasPhotoSuffix(const std::string& path);

/// Whether photos in colour can be written with that suffix.
bool HasColourSuffix(const std::string& path);

}  // namespace facecascade
