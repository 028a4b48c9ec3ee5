// Several processes, on one machine or many, that train one model together by LibTorch's c10d with
// Gloo.
//
// All of them hold the same nets. Each makes its own batches; after every backward pass gradients
// are averaged, so that a step is one of a batch as large as all of theirs together. The first
// (rank 0) alone measures, mines and writes; what it has, the others are sent.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "facecascade/result.h"

namespace facecascade::training {

struct GlooConnection;  // training/gloo.h

/// Where the processes meet, and which of them this is.
struct GroupPlace {
  std::string address;
  int port = 0;
  int rank = 0;
  int size = 1;
};

/// From MASTER_ADDR, MASTER_PORT, RANK and WORLD_SIZE, as torchrun, Slurm and Kubernetes set them.
/// An error names the variable that is missing or wrong.
Result<GroupPlace> ReadGroupEnvironment();

/// A group of processes in which each calls the same functions in the same order. One thread at a
/// time. Where a process is lost the others' calls give an error that says so, after at most
/// two hours where the system does not notice before.
class Group {
 public:
  /// Waits until all have come, ten minutes at most. Which network to use is found by the
  /// machine's name, or by GLOO_SOCKET_IFNAME.
  static Result<std::shared_ptr<Group>> Join(const GroupPlace& place);
  ~Group();
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  int rank() const { return place_.rank; }
  int size() const { return place_.size; }
  bool leads() const { return place_.rank == 0; }

  /// Every gradient becomes the mean of all processes'; one that is undefined counts as zeros.
  /// Gives whether any of them said `flag`.
  Result<bool> AverageGradients(const std::vector<torch::Tensor>& parameters, bool flag);

  /// The parameters and buffers of the first process to all.
  Status ShareModule(torch::nn::Module& module);

  /// Bytes of the first process to all; nothing stays nothing.
  Result<std::optional<std::string>> ShareBytes(const std::optional<std::string>& bytes);

 private:
  explicit Group(const GroupPlace& place);
  Status SendTensor(torch::Tensor& tensor);
  Error Lost(const std::string& reason) const;

  GroupPlace place_;
  std::shared_ptr<GlooConnection> connection_;
};

/// The content of the first process's file, if there is one; without a group that of this one's.
Result<std::optional<std::string>> ReadSharedFile(Group* group, const std::string& path);

}  // namespace facecascade::training
