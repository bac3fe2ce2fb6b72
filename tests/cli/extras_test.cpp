// Databases with things that no model has words for: adopted with them, and only if somebody says
// so; from then on they are no drift, a change of them is, and a plan that would break one is not
// run.
#include "tests/cli/cli_fixture.h"
#include "tests/support/places.h"
#include "tests/support/servers.h"

namespace cambium::testing {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class Extras : public Cli {
protected:
  void must(const std::string& arguments, const std::string& in = "app") const {
    const Ended ended = cambium(arguments, in);
    ASSERT_EQ(ended.exit, 0) << "cambium " << arguments << "\n" << ended.out << ended.err;
  }
  void change(const std::string& file, const std::string& from, const std::string& to) const {
    std::string text = get(file);
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << " is not in\n" << text;
    put(file, text.replace(at, from.size(), to));
  }
  // The next version of the package: `from` becomes `to` in the model.
  void next(const std::string& was, const std::string& is, const std::string& from,
            const std::string& to, const std::string& migration) const {
    change("app/package.cam", "\"" + was + "\"", "\"" + is + "\"");
    change("app/model.cam", from, to);
    put("app/" + is + ".cam",
        "migration from \"" + was + "\" to \"" + is + "\" {\n" + migration + "\n}\n");
  }
};

class FileExtras : public Extras {
protected:
  void sql(const std::string& statement) const {
    const std::string file = (root_ / "app.db").string();
    put("statement.sql", statement);
    ASSERT_EQ(
        std::system(("sqlite3 -bail '" + file + "' < '" + (root_ / "statement.sql").string() + "'")
                        .c_str()),
        0)
        << statement;
  }
  std::string ask(const std::string& query) const {
    put("query.sql", query);
    EXPECT_EQ(
        std::system(("sqlite3 '" + (root_ / "app.db").string() + "' < '" +
                     (root_ / "query.sql").string() + "' > '" + (root_ / "answer").string() + "'")
                        .c_str()),
        0);
    return get("answer");
  }
  void pullAndSeal() const {
    must("pull sqlite://app.db -o app", "");
    must("seal");
  }
};

constexpr const char* kLibrary = R"(
CREATE TABLE author (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, born INTEGER,
  CHECK (born > 1000), CHECK (length(name) < 100));
CREATE TABLE visit (at TEXT, who TEXT);
CREATE VIEW names AS SELECT id, name FROM author;
CREATE TRIGGER visited AFTER INSERT ON author BEGIN INSERT INTO visit VALUES ('now', new.name); END;
INSERT INTO author VALUES (1, 'Ann', 1950), (2, 'Bob', NULL);
)";

TEST_F(FileExtras, stayOnlyIfSomebodySaysSo) {
  sql(kLibrary);
  pullAndSeal();
  Ended run = cambium("adopt", "app");
  EXPECT_EQ(run.exit, 3);
  EXPECT_TRUE(has(run.out, "extra    table visit\n")) << run.out;
  EXPECT_TRUE(has(run.out, "extra    view names\n")) << run.out;
  EXPECT_TRUE(has(run.out, "extra    trigger visited\n")) << run.out;
  EXPECT_FALSE(has(run.out, "check")) << "a check without a name is the model's: " << run.out;
  EXPECT_TRUE(has(run.err, "RUN062") && has(run.err, "--with-extras")) << run.err;
  EXPECT_EQ(cambium("drift", "app").exit, 1) << "nothing was recorded";

  run = cambium("adopt --with-extras", "app");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_TRUE(has(run.out, "known    view names\n")) << run.out;
  run = cambium("drift --exit-code", "app");
  EXPECT_EQ(run.exit, 0) << run.out;
  run = cambium("adopt", "app");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_TRUE(has(run.out, "recorded as app 0.1.0 already")) << run.out;
}

TEST_F(FileExtras, columnsAreNoneThatMayStay) {
  sql(kLibrary);
  pullAndSeal();
  sql("ALTER TABLE author ADD COLUMN died INTEGER");
  const Ended run = cambium("adopt --with-extras", "app");
  EXPECT_EQ(run.exit, 3);
  EXPECT_EQ(run.out, "extra    column author.died\n");
}

TEST_F(FileExtras, driftTellsWhichAreNewChangedOrGone) {
  sql(kLibrary);
  pullAndSeal();
  must("adopt --with-extras");
  sql("DROP VIEW names; CREATE VIEW names AS SELECT name FROM author; DROP TABLE visit;"
      "CREATE VIEW years AS SELECT born FROM author");
  Ended run = cambium("drift --exit-code", "app");
  EXPECT_EQ(run.exit, 4);
  EXPECT_TRUE(has(run.out, "changed  view names\n")) << run.out;
  EXPECT_TRUE(has(run.out, "missing  table visit\n")) << run.out;
  EXPECT_TRUE(has(run.out, "extra    view years\n")) << run.out;
  // Once more, and it is known as it is now.
  EXPECT_EQ(cambium("adopt", "app").exit, 3);
  must("adopt --with-extras");
  run = cambium("drift --exit-code", "app");
  EXPECT_EQ(run.exit, 0) << run.out;
  // When none is left nobody has to agree.
  sql("DROP VIEW names; DROP VIEW years; DROP TRIGGER visited");
  must("adopt");
  EXPECT_EQ(cambium("drift --exit-code", "app").exit, 0);
}

TEST_F(FileExtras, liveOnBesideTheNextVersion) {
  sql(kLibrary);
  pullAndSeal();
  must("adopt --with-extras");
  next("0.1.0", "0.2.0", "name: text", "name: text\n  note: text?", "");
  must("apply --yes");
  EXPECT_EQ(cambium("drift --exit-code", "app").exit, 0) << cambium("drift", "app").out;
  sql("INSERT INTO author (id, name, note) VALUES (3, 'Cleo', 'n')");
  EXPECT_EQ(ask("SELECT who FROM visit; SELECT count(*) FROM names"), "Ann\nBob\nCleo\n3\n");
}

TEST_F(FileExtras, stopAPlanThatWouldBreakThem) {
  sql(kLibrary);
  pullAndSeal();
  must("adopt --with-extras");
  next("0.1.0", "0.2.0", "name: text", "called: text", "rename Author.name -> called");
  change("app/model.cam", R"(length(\"name\"))", R"(length(\"called\"))");
  const std::string before = ask(".schema");
  for (const char* command : {"plan", "apply --yes"}) {
    const Ended run = cambium(command, "app");
    EXPECT_EQ(run.exit, 3) << command << run.out << run.err;
    EXPECT_TRUE(has(run.err, "RUN077") && has(run.err, "view names")) << run.err;
    EXPECT_TRUE(has(run.err, "trigger visited")) << run.err;
  }
  EXPECT_EQ(ask(".schema"), before) << "nothing was done";
  // Out of the way, the plan runs; made again, they are known again.
  sql("DROP VIEW names; DROP TRIGGER visited");
  must("apply --yes");
  sql("CREATE VIEW names AS SELECT id, called FROM author");
  EXPECT_EQ(cambium("drift --exit-code", "app").exit, 4);
  must("adopt --with-extras");
  EXPECT_EQ(cambium("drift --exit-code", "app").exit, 0);
}

TEST_F(FileExtras, aPlanOfAFileIsLookedAtAgain) {
  sql("CREATE TABLE author (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)");
  pullAndSeal();
  must("adopt");
  next("0.1.0", "0.2.0", "name: text", "called: text", "rename Author.name -> called");
  must("seal");
  must("plan -o next.plan");
  sql("CREATE VIEW names AS SELECT name FROM author");
  must("adopt --version 0.1.0 --with-extras");
  const Ended run = cambium("apply next.plan --yes", "app");
  EXPECT_EQ(run.exit, 3) << run.out << run.err;
  EXPECT_TRUE(has(run.err, "RUN077") && has(run.err, "view names")) << run.err;
}

// A check without a name in the database has one in the model, and keeps being the same.
TEST_F(FileExtras, checksWithoutANameAreTheModels) {
  sql("CREATE TABLE author (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, born INTEGER, "
      "CHECK (born > 1000), CHECK (length(name) < 100))");
  pullAndSeal();
  must("adopt");
  EXPECT_EQ(cambium("drift --exit-code", "app").exit, 0);
  next("0.1.0", "0.2.0", "name: text", "name: text\n  note: text?", "");
  must("apply --yes");
  EXPECT_EQ(cambium("drift --exit-code", "app").exit, 0) << cambium("drift", "app").out;
  must("seal");
  next("0.2.0", "0.3.0", "name: text", "called: text", "rename Author.name -> called");
  change("app/model.cam", R"(length(\"name\"))", R"(length(\"called\"))");
  must("apply --yes");
  EXPECT_EQ(cambium("drift --exit-code", "app").exit, 0) << cambium("drift", "app").out;
}

// ---------------------------------------------------------------- a database that others made
class PagilaExtras : public Extras {
protected:
  void SetUp() override {
    Extras::SetUp();
    psql("-f '" + sourceDir() + "/tests/corpora/pagila/v3.1.0.sql'");
    must("pull '" + database_.url() + "' -o app --package app", "");
    must("seal");
  }
  // As its owner would; what the dump does that nobody here may do is left out.
  int psql(const std::string& arguments) const {
    const char* given = std::getenv("CAMBIUM_TEST_POSTGRES_BIN");
    return std::system((std::string(given ? given : "/usr/lib/postgresql/15/bin") + "/psql -qAt '" +
                        database_.url() + "' " + arguments + " > '" + (root_ / "answer").string() +
                        "' 2> '" + (root_ / "errors").string() + "'")
                           .c_str());
  }
  void sql(const std::string& statement) const {
    put("statement.sql", statement);
    ASSERT_EQ(psql("-v ON_ERROR_STOP=1 -f '" + (root_ / "statement.sql").string() + "'"), 0)
        << statement << "\n"
        << get("errors");
  }
  std::string ask(const std::string& query) const {
    sql(query);
    return get("answer");
  }
  Ended app(const std::string& arguments) const {
    return cambium(arguments, "app", "APP_URL='" + database_.url() + "'");
  }

  TestDatabase database_ = TestServer::shared(ServerKind::postgres).freshDatabase();
};

TEST_F(PagilaExtras, isAdoptedWithAllThatNoModelSays) {
  Ended run = app("adopt");
  EXPECT_EQ(run.exit, 3);
  EXPECT_FALSE(has(run.out, "missing  ") || has(run.out, "changed  ")) << run.out;
  run = app("adopt --with-extras");
  ASSERT_EQ(run.exit, 0) << run.out << run.err;
  for (const char* known : {"enum mpaa_rating", "domain year", "function last_day(",
                            "trigger last_updated on film", "view film_list", "table payment"})
    EXPECT_TRUE(has(run.out, std::string("known    ") + known)) << known << "\n" << run.out;
  EXPECT_EQ(app("drift --exit-code").exit, 0) << app("drift").out;

  sql("CREATE FUNCTION by_hand() RETURNS int LANGUAGE sql AS 'SELECT 1'");
  run = app("drift --exit-code");
  EXPECT_EQ(run.exit, 4);
  EXPECT_EQ(run.out, "extra    function by_hand()\n");
  sql("DROP FUNCTION by_hand()");
  sql("ALTER TYPE mpaa_rating ADD VALUE 'X'");
  EXPECT_EQ(app("drift --exit-code").exit, 4);
  EXPECT_TRUE(has(app("drift").out, "changed  enum mpaa_rating"));
}

TEST_F(PagilaExtras, isTakenToTheNextVersionWithThem) {
  ASSERT_EQ(app("adopt --with-extras").exit, 0);
  sql("INSERT INTO country (country) VALUES ('Chile')");
  sql("INSERT INTO city (city, country_id) VALUES ('Arica', 1)");
  sql("INSERT INTO address (address, district, city_id, phone) VALUES ('Main Street 1', 'North', "
      "1, "
      "'123')");
  // A view shows the phone.
  next("0.1.0", "0.2.0", "phone: text", "telephone: text", "rename Address.phone -> telephone");
  Ended run = app("apply --yes --no-progress");
  EXPECT_EQ(run.exit, 3);
  EXPECT_TRUE(has(run.err, "RUN077") && has(run.err, "view customer_list")) << run.err;
  change("app/model.cam", "telephone: text", "phone: text");
  // None shows the district.
  change("app/model.cam", "district: text", "region: text\n  note: text?");
  put("app/0.2.0.cam",
      "migration from \"0.1.0\" to \"0.2.0\" {\n  rename Address.district -> region\n}\n");
  run = app("apply --yes --no-progress");
  ASSERT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_TRUE(has(run.err, "RUN076") && has(run.err, "last_updated")) << run.err;
  EXPECT_EQ(app("drift --exit-code").exit, 0) << app("drift").out;
  // What was there is there, and works.
  EXPECT_EQ(ask("SELECT region FROM address"), "North\n");
  EXPECT_EQ(ask("SELECT count(*) FROM film_list"), "0\n");
  sql("UPDATE address SET last_update = '2001-01-01', note = 'seen'");
  EXPECT_EQ(ask("SELECT last_update > '2020-01-01' FROM address"), "t\n") << "the trigger fires";
}

}  // namespace
}  // namespace cambium::testing
