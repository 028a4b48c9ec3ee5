// Threads that wait for work, shared by all callers of the process.
#pragma once

#include <memory>
#include <type_traits>

namespace facecascade {

/// Threads a ParallelFor may use at most.
inline constexpr int kMostThreads = 256;

/// Refers to a callable(int index, int worker) that outlives the reference; allocates nothing.
class ParallelBody {
 public:
  template <typename Function>
  // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): the condition keeps copies out
  requires(!std::is_same_v<std::remove_cvref_t<Function>, ParallelBody>) ParallelBody(
      Function&& function)  // NOLINT: implicit on purpose, lambdas are passed as they are
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(function)))),
        call_([](void* object, int index, int worker) {
          (*static_cast<std::remove_reference_t<Function>*>(object))(index, worker);
        }) {}

  void operator()(int index, int worker) const { call_(object_, index, worker); }

 private:
  void* object_;
  void (*call_)(void*, int, int);
};

/// Calls body(index, worker) once for every index in 0 … count − 1, on the calling thread and up to
/// `threads` − 1 others, and returns when all calls have returned. `worker` lies in 0 … threads − 1
/// and no two calls run at once with the same one, so it may choose the call's memory. Which worker
/// gets which index is not determined: let what is computed depend on the index alone.
///
/// Threads are started when first needed and kept; waiting ones sleep. Any number of threads may
/// call at once, also from inside a body: a caller never waits for work that has not begun, so
/// that fewer free threads than asked for only make it slower. `body` must not throw.
void ParallelFor(int count, int threads, ParallelBody body);

/// `threads` if positive, else the number of processors this machine runs at once (at least 1).
int ResolveThreads(int threads);

}  // namespace facecascade
