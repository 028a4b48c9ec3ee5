#include "training/modules.h"

#include <gtest/gtest.h>

#include <vector>

#include "engine/network_plan.h"
#include "model/built_in_model.h"
#include "model/model_file.h"
#include "training/fixed_point.h"

namespace facecascade::training {
namespace {

// Nets whose batch norms have seen data, so that folding has something to fold.
Nets MakeSeasonedNets(const CascadeSpec& specs) {
  torch::manual_seed(11);
  Nets nets = MakeNets(specs);
  torch::NoGradGuard no_grad;
  for (Net& net : nets) {
    for (const auto& parameter : net->named_parameters()) {
      if (parameter.key().find("norm") != std::string::npos) {
        parameter.value().add_(0.2 * torch::randn_like(parameter.value()));
      }
    }
    for (const auto& buffer : net->named_buffers()) {
      if (buffer.value().is_floating_point()) {
        buffer.value().add_(0.3 * torch::rand_like(buffer.value()));
      }
    }
    torch::nn::init::normal_(net->named_parameters()["output.weight"], 0, 0.2);
    net->eval();
  }
  return nets;
}

std::vector<std::uint8_t> RandomWindows(int count, int side) {
  const torch::Tensor bytes =
      torch::randint(0, 256, {count, side, side, kInputChannels}, torch::kUInt8);
  return {bytes.data_ptr<std::uint8_t>(), bytes.data_ptr<std::uint8_t>() + bytes.numel()};
}

torch::Tensor ToInput(std::vector<std::uint8_t>& windows, int count, int side) {
  return NormalisePixels(
      torch::from_blob(windows.data(), {count, side, side, kInputChannels}, torch::kUInt8));
}

TEST(Modules, ABridgedNetBeginsWithWhatTheNetWithoutBridgeSays) {
  const CascadeSpec bridged = DefaultCascadeSpec();
  CascadeSpec separate = bridged;
  for (NetworkSpec& spec : separate) spec.bridge = 0;
  Nets from = MakeSeasonedNets(separate);
  Nets to = MakeSeasonedNets(bridged);
  torch::NoGradGuard no_grad;
  for (int stage = 0; stage < kStageCount; ++stage) {
    to[stage]->CopyWithoutBridge(*from[stage]);
    std::vector<std::uint8_t> windows = RandomWindows(3, bridged[stage].input_size);
    const torch::Tensor pixels = ToInput(windows, 3, bridged[stage].input_size);
    const torch::Tensor bridge = torch::rand({3, std::max(bridged[stage].bridge, 1)});
    EXPECT_TRUE(torch::allclose(to[stage]->forward(pixels, bridge).outputs,
                                from[stage]->forward(pixels, {}).outputs, 1e-4, 1e-5));
  }
}

TEST(Modules, EngineGivesTheModulesOutputs) {
  constexpr int kCount = 9;
  const CascadeSpec specs = DefaultCascadeSpec();
  Nets nets = MakeSeasonedNets(specs);
  torch::NoGradGuard no_grad;
  for (int stage = 0; stage < kStageCount; ++stage) {
    const NetworkSpec& spec = specs[stage];
    std::vector<std::uint8_t> windows = RandomWindows(kCount, spec.input_size);
    const torch::Tensor bridge = torch::rand({kCount, std::max(spec.bridge, 1)});
    const NetImpl::Seen seen =
        nets[stage]->forward(ToInput(windows, kCount, spec.input_size), bridge);
    const NetworkWeights weights = nets[stage]->Fold();
    ASSERT_TRUE(CheckNetworkWeights(spec, weights).ok());
    const NetworkPlan plan(spec, weights);
    EngineWorkspace workspace;
    std::vector<float> outputs(kCount * kOutputs);
    std::vector<float> features(static_cast<std::size_t>(kCount) * FeatureCount(spec));
    RunWindows(plan, windows.data(), kCount, spec.bridge > 0 ? bridge.data_ptr<float>() : nullptr,
               workspace, outputs.data(), features.data());
    const torch::Tensor expected = seen.outputs.contiguous();
    for (int i = 0; i < kCount * kOutputs; ++i) {
      EXPECT_NEAR(outputs[i], expected.data_ptr<float>()[i], 1e-4) << spec.name << " " << i;
    }
    const torch::Tensor expected_features = seen.features.contiguous();
    for (std::size_t i = 0; i < features.size(); ++i) {
      EXPECT_NEAR(features[i], expected_features.data_ptr<float>()[i], 1e-4) << spec.name;
    }
  }
}

TEST(Modules, LossAtThe48netReachesThe12netsFirstConvolution) {
  Nets nets = MakeSeasonedNets(DefaultCascadeSpec());
  std::array<torch::Tensor, kStageCount> pixels;
  for (int stage = 0; stage < kStageCount; ++stage) {
    const int side = nets[stage]->spec().input_size;
    std::vector<std::uint8_t> windows = RandomWindows(4, side);
    pixels[stage] = ToInput(windows, 4, side).clone();
  }
  RunBridged(nets, pixels, 2).outputs.pow(2).sum().backward();
  for (const char* layer : {"convolution0.weight", "convolution2.weight"}) {
    const torch::Tensor gradient = nets[0]->named_parameters()[layer].grad();
    ASSERT_TRUE(gradient.defined()) << layer;
    EXPECT_GT(gradient.abs().sum().item<float>(), 0) << layer;
  }
}

TEST(Modules, ConvolutionsAreCopiedAndNothingElse) {
  const NetworkSpec spec = DefaultCascadeSpec()[1];
  torch::manual_seed(1);
  Net from(spec);
  Net to(spec);
  to->CopyConvolutions(*from);
  const auto source = from->named_parameters();
  for (const auto& parameter : to->named_parameters()) {
    const bool convolution = parameter.key().starts_with("convolution");
    if (!convolution && parameter.key() != "hidden.weight") continue;
    EXPECT_EQ(torch::equal(parameter.value(), source[parameter.key()]), convolution)
        << parameter.key();
  }
}

TEST(Modules, BytesOfANetWithoutHiddenLayerCutRareOutputsOff) {
  Nets nets = MakeSeasonedNets(DefaultCascadeSpec());
  const int side = nets[0]->spec().input_size;
  std::vector<std::uint8_t> windows = RandomWindows(16, side);
  BatchTensors samples;
  samples.pixels[0] = ToInput(windows, 16, side).clone();
  const std::vector<float> largest = MeasureRanges(nets[0], 0, {samples}).values;
  EXPECT_EQ(FoldForIntegers(nets[0], 0, 16, {samples}).ranges.values, largest);
  const std::vector<float> ranges = FoldForIntegers(nets[0], 0, 8, {samples}).ranges.values;
  ASSERT_EQ(ranges.size(), largest.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) EXPECT_FLOAT_EQ(ranges[i], 0.7F * largest[i]);
}

// Rounded modules say what the engine's integers do, but for sums that lie on the edge of two.
TEST(Modules, EngineGivesTheRoundedModulesOutputs) {
  constexpr int kCount = 24;
  const CascadeSpec specs = DefaultCascadeSpec();
  for (const int bits : {7, 8}) {
    Nets nets = MakeSeasonedNets(specs);
    torch::NoGradGuard no_grad;
    for (int stage = 0; stage < kStageCount; ++stage) {
      NetworkSpec spec = specs[stage];
      std::vector<std::uint8_t> windows = RandomWindows(kCount, spec.input_size);
      BatchTensors samples;
      samples.pixels[stage] = ToInput(windows, kCount, spec.input_size).clone();
      const torch::Tensor bridge = torch::rand({kCount, std::max(spec.bridge, 1)});
      Equalize(nets[stage], stage, {samples});
      const torch::Tensor exact = nets[stage]->forward(samples.pixels[stage], bridge).outputs;
      nets[stage]->RoundTo(bits);
      const torch::Tensor expected =
          nets[stage]->forward(samples.pixels[stage], bridge).outputs.contiguous();
      const NetworkWeights weights = FoldForIntegers(nets[stage], stage, bits, {samples});
      spec.fixed_point = bits;
      EngineWorkspace workspace;
      torch::Tensor outputs = torch::empty({kCount, kOutputs});
      RunWindows(NetworkPlan(spec, weights), windows.data(), kCount, bridge.data_ptr<float>(),
                 workspace, outputs.data_ptr<float>(), nullptr);
      const double rounding = (expected - exact).abs().mean().item<double>();
      EXPECT_GT(rounding, 0) << spec.name;
      EXPECT_LT((outputs - expected).abs().mean().item<double>(), 0.05 * rounding) << spec.name;
    }
  }
}

// Gives a net these weights, and batch norms that add the biases and change nothing else.
void SetFolded(const NetworkWeights& weights, Net& net) {
  auto parameters = net->named_parameters();
  const auto set = [&](const std::string& layer, const std::string& norm, const Tensor& weight,
                       const Tensor& bias) {
    const auto to = [](const Tensor& tensor) { return torch::tensor(tensor.values); };
    torch::Tensor target = parameters[layer + ".weight"];
    target.copy_(to(weight).view_as(target));
    parameters[norm + ".bias"].copy_(to(bias));
    net->named_buffers()[norm + ".running_mean"].zero_();
    net->named_buffers()[norm + ".running_var"].fill_(1 - 1e-5);  // PyTorch's eps makes it 1
    parameters[norm + ".weight"].fill_(1);
  };
  for (std::size_t i = 0; i < weights.convolution_weights.size(); ++i) {
    const std::string number = std::to_string(i);
    set("convolution" + number, "norm" + number, weights.convolution_weights[i],
        weights.convolution_biases[i]);
  }
  set("hidden", "hidden_norm", weights.hidden_weights, weights.hidden_bias);
}

// Of a net that has these weights: rounding changes none of them, and biases by so much at most.
void ExpectRoundingChangesNothing(const NetworkWeights& weights, float largest_bias_change,
                                  Net& net) {
  SetFolded(weights, net);
  const NetworkWeights rounded = net->Fold();
  constexpr float kSame = 1e-6F;
  const auto expect = [&](const Tensor& tensor, const Tensor& expected, const std::string& layer,
                          float within) {
    ASSERT_EQ(tensor.values.size(), expected.values.size()) << layer;
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
      const float value = expected.values[i];
      ASSERT_NEAR(tensor.values[i], value, within + 1e-5F * std::abs(value)) << layer;
    }
  };
  for (std::size_t i = 0; i < weights.convolution_weights.size(); ++i) {
    const std::string layer = net->spec().name + ".convolution" + std::to_string(i);
    expect(rounded.convolution_weights[i], weights.convolution_weights[i], layer, kSame);
    expect(rounded.convolution_biases[i], weights.convolution_biases[i], layer + ".bias",
           kSame + largest_bias_change);
  }
  expect(rounded.hidden_weights, weights.hidden_weights, net->spec().name + ".hidden", kSame);
}

TEST(Modules, ARoundedNetFoldsIntoWhatItsIntegersStandFor) {
  constexpr int kStage = 2;
  for (const int bits : {7, 8}) {
    Nets nets = MakeSeasonedNets(DefaultCascadeSpec());
    torch::NoGradGuard no_grad;
    Net& net = nets[kStage];
    std::vector<std::uint8_t> windows = RandomWindows(24, net->spec().input_size);
    BatchTensors samples;
    samples.pixels[kStage] = ToInput(windows, 24, net->spec().input_size);
    Equalize(net, kStage, {samples});
    const std::vector<float> exact = net->Fold().hidden_weights.values;
    net->RoundTo(bits);
    const NetworkWeights rounded = net->Fold();
    EXPECT_NE(rounded.hidden_weights.values, exact);
    ExpectRoundingChangesNothing(rounded, 0, net);
  }
}

TEST(Modules, TheBuiltInModelsRoundedNetsAreWhatTheirIntegersStandFor) {
  const Result<ModelData> model = ParseModel(BuiltInModelFile(), "built-in model");
  ASSERT_TRUE(model.ok());
  torch::NoGradGuard no_grad;
  for (const int stage : {1, 2}) {
    Net net(model.value().spec[stage]);
    net->eval();
    ASSERT_TRUE(net->rounded());
    // The 24net's biases are as they were trained: half a unit of the sums at most.
    const float largest_bias_change = stage == 1 ? 1e-4F : 0;
    ExpectRoundingChangesNothing(model.value().weights[stage], largest_bias_change, net);
  }
}

// Gradients pass through the rounding as they would without it.
TEST(Modules, RoundedModulesPassGradients) {
  torch::manual_seed(5);
  const NetworkSpec spec = DefaultCascadeSpec()[2];
  Net net(spec);
  net->eval();
  std::vector<std::uint8_t> windows = RandomWindows(4, spec.input_size);
  BatchTensors samples;
  samples.pixels[2] = ToInput(windows, 4, spec.input_size).clone();
  const torch::Tensor bridge = torch::rand({4, spec.bridge});
  Equalize(net, 2, {samples});
  const auto gradient = [&] {
    net->zero_grad();
    net->forward(samples.pixels[2], bridge).outputs.pow(2).sum().backward();
    return net->named_parameters()["convolution0.weight"].grad().flatten().clone();
  };
  const torch::Tensor exact = gradient();
  net->RoundTo(8);
  const torch::Tensor rounded = gradient();
  const auto dot = [](const torch::Tensor& a, const torch::Tensor& b) {
    return a.dot(b).item<double>();
  };
  EXPECT_GT(dot(exact, rounded), 0.9 * std::sqrt(dot(exact, exact) * dot(rounded, rounded)));
}

// In training mode, on the samples that its batch norms were set by.
TEST(Modules, UnfoldedWeightsSayWhatTheySaidFolded) {
  constexpr int kCount = 48;
  const CascadeSpec specs = DefaultCascadeSpec();
  Nets from = MakeSeasonedNets(specs);
  Nets to = MakeNets(specs);
  for (int stage = 0; stage < kStageCount; ++stage) {
    torch::NoGradGuard no_grad;
    std::vector<std::uint8_t> windows = RandomWindows(kCount, specs[stage].input_size);
    const torch::Tensor pixels = ToInput(windows, kCount, specs[stage].input_size);
    const torch::Tensor bridge = torch::rand({kCount, std::max(specs[stage].bridge, 1)});
    const torch::Tensor expected = from[stage]->forward(pixels, bridge).outputs;
    to[stage]->Unfold(from[stage]->Fold(), pixels, bridge);
    EXPECT_TRUE(to[stage]->is_training());
    EXPECT_TRUE(torch::allclose(to[stage]->forward(pixels, bridge).outputs, expected, 1e-3, 1e-3));
  }
}

// What no sample wakes begins anew, and changes nothing until it is trained.
TEST(Modules, UnfoldedChannelsThatSleepWakeUp) {
  constexpr int kCount = 48;
  constexpr int kStage = 1;
  const CascadeSpec specs = DefaultCascadeSpec();
  const NetworkSpec& spec = specs[kStage];
  torch::NoGradGuard no_grad;
  NetworkWeights weights = MakeSeasonedNets(specs)[kStage]->Fold();
  for (Tensor& biases : weights.convolution_biases) biases.values[1] = -1000;
  weights.hidden_bias.values[2] = -1000;
  std::vector<std::uint8_t> windows = RandomWindows(kCount, spec.input_size);
  const std::vector<std::uint8_t> bytes = windows;
  const torch::Tensor pixels = ToInput(windows, kCount, spec.input_size);
  const torch::Tensor bridge = torch::rand({kCount, spec.bridge});
  std::vector<float> expected(kCount * kOutputs);
  EngineWorkspace workspace;
  RunWindows(NetworkPlan(spec, weights), bytes.data(), kCount, bridge.data_ptr<float>(), workspace,
             expected.data(), nullptr);
  Net net(spec);
  // At least: a few of the random ones may sleep as well.
  EXPECT_GE(net->Unfold(weights, pixels, bridge), 4);
  const torch::Tensor outputs = net->forward(pixels, bridge).outputs.contiguous();
  const float* output = outputs.data_ptr<float>();
  for (const float value : expected) {
    ASSERT_NEAR(*output++, value, 2e-3F * std::max(1.0F, std::abs(value)));
  }
  const auto parameters = net->named_parameters();
  for (const char* norm : {"norm0", "norm1", "norm2"}) {
    EXPECT_EQ(parameters[std::string(norm) + ".weight"][1].item<float>(), 1) << norm;
    EXPECT_EQ(parameters[std::string(norm) + ".bias"][1].item<float>(), 0) << norm;
  }
  EXPECT_EQ(parameters["hidden_norm.bias"][2].item<float>(), 0);
  // What is awake above them ignores them.
  EXPECT_EQ(parameters["convolution1.weight"][0][1].abs().max().item<float>(), 0);
  EXPECT_EQ(parameters["output.weight"].select(1, 2).abs().max().item<float>(), 0);
}

TEST(Modules, AnEarlyExitIsNotTrainedAndLetsEverythingPassUntilItIsSet) {
  NetworkSpec spec = DefaultCascadeSpec()[0];
  spec.early_exit = true;
  Net net(spec);
  for (const auto& parameter : net->named_parameters()) {
    EXPECT_EQ(parameter.key().find("exit"), std::string::npos);
  }
  const NetworkWeights open = net->Fold();
  ASSERT_TRUE(CheckNetworkWeights(spec, open).ok());
  EXPECT_EQ(open.exit_weights.values, std::vector<float>(open.exit_weights.values.size(), 0.0F));
  EXPECT_EQ(open.exit_bias.values[0], 0);

  // The score of a window, by the module's inputs and by the engine's map of one position.
  net->eval();
  std::vector<std::uint8_t> window = RandomWindows(1, spec.input_size);
  const torch::Tensor inputs = net->ExitInputs(ToInput(window, 1, spec.input_size));
  const torch::Tensor weights = torch::rand({inputs.size(1)});
  const double score = torch::mv(inputs, weights).item<double>();
  EngineWorkspace workspace;
  ScoreMap map;
  for (const double margin : {-0.01, 0.01}) {
    net->SetExit(weights, margin - score);
    RunMap(NetworkPlan(spec, net->Fold()), window.data(), spec.input_size, spec.input_size,
           static_cast<std::ptrdiff_t>(spec.input_size) * kInputChannels, workspace, map);
    ASSERT_EQ(map.logits.size(), 1U);
    EXPECT_EQ(map.logits[0] == kLeftEarly, margin < 0);
  }
}

TEST(Modules, MixIsTheMeanOfWeightsAndOfBatchNorms) {
  torch::NoGradGuard no_grad;
  Nets first = MakeSeasonedNets(DefaultCascadeSpec());
  Nets second = MakeSeasonedNets(DefaultCascadeSpec());
  for (auto& parameter : second[2]->parameters()) parameter.add_(0.5);
  for (auto& buffer : second[2]->named_buffers()) {
    if (buffer.value().is_floating_point()) buffer.value().add_(0.25);
  }
  std::vector<torch::Tensor> expected;
  for (std::size_t i = 0; i < first[2]->parameters().size(); ++i) {
    expected.push_back(0.25 * first[2]->parameters()[i] + 0.75 * second[2]->parameters()[i]);
  }
  const torch::Tensor mean = first[2]->named_buffers()["norm0.running_mean"].clone();
  const torch::Tensor other = second[2]->named_buffers()["norm0.running_mean"];
  first[2]->Mix(*second[2], 0.25);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_TRUE(torch::allclose(first[2]->parameters()[i], expected[i])) << i;
  }
  EXPECT_TRUE(
      torch::allclose(first[2]->named_buffers()["norm0.running_mean"], 0.25 * mean + 0.75 * other));
}

// With these ranges the engine in fixed point says what the module says.
TEST(Modules, LargestOutputsAreTheRangesOfFixedPoint) {
  constexpr int kCount = 16;
  CascadeSpec specs = DefaultCascadeSpec();
  Nets nets = MakeSeasonedNets(specs);
  EngineWorkspace workspace;
  for (int stage = 0; stage < kStageCount; ++stage) {
    torch::NoGradGuard no_grad;
    nets[stage]->eval();
    NetworkSpec& spec = specs[stage];
    std::vector<std::uint8_t> windows = RandomWindows(kCount, spec.input_size);
    const torch::Tensor pixels = ToInput(windows, kCount, spec.input_size);
    const torch::Tensor bridge = torch::rand({kCount, std::max(spec.bridge, 1)});
    const torch::Tensor expected = nets[stage]->forward(pixels, bridge).outputs.contiguous();
    spec.fixed_point = 16;
    NetworkWeights weights = nets[stage]->Fold();
    weights.ranges = ToTensor(nets[stage]->LargestOutputs(pixels));
    ASSERT_TRUE(CheckNetworkWeights(spec, weights).ok());
    std::vector<float> outputs(kCount * kOutputs);
    RunWindows(NetworkPlan(spec, weights), windows.data(), kCount, bridge.data_ptr<float>(),
               workspace, outputs.data(), nullptr);
    const float* value = expected.data_ptr<float>();
    const float tolerance = 5e-3F * expected.abs().max().item<float>();
    for (const float output : outputs) ASSERT_NEAR(output, *value++, tolerance) << spec.name;
  }
}

TEST(Modules, EqualizedChannelsSayTheSame) {
  constexpr int kCount = 48;
  const CascadeSpec specs = DefaultCascadeSpec();
  Nets nets = MakeSeasonedNets(specs);
  torch::NoGradGuard no_grad;
  EngineWorkspace workspace;
  for (int stage = 1; stage < kStageCount; ++stage) {
    NetworkSpec spec = specs[stage];
    nets[stage]->eval();
    std::vector<std::uint8_t> windows = RandomWindows(kCount, spec.input_size);
    const std::vector<std::uint8_t> bytes = windows;
    const torch::Tensor pixels = ToInput(windows, kCount, spec.input_size);
    const std::vector<float> bridge(static_cast<std::size_t>(kCount) * spec.bridge, 0.5F);
    const auto outputs = [&](const NetworkWeights& weights) {
      std::vector<float> values(kCount * kOutputs);
      RunWindows(NetworkPlan(spec, weights), bytes.data(), kCount, bridge.data(), workspace,
                 values.data(), nullptr);
      return values;
    };
    const std::vector<float> expected = outputs(nets[stage]->Fold());
    BatchTensors samples;
    samples.pixels[stage] = pixels;
    const NetworkWeights weights = FoldForIntegers(nets[stage], stage, 8, {samples});
    EXPECT_EQ(weights.ranges.values[0], 1);
    for (const torch::Tensor& sizes : nets[stage]->UsualOutputs(pixels)) {
      const torch::Tensor awake = sizes.masked_select(sizes > 0);
      EXPECT_TRUE(torch::allclose(awake, torch::full_like(awake, 2.0 / 3), 1e-4, 1e-4))
          << spec.name;
    }
    float largest = 0;
    for (const float value : expected) largest = std::max(largest, std::abs(value));
    const std::vector<float> same = outputs(weights);
    spec.fixed_point = 8;
    const std::vector<float> near = outputs(weights);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(same[i], expected[i], 1e-4F * largest) << spec.name;
      ASSERT_NEAR(near[i], expected[i], 0.1F * largest) << spec.name;
    }
  }
}

TEST(Modules, HaveTheParametersThatTheDescriptionCounts) {
  for (const NetworkSpec& spec : DefaultCascadeSpec()) {
    Net net(spec);
    NetworkWeights weights = net->Fold();
    std::int64_t count = 0;
    for (const NamedTensor& tensor : NameTensors(spec, weights)) {
      count += static_cast<std::int64_t>(tensor.tensor->values.size());
    }
    EXPECT_EQ(count, ParameterCount(spec)) << spec.name;
  }
}

TEST(Modules, AllWeightsFitTwoMebibytes) {
  std::int64_t count = 0;
  for (const NetworkSpec& spec : DefaultCascadeSpec()) count += ParameterCount(spec);
  EXPECT_LE(count * static_cast<std::int64_t>(sizeof(float)), 2 << 20);
}

}  // namespace
}  // namespace facecascade::training
