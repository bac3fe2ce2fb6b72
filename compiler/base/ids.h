// base/ids.h: typed indices and the stores they index. No pointer to an element crosses a stage.
#pragma once

#include <cassert>
#include <compare>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace cambium {

// An index into a Store<T>; ids of different T do not convert into each other.
// A default-constructed id is invalid (tests false).
template <class T>
class Id {
public:
  constexpr Id() = default;
  constexpr explicit Id(uint32_t index) : index_(index) {}
  constexpr uint32_t index() const { return index_; }
  constexpr explicit operator bool() const { return index_ != kInvalid; }
  friend constexpr auto operator<=>(Id, Id) = default;

private:
  static constexpr uint32_t kInvalid = ~uint32_t{0};
  uint32_t index_ = kInvalid;
};

// Append-only sequence of T addressed by Id<T>; ids are dense and in insertion order.
template <class T>
class Store {
public:
  Id<T> add(T value) {
    items_.push_back(std::move(value));
    return Id<T>(static_cast<uint32_t>(items_.size() - 1));
  }
  // One with nothing said of it, made where it stays: the large ones are filled in there.
  Id<T> add() {
    items_.emplace_back();
    return Id<T>(static_cast<uint32_t>(items_.size() - 1));
  }
  T& operator[](Id<T> id) {
    assert(id.index() < items_.size());
    return items_[id.index()];
  }
  const T& operator[](Id<T> id) const {
    assert(id.index() < items_.size());
    return items_[id.index()];
  }
  size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  void reserve(size_t n) { items_.reserve(n); }
  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }
  friend bool operator==(const Store&, const Store&) = default;

private:
  std::vector<T> items_;
};

}  // namespace cambium

template <class T>
struct std::hash<cambium::Id<T>> {
  size_t operator()(cambium::Id<T> id) const noexcept { return std::hash<uint32_t>{}(id.index()); }
};
