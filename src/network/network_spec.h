// What a net is made of, as data. The LibTorch module, the engine's plan and the model file are
// all made from this description; no other place knows a layer's shape.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "facecascade/face.h"
#include "facecascade/result.h"

namespace facecascade {

/// Channels of a pixel as the nets see it: red, green, blue.
inline constexpr int kInputChannels = 3;

/// A pixel 0 … 255 enters a net as (pixel − kPixelMean) · kPixelScale.
inline constexpr float kPixelMean = 127.5F;
inline constexpr float kPixelScale = 1.0F / 128.0F;

/// Every net's outputs, in this order, from one linear layer on its features. The face's
/// probability is the softmax of the first two: 1 / (1 + exp(output[0] − output[1])).
inline constexpr int kClassOutputs = 2;  // background, face
inline constexpr int kBoxOutputs = 4;
inline constexpr int kLandmarkOutputs = 2 * static_cast<int>(kLandmarkCount);
inline constexpr int kOutputs = kClassOutputs + kBoxOutputs + kLandmarkOutputs;
inline constexpr int kBoxOutputsBegin = kClassOutputs;
inline constexpr int kLandmarkOutputsBegin = kClassOutputs + kBoxOutputs;

/// A convolution without padding, then ReLU. (Trained with batch norm between them, which is
/// folded into weights and bias at export.)
struct ConvolutionSpec {
  int kernel = 3;
  int stride = 1;
  int channels = 0;
  friend bool operator==(const ConvolutionSpec&, const ConvolutionSpec&) = default;
};

/// A net: convolutions down to `final_size`², then optionally a fully connected layer with ReLU
/// (`hidden` > 0) over the flattened map (channel, row, column: as LibTorch flattens) followed by
/// `bridge` features of the net below it in the cascade, then the linear output layer.
///
/// The net's *features* are the input of its output layer: what a bridge hands up.
/// Without a hidden layer the last convolution's map must be 1×1 for an input of `input_size`²,
/// and the net can be run fully convolutionally over a photo.
///
/// With an early exit, a linear score of what the first of the convolutions with a 1×1 map reads
/// (`ExitConvolution`) decides whether a position of a photo is worth that convolution and all
/// behind it: below 0 it is none. Single windows are never left so.
///
/// In fixed point the weights hold how large each convolution's outputs become.
struct NetworkSpec {
  std::string name;    ///< "12net", "24net", "48net"
  int input_size = 0;  ///< side of the window in pixels
  std::vector<ConvolutionSpec> convolutions;
  int hidden = 0;  ///< width of the fully connected layer; 0: none
  int bridge = 0;  ///< features taken over from the net below; 0: no bridge
  bool early_exit = false;
  int fixed_point = 0;  ///< bits of the integers that convolutions may be computed with: 16, 8 or
                        ///< 7 (where `hidden` is 0, the first one's weights have 16), or 0 for
                        ///< floats
  friend bool operator==(const NetworkSpec&, const NetworkSpec&) = default;
};

/// Side of the map that convolution `index` yields for a window.
int MapSize(const NetworkSpec& spec, std::size_t index);

/// The first convolution whose map for a window is 1×1: where an early exit stands, and with a last
/// map of 1×1 there is one.
std::size_t ExitConvolution(const NetworkSpec& spec);

/// Width of the features.
int FeatureCount(const NetworkSpec& spec);

/// Inputs of the hidden layer: the last map, flattened, and the bridge.
int HiddenInputs(const NetworkSpec& spec);

/// Weights and biases together, after folding.
std::int64_t ParameterCount(const NetworkSpec& spec);

/// Multiplications for one window.
std::int64_t MultiplicationCount(const NetworkSpec& spec);

/// Multiplications of a net without hidden layer over a whole picture: every layer's map, and the
/// face's log odds at every position; of one with an early exit those that it never spares.
std::int64_t MapMultiplicationCount(const NetworkSpec& spec, int width, int height);

/// Distance in input pixels between neighbouring windows of a fully convolutional pass.
int TotalStride(const NetworkSpec& spec);

/// Whether integers of so many bits (NetworkSpec::fixed_point) are held as bytes.
inline constexpr bool FitBytes(int bits) { return bits == 7 || bits == 8; }

/// Whether there is fixed point of so many bits.
inline constexpr bool IsFixedPoint(int bits) { return FitBytes(bits) || bits == 16; }

/// An error that names the net and the field where a net cannot be built so.
Status CheckNetworkSpec(const NetworkSpec& spec);

/// A float array with a shape, row-major, last dimension fastest.
struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

/// Weights of a net after folding. Shapes: convolution {channels, input channels, kernel, kernel},
/// hidden {hidden, HiddenInputs}, output {kOutputs, FeatureCount}, exit {1, input channels, kernel,
/// kernel} of its convolution; biases {first dimension}; ranges {convolutions}.
struct NetworkWeights {
  std::vector<Tensor> convolution_weights;
  std::vector<Tensor> convolution_biases;
  Tensor hidden_weights;  // empty where there is no hidden layer
  Tensor hidden_bias;
  Tensor exit_weights;  // empty where there is no early exit
  Tensor exit_bias;
  Tensor ranges;  ///< largest output of each convolution on many windows; empty without fixed point
  Tensor output_weights;
  Tensor output_bias;
};

/// An error that names the tensor whose shape does not fit, or that holds a number not finite.
Status CheckNetworkWeights(const NetworkSpec& spec, const NetworkWeights& weights);

/// A weight tensor's name in files with its place in `weights`, in a fixed order:
/// "12net.convolution0.weight", "12net.convolution0.bias", …, "12net.output.bias".
struct NamedTensor {
  std::string name;
  Tensor* tensor;
};
std::vector<NamedTensor> NameTensors(const NetworkSpec& spec, NetworkWeights& weights);

/// The three nets from low to high.
inline constexpr int kStageCount = 3;
using CascadeSpec = std::array<NetworkSpec, kStageCount>;

/// The cascade that is trained unless a configuration says otherwise.
CascadeSpec DefaultCascadeSpec();

}  // namespace facecascade
