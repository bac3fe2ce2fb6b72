// A server that dies, and connections that are cut, in the middle of `apply`, with the real binary:
// it says so with a code, says how to go on, and the next `apply` reaches the end, with every row,
// none twice, and each step recorded once. A proxy between the two knows the moments.
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "tests/cli/cli_fixture.h"
#include "tests/support/places.h"
#include "tests/support/servers.h"
#include "tests/support/sql_client.h"
#include "tests/support/wire.h"

namespace cambium::testing {
namespace {

constexpr ServerKind kPostgres = ServerKind::postgres;
constexpr ServerKind kMariadb = ServerKind::mariadb;
constexpr int kRows = 3000;

TestServer& server(ServerKind kind) {
  static TestServer postgres(kPostgres), mariadb(kMariadb);
  return kind == kPostgres ? postgres : mariadb;
}

class ServerDeath : public Cli {
protected:
  // 1.0.0 of the example shop with rows, and a plan for 1.1.0, made without the proxy.
  void begin(ServerKind kind) {
    kind_ = kind;
    fs::copy(fs::path(sourceDir()) / "examples/shop", root_ / "shop", fs::copy_options::recursive);
    database_.emplace(server(kind).freshDatabase());
    must("plan -e dev --to 1.0.0 -o first.plan -q");
    must("apply first.plan -e dev --yes --no-progress");
    const std::string n = std::to_string(kRows);
    const bool postgres = kind == kPostgres;
    sql(postgres ? "INSERT INTO client (email, fullname, nick, balance, status, legacy_code, "
                   "created_at, updated_at) SELECT 'c' || i || '@example.com', 'First' || i % 7 || "
                   "' Last' || i % 5, CASE WHEN i % 3 > 0 THEN 'nick' || i END, i / 4.0, 'active', "
                   "'L' || i, now(), now() FROM generate_series(1, " +
                       n + ") AS i"
                 : "INSERT INTO client (email, fullname, nick, balance, status, legacy_code, "
                   "created_at, updated_at) SELECT concat('c', seq, '@example.com'), "
                   "concat('First', seq % 7, ' Last', seq % 5), CASE WHEN seq % 3 > 0 THEN "
                   "concat('nick', seq) END, seq / 4, 'active', concat('L', seq), "
                   "utc_timestamp(3), utc_timestamp(3) FROM seq_1_to_" +
                       n);
    sql("INSERT INTO product (sku, name, price) VALUES ('apple', 'Apple', 1.25)");
    const std::string order = postgres ? "\"order\"" : "`order`";
    sql("INSERT INTO " + order +
        " (code, client_id, status) SELECT 1000 + id, id, 'draft' FROM client");
    sql("INSERT INTO order_line (order_id, line_no, product_sku, quantity, price) SELECT id, 1, "
        "'apple', 1 + id % 5, 1.25 FROM " +
        order);
    expected_ = postgres
                    ? ask("SELECT md5(string_agg(email || '|' || fullname || '|' || coalesce(nick, "
                          "'-') || '|' || balance, ',' ORDER BY id)) FROM client")
                    : ask("SELECT bit_xor(crc32(concat_ws('|', id, email, fullname, coalesce(nick, "
                          "'-'), balance))) FROM client");
    lines_ = ask("SELECT sum(order_id * quantity) FROM order_line");
    must("plan -e dev -o second.plan");
    proxy_ = std::make_unique<Proxy>(kind, server(kind).socket());
  }
  void TearDown() override {
    proxy_.reset();
    database_.reset();
    Cli::TearDown();
  }

  Ended run(const std::string& arguments) const {
    return cambium(arguments, "shop", "SHOP_DEV_URL='" + database_->url() + "'");
  }
  Ended runThroughProxy(const std::string& arguments) const {
    const std::string at = "@127.0.0.1:" + std::to_string(proxy_->port()) + "/" + database_->name();
    return cambium(
        arguments, "shop",
        "SHOP_DEV_URL='" +
            (kind_ == kPostgres ? "postgres://postgres" + at + "?sslmode=disable&gssencmode=disable"
                                : "mariadb://root" + at) +
            "'");
  }
  void must(const std::string& arguments) const {
    const Ended ended = run(arguments);
    ASSERT_EQ(ended.exit, 0) << "cambium " << arguments << "\n" << ended.out << ended.err;
  }
  void sql(const std::string& statement) const { connect(database_->url())->ask(statement); }
  std::string ask(const std::string& query) const {
    return connect(database_->url())->value(query);
  }
  // Every other connection to the database, ended by the server.
  void endConnections() const {
    const auto client = connect(server(kind_).url());
    if (kind_ == kPostgres) {
      client->ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                  database_->name() + "' AND pid <> pg_backend_pid()");
      return;
    }
    for (const auto& row : client->ask(
             "SELECT id FROM information_schema.processlist WHERE id <> connection_id() AND db = "
             "'" +
             database_->name() + "'"))
      client->ask("KILL CONNECTION " + row.at(0).value_or("0"));
  }

  // It goes on to its end, and everything is there once.
  void expectTheEnd() const {
    Ended ended;
    // A killed client's statement may still be at work in the server: that is "busy", not an error.
    for (int i = 0; i < 50; ++i) {
      ended = run("apply second.plan -e dev --yes --no-progress");
      if (ended.exit != 8) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ASSERT_EQ(ended.exit, 0) << ended.out << ended.err;
    must("drift -e dev");
    EXPECT_EQ(ask(kind_ == kPostgres
                      ? "SELECT md5(string_agg(email || '|' || first_name || ' ' || last_name || "
                        "'|' || coalesce(nickname, '-') || '|' || balance, ',' ORDER BY id)) FROM "
                        "customer"
                      : "SELECT bit_xor(crc32(concat_ws('|', id, email, concat(first_name, ' ', "
                        "last_name), coalesce(nickname, '-'), balance))) FROM customer"),
              expected_);
    EXPECT_EQ(ask("SELECT count(*) FROM customer"), std::to_string(kRows));
    EXPECT_EQ(ask("SELECT sum(order_id * quantity) FROM order_line"), lines_);
    // Each step of the plan is recorded once.
    EXPECT_EQ(ask(kind_ == kPostgres
                      ? "SELECT count(*) - count(DISTINCT (payload::json->>'plan') || "
                        "(payload::json->>'step')) FROM cambium_event WHERE event_action = "
                        "'step_applied'"
                      : "SELECT count(*) - count(DISTINCT json_value(payload, '$.plan'), "
                        "json_value(payload, '$.step')) FROM cambium_event WHERE event_action = "
                        "'step_applied'"),
              "0");
  }

  ServerKind kind_ = kPostgres;
  std::optional<TestDatabase> database_;
  std::unique_ptr<Proxy> proxy_;
  std::string expected_, lines_;
};

// ---------------------------------------------------------------- at one moment
enum class Death { cut, ended, killed };  // the wire; the connection, by the server; the server

struct Moments {
  ServerKind kind;
  const char* name;
  const char* text;  // of the request
  unsigned nth;
  Moment moment;
  Death death;
};

std::ostream& operator<<(std::ostream& out, const Moments& m) {
  return out << m.name;
}

const Moments kMoments[] = {
    {kPostgres, "the_change_of_a_table", "ADD COLUMN", 1, Moment::before, Death::killed},
    {kPostgres, "a_change_not_committed", "ADD COLUMN", 2, Moment::after, Death::killed},
    {kPostgres, "a_change_ended", "ADD COLUMN", 2, Moment::after, Death::ended},
    {kPostgres, "an_index_built", "INDEX CONCURRENTLY", 2, Moment::after, Death::cut},
    {kPostgres, "an_index_being_built", "INDEX CONCURRENTLY", 2, Moment::during, Death::killed},
    {kPostgres, "an_index_ended", "INDEX CONCURRENTLY", 2, Moment::during, Death::ended},
    {kPostgres, "a_batch_under_way", "UPDATE \"client\" SET", 2, Moment::during, Death::killed},
    {kPostgres, "a_batch_done", "UPDATE \"client\" SET", 2, Moment::after, Death::ended},
    {kPostgres, "between_steps", "BEGIN", 12, Moment::before, Death::killed},
    {kPostgres, "between_steps_ended", "BEGIN", 12, Moment::before, Death::ended},
    {kPostgres, "a_commit_that_never_came", "COMMIT", 8, Moment::before, Death::killed},
    {kPostgres, "a_commit_whose_answer_is_lost", "COMMIT", 8, Moment::after, Death::cut},
    {kPostgres, "a_commit_and_then_the_server", "COMMIT", 8, Moment::after, Death::killed},
    {kPostgres, "the_commit_of_the_first_step", "COMMIT", 4, Moment::after, Death::cut},
    {kPostgres, "the_switch", "cambium_installation SET", 1, Moment::after, Death::killed},
    {kPostgres, "what_cannot_be_undone", "DROP COLUMN", 1, Moment::after, Death::killed},
    {kMariadb, "the_change_of_a_table", "ADD COLUMN", 1, Moment::before, Death::killed},
    {kMariadb, "a_change_that_commits_by_itself", "ADD COLUMN", 1, Moment::after, Death::cut},
    {kMariadb, "a_change_and_then_the_server", "ADD COLUMN", 2, Moment::after, Death::killed},
    {kMariadb, "a_table_being_changed", "ALTER TABLE", 3, Moment::during, Death::killed},
    {kMariadb, "a_change_ended", "ALTER TABLE", 3, Moment::during, Death::ended},
    {kMariadb, "a_batch_under_way", "UPDATE `client` SET", 2, Moment::during, Death::killed},
    {kMariadb, "a_batch_done", "UPDATE `client` SET", 2, Moment::after, Death::ended},
    {kMariadb, "between_steps", "START TRANSACTION", 12, Moment::before, Death::killed},
    {kMariadb, "between_steps_ended", "START TRANSACTION", 12, Moment::before, Death::ended},
    {kMariadb, "a_commit_that_never_came", "COMMIT", 8, Moment::before, Death::killed},
    {kMariadb, "a_commit_whose_answer_is_lost", "COMMIT", 8, Moment::after, Death::cut},
    {kMariadb, "a_commit_and_then_the_server", "COMMIT", 8, Moment::after, Death::killed},
    {kMariadb, "the_switch", "cambium_installation SET", 1, Moment::after, Death::killed},
    {kMariadb, "what_cannot_be_undone", "DROP COLUMN", 1, Moment::after, Death::killed},
};

class ServerDeathAt : public ServerDeath, public ::testing::WithParamInterface<Moments> {};

std::string nameOf(const ::testing::TestParamInfo<Moments>& info) {
  return std::string(info.param.kind == kPostgres ? "postgres_" : "mariadb_") + info.param.name;
}

TEST_P(ServerDeathAt, isSaidAndGoneOnFrom) {
  const Moments& at = GetParam();
  begin(at.kind);
  if (HasFatalFailure()) return;
  auto& on = server(at.kind);
  const auto die = [&, how = at.death] {
    switch (how) {
      case Death::cut: return;
      case Death::ended: return endConnections();
      case Death::killed: return on.crash();
    }
  };
  proxy_->cutAt(at.text, at.nth, at.moment, die);
  const Ended ended = runThroughProxy("apply second.plan -e dev --yes --no-progress");
  EXPECT_TRUE(proxy_->wasCut()) << ended.out << ended.err;
  if (at.death == Death::killed) on.start();

  // Before the first step nothing is on its way.
  const bool begun = ended.err.find("step") != std::string::npos;
  EXPECT_EQ(ended.exit, begun ? 7 : 1) << ended.out << ended.err;
  EXPECT_NE(ended.err.find(begun ? "error[RUN071]" : "error[RUN068]"), std::string::npos)
      << ended.err;
  EXPECT_NE(ended.err.find("run it again"), std::string::npos) << ended.err;
  if (begun) {
    EXPECT_NE(ended.err.find("next: cambium resume -e dev"), std::string::npos) << ended.err;
  }
  expectTheEnd();
}

INSTANTIATE_TEST_SUITE_P(All, ServerDeathAt, ::testing::ValuesIn(kMoments), nameOf);

// ---------------------------------------------------------------- again and again
class ServerDeathAgain : public ServerDeath, public ::testing::WithParamInterface<ServerKind> {};

// Each run is cut some requests further on than it began, with the answer lost.
TEST_P(ServerDeathAgain, aWireThatIsCutAgainAndAgain) {
  begin(GetParam());
  if (HasFatalFailure()) return;
  int cuts = 0;
  for (; cuts < 100; ++cuts) {
    proxy_->cutAt("", 60 + static_cast<unsigned>(cuts * 7) % 40,
                  cuts % 2 ? Moment::before : Moment::after);
    const Ended ended = runThroughProxy("apply second.plan -e dev --yes --no-progress");
    if (ended.exit == 0) break;
    // 8: the server has not yet seen that its client is gone.
    EXPECT_TRUE(ended.exit == 1 || ended.exit == 7 || ended.exit == 8) << "cut " << cuts << "\n"
                                                                       << ended.out << ended.err;
    if (HasFailure()) break;
  }
  EXPECT_GT(cuts, 5);
  expectTheEnd();
}

INSTANTIATE_TEST_SUITE_P(All, ServerDeathAgain, ::testing::Values(kPostgres, kMariadb),
                         [](const auto& info) {
                           return std::string(info.param == kPostgres ? "postgres" : "mariadb");
                         });

}  // namespace
}  // namespace cambium::testing
