#include "training/batch_queue.h"

#include <algorithm>
#include <utility>

namespace facecascade::training {
namespace {

constexpr int kAhead = 8;
constexpr int kMostProducers = 16;

}  // namespace

int ProducerCount(torch::Device device, int threads) {
  const int busy = device.is_cpu() ? threads : 1;
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(cores - busy, 1, kMostProducers);
}

BatchQueue::BatchQueue(const Sampler& sampler, std::uint64_t first_step, int producers)
    : sampler_(sampler),
      taken_(first_step),
      begun_(first_step),
      ahead_(static_cast<std::uint64_t>(std::max(kAhead, 2 * producers))) {
  for (int i = 0; i < producers; ++i) producers_.emplace_back([this] { Produce(); });
}

BatchQueue::~BatchQueue() {
  const std::scoped_lock lock(mutex_);
  stop_ = true;
  changed_.notify_all();
}

Batch BatchQueue::Next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ready_.contains(taken_); });
  Batch batch = std::move(ready_.extract(taken_++).mapped());
  changed_.notify_all();
  return batch;
}

void BatchQueue::Produce() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || begun_ < taken_ + ahead_; });
    if (stop_) return;
    const std::uint64_t step = begun_++;
    lock.unlock();
    Batch batch = sampler_.MakeBatch(step);
    lock.lock();
    ready_.emplace(step, std::move(batch));
    changed_.notify_all();
  }
}

}  // namespace facecascade::training
