// Results of operations that can fail. The library never throws across its public border.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace facecascade {

/// Why an operation failed: one sentence that names the file, the field and what was expected.
struct Error {
  std::string message;
};

/// A value of type T or an Error. Reading the side that is not there is a programming error.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return state_.index() == 0; }
  const T& value() const& {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  T& value() & {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

/// The result of an operation that returns nothing.
using Status = Result<std::monostate>;

inline Status Ok() { return std::monostate{}; }

}  // namespace facecascade
