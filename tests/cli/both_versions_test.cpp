// Writes of applications of both versions between the phases, with the real tool and a plain
// client.
#include "tests/cli/cli_fixture.h"

namespace cambium::testing {
namespace {

class BothVersions : public Cli {
protected:
  void putVersion(const std::string& version, const std::string& model) const {
    put("package.cam",
        "package shop version \"" + version +
            "\"\n\nenvironment dev { url \"sqlite://shop.db\"  destructive allow }\n");
    put("model.cam", model);
  }
  // Exit code of a plain client that runs the statement.
  int write(const std::string& statement) const {
    return std::system(("sqlite3 -bail '" + (root_ / "shop.db").string() +
                        "' \"pragma foreign_keys = on; " + statement + "\" >/dev/null 2>&1")
                           .c_str());
  }
  std::string rows(const std::string& query) const {
    const std::string out = (root_ / ".err").string();
    EXPECT_EQ(std::system(("sqlite3 '" + (root_ / "shop.db").string() + "' \"" + query + "\" >'" +
                           out + "'")
                              .c_str()),
              0);
    return readFile(out);
  }
};

// A guard over two moved columns sees the values that the other group's trigger has yet to carry
// over.
TEST_F(BothVersions, oldWritesThatTouchTwoMovedColumns) {
  putVersion("1.0.0", "entity Span {\n  key id: int64\n  a: int64\n  b: int64\n}\n");
  ASSERT_EQ(cambium("seal -q").exit, 0);
  ASSERT_EQ(cambium("apply -q").exit, 0);
  ASSERT_EQ(write("insert into span values (1, 10, 20)"), 0);
  putVersion("1.1.0",
             "entity Span {\n  key id: int64\n  x: int64\n  y: int64\n  check less: x < y\n}\n"
             "migration from \"1.0.0\" to \"1.1.0\" { rename Span.a -> x  rename Span.b -> y }\n");
  ASSERT_EQ(cambium("apply --through switch -q").exit, 0);
  EXPECT_EQ(write("update span set a = 1, b = 2 where id = 1"), 0);
  EXPECT_EQ(rows("select a, b, x, y from span"), "1|2|1|2\n");
  EXPECT_EQ(write("update span set a = 50, b = 60 where id = 1"), 0);
  EXPECT_EQ(rows("select a, b, x, y from span"), "50|60|50|60\n");
  EXPECT_EQ(write("update span set x = 3, y = 4 where id = 1"), 0);
  EXPECT_EQ(rows("select a, b, x, y from span"), "3|4|3|4\n");
  EXPECT_NE(write("update span set a = 9, b = 5 where id = 1"), 0);
  EXPECT_NE(write("update span set x = 9 where id = 1"), 0);
  EXPECT_NE(write("insert into span (id, a, b) values (2, 9, 5)"), 0);
  EXPECT_EQ(write("insert into span (id, a, b) values (2, 5, 9)"), 0);
  EXPECT_EQ(rows("select id, a, b, x, y from span"), "1|3|4|3|4\n2|5|9|5|9\n");
  EXPECT_EQ(cambium("apply -q").exit, 0);
  EXPECT_EQ(rows("select id, x, y from span"), "1|3|4\n2|5|9\n");
}

// A computed property is held to its type like any other.
TEST_F(BothVersions, computedValuesThatTheTypeCannotHold) {
  putVersion("1.0.0",
             "entity Sum {\n  key id: int64\n  big: int64\n  small: int32 = to_int64(big) "
             "computed\n}\n");
  ASSERT_EQ(cambium("apply -q").exit, 0);
  EXPECT_EQ(write("insert into sum (id, big) values (1, 7)"), 0);
  EXPECT_NE(write("insert into sum (id, big) values (2, 99999999999)"), 0);
}

// A unique whose condition names a renamed column holds for both, and lets pass what is outside it:
// also while the triggers have yet to carry a value over.
TEST_F(BothVersions, aUniqueWhoseConditionIsRenamed) {
  putVersion("1.0.0",
             "entity A {\n  key id: int64\n  e: string(9)\n  gone: int32?\n"
             "  unique (e) where gone is null\n}\n");
  ASSERT_EQ(cambium("seal -q").exit, 0);
  ASSERT_EQ(cambium("apply -q").exit, 0);
  ASSERT_EQ(write("insert into a values (1, 'x', null), (2, 'x', 7), (3, 'x', 7)"), 0);
  putVersion("1.1.0",
             "entity A {\n  key id: int64\n  e: string(9)\n  removed: int32?\n"
             "  unique (e) where removed is null\n}\n"
             "migration from \"1.0.0\" to \"1.1.0\" { rename A.gone -> removed }\n");
  for (const char* through : {"validate", "switch"}) {
    ASSERT_EQ(cambium(std::string("apply -q --through ") + through).exit, 0) << through;
    EXPECT_EQ(write("insert into a (id, e, gone) values (4, 'x', 1)"), 0) << through;
    EXPECT_NE(write("insert into a (id, e) values (5, 'x')"), 0) << through;
    EXPECT_NE(write("update a set gone = null where id = 4"), 0) << through;
    EXPECT_EQ(write("update a set gone = 1 where id = 1"), 0) << through;
    EXPECT_EQ(write("update a set gone = null where id = 4"), 0) << through;
    EXPECT_NE(write("update a set gone = null where id = 1"), 0) << through;
    EXPECT_EQ(write("delete from a where id = 4; update a set gone = null where id = 1"), 0);
  }
  EXPECT_EQ(write("insert into a (id, e, removed) values (4, 'x', 1)"), 0);
  EXPECT_NE(write("insert into a (id, e) values (5, 'x')"), 0);
  EXPECT_NE(write("update a set removed = null where id = 4"), 0);
  EXPECT_EQ(write("update a set removed = 1 where id = 1"), 0);
  EXPECT_EQ(write("update a set removed = null where id = 4"), 0);
  EXPECT_EQ(rows("select id, gone, removed from a"), "1|1|1\n2|7|7\n3|7|7\n4||\n");
  EXPECT_EQ(cambium("apply -q").exit, 0);
  EXPECT_NE(write("insert into a (id, e) values (5, 'x')"), 0);
  EXPECT_EQ(write("insert into a (id, e, removed) values (5, 'x', 2)"), 0);
  EXPECT_EQ(cambium("drift -e dev --exit-code").exit, 0);
}

// What an old application writes after the count is counted again before its column goes.
TEST_F(BothVersions, aValueThatIsLostAfterTheSwitch) {
  putVersion("1.0.0", "entity A {\n  key id: int64\n  e: string(80)?\n}\n");
  ASSERT_EQ(cambium("seal -q").exit, 0);
  ASSERT_EQ(cambium("apply -q").exit, 0);
  ASSERT_EQ(write("insert into a values (1, 'abc')"), 0);
  const std::string model = "entity A {\n  key id: int64\n  f: int64?\n}\n";
  const std::string convert = "rename A.e -> f  convert A.e up to_int64(e) down to_string(f)";
  putVersion("1.1.0", model + "migration from \"1.0.0\" to \"1.1.0\" { " + convert + " }\n");
  const Ended stopped = cambium("apply");
  EXPECT_EQ(stopped.exit, 7);
  EXPECT_NE(stopped.err.find("error[RUN071]: the run stopped on its way: step 5 (`no rows of a "
                             "whose e does not come back from f`) does not hold: rows of "
                             "a whose e does not come back from f (1 row); correct them"),
            std::string::npos)
      << stopped.err;
  EXPECT_NE(stopped.err.find("note: they are found by SELECT * FROM \"a\" WHERE (\"e\" IS NOT"),
            std::string::npos)
      << stopped.err;
  EXPECT_NE(stopped.err.find("approve narrow A.e"), std::string::npos) << stopped.err;
  ASSERT_EQ(write("update a set e = '1'"), 0);
  ASSERT_EQ(cambium("apply -q --through switch").exit, 0);
  ASSERT_EQ(write("insert into a (id, e) values (2, 'xyz')"), 0);
  const Ended late = cambium("apply");
  EXPECT_EQ(late.exit, 7);
  EXPECT_NE(late.err.find("rows of a whose e does not come back from f (1 row)"), std::string::npos)
      << late.err;
  EXPECT_EQ(rows("select id, e, f from a"), "1|1|1\n2|xyz|\n");
  ASSERT_EQ(cambium("undo -q").exit, 0);
  EXPECT_EQ(rows("select id, e from a"), "1|1\n2|xyz\n");
  putVersion("1.1.0", model + "migration from \"1.0.0\" to \"1.1.0\" { " + convert +
                          " approve narrow A.e \"agreed\" }\n");
  ASSERT_EQ(cambium("apply -q").exit, 0);
  EXPECT_EQ(rows("select id, f from a"), "1|1\n2|\n");
}

// A renamed key: rows are found by either name, references hold by either, and what one version
// writes the other one sees, also where neither key is there until the trigger has run.
TEST_F(BothVersions, aKeyIsRenamed) {
  putVersion("1.0.0",
             "entity Customer { key number: string(20)  name: text }\n"
             "entity Order { key id: int64 = autoincrement()  customer: ref Customer on delete "
             "cascade  total: int32 }\n");
  ASSERT_EQ(cambium("seal -q").exit, 0);
  ASSERT_EQ(cambium("apply -q").exit, 0);
  ASSERT_EQ(write("insert into customer values ('C1', 'Ada'), ('C2', 'Bob')"), 0);
  ASSERT_EQ(write("insert into \\\"order\\\" (customer_number, total) values ('C1', 5)"), 0);
  putVersion("1.1.0",
             "entity Customer { key code: string(20)  name: text }\n"
             "entity Order { key id: int64 = autoincrement()  customer: ref Customer on delete "
             "cascade  total: int32 }\n"
             "migration from \"1.0.0\" to \"1.1.0\" { rename Customer.number -> code }\n");
  for (const std::string phase : {"expand", "backfill", "validate", "switch"}) {
    SCOPED_TRACE(phase);
    ASSERT_EQ(cambium("apply --through " + phase + " -q").exit, 0);
    const std::string a = "O" + phase, b = "N" + phase;
    EXPECT_EQ(
        write("insert into customer (number, name) values ('" + a + "', 'a'), ('" + a + "2', 'a')"),
        0);
    EXPECT_EQ(
        write("insert into customer (code, name) values ('" + b + "', 'b'), ('" + b + "2', 'b')"),
        0);
    EXPECT_EQ(rows("select count(*) from customer where number is not code and name in ('a', "
                   "'b')"),
              "0\n");
    EXPECT_NE(write("insert into customer (number, name) values ('" + b + "', 'twice')"), 0);
    EXPECT_NE(write("insert into customer (name) values ('nobody')"), 0)
        << "a customer without a key";
    // References by either key to rows that either version wrote.
    EXPECT_EQ(write("insert into \\\"order\\\" (customer_number, total) values ('" + b + "', 1)"),
              0);
    EXPECT_EQ(write("insert into \\\"order\\\" (customer_code, total) values ('" + a + "', 1)"), 0);
    EXPECT_NE(write("insert into \\\"order\\\" (customer_number, total) values ('x', 1)"), 0);
    EXPECT_NE(write("insert into \\\"order\\\" (customer_code, total) values ('x', 1)"), 0);
    EXPECT_EQ(rows("select customer_number, customer_code from \\\"order\\\" where total = 1 order "
                   "by id desc limit 2"),
              a + "|" + a + "\n" + b + "|" + b + "\n");
    // A key that is not referred to may change, by either name.
    EXPECT_EQ(write("update customer set code = code || 'x' where number = '" + a + "2'"), 0);
    EXPECT_EQ(write("update customer set number = number || 'x' where code = '" + b + "2'"), 0);
    EXPECT_EQ(rows("select number, code from customer where name in ('a', 'b') and code like "
                   "'%2x' order by 1 desc limit 2"),
              a + "2x|" + a + "2x\n" + b + "2x|" + b + "2x\n");
    // Upserts by either key.
    EXPECT_EQ(write("insert into customer (number, name) values ('" + b +
                    "', 'z') on conflict (number) do update set name = 'z'"),
              0);
    // The rows of a customer who goes go along.
    EXPECT_EQ(write("delete from customer where number = '" + b + "'"), 0);
    EXPECT_EQ(write("delete from customer where " +
                    std::string(phase == "expand" ? "number" : "code") + " = '" + a + "'"),
              0);
    EXPECT_EQ(rows("select count(*) from \\\"order\\\" where total = 1"), "0\n");
    EXPECT_EQ(write("delete from customer where name in ('a', 'b')"), 0);
  }
  EXPECT_EQ(write("insert into customer (code, name) values ('C2', 'Bea') on conflict (code) do "
                  "update set name = 'Bea'"),
            0);
  EXPECT_EQ(cambium("undo -q --yes").exit, 0);
  EXPECT_EQ(rows("select * from customer"), "C1|Ada\nC2|Bea\n");
  EXPECT_EQ(rows("select * from \\\"order\\\""), "1|C1|5\n");
  EXPECT_EQ(cambium("apply -q").exit, 0);
  EXPECT_EQ(rows("select code, name from customer"), "C1|Ada\nC2|Bea\n");
  EXPECT_EQ(rows("select id, customer_code, total from \\\"order\\\""), "1|C1|5\n");
  EXPECT_NE(write("insert into \\\"order\\\" (customer_code, total) values ('x', 1)"), 0);
  EXPECT_EQ(write("delete from customer where code = 'C1'"), 0);
  EXPECT_EQ(rows("select count(*) from \\\"order\\\""), "0\n");
  EXPECT_EQ(cambium("drift -q").exit, 0);
}

}  // namespace
}  // namespace cambium::testing
