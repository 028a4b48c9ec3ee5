#include "tests/io/test_photos.h"

#include <cstdlib>

namespace facecascade::tests {
namespace {

constexpr std::size_t kPngHeaderSize = 33;   // signature and IHDR
constexpr std::size_t kRiffHeaderSize = 12;  // RIFF, size, WEBP

void Append(Bytes& bytes, const std::string& text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

void AppendBigEndian(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

void AppendLittleEndian(Bytes& bytes, std::uint32_t value, int size) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

// A TIFF block with one entry: tag 0x0112, a short.
Bytes ExifBlock(int orientation) {
  Bytes block;
  Append(block, "II");
  AppendLittleEndian(block, 42, 2);
  AppendLittleEndian(block, 8, 4);
  AppendLittleEndian(block, 1, 2);
  AppendLittleEndian(block, 0x0112, 2);
  AppendLittleEndian(block, 3, 2);
  AppendLittleEndian(block, 1, 4);
  AppendLittleEndian(block, static_cast<std::uint32_t>(orientation), 4);
  AppendLittleEndian(block, 0, 4);
  return block;
}

std::uint32_t Crc(const Bytes& bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

Bytes InJpeg(const Bytes& file, const Bytes& exif) {
  Bytes segment = {0xFF, 0xE1, 0, static_cast<std::uint8_t>(exif.size() + 8)};
  Append(segment, std::string("Exif\0\0", 6));
  segment.insert(segment.end(), exif.begin(), exif.end());
  Bytes result = file;
  result.insert(result.begin() + 2, segment.begin(), segment.end());
  return result;
}

Bytes InPng(const Bytes& file, const Bytes& exif) {
  Bytes named;
  Append(named, "eXIf");
  named.insert(named.end(), exif.begin(), exif.end());
  Bytes chunk;
  AppendBigEndian(chunk, static_cast<std::uint32_t>(exif.size()));
  chunk.insert(chunk.end(), named.begin(), named.end());
  AppendBigEndian(chunk, Crc(named));
  Bytes result = file;
  result.insert(result.begin() + kPngHeaderSize, chunk.begin(), chunk.end());
  return result;
}

// The extended form: a VP8X chunk, the photo's chunk, and an EXIF chunk.
Bytes InWebp(const Bytes& file, const Bytes& exif, int width, int height) {
  Bytes body;
  Append(body, "WEBPVP8X");
  AppendLittleEndian(body, 10, 4);
  AppendLittleEndian(body, 0x08, 4);  // there is EXIF data
  AppendLittleEndian(body, static_cast<std::uint32_t>(width - 1), 3);
  AppendLittleEndian(body, static_cast<std::uint32_t>(height - 1), 3);
  body.insert(body.end(), file.begin() + kRiffHeaderSize, file.end());
  Append(body, "EXIF");
  AppendLittleEndian(body, static_cast<std::uint32_t>(exif.size()), 4);
  body.insert(body.end(), exif.begin(), exif.end());
  Bytes result;
  Append(result, "RIFF");
  AppendLittleEndian(result, static_cast<std::uint32_t>(body.size()), 4);
  result.insert(result.end(), body.begin(), body.end());
  return result;
}

// Width and height of a lossy WebP file.
int WebpSize(const Bytes& file, std::size_t at) { return file[at] | (file[at + 1] & 0x3F) << 8; }

}  // namespace

Image MakeQuarters(int width, int height, const Quarters& colours) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::size_t quarter = (y < height / 2 ? 0U : 2U) + (x < width / 2 ? 0U : 1U);
      const Colour& colour = colours[quarter];
      image.pixels.insert(image.pixels.end(), colour.begin(), colour.end());
    }
  }
  return image;
}

Quarters FindQuarters(const Image& image) {
  Quarters found{};
  for (std::size_t quarter = 0; quarter < 4; ++quarter) {
    const int x = image.width * (quarter % 2 == 0 ? 1 : 3) / 4;
    const int y = image.height * (quarter < 2 ? 1 : 3) / 4;
    const std::uint8_t* pixel = &image.pixels[static_cast<std::size_t>((y * image.width + x) * 3)];
    int least = 1 << 30;
    for (const Colour& colour : {kRed, kGreen, kBlue, kWhite}) {
      int distance = 0;
      for (std::size_t i = 0; i < 3; ++i) distance += std::abs(pixel[i] - colour[i]);
      if (distance < least) found[quarter] = colour;
      least = std::min(least, distance);
    }
  }
  return found;
}

Bytes WithOrientation(const Bytes& file, const std::string& suffix, int orientation) {
  const Bytes exif = ExifBlock(orientation);
  if (suffix == ".jpg") return InJpeg(file, exif);
  if (suffix == ".png") return InPng(file, exif);
  return InWebp(file, exif, WebpSize(file, 26), WebpSize(file, 28));
}

}  // namespace facecascade::tests
