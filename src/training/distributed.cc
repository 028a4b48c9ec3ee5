#include "training/distributed.h"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string_view>

#include "dataset/text_reader.h"
#include "training/gloo.h"

namespace facecascade::training {
namespace {

Result<std::string> Variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') {
    return Error{std::string("--distributed: the environment variable ") + name +
                 " is not set; torchrun, Slurm and Kubernetes set it, or you by hand"};
  }
  return std::string(value);
}

Result<int> NumberVariable(const char* name, int low, int high) {
  const Result<std::string> text = Variable(name);
  if (!text.ok()) return text.error();
  int number = 0;
  const char* end = text.value().data() + text.value().size();
  const auto [rest, problem] = std::from_chars(text.value().data(), end, number);
  if (problem != std::errc() || rest != end || number < low || number > high) {
    return Error{std::string("--distributed: the environment variable ") + name + " is '" +
                 text.value() + "', expected a number from " + std::to_string(low) + " to " +
                 std::to_string(high)};
  }
  return number;
}

std::string FirstLine(const std::exception& exception) {
  const std::string text = exception.what();
  return text.substr(0, text.find('\n'));
}

}  // namespace

Result<GroupPlace> ReadGroupEnvironment() {
  constexpr int kMostProcesses = 4096;
  GroupPlace place;
  const Result<std::string> address = Variable("MASTER_ADDR");
  if (!address.ok()) return address.error();
  const Result<int> port = NumberVariable("MASTER_PORT", 1, 65535);
  if (!port.ok()) return port.error();
  const Result<int> size = NumberVariable("WORLD_SIZE", 1, kMostProcesses);
  if (!size.ok()) return size.error();
  const Result<int> rank = NumberVariable("RANK", 0, size.value() - 1);
  if (!rank.ok()) return rank.error();
  return GroupPlace{address.value(), port.value(), rank.value(), size.value()};
}

Group::Group(const GroupPlace& place) : place_(place) {}

Group::~Group() = default;

Result<std::shared_ptr<Group>> Group::Join(const GroupPlace& place) {
  std::shared_ptr<Group> group(new Group(place));
  try {
    group->connection_ = ConnectByGloo(place);
  } catch (const std::exception& exception) {
    return Error{"process " + std::to_string(place.rank) + " of " + std::to_string(place.size) +
                 " does not come together with the others at " + place.address + ":" +
                 std::to_string(place.port) + ": " + FirstLine(exception)};
  }
  return group;
}

Error Group::Lost(const std::string& reason) const {
  return Error{"process " + std::to_string(place_.rank) + " of " + std::to_string(place_.size) +
               ": another process of this training has ended or cannot be reached (" + reason +
               "); start all of them again, they go on from the last checkpoint"};
}

Result<bool> Group::AverageGradients(const std::vector<torch::Tensor>& parameters, bool flag) {
  torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> parts;
  for (const torch::Tensor& parameter : parameters) {
    const torch::Tensor& gradient = parameter.grad();
    parts.push_back(gradient.defined() ? gradient.reshape({-1}).to(torch::kCPU)
                                       : torch::zeros({parameter.numel()}, parameter.dtype()));
  }
  parts.push_back(torch::full({1}, flag ? 1.0 : 0.0, torch::kFloat32));
  std::vector<torch::Tensor> all = {torch::cat(parts)};
  try {
    SumByGloo(*connection_, all);
  } catch (const std::exception& exception) {
    return Lost(FirstLine(exception));
  }
  const torch::Tensor mean = all[0] / place_.size;
  std::int64_t begin = 0;
  for (const torch::Tensor& parameter : parameters) {
    const torch::Tensor part = mean.narrow(0, begin, parameter.numel()).view(parameter.sizes());
    begin += parameter.numel();
    if (parameter.grad().defined()) {
      parameter.mutable_grad().copy_(part);
    } else {
      parameter.mutable_grad() = part.to(parameter.device()).clone();
    }
  }
  return mean[begin].item<float>() > 0;
}

Status Group::SendTensor(torch::Tensor& tensor) {
  std::vector<torch::Tensor> sent = {tensor};
  try {
    SendByGloo(*connection_, sent);
  } catch (const std::exception& exception) {
    return Lost(FirstLine(exception));
  }
  return Ok();
}

Status Group::ShareModule(torch::nn::Module& module) {
  torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> tensors = module.parameters();
  for (const torch::Tensor& buffer : module.buffers()) tensors.push_back(buffer);
  for (torch::Tensor& tensor : tensors) {
    torch::Tensor copy = tensor.to(torch::kCPU).contiguous();
    const Status status = SendTensor(copy);
    if (!status.ok()) return status;
    tensor.copy_(copy);
  }
  return Ok();
}

Result<std::optional<std::string>> Group::ShareBytes(const std::optional<std::string>& bytes) {
  torch::Tensor length =
      torch::full({1}, bytes ? static_cast<std::int64_t>(bytes->size()) : -1, torch::kInt64);
  Status status = SendTensor(length);
  if (!status.ok()) return status.error();
  const auto count = length.item<std::int64_t>();
  if (count < 0) return std::optional<std::string>();
  torch::Tensor content = torch::empty({count}, torch::kUInt8);
  if (leads()) std::memcpy(content.data_ptr(), bytes->data(), bytes->size());
  if (count > 0) status = SendTensor(content);
  if (!status.ok()) return status.error();
  return std::optional<std::string>(std::in_place, static_cast<const char*>(content.data_ptr()),
                                    static_cast<std::size_t>(count));
}

Result<std::optional<std::string>> ReadSharedFile(Group* group, const std::string& path) {
  std::optional<std::string> bytes;
  if ((group == nullptr || group->leads()) && std::filesystem::exists(path)) {
    Result<std::string> read = ReadWholeFile(path);
    if (!read.ok()) return read.error();
    bytes = std::move(read.value());
  }
  if (group == nullptr) return bytes;
  return group->ShareBytes(bytes);
}

}  // namespace facecascade::training
