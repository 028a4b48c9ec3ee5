// Memory for vector loads, kept from call to call.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace facecascade {

/// Bytes to which an AlignedBuffer is aligned: a cache line, and the widest vector we use.
inline constexpr std::size_t kBufferAlignment = 64;

/// An array of numbers that only ever grows. What it holds after growing is undefined.
template <typename T>
class AlignedBuffer {
  static_assert(std::is_trivial_v<T>);

 public:
  /// Room for at least `count` elements; keeps memory and contents if there is room already.
  T* Reserve(std::size_t count) {
    if (count > capacity_) {
      memory_.reset();  // first, so that old and new need not fit together
      capacity_ = 0;
      memory_.reset(
          static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{kBufferAlignment})));
      capacity_ = count;
    }
    return memory_.get();
  }

  T* data() { return memory_.get(); }
  const T* data() const { return memory_.get(); }
  std::size_t capacity() const { return capacity_; }

 private:
  struct Free {
    void operator()(T* memory) const {
      ::operator delete (memory, std::align_val_t{kBufferAlignment});
    }
  };
  std::unique_ptr<T, Free> memory_;
  std::size_t capacity_ = 0;
};

}  // namespace facecascade
