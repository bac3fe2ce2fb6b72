#include <gtest/gtest.h>

#include "compiler/diagnostics/suggest.h"

namespace cambium {
namespace {

using Names = std::vector<std::string>;

TEST(Suggest, nearestFirst) {
  EXPECT_EQ(suggestions("Customr", {"Order", "Customs", "Customer"}),
            (Names{"Customs", "Customer"}));
  EXPECT_EQ(suggestions("aply", {"adopt", "apply", "plan"}), Names{"apply"});
}

TEST(Suggest, swappedLettersAreOneMistake) {
  EXPECT_EQ(suggestions("paln", {"plan", "pull"}), Names{"plan"});
}

TEST(Suggest, caseDoesNotCount) {
  EXPECT_EQ(suggestions("CUSTOMER", {"Customer"}), Names{"Customer"});
}

TEST(Suggest, threeAtMostAndEachOnce) {
  EXPECT_EQ(suggestions("name", {"nam1", "nam2", "nam2", "nam3", "nam4"}),
            (Names{"nam1", "nam2", "nam3"}));
}

TEST(Suggest, silenceIsBetterThanABadGuess) {
  EXPECT_TRUE(suggestions("Customer", {"Invoice", "Product"}).empty());
  EXPECT_TRUE(suggestions("x", {"y", "z"}).empty());
  EXPECT_TRUE(suggestions("", {"a"}).empty());
  EXPECT_TRUE(suggestions("id", {}).empty());
}

TEST(Suggest, whatWasWrittenIsNoSuggestion) {
  EXPECT_TRUE(suggestions("name", {"name"}).empty());
}

TEST(Suggest, words) {
  EXPECT_EQ(didYouMean({}), "");
  EXPECT_EQ(didYouMean({"a"}), "did you mean `a`?");
  EXPECT_EQ(didYouMean({"a", "b"}), "did you mean `a` or `b`?");
  EXPECT_EQ(didYouMean({"a", "b", "c"}), "did you mean `a`, `b` or `c`?");
}

}  // namespace
}  // namespace cambium
