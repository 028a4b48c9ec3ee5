// One of several processes that average their gradients, for distributed_test.
//
// Usage: gradient_process OUTPUT     with MASTER_ADDR, MASTER_PORT, RANK and WORLD_SIZE set
//
// Takes its part of the batch that MakeGradientBatch makes, and writes the averaged gradients to
// OUTPUT. Says in its exit status whether one of the processes raised its flag: 0 or 3.
#include <cstdio>
#include <vector>

#include "gradient_batch.h"
#include "training/distributed.h"

int main(int argument_count, char** arguments) {
  using namespace facecascade::training;
  if (argument_count != 2) return 2;
  const auto place = ReadGroupEnvironment();
  if (!place.ok()) {
    std::printf("%s\n", place.error().message.c_str());
    return 1;
  }
  const auto group = Group::Join(place.value());
  if (!group.ok()) {
    std::printf("%s\n", group.error().message.c_str());
    return 1;
  }
  GradientBatch batch = MakeGradientBatch();
  const std::int64_t part = batch.pixels.size(0) / group.value()->size();
  const std::int64_t begin = part * group.value()->rank();
  BackwardOnRows(batch, begin, part);
  const auto parameters = batch.net->parameters();
  const auto flagged =
      group.value()->AverageGradients(parameters, /*flag=*/group.value()->rank() == 1);
  const auto shared = group.value()->ShareBytes(
      group.value()->leads() ? std::optional<std::string>("from the first") : std::nullopt);
  if (!flagged.ok() || !shared.ok() || shared.value() != "from the first") return 1;
  torch::save(Gradients(batch), arguments[1]);
  return flagged.value() ? 3 : 0;
}
