#include "training/adapt_bridge.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace facecascade::training {

bool AdaptBridge(const NetworkSpec& to, NetworkSpec from, NetworkWeights& weights) {
  const int own = HiddenInputs(from) - from.bridge;
  const bool same_bridge = to.bridge == from.bridge;
  from.bridge = to.bridge;
  from.early_exit = to.early_exit;
  from.fixed_point = to.fixed_point;
  if (from != to) return false;
  if (same_bridge || to.hidden == 0) return true;
  Tensor hidden = {{to.hidden, HiddenInputs(to)}, {}};
  hidden.values.resize(static_cast<std::size_t>(to.hidden) * HiddenInputs(to));
  const std::ptrdiff_t width = weights.hidden_weights.shape[1];
  for (int i = 0; i < to.hidden; ++i) {
    std::copy_n(weights.hidden_weights.values.begin() + i * width, own,
                hidden.values.begin() + static_cast<std::ptrdiff_t>(i) * HiddenInputs(to));
  }
  weights.hidden_weights = std::move(hidden);
  return true;
}

}  // namespace facecascade::training
