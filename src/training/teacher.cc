#include "training/teacher.h"

#include "training/checkpoint.h"
#include "training/config.h"

namespace facecascade::training {

Result<Nets> LoadTeacher(const std::string& folder, torch::Device device) {
  const Result<TrainingConfig> config = ReadTrainingConfig(folder + "/config.toml");
  if (!config.ok()) return config.error();
  Nets nets = MakeNets(config.value().networks);
  for (Net& net : nets) {
    const Status status = LoadNet(folder + "/" + net->spec().name + ".net", *net);
    if (!status.ok()) return status.error();
    net->to(device);
    net->eval();
  }
  return nets;
}

}  // namespace facecascade::training
