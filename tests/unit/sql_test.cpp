// Expressions as SQL, and identifiers in SQL.
#include "compiler/catalog/sql.h"

#include <gtest/gtest.h>

#include "compiler/catalog/lower.h"
#include "tests/unit/fake_traits.h"
#include "tests/unit/model_of.h"

namespace cambium::catalog {
namespace {

// The SQL of a condition over an entity with a property of each kind.
std::string sqlOf(const std::string& condition) {
  const ir::Model model = testing::modelOf(
      "enum Status { open, closed }\n"
      "entity T { key id: int64 a: int32 b: int32 c: int32? s: string(40) n: text? f: bool g: bool "
      "st: Status p: ref T? check x: " +
      condition + " }");
  const Traits traits = testing::fakeTraits();
  DiagnosticSink sink;
  const Lowered lowered = lower(model, traits, sink);
  if (model.entities.empty() || model.entities[ir::EntityId(0)].checks.empty()) return "";
  return toSql(model.entities[ir::EntityId(0)].checks[0].condition,
               entityContext(model, lowered, ir::EntityId(0), traits, ""));
}

TEST(ToSql, parenthesesOnlyWherePrecedenceDemandsThem) {
  EXPECT_EQ(sqlOf("a + b * 2 == 3"), "\"a\" + \"b\" * 2 = 3");
  EXPECT_EQ(sqlOf("(a + b) * 2 != 3"), "(\"a\" + \"b\") * 2 <> 3");
  EXPECT_EQ(sqlOf("a - (b - 1) < 3"), "\"a\" - (\"b\" - 1) < 3");
  EXPECT_EQ(sqlOf("a - b - 1 <= 3"), "\"a\" - \"b\" - 1 <= 3");
  EXPECT_EQ(sqlOf("f and (g or a > 1)"), "\"f\" AND (\"g\" OR \"a\" > 1)");
  EXPECT_EQ(sqlOf("f and g or a > 1"), "\"f\" AND \"g\" OR \"a\" > 1");
  EXPECT_EQ(sqlOf("not (f and g)"), "NOT (\"f\" AND \"g\")");
  EXPECT_EQ(sqlOf("not f and g"), "NOT \"f\" AND \"g\"");
  EXPECT_EQ(sqlOf("not a >= 1"), "NOT \"a\" >= 1");
  EXPECT_EQ(sqlOf("(a > 1) == f"), "(\"a\" > 1) = \"f\"");
  EXPECT_EQ(sqlOf("-(a + b) < 3"), "-(\"a\" + \"b\") < 3");
  EXPECT_EQ(sqlOf("a - -1 < 3"), "\"a\" - -1 < 3");
  EXPECT_EQ(sqlOf("a % 2 == 0"), "\"a\" % 2 = 0");
}

TEST(ToSql, everyForm) {
  EXPECT_EQ(sqlOf("n is null"), "\"n\" IS NULL");
  EXPECT_EQ(sqlOf("n is not null"), "\"n\" IS NOT NULL");
  EXPECT_EQ(sqlOf("a + 1 in (1, 2)"), "\"a\" + 1 IN (1, 2)");
  EXPECT_EQ(sqlOf("a not in (1, 2)"), "\"a\" NOT IN (1, 2)");
  EXPECT_EQ(sqlOf("st in (open, closed)"), "\"st\" IN ('open', 'closed')");
  EXPECT_EQ(sqlOf("a between 1 and b + 1"), "\"a\" BETWEEN 1 AND \"b\" + 1");
  EXPECT_EQ(sqlOf("a not between 1 and 2 and f"), "\"a\" NOT BETWEEN 1 AND 2 AND \"f\"");
  EXPECT_EQ(sqlOf("s like \"a%'\""), "\"s\" LIKE 'a%'''");
  EXPECT_EQ(sqlOf("s not like \"a%\""), "\"s\" NOT LIKE 'a%'");
  EXPECT_EQ(sqlOf("st == closed"), "\"st\" = 'closed'");
  EXPECT_EQ(sqlOf("a / b > 1"), "div(\"a\", \"b\") > 1");
  EXPECT_EQ(sqlOf("coalesce(c, a + 1) > 1"), "coalesce(\"c\", \"a\" + 1) > 1");
  EXPECT_EQ(sqlOf("case when f then a when g then b else 0 end > 1"),
            "CASE WHEN \"f\" THEN \"a\" WHEN \"g\" THEN \"b\" ELSE 0 END > 1");
  EXPECT_EQ(sqlOf("p is not null"), "\"p_id\" IS NOT NULL");
  EXPECT_EQ(sqlOf("p == 7"), "\"p_id\" = 7");
}

TEST(ToSql, prefixAndRename) {
  const ir::Model model = testing::modelOf("entity T { key id: int64 a: int32 check x: a > id }");
  const Traits traits = testing::fakeTraits();
  DiagnosticSink sink;
  const Lowered lowered = lower(model, traits, sink);
  const auto context = entityContext(model, lowered, ir::EntityId(0), traits, "NEW.",
                                     [](const std::string& c) { return c == "a" ? "a__new" : c; });
  EXPECT_EQ(toSql(model.entities[ir::EntityId(0)].checks[0].condition, context),
            "NEW.\"a__new\" > NEW.\"id\"");
}

TEST(UnsupportedFunctions, eachOnce) {
  const ir::Model model = testing::modelOf(
      "entity T { key id: int64 s: text check x: matches(s, \"a\") and not matches(s, \"b\") and "
      "lower(s) == s }");
  const auto found = unsupportedFunctions(model.entities[ir::EntityId(0)].checks[0].condition,
                                          testing::fakeTraits());
  EXPECT_EQ(found, std::vector{ir::Function::matches});
}

TEST(Identifiers, onlyQuotedTokensAreRenamed) {
  const Traits t = testing::fakeTraits();
  EXPECT_EQ(
      renameIdentifier("\"a\" > 1 AND a < 'x \"a\"' -- \"a\"\n AND \"ab\" /* \"a\" */ = \"a\"", "a",
                       "z", t),
      "\"z\" > 1 AND a < 'x \"a\"' -- \"a\"\n AND \"ab\" /* \"a\" */ = \"z\"");
  EXPECT_EQ(renameIdentifier("\"a\"\"b\" \"a\"", "a", "z", t), "\"a\"\"b\" \"z\"");
  EXPECT_EQ(renameIdentifier("\"a\"\"b\"", "a\"b", "c\"d", t), "\"c\"\"d\"");
  EXPECT_EQ(renameIdentifier("'it''s \"a\"' \"a\"", "a", "z", t), "'it''s \"a\"' \"z\"");
  EXPECT_TRUE(mentions("length(\"title\") > 0", "title", t));
  EXPECT_FALSE(mentions("length('\"title\"') > 0", "title", t));
  EXPECT_FALSE(mentions("\"titles\" title", "title", t));
  EXPECT_FALSE(mentions("\"open", "open\"", t));
}

}  // namespace
}  // namespace cambium::catalog
