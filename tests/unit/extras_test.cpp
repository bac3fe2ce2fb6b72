// What may stay in a database beside the model, and what a plan may not do to it.
#include "compiler/catalog/extras.h"

#include <gtest/gtest.h>

#include "compiler/plan/extras.h"

namespace cambium::test {
namespace {

using catalog::Catalog;
using catalog::Difference;
using catalog::DifferenceKind;
using catalog::Extras;
using catalog::Table;

Catalog shop() {
  Table table;
  table.name = "client";
  table.columns = {{.name = "id", .type = "INTEGER"}, {.name = "name", .type = "TEXT"}};
  table.primaryKey = {"id"};
  Catalog out;
  out.put(table);
  return out;
}

Catalog withExtras() {
  Catalog out = shop();
  Table& client = *out.findTable("client");
  catalog::Index index;
  index.name = "by_name";
  index.parts = {{"name", "", false}};
  client.indexes.push_back(index);
  client.checks.push_back({"", "length(\"name\") > 1"});
  out.put(catalog::View{"names", "CREATE VIEW names AS SELECT name FROM client"});
  out.put(catalog::Trigger{"logged", "client", "CREATE TRIGGER logged AFTER UPDATE ON client …"});
  out.put(catalog::Opaque{"enum", "rating", "low, high"});
  Table log;
  log.name = "log";
  log.columns = {{.name = "at", .type = "TEXT"}};
  out.put(log);
  return out;
}

Extras known() {
  return catalog::divide(catalog::compare(shop(), withExtras())).first;
}

std::string words(const std::vector<Difference>& all) {
  std::string out;
  for (const auto& one : all)
    out += (one.kind == DifferenceKind::missing   ? "missing "
            : one.kind == DifferenceKind::changed ? "changed "
                                                  : "extra ") +
           one.object + "\n";
  return out;
}

TEST(Extras, areAllThatIsBesideTheModelButColumns) {
  Catalog live = withExtras();
  live.findTable("client")->columns.push_back({.name = "age", .type = "INTEGER"});
  const auto [extras, others] = catalog::divide(catalog::compare(shop(), live));
  EXPECT_EQ(extras, known());
  EXPECT_EQ(extras.size(), 6u);
  EXPECT_EQ(words(others), "extra column client.age\n");
}

TEST(Extras, thatAreKnownAreNoDifference) {
  EXPECT_EQ(words(catalog::without(known(), catalog::compare(shop(), withExtras()))), "");
}

TEST(Extras, thatAreNewChangedOrGoneAreTold) {
  Catalog live = withExtras();
  live.dropView("names");
  live.put(catalog::Opaque{"enum", "rating", "low, high, highest"});
  live.put(catalog::Opaque{"function", "f()", "1"});
  live.findTable("client")->checks.front().sql = "length(\"name\") > 2";
  EXPECT_EQ(words(catalog::without(known(), catalog::compare(shop(), live))),
            "changed check client\nchanged enum rating\nextra function f()\nmissing view names\n");
}

TEST(Extras, areLeftOutOfACatalog) {
  Catalog live = withExtras();
  live.put(catalog::Opaque{"enum", "rating", "other words"});
  EXPECT_EQ(catalog::present(known(), live).size(), 6u);
  catalog::leaveOut(live, known());
  EXPECT_EQ(catalog::describe(live), catalog::describe(shop()));
  EXPECT_TRUE(catalog::concerns(known(), "client"));
  EXPECT_FALSE(catalog::concerns(known(), "clien"));
}

TEST(Extras, aCheckThatOnlyHasNoNameIsNone) {
  Catalog model = shop(), live = shop();
  model.findTable("client")->checks = {{"ck_client_1", "a > 1"}, {"ck_client_2", "a > 2"}};
  live.findTable("client")->checks = {{"", "a > 2"}, {"", "a > 3"}};
  auto found = catalog::compare(model, live);
  const Extras same = catalog::nameless(found);
  ASSERT_EQ(same.size(), 1u);
  EXPECT_EQ(same.front().name, "ck_client_2");
  EXPECT_EQ(words(found), "missing check client.ck_client_1\nextra check client\n");
  catalog::leaveOut(live, same);
  EXPECT_EQ(words(catalog::compare(model, live)),
            "missing check client.ck_client_1\nextra check client\n");
}

plan::Plan planOf(plan::Operation operation) {
  plan::Plan out;
  plan::Step step;
  step.number = 7;
  step.operations.push_back(std::move(operation));
  out.steps.push_back(std::move(step));
  return out;
}
std::string touched(plan::Operation operation) {
  std::string out;
  for (const auto& touch : plan::touches(planOf(std::move(operation)), known()))
    out += touch.object + ": " + touch.what + (touch.fires ? " (fires)" : "") + "\n";
  return out;
}

TEST(Extras, areTouchedByWhatTheyStandOn) {
  const std::string all =
      "check client: renames `client`\nindex client.by_name: renames `client`\n"
      "trigger logged: renames `client`\nview names: renames `client`\n";
  EXPECT_EQ(touched(plan::RenameTable{"client", "customer"}), all);
  EXPECT_EQ(touched(plan::RenameColumn{"client", "name", "called"}),
            "check client: renames `client.name`\nindex client.by_name: renames `client.name`\n"
            "view names: renames `client.name`\n");
  EXPECT_EQ(touched(plan::RenameColumn{"client", "nam", "called"}), "");
  EXPECT_EQ(touched(plan::RenameColumn{"clien", "name", "called"}), "");
  EXPECT_EQ(touched(plan::AddColumn{"client", {.name = "age", .type = "INTEGER"}, {}, {}}), "");
  EXPECT_EQ(touched(plan::DropTable{{.name = "log"}}), "table log: drops `log`\n");
}

TEST(Extras, areTouchedByWhatTakesTheirNames) {
  EXPECT_EQ(touched(plan::CreateView{{"names", "…"}}), "view names: makes what is there already\n");
  catalog::Index index;
  index.name = "by_name";
  EXPECT_EQ(touched(plan::CreateIndex{"client", index}),
            "index client.by_name: makes what is there already\n");
}

TEST(Extras, triggersFireWhereRowsAreFilled) {
  EXPECT_EQ(touched(plan::Backfill{"client", {"id"}, {{"name", "'x'"}}, "name IS NULL"}),
            "trigger logged: fills rows of `client` (fires)\n");
}

}  // namespace
}  // namespace cambium::test
