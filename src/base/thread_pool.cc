#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace facecascade {
namespace {

// How long a thread looks out for what it waits for before it sleeps: a photo's stages follow each
// other sooner than a thread awakes.
constexpr std::chrono::microseconds kLookOut{50};

template <typename Condition>
void LookOutFor(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + kLookOut;
  while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
}

// One call of ParallelFor. Lives on the caller's stack, which stays until no helper is left in it.
struct Job {
  Job(ParallelBody work, int indices, int helpers)
      : body(work), count(indices), open_seats(helpers) {}

  // Works until no index is left.
  void Run(int worker) {
    for (int i = next.fetch_add(1); i < count; i = next.fetch_add(1)) body(i, worker);
  }

  const ParallelBody body;
  const int count;
  std::atomic<int> next = 0;

  // Guarded by the pool's mutex.
  int open_seats;               // helpers that may still join
  int seated = 0;               // helpers that have ever joined: gives each its worker number
  std::atomic<int> active = 0;  // helpers at work; may be read without the mutex
  std::condition_variable idle;
};

class ThreadPool {
 public:
  ThreadPool() = default;
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void Run(Job& job) {
    const int helpers = job.open_seats;
    {
      const std::lock_guard lock(mutex_);
      StartThreads(helpers);
      jobs_.push_back(&job);
      ++posted_;
    }
    for (int i = 0; i < helpers; ++i) wake_.notify_one();
    job.Run(0);
    std::unique_lock lock(mutex_);
    jobs_.erase(std::remove(jobs_.begin(), jobs_.end(), &job), jobs_.end());
    lock.unlock();
    LookOutFor([&] { return job.active == 0; });
    lock.lock();
    job.idle.wait(lock, [&] { return job.active == 0; });
  }

 private:
  // The system may refuse a thread; those there are do the work.
  void StartThreads(int count) {
    try {
      while (static_cast<int>(threads_.size()) < count) {
        threads_.emplace_back([this] { Help(); });
      }
    } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch)
    }
  }

  Job* OpenJob() {
    for (Job* job : jobs_) {
      if (job->open_seats > 0) return job;
    }
    return nullptr;
  }

  void Help() {
    std::unique_lock lock(mutex_);
    while (true) {
      const int posted = posted_;
      Job* job = OpenJob();
      if (job == nullptr) {
        lock.unlock();
        LookOutFor([&] { return posted_ != posted; });
        lock.lock();
      }
      wake_.wait(lock, [&] { return stopping_ || (job = OpenJob()) != nullptr; });
      if (stopping_) return;
      --job->open_seats;
      ++job->active;
      const int worker = ++job->seated;
      lock.unlock();
      job->Run(worker);
      lock.lock();
      if (--job->active == 0) job->idle.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job*> jobs_;
  std::atomic<int> posted_ = 0;  // jobs so far; may be read without the mutex
  std::vector<std::thread> threads_;
  bool stopping_ = false;
};

ThreadPool& SharedPool() {
  static ThreadPool pool;
  return pool;
}

}  // namespace

void ParallelFor(int count, int threads, ParallelBody body) {
  const int workers = std::min({count, threads, kMostThreads});
  if (workers <= 1) {
    for (int i = 0; i < count; ++i) body(i, 0);
    return;
  }
  Job job(body, count, workers - 1);
  SharedPool().Run(job);
}

int ResolveThreads(int threads) {
  if (threads > 0) return std::min(threads, kMostThreads);
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMostThreads);
}

}  // namespace facecascade
