// base/few.h: a list that mostly has at most N elements: those lie in the object itself, more of
// them on the heap. For values that are copied as bytes (ids, names).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <type_traits>
#include <utility>

namespace cambium {

template <class T, uint32_t N>
class Few {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T> && N > 0);

public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  Few() {}
  Few(std::initializer_list<T> values) { append(values.begin(), values.end()); }
  template <std::forward_iterator I>
  Few(I first, I last) {
    append(first, last);
  }
  Few(const Few& other) { append(other.begin(), other.end()); }
  Few(Few&& other) noexcept { take(other); }
  Few& operator=(const Few& other) {
    if (this != &other) assign(other.begin(), other.end());
    return *this;
  }
  Few& operator=(Few&& other) noexcept {
    if (this == &other) return *this;
    release();
    take(other);
    return *this;
  }
  ~Few() { release(); }

  T* begin() { return data(); }
  T* end() { return data() + size_; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }
  T* data() { return capacity_ > N ? heap_ : inside_; }
  const T* data() const { return capacity_ > N ? heap_ : inside_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return data()[i]; }
  const T& operator[](size_t i) const { return data()[i]; }
  T& front() { return data()[0]; }
  const T& front() const { return data()[0]; }
  T& back() { return data()[size_ - 1]; }
  const T& back() const { return data()[size_ - 1]; }

  void push_back(T value) {  // by value: it may be one of ours
    if (size_ == capacity_) grow(size_ + 1);
    data()[size_++] = value;
  }
  // The range may not be one of ours.
  template <std::forward_iterator I>
  void append(I first, I last) {
    const auto count = uint32_t(std::distance(first, last));
    if (size_ + count > capacity_) grow(size_ + count);
    std::copy(first, last, data() + size_);
    size_ += count;
  }
  template <std::forward_iterator I>
  void assign(I first, I last) {
    size_ = 0;
    append(first, last);
  }
  void clear() { size_ = 0; }

  friend bool operator==(const Few& a, const Few& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

private:
  void grow(uint32_t least) {
    const uint32_t capacity = std::max(least, capacity_ * 2);
    T* const place = new T[capacity];
    std::copy(begin(), end(), place);
    release();
    heap_ = place;
    capacity_ = capacity;
  }
  void release() {
    if (capacity_ > N) delete[] heap_;
  }
  // As it is; `other` is empty then.
  void take(Few& other) {
    size_ = other.size_;
    capacity_ = other.capacity_;
    if (capacity_ > N)
      heap_ = other.heap_;
    else
      std::copy(other.inside_, other.inside_ + size_, inside_);
    other.size_ = 0;
    other.capacity_ = N;
  }

  uint32_t size_ = 0;
  uint32_t capacity_ = N;  // above N: on the heap
  union {
    T inside_[N];
    T* heap_;
  };
};

}  // namespace cambium
