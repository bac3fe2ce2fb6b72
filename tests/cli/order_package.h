// tests/cli/order_package.h: a package of one entity with one environment on SQLite, whose members
// and version a test writes anew.
#pragma once

#include <cstdlib>

#include "tests/cli/cli_fixture.h"

namespace cambium::testing {

class OrderPackage : public Cli {
protected:
  void putPackage(const std::string& version) const {
    put("package.cam",
        "package shop version \"" + version +
            "\"\n\nenvironment dev { url \"sqlite://shop.db\"  destructive allow }\n");
  }
  void putOrder(const std::string& members) const {
    put("order.cam", "entity Order {\n  key id: int64\n  title: string(40)\n" + members + "}\n");
  }
  std::string sql(const std::string& text) const {
    const std::string command = "sqlite3 '" + (root_ / "shop.db").string() + "' \"" + text +
                                "\" >'" + (root_ / ".rows").string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << text;
    return get(".rows");
  }
  // 1.0.0 with a row whose title has eight letters.
  void putFirst() const {
    putPackage("1.0.0");
    putOrder("");
    ASSERT_EQ(cambium("apply -q").exit, 0);
    ASSERT_EQ(cambium("seal -q").exit, 0);
    sql("insert into \\\"order\\\" values (1, 'abcdefgh')");
    putPackage("1.1.0");
  }
};

}  // namespace cambium::testing
