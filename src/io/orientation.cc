#include "io/orientation.h"

#include <libexif/exif-data.h>

#include <cstring>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>

#include "io/decoders.h"

namespace facecascade {
namespace {

using Bytes = std::span<const std::uint8_t>;

struct Unreferencer {
  void operator()(ExifData* data) const { exif_data_unref(data); }
};

std::uint32_t BigEndian(Bytes bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | bytes[3];
}

std::uint32_t LittleEndian(Bytes bytes) {
  return std::uint32_t{bytes[3]} << 24 | std::uint32_t{bytes[2]} << 16 |
         std::uint32_t{bytes[1]} << 8 | bytes[0];
}

bool HasText(Bytes bytes, std::size_t position, std::string_view text) {
  return bytes.size() >= position + text.size() &&
         std::memcmp(bytes.data() + position, text.data(), text.size()) == 0;
}

bool IsWebp(Bytes bytes) { return HasText(bytes, 0, "RIFF") && HasText(bytes, 8, "WEBP"); }

// PNG: length, name, data, check sum. Empty where there is no EXIF data.
Bytes ExifOfPng(Bytes bytes) {
  std::size_t position = 8;
  while (position + 12 <= bytes.size()) {
    const std::size_t size = BigEndian(bytes.subspan(position));
    if (size > bytes.size() - position - 12) return {};
    if (HasText(bytes, position + 4, "eXIf")) return bytes.subspan(position + 8, size);
    position += size + 12;
  }
  return {};
}

// WebP: name, length, data, filled up to even lengths.
Bytes ExifOfWebp(Bytes bytes) {
  std::size_t position = 12;
  while (position + 8 <= bytes.size()) {
    const std::size_t size = LittleEndian(bytes.subspan(position + 4));
    if (size > bytes.size() - position - 8) return {};
    if (HasText(bytes, position, "EXIF")) return bytes.subspan(position + 8, size);
    position += 8 + size + size % 2;
  }
  return {};
}

// libexif finds the segment of a JPEG file itself, and wants the name of it before bare data.
std::vector<std::uint8_t> ExifData(Bytes bytes) {
  if (IsJpeg(bytes)) return {bytes.begin(), bytes.end()};
  const Bytes data = IsPng(bytes) ? ExifOfPng(bytes) : IsWebp(bytes) ? ExifOfWebp(bytes) : Bytes();
  if (data.empty()) return {};
  constexpr std::string_view kName("Exif\0\0", 6);
  std::vector<std::uint8_t> named;
  if (!HasText(data, 0, kName)) named.assign(kName.begin(), kName.end());
  named.insert(named.end(), data.begin(), data.end());
  return named;
}

}  // namespace

int ReadOrientation(Bytes bytes) {
  const std::vector<std::uint8_t> exif = ExifData(bytes);
  if (exif.empty() || exif.size() > std::numeric_limits<unsigned>::max()) return 1;
  const std::unique_ptr<::ExifData, Unreferencer> data(
      exif_data_new_from_data(exif.data(), static_cast<unsigned>(exif.size())));
  if (data == nullptr) return 1;
  const ExifEntry* entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry == nullptr || entry->format != EXIF_FORMAT_SHORT || entry->size < 2) return 1;
  const int orientation = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

Image Upright(Image image, int orientation) {
  if (orientation == 1) return image;
  const bool swaps_sides = orientation >= 5;
  // Where the displayed photo's pixel (x, y) is stored: from the right or from below?
  const bool from_right =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_below =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image upright{
      swaps_sides ? image.height : image.width, swaps_sides ? image.width : image.height, {}};
  upright.pixels.resize(image.pixels.size());
  std::uint8_t* output = upright.pixels.data();
  for (int y = 0; y < upright.height; ++y) {
    for (int x = 0; x < upright.width; ++x, output += 3) {
      int column = swaps_sides ? y : x;
      int row = swaps_sides ? x : y;
      if (from_right) column = image.width - 1 - column;
      if (from_below) row = image.height - 1 - row;
      const std::size_t pixel =
          static_cast<std::size_t>(row) * static_cast<std::size_t>(image.width) +
          static_cast<std::size_t>(column);
      std::memcpy(output, image.pixels.data() + 3 * pixel, 3);
    }
  }
  return upright;
}

}  // namespace facecascade
