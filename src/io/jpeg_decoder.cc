// JPEG by libjpeg-turbo.
#include <turbojpeg.h>

#include <memory>
#include <type_traits>

#include "io/decoders.h"

namespace facecascade {
namespace {

struct Destroyer {
  void operator()(tjhandle handle) const { tjDestroy(handle); }
};
using Decompressor = std::unique_ptr<std::remove_pointer_t<tjhandle>, Destroyer>;

constexpr std::uint8_t kMarker = 0xFF;
constexpr std::uint8_t kEndOfImage = 0xD9;

// Markers without a length: RST0 … RST7, TEM and the stuffed 0xFF00 of a scan.
bool StandsAlone(std::uint8_t code) {
  return code == 0x00 || code == 0x01 || (code >= 0xD0 && code <= 0xD7);
}

// Whether the file goes on to its end marker: libjpeg makes up what is missing. The segments are
// walked, as previews inside them have end markers of their own.
bool ReachesEnd(std::span<const std::uint8_t> bytes) {
  std::size_t position = 2;
  while (position + 1 < bytes.size()) {
    if (bytes[position] != kMarker || bytes[position + 1] == kMarker) {
      ++position;  // data of a scan, or a fill byte
      continue;
    }
    const std::uint8_t code = bytes[position + 1];
    position += 2;
    if (code == kEndOfImage) return true;
    if (StandsAlone(code)) continue;
    if (position + 1 >= bytes.size()) return false;
    position += std::size_t{bytes[position]} * 256 + bytes[position + 1];
  }
  return false;
}

// Printers' colours as Adobe stores them, inverted: 255 is no ink.
void CmykToRgb(const std::vector<std::uint8_t>& cmyk, std::vector<std::uint8_t>& rgb) {
  for (std::size_t i = 0; i < rgb.size() / 3; ++i) {
    const int light = cmyk[4 * i + 3];
    for (std::size_t channel = 0; channel < 3; ++channel) {
      rgb[3 * i + channel] = static_cast<std::uint8_t>(cmyk[4 * i + channel] * light / 255);
    }
  }
}

}  // namespace

bool IsJpeg(std::span<const std::uint8_t> bytes) {
  return bytes.size() > 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF;
}

Result<Image> DecodeJpeg(std::span<const std::uint8_t> bytes) {
  const Decompressor decompressor(tjInitDecompress());
  if (decompressor == nullptr) return Error{"the photo does not fit into memory"};
  const auto fail = [&] {
    return Error{std::string("the photo is damaged: ") + tjGetErrorStr2(decompressor.get())};
  };
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int colours = 0;
  if (tjDecompressHeader3(decompressor.get(), bytes.data(), bytes.size(), &width, &height,
                          &subsampling, &colours) != 0) {
    return fail();
  }
  if (!ReachesEnd(bytes)) return Error{"the photo is cut off"};
  if (std::string why = WhyNotDecodable(width, height); !why.empty()) return Error{std::move(why)};
  Image image{width, height, {}};
  const std::size_t count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  image.pixels.resize(count * 3);
  const bool is_cmyk = colours == TJCS_CMYK || colours == TJCS_YCCK;
  std::vector<std::uint8_t> cmyk(is_cmyk ? count * 4 : 0);
  // A limit on scans keeps small files from taking minutes.
  if (tjDecompress2(decompressor.get(), bytes.data(), bytes.size(),
                    is_cmyk ? cmyk.data() : image.pixels.data(), width, 0, height,
                    is_cmyk ? TJPF_CMYK : TJPF_RGB, TJFLAG_LIMITSCANS) != 0 &&
      tjGetErrorCode(decompressor.get()) != TJERR_WARNING) {
    return fail();
  }
  if (is_cmyk) CmykToRgb(cmyk, image.pixels);
  return image;
}

}  // namespace facecascade
