#include "plugins/postgres/db/session.h"

#include <fmt/core.h>
#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>

#include "plugins/postgres/db/errors.h"
#include "plugins/postgres/db/introspect.h"
#include "plugins/postgres/db/opaque.h"
#include "plugins/postgres/db/others.h"
#include "plugins/postgres/db/relations.h"
#include "plugins/postgres/db/room.h"
#include "plugins/postgres/db/statement.h"
#include "plugins/postgres/db/surroundings.h"
#include "plugins/postgres/postgres.h"
#include "plugins/postgres/servers.h"
#include "runtime/db/soci_session.h"
#include "runtime/db/url.h"

namespace cambium::dialect::postgres {
namespace {

using Clock = std::chrono::steady_clock;

// As the library counts.
constexpr int kOldestServer = 140000, kNoGate = 150000;

// SOCI opens the connection; everything else goes to the handle behind it. SOCI would rewrite a
// text with a colon in it.
PGconn* handleOf(soci::session& session) {
  return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

const db::Backend& backend() {
  static const db::Backend all{
      [](const std::exception& e, soci::session*) { return cannotConnect(e.what()); },
      nullptr,
      nullptr,
      nullptr,
  };
  return all;
}

// ---- URLs
struct Address {
  std::map<std::string, std::string> options;  // of libpq
  std::string schema = "public";
};

// The URL without our own parameter, and what that says, "" = it cannot be read.
std::string withoutSchema(std::string_view url, std::string& schema) {
  const size_t question = url.find('?');
  if (question == std::string_view::npos) return std::string(url);
  std::string out(url.substr(0, question)), rest;
  for (size_t at = question + 1; at <= url.size();) {
    const size_t end = std::min(url.find('&', at), url.size());
    const std::string_view one = url.substr(at, end - at);
    if (one.starts_with("schema="))
      schema = db::percentDecoded(one.substr(7)).value_or("");
    else if (!one.empty())
      rest += (rest.empty() ? "?" : "&") + std::string(one);
    at = end + 1;
  }
  return out + rest;
}

std::optional<Address> addressOf(std::string_view url, std::string& why) {
  Address out;
  const std::string plain = withoutSchema(url, out.schema);
  char* message = nullptr;
  PQconninfoOption* parsed = PQconninfoParse(plain.c_str(), &message);
  if (!parsed) {
    why = message ? message : "the URL cannot be read";
    PQfreemem(message);
    return std::nullopt;
  }
  for (auto* option = parsed; option->keyword; ++option)
    if (option->val) out.options[option->keyword] = option->val;
  PQconninfoFree(parsed);
  // The library would take the user's name for one.
  if (out.options["dbname"].empty() && !out.options.count("service"))
    why = "the URL names no database";
  if (out.schema.empty()) why = "`schema` of the URL is no name";
  if (!why.empty()) return std::nullopt;
  return out;
}

std::string connectString(const Address& address) {
  std::string out;
  for (const auto& [key, value] : address.options) {
    std::string quoted;
    for (const char c : value) {
      if (c == '\'' || c == '\\') quoted += '\\';
      quoted += c;
    }
    out += fmt::format("{}{}='{}'", out.empty() ? "" : " ", key, quoted);
  }
  return out;
}

// How to call it: without the password.
std::string shownOf(const Address& address) {
  const auto get = [&](const char* key) {
    const auto found = address.options.find(key);
    return found == address.options.end() ? std::string() : found->second;
  };
  std::string host = get("host").empty() ? "localhost" : get("host");
  if (!get("port").empty()) host += ":" + get("port");
  return host + "/" + get("dbname");
}

// Of the session's schema in its database.
constexpr std::string_view kRunLock =
    "pg_catalog.hashtextextended('cambium run in ' || pg_catalog.current_schema(), 0)";

class PostgresSession final : public Session {
public:
  PostgresSession(std::unique_ptr<soci::session> session, std::string shown, std::string schema)
      : session_(std::move(session)),
        handle_(handleOf(*session_)),
        schema_(std::move(schema)),
        cancel_(PQgetCancel(handle_), PQfreeCancel) {
    server_.dialect = "postgres";
    if (PQserverVersion(handle_) < kNoGate) server_.gate = kGate14;
    const char* version = PQparameterStatus(handle_, "server_version");
    server_.version = version ? version : "";
    server_.version = server_.version.substr(0, server_.version.find(' '));
    server_.product = "PostgreSQL " + server_.version;
    server_.database = std::move(shown);
    // Notices ("will be truncated", "does not exist, skipping") are no output of ours.
    PQsetNoticeProcessor(
        handle_, [](void*, const char*) {}, nullptr);
  }

  const ServerInfo& server() const override { return server_; }

  DbResult<void> execute(std::string_view statement) override {
    if (besideMs_ == 0 || !keepsNobodyWaiting(statement)) return executeAsIs(statement);
    // Each transaction that it waits for counts as a lock.
    if (auto set = executeAsIs(fmt::format("SET lock_timeout = {}", besideMs_)); !set) return set;
    auto done = executeAsIs(statement);
    if (auto reset = executeAsIs("RESET lock_timeout"); !reset && done) return reset;
    return done;
  }

  DbResult<std::vector<Row>> query(
      std::string_view sql,
      std::span<const std::pair<std::string_view, Value>> values = {}) override {
    auto result = looking_ ? looks_.run(handle_, sql, values) : run(handle_, sql, values);
    if (!result) return Failure{result.error()};
    return rowsOf(result->get());
  }
  DbResult<int64_t> update(
      std::string_view sql,
      std::span<const std::pair<std::string_view, Value>> values = {}) override {
    auto result = run(handle_, sql, values);
    if (!result) return Failure{result.error()};
    return static_cast<int64_t>(std::atoll(PQcmdTuples(result->get())));
  }

  DbResult<void> begin() override { return execute("BEGIN"); }
  DbResult<void> commit() override {
    auto result = run(handle_, "COMMIT");
    if (!result) return Failure{result.error()};
    // Of a transaction that has failed, COMMIT makes a ROLLBACK and calls that a success.
    if (std::string_view(PQcmdStatus(result->get())) == "COMMIT") return {};
    DbError error;
    error.kind = DbError::Kind::sql;
    error.sqlState = "25P02";
    error.message = "the transaction had failed and was rolled back";
    error.statement = "COMMIT";
    return Failure{std::move(error)};
  }
  DbResult<void> rollback() override {
    if (!inTransaction()) return {};
    return execute("ROLLBACK");
  }
  bool inTransaction() const override {
    const auto status = PQtransactionStatus(handle_);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
  }

  DbResult<catalog::Catalog> introspect() override {
    return inSnapshot<catalog::Catalog>([&] { return readCatalog(*this); });
  }
  DbResult<std::optional<std::string>> describe(ObjectKind kind, std::string_view name) override {
    return inSnapshot<std::optional<std::string>>(
        [&] { return describeObject(*this, kind, name); });
  }

  std::vector<std::string> refuseChanges(std::string_view table) const override {
    const std::string name(table);
    return {
        fmt::format("CREATE OR REPLACE FUNCTION \"{0}_append_only\"() RETURNS trigger LANGUAGE "
                    "plpgsql AS 'BEGIN RAISE EXCEPTION ''{0} is append-only''; END'",
                    name),
        fmt::format("CREATE OR REPLACE TRIGGER \"{0}_append_only\" BEFORE UPDATE OR DELETE OR "
                    "TRUNCATE ON \"{0}\" FOR EACH STATEMENT EXECUTE FUNCTION \"{0}_append_only\"()",
                    name)};
  }

  DbResult<RunLock> lockRun() override {
    auto rows = query("SELECT pg_catalog.pg_try_advisory_lock(" + std::string(kRunLock) + ")");
    if (!rows) return Failure{rows.error()};
    return rows->at(0).at(0) == "t" ? RunLock::ours : RunLock::others;
  }
  void unlockRun() override {
    // If it fails, the session is gone, and the lock with it.
    (void)query("SELECT pg_catalog.pg_advisory_unlock(" + std::string(kRunLock) + ")");
  }

  DbResult<std::string> obstacle(std::span<const Emitted* const> steps) override {
    if (auto fault = faultOf(PQserverVersion(handle_), steps); !fault.empty()) return fault;
    auto why = missingRights(*this, steps);
    return why && why->empty() ? noRoomFor(*this, steps) : why;
  }

  DbResult<std::vector<std::string>> others() override { return whoElse(*this); }
  bool waitsForOthers() const override { return true; }
  DbResult<Surroundings> surroundings(std::span<const std::string> tables) override {
    return surroundingsOf(*this, tables);
  }
  DbResult<Load> load() override { return loadOf(*this); }
  DbResult<void> waitAtMost(unsigned ms) override {
    besideMs_ = ms;
    return {};
  }

  DbResult<std::string> now() override {
    auto rows = query(
        "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', "
        "'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')");
    if (!rows) return Failure{rows.error()};
    return rows->at(0).at(0).value_or("");
  }

  DbResult<void> removeAll(bool itself) override {
    if (itself) return execute("DROP SCHEMA " + quote(schema_) + " CASCADE");
    const std::string here = fmt::format(" = {}", kHere);
    auto found = query(
        "SELECT pg_catalog.format('DROP %s IF EXISTS %I CASCADE', CASE c.relkind WHEN 'v' THEN "
        "'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.relname) FROM pg_catalog.pg_class c "
        "WHERE c.relkind IN ('r', 'p', 'v', 'S') AND c.relnamespace" +
        here + notExtension("c.oid", "pg_class") +
        // What counts for a column goes with it.
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = "
        "'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))"
        " UNION ALL SELECT pg_catalog.format('DROP ROUTINE IF EXISTS %s CASCADE', "
        "p.oid::regprocedure) FROM pg_catalog.pg_proc p WHERE p.pronamespace" +
        here + notExtension("p.oid", "pg_proc") +
        // The faces of versions: their views went with the tables.
        " UNION ALL SELECT pg_catalog.format('DROP SCHEMA IF EXISTS %I CASCADE', n.nspname) FROM "
        "pg_catalog.pg_namespace n WHERE pg_catalog.obj_description(n.oid, 'pg_namespace') = " +
        std::string(kFaceOf));
    if (!found) return Failure{found.error()};
    for (const auto& row : *found)
      if (auto done = execute(row[0].value_or("")); !done) return done;
    return {};
  }

  void interrupt() override {
    char why[256];
    if (cancel_) PQcancel(cancel_.get(), why, sizeof why);
  }

  // Settings of this connection came with it (a RESET must lead back to them); here they are read
  // back: a pooler between us and the server would have swallowed them.
  DbResult<void> verify(const SessionOptions& options) {
    if (PQserverVersion(handle_) < kOldestServer)
      return refuse(fmt::format("the server is {}, {} is the oldest that is supported",
                                server_.product, kOldestServer / 10000));
    const std::string path = quote(schema_) + ", pg_temp";
    const std::pair<const char*, std::string> wanted[] = {
        {"TimeZone", "UTC"},
        {"client_encoding", "UTF8"},
        {"standard_conforming_strings", "on"},
        {"lock_timeout", fmt::format("{}", options.lockTimeoutMs)},
        {"statement_timeout", "0"},
        {"idle_session_timeout", "0"},
        // Who does not see every row is told so, instead of being shown some of them.
        {"row_security", "off"},
    };
    // Not among the settings that come with the connection: an older server would know no more than
    // that there is no such one.
    if (auto done = execute("SET idle_session_timeout = 0"); !done) return done;
    std::string sql;
    for (const auto& [name, value] : wanted)
      sql += fmt::format("{} SELECT name, setting FROM pg_catalog.pg_settings WHERE name = '{}'",
                         sql.empty() ? "" : " UNION ALL", name);
    auto rows = query(sql);
    if (!rows) return Failure{rows.error()};
    std::map<std::string, std::string> found;
    for (const auto& row : *rows) found[row[0].value_or("")] = row[1].value_or("");
    for (const auto& [name, value] : wanted)
      if (found[name] != value)
        return refuse(
            fmt::format("`{}` is `{}` and not `{}`, although this session asked for it: "
                        "is a connection pooler between here and the server?",
                        name, found[name], value));
    if (!options.readOnly)
      if (auto done = mayWrite(); !done) return done;
    auto encoding = query("SELECT pg_catalog.getdatabaseencoding()");
    if (!encoding) return Failure{encoding.error()};
    if (encoding->at(0).at(0).value_or("") != "UTF8")
      return refuse(fmt::format("the database is encoded in {}, only UTF-8 is supported",
                                encoding->at(0).at(0).value_or("")));
    if (auto done = execute("SET search_path = " + path); !done) return done;
    auto schema = query("SELECT pg_catalog.current_schema()");
    if (!schema) return Failure{schema.error()};
    if (schema->at(0).at(0).value_or("") == schema_) return {};
    if (options.create && !options.readOnly)
      return execute("CREATE SCHEMA IF NOT EXISTS " + quote(schema_));
    DbError error = cannotConnect(fmt::format("there is no schema `{}`", schema_));
    error.sqlState = "3F000";
    error.missing = true;
    return Failure{std::move(error)};
  }

private:
  DbResult<void> executeAsIs(std::string_view statement) {
    auto result = run(handle_, statement);
    if (!result) return Failure{result.error()};
    return {};
  }

  // What is built or removed beside readers and writers.
  static bool keepsNobodyWaiting(std::string_view statement) {
    for (const std::string_view begin :
         {"CREATE INDEX CONCURRENTLY ", "CREATE UNIQUE INDEX CONCURRENTLY ",
          "DROP INDEX CONCURRENTLY "})
      if (statement.starts_with(begin)) return true;
    return false;
  }

  // Whoever made a database read-only by default meant us, too; and a standby is always so.
  DbResult<void> mayWrite() {
    auto rows = query(
        "SELECT pg_catalog.pg_is_in_recovery(), "
        "pg_catalog.current_setting('transaction_read_only') = 'on'");
    if (!rows) return Failure{rows.error()};
    const bool standby = rows->at(0).at(0) == "t", reads = rows->at(0).at(1) == "t";
    if (!standby && !reads) return {};
    DbError error;
    error.kind = DbError::Kind::readOnly;
    error.sqlState = "25006";
    error.message = standby ? "the server is a standby of another one: connect to that"
                            : "`default_transaction_read_only` is on for this user or database";
    return Failure{std::move(error)};
  }

  static DbResult<void> refuse(const std::string& message) {
    return Failure{cannotConnect(message)};
  }

  // Several reads of the catalog that must see one state of the database.
  template <class T, class Read>
  DbResult<T> inSnapshot(Read read) {
    const bool mine = !inTransaction();
    if (mine)
      if (auto done = execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); !done)
        return Failure{done.error()};
    looking_ = true;
    auto result = read();
    looking_ = false;
    if (mine)
      if (auto done = execute("ROLLBACK"); !done && result) return Failure{done.error()};
    return result;
  }

  std::unique_ptr<soci::session> session_;
  PGconn* handle_;
  std::string schema_;
  std::unique_ptr<PGcancel, void (*)(PGcancel*)> cancel_;
  ServerInfo server_;
  Repeated looks_;         // at the catalog
  bool looking_ = false;   // what is asked now is one of them
  unsigned besideMs_ = 0;  // waitAtMost()
};

// The SQLSTATE of a refusal, "" = none was given in time. The library has only words for it, unless
// it is told before it connects that the state is wanted, and SOCI does not let us: so it is asked
// once more.
std::string refusalState(const std::string& parameters, Clock::time_point deadline) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> again(PQconnectStart(parameters.c_str()),
                                                         PQfinish);
  if (!again) return {};
  PQsetErrorVerbosity(again.get(), PQERRORS_SQLSTATE);
  auto next = PGRES_POLLING_WRITING;
  while (PQstatus(again.get()) != CONNECTION_BAD && next != PGRES_POLLING_OK) {
    const short wanted = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    pollfd waiting{PQsocket(again.get()), wanted, 0};
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) return {};
    next = PQconnectPoll(again.get());
  }
  // "…: FATAL:  3D000\n"
  std::string_view said = PQerrorMessage(again.get());
  while (said.ends_with('\n')) said.remove_suffix(1);
  constexpr size_t kLength = 5;
  if (said.size() < kLength + 3 || said.substr(said.size() - kLength - 3, 3) != ":  ") return {};
  return std::string(said.substr(said.size() - kLength));
}

std::unique_ptr<soci::session> connect(const Address& address, DbError& error) {
  const std::string parameters = connectString(address);
  const auto timeout = std::max(std::atoi(address.options.at("connect_timeout").c_str()), 1);
  const auto deadline = Clock::now() + std::chrono::seconds(timeout);
  auto session = db::open(soci::postgresql, parameters, backend(), error);
  if (session) return session;
  error = cannotConnect(error.message, refusalState(parameters, deadline));
  // Of the protocol: what comes with the connection is not taken.
  if (error.sqlState == "08P01")
    error.message += "; is a connection pooler between here and the server? Connect to the server";
  return nullptr;
}

// The database is made by way of the one that every server has.
bool createDatabase(Address address, DbError& error) {
  const std::string name = address.options["dbname"];
  address.options["dbname"] = "postgres";
  address.options.erase("options");
  auto session = connect(address, error);
  if (!session) return false;
  auto made = run(handleOf(*session),
                  "CREATE DATABASE " + quote(name) + " TEMPLATE template0 ENCODING 'UTF8'");
  if (made || made.error().sqlState == "42P04") return true;  // somebody else was quicker
  error = made.error();
  error.kind = DbError::Kind::cannotOpen;
  return false;
}

}  // namespace

DbResult<std::unique_ptr<Session>> openSession(std::string_view url,
                                               const SessionOptions& options) {
  std::string why;
  auto address = addressOf(url, why);
  if (!address) return Failure{cannotConnect(why)};
  auto& settings = address->options;
  settings["options"] += fmt::format(
      " -c TimeZone=UTC -c DateStyle=ISO,YMD -c IntervalStyle=postgres -c bytea_output=hex -c "
      "extra_float_digits=1 -c standard_conforming_strings=on -c statement_timeout=0 -c "
      "idle_in_transaction_session_timeout=0 -c row_security=off -c lock_timeout={}{} -c "
      "default_transaction_isolation=read\\ committed",
      options.lockTimeoutMs, options.readOnly ? " -c default_transaction_read_only=on" : "");
  settings["client_encoding"] = "UTF8";
  if (!settings.count("application_name")) settings["application_name"] = "cambium";
  if (!settings.count("connect_timeout")) settings["connect_timeout"] = "10";
  const std::string shown = shownOf(*address);

  DbError error;
  auto session = connect(*address, error);
  if (!session && error.missing && options.create && !options.readOnly &&
      createDatabase(*address, error))
    session = connect(*address, error);
  if (!session) return Failure{std::move(error)};
  auto opened = std::make_unique<PostgresSession>(std::move(session), shown, address->schema);
  if (auto done = opened->verify(options); !done) {
    error = done.error();
    error.message = fmt::format("{}: {}", shown, error.message);
    return Failure{std::move(error)};
  }
  return std::unique_ptr<Session>(std::move(opened));
}

}  // namespace cambium::dialect::postgres
