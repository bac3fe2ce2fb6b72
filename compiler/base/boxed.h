// base/boxed.h: a value that is there or not, like std::optional, but on the heap: for what is
// large and mostly absent. It is copied, compared and destroyed with its owner.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace cambium {

template <class T>
class Boxed {
public:
  Boxed() = default;
  Boxed(std::nullopt_t) {}
  Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}
  Boxed(std::optional<T> value) {
    if (value) value_ = std::make_unique<T>(std::move(*value));
  }
  Boxed(const Boxed& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(const Boxed& other) {
    if (this != &other) value_ = other ? std::make_unique<T>(*other) : nullptr;
    return *this;
  }
  Boxed& operator=(Boxed&&) noexcept = default;
  ~Boxed() = default;

  explicit operator bool() const { return value_ != nullptr; }
  bool has_value() const { return value_ != nullptr; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }
  void reset() { value_.reset(); }
  template <class... A>
  T& emplace(A&&... arguments) {
    value_ = std::make_unique<T>(std::forward<A>(arguments)...);
    return *value_;
  }

  friend bool operator==(const Boxed& a, const Boxed& b) {
    return a && b ? *a == *b : bool(a) == bool(b);
  }

private:
  std::unique_ptr<T> value_;
};

}  // namespace cambium
