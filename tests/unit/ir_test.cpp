// Types and expressions as text, lookups by name, and what makes two models the same.
#include <gtest/gtest.h>

#include "compiler/ir/function.h"
#include "tests/unit/model_of.h"

namespace cambium::ir {
namespace {

using testing::modelOf;

// The condition of the only check of entity A, printed.
std::string printed(const std::string& condition) {
  const Model model = modelOf(R"(
    enum Status { draft, placed, shipped }
    entity A { key id: int64  a: bool  b: bool  c: bool  n: int32  m: int32  s: string(40)?  status: Status
      t: timestamp?  check x: )" +
                              condition + " }");
  const auto entity = model.findEntity("A");
  if (!entity || model[*entity].checks.empty()) return "?";
  return toString(model[*entity].checks[0].condition, model);
}

TEST(ExprText, HasNoMoreParenthesesThanItNeeds) {
  for (const std::string text : {"a or b and c",
                                 "(a or b) and c",
                                 "a or (b or c)",
                                 "not a and b",
                                 "not (a and b)",
                                 "a == (n < m)",
                                 "n + m * 2 > 7",
                                 "(n + m) * 2 > 7",
                                 "n - (m - 1) > 0",
                                 "n - m - 1 > 0",
                                 "-n < m",
                                 "-(-n) < m",
                                 "n between 1 and m + 1",
                                 "n not between 1 and 3",
                                 "s is null",
                                 "s is not null and length(s) > 2",
                                 "n in (1, 2, 3)",
                                 "n not in (1, m)",
                                 "s like \"a%\"",
                                 "s not like \"a%\"",
                                 "coalesce(s, \"none\") != \"none\"",
                                 "case when a then n else m end > 3",
                                 "status in (draft, placed)",
                                 "status != shipped or t is not null",
                                 "(s is null) == a",
                                 "s == \"say \\\"hi\\\"\\n\""})
    EXPECT_EQ(printed(text), text);
}

TEST(ExprText, QualifiesAMemberThatCouldBeAProperty) {
  const Model model = modelOf(R"(
    enum Status { draft, placed }
    entity A { key id: int64  draft: bool  status: Status  check x: status != Status.draft and status != placed })");
  EXPECT_EQ(toString(model[EntityId(0)].checks[0].condition, model),
            "status != Status.draft and status != placed");
}

TEST(ExprText, DropsWhatIsRedundant) {
  EXPECT_EQ(printed("((a) and (b)) and (n > (1 + 2))"), "a and b and n > 1 + 2");
}

TEST(ExprText, QuotesNamesThatAreNotWords) {
  Expr e;
  e.kind = ExprKind::property;
  e.path = {"order", "in", "two words", "9th"};
  EXPECT_EQ(toString(e, Model{}), "order.`in`.`two words`.`9th`");
}

TEST(TypeText, IsAsWritten) {
  const std::vector<std::string> types = {
      "bool",      "int16",          "int32",  "int64",        "float32",
      "float64",   "decimal(12, 2)", "string", "string(40)[]", "text?",
      "bytes(16)", "uuid",           "date",   "time",         "timestamp",
      "datetime",  "duration",       "json?",  "Status",       "string(3)[]?"};
  std::string text = "enum Status { on, off }\nentity A { key id: int64 ";
  for (size_t i = 0; i < types.size(); ++i) text += " p" + std::to_string(i) + ": " + types[i];
  const Model model = modelOf(text + " }");
  const auto& properties = model[EntityId(0)].properties;
  ASSERT_EQ(properties.size(), types.size() + 1);
  for (size_t i = 0; i < types.size(); ++i)
    EXPECT_EQ(toString(model[properties[i + 1]].type, model), types[i]);
}

TEST(Expressions, KnowWhatTheyRead) {
  const Model model = modelOf(
      "entity A { key id: int64  a: int32  b: int32  c: int32  check x: b + a > 0 and (b < c or a "
      "in (1, c)) }");
  EXPECT_EQ(propertiesUsed(model[EntityId(0)].checks[0].condition),
            (std::vector<std::string>{"b", "a", "c"}));
}

TEST(Functions, AreFoundByName) {
  for (size_t i = 1; i < static_cast<size_t>(Function::count_); ++i) {
    const auto f = static_cast<Function>(i);
    EXPECT_EQ(findFunction(info(f).name), f);
  }
  EXPECT_FALSE(findFunction("nonsense"));
  EXPECT_FALSE(findFunction(""));
  EXPECT_EQ(info(Function::uuid).volatility, Volatility::volatile_);
  EXPECT_EQ(info(Function::now).volatility, Volatility::stable);
  EXPECT_EQ(info(Function::lower).volatility, Volatility::immutable);
  EXPECT_EQ(info(Function::none).name, "");
}

TEST(Lookup, FindsEveryNameAndNoOther) {
  std::string text;
  for (int i = 0; i < 200; ++i) {
    const std::string n = std::to_string(i * 7919 % 1000);
    text += "entity E" + n + " { key id: int64  p" + n + ": int32? }\nenum N" + n + " { a, b }\n";
  }
  const Model model = modelOf(text);
  for (uint32_t i = 0; i < model.entities.size(); ++i) {
    const auto& entity = model.entities[EntityId(i)];
    EXPECT_EQ(model.findEntity(entity.name), EntityId(i));
    EXPECT_FALSE(model.findEntity(entity.name + "x"));
    for (const auto p : entity.properties)
      EXPECT_EQ(model.findProperty(EntityId(i), model[p].name), p);
    EXPECT_FALSE(model.findProperty(EntityId(i), "none"));
  }
  for (uint32_t i = 0; i < model.enums.size(); ++i)
    EXPECT_EQ(model.findEnum(model.enums[EnumId(i)].name), EnumId(i));
  EXPECT_FALSE(model.findEntity(""));
  EXPECT_FALSE(model.findProperty(EntityId(), "id"));
}

constexpr const char* kModel = R"(
  /// Somebody.
  entity Customer { key id: uuid = uuid()  name: string(80) @unique  nick: string? @sensitive(mask: "last4")
    status: Status = active  group more "More" { born: date? }  orders: many Order inverse customer
    unique by_name (name, born desc) where nick is not null
    index (nick)  check long_enough: length(name) > 1 @message("too short") }
  entity Order { key no: int64 = autoincrement()  customer: ref Customer on delete cascade  total: decimal(12, 2) = 0
    double: decimal(14, 2) = total + total computed stored }
  enum Status { active "Active", closed }
)";

TEST(SameModel, HoldsForTheSameTextAndBreaksForAnyFact) {
  const Model model = modelOf(kModel);
  EXPECT_TRUE(sameModel(model, modelOf("\n\n" + std::string(kModel))));
  const std::pair<const char*, const char*> edits[] = {{"Somebody.", "Anybody."},
                                                       {"string(80)", "string(81)"},
                                                       {"@unique", ""},
                                                       {"last4", "last3"},
                                                       {"= active", "= closed"},
                                                       {"\"More\"", "\"Less\""},
                                                       {"date?", "time?"},
                                                       {"born desc", "born"},
                                                       {"nick is not null", "nick is null"},
                                                       {"by_name", "by_born"},
                                                       {"index (nick)", ""},
                                                       {"> 1", "> 2"},
                                                       {"too short", "short"},
                                                       {"cascade", "set null"},
                                                       {"\"Active\"", "\"On\""},
                                                       {"computed stored", "computed"},
                                                       {"= autoincrement()", ""},
                                                       {"total + total", "total - total"}};
  for (const auto& [from, to] : edits) {
    std::string text = kModel;
    text.replace(text.find(from), std::string(from).size(), to);
    if (std::string(to) == "set null") text.replace(text.find("ref Customer"), 12, "ref Customer?");
    EXPECT_FALSE(sameModel(model, modelOf(text))) << from << " → " << to;
  }
}

}  // namespace
}  // namespace cambium::ir
