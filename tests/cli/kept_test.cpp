// An environment that says `soak`: what goes is kept beside the versions that follow, listed, and
// removed when it is time, on each database with the real binary.
#include <csignal>

#include "runtime/runner/kept.h"
#include "tests/cli/cli_fixture.h"
#include "tests/support/case_runner.h"

namespace cambium::testing {
namespace {

class KeptOn : public Cli, public ::testing::WithParamInterface<const char*> {
protected:
  void SetUp() override {
    Cli::SetUp();
    database_.emplace(GetParam());
  }

  Ended run(const std::string& arguments, const std::string& crash = "") const {
    return cambium(arguments, "", "SHOP_DEV_URL='" + database_->url() + "' " + crash);
  }
  void must(const std::string& arguments) const {
    const Ended ended = run(arguments);
    ASSERT_EQ(ended.exit, 0) << "cambium " << arguments << "\n" << ended.out << ended.err;
  }
  void sql(const std::string& statement) const {
    const auto session = database_->open();
    const auto done = session->execute(statement);
    ASSERT_TRUE(bool(done)) << done.error().message << "\n" << statement;
  }
  std::string ask(const std::string& query) const {
    const auto session = database_->open();
    const auto rows = session->query(query);
    if (!rows) return "error: " + rows.error().message;
    std::string out;
    for (const auto& row : *rows) {
      for (size_t i = 0; i < row.size(); ++i) out += (i ? "," : "") + row[i].value_or("NULL");
      out += "\n";
    }
    return out;
  }
  std::vector<runner::KeptThing> things() const {
    const auto session = database_->open();
    auto found = runner::keptThings(*session, "shop");
    EXPECT_TRUE(bool(found));
    return found ? std::move(*found) : std::vector<runner::KeptThing>();
  }

  void putPackage(const std::string& version, const std::string& soak) const {
    put("package.cam", "package shop version \"" + version +
                           "\"\nenvironment dev { url env(\"SHOP_DEV_URL\")  destructive allow  " +
                           soak + " }\n");
  }
  // 1.0.0 with rows.
  void buildFirst(const std::string& soak) const {
    putPackage("1.0.0", soak);
    put("model.cam",
        "entity Client {\n  key id: int64\n  name: string(40)\n  nickname: string(30)?\n  rank: "
        "int32 where value > 0\n}\nentity Coupon {\n  key id: int64 = autoincrement()\n  code: "
        "string(20)\n  client: ref Client\n  unique (code)\n}\n");
    must("apply -q --yes");
    must("seal -q");
    sql("INSERT INTO client (id, name, nickname, rank) VALUES (1, 'Ada', 'ace', 3), (2, 'Bo', "
        "NULL, 4)");
    sql("INSERT INTO coupon (code, client_id) VALUES ('X', 1), ('Y', 2)");
  }
  // 1.1.0: nickname, rank and coupons go.
  void putSecond(const std::string& soak) const {
    putPackage("1.1.0", soak);
    put("model.cam", "entity Client {\n  key id: int64\n  name: string(40)\n}\n");
    put("second.cam",
        "migration from \"1.0.0\" to \"1.1.0\" {\n  approve drop Client.nickname \"nobody asks\"\n "
        " approve drop Client.rank \"nobody asks\"\n  approve drop Coupon \"they are over\"\n}\n");
  }
  // What went is all there, by the keys that it had.
  void expectAllKept() const {
    const auto kept = things();
    ASSERT_EQ(kept.size(), 3u);
    const auto* nickname = runner::keptValuesOf(kept, 0, "Client", "nickname");
    ASSERT_TRUE(nickname);
    EXPECT_EQ(nickname->what.key, std::vector<std::string>{"id"});
    EXPECT_EQ(ask("SELECT id, " + nickname->column() + " FROM " + nickname->table() + " WHERE " +
                  nickname->column() + " IS NOT NULL"),
              "1,ace\n");
    const auto* rank = runner::keptValuesOf(kept, 0, "Client", "rank");
    ASSERT_TRUE(rank);
    EXPECT_EQ(ask("SELECT id, " + rank->column() + " FROM " + rank->table() + " WHERE " +
                  rank->column() + " IS NOT NULL ORDER BY id"),
              "1,3\n2,4\n");
    const auto* coupon = runner::keptValuesOf(kept, 0, "Coupon", "code");
    ASSERT_TRUE(coupon);
    EXPECT_EQ(coupon->column(), "");
    EXPECT_EQ(ask("SELECT id, code, client_id FROM " + coupon->table() + " ORDER BY id"),
              "1,X,1\n2,Y,2\n");
    EXPECT_FALSE(runner::keptValuesOf(kept, 0, "Client", "name"));
  }

  std::optional<ScratchDatabase> database_;
};

TEST_P(KeptOn, whatGoesIsKeptBesideTheVersionsThatFollow) {
  buildFirst("soak 7d");
  must("drift --exit-code -q");
  EXPECT_EQ(run("kept").out, "nothing is kept in dev\n");
  putSecond("soak 7d");
  const Ended second = run("apply --yes --no-progress");
  ASSERT_EQ(second.exit, 0) << second.err;
  EXPECT_NE(second.err.find("3 things are kept for 7 days: cambium kept -e dev\n"),
            std::string::npos)
      << second.err;
  must("drift --exit-code -q");
  expectAllKept();
  const Ended kept = run("kept");
  EXPECT_EQ(kept.exit, 0) << kept.err;
  for (const char* line :
       {"\nClient.nickname     1.0.0 → 1.1.0  1 ", "\nClient.rank         1.0.0 → 1.1.0  2 ",
        "\nCoupon and its rows  1.0.0 → 1.1.0  2 "})
    EXPECT_NE(std::regex_replace(kept.out, std::regex(" +"), " ")
                  .find(std::regex_replace(line, std::regex(" +"), " ")),
              std::string::npos)
        << line << kept.out;

  // It cannot be undone, and says what is still there.
  const Ended undo = run("undo --yes");
  EXPECT_NE(undo.exit, 0);
  EXPECT_NE(undo.err.find("Client.nickname is kept until "), std::string::npos) << undo.err;

  // A rollback names it beside what comes back empty.
  const auto keptNow = things();
  put("back.cam", "migration from \"1.1.0\" to \"1.0.0\" {\n  fill Client.rank = 1\n}\n");
  const Ended back = run("rollback --dry-run");
  put("back.cam", "");
  const auto* column = runner::keptValuesOf(keptNow, 0, "Client", "nickname");
  const auto* table = runner::keptValuesOf(keptNow, 0, "Coupon", "");
  ASSERT_TRUE(column && table);
  for (const std::string& line :
       {"column `client.nickname` empty (afterwards: `cambium kept --restore " + column->what.name +
            "`)",
        "table `coupon` without rows (they are kept as `" + table->what.name + "`)"})
    EXPECT_NE(back.out.find(line), std::string::npos) << back.out << back.err;

  // The same names come again, and go again; the tables are made anew beside what is kept.
  must("seal -q");
  sql("INSERT INTO client (id, name) VALUES (3, 'Cy')");
  putPackage("1.2.0", "soak 7d");
  put("model.cam",
      "entity Client {\n  key id: int64\n  title: string(40)\n  nickname: string(30)?\n  rank: "
      "int32 = 1 where value > 0\n}\nentity Coupon {\n  key id: int64 = autoincrement()\n  code: "
      "string(20)\n  client: ref Client\n  unique (code)\n}\n");
  put("third.cam", "migration from \"1.1.0\" to \"1.2.0\" {\n  rename Client.name -> title\n}\n");
  must("apply --yes -q");
  must("drift --exit-code -q");
  expectAllKept();
  EXPECT_EQ(ask("SELECT id, title, nickname, rank FROM client ORDER BY id"),
            "1,Ada,NULL,1\n2,Bo,NULL,1\n3,Cy,NULL,1\n");
  // One that came back gets its values again, where it is empty.
  sql("UPDATE client SET nickname = 'new' WHERE id = 2");
  const auto again = things();
  const std::string name = runner::keptValuesOf(again, 0, "Client", "nickname")->what.name;
  const Ended restored = run("kept --restore " + name);
  EXPECT_EQ(restored.out, "dev: 1 value of Client.nickname came back\n") << restored.err;
  EXPECT_EQ(ask("SELECT id, nickname FROM client ORDER BY id"), "1,ace\n2,new\n3,NULL\n");
  EXPECT_EQ(run("kept --restore " + name).out, "dev: 0 values of Client.nickname came back\n");
  const std::string whole = runner::keptValuesOf(again, 0, "Coupon", "")->what.name;
  for (const auto& [wanted, why] :
       {std::pair(whole, "it is a whole table"),
        {std::string("cambium_kept_9"), "nothing is kept under that name in dev"}}) {
    const Ended refused = run("kept --restore " + wanted);
    EXPECT_EQ(refused.exit, 1) << refused.err;
    EXPECT_EQ(refused.err, "error[RUN091]: `" + wanted + "` cannot be brought back: " + why +
                               "\n  └ note: nothing was done\n");
  }
  sql("UPDATE client SET nickname = NULL WHERE id < 3");

  sql("INSERT INTO coupon (code, client_id) VALUES ('Z', 3)");
  sql("UPDATE client SET nickname = 'deuce' WHERE id = 2");
  must("seal -q");
  putPackage("1.3.0", "soak 7d");
  put("model.cam",
      "entity Coupon {\n  key id: int64 = autoincrement()\n  code: string(20)\n  unique "
      "(code)\n}\n");
  put("fourth.cam",
      "migration from \"1.2.0\" to \"1.3.0\" {\n  approve drop Client \"they are gone\"\n  approve "
      "drop Coupon.client \"of whom?\"\n}\n");
  must("apply --yes -q");
  must("drift --exit-code -q");
  const auto all = things();
  EXPECT_EQ(all.size(), 5u);
  // Twice there was a nickname; each version has its own.
  const auto session = database_->open();
  const auto first = runner::leftBy(*session, "shop", "1.0.0");
  const auto third = runner::leftBy(*session, "shop", "1.2.0");
  ASSERT_TRUE(first && third);
  const auto* nickname = runner::keptValuesOf(all, *first, "Client", "nickname");
  ASSERT_TRUE(nickname);
  EXPECT_EQ(nickname->fromVersion, "1.0.0");
  const auto* client = runner::keptValuesOf(all, *third, "Client", "nickname");
  ASSERT_TRUE(client);
  EXPECT_EQ(client->what.property, "");
  EXPECT_EQ(client->fromVersion, "1.2.0");
  EXPECT_EQ(ask("SELECT id, title, nickname FROM " + client->table() + " ORDER BY id"),
            "1,Ada,NULL\n2,Bo,deuce\n3,Cy,NULL\n");

  Ended purge = run("purge");
  EXPECT_EQ(purge.exit, 0) << purge.err;
  EXPECT_EQ(purge.out, "nothing is overdue in dev\n");
  purge = run("purge --now");
  EXPECT_EQ(purge.exit, 5);
  EXPECT_EQ(purge.err.substr(0, purge.err.find('\n')),
            "error[RUN090]: what is kept would be removed for good, and nobody agreed to it");
  EXPECT_EQ(things().size(), 5u);
  must("purge --now --yes");
  EXPECT_EQ(things().size(), 0u);
  must("drift --exit-code -q");
  EXPECT_EQ(ask("SELECT code FROM coupon"), "Z\n");
}

TEST_P(KeptOn, whatIsOverdueIsSaidAndRemoved) {
  buildFirst("soak 1s");
  putSecond("soak 1s");
  must("apply --yes -q");
  ::usleep(1'100'000);
  const Ended kept = run("kept");
  EXPECT_NE(kept.out.find(" (overdue)"), std::string::npos) << kept.out;
  EXPECT_NE(kept.err.find("3 things were kept long enough: cambium purge -e dev\n"),
            std::string::npos)
      << kept.err;
  const Ended purge = run("purge --yes");
  EXPECT_EQ(purge.exit, 0) << purge.err;
  EXPECT_EQ(purge.out, "dev: 3 things removed\n");
  EXPECT_EQ(things().size(), 0u);
  must("drift --exit-code -q");
  // The record of it is one that the next run takes for whole.
  must("seal -q");
  putPackage("1.2.0", "soak 1s");
  put("model.cam", "entity Client {\n  key id: int64\n  name: string(40)\n  note: text?\n}\n");
  must("apply --yes -q");
}

TEST_P(KeptOn, withoutASoakItGoesAtOnce) {
  buildFirst("");
  putSecond("");
  must("apply --yes -q");
  EXPECT_EQ(things().size(), 0u);
}

// Killed at each point of the contract phase, and gone on with.
TEST_P(KeptOn, aRunThatIsKilledKeepsItAll) {
  buildFirst("soak 7d");
  putSecond("soak 7d");
  must("apply --yes -q --through switch");
  int kills = 0;
  for (;; ++kills) {
    const Ended ended =
        run("resume --through contract --yes -q", "CAMBIUM_CRASH_AT=" + std::to_string(kills + 1));
    if (ended.exit == 0) break;
    ASSERT_EQ(ended.exit, 128 + SIGKILL) << "kill " << kills << "\n" << ended.out << ended.err;
    ASSERT_LT(kills, 200);
    // The plan may want back what it keeps.
    if (kills % 8 == 0) must("purge --now --yes -q");
  }
  EXPECT_GT(kills, 10);
  must("drift --exit-code -q");
  expectAllKept();
}

// A plan that was made without the soak, or with another one, is none for this environment.
TEST_P(KeptOn, aPlanOfAnotherSoakIsRefused) {
  buildFirst("");
  putSecond("");
  must("plan -o second.plan -q");
  putSecond("soak 7d");
  const Ended run_ = run("apply second.plan --yes");
  EXPECT_EQ(run_.exit, 6) << run_.err;
  EXPECT_NE(run_.err.find("error[RUN056]: the plan is for soak `no time`, this is `7 days`"),
            std::string::npos)
      << run_.err;
}

// Nothing keeps the row of a tag: it is the model's own. The plan goes on all the same.
TEST_P(KeptOn, aTagGoesWhateverTheSoak) {
  const auto putTags = [&](const std::string& version, const char* tags, const char* rest) {
    putPackage(version, "soak 7d");
    put("model.cam", std::string("entity Item {\n  key id: int64\n  pieces: int32 = ") +
                         (version == "1.0.0" ? "1" : "2") + "\n}\ntags Priority on Item single { " +
                         tags + " }\n" + rest);
  };
  putTags("1.0.0", "low, high", "");
  must("apply -q --yes");
  must("seal -q");
  putTags("1.1.0", "low",
          "migration from \"1.0.0\" to \"1.1.0\" {\n  approve drop Priority.high \"no\"\n}\n");
  must("apply -q --yes");
  must("drift --exit-code -q");
  EXPECT_EQ(things().size(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Databases, KeptOn, ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace cambium::testing
