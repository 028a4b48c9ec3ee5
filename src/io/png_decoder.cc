// PNG by libpng's simplified interface, which keeps its warnings to itself.
#include <png.h>

#include <algorithm>
#include <array>

#include "io/decoders.h"

namespace facecascade {
namespace {

// Frees what libpng keeps, however the decoder is left.
struct PngImage : png_image {
  PngImage() : png_image{} { version = PNG_IMAGE_VERSION; }
  PngImage(const PngImage&) = delete;
  PngImage& operator=(const PngImage&) = delete;
  ~PngImage() { png_image_free(this); }
};

}  // namespace

bool IsPng(std::span<const std::uint8_t> bytes) {
  constexpr std::array<std::uint8_t, 8> kSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  return bytes.size() >= kSignature.size() &&
         std::equal(kSignature.begin(), kSignature.end(), bytes.begin());
}

Result<Image> DecodePng(std::span<const std::uint8_t> bytes) {
  PngImage png;
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) {
    return Error{std::string("the photo is damaged: ") + png.message};
  }
  if (std::string why = WhyNotDecodable(png.width, png.height); !why.empty()) {
    return Error{std::move(why)};
  }
  // Read with transparency and dropped then: libpng would mix the photo with a background.
  const int width = static_cast<int>(png.width);
  const int height = static_cast<int>(png.height);
  const bool has_alpha = (png.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  png.format = has_alpha ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(png));
  if (png_image_finish_read(&png, nullptr, pixels.data(), 0, nullptr) == 0) {
    return Error{std::string("the photo is damaged: ") + png.message};
  }
  if (!has_alpha) return Image{width, height, std::move(pixels)};
  Image image;
  CopyToRgb({pixels.data(), width, height, std::ptrdiff_t{width} * 4, PixelFormat::kRgba}, image);
  return image;
}

}  // namespace facecascade
