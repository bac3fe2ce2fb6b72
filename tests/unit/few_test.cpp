// A list that has its first elements in itself: what it holds does not depend on where they lie.
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "compiler/base/few.h"

namespace cambium {
namespace {

using List = Few<int, 2>;

std::vector<int> of(const List& list) {
  return {list.begin(), list.end()};
}

List upTo(int count) {
  List out;
  for (int i = 0; i < count; ++i) out.push_back(i);
  return out;
}

TEST(Few, holdsWhatItWasGivenOnBothSidesOfItsRoom) {
  for (int count = 0; count < 9; ++count) {
    std::vector<int> expected(size_t(count), 0);
    std::iota(expected.begin(), expected.end(), 0);
    const List list = upTo(count);
    EXPECT_EQ(of(list), expected);
    EXPECT_EQ(list.size(), expected.size());
    EXPECT_EQ(list.empty(), count == 0);
    EXPECT_EQ(of(List(expected.begin(), expected.end())), expected);
  }
}

TEST(Few, aCopyIsItsOwn) {
  for (const int count : {0, 2, 3, 8}) {
    const List list = upTo(count);
    List copy = list;
    EXPECT_EQ(copy, list);
    copy.push_back(7);
    EXPECT_FALSE(copy == list);
    EXPECT_EQ(of(list), of(upTo(count)));
    for (const int other : {0, 1, 5}) {
      List assigned = upTo(other);
      assigned = list;
      EXPECT_EQ(assigned, list);
    }
  }
}

TEST(Few, whatIsMovedIsLeftEmptyAndUsable) {
  for (const int from : {0, 2, 3, 8})
    for (const int to : {0, 2, 3, 8}) {
      List source = upTo(from), target = upTo(to);
      target = std::move(source);
      EXPECT_EQ(of(target), of(upTo(from)));
      EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move)
      source.push_back(4);
      EXPECT_EQ(of(source), std::vector<int>{4});
      const List built = std::move(target);
      EXPECT_EQ(of(built), of(upTo(from)));
    }
}

TEST(Few, anElementOfItsOwnMayBeAdded) {
  List list = {5, 6};
  list.push_back(list.front());
  const int more[] = {8, 9};
  list.append(std::begin(more), std::end(more));
  EXPECT_EQ(list[2], 5);
  EXPECT_EQ(list.size(), 5u);
  list.clear();
  EXPECT_TRUE(list.empty());
  list.assign(std::begin(more), std::end(more));
  EXPECT_EQ(of(list), (std::vector<int>{8, 9}));
}

}  // namespace
}  // namespace cambium
