// The nets as LibTorch modules, made from NetworkSpec, and their way back into plain weights.
#pragma once

#include <torch/torch.h>

#include <array>
#include <vector>

#include "detector/cascade.h"
#include "facecascade/result.h"
#include "network/network_spec.h"

namespace facecascade::training {

/// A tensor's shape and numbers.
Tensor ToTensor(const torch::Tensor& tensor);

/// A net as it is trained: batch norm after every convolution and after the hidden layer.
class NetImpl : public torch::nn::Module {
 public:
  explicit NetImpl(const NetworkSpec& spec);

  struct Seen {
    torch::Tensor outputs;   ///< {samples, kOutputs}
    torch::Tensor features;  ///< {samples, FeatureCount}
  };

  /// `pixels`: {samples, 3, size, size}, normalised; `bridge`: {samples, spec.bridge}, or undefined
  /// where the net has no bridge.
  Seen forward(const torch::Tensor& pixels, const torch::Tensor& bridge);

  const NetworkSpec& spec() const { return spec_; }

  /// What the early exit reads: the inputs of its convolution, flattened (channel, row, column) for
  /// each of the samples `pixels`.
  torch::Tensor ExitInputs(const torch::Tensor& pixels);

  /// Sets the early exit's score, `weights` {exit inputs} times those inputs plus `bias`. Until
  /// then every position goes on.
  void SetExit(const torch::Tensor& weights, double bias);

  /// The largest output of each convolution, after ReLU, on samples: {convolutions}.
  torch::Tensor LargestOutputs(const torch::Tensor& pixels);

  /// Of each convolution but the last, what all but a thousandth of each channel's outputs above 0
  /// stay below on samples: {channels}.
  std::vector<torch::Tensor> UsualOutputs(const torch::Tensor& pixels);

  /// Divides the outputs of each convolution but the last by `sizes`, {channels} each (0: stays),
  /// and multiplies the weights that read them, so that the net says the same.
  void ScaleChannels(const std::vector<torch::Tensor>& sizes);

  /// From now on weights and inputs of the convolutions and of the hidden layer are rounded as the
  /// engine's integers of so many bits are (NetworkSpec::fixed_point) where all ranges are 1;
  /// gradients pass as if they were not. Batch norm must be in evaluation.
  void RoundTo(int bits) { spec_.fixed_point = bits; }
  bool rounded() const { return spec_.fixed_point > 0; }

  /// Weights with batch norm folded into them. Where the net is rounded, those of its integers'
  /// layers are the numbers that the integers stand for, and ranges come with them.
  NetworkWeights Fold();

  /// Takes over weights as Fold gives them, so that the net in training says what they say: each
  /// batch norm gets the gain and the bias that undo its normalisation on these samples (`pixels`
  /// and `bridge` as forward takes them). Channels and hidden units that none of the samples wakes
  /// would never learn again: they keep the random weights of a net that begins, and the layer
  /// above has weights of 0 for them. Returns how many these are. The net, which has not been
  /// trained yet, is left in training mode.
  int Unfold(const NetworkWeights& weights, const torch::Tensor& pixels,
             const torch::Tensor& bridge);

  /// Makes all weights `share` · its own + (1 − share) · those of `other`, a net of the same
  /// layers.
  void Mix(NetImpl& other, double share);

  /// Copies the convolutions (with their batch norms) of another net of the same convolutions:
  /// the second step of the paper's alternating training.
  void CopyConvolutions(NetImpl& other);

  /// Copies all of a net that differs from this one in having no bridge. The weights of the
  /// bridge's features become 0, so that both nets say the same until they are trained on.
  void CopyWithoutBridge(NetImpl& other);

 private:
  torch::Tensor Convolve(std::size_t i, const torch::Tensor& map);
  torch::Tensor ConvolveRounded(std::size_t i, const torch::Tensor& map);
  // `features`: of the last map and of the bridge.
  torch::Tensor MultiplyRounded(const torch::Tensor& features);

  NetworkSpec spec_;
  std::vector<torch::nn::Conv2d> convolutions_;
  std::vector<torch::nn::BatchNorm2d> norms_;
  torch::nn::Linear hidden_{nullptr};
  torch::nn::BatchNorm1d hidden_norm_{nullptr};
  torch::nn::Linear output_{nullptr};
  torch::Tensor exit_weight_;  // not trained with the net: buffers
  torch::Tensor exit_bias_;
};
TORCH_MODULE(Net);

/// The three nets with their bridges: one graph, through which a loss at the 48net reaches the
/// 12net's first convolution.
using Nets = std::array<Net, kStageCount>;

Nets MakeNets(const CascadeSpec& specs);

/// The lowest `stages` of these nets as a detector runs them.
Result<Cascade> FoldCascade(Nets& nets, int stages);

/// Runs net `stage` on windows given at the input sizes of all nets up to it, lower nets first
/// where bridges ask for their features.
NetImpl::Seen RunBridged(Nets& nets, const std::array<torch::Tensor, kStageCount>& pixels,
                         int stage);

/// {samples, size, size, 3} bytes to a net's input.
torch::Tensor NormalisePixels(const torch::Tensor& bytes);

}  // namespace facecascade::training
