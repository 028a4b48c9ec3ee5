// Every layer of the built-in model's nets and the whole nets at the shapes of a real run, as a
// share of the processor's peak. FACECASCADE_TARGET chooses the instruction set.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "base/instruction_set.h"
#include "base/random.h"
#include "benchmarks/detector_shapes.h"
#include "engine/convolve.h"
#include "engine/network_packed.h"
#include "engine/network_plan.h"
#include "engine/network_reference.h"
#include "engine/peak.h"
#include "facecascade/model.h"
#include "model/model_file.h"

namespace facecascade {
namespace {

struct Net {
  NetworkSpec spec;
  NetworkWeights weights;
};

std::vector<std::uint8_t> RandomBytes(std::size_t count) {
  Random random(2);
  std::vector<std::uint8_t> bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.Below(256));
  return bytes;
}

// Rates of a loop that multiplied `multiplications` times an iteration.
void Report(benchmark::State& state, double multiplications) {
  static const double peak = MeasurePeak();
  using benchmark::Counter;
  state.counters["GFLOP/s"] = Counter(2e-9 * multiplications, Counter::kIsIterationInvariantRate);
  state.counters["of_peak"] =
      Counter(2 * multiplications / peak, Counter::kIsIterationInvariantRate);
}

// A layer for the windows of a batch, or for one row of a tile where the net runs over pictures.
template <typename Element, typename Output = Element>
void RunConvolution(benchmark::State& state, const Net& net, std::size_t index) {
  const NetworkPlan plan(net.spec, net.weights);
  const PlannedConvolution& convolution = plan.packed().convolutions[index];
  std::vector<std::int32_t> offsets = convolution.pixel_offsets;
  std::vector<std::ptrdiff_t> rows = convolution.row_offsets;
  std::size_t inputs = static_cast<std::size_t>(plan.packed().batch) * convolution.input_size();
  if (net.spec.hidden == 0) {
    int width = (kTileColumns - 1) * TotalStride(net.spec) + net.spec.input_size;
    for (std::size_t i = 0; i < index; ++i) {
      width = (width - net.spec.convolutions[i].kernel) / net.spec.convolutions[i].stride + 1;
    }
    const int pixels = (width - convolution.kernel) / convolution.stride + 1;
    offsets.clear();
    for (int i = 0; i < pixels; ++i) offsets.push_back(i * convolution.stride * convolution.inputs);
    for (int i = 0; i < convolution.kernel; ++i) {
      rows[i] = static_cast<std::ptrdiff_t>(i) * width * convolution.inputs;
    }
    inputs = static_cast<std::size_t>(width) * convolution.kernel * convolution.inputs;
  }
  AlignedBuffer<Element> input;
  AlignedBuffer<Output> output;
  std::fill_n(input.Reserve(inputs + kReadAhead), inputs + kReadAhead, Element{1});
  output.Reserve(offsets.size() * convolution.layer.channels);
  const int pixels = static_cast<int>(offsets.size());
  for (auto _ : state) {
    Convolve(LayerFor<Element>(convolution), {input.data(), offsets.data(), rows.data(), pixels},
             output.data());
    benchmark::ClobberMemory();
  }
  Report(state, static_cast<double>(pixels) * convolution.layer.channels * convolution.layer.rows *
                    convolution.layer.run);
}

void RunHiddenLayer(benchmark::State& state, const Net& net, bool integers) {
  const NetworkPlan plan(net.spec, net.weights);
  const NetworkPlan::Packed& packed = plan.packed();
  const PackedLayer& layer = packed.hidden;
  const std::vector<float> inputs(static_cast<std::size_t>(layer.run) * kWindows, 0.5F);
  std::vector<float> outputs(static_cast<std::size_t>(layer.channels) * kWindows);
  EngineWorkspace workspace;
  for (auto _ : state) {
    if (integers) {
      RunHidden(packed, inputs.data(), kWindows, workspace.buffers(), outputs.data());
    } else {
      Multiply(layer, inputs.data(), kWindows, workspace.buffers(), outputs.data());
    }
    benchmark::ClobberMemory();
  }
  Report(state, static_cast<double>(layer.run) * layer.channels * kWindows);
}

void RunNetOnWindows(benchmark::State& state, const Net& net) {
  const NetworkPlan plan(net.spec, net.weights);
  const int count = static_cast<int>(state.range(0));
  const std::vector<std::uint8_t> windows =
      RandomBytes(static_cast<std::size_t>(count) * net.spec.input_size * net.spec.input_size * 3);
  const std::vector<float> bridge(static_cast<std::size_t>(count) * net.spec.bridge, 0.5F);
  std::vector<float> outputs(static_cast<std::size_t>(count) * kOutputs);
  EngineWorkspace workspace;
  for (auto _ : state) {
    RunWindows(plan, windows.data(), count, bridge.data(), workspace, outputs.data(), nullptr);
    benchmark::ClobberMemory();
  }
  Report(state, static_cast<double>(MultiplicationCount(net.spec)) * count);
}

void RunNetOnPicture(benchmark::State& state, const Net& net, int width, int height) {
  const NetworkPlan plan(net.spec, net.weights);
  const std::ptrdiff_t stride = static_cast<std::ptrdiff_t>(width) * 3;
  const std::vector<std::uint8_t> pixels = RandomBytes(stride * height);
  EngineWorkspace workspace;
  ScoreMap map;
  for (auto _ : state) {
    RunMap(plan, pixels.data(), width, height, stride, workspace, map);
    benchmark::ClobberMemory();
  }
  Report(state, static_cast<double>(MapMultiplicationCount(net.spec, width, height)));
  state.counters["ns_per_pixel"] =
      benchmark::Counter(1e-9 * width * height, benchmark::Counter::kIsIterationInvariantRate |
                                                    benchmark::Counter::kInvert);
}

// The plain loops, for comparison.
void RunReference(benchmark::State& state, const Net& net) {
  const std::vector<std::uint8_t> window =
      RandomBytes(static_cast<std::size_t>(net.spec.input_size) * net.spec.input_size * 3);
  const std::vector<float> bridge(net.spec.bridge, 0.5F);
  std::vector<float> outputs(kOutputs);
  for (auto _ : state) {
    RunWindowsReference(net.spec, net.weights, window.data(), 1, bridge.data(), outputs.data(),
                        nullptr);
    benchmark::ClobberMemory();
  }
  Report(state, static_cast<double>(MultiplicationCount(net.spec)));
}

void RegisterAll() {
  const Model built_in = Model::BuiltIn().value();
  const ModelData& model = built_in.data();
  for (int stage = 0; stage < kStageCount; ++stage) {
    Net net = {model.spec[stage], model.weights[stage]};
    net.spec.early_exit = false;  // all of the work, whatever the picture shows
    const NetworkSpec& spec = net.spec;
    for (std::size_t i = 0; i < spec.convolutions.size(); ++i) {
      const std::string name = spec.name + "/convolution" + std::to_string(i);
      benchmark::RegisterBenchmark((name + "/floats").c_str(), RunConvolution<float>, net, i);
      if (!spec.fixed_point) continue;
      benchmark::RegisterBenchmark((name + "/fixed_point").c_str(), RunConvolution<std::int16_t>,
                                   net, i);
      if (!FitBytes(spec.fixed_point)) continue;
      const bool wide = i == 0 && NetworkPlan(spec, net.weights).packed().wide_first;
      benchmark::RegisterBenchmark(
          (name + "/bytes").c_str(),
          wide ? RunConvolution<std::int16_t, std::uint8_t> : RunConvolution<std::uint8_t>, net, i);
    }
    if (spec.hidden > 0) {
      const std::string name = spec.name + "/hidden/";
      benchmark::RegisterBenchmark((name + "floats").c_str(), RunHiddenLayer, net, false);
      if (spec.fixed_point > 0) {
        benchmark::RegisterBenchmark((name + "integers").c_str(), RunHiddenLayer, net, true);
      }
    } else {
      for (const int size : {1, 2}) {  // the detector's tile, and one twice as wide and high
        const int step = TotalStride(spec);
        benchmark::RegisterBenchmark((spec.name + "/tile/" + std::to_string(size)).c_str(),
                                     RunNetOnPicture, net,
                                     (size * kTileColumns - 1) * step + spec.input_size,
                                     (size * kTileRows - 1) * step + spec.input_size)
            ->Unit(benchmark::kMicrosecond);
      }
    }
    benchmark::RegisterBenchmark((spec.name + "/reference").c_str(), RunReference, net)
        ->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark((spec.name + "/windows").c_str(), RunNetOnWindows, net)
        ->Arg(1)
        ->Arg(kWindows)
        ->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace
}  // namespace facecascade

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const facecascade::Result<std::string> instructions = facecascade::InstructionSet();
  if (!instructions.ok()) {
    std::fprintf(stderr, "%s\n", instructions.error().message.c_str());
    return 2;
  }
  benchmark::AddCustomContext("instruction_set", instructions.value());
  benchmark::AddCustomContext("peak_gflops", std::to_string(1e-9 * facecascade::MeasurePeak()));
  facecascade::RegisterAll();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
