#include "plugins/mariadb/db/session.h"

#include <fmt/core.h>
#include <soci/mysql/soci-mysql.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>

#include "plugins/mariadb/db/errors.h"
#include "plugins/mariadb/db/introspect.h"
#include "plugins/mariadb/db/statement.h"
#include "plugins/mariadb/db/surroundings.h"
#include "plugins/mariadb/mariadb.h"
#include "runtime/db/soci_session.h"
#include "runtime/db/url.h"

namespace cambium::dialect::mariadb {
namespace {

constexpr unsigned kLongestTimeout = 3600;
constexpr std::string_view kSqlMode =
    "STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION";

constexpr std::string_view kRunLock = "concat('cambium run ', sha1(database()))";

// SOCI opens the connection; everything else goes to the handle behind it. SOCI would cut a text
// with a colon in it.
MYSQL* handleOf(soci::session& session) {
  return static_cast<soci::mysql_session_backend*>(session.get_backend())->conn_;
}

const db::Backend& backend() {
  static const db::Backend all{
      [](const std::exception& e, soci::session*) {
        const auto* own = dynamic_cast<const soci::mysql_soci_error*>(&e);
        return cannotConnect(own ? static_cast<int>(own->err_num_) : 0, e.what());
      },
      nullptr,
      nullptr,
      nullptr,
  };
  return all;
}

// ---- URLs
struct Address {
  std::string user, password, host, port, database;
  std::map<std::string, std::string> options;

  std::string option(const char* name) const {
    const auto found = options.find(name);
    return found == options.end() ? std::string() : found->second;
  }
  // How to call it: without the password.
  std::string shown() const {
    std::string out = host.empty() ? "localhost" : host;
    if (!port.empty()) out += ":" + port;
    return out + "/" + database;
  }
};

bool isKnownOption(std::string_view name) {
  constexpr std::string_view kKnown[] = {"socket",   "tls",     "ssl-ca",
                                         "ssl-cert", "ssl-key", "connect-timeout"};
  return std::find(std::begin(kKnown), std::end(kKnown), name) != std::end(kKnown);
}

// Whatever this stands in, `why` says what is wrong with it: the text itself may be secret.
std::string decoded(std::string_view text, std::string_view what, std::string& why) {
  auto out = db::percentDecoded(text);
  if (!out) why = fmt::format("{} of the URL has a % that is no escape: write %25", what);
  return out.value_or("");
}

bool numberIn(std::string_view text, unsigned least, unsigned most) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value >= least &&
         value <= most;
}

// What is wrong with it, "" = nothing.
std::string readOptions(std::string_view text, Address& out) {
  std::string why;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('&', at), text.size());
    const std::string_view one = text.substr(at, end - at);
    at = end + 1;
    const size_t equals = one.find('=');
    const std::string name(one.substr(0, equals));
    if (!isKnownOption(name)) return fmt::format("the URL has a parameter `{}` unknown here", name);
    auto value =
        decoded(equals == std::string_view::npos ? std::string_view() : one.substr(equals + 1),
                fmt::format("`{}`", name), why);
    if (!why.empty()) return why;
    out.options[name] = std::move(value);
  }
  if (const std::string tls = out.option("tls"); !tls.empty() && tls != "required")
    return "`tls` of the URL can be `required`";
  // The library encrypts for who names an authority, and for nobody else.
  if (!out.option("tls").empty() && out.option("ssl-ca").empty())
    return "`tls=required` of the URL needs `ssl-ca=FILE`: who vouches for the server's "
           "certificate";
  if (out.options.count("connect-timeout") &&
      !numberIn(out.option("connect-timeout"), 1, kLongestTimeout))
    return "`connect-timeout` of the URL is no number of seconds";
  return {};
}

std::optional<Address> addressOf(std::string_view url, std::string& why) {
  Address out;
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    why = "the URL is no `mariadb://user@host/database`";
    return std::nullopt;
  }
  std::string_view rest = url.substr(scheme + 3);
  if (const size_t question = rest.find('?'); question != std::string_view::npos) {
    why = readOptions(rest.substr(question + 1), out);
    if (!why.empty()) return std::nullopt;
    rest = rest.substr(0, question);
  }
  if (const size_t slash = rest.find('/'); slash != std::string_view::npos) {
    out.database = decoded(rest.substr(slash + 1), "the name of the database", why);
    rest = rest.substr(0, slash);
  }
  if (out.database.empty() && why.empty()) why = "the URL names no database";
  if (const size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view who = rest.substr(0, at);
    const size_t colon = who.find(':');
    out.user = decoded(who.substr(0, colon), "the user", why);
    if (colon != std::string_view::npos)
      out.password = decoded(who.substr(colon + 1), "the password", why);
    rest = rest.substr(at + 1);
  }
  const size_t bracket = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
  const size_t colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) out.port = rest.substr(colon + 1);
  out.host = decoded(rest.substr(0, colon), "the host", why);
  if (bracket != std::string_view::npos) out.host = out.host.substr(1, bracket - 1);
  if (!out.port.empty() && !numberIn(out.port, 1, 65535)) why = "the port of the URL is none";
  if (!why.empty()) return std::nullopt;
  return out;
}

// "" and `why` for a value that the client library cannot be told.
std::string connectString(const Address& address, bool withDatabase, std::string& why) {
  std::vector<std::pair<const char*, std::string>> parts = {
      {"host", address.host},
      {"port", address.port},
      {"user", address.user},
      {"password", address.password},
      {"dbname", withDatabase ? address.database : ""},
      {"unix_socket", address.option("socket")},
      {"sslca", address.option("ssl-ca")},
      {"sslcert", address.option("ssl-cert")},
      {"sslkey", address.option("ssl-key")},
      {"charset", std::string(kCharset)},
      {"connect_timeout",
       address.option("connect-timeout").empty() ? "10" : address.option("connect-timeout")}};
  std::string out;
  for (const auto& [name, value] : parts) {
    if (value.empty()) continue;
    const char mark = value.find('\'') == std::string::npos ? '\'' : '"';
    if (value.find(mark) != std::string::npos) {
      why = fmt::format("`{}` has both kinds of quotes in it", name);
      return {};
    }
    out += fmt::format("{}{}={}{}{}", out.empty() ? "" : " ", name, mark, value, mark);
  }
  return out;
}

class MariadbSession final : public Session {
public:
  MariadbSession(std::unique_ptr<soci::session> session, Address address)
      : session_(std::move(session)), handle_(handleOf(*session_)), address_(std::move(address)) {
    server_.dialect = "mariadb";
    server_.database = address_.shown();
  }

  const ServerInfo& server() const override { return server_; }

  DbResult<void> execute(std::string_view statement) override {
    auto result = run(handle_, statement);
    if (!result) return Failure{result.error()};
    return {};
  }
  DbResult<std::vector<Row>> query(
      std::string_view sql,
      std::span<const std::pair<std::string_view, Value>> values = {}) override {
    auto result = run(handle_, sql, values);
    if (!result) return Failure{result.error()};
    return std::move(result->rows);
  }
  DbResult<int64_t> update(
      std::string_view sql,
      std::span<const std::pair<std::string_view, Value>> values = {}) override {
    auto result = run(handle_, sql, values);
    if (!result) return Failure{result.error()};
    return result->changed;
  }

  DbResult<void> begin() override { return execute("START TRANSACTION"); }
  DbResult<void> commit() override { return execute("COMMIT"); }
  DbResult<void> rollback() override {
    if (!inTransaction()) return {};
    return execute("ROLLBACK");
  }
  bool inTransaction() const override {
    unsigned status = 0;
    mariadb_get_infov(handle_, MARIADB_CONNECTION_SERVER_STATUS, &status);
    return (status & SERVER_STATUS_IN_TRANS) != 0;
  }

  DbResult<catalog::Catalog> introspect() override { return readCatalog(*this, address_.database); }
  DbResult<std::optional<std::string>> describe(ObjectKind kind, std::string_view name) override {
    return describeObject(*this, address_.database, kind, name);
  }

  std::vector<std::string> refuseChanges(std::string_view table) const override {
    std::vector<std::string> out;
    const bool replaces = kind_ == Server::mariadb;
    for (const auto* event : {"UPDATE", "DELETE"}) {
      const std::string name = quote(fmt::format("{}_no_{}", table, lowered(event)));
      if (!replaces) out.push_back("DROP TRIGGER IF EXISTS " + name);
      out.push_back(fmt::format(
          "CREATE {}TRIGGER {} BEFORE {} ON {} FOR EACH ROW SIGNAL SQLSTATE '45000' SET "
          "MESSAGE_TEXT = {}",
          replaces ? "OR REPLACE " : "", name, event, quote(table),
          textLiteral(fmt::format("{} is append-only", table))));
    }
    return out;
  }
  // Locks of this kind are the server's: the name is of one database. It has at most 64 characters.
  DbResult<RunLock> lockRun() override {
    auto rows = query("SELECT get_lock(" + std::string(kRunLock) + ", 0)");
    if (!rows) return Failure{rows.error()};
    return rows->at(0).at(0) == "1" ? RunLock::ours : RunLock::others;
  }
  void unlockRun() override {
    // If it fails, the session is gone, and the lock with it.
    (void)query("SELECT release_lock(" + std::string(kRunLock) + ")");
  }

  DbResult<std::string> obstacle(std::span<const Emitted* const> steps) override {
    return missingRights(*this, steps);
  }
  DbResult<std::vector<std::string>> others() override { return whoElse(*this); }
  DbResult<Surroundings> surroundings(std::span<const std::string> tables) override {
    return surroundingsOf(*this, tables);
  }
  DbResult<Load> load() override { return loadOf(*this); }

  // Whatever the database was made with.
  std::string_view documentType() const override {
    return kind_ == Server::mysql ? "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin"
                                  : "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";
  }

  DbResult<std::string> now() override {
    auto rows = query(
        "SELECT concat(left(date_format(utc_timestamp(3), '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')");
    if (!rows) return Failure{rows.error()};
    return rows->at(0).at(0).value_or("");
  }

  DbResult<void> removeAll(bool itself) override {
    if (itself) return execute("DROP DATABASE " + quote(address_.database));
    auto found = query(
        "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = "
        "database()");
    if (!found) return Failure{found.error()};
    // Otherwise a table that others refer to would have to be the last.
    if (auto done = execute("SET foreign_key_checks = 0"); !done) return done;
    for (const auto& row : *found)
      if (auto done = execute(fmt::format("DROP {} {}", row[1] == "VIEW" ? "VIEW" : "TABLE",
                                          quote(row[0].value_or(""))));
          !done)
        return done;
    return execute("SET foreign_key_checks = 1");
  }

  // By way of a connection of its own: this one waits for its statement.
  void interrupt() override {
    std::string why;
    DbError error;
    const std::string text = connectString(address_, false, why);
    auto other = db::open(soci::mysql, text, backend(), error);
    if (other) (void)run(handleOf(*other), fmt::format("KILL QUERY {}", mysql_thread_id(handle_)));
  }

  DbResult<void> pin(const SessionOptions& options) {
    auto version = query("SELECT version(), @@version_comment");
    if (!version) return Failure{version.error()};
    const auto known =
        serverOf(version->at(0).at(0).value_or(""), version->at(0).at(1).value_or(""));
    server_.version = known.version;
    server_.product = known.product;
    if (!known.refusal.empty()) return refuse(known.refusal);
    kind_ = known.server;
    const bool mysql = kind_ == Server::mysql;
    if (mysql) server_.gate = kGateMysql;
    const unsigned seconds = std::max(1u, (options.lockTimeoutMs + 999) / 1000);
    std::vector<std::pair<const char*, std::string>> wanted = {
        {"sql_mode", std::string(kSqlMode)},
        {"time_zone", "+00:00"},
        {"autocommit", "1"},
        {"lock_wait_timeout", std::to_string(seconds)},
        {"innodb_lock_wait_timeout", std::to_string(seconds)},
        {"wait_timeout", "31536000"},
        {"foreign_key_checks", "1"},
        {"unique_checks", "1"},
        {"sql_quote_show_create", "1"},
        {"sql_auto_is_null", "0"},
    };
    // What each of them calls it. MySQL checks at any rate, and lets only its administrators set
    // innodb_strict_mode, which is on unless somebody has turned it off.
    const std::string readOnly = options.readOnly ? "1" : "0";
    const std::vector<std::pair<const char*, std::string>> own =
        mysql ? std::vector<std::pair<const char*, std::string>>{
                    {"transaction_isolation", "READ-COMMITTED"},
                    {"max_execution_time", "0"},
                    {"transaction_read_only", readOnly},
                }
              : std::vector<std::pair<const char*, std::string>>{
                    {"tx_isolation", "READ-COMMITTED"},
                    {"max_statement_time", "0.000000"},
                    {"idle_transaction_timeout", "0"},
                    {"idle_write_transaction_timeout", "0"},
                    {"idle_readonly_transaction_timeout", "0"},
                    {"check_constraint_checks", "1"},
                    {"innodb_strict_mode", "1"},
                    {"tx_read_only", readOnly},
                };
    wanted.insert(wanted.end(), own.begin(), own.end());
    const std::string_view collation = collationOf(kind_);
    if (auto done = execute(fmt::format("SET NAMES {} COLLATE {}", kCharset, collation)); !done)
      return done;
    std::string set, get;
    for (const auto& [name, value] : wanted) {
      const bool number = value.find_first_not_of("0123456789.") == std::string::npos;
      set += fmt::format("{}{} = {}", set.empty() ? "SET SESSION " : ", ", name,
                         number ? value : textLiteral(value));
      get += fmt::format("{}@@SESSION.{}", get.empty() ? "SELECT " : ", ", name);
    }
    if (mysql) {  // read, not set
      wanted.emplace_back("innodb_strict_mode", "1");
      get += ", @@SESSION.innodb_strict_mode";
    }
    if (auto done = execute(set); !done) return done;
    // Read back: a proxy between us and the server may have swallowed them.
    auto found = query(get + ", @@collation_connection");
    if (!found) return Failure{found.error()};
    for (size_t i = 0; i < wanted.size(); ++i)
      if (found->at(0).at(i).value_or("") != wanted[i].second)
        return refuse(
            fmt::format("`{}` is `{}` and not `{}`, although this session asked for it: "
                        "is a proxy between here and the server?",
                        wanted[i].first, found->at(0).at(i).value_or(""), wanted[i].second));
    if (found->at(0).back().value_or("") != collation)
      return refuse(fmt::format("the connection has the collation `{}`, not `{}`",
                                found->at(0).back().value_or(""), collation));
    return {};
  }

private:
  static DbResult<void> refuse(const std::string& message) {
    return Failure{cannotConnect(0, message)};
  }

  std::unique_ptr<soci::session> session_;
  MYSQL* handle_;
  Address address_;
  ServerInfo server_;
  Server kind_ = Server::mariadb;
};

std::unique_ptr<soci::session> connect(const Address& address, bool withDatabase, DbError& error) {
  std::string why;
  const std::string text = connectString(address, withDatabase, why);
  if (!why.empty()) {
    error = cannotConnect(0, why);
    return nullptr;
  }
  auto session = db::open(soci::mysql, text, backend(), error);
  // The library goes on without where the server has none.
  if (session && address.option("tls") == "required" && !mysql_get_ssl_cipher(handleOf(*session))) {
    error =
        cannotConnect(0, "the connection is not encrypted, although the URL says `tls=required`");
    return nullptr;
  }
  return session;
}

bool createDatabase(const Address& address, DbError& error) {
  auto session = connect(address, false, error);
  if (!session) return false;
  // A server that is refused gets no database either.
  const auto version = run(handleOf(*session), "SELECT version(), @@version_comment");
  const auto known = version ? serverOf(version->rows.at(0).at(0).value_or(""),
                                        version->rows.at(0).at(1).value_or(""))
                             : FoundServer{};
  if (!known.refusal.empty()) {
    error = cannotConnect(0, known.refusal);
    return false;
  }
  auto made = run(handleOf(*session),
                  fmt::format("CREATE DATABASE IF NOT EXISTS {} CHARACTER SET {} COLLATE {}",
                              quote(address.database), kCharset, collationOf(known.server)));
  if (made) return true;
  error = made.error();
  error.kind = DbError::Kind::cannotOpen;
  return false;
}

}  // namespace

DbResult<std::unique_ptr<Session>> openSession(std::string_view url,
                                               const SessionOptions& options) {
  std::string why;
  auto address = addressOf(url, why);
  if (!address) return Failure{cannotConnect(0, why)};
  const std::string shown = address->shown();
  DbError error;
  auto session = connect(*address, true, error);
  if (!session && error.missing && options.create && !options.readOnly &&
      createDatabase(*address, error))
    session = connect(*address, true, error);
  if (!session) return Failure{std::move(error)};
  auto opened = std::make_unique<MariadbSession>(std::move(session), std::move(*address));
  if (auto done = opened->pin(options); !done) {
    error = done.error();
    error.message = fmt::format("{}: {}", shown, error.message);
    return Failure{std::move(error)};
  }
  return std::unique_ptr<Session>(std::move(opened));
}

}  // namespace cambium::dialect::mariadb
