#include "plugins/sqlite/db/session.h"

#include <fmt/core.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "plugins/sqlite/db/errors.h"
#include "plugins/sqlite/db/introspect.h"
#include "plugins/sqlite/db/surroundings.h"
#include "plugins/sqlite/sqlite.h"
#include "runtime/db/soci_session.h"

namespace cambium::dialect::sqlite {
namespace {

using namespace sqlite_api;  // the backend's header puts the client library's functions there

sqlite_api::sqlite3* handleOf(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

sqlite_api::sqlite3_stmt* handleOf(soci::statement& statement) {
  return static_cast<soci::sqlite3_statement_backend*>(statement.get_backend())->stmt_;
}

::sqlite3* plain(sqlite_api::sqlite3* handle) {
  return reinterpret_cast<::sqlite3*>(handle);
}

DbError classify(const std::exception& e, soci::session* session) {
  if (session) {
    auto* handle = handleOf(*session);
    if (sqlite3_errcode(handle) != SQLITE_OK && sqlite3_errcode(handle) != SQLITE_DONE &&
        sqlite3_errcode(handle) != SQLITE_ROW)
      return lastError(plain(handle), "");
  }
  if (const auto* known = dynamic_cast<const soci::sqlite3_soci_error*>(&e))
    return errorOf(known->result(), e.what());
  return errorOf(SQLITE_ERROR, e.what());
}

const db::Backend& backend() {
  static const db::Backend all{
      classify,
      [](soci::statement& s) { return static_cast<unsigned>(sqlite3_column_count(handleOf(s))); },
      [](soci::statement& s) {
        return static_cast<unsigned>(sqlite3_bind_parameter_count(handleOf(s)));
      },
      [](soci::statement& s, const std::string& name) {
        return sqlite3_bind_parameter_index(handleOf(s), (":" + name).c_str()) != 0;
      },
  };
  return all;
}

// ---- URLs
constexpr std::string_view kMemory = ":memory:";

std::string pathOf(std::string_view url) {
  constexpr std::string_view scheme = "sqlite:";
  if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
  if (url.starts_with("//")) url.remove_prefix(2);
  return std::string(url);
}

// As a URI filename: no character of the path can be mistaken for an option, be it SOCI's or
// SQLite's.
std::string uriOf(const std::string& path, const SessionOptions& options) {
  std::string out = "file:";
  for (unsigned char c : path) {
    const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '/' || c == '.' || c == '_' || c == '-';
    if (safe)
      out += static_cast<char>(c);
    else
      out += fmt::format("%{:02x}", c);
  }
  return out + (options.readOnly ? "?mode=ro" : options.create ? "?mode=rwc" : "?mode=rw");
}

constexpr const char* kNoFile = "no such file";

// Why the file cannot be opened, in words; "" = nothing is known to stand in the way.
std::string obstacle(const std::string& path, const SessionOptions& options) {
  struct stat info {};
  if (path.empty()) return "the URL names no file";
  if (path.find('\0') != std::string::npos) return "the path has a zero byte in it";
  if (stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return "is a directory";
    if (access(path.c_str(), R_OK) != 0) return std::strerror(errno);
    return {};
  }
  if (errno != ENOENT || !options.create) return errno == ENOENT ? kNoFile : std::strerror(errno);
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "."
                             : slash == 0               ? "/"
                                                        : path.substr(0, slash);
  if (stat(folder.c_str(), &info) != 0)
    return fmt::format("folder `{}`: {}", folder, std::strerror(errno));
  if (access(folder.c_str(), W_OK) != 0)
    return fmt::format("folder `{}`: {}", folder, std::strerror(errno));
  return {};
}

// ---- pragmas that are read back
struct Pragma {
  std::string name, value;  // value: lower case; "" = it only asks
};

std::string word(std::string_view& text) {
  while (!text.empty() && std::strchr(" \t\r\n", text.front())) text.remove_prefix(1);
  std::string out;
  while (!text.empty() &&
         (std::isalnum(static_cast<unsigned char>(text.front())) || text.front() == '_')) {
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
    text.remove_prefix(1);
  }
  return out;
}

std::optional<Pragma> asPragma(std::string_view statement) {
  if (word(statement) != "pragma") return std::nullopt;
  Pragma out;
  out.name = word(statement);
  while (!statement.empty() && (statement.front() == ' ' || statement.front() == '='))
    statement.remove_prefix(1);
  out.value = word(statement);
  return out;
}

// A pragma that does not take is silent: foreign_keys inside a transaction, for one.
bool isReadBack(const Pragma& p) {
  return !p.value.empty() &&
         (p.name == "foreign_keys" || p.name == "recursive_triggers" ||
          p.name == "legacy_alter_table" || p.name == "busy_timeout" || p.name == "query_only");
}

std::string asSeenBack(const std::string& value) {
  if (value == "on" || value == "yes" || value == "true") return "1";
  if (value == "off" || value == "no" || value == "false") return "0";
  return value;
}

class SqliteSession final : public Session {
public:
  SqliteSession(std::unique_ptr<soci::session> session, std::string shown)
      : session_(std::move(session)), handle_(handleOf(*session_)) {
    server_.dialect = "sqlite";
    server_.version = sqlite3_libversion();
    server_.product = "SQLite " + server_.version;
    server_.database = std::move(shown);
  }

  const ServerInfo& server() const override { return server_; }

  DbResult<void> execute(std::string_view statement) override {
    const auto pragma = asPragma(statement);
    if (auto done = executeNative(statement); !done) return done;
    if (!pragma || !isReadBack(*pragma)) return {};
    auto back = query("PRAGMA " + pragma->name);
    if (!back) return Failure{back.error()};
    if (back->empty() || (*back)[0].empty() || (*back)[0][0] != asSeenBack(pragma->value))
      return refuse(statement, fmt::format("`{}` did not take effect{}", pragma->name,
                                           inTransaction() ? " inside a transaction" : ""));
    return {};
  }

  DbResult<std::vector<Row>> query(
      std::string_view sql,
      std::span<const std::pair<std::string_view, Value>> values = {}) override {
    return db::query(*session_, backend(), sql, values);
  }
  DbResult<int64_t> update(
      std::string_view sql,
      std::span<const std::pair<std::string_view, Value>> values = {}) override {
    return db::update(*session_, backend(), sql, values);
  }

  DbResult<void> begin() override {
    // BEGIN IMMEDIATE itself does not mind.
    if (sqlite3_db_readonly(handle_, "main") == 1) {
      DbError error =
          errorOf(SQLITE_READONLY, fmt::format("{}: the database is read-only", server_.database));
      error.statement = "BEGIN IMMEDIATE";
      return Failure{std::move(error)};
    }
    return executeNative("BEGIN IMMEDIATE");
  }
  DbResult<void> commit() override { return executeNative("COMMIT"); }
  DbResult<void> rollback() override {
    // The engine itself rolls back after some errors (disk full, interrupt): then there is nothing
    // left to do.
    if (!inTransaction()) return {};
    return executeNative("ROLLBACK");
  }
  bool inTransaction() const override { return sqlite3_get_autocommit(handle_) == 0; }

  DbResult<catalog::Catalog> introspect() override {
    return inSnapshot<catalog::Catalog>([&] { return readCatalog(*this); });
  }
  DbResult<std::optional<std::string>> describe(ObjectKind kind, std::string_view name) override {
    return inSnapshot<std::optional<std::string>>(
        [&] { return describeObject(*this, kind, name); });
  }

  std::vector<std::string> refuseChanges(std::string_view table) const override {
    std::vector<std::string> out;
    for (const char* event : {"UPDATE", "DELETE"})
      out.push_back(
          fmt::format("CREATE TRIGGER IF NOT EXISTS \"{0}_no_{1}\" BEFORE {1} ON \"{0}\" BEGIN "
                      "SELECT RAISE(ABORT, '{0} is append-only'); END",
                      table, event));
    return out;
  }

  DbResult<std::string> now() override {
    auto rows = query("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')");
    if (!rows) return Failure{rows.error()};
    return rows->at(0).at(0).value_or("");
  }

  DbResult<void> removeAll(bool itself) override {
    auto found = query(
        "SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE "
        "'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC");
    if (!found) return Failure{found.error()};
    // Otherwise a table that others refer to would have to be emptied first.
    if (auto done = execute("PRAGMA foreign_keys = OFF"); !done) return done;
    for (const auto& row : *found)
      if (auto done = executeNative(fmt::format("DROP {} {}", row[0] == "view" ? "VIEW" : "TABLE",
                                                quote(row[1].value_or(""))));
          !done)
        return done;
    if (auto done = execute("PRAGMA foreign_keys = ON"); !done) return done;
    if (itself && server_.database != kMemory) ::unlink(server_.database.c_str());
    return {};
  }

  DbResult<Surroundings> surroundings(std::span<const std::string> tables) override {
    return surroundingsOf(*this, file(), tables);
  }
  DbResult<Load> load() override { return loadOf(file()); }
  void interrupt() override { sqlite3_interrupt(handle_); }

  // Settings of this connection, then a first look at the file, which tells whether it is a
  // database at all.
  DbResult<void> pin(const SessionOptions& options, bool isNew) {
    sqlite3_extended_result_codes(handle_, 1);
    // A misspelt name must be an error, not a text.
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    for (const std::string& setting :
         {fmt::format("PRAGMA busy_timeout = {}", options.lockTimeoutMs),
          std::string("PRAGMA foreign_keys = ON"), std::string("PRAGMA recursive_triggers = OFF")})
      if (auto done = execute(setting); !done) return done;
    if (isNew)
      if (auto done = executeNative("PRAGMA encoding = 'UTF-8'"); !done) return done;
    if (auto look = query("SELECT count(*) FROM sqlite_schema"); !look)
      return Failure{look.error()};
    auto encoding = query("PRAGMA encoding");
    if (!encoding) return Failure{encoding.error()};
    const std::string found = encoding->empty() ? "" : encoding->at(0).at(0).value_or("");
    if (found != "UTF-8")
      return refuse("PRAGMA encoding",
                    fmt::format("the database is encoded in {}, only UTF-8 is supported", found));
    return {};
  }

private:
  // "" = in memory
  std::string file() const {
    const char* name = sqlite3_db_filename(handle_, "main");
    return name ? name : "";
  }
  DbResult<void> refuse(std::string_view statement, std::string message) const {
    DbError error;
    error.message = std::move(message);
    error.statement = db::shortened(statement);
    return Failure{std::move(error)};
  }

  // Exactly one statement, exactly as it is; rows it may give are passed over.
  DbResult<void> executeNative(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, &tail) !=
        SQLITE_OK)
      return Failure{lastError(plain(handle_), sql)};
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(statement, sqlite3_finalize);
    if (!statement) return refuse(sql, "there is no statement");
    if (sqlite3_bind_parameter_count(statement) != 0)
      return refuse(sql, "a script's statement must not have parameters");
    const std::string_view rest = sql.substr(static_cast<size_t>(tail - sql.data()));
    if (!isBlank(rest)) return refuse(sql, "there is more than one statement");
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = sqlite3_step(statement);
    if (code != SQLITE_DONE) return Failure{lastError(plain(handle_), sql)};
    return {};
  }

  // Nothing to prepare: spaces, comments and semicolons only.
  bool isBlank(std::string_view rest) {
    while (!rest.empty()) {
      sqlite3_stmt* next = nullptr;
      const char* tail = nullptr;
      const int code =
          sqlite3_prepare_v2(handle_, rest.data(), static_cast<int>(rest.size()), &next, &tail);
      sqlite3_finalize(next);
      if (code != SQLITE_OK || next) return false;
      if (tail == rest.data()) return true;
      rest.remove_prefix(static_cast<size_t>(tail - rest.data()));
    }
    return true;
  }

  // Several reads that must see one state of the database.
  template <class T, class Read>
  DbResult<T> inSnapshot(Read read) {
    const bool mine = !inTransaction();
    if (mine)
      if (auto done = executeNative("BEGIN"); !done) return Failure{done.error()};
    auto result = read();
    if (mine)
      if (auto done = executeNative("ROLLBACK"); !done && result) return Failure{done.error()};
    return result;
  }

  std::unique_ptr<soci::session> session_;
  sqlite_api::sqlite3* handle_;
  ServerInfo server_;
};

DbError cannotOpen(const std::string& path, std::string_view why, int code = SQLITE_CANTOPEN) {
  return errorOf(code, fmt::format("{}: {}", path, why));
}

// What another process left half done when it was killed lies beside the file, in a journal, and
// has to be taken back before anybody can read. A session that only reads must not.
bool isLeftHalfDone(const DbError& error) {
  return error.native == SQLITE_READONLY_ROLLBACK || error.native == SQLITE_READONLY_RECOVERY;
}

DbResult<std::unique_ptr<Session>> openOnce(const std::string& path,
                                            const SessionOptions& options) {
  const bool memory = path == kMemory;
  // Set before the library's first use; where it is in use already, the packaged build has URIs on.
  sqlite3_config(SQLITE_CONFIG_URI, 1);
  if (!memory)
    if (auto why = obstacle(path, options); !why.empty()) {
      DbError error = cannotOpen(path, why);
      error.missing = why == kNoFile;
      return Failure{std::move(error)};
    }
  const bool isNew = memory || access(path.c_str(), F_OK) != 0;

  DbError error;
  auto session =
      db::open(soci::sqlite3, memory ? "dbname=:memory:" : "dbname=" + uriOf(path, options),
               backend(), error);
  if (!session) {
    if (error.kind == DbError::Kind::other || error.kind == DbError::Kind::sql)
      error.kind = DbError::Kind::cannotOpen;
    error.message = fmt::format("{}: {}", path, error.message);
    return Failure{std::move(error)};
  }
  auto opened = std::make_unique<SqliteSession>(std::move(session), path);
  if (auto done = opened->pin(options, isNew); !done) {
    error = done.error();
    error.message = fmt::format("{}: {}", path, error.message);
    return Failure{std::move(error)};
  }
  return std::unique_ptr<Session>(std::move(opened));
}

}  // namespace

DbResult<std::unique_ptr<Session>> openSession(std::string_view url,
                                               const SessionOptions& options) {
  const std::string path = pathOf(url);
  auto opened = openOnce(path, options);
  if (opened || !options.readOnly || !isLeftHalfDone(opened.error())) return opened;
  SessionOptions writing = options;
  writing.readOnly = writing.create = false;
  // Its first look at the file takes back what was half done.
  if (!openOnce(path, writing)) return opened;
  return openOnce(path, options);
}

}  // namespace cambium::dialect::sqlite
