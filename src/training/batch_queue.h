// Batches made ahead on another thread, so that the training does not wait for them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>

#include "training/sampler.h"

namespace facecascade::training {

/// Yields the sampler's batches from `first_step` on, in order. Keeps a few ahead.
class BatchQueue {
 public:
  BatchQueue(const Sampler& sampler, std::uint64_t first_step);
  ~BatchQueue();
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;

  Batch Next();

 private:
  void Produce(std::uint64_t step);

  const Sampler& sampler_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> ready_;
  bool stop_ = false;
  std::jthread producer_;
};

}  // namespace facecascade::training
