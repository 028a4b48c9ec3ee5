// The safetensors container: named arrays and texts in one file, read without trusting it.
//
// Eight bytes length of the header (little endian), the header (a JSON object from a tensor's name
// to its type, shape and place, and from "__metadata__" to texts), then the tensors' bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "facecascade/result.h"

namespace facecascade {

enum class TensorType { kFloat32, kUint8 };

/// An array in somebody else's bytes: row-major, little endian, not aligned.
struct TensorView {
  TensorType type = TensorType::kFloat32;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;
};

struct Safetensors {
  std::map<std::string, TensorView> tensors;
  std::map<std::string, std::string> metadata;
};

/// Takes a file's bytes apart; the tensors point into them. An error that names the tensor and
/// field where anything is wrong: a header beyond the file or 4 MiB, a type other than F32 and U8,
/// sizes that disagree, places that overlap, leave the file or leave a gap.
Result<Safetensors> ReadSafetensors(std::span<const std::byte> file);

/// A float tensor's numbers.
std::vector<float> FloatsOf(const TensorView& tensor);

/// The bytes of `values`, little endian, as a tensor's.
std::vector<std::byte> BytesOf(std::span<const float> values);

/// A file's bytes: the header, padded to eight bytes, then the tensors in the order of their names.
std::string WriteSafetensors(const Safetensors& content);

}  // namespace facecascade
