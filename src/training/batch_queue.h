// Batches made ahead on other threads, so that the training does not wait for them.
#pragma once

#include <torch/torch.h>

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "training/sampler.h"

namespace facecascade::training {

/// How many threads make batches: the cores that LibTorch's threads leave, which work on a CPU and
/// wait for a GPU. At least 1.
int ProducerCount(torch::Device device, int threads);

/// Yields the sampler's batches from `first_step` on, in order, whatever the number of threads that
/// make them. Keeps a few ahead.
class BatchQueue {
 public:
  BatchQueue(const Sampler& sampler, std::uint64_t first_step, int producers = 1);
  ~BatchQueue();
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;

  /// To be called on one thread.
  Batch Next();

 private:
  void Produce();

  const Sampler& sampler_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, Batch> ready_;  // by step
  std::uint64_t taken_;                   // the next step to be yielded
  std::uint64_t begun_;                   // the next step to be made
  std::uint64_t ahead_;
  bool stop_ = false;
  std::vector<std::jthread> producers_;
};

}  // namespace facecascade::training
