// dialect/session.h: the online half of a database plugin: one connection, pinned and verified. No
// client library's type appears here. Nothing throws; everything that can fail returns a Result
// with a DbError.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/catalog/catalog.h"

namespace cambium::dialect {

struct DbError {
  enum class Kind : uint8_t {
    cannotOpen,
    notADatabase,
    readOnly,
    busy,
    diskFull,
    constraint,
    sql,
    connectionLost,
    corrupt,
    other
  };
  Kind kind = Kind::other;
  std::string sqlState;   // where the engine has one
  int native = 0;         // the engine's own (extended) code
  std::string message;    // the engine's words; never with a password
  std::string statement;  // the statement, shortened; "" if none
  bool missing = false;   // cannotOpen: there is no such database; one could be made
};
template <class T>
using DbResult = Result<T, DbError>;

using Value = std::optional<std::string>;  // nullopt = NULL
using Row = std::vector<Value>;

struct ServerInfo {
  std::string dialect;
  std::string product;   // its display name and version
  std::string version;   // "3.40.1"
  std::string database;  // what to call the database to a person (no password)
  std::string gate;      // behind which gate of its dialect it is (Dialect::forServer)
};

// Facts about an object of the live database as probes compare them: describe() of it, or nullopt
// when it is not there.
// `kept`: by the name that it is kept as (catalog/kept.h), and only that it is there.
enum class ObjectKind : uint8_t { table, view, trigger, kept };
// The same of a catalog that was read from it.
std::optional<std::string> describeIn(const catalog::Catalog&, ObjectKind, std::string_view name);

// How large a table is by the server's own books: nothing is counted, and nothing exact.
struct TableSize {
  std::string table;
  std::optional<int64_t> rows, bytes;  // bytes: without its indexes; nullopt: nobody has looked yet
};

// What somebody should know of the server before a plan is begun; none of it is a fault.
struct Surroundings {
  std::vector<TableSize> tables;
  // Each in words for a person: who follows ("replica 10.0.0.2 (streaming, 1.2 s behind)"), and who
  // is in a transaction that has gone on for a while (Session::others()).
  std::vector<std::string> followers, busy;
  // Who else may make functions that the triggers of a plan could call, with the rights of who made
  // the triggers; and what to do about it.
  std::vector<std::string> strangers;
  std::optional<int64_t> freeBytes;  // of the disk of the database, where a session can tell
};

// How busy the server is; nothing where this kind of database, or this user, cannot tell.
struct Load {
  std::optional<int64_t> replicaLagMs;  // of the one that is farthest behind; 0 = nobody follows
  std::optional<int64_t> oldestTransactionMs;  // of others in this database
  std::optional<int64_t> runningThreads;       // other sessions that are at a statement
  std::optional<int64_t> freeDiskBytes;        // where the database is
};

struct Emitted;

class Session {
public:
  virtual ~Session();
  virtual const ServerInfo& server() const = 0;

  // One statement, unprepared, on the native handle, exactly as it is.
  virtual DbResult<void> execute(std::string_view statement) = 0;
  // Our own statements with :name parameters (names in order of `values`); rows as text.
  virtual DbResult<std::vector<Row>> query(
      std::string_view sql, std::span<const std::pair<std::string_view, Value>> values = {}) = 0;
  // The same for statements without a result; returns the number of rows affected.
  virtual DbResult<int64_t> update(
      std::string_view sql, std::span<const std::pair<std::string_view, Value>> values = {}) = 0;

  virtual DbResult<void> begin() = 0;  // ready to write (BEGIN IMMEDIATE); fails with `busy` rather
                                       // than waiting longer than the lock timeout
  virtual DbResult<void> commit() = 0;
  virtual DbResult<void> rollback() = 0;
  virtual bool inTransaction() const = 0;

  // Everything in the database but our own tables (cambium_…) and the engine's.
  virtual DbResult<catalog::Catalog> introspect() = 0;
  virtual DbResult<std::optional<std::string>> describe(ObjectKind, std::string_view name) = 0;

  // Statements that make a table of our own append-only, idempotent (triggers that refuse UPDATE
  // and DELETE); none where the engine has no such thing.
  virtual std::vector<std::string> refuseChanges(std::string_view table) const {
    return (void)table, std::vector<std::string>{};
  }

  // The lock of a run: of this session, whatever its transactions, until unlockRun() or until the
  // session ends, however it ends. Never waits. none: the engine has no such lock.
  enum class RunLock : uint8_t { none, ours, others };
  virtual DbResult<RunLock> lockRun() { return RunLock::none; }
  virtual void unlockRun() {}

  // Why this server cannot run these steps, however often they are tried: for want of room for the
  // locks of one of them, or for columns in a table. "" = it knows of nothing. Asked before the
  // first of them.
  virtual DbResult<std::string> obstacle(std::span<const Emitted* const> steps) {
    return (void)steps, std::string();
  }

  // Others who may be what a statement of this session waits for, the longest at work first, each
  // in words for a person: "pid 4711 (shop, user app) in a transaction since 2026-01-31 12:34:56
  // UTC". Empty: there is nobody, or this session may not know. Asked outside a transaction.
  virtual DbResult<std::vector<std::string>> others() { return std::vector<std::string>(); }
  // Whether a step outside a transaction waits for them however long they take: an index that is
  // built or removed beside writers.
  virtual bool waitsForOthers() const { return false; }
  // From now on such a statement waits for each of them so long at most, then fails with `busy`;
  // 0 = no longer than others wait for a lock. Asked for where the session waitsForOthers().
  virtual DbResult<void> waitAtMost(unsigned ms) { return (void)ms, DbResult<void>(); }

  // Of these tables; those that are not there are left out. Asked outside a transaction.
  virtual DbResult<Surroundings> surroundings(std::span<const std::string> tables) {
    return (void)tables, Surroundings();
  }

  virtual DbResult<Load> load() { return Load(); }

  // The type of our own columns that hold whole documents.
  virtual std::string_view documentType() const { return "TEXT"; }

  // Takes away whatever is in the database (the schema, where there are several), our own tables
  // too; with `itself` the database as well, and this session is of no use afterwards. Only asked
  // of one that was empty, or was not there, when this session began with it.
  virtual DbResult<void> removeAll(bool itself) = 0;

  virtual DbResult<std::string>
  now() = 0;  // UTC by the database's clock: "2026-01-31T12:34:56.789Z"
  virtual void
  interrupt() = 0;  // from another thread or a signal handler: stop the running statement
};

struct SessionOptions {
  unsigned lockTimeoutMs = 2000;
  bool readOnly = false;
  bool create =
      false;  // make the database if it is not there (apply); otherwise that is cannotOpen
};

}  // namespace cambium::dialect
