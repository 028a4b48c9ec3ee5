#include "training/checkpoint.h"

#include <exception>
#include <functional>

#include "dataset/text_reader.h"
#include "training/files.h"

namespace facecascade::training {
namespace {

// LibTorch throws; inside this room errors are values.
Status Guarded(const std::string& path, const char* what, const std::function<void()>& action) {
  try {
    action();
    return Ok();
  } catch (const std::exception& exception) {
    std::string reason = exception.what();
    reason = reason.substr(0, reason.find('\n'));
    return Error{path + ": " + what + ": " + reason};
  }
}

template <typename Part>
void Write(torch::serialize::OutputArchive& archive, const char* name, const Part& part) {
  torch::serialize::OutputArchive child;
  part.save(child);
  archive.write(name, child);
}

template <typename Part>
void Read(torch::serialize::InputArchive& archive, const char* name, Part& part) {
  torch::serialize::InputArchive child;
  archive.read(name, child);
  part.load(child);
}

// The archive of `bytes` on the module's device, wherever it was written.
torch::serialize::InputArchive OpenArchive(const std::string& bytes, torch::nn::Module& module) {
  torch::serialize::InputArchive archive;
  archive.load_from(bytes.data(), bytes.size(), module.parameters().front().device());
  return archive;
}

}  // namespace

Status SaveCheckpoint(const std::string& path, const torch::nn::Module& net,
                      const torch::nn::Module& average, const torch::optim::Optimizer& optimizer,
                      const CheckpointState& state) {
  return WriteWhole(path, [&](const std::string& temporary) {
    return Guarded(path, "cannot be written", [&] {
      torch::serialize::OutputArchive archive;
      Write(archive, "net", net);
      Write(archive, "average", average);
      Write(archive, "optimizer", optimizer);
      archive.write("steps", torch::tensor({state.step, state.summed}, torch::kInt64));
      archive.write("numbers", torch::tensor({state.seconds, state.sums[0], state.sums[1],
                                              state.sums[2], state.sums[3]},
                                             torch::kFloat64));
      archive.save_to(temporary);
    });
  });
}

Status LoadCheckpoint(const std::string& path, torch::nn::Module& net, torch::nn::Module& average,
                      torch::optim::Optimizer& optimizer, CheckpointState& state) {
  const Result<std::string> bytes = ReadWholeFile(path);
  if (!bytes.ok()) return bytes.error();
  return ParseCheckpoint(bytes.value(), path, net, average, optimizer, state);
}

Status ParseCheckpoint(const std::string& bytes, const std::string& path, torch::nn::Module& net,
                       torch::nn::Module& average, torch::optim::Optimizer& optimizer,
                       CheckpointState& state) {
  return Guarded(path, "is no checkpoint of this training", [&] {
    torch::serialize::InputArchive archive = OpenArchive(bytes, net);
    Read(archive, "net", net);
    Read(archive, "average", average);
    Read(archive, "optimizer", optimizer);
    torch::Tensor steps;
    torch::Tensor numbers;
    archive.read("steps", steps);
    archive.read("numbers", numbers);
    state.step = steps[0].item<std::int64_t>();
    state.summed = steps[1].item<std::int64_t>();
    state.seconds = numbers[0].item<double>();
    for (std::size_t i = 0; i < state.sums.size(); ++i) {
      state.sums[i] = numbers[static_cast<std::int64_t>(i) + 1].item<double>();
    }
  });
}

Status SaveNet(const std::string& path, const torch::nn::Module& net) {
  return WriteWhole(path, [&](const std::string& temporary) {
    return Guarded(path, "cannot be written", [&] {
      torch::serialize::OutputArchive archive;
      net.save(archive);
      archive.save_to(temporary);
    });
  });
}

Status LoadNet(const std::string& path, torch::nn::Module& net) {
  const Result<std::string> bytes = ReadWholeFile(path);
  if (!bytes.ok()) return bytes.error();
  return ParseNet(bytes.value(), path, net);
}

Status ParseNet(const std::string& bytes, const std::string& path, torch::nn::Module& net) {
  return Guarded(path, "is no net of this training", [&] {
    torch::serialize::InputArchive archive = OpenArchive(bytes, net);
    net.load(archive);
  });
}

}  // namespace facecascade::training
