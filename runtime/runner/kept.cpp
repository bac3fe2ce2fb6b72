#include "runtime/runner/kept.h"

#include <fmt/core.h>
#include <llvm/Support/FormatVariadic.h>
#include <llvm/Support/JSON.h>

#include <algorithm>

#include "runtime/runner/lease.h"
#include "runtime/runner/run.h"
#include "runtime/runner/sql.h"

namespace cambium::runner {
namespace {

// The plans whose documents speak of it are few; all of them are of this database.
DbResult<std::vector<KeptThing>> recorded(Session& session) {
  // A plan that was taken back keeps nothing, and its names may have come again.
  const Params undone{{"undone", value(toString(PlanState::undone))}};
  auto rows = session.query(
      "SELECT plan_id, plan_state, updated_at, document FROM cambium_plan WHERE document LIKE "
      "'%\"keptAs\"%' AND plan_state <> :undone ORDER BY plan_id DESC",
      undone);
  if (!rows) return Failure{rows.error()};
  std::vector<KeptThing> out;
  for (const auto& row : *rows) {
    const auto script = emit::readPlanFile(textAt(row, 3));
    if (!script) continue;
    for (const auto& kept : script->kept) {
      KeptThing thing;
      thing.what = kept;
      thing.run = numberAt(row, 0);
      thing.package = script->package;
      thing.fromVersion = script->fromVersion;
      thing.toVersion = script->toVersion;
      if (textAt(row, 1) == toString(PlanState::done)) {
        thing.since = textAt(row, 2);
        thing.until = addSeconds(thing.since, static_cast<int>(script->soakSeconds));
      }
      out.push_back(std::move(thing));
    }
  }
  return out;
}

std::string payloadOf(const KeptThing& thing) {
  return llvm::formatv("{0}",
                       llvm::json::Value(llvm::json::Object{{"keptAs", thing.what.name},
                                                            {"entity", thing.what.entity},
                                                            {"property", thing.what.property}}))
      .str();
}

// As a step of a plan does it: it goes for good now.
std::optional<dialect::Emitted> removal(const KeptThing& thing, const dialect::Dialect& dialect,
                                        const catalog::Catalog& live) {
  if (!thing.in.empty()) {
    catalog::Column column;
    column.name = thing.what.name;
    return dialect.emit({plan::DropColumn{thing.in, column, {}, {}}}, live);
  }
  catalog::Table table;
  table.name = thing.what.name;
  return dialect.emit({plan::DropTable{table}}, live);
}

std::string restoreSql(const KeptThing& thing, const Place& to, const catalog::Traits& traits) {
  const std::string table = traits.quote(to.table), column = traits.quote(to.column);
  const std::string kept = traits.quote(thing.column());
  if (!thing.in.empty())
    return fmt::format("UPDATE {0} SET {1} = {2} WHERE {1} IS NULL AND {2} IS NOT NULL", table,
                       column, kept);
  std::string rows = fmt::format("FROM {} k WHERE ", traits.quote(thing.table()));
  for (size_t i = 0; i < to.key.size(); ++i)
    rows += fmt::format("{}k.{} = {}.{}", i ? " AND " : "", traits.quote(thing.what.key[i]), table,
                        traits.quote(to.key[i]));
  return fmt::format(
      "UPDATE {0} SET {1} = (SELECT k.{2} {3}) WHERE {1} IS NULL AND EXISTS (SELECT "
      "1 {3})",
      table, column, kept, rows);
}

// Under the lock and the lease of a run.
class Work {
public:
  Work(Session& session, const std::string& actor)
      : session_(session),
        actor_(actor),
        ledger_(session),
        lease_(session, ledger_, thisProcess(), actor) {}

  // Somebody else who is at work; else `body` was called, and its error is told.
  template <class F>
  DbResult<std::optional<Lease>> run(F body) {
    auto holder = lease_.take();
    if (!holder || *holder) return holder;
    DbResult<void> done = body();
    if (session_.inTransaction()) (void)session_.rollback();
    lease_.release();
    if (!done) return Failure{done.error()};
    return std::optional<Lease>();
  }

  // A transaction that is ours, with its record.
  template <class F>
  DbResult<void> change(std::string_view action, const KeptThing& thing, F body) {
    return inTransaction(session_, [&]() -> DbResult<void> {
      auto ours = lease_.renew(0);
      if (!ours) return Failure{ours.error()};
      if (!*ours) {
        DbError error;
        error.kind = DbError::Kind::busy;
        error.message = "somebody else has taken over this database";
        return Failure{std::move(error)};
      }
      if (auto done = body(); !done) return done;
      return ledger_.append(actor_, action, payloadOf(thing));
    });
  }

private:
  Session& session_;
  const std::string& actor_;
  Ledger ledger_;
  LeaseKeeper lease_;
};

DbResult<void> executeAll(Session& session, const std::vector<std::string>& statements) {
  for (const auto& statement : statements)
    if (auto ran = session.execute(statement); !ran) return ran;
  return {};
}

DbResult<void> remove(Session& session, Work& work, const KeptThing& thing,
                      const dialect::Emitted& sql) {
  if (auto ran = executeAll(session, sql.before); !ran) return ran;
  const bool together = sql.stepClass == dialect::StepClass::transactional;
  if (!together)
    if (auto ran = executeAll(session, sql.statements); !ran) return ran;
  return work.change("kept_purged", thing, [&]() -> DbResult<void> {
    return together ? executeAll(session, sql.statements) : DbResult<void>();
  });
}

}  // namespace

DbResult<std::vector<KeptThing>> keptThings(Session& session, std::string_view package) {
  std::vector<KeptThing> out;
  auto there = Ledger(session).exists();
  if (!there) return Failure{there.error()};
  auto live = session.introspect();
  if (!live) return Failure{live.error()};
  if (live->kept.empty()) return out;
  std::vector<KeptThing> known;
  if (*there) {
    auto found = recorded(session);
    if (!found) return Failure{found.error()};
    known = std::move(*found);
  }
  auto now = session.now();
  if (!now) return Failure{now.error()};
  auto left = live->kept;
  for (KeptThing& thing : known) {
    const auto at = left.find(thing.what.name);
    if (at == left.end()) continue;
    thing.in = at->second;
    thing.overdue = !thing.until.empty() && thing.until <= *now;
    left.erase(at);
    if (thing.package == package) out.push_back(std::move(thing));
  }
  for (const auto& [name, in] : left) {
    KeptThing thing;
    thing.what.name = name;
    thing.in = in;
    out.push_back(std::move(thing));
  }
  return out;
}

const KeptThing* keptValuesOf(std::span<const KeptThing> things, int64_t since,
                              std::string_view entity, std::string_view property) {
  const KeptThing* out = nullptr;
  for (const KeptThing& thing : things) {
    const bool itself = thing.what.property == property || thing.what.property.empty();
    if (itself && thing.what.entity == entity && thing.run >= since &&
        (!out || thing.run < out->run))
      out = &thing;
  }
  return out;
}

DbResult<int64_t> leftBy(Session& session, std::string_view package, std::string_view version) {
  const Params key{{"package", value(package)}, {"version", value(version)}};
  auto rows = session.query(
      "SELECT COALESCE(MAX(plan_id), 0) FROM cambium_plan WHERE package_name = :package AND "
      "from_version = :version AND plan_state = 'done'",
      key);
  if (!rows) return Failure{rows.error()};
  return rows->empty() ? 0 : numberAt(rows->front(), 0);
}

DbResult<RestoreReport> restore(Session& session, const dialect::Dialect& dialect,
                                const KeptThing& thing, const Place& to, const std::string& actor) {
  RestoreReport out;
  Work work(session, actor);
  auto holder = work.run([&] {
    return work.change("kept_restored", thing, [&]() -> DbResult<void> {
      auto rows = session.update(restoreSql(thing, to, dialect.traits()));
      if (!rows) return Failure{rows.error()};
      out.rows = *rows;
      return {};
    });
  });
  if (!holder) return Failure{holder.error()};
  out.holder = std::move(*holder);
  return out;
}

DbResult<PurgeReport> purge(Session& session, const dialect::Dialect& dialect,
                            std::span<const KeptThing> things, const std::string& actor) {
  PurgeReport out;
  Work work(session, actor);
  auto holder = work.run([&]() -> DbResult<void> {
    for (KeptThing thing : things) {
      auto live = session.introspect();
      if (!live) return Failure{live.error()};
      const auto found = live->kept.find(thing.what.name);
      if (found == live->kept.end()) continue;
      thing.in = found->second;
      const auto sql = removal(thing, dialect, *live);
      if (!sql) {
        DbError error;
        error.message = fmt::format("there is no way to remove `{}`", thing.what.name);
        return Failure{std::move(error)};
      }
      auto gone = remove(session, work, thing, *sql);
      // Settings of the connection are put back in any case.
      auto restored = executeAll(session, sql->after);
      if (!gone) return gone;
      if (!restored) return restored;
      out.purged.push_back(thing.what.name);
    }
    return {};
  });
  if (!holder) return Failure{holder.error()};
  out.holder = std::move(*holder);
  return out;
}

}  // namespace cambium::runner
