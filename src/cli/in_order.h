// Work on many things at once whose results are taken in order.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace facecascade::cli {

/// Calls produce(index, worker) for 0 … count − 1 on `workers` threads, and consume(index, result)
/// in the order of the indices on the calling thread. At most 2 · workers results are under way or
/// wait, so that memory stays bounded. Where consume gives false, no more is begun and the function
/// returns. Neither may throw.
template <typename Produce, typename Consume>
void ProcessInOrder(std::size_t count, int workers, const Produce& produce,
                    const Consume& consume) {
  using Product = decltype(produce(std::size_t{0}, 0));
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::size_t, Product> finished;
  std::size_t begun = 0;
  std::size_t consumed = 0;
  bool stopped = false;
  const std::size_t most_ahead = 2 * static_cast<std::size_t>(workers);

  const auto work = [&](int worker) {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return stopped || begun < consumed + most_ahead; });
      if (stopped || begun == count) return;
      const std::size_t index = begun++;
      lock.unlock();
      Product product = produce(index, worker);
      lock.lock();
      finished.emplace(index, std::move(product));
      changed.notify_all();
    }
  };
  std::vector<std::jthread> threads;
  for (int worker = 0; worker < workers; ++worker) threads.emplace_back(work, worker);

  std::unique_lock lock(mutex);
  while (consumed < count && !stopped) {
    changed.wait(lock, [&] { return finished.contains(consumed); });
    auto product = finished.extract(consumed);
    lock.unlock();
    const bool goes_on = consume(consumed, std::move(product.mapped()));
    lock.lock();
    ++consumed;
    stopped = !goes_on;
    changed.notify_all();
  }
  stopped = true;
  changed.notify_all();
}

}  // namespace facecascade::cli
