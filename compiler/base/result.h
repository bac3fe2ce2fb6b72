// base/result.h: a value or the reason why there is none. For failures that are not diagnostics
// about the user's model (files, databases); stages report through a diagnostics sink instead.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace cambium {

// Wraps an error so that it converts to any Result<T, E>: `return Failure{error};`
template <class E>
struct Failure {
  E error;
};
template <class E>
Failure(E) -> Failure<E>;

template <class T, class E = std::string>
class [[nodiscard]] Result {
public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure<E> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}
  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& value() {
    assert(*this);
    return *std::get_if<0>(&state_);
  }
  const T& value() const {
    assert(*this);
    return *std::get_if<0>(&state_);
  }
  const E& error() const {
    assert(!*this);
    return *std::get_if<1>(&state_);
  }

private:
  std::variant<T, E> state_;
};

template <class E>
class [[nodiscard]] Result<void, E> {
public:
  Result() = default;
  Result(Failure<E> failure) : error_(std::move(failure.error)) {}
  explicit operator bool() const { return !error_; }
  const E& error() const {
    assert(error_);
    return *error_;
  }

private:
  std::optional<E> error_;
};

// Lets std::visit take one lambda for each alternative, with no default branch.
template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace cambium
