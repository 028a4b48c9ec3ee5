#include <stdexcept>

#include "training/gloo.h"

namespace facecascade::training {

struct GlooConnection {};

std::shared_ptr<GlooConnection> ConnectByGloo(const GroupPlace&) {
  throw std::runtime_error("this program was built without the headers of Gloo");
}

void SumByGloo(GlooConnection&, std::vector<torch::Tensor>&) {}

void SendByGloo(GlooConnection&, std::vector<torch::Tensor>&) {}

}  // namespace facecascade::training
