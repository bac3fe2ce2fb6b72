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

}  // namespace
}  // namespace cambium::testing
