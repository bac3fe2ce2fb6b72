// Each operation on a catalog in memory: what it does, what stands in its way, and that its inverse
// leads back.
#include "compiler/plan/operation.h"

#include <gtest/gtest.h>

#include "plugins/builtin_dialects.h"

namespace cambium::plan {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Table;

class OperationTest : public ::testing::Test {
protected:
  static Column column(const std::string& name, bool notNull = false) {
    Column c;
    c.name = name;
    c.type = "TEXT";
    c.notNull = notNull;
    return c;
  }
  OperationTest() {
    Table client;
    client.name = "client";
    client.columns = {column("id", true), column("name"), column("nick")};
    client.primaryKey = {"id"};
    client.checks = {{"ck_client_name", "length(\"name\") < 9"}};
    client.indexes = {{"ix_client_nick", {{"nick", "", false}}, {}, "", false, false, ""}};
    Table order;
    order.name = "order";
    order.columns = {column("id", true), column("client_id")};
    order.primaryKey = {"id"};
    order.foreignKeys = {{"", {"client_id"}, "client", {"id"}, "RESTRICT", "NO ACTION"}};
    start.put(client);
    start.put(order);
  }

  void thereAndBack(const Operation& op) {
    Catalog c = start;
    EXPECT_EQ(apply(op, c, traits), "");
    EXPECT_NE(describe(c), describe(start));
    const auto back = inverse(op);
    ASSERT_TRUE(back);
    EXPECT_EQ(apply(*back, c, traits), "");
    EXPECT_EQ(describe(c), describe(start));
  }
  std::string refused(const Operation& op) {
    Catalog c = start;
    auto why = apply(op, c, traits);
    if (!why.empty()) {
      EXPECT_EQ(describe(c), describe(start)) << "a refused operation changes nothing";
    }
    return why;
  }

  dialect::Dialects dialects = dialect::builtinDialects();
  const catalog::Traits& traits = dialects.find("sqlite")->traits();
  Catalog start;
};

TEST_F(OperationTest, inverseLeadsBack) {
  Table fresh;
  fresh.name = "fresh";
  fresh.columns = {column("id", true)};
  thereAndBack(CreateTable{fresh});
  thereAndBack(DropTable{*start.findTable("order")});
  thereAndBack(RenameTable{"client", "customer"});
  thereAndBack(AddColumn{"client", column("age"), catalog::Check{"ck", "\"age\" > 1"}, {}});
  thereAndBack(DropColumn{
      "client", column("name"), catalog::Check{"ck_client_name", "length(\"name\") < 9"}, {}});
  thereAndBack(RenameColumn{"client", "name", "title"});
  thereAndBack(AlterColumn{"client", column("name"), column("name", true)});
  thereAndBack(AddCheck{"client", {"more", "\"nick\" <> ''"}});
  thereAndBack(DropCheck{"client", {"ck_client_name", "length(\"name\") < 9"}});
  thereAndBack(RenameCheck{"client", {"ck_client_name", "length(\"name\") < 9"}, "short"});
  thereAndBack(AddForeignKey{"client", {"", {"nick"}, "order", {"id"}, "CASCADE", "NO ACTION"}});
  thereAndBack(DropForeignKey{"order", start.findTable("order")->foreignKeys.front()});
  thereAndBack(CommentTable{"client", "", "Who buys."});
  thereAndBack(ValidateCheck{"client", "ck_client_name", false});
  thereAndBack(CreateIndex{"client", {"ix", {{"name", "", false}}, {}, "", true, false, ""}});
  thereAndBack(DropIndex{"client", start.findTable("client")->indexes.front()});
  thereAndBack(CreateTrigger{{"t", "client", "CREATE TRIGGER t"}});
  thereAndBack(CreateView{{"v", "CREATE VIEW v"}});
  RebuildTable rebuild{*start.findTable("client"), *start.findTable("client"), {}};
  rebuild.to.columns[1].notNull = true;
  for (const auto& c : rebuild.to.columns) rebuild.copy.emplace_back(c.name, traits.quote(c.name));
  thereAndBack(rebuild);
  EXPECT_FALSE(inverse(Backfill{}));
  EXPECT_FALSE(inverse(Verify{}));
}

TEST_F(OperationTest, aNameIsFreeBeforeItIsTaken) {
  Catalog c = start;
  const catalog::Check named{"ck_client_name", "length(\"name\") < 9"};
  EXPECT_EQ(apply(AddCheck{"client", {"more", "\"nick\" <> ''"}}, c, traits), "");
  EXPECT_NE(apply(RenameCheck{"client", named, "more"}, c, traits), "");
  c = start;
  EXPECT_NE(apply(RenameCheck{"client", {"ck_client_name", "another"}, "short"}, c, traits), "");
  c = start;
  EXPECT_EQ(apply(RenameCheck{"client", named, "short"}, c, traits), "");
  EXPECT_EQ(c.findTable("client")->checks.front().name, "short");
}

TEST_F(OperationTest, renamesAreFollowed) {
  Catalog c = start;
  EXPECT_EQ(apply(RenameTable{"client", "customer"}, c, traits), "");
  EXPECT_EQ(c.findTable("order")->foreignKeys.front().table, "customer");
  EXPECT_EQ(apply(RenameColumn{"customer", "id", "key"}, c, traits), "");
  EXPECT_EQ(c.findTable("order")->foreignKeys.front().tableColumns.front(), "key");
  EXPECT_EQ(c.findTable("customer")->primaryKey.front(), "key");
  EXPECT_EQ(apply(RenameColumn{"customer", "nick", "alias"}, c, traits), "");
  EXPECT_EQ(c.findTable("customer")->indexes.front().parts.front().column, "alias");
  EXPECT_EQ(apply(RenameColumn{"customer", "name", "title"}, c, traits), "");
  EXPECT_EQ(c.findTable("customer")->checks.front().sql, "length(\"title\") < 9");
}

TEST_F(OperationTest, whatStandsInTheWayIsSaid) {
  EXPECT_EQ(refused(DropColumn{"client", column("nick"), {}, {}}),
            "column `client.nick` is used by index `ix_client_nick`");
  EXPECT_EQ(refused(DropColumn{"client", column("id", true), {}, {}}),
            "column `client.id` is used by the primary key");
  EXPECT_EQ(refused(AddColumn{"client", column("name"), {}, {}}),
            "column `client.name` is there already");
  EXPECT_EQ(refused(RenameColumn{"client", "name", "nick"}),
            "column `client.nick` is there already");
  EXPECT_EQ(
      refused(CreateIndex{"client", {"ix", {{"nowhere", "", false}}, {}, "", false, false, ""}}),
      "column `client.nowhere` is not there");
  EXPECT_EQ(refused(ValidateCheck{"client", "ck_client_name"}),
            "check `ck_client_name` is validated already");
  EXPECT_EQ(refused(ValidateForeignKey{"client", "fk"}), "foreign key `fk` is not there");
  EXPECT_EQ(refused(CommentTable{"client", "another", ""}), "table `client` has another comment");
  EXPECT_EQ(refused(CreateTrigger{{"t", "nowhere", ""}}), "table `nowhere` is not there");
  EXPECT_EQ(refused(Backfill{"client", {"id"}, {{"nowhere", "1"}}, "1"}),
            "column `client.nowhere` is not there");
  EXPECT_EQ(refused(AlterColumn{"client", column("name", true), column("name")}),
            "column `client.name` is another");
  EXPECT_EQ(refused(RebuildTable{*start.findTable("order"), *start.findTable("client"), {}}),
            "a rebuild does not rename");
}

TEST_F(OperationTest, nothingIsRenamedUnderATrigger) {
  Catalog c = start;
  ASSERT_EQ(apply(CreateTrigger{{"t", "client",
                                 "CREATE TRIGGER t AFTER UPDATE OF \"name\" ON \"client\""}},
                  c, traits),
            "");
  EXPECT_EQ(apply(RenameColumn{"client", "name", "title"}, c, traits),
            "trigger `t` uses column `client.name`");
  EXPECT_EQ(apply(RenameTable{"client", "customer"}, c, traits), "trigger `t` uses table `client`");
}

}  // namespace
}  // namespace cambium::plan
