// `access views` on real databases: applications that know nothing but the face of their version,
// while it moves on to the next one.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/run/change.h"

namespace cambium::testing {
namespace {

using dialect::Session;
using plan::Phase;

// An application of one version: it finds its tables as its face shows them. On PostgreSQL it looks
// nowhere else.
class Application {
public:
  Application(const Change& c, std::string dialect, std::string version)
      : dialect_(std::move(dialect)), session_(c.database.open()) {
    for (char& letter : version)
      if (letter == '.') letter = '_';
    version_ = "v" + version;
    if (dialect_ == "postgres") must(*session_, "SET search_path = test_" + version_);
  }
  std::string table(const std::string& name) const {
    return dialect_ == "postgres" ? name : name + "_" + version_;
  }
  // `{}` in the statement is the table.
  void write(const char* statement, const char* name = "client") const {
    must(*session_, fmt::format(fmt::runtime(statement), table(name)));
  }
  bool mayWrite(const char* statement, const char* name = "client") const {
    return bool(session_->execute(fmt::format(fmt::runtime(statement), table(name))));
  }
  std::string read(const char* query, const char* name = "client") const {
    return cell(*session_, fmt::format(fmt::runtime(query), table(name)));
  }
  bool finds(const char* name = "client") const {
    return bool(session_->query("SELECT * FROM " + table(name)));
  }

private:
  std::string dialect_, version_;
  std::unique_ptr<Session> session_;
};

class VersionFaces : public ::testing::TestWithParam<const char*> {
protected:
  Change change(const char* versions) const { return Change(GetParam(), versions); }
  Application app(const Change& c, const char* version) const {
    return Application(c, GetParam(), version);
  }
  static void expectCatalog(Session& session, const catalog::Catalog& expected, const char* when) {
    const auto live = session.introspect();
    ASSERT_TRUE(bool(live)) << live.error().message;
    for (const auto& d : catalog::compare(expected, *live))
      ADD_FAILURE() << when << ": " << d.object << "\n  expected: " << d.expected
                    << "\n  in the database: " << d.actual;
  }
};

constexpr const char* kOneNameTwoTypes = R"case(# why: -
# access: views
-- before.cam --
entity Client { key id: int64  code: int64  note: text = "-" }
-- after.cam --
entity Client { key id: int64  code: text  note: text = "-" }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  convert Client.code up concat("C-", to_string(code)) down to_int64(substring(code, 3, 20))
}
)case";

// One name with two types: each version goes on with its own, up to contract.
TEST_P(VersionFaces, oneNameHasTwoTypes) {
  const Change c = change(kOneNameTwoTypes);
  ASSERT_TRUE(c.planned);
  const auto old = app(c, "1.0.0"), fresh = app(c, "1.1.0");
  int id = 0;
  for (const auto phase : {Phase::expand, Phase::backfill, Phase::validate, Phase::switch_}) {
    old.write(
        fmt::format("INSERT INTO {{}} (id, code) VALUES ({0}, 1{0}), (9{0}, 7)", ++id).c_str());
    EXPECT_FALSE(fresh.finds());
    ASSERT_EQ(runScript(c.planned->script, *c.session, phase), "") << plan::toString(phase);
    EXPECT_EQ(old.read(fmt::format("SELECT code FROM {{}} WHERE id = {}", id).c_str()),
              fmt::format("1{}", id));
    old.write(fmt::format("UPDATE {{}} SET code = code + 100 WHERE id = {}", id).c_str());
    EXPECT_EQ(old.read(fmt::format("SELECT code FROM {{}} WHERE id = {}", id).c_str()),
              fmt::format("11{}", id));
    EXPECT_EQ(old.read("SELECT min(note) FROM {}"), "-");
    old.write(fmt::format("DELETE FROM {{}} WHERE id = 9{}", id).c_str());
  }
  EXPECT_EQ(old.read("SELECT count(*) FROM {}"), "4");
  EXPECT_EQ(fresh.read("SELECT code FROM {} WHERE id = 1"), "C-111");
  EXPECT_EQ(fresh.read("SELECT code FROM {} WHERE id = 4"), "C-114");
  // What one writes the other reads.
  old.write("INSERT INTO {} (id, code) VALUES (20, 5)");
  EXPECT_EQ(fresh.read("SELECT code FROM {} WHERE id = 20"), "C-5");
  fresh.write("INSERT INTO {} (id, code, note) VALUES (21, 'C-6', 'new')");
  EXPECT_EQ(old.read("SELECT code FROM {} WHERE id = 21"), "6");
  fresh.write("UPDATE {} SET code = 'C-50' WHERE id = 20");
  EXPECT_EQ(old.read("SELECT code FROM {} WHERE id = 20"), "50");
  old.write("UPDATE {} SET code = code + 1 WHERE id = 20");
  EXPECT_EQ(fresh.read("SELECT code FROM {} WHERE id = 20"), "C-51");
  fresh.write("DELETE FROM {} WHERE id = 20");
  EXPECT_EQ(old.read("SELECT count(*) FROM {} WHERE id = 20"), "0");
  EXPECT_EQ(old.read("SELECT note FROM {} WHERE id = 21"), "new");
  // Contract: the old version's face is gone, the other one is that of a fresh build.
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::contract), "");
  EXPECT_FALSE(old.finds());
  EXPECT_EQ(fresh.read("SELECT code FROM {} WHERE id = 21"), "C-6");
  fresh.write("UPDATE {} SET code = 'D-1' WHERE id = 21");
  fresh.write("INSERT INTO {} (id, code) VALUES (22, 'x')");
  EXPECT_EQ(fresh.read("SELECT note FROM {} WHERE id = 22"), "-");
  expectCatalog(*c.session, c.planned->to.catalog, "after contract");
}

// The way back from each phase: the old version's face is as it was.
TEST_P(VersionFaces, theWayBackLeadsToTheOldFace) {
  for (const auto phase : {Phase::expand, Phase::backfill, Phase::validate, Phase::switch_}) {
    const Change c = change(kOneNameTwoTypes);
    ASSERT_TRUE(c.planned);
    const auto old = app(c, "1.0.0"), fresh = app(c, "1.1.0");
    old.write("INSERT INTO {} (id, code) VALUES (1, 5)");
    ASSERT_EQ(runScript(c.planned->script, *c.session, phase), "");
    EXPECT_EQ(fresh.finds(), phase == Phase::switch_);
    if (phase == Phase::switch_) fresh.write("INSERT INTO {} (id, code) VALUES (2, 'C-6')");
    ASSERT_EQ(runScript(c.planned->script, *c.session, phase, /*undo=*/true), "");
    EXPECT_FALSE(fresh.finds());
    EXPECT_EQ(old.read("SELECT sum(code) FROM {}"), phase == Phase::switch_ ? "11" : "5");
    old.write("UPDATE {} SET code = 8 WHERE id = 1");
    expectCatalog(*c.session, c.planned->from.catalog, "after undo");
  }
}

// A face shows what its version knows, by the names that it has: of an entity that is renamed, one
// that goes, one that comes, and columns that come and go.
TEST_P(VersionFaces, eachShowsWhatItsVersionKnows) {
  const Change c = change(R"case(# why: -
# access: views
-- before.cam --
entity Client { key id: int64  name: text  fax: text? }
entity Note { key id: int64  text: text? }
entity Same { key id: int64  n: int32 = 3 }
-- after.cam --
entity Customer { key id: int64  label: text  vip: bool = false }
entity Visit { key id: int64  customer: ref Customer }
entity Same { key id: int64  n: int32 = 3 }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  rename Client -> Customer  rename Client.name -> label
  approve drop Client.fax "nobody has one"  approve drop Note "nobody reads them"
}
)case");
  ASSERT_TRUE(c.planned);
  const auto old = app(c, "1.0.0"), fresh = app(c, "1.1.0");
  old.write("INSERT INTO {} (id, name, fax) VALUES (1, 'Ann', '555')");
  old.write("INSERT INTO {} (id) VALUES (1)", "note");
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::switch_), "");
  EXPECT_EQ(fresh.read("SELECT label FROM {} WHERE id = 1", "customer"), "Ann");
  EXPECT_FALSE(fresh.mayWrite("UPDATE {} SET fax = '1'", "customer"));
  EXPECT_FALSE(fresh.finds("client"));
  EXPECT_FALSE(fresh.finds("note"));
  EXPECT_FALSE(old.finds("customer"));
  EXPECT_FALSE(old.finds("visit"));
  EXPECT_FALSE(old.mayWrite("UPDATE {} SET label = '1'"));
  fresh.write("INSERT INTO {} (id, label) VALUES (2, 'Bob')", "customer");
  fresh.write("INSERT INTO {} (id, customer_id) VALUES (1, 2)", "visit");
  EXPECT_EQ(old.read("SELECT name FROM {} WHERE id = 2"), "Bob");
  old.write("UPDATE {} SET name = 'Rob', fax = '7' WHERE id = 2");
  EXPECT_EQ(fresh.read("SELECT label FROM {} WHERE id = 2", "customer"), "Rob");
  old.write("INSERT INTO {} (id) VALUES (1)", "same");
  EXPECT_EQ(fresh.read("SELECT n FROM {}", "same"), "3");
  EXPECT_EQ(old.read("SELECT count(*) FROM {}", "note"), "1");
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::contract), "");
  for (const char* table : {"client", "note", "same"}) EXPECT_FALSE(old.finds(table)) << table;
  fresh.write("UPDATE {} SET label = 'Cy' WHERE id = 2", "customer");
  EXPECT_EQ(fresh.read("SELECT label FROM {} WHERE id = 2", "customer"), "Cy");
  expectCatalog(*c.session, c.planned->to.catalog, "after contract");
}

constexpr const char* kDefaults = R"case(# why: -
# access: views
-- before.cam --
enum State { placed, shipped }
entity Client { key id: int64  title: text? = "untitled"  state: State = shipped  code: int64 = 7 }
-- after.cam --
enum State { placed }
entity Client { key id: int64  heading: text?  state: State = placed  code: text? }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  rename Client.title -> heading
  rename State.shipped -> placed  approve drop State.shipped "all the same"
  convert Client.code up concat("C-", to_string(code)) down coalesce(to_int64(substring(code, 3, 20)), 0)
}
)case";

// Where a view has defaults of its own, or triggers for them, an insert through the new version's
// face is known to be a new application's: a default of the old version is no value of its. The
// tables themselves, and MariaDB, cannot know.
TEST_P(VersionFaces, aDefaultOfTheOtherVersionIsNoValue) {
  const bool exact = GetParam() != std::string_view("mariadb");
  for (const bool back : {true, false}) {
    const Change c = change(kDefaults);
    ASSERT_TRUE(c.planned);
    const auto old = app(c, "1.0.0"), fresh = app(c, "1.1.0");
    old.write("INSERT INTO {} (id) VALUES (1)");
    ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::switch_), "");
    const auto row = [](const Application& app, const char* columns, int id) {
      return app.read(fmt::format("SELECT {} FROM {{}} WHERE id = {}", columns, id).c_str());
    };
    fresh.write("INSERT INTO {} (id, state) VALUES (2, 'placed'), (3, 'placed')");
    fresh.write("INSERT INTO {} (id, heading, code) VALUES (4, NULL, NULL), (5, 'H', 'C-9')");
    for (const int id : {2, 3, 4}) {
      EXPECT_EQ(row(fresh, "heading", id), exact ? "NULL" : "untitled") << id;
      EXPECT_EQ(row(old, "title", id), exact ? "NULL" : "untitled") << id;
      // The old version requires it, and a `convert` need not make something of every value.
      EXPECT_EQ(row(fresh, "code", id), "C-7") << id;
      EXPECT_EQ(row(old, "code", id), "7") << id;
    }
    for (const int id : {2, 3, 4, 5}) {
      EXPECT_EQ(row(fresh, "state", id), "placed") << id;
      EXPECT_EQ(row(old, "state", id), exact ? "placed" : "shipped") << id;
    }
    EXPECT_EQ(row(old, "title", 5), "H");
    EXPECT_EQ(row(old, "code", 5), "9");
    // Old applications, and whoever writes to the table, have the old defaults.
    old.write("INSERT INTO {} (id) VALUES (6)");
    old.write("INSERT INTO {} (id, title) VALUES (8, NULL)");
    must(*c.session, "INSERT INTO client (id) VALUES (7)");
    for (const int id : {1, 6, 7}) {
      EXPECT_EQ(row(old, "title", id), "untitled") << id;
      EXPECT_EQ(row(fresh, "heading", id), "untitled") << id;
      EXPECT_EQ(row(old, "state", id), "shipped") << id;
      EXPECT_EQ(row(fresh, "state", id), "placed") << id;
      EXPECT_EQ(row(fresh, "code", id), "C-7") << id;
    }
    // SQLite cannot tell NULL from nothing.
    const bool null = GetParam() != std::string_view("sqlite");
    EXPECT_EQ(row(fresh, "heading", 8), null ? "NULL" : "untitled");
    // What new applications write over is theirs.
    fresh.write("UPDATE {} SET heading = 'K', code = 'C-1' WHERE id IN (2, 6)");
    EXPECT_EQ(row(old, "title", 2), "K");
    EXPECT_EQ(row(old, "code", 6), "1");
    if (!back) {
      ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::contract), "");
      expectCatalog(*c.session, c.planned->to.catalog, "after contract");
      EXPECT_EQ(row(fresh, "heading", 2), "K");
      fresh.write("INSERT INTO {} (id) VALUES (9)");
      EXPECT_EQ(row(fresh, "heading", 9), "NULL");
      EXPECT_EQ(row(fresh, "state", 9), "placed");
      continue;
    }
    ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::switch_, /*undo=*/true), "");
    expectCatalog(*c.session, c.planned->from.catalog, "after undo");
    EXPECT_EQ(row(old, "state", 5), exact ? "placed" : "shipped");
    old.write("INSERT INTO {} (id) VALUES (10)");
    EXPECT_EQ(row(old, "code", 10), "7");
  }
}

// A check of the old version that refuses an empty column refuses nothing that the new one writes.
TEST_P(VersionFaces, aCheckOfTheOldVersionRefusesNoInsert) {
  const Change c = change(R"case(# why: -
# access: views
-- before.cam --
entity Client { key id: int64  code: text? = "7"  check given: length(coalesce(code, "")) > 0 }
-- after.cam --
entity Client { key id: int64  code: int64? }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  convert Client.code up to_int64(code) down to_string(code)
}
)case");
  ASSERT_TRUE(c.planned);
  const auto old = app(c, "1.0.0"), fresh = app(c, "1.1.0");
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::switch_), "");
  fresh.write("INSERT INTO {} (id, code) VALUES (1, 5)");
  EXPECT_EQ(fresh.read("SELECT code FROM {}"), "5");
  EXPECT_EQ(old.read("SELECT code FROM {}"), "5");
  EXPECT_FALSE(old.mayWrite("INSERT INTO {} (id, code) VALUES (2, '')"));
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::contract), "");
  expectCatalog(*c.session, c.planned->to.catalog, "after contract");
}

// One that both versions have, by other names, refuses nothing either that the other form is still
// to follow; and what it is to refuse it refuses.
TEST_P(VersionFaces, aCheckThatLooksAtWhatIsEmptyWaits) {
  const Change c = change(R"case(# why: -
# access: views
-- before.cam --
entity Client { key id: int64  title: string(20)  check named: length(coalesce(title, "")) > 0 }
-- after.cam --
entity Client { key id: int64  heading: string(20)  check named: length(coalesce(heading, "")) > 0 }
-- migration.cam --
migration from "1.0.0" to "1.1.0" { rename Client.title -> heading }
)case");
  ASSERT_TRUE(c.planned);
  const auto old = app(c, "1.0.0"), fresh = app(c, "1.1.0");
  int id = 0;
  for (const auto phase : {Phase::expand, Phase::backfill, Phase::validate, Phase::switch_}) {
    ASSERT_EQ(runScript(c.planned->script, *c.session, phase), "") << plan::toString(phase);
    old.write(fmt::format("INSERT INTO {{}} (id, title) VALUES ({}, 'a')", ++id).c_str());
  }
  fresh.write("INSERT INTO {} (id, heading) VALUES (10, 'b')");
  EXPECT_EQ(old.read("SELECT title FROM {} WHERE id = 10"), "b");
  EXPECT_EQ(fresh.read("SELECT heading FROM {} WHERE id = 1"), "a");
  EXPECT_FALSE(old.mayWrite("INSERT INTO {} (id, title) VALUES (11, '')"));
  EXPECT_FALSE(fresh.mayWrite("INSERT INTO {} (id, heading) VALUES (12, '')"));
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::contract), "");
  expectCatalog(*c.session, c.planned->to.catalog, "after contract");
}

// No way back: old applications go on to find what they require, and undo does, too.
TEST_P(VersionFaces, whatTheOldVersionRequiresIsNotLeftEmpty) {
  const Change c = change(R"case(# why: -
# access: views
-- before.cam --
entity Client { key id: int64  code: string(10) = "7" }
-- after.cam --
entity Client { key id: int64  code: int64? }
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  convert Client.code up to_int64(code)
  approve drop Client.code "nobody reads it"
}
)case");
  ASSERT_TRUE(c.planned);
  const auto old = app(c, "1.0.0"), fresh = app(c, "1.1.0");
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::switch_), "");
  fresh.write("INSERT INTO {} (id, code) VALUES (1, 5)");
  EXPECT_EQ(fresh.read("SELECT code FROM {}"), "5");
  EXPECT_EQ(old.read("SELECT code FROM {}"), "7");
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::switch_, /*undo=*/true), "");
  expectCatalog(*c.session, c.planned->from.catalog, "after undo");
}

INSTANTIATE_TEST_SUITE_P(Engines, VersionFaces, ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

// ---------------------------------------------------------------- what PostgreSQL has beside it
// Roles find in the face what the table grants them, and no more.
TEST(VersionFacesOnPostgres, grantsHoldInTheFace) {
  const Change c("postgres", R"case(# why: -
# access: views
-- before.cam --
role clerk
entity Client { key id: int64  code: int64  secret: text?  title: text? = "x" }
grant read, insert, update on Client except secret to clerk
-- after.cam --
role clerk
entity Client { key id: int64  code: text  secret: text?  heading: text? }
grant read, insert, update on Client except secret to clerk
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  convert Client.code up concat("C-", to_string(code)) down to_int64(substring(code, 3, 20))
  rename Client.title -> heading
}
)case");
  ASSERT_TRUE(c.planned);
  const Application old(c, "postgres", "1.0.0"), fresh(c, "postgres", "1.1.0");
  old.write("INSERT INTO {} VALUES (1, 5, 's')");
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::switch_), "");
  for (const auto* app : {&old, &fresh}) app->write("SET ROLE clerk");
  EXPECT_EQ(old.read("SELECT code FROM {}"), "5");
  EXPECT_EQ(fresh.read("SELECT code FROM {}"), "C-5");
  EXPECT_FALSE(old.mayWrite("SELECT secret FROM {}"));
  EXPECT_FALSE(fresh.mayWrite("SELECT secret FROM {}"));
  EXPECT_FALSE(old.mayWrite("DELETE FROM {}"));
  EXPECT_FALSE(fresh.mayWrite("UPDATE {} SET secret = 'x'"));
  old.write("UPDATE {} SET code = 7");
  EXPECT_EQ(fresh.read("SELECT code FROM {}"), "C-7");
  fresh.write("INSERT INTO {} (id, code) VALUES (2, 'C-8')");
  EXPECT_EQ(old.read("SELECT code FROM {} WHERE id = 2"), "8");
  EXPECT_EQ(fresh.read("SELECT heading FROM {} WHERE id = 2"), "NULL");
  EXPECT_EQ(old.read("SELECT title FROM {} WHERE id = 2"), "NULL");
  EXPECT_FALSE(fresh.mayWrite("SELECT id FROM cambium_insert_client"));
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::contract), "");
  EXPECT_EQ(fresh.read("SELECT count(code) FROM {}"), "2");
  EXPECT_FALSE(fresh.mayWrite("SELECT secret FROM {}"));
}

// What policies hide the face hides.
TEST(VersionFacesOnPostgres, policiesHoldInTheFace) {
  const Change c("postgres", R"case(# why: -
# access: views
-- before.cam --
role clerk
entity Client { key id: int64  code: int64  title: text? = "x" }
grant all on Client to clerk
policy low on Client for all to clerk using id < 100
-- after.cam --
role clerk
entity Client { key id: int64  code: text  heading: text? }
grant all on Client to clerk
policy low on Client for all to clerk using id < 100
-- migration.cam --
migration from "1.0.0" to "1.1.0" {
  convert Client.code up concat("C-", to_string(code)) down to_int64(substring(code, 3, 20))
  rename Client.title -> heading
}
)case");
  ASSERT_TRUE(c.planned);
  const Application old(c, "postgres", "1.0.0"), fresh(c, "postgres", "1.1.0");
  must(*c.session, "INSERT INTO client VALUES (1, 5), (200, 6)");
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::switch_), "");
  for (const auto* app : {&old, &fresh}) app->write("SET ROLE clerk");
  for (const auto* app : {&old, &fresh}) app->write("SET row_security = on");
  EXPECT_EQ(old.read("SELECT count(*) FROM {}"), "1");
  EXPECT_EQ(fresh.read("SELECT string_agg(code, ' ') FROM {}"), "C-5");
  old.write("UPDATE {} SET code = 7");
  EXPECT_EQ(fresh.read("SELECT code FROM {}"), "C-7");
  EXPECT_FALSE(fresh.mayWrite("INSERT INTO {} (id, code) VALUES (300, 'C-8')"));
  EXPECT_EQ(fresh.read("INSERT INTO {} (id, code) VALUES (2, 'C-8') RETURNING heading"), "NULL");
  EXPECT_EQ(old.read("SELECT title FROM {} WHERE id = 2"), "NULL");
  old.write("INSERT INTO {} (id, code) VALUES (3, 9)");
  EXPECT_EQ(fresh.read("SELECT heading FROM {} WHERE id = 3"), "x");
  EXPECT_EQ(fresh.read("SELECT count(*) FROM cambium_insert_client"), "3");
}

// Who may see some columns only asks in their own name where policies hide rows: no view may show
// more of the table than they may see, and the default stays what it is (docs/faces.md).
TEST(VersionFacesOnPostgres, whoSeesSomeColumnsUnderPoliciesSeesTheFace) {
  const Change c("postgres", R"case(# why: -
# access: views
-- before.cam --
role clerk
entity Client { key id: int64  title: text? = "x" }
grant all on Client to clerk
policy low on Client for all to clerk using id < 100
-- after.cam --
role clerk
role guest
entity Client { key id: int64  heading: text?  secret: text? }
grant all on Client to clerk
grant read, insert on Client except secret to guest
policy low on Client for all to clerk, guest using id < 100
-- migration.cam --
migration from "1.0.0" to "1.1.0" { rename Client.title -> heading }
)case");
  ASSERT_TRUE(c.planned);
  const Application fresh(c, "postgres", "1.1.0");
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::switch_), "");
  fresh.write("SET ROLE clerk");
  fresh.write("SET row_security = on");
  fresh.write("INSERT INTO {} (id) VALUES (1)");
  EXPECT_EQ(fresh.read("SELECT heading FROM {} WHERE id = 1"), "x");
  EXPECT_FALSE(fresh.finds("cambium_insert_client"));
}

// To whom the new version is the first to grant it, the old columns are not granted until contract:
// no view that shows them stands below the face.
TEST(VersionFacesOnPostgres, whoIsGrantedItByTheNewVersionSeesTheFace) {
  const Change c("postgres", R"case(# why: -
# access: views
-- before.cam --
role clerk
entity Client { key id: int64  title: text? = "x" }
grant all on Client to clerk
policy low on Client for all to clerk using id < 100
-- after.cam --
role clerk
role guest
entity Client { key id: int64  heading: text? }
grant all on Client to clerk
grant read, insert on Client to guest
policy low on Client for all to clerk, guest using id < 100
-- migration.cam --
migration from "1.0.0" to "1.1.0" { rename Client.title -> heading }
)case");
  ASSERT_TRUE(c.planned);
  const Application fresh(c, "postgres", "1.1.0");
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::switch_), "");
  fresh.write("INSERT INTO {} (id) VALUES (1)");
  fresh.write("SET ROLE guest");
  fresh.write("SET row_security = on");
  EXPECT_EQ(fresh.read("SELECT count(*) FROM {}"), "0");
  ASSERT_EQ(runScript(c.planned->script, *c.session, Phase::contract), "");
  EXPECT_EQ(fresh.read("SELECT count(*) FROM {}"), "1");
  EXPECT_FALSE(fresh.finds("cambium_insert_client"));
}

// A schema of that name that is somebody else's stays what it is.
TEST(VersionFacesOnPostgres, aSchemaOfOthersIsNotTaken) {
  const Change c("postgres", kOneNameTwoTypes);
  ASSERT_TRUE(c.planned);
  must(*c.session, "CREATE SCHEMA test_v1_1_0");
  const std::string said = runScript(c.planned->script, *c.session, Phase::switch_);
  EXPECT_NE(said.find("schema \"test_v1_1_0\" is there already"), std::string::npos) << said;
  must(*c.session, "DROP SCHEMA test_v1_1_0");
  EXPECT_EQ(runScript(c.planned->script, *c.session, Phase::contract), "");
}

// What somebody does to a view of a face is found.
TEST(VersionFacesOnPostgres, aViewThatWasChangedIsFound) {
  const Change c("postgres", kOneNameTwoTypes);
  ASSERT_TRUE(c.planned);
  must(*c.session, "ALTER VIEW test_v1_0_0.client ALTER COLUMN note SET DEFAULT '+'");
  auto live = c.session->introspect();
  ASSERT_TRUE(bool(live));
  auto found = catalog::compare(c.planned->from.catalog, *live);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].object, "view test_v1_0_0.client");
  must(*c.session, "DROP VIEW test_v1_0_0.client");
  live = c.session->introspect();
  found = catalog::compare(c.planned->from.catalog, *live);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, catalog::DifferenceKind::missing);
}

}  // namespace
}  // namespace cambium::testing
