// What the PostgreSQL dialect reads of words behind a part of an index, and of constraints that
// only later servers have.
#include <gtest/gtest.h>

#include "plugins/postgres/constraint_facts.h"
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

std::string words(std::string_view said, bool descending = false) {
  return indexWords(said, descending).value_or("-");
}

TEST(IndexWords, areBroughtIntoOneForm) {
  EXPECT_EQ(words("text_pattern_ops"), "text_pattern_ops");
  EXPECT_EQ(words("  GIN_TRGM_OPS "), "gin_trgm_ops");
  EXPECT_EQ(words("collate \"C\" Text_Pattern_Ops"), "COLLATE \"C\" text_pattern_ops");
  EXPECT_EQ(words("COLLATE german"), "COLLATE \"german\"");
  EXPECT_EQ(words("collate app . \"de\"\"x\""), "COLLATE \"app\".\"de\"\"x\"");
  EXPECT_EQ(words("collate pg_catalog.\"C\" pg_catalog.text_ops"), "COLLATE \"C\" text_ops");
  EXPECT_EQ(words("app.my_ops"), "app.my_ops");
  EXPECT_EQ(words("\"My Ops\" nulls first"), "\"My Ops\" NULLS FIRST");
  EXPECT_EQ(words("NULLS FIRST"), "NULLS FIRST");
}

TEST(IndexWords, leaveOutWhatGoesWithoutSaying) {
  EXPECT_EQ(words("NULLS LAST"), "");
  EXPECT_EQ(words("NULLS FIRST", true), "");
  EXPECT_EQ(words("my_ops nulls last", true), "my_ops NULLS LAST");
}

TEST(IndexWords, areNoOtherSql) {
  for (const char* said :
       {"", "(10)", "my_ops) INCLUDE (secret", "my_ops; DROP TABLE x", "NULLS", "NULLS SOMEWHERE",
        "COLLATE", "COLLATE nulls.", "a b", "a.b.c", "\"open", "\"\"", "my_ops(siglen = 8)", "--x"})
    EXPECT_EQ(words(said), "-") << said;
}

TEST(IndexWords, areDividedWhereTheOrderStands) {
  EXPECT_EQ(splitWords("COLLATE \"C\" my_ops NULLS LAST").before, "COLLATE \"C\" my_ops");
  EXPECT_EQ(splitWords("COLLATE \"C\" my_ops NULLS LAST").nulls, "NULLS LAST");
  EXPECT_EQ(splitWords("NULLS FIRST").before, "");
  EXPECT_EQ(splitWords("my_ops").nulls, "");
}

TEST(ConstraintFacts, ofServersOf15LeaveATableAsItIs) {
  EXPECT_EQ(whyOutside({.name = "k", .kind = 'p'}), "");
  EXPECT_EQ(whyOutside({.name = "k", .kind = 'f'}), "");
  EXPECT_EQ(whyOutside({.name = "k", .kind = 'c', .inherited = false}), "");
  EXPECT_EQ(whyOutside({.name = "k", .kind = 'f', .matchFull = true}),
            "a foreign key that is MATCH FULL: k");
  EXPECT_EQ(whyOutside({.name = "k", .kind = 'p', .deferrable = true}), "a deferrable key");
  EXPECT_EQ(laterFacts(15), "true, false") << "it has no such columns";
}

TEST(ConstraintFacts, ofServersOf18AreTold) {
  EXPECT_EQ(laterFacts(18), "k.conenforced, k.conperiod");
  // NOT NULL is a fact of the column.
  EXPECT_EQ(whyOutside({.name = "k", .kind = 'n'}), "");
  EXPECT_EQ(whyOutside({.name = "k", .kind = 'p', .overPeriods = true}), "a key over periods");
  EXPECT_EQ(whyOutside({.name = "k", .kind = 'f', .overPeriods = true}),
            "a foreign key over periods: k");
  EXPECT_EQ(whyOutside({.name = "k", .kind = 'f', .enforced = false}),
            "a foreign key that is not enforced: k");
  EXPECT_EQ(behindCheck({.name = "k", .kind = 'c', .enforced = false}), " NOT ENFORCED");
  EXPECT_EQ(behindCheck({.name = "k", .kind = 'c'}), "");
  EXPECT_TRUE(isStored('s'));
  EXPECT_FALSE(isStored('v'));
}

}  // namespace
}  // namespace cambium::dialect::postgres
