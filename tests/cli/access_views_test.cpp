// An environment that says `access views`, with the real tool and a plain client.
#include "tests/cli/cli_fixture.h"

namespace cambium::testing {
namespace {

class AccessViews : public Cli {
protected:
  void putVersion(const std::string& version, const std::string& type,
                  const std::string& settings = "access views") const {
    put("package.cam", "package shop version \"" + version +
                           "\"\n\nenvironment dev { url \"sqlite://shop.db\"  " + settings +
                           " }\nenvironment prod { url \"sqlite://prod.db\"  promote from dev  "
                           "access views }\n");
    put("model.cam", "entity Client {\n  key id: int64\n  code: " + type + "\n}\n" +
                         (version == "1.0.0"
                              ? ""
                              : "migration from \"1.0.0\" to \"1.1.0\" {\n  convert Client.code up "
                                "concat(\"C-\", to_string(code)) down "
                                "to_int64(substring(code, 3, 20))\n}\n"));
  }
  // What a plain client is told, or that it failed.
  std::string sql(const std::string& statement, const std::string& file = "shop.db") const {
    const std::string out = (root_ / ".sql").string();
    const int exit = std::system(("sqlite3 -bail '" + (root_ / file).string() + "' \"" + statement +
                                  "\" >'" + out + "' 2>/dev/null")
                                     .c_str());
    return exit == 0 ? readFile(out) : "failed";
  }
  void expectNoDrift(const std::string& environment = "dev") const {
    const Ended drift = cambium("drift -e " + environment + " --exit-code");
    EXPECT_EQ(drift.exit, 0) << drift.out << drift.err;
  }
  void expectMissing(const std::string& view) const {
    const Ended drift = cambium("drift -e dev --exit-code");
    EXPECT_NE(drift.exit, 0);
    EXPECT_NE(drift.out.find("missing  view " + view + "\n"), std::string::npos) << drift.out;
  }
};

TEST_F(AccessViews, bothVersionsHaveTheirFace) {
  putVersion("1.0.0", "int64");
  ASSERT_EQ(cambium("seal -q").exit, 0);
  const Ended first = cambium("apply -e dev");
  ASSERT_EQ(first.exit, 0) << first.err;
  EXPECT_EQ(first.err.find("warning"), std::string::npos) << first.err;
  expectNoDrift();
  EXPECT_EQ(sql("insert into client_v1_0_0 values (1, 5); select * from client_v1_0_0"), "1|5\n");
  putVersion("1.1.0", "text");
  ASSERT_EQ(cambium("apply -e dev --through switch").exit, 0);
  EXPECT_EQ(sql("select code, typeof(code) from client_v1_0_0"), "5|integer\n");
  EXPECT_EQ(sql("select code from client_v1_1_0"), "C-5\n");
  EXPECT_EQ(sql("update client_v1_1_0 set code = 'C-6'; select code from client_v1_0_0"), "6\n");
  ASSERT_EQ(cambium("undo -e dev --yes").exit, 0);
  expectNoDrift();
  EXPECT_EQ(sql("select code from client_v1_0_0"), "6\n");
  EXPECT_EQ(sql("select code from client_v1_1_0"), "failed");
  ASSERT_EQ(cambium("apply -e dev --yes").exit, 0);
  expectNoDrift();
  EXPECT_EQ(sql("select code from client_v1_1_0"), "C-6\n");
  EXPECT_EQ(sql("select code from client_v1_0_0"), "failed");
}

// The face of a version comes and goes with what the environment says.
TEST_F(AccessViews, accessChangesWithoutAVersion) {
  putVersion("1.0.0", "int64", "access direct");
  ASSERT_EQ(cambium("apply -e dev -q").exit, 0);
  EXPECT_EQ(sql("select count(*) from client_v1_0_0"), "failed");
  putVersion("1.0.0", "int64");
  expectMissing("client_v1_0_0");
  ASSERT_EQ(cambium("apply -e dev -q").exit, 0);
  EXPECT_EQ(sql("select count(*) from client_v1_0_0"), "0\n");
  expectNoDrift();
  const Ended again = cambium("apply -e dev");
  EXPECT_NE(again.out.find("nothing to do"), std::string::npos) << again.out << again.err;
  putVersion("1.0.0", "int64", "access direct");
  ASSERT_EQ(cambium("apply -e dev -q").exit, 0);
  EXPECT_EQ(sql("select count(*) from client_v1_0_0"), "failed");
  expectNoDrift();
}

TEST_F(AccessViews, aPlanForTheOtherAccessIsRefused) {
  putVersion("1.0.0", "int64", "access direct");
  ASSERT_EQ(cambium("plan -e dev -o direct.plan").exit, 0);
  putVersion("1.0.0", "int64");
  const Ended refused = cambium("apply -e dev direct.plan");
  EXPECT_EQ(refused.exit, 6) << refused.err;
  EXPECT_NE(refused.err.find("error[RUN056]: the plan is for access `direct`, this is `views`"),
            std::string::npos)
      << refused.err;
  EXPECT_FALSE(fs::exists(root_ / "shop.db"));
  ASSERT_EQ(cambium("plan -e dev -o views.plan").exit, 0);
  ASSERT_EQ(cambium("apply -e dev views.plan -q").exit, 0);
  EXPECT_EQ(sql("select count(*) from client_v1_0_0"), "0\n");
}

// Nobody knows who still uses the old face: it does not go by itself where others work.
TEST_F(AccessViews, theOldFaceWaitsForItsContract) {
  putVersion("1.0.0", "int64");
  ASSERT_EQ(cambium("seal -q").exit, 0);
  ASSERT_EQ(cambium("apply -e prod -q").exit, 0);
  putVersion("1.1.0", "int64");
  put("model.cam", "entity Client {\n  key id: int64\n  code: int64\n  note: text?\n}\n");
  ASSERT_EQ(cambium("seal -q").exit, 0);
  const Ended apply = cambium("apply -e prod");
  ASSERT_EQ(apply.exit, 0) << apply.err;
  EXPECT_NE(apply.err.find("applications may still use the face of 1.0.0"), std::string::npos)
      << apply.err;
  EXPECT_EQ(sql("select count(*) from client_v1_0_0", "prod.db"), "0\n");
  EXPECT_EQ(sql("select count(note) from client_v1_1_0", "prod.db"), "0\n");
  ASSERT_EQ(cambium("resume -e prod --through contract").exit, 0);
  EXPECT_EQ(sql("select count(*) from client_v1_0_0", "prod.db"), "failed");
  expectNoDrift("prod");
}

// A view of the face that somebody takes away is told of, and comes back by the repair.
TEST_F(AccessViews, aViewThatIsMissingIsDrift) {
  putVersion("1.0.0", "int64");
  put("more.cam", "entity Other { key id: int64 }\n");
  ASSERT_EQ(cambium("apply -e dev -q").exit, 0);
  ASSERT_EQ(sql("drop view other_v1_0_0"), "");
  expectMissing("other_v1_0_0");
}

// All of it, too; `apply` makes it anew.
TEST_F(AccessViews, aFaceThatIsMissingIsDrift) {
  putVersion("1.0.0", "int64");
  ASSERT_EQ(cambium("apply -e dev -q").exit, 0);
  ASSERT_EQ(sql("drop view client_v1_0_0"), "");
  expectMissing("client_v1_0_0");
  EXPECT_NE(cambium("status").out.find("cambium drift"), std::string::npos);
  ASSERT_EQ(cambium("apply -e dev -q").exit, 0);
  expectNoDrift("dev");
}

}  // namespace
}  // namespace cambium::testing
