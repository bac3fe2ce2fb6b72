// Emitted SQL on a real database: it ends in exactly the catalog that was simulated, and no row,
// high-water mark, child, trigger or view is lost on the way.
#include <fmt/core.h>

#include "compiler/catalog/sql.h"
#include "tests/unit/sqlite_fixture.h"

namespace cambium::testing {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Table;

Column column(std::string name, std::string type, bool notNull = false) {
  Column c;
  c.name = std::move(name);
  c.type = std::move(type);
  c.notNull = notNull;
  return c;
}

Table parent() {
  Table t;
  t.name = "parent";
  t.columns = {column("id", "INTEGER", true), column("name", "TEXT")};
  t.columns[0].autoIncrement = true;
  t.primaryKey = {"id"};
  t.indexes = {{"ix_parent_name", {{"name", "", false}}, {}, "", false, false, ""}};
  t.options = {"STRICT"};
  return t;
}

Table child() {
  Table t;
  t.name = "child";
  t.columns = {column("id", "TEXT", true), column("parent_id", "INTEGER", true)};
  t.primaryKey = {"id"};
  t.foreignKeys = {{"", {"parent_id"}, "parent", {"id"}, "CASCADE", "NO ACTION"}};
  t.options = {"STRICT"};
  return t;
}

const catalog::Trigger kAudit{
    "audit", "parent",
    "CREATE TRIGGER \"audit\" AFTER INSERT ON \"parent\"\nBEGIN\n  SELECT 1;\nEND"};
const catalog::View kView{"named", "CREATE VIEW \"named\" AS\nSELECT \"name\" FROM \"parent\""};
const catalog::View kOuter{"outer", "CREATE VIEW \"outer\" AS\nSELECT * FROM \"named\""};

class SqliteEmit : public ::testing::Test {
protected:
  // Executes a step, simulates it, and expects the same.
  bool step(const std::vector<plan::Operation>& operations) {
    if (!db.step(operations, now)) return false;
    for (const auto& operation : operations)
      EXPECT_EQ("", plan::apply(operation, now, sqliteDialect().traits()));
    EXPECT_EQ(describe(now), describe(db.catalog()));
    return true;
  }
  void family() {
    ASSERT_TRUE(step({plan::CreateTable{parent()}}));
    ASSERT_TRUE(step({plan::CreateTable{child()}}));
    db.run("INSERT INTO parent (id, name) VALUES (1, 'a'), (7, 'b'), (9, 'gone')");
    db.run("INSERT INTO child VALUES ('x', 1), ('y', 7)");
    db.run("DELETE FROM parent WHERE id = 9");
  }
  Database db;
  Catalog now;
};

TEST_F(SqliteEmit, RebuildKeepsWhatHangsOnTheTable) {
  family();
  ASSERT_TRUE(step({plan::CreateTrigger{kAudit}, plan::CreateView{kView}}));
  plan::RebuildTable op{
      parent(), parent(), {{"id", "\"id\""}, {"name", "coalesce(\"name\", '') || '!'"}}};
  op.to.columns[1].notNull = true;
  op.to.checks = {{"ck_parent_name", "length(\"name\") < 9"}};
  ASSERT_TRUE(step({op}));
  EXPECT_EQ("1|a!\n7|b!\n", db.rows("SELECT * FROM parent"));
  EXPECT_EQ("x|1\ny|7\n", db.rows("SELECT * FROM child ORDER BY id"));
  EXPECT_EQ("a!\nb!\n", db.rows("SELECT * FROM named"));
  db.run("INSERT INTO parent (name) VALUES ('new')");
  EXPECT_EQ("10\n", db.rows("SELECT max(id) FROM parent"));
  EXPECT_EQ("1\n", db.rows("PRAGMA foreign_keys"));
  EXPECT_EQ("", db.rows("SELECT name FROM sqlite_temp_schema"));
  db.run("DELETE FROM parent WHERE id = 1");
  EXPECT_EQ("y\n", db.rows("SELECT id FROM child"));
}

TEST_F(SqliteEmit, HighWaterMarkOfAnEmptyTableIsKept) {
  family();
  db.run("DELETE FROM parent");
  ASSERT_TRUE(
      step({plan::RebuildTable{parent(), parent(), {{"id", "\"id\""}, {"name", "\"name\""}}}}));
  db.run("INSERT INTO parent (name) VALUES ('new')");
  EXPECT_EQ("10\n", db.rows("SELECT id FROM parent"));
}

TEST_F(SqliteEmit, RebuildKeepsImplicitRowids) {
  ASSERT_TRUE(step({plan::CreateTable{parent()}, plan::CreateTable{child()}}));
  db.run("INSERT INTO parent (id) VALUES (1)");
  db.run("INSERT INTO child (rowid, id, parent_id) VALUES (40, 'x', 1), (50, 'y', 1)");
  ASSERT_TRUE(step(
      {plan::RebuildTable{child(), child(), {{"id", "\"id\""}, {"parent_id", "\"parent_id\""}}}}));
  EXPECT_EQ("40|x\n50|y\n", db.rows("SELECT rowid, id FROM child ORDER BY rowid"));
}

TEST_F(SqliteEmit, RebuildThatWouldLoseSomethingIsRefused) {
  family();
  const plan::RebuildTable same{parent(), parent(), {{"id", "\"id\""}, {"name", "\"name\""}}};
  db.run(kAudit.sql);  // the plan does not know of it
  EXPECT_FALSE(db.step({same}, now));
  EXPECT_EQ("trigger audit\n", db.lost);
  db.run("DROP TRIGGER audit");
  plan::RebuildTable orphans = same;
  orphans.copy[0].second = "\"id\" + 100";
  EXPECT_FALSE(db.step({orphans}, now));
  EXPECT_EQ(describe(now), describe(db.catalog()));
  EXPECT_EQ("1|a\n7|b\n", db.rows("SELECT * FROM parent"));
  EXPECT_EQ("2\n", db.rows("SELECT count(*) FROM child"));
}

TEST_F(SqliteEmit, DropTableLeavesNoChildBehind) {
  family();
  db.run("CREATE TABLE stranger (p REFERENCES parent)");
  const plan::DropTable drop{parent()};
  EXPECT_FALSE(db.step({plan::DropTable{child()}, drop}, now));
  db.run("DROP TABLE stranger");
  EXPECT_TRUE(step({plan::DropTable{child()}, drop}));
}

TEST_F(SqliteEmit, RenameTableTakesViewsAndTriggersAlong) {
  family();
  ASSERT_TRUE(
      step({plan::CreateTrigger{kAudit}, plan::CreateView{kView}, plan::CreateView{kOuter}}));
  ASSERT_TRUE(db.step({plan::RenameTable{"parent", "Person"}}, now));
  EXPECT_EQ("a\nb\n", db.rows("SELECT * FROM \"outer\""));
  const Catalog found = db.catalog();
  EXPECT_EQ("Person", found.findTrigger("audit")->table);
  EXPECT_EQ("Person", found.findTable("child")->foreignKeys[0].table);
  EXPECT_EQ("CREATE VIEW \"named\" AS\nSELECT \"name\" FROM \"Person\"",
            found.findView("named")->sql);
}

TEST_F(SqliteEmit, FaceOfARenamedTable) {
  family();
  const auto& traits = sqliteDialect().traits();
  const catalog::Face face{
      "person", "parent", {"id"}, {{"key", "id"}, {"title", "name"}}, {}, {{"title", "'none'"}}};
  db.run("DELETE FROM child");
  db.run(traits.faceView(face));
  for (const auto& [name, sql] : traits.faceTriggers(face)) db.run(sql);
  db.run("INSERT INTO person (title) VALUES ('new')");
  db.run("INSERT INTO person (key) VALUES (20)");
  db.run("UPDATE person SET title = 'A', key = 2 WHERE key = 7");
  db.run("DELETE FROM person WHERE key = 1");
  EXPECT_EQ("2|A\n10|new\n20|none\n", db.rows("SELECT key, title FROM person ORDER BY key"));
}

// Two versions in one table: `name` (old) and `title` (new), a rename.
TEST_F(SqliteEmit, SyncTriggersWithAndWithoutRecursion) {
  Table table = parent();
  table.columns.push_back(column("title", "TEXT"));
  ASSERT_TRUE(step({plan::CreateTable{table}}));
  const auto& traits = sqliteDialect().traits();
  using catalog::SyncTrigger;
  const std::string apart = "NEW.\"title\" IS NOT NEW.\"name\"";
  const std::vector<SyncTrigger> triggers = {
      {"s1",
       "parent",
       {"id"},
       SyncTrigger::Event::insert,
       {},
       "NEW.\"title\" IS NULL AND " + apart,
       {{"title", "NEW.\"name\""}}},
      {"s2",
       "parent",
       {"id"},
       SyncTrigger::Event::insert,
       {},
       "NEW.\"title\" IS NOT NULL AND " + apart,
       {{"name", "NEW.\"title\""}}},
      {"s3",
       "parent",
       {"id"},
       SyncTrigger::Event::update,
       {"name"},
       "NEW.\"title\" IS OLD.\"title\" AND " + apart,
       {{"title", "NEW.\"name\""}}},
      {"s4",
       "parent",
       {"id"},
       SyncTrigger::Event::update,
       {"title"},
       apart,
       {{"name", "NEW.\"title\""}}},
  };
  for (const auto& t : triggers) db.run(traits.syncTrigger(t));
  db.run(traits.guardTrigger({"g1", "parent", SyncTrigger::Event::insert,
                              "length(NEW.\"name\") > 3", "too long, isn't it"}));
  for (const char* recursive : {"OFF", "ON"}) {
    db.run(std::string("PRAGMA recursive_triggers = ") + recursive);
    db.run("DELETE FROM parent");
    db.run("INSERT INTO parent (id, name) VALUES (1, 'old')");
    db.run("INSERT INTO parent (id, title) VALUES (2, 'new')");
    EXPECT_EQ("1|old|old\n2|new|new\n", db.rows("SELECT * FROM parent"));
    db.run("UPDATE parent SET name = 'x' WHERE id = 1");
    db.run("UPDATE parent SET title = 'y' WHERE id = 2");
    EXPECT_EQ("1|x|x\n2|y|y\n", db.rows("SELECT * FROM parent"));
    db.run("UPDATE parent SET name = NULL WHERE id = 1");
    EXPECT_EQ("1|~|~\n2|y|y\n", db.rows("SELECT * FROM parent"));
    EXPECT_EQ("too long, isn't it",
              db.session->execute("INSERT INTO parent (name) VALUES ('long')").error().message);
  }
}

std::string backfill(Database& db, const plan::Backfill& op, const Catalog& during, int batch) {
  const auto sql = *sqliteDialect().emit({op}, during)->batch;
  const auto upper = db.session->query(sql.upperBound);
  std::vector<std::pair<std::string, dialect::Value>> bounds;
  for (unsigned i = 0; i < sql.keyColumns; ++i)
    bounds.emplace_back(fmt::format("u{}", i + 1), (*upper)[0][i]);
  bounds.emplace_back("n", std::to_string(batch - 1));
  std::string trail;
  for (bool first = true;; first = false) {
    std::vector<std::pair<std::string_view, dialect::Value>> values(bounds.begin(), bounds.end());
    const auto end = db.session->query(first ? sql.firstEnd : sql.nextEnd, values);
    if (!end) return end.error().message;
    const bool last = end->empty();
    for (unsigned i = 0; i < sql.keyColumns; ++i)
      bounds.emplace_back(fmt::format("e{}", i + 1), last ? (*upper)[0][i] : (*end)[0][i]);
    values.assign(bounds.begin(), bounds.end());
    const auto changed = db.session->update(first ? sql.firstUpdate : sql.nextUpdate, values);
    if (!changed) return changed.error().message;
    trail += std::to_string(*changed) + " ";
    if (last) break;
    std::erase_if(bounds, [](const auto& b) { return b.first[0] == 'c'; });
    for (auto& [name, value] : bounds)
      if (name[0] == 'e') name[0] = 'c';
  }
  return trail + "left " + db.rows(sql.countPending);
}

TEST_F(SqliteEmit, BackfillInBatches) {
  const std::string numbers =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) ";
  const auto fill = [&](const std::string& name, std::vector<Column> columns,
                        std::vector<std::string> key, std::vector<std::string> options,
                        const std::string& values) {
    Table t;
    t.name = name;
    t.columns = std::move(columns);
    t.columns.push_back(column("v", "TEXT"));
    t.primaryKey = key;
    t.options = std::move(options);
    EXPECT_TRUE(step({plan::CreateTable{t}}));
    db.run("INSERT INTO \"" + name + "\" " + numbers + "SELECT " + values + ", NULL FROM n");
    return backfill(db, {name, key, {{"v", "'a:e1'"}}, "\"v\" IS NULL"}, now, 4);
  };
  EXPECT_EQ("4 4 2 left 0\n",
            fill("int", {column("k", "INTEGER", true)}, {"k"}, {"STRICT"}, "i * 3"));
  EXPECT_EQ("4 4 2 left 0\n",
            fill("text", {column("k", "TEXT", true)}, {"k"}, {"STRICT"}, "'k' || i"));
  EXPECT_EQ("4 4 2 left 0\n", fill("real", {column("k", "REAL", true)}, {"k"},
                                   {"STRICT", "WITHOUT ROWID"}, "i / 3.0"));
  EXPECT_EQ("4 4 2 left 0\n", fill("blob", {column("k", "BLOB", true)}, {"k"},
                                   {"STRICT", "WITHOUT ROWID"}, "zeroblob(i)"));
  EXPECT_EQ("4 4 2 left 0\n", fill("blob2", {column("k", "BLOB", true)}, {"k"}, {}, "zeroblob(i)"));
  EXPECT_EQ("4 4 2 left 0\n", fill("none", {column("k", "BLOB")}, {}, {}, "i"));
  EXPECT_EQ("4 4 2 left 0\n",
            fill("pair", {column("a", "INTEGER", true), column("b", "TEXT", true)}, {"a", "b"},
                 {"STRICT"}, "i / 3, 'b' || i"));
}

TEST_F(SqliteEmit, HostileNames) {
  for (const std::string name :
       {"select", "a \"b\" [c] `d`", "x'; DROP TABLE y; --", "größe ☃", "a.b", "rowid"}) {
    Table t;
    t.name = name;
    t.columns = {column("id", "INTEGER", true), column(name, "TEXT"), column(name + "2", "TEXT")};
    t.primaryKey = {"id"};
    t.checks = {{"ck " + name, sqliteDialect().traits().quote(name) + " <> '\"x\"'"}};
    t.indexes = {{"ix " + name, {{name, "", true}}, {}, "", true, false, ""}};
    t.options = {"STRICT"};
    ASSERT_TRUE(step({plan::CreateTable{t}})) << name;
    const std::string q = sqliteDialect().traits().quote(name);
    db.run("INSERT INTO " + q + " VALUES (1, 'a', 'b')");
    ASSERT_TRUE(step({plan::RebuildTable{t, t, {{"id", "\"id\""}, {name, q}}}})) << name;
    EXPECT_EQ("1|a|~\n", db.rows("SELECT * FROM " + q));
    ASSERT_TRUE(step({plan::RenameColumn{name, name, "plain"}})) << name;
  }
}

// ---- expressions, evaluated
class SqliteFunctions : public ::testing::Test {
protected:
  static ir::Expr literal(ir::Scalar scalar, std::string text, uint16_t precision = 0,
                          uint16_t scale = 0) {
    ir::Expr e;
    e.kind = ir::ExprKind::literal;
    e.type.scalar = scalar;
    e.type.precision = precision;
    e.type.scale = scale;
    e.text = std::move(text);
    return e;
  }
  static ir::Expr text(std::string value) { return literal(ir::Scalar::string, std::move(value)); }
  static ir::Expr integer(std::string value) {
    return literal(ir::Scalar::int64, std::move(value));
  }
  static ir::Expr decimal(std::string value) {
    return literal(ir::Scalar::decimal, std::move(value), 12, 2);
  }
  static ir::Expr null() {
    ir::Expr e = literal(ir::Scalar::null, "");
    e.type.optional = true;
    return e;
  }
  static ir::Expr op(ir::Op o, ir::Scalar result, ir::Expr a, ir::Expr b) {
    ir::Expr e;
    e.kind = ir::ExprKind::binary;
    e.op = o;
    e.type.scalar = result;
    e.type.precision = 14;
    e.type.scale = 4;  // of the exact result; a decimal is rounded to it
    e.args = {std::move(a), std::move(b)};
    return e;
  }
  std::string value(const ir::Expr& e) {
    const ir::Model model;
    return db.rows("SELECT " + catalog::toSql(e, {model, sqliteDialect().traits(), {}, ""}));
  }
  std::string call(ir::Function f, std::vector<ir::Expr> args) {
    ir::Expr e;
    e.kind = ir::ExprKind::call;
    e.function = f;
    e.args = std::move(args);
    return value(e);
  }
  Database db;
};

TEST_F(SqliteFunctions, Texts) {
  using F = ir::Function;
  EXPECT_EQ("a1true\n", call(F::concat, {text("a"), integer("1"),
                                         literal(ir::Scalar::boolean, "true"), null()}));
  EXPECT_EQ("bc\n", call(F::substring, {text("abcd"), integer("2"), integer("2")}));
  EXPECT_EQ("a\n", call(F::substring, {text("abcd"), integer("0"), integer("2")}));
  EXPECT_EQ("\n", call(F::substring, {text("abcd"), integer("2"), integer("-1")}));
  for (const auto& [separator, whole] : std::vector<std::pair<std::string, std::string>>{
           {" ", "Ada \"q\" L"}, {", ", "Ada, \"q\", L"}, {"n1", "Adan1\"q\"n1L"}}) {
    EXPECT_EQ("Ada\n", call(F::splitPart, {text(whole), text(separator), integer("1")}));
    EXPECT_EQ("\"q\"\n", call(F::splitPart, {text(whole), text(separator), integer("2")}));
  }
  EXPECT_EQ("L\n", call(F::splitPart, {text("a\\b-c-L"), text("-"), integer("3")}));
  EXPECT_EQ("a\\b\n", call(F::splitPart, {text("a\\b-c-L"), text("-"), integer("1")}));
  EXPECT_EQ("\n", call(F::splitPart, {text("a-b"), text("-"), integer("3")}));
  EXPECT_EQ("\n", call(F::splitPart, {text("ab"), text("x"), integer("2")}));
  EXPECT_EQ("1\n", call(F::startsWith, {text("a%b"), text("a%")}));
  EXPECT_EQ("0\n", call(F::contains, {text("abc"), text("B")}));
  EXPECT_EQ("5\n", call(F::length, {text("größe")}));
  EXPECT_FALSE(sqliteDialect().traits().call(F::matches, {"'a'", "'b'"}, {}));
}

TEST_F(SqliteFunctions, ConversionsNeverInventAZero) {
  using F = ir::Function;
  for (const char* garbage : {"", "-", "12a", "a", "1.5", "99999999999999999999", "--1"})
    EXPECT_EQ("~\n", call(F::toInt64, {text(garbage)})) << garbage;
  EXPECT_EQ("-12\n", call(F::toInt64, {text(" -12 ")}));
  EXPECT_EQ("7\n", call(F::toInt64, {text("+007")}));
  EXPECT_EQ("3\n", call(F::toInt64, {decimal("2.5")}));
  for (const char* garbage : {"", ".", "1.2.3", "1,5", "x"})
    EXPECT_EQ("~\n", call(F::toDecimal, {text(garbage)})) << garbage;
  EXPECT_EQ("-1.5\n", call(F::toDecimal, {text("-1.50")}));
  EXPECT_EQ("~\n", call(F::toDecimal, {text("1e3")}));
  EXPECT_EQ("1000.0\n", call(F::toFloat64, {text("1e3")}));
  EXPECT_EQ("~\n", call(F::toFloat64, {text("1e3x")}));
  EXPECT_EQ("1\n", call(F::toBool, {text(" Yes")}));
  EXPECT_EQ("~\n", call(F::toBool, {text("maybe")}));
  EXPECT_EQ("2.50\n", call(F::toStringFn, {decimal("2.5")}));
  EXPECT_EQ("false\n", call(F::toStringFn, {literal(ir::Scalar::boolean, "false")}));
}

TEST_F(SqliteFunctions, ValuesOfTheMoment) {
  using F = ir::Function;
  const std::string id = call(F::uuid, {});
  ASSERT_EQ(37u, id.size());
  EXPECT_EQ('4', id[14]);
  EXPECT_NE(std::string::npos, std::string("89ab").find(id[19]));
  EXPECT_NE(id, call(F::uuid, {}));
  EXPECT_EQ(25u, call(F::now, {}).size());
  EXPECT_EQ(11u, call(F::today, {}).size());
}

TEST_F(SqliteFunctions, Operators) {
  using ir::Op;
  using ir::Scalar;
  EXPECT_EQ("3\n", value(op(Op::divide, Scalar::int64, integer("7"), integer("2"))));
  EXPECT_EQ("3.5\n", value(op(Op::divide, Scalar::decimal, integer("7"), integer("2"))));
  EXPECT_EQ("0.3\n", value(op(Op::add, Scalar::decimal, decimal("0.1"), decimal("0.2"))));
  EXPECT_EQ("1\n", value(op(Op::equal, Scalar::boolean,
                            op(Op::multiply, Scalar::decimal, decimal("1.1"), integer("3")),
                            decimal("3.3"))));
  EXPECT_EQ("-1\n", value(op(Op::modulo, Scalar::int64, integer("-7"), integer("2"))));
  ir::Expr like;
  like.kind = ir::ExprKind::like;
  like.args = {text("a*B%c"), text("a*B_c")};
  EXPECT_EQ("1\n",
            db.rows("SELECT " + *sqliteDialect().traits().binary(like, "'a*B%c'", "'a*B_c'")));
  EXPECT_EQ("0\n",
            db.rows("SELECT " + *sqliteDialect().traits().binary(like, "'a*b%c'", "'a*B_c'")));
}

}  // namespace
}  // namespace cambium::testing
