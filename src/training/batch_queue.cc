#include "training/batch_queue.h"

#include <cstddef>
#include <utility>

namespace facecascade::training {
namespace {

constexpr std::size_t kAhead = 8;

}  // namespace

BatchQueue::BatchQueue(const Sampler& sampler, std::uint64_t first_step)
    : sampler_(sampler), producer_([this, first_step] { Produce(first_step); }) {}

BatchQueue::~BatchQueue() {
  const std::scoped_lock lock(mutex_);
  stop_ = true;
  changed_.notify_all();
}

Batch BatchQueue::Next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !ready_.empty(); });
  Batch batch = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
  return batch;
}

void BatchQueue::Produce(std::uint64_t step) {
  for (;; ++step) {
    Batch batch = sampler_.MakeBatch(step);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stop_ || ready_.size() < kAhead; });
    if (stop_) return;
    ready_.push_back(std::move(batch));
    changed_.notify_all();
  }
}

}  // namespace facecascade::training
