// The engine against outputs that other programs computed from the same weights.
//
// Every tests/data/parity/*.golden.safetensors holds, for each of the three nets (here the 24net),
//
//   24net.windows   U8  {count, 24, 24, 3}   windows, RGB
//   24net.outputs   F32 {count, kOutputs}    the net's raw outputs for them
//
// where a bridge's features are those of the net below on the window halved by HalveWindow, and in
// its metadata
//
//   model      name of the model file beside it, or "built-in"
//   made_by    the program, for people
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "detector/stages.h"
#include "facecascade/model.h"
#include "model/model_file.h"
#include "model/safetensors.h"

namespace facecascade {
namespace {

constexpr float kFloatTolerance = 1e-4F;
constexpr float kFixedTolerance = 1e-2F;
// What the kernels of 8 bits compute is held to the last bit in tests/engine; this is what so few
// steps can do to log odds.
constexpr float kByteTolerance = 0.3F;

float Tolerance(const NetworkSpec& spec) {
  return FitBytes(spec.fixed_point) ? kByteTolerance
         : spec.fixed_point == 16   ? kFixedTolerance
                                    : kFloatTolerance;
}

// A net's bridge holds what the nets below compute, however coarsely.
float Tolerance(const Cascade& cascade, int stage) {
  const float own = Tolerance(cascade.plan(stage).spec());
  if (cascade.plan(stage).spec().bridge == 0) return own;
  return std::max(own, Tolerance(cascade, stage - 1));
}

// A batch is no larger than the detector's own.
constexpr int kBatch = 32;

const std::filesystem::path kFolder = std::filesystem::path(FACECASCADE_TEST_DATA) / "parity";

std::vector<std::filesystem::path> Goldens() {
  std::vector<std::filesystem::path> goldens;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().string().ends_with(".golden.safetensors")) goldens.push_back(entry.path());
  }
  std::sort(goldens.begin(), goldens.end());
  return goldens;
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Result<Model> ModelOf(const Safetensors& golden) {
  const std::string& name = golden.metadata.at("model");
  return name == "built-in" ? Model::BuiltIn() : Model::Load((kFolder / name).string());
}

// The engine's outputs, by the detector's own way through bridges and batches.
std::vector<float> EngineOutputs(const Cascade& cascade, int stage, const TensorView& windows) {
  const int count = static_cast<int>(windows.shape[0]);
  const std::size_t window_bytes = windows.bytes.size() / count;
  std::vector<float> outputs(static_cast<std::size_t>(count) * kOutputs);
  WorkerBuffers worker;
  for (int begin = 0; begin < count; begin += kBatch) {
    const int batch = std::min(kBatch, count - begin);
    worker.windows[stage].resize(batch * window_bytes);
    std::memcpy(worker.windows[stage].data(), windows.bytes.data() + begin * window_bytes,
                batch * window_bytes);
    RunStage(cascade, stage, batch, {}, worker, outputs.data() + begin * kOutputs);
  }
  return outputs;
}

void ExpectParity(const Safetensors& golden, const Cascade& cascade, int stage) {
  const std::string& net = cascade.plan(stage).spec().name;
  const float tolerance = Tolerance(cascade, stage);
  const TensorView& windows = golden.tensors.at(net + ".windows");
  const int side = cascade.plan(stage).spec().input_size;
  ASSERT_EQ(windows.type, TensorType::kUint8);
  ASSERT_EQ(windows.shape.size(), 4U);
  ASSERT_GT(windows.shape[0], 0);
  ASSERT_EQ(windows.shape, (std::vector<std::int64_t>{windows.shape[0], side, side, 3}));
  const std::vector<float> expected = FloatsOf(golden.tensors.at(net + ".outputs"));
  const std::vector<float> found = EngineOutputs(cascade, stage, windows);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], tolerance * std::max(1.0F, std::abs(expected[i])))
        << net << ", window " << i / kOutputs << ", output " << i % kOutputs;
  }
}

TEST(Parity, HasGoldenFiles) { EXPECT_FALSE(Goldens().empty()); }

TEST(Parity, EngineAgreesWithEveryGoldenFile) {
  for (const std::filesystem::path& path : Goldens()) {
    SCOPED_TRACE(path.filename().string());
    const std::string bytes = ReadFile(path);
    const auto golden = ReadSafetensors(std::as_bytes(std::span(bytes.data(), bytes.size())));
    ASSERT_TRUE(golden.ok()) << golden.error().message;
    const Result<Model> model = ModelOf(golden.value());
    ASSERT_TRUE(model.ok()) << model.error().message;
    const ModelData& data = model.value().data();
    CascadeSpec in_floats = data.spec;
    for (NetworkSpec& spec : in_floats) spec.fixed_point = 0;
    for (const CascadeSpec& specs : {in_floats, data.spec}) {
      const Cascade cascade = Cascade::Create(specs, data.weights).value();
      for (int stage = 0; stage < kStageCount; ++stage) {
        ExpectParity(golden.value(), cascade, stage);
      }
    }
  }
}

}  // namespace
}  // namespace facecascade
