// `seal --from env:NAME`: the way out for whoever changed the model before sealing what runs.
#include "tests/cli/cli_fixture.h"

namespace cambium::testing {
namespace {

class SealActive : public Cli {
protected:
  // 1.0.0 runs in `dev`, nobody sealed it, and the working folder is at 1.1.0.
  void putForgotten() const {
    putSound();
    ASSERT_EQ(cambium("apply -q", "shop").exit, 0);
    putVersion("1.1.0");
    put("shop/order.cam", "entity Order {\n  key id: int64\n  name: string(40)\n}\n");
  }
  void putVersion(const std::string& version) const {
    put("shop/package.cam", "package shop version \"" + version +
                                "\"\n\nenvironment dev { url \"sqlite://shop.db\" }\n");
  }
  void putMigration() const {
    put("shop/1.1.0.cam",
        "migration from \"1.0.0\" to \"1.1.0\" {\n  rename Order.title -> name\n}\n");
  }
};

TEST_F(SealActive, isTheWayOutOfTheCircle) {
  putForgotten();
  Ended run = cambium("plan", "shop");
  EXPECT_EQ(run.exit, 3);
  EXPECT_NE(run.err.find("rename Order.title -> name"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("a migration from \"1.0.0\" needs that version sealed: `cambium seal "
                         "--from env:dev`"),
            std::string::npos)
      << run.err;
  putMigration();
  run = cambium("plan", "shop");
  EXPECT_EQ(run.exit, 3);
  EXPECT_NE(run.err.find("error[MIG001]"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("`cambium seal --from env:dev` gets it from there"), std::string::npos);
  EXPECT_EQ(cambium("seal", "shop").exit, 3);
  run = cambium("seal --from env:dev", "shop");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(steady(run.out), "shop 1.0.0 is sealed: versions/1.0.0.json (DIGEST)\n");
  EXPECT_EQ(run.err,
            "next: a migration from \"1.0.0\" can be written now: `cambium plan -e dev`\n");
  EXPECT_EQ(cambium("apply -q --yes", "shop").exit, 0);
  EXPECT_EQ(cambium("drift --exit-code -q", "shop").exit, 0);
}

TEST_F(SealActive, writesWhatSealWouldHaveWritten) {
  putSound();
  ASSERT_EQ(cambium("apply -q", "shop").exit, 0);
  ASSERT_EQ(cambium("seal -q", "shop").exit, 0);
  const std::string sealed = get("shop/versions/1.0.0.json");
  const Ended again = cambium("seal --from env:dev", "shop");
  EXPECT_EQ(again.exit, 0);
  EXPECT_EQ(steady(again.out), "shop 1.0.0 is sealed already (DIGEST)\n");
  fs::remove(root_ / "shop/versions/1.0.0.json");
  ASSERT_EQ(cambium("seal --from env:dev -q", "shop").exit, 0);
  EXPECT_EQ(get("shop/versions/1.0.0.json"), sealed);
}

TEST_F(SealActive, neverWritesOverAnotherContent) {
  putForgotten();
  putVersion("1.0.0");
  ASSERT_EQ(cambium("seal -q", "shop").exit, 0);
  const std::string sealed = get("shop/versions/1.0.0.json");
  const Ended run = cambium("seal --from env:dev", "shop");
  EXPECT_EQ(run.exit, 2);
  EXPECT_NE(run.err.find("error[CFG066]: `versions/1.0.0.json` is there already"),
            std::string::npos)
      << run.err;
  EXPECT_EQ(get("shop/versions/1.0.0.json"), sealed);
}

TEST_F(SealActive, wantsSomethingThatIsActive) {
  putSound();
  EXPECT_EQ(cambium("seal --from env:dev", "shop").err,
            "error: nothing is active in `dev`\nhelp: `cambium seal` keeps the version of the "
            "working folder\n");
  EXPECT_EQ(cambium("seal --from dev", "shop").err,
            "error: `dev` is no environment\nhelp: write `--from env:NAME`: what is active there "
            "is sealed\n");
  EXPECT_NE(cambium("seal --from env:dve", "shop").err.find("did you mean `dev`?"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(root_ / "shop/versions"));
}

// The first loop of everybody: applied, changed, applied again.
TEST_F(SealActive, oneVersionWithTwoContentsSaysWhatToDo) {
  putForgotten();
  putVersion("1.0.0");
  const Ended run = cambium("apply", "shop");
  EXPECT_EQ(run.exit, 3);
  EXPECT_NE(run.err.find("error[MIG050]: version \"1.0.0\" already has another content"),
            std::string::npos)
      << run.err;
  EXPECT_NE(run.err.find("package.cam:1:22"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("`cambium seal --from env:dev`"), std::string::npos);
  EXPECT_NE(run.err.find("start the database anew"), std::string::npos);
}

}  // namespace
}  // namespace cambium::testing
