#include "tests/run/load.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "tests/support/timeout_watch.h"

namespace cambium::testing {
namespace {

using dialect::DbError;

constexpr int kNoTable = 1146, kNoTarget = 1452;  // of MariaDB
constexpr unsigned kRows = 24;
// Keys that every application writes, without knowing what the others do.
constexpr unsigned kContested = 101, kContestedEnd = 106;
constexpr unsigned kMoved = 1000;  // where a key goes when it changes
constexpr unsigned kWorkers = 2;
constexpr size_t kWrongShown = 5;
constexpr auto kPatience = std::chrono::seconds(30);

constexpr const char* kItem = "key id: int64  owner: ref Owner? on delete cascade";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

std::string fillIn(const std::string& text, unsigned k, unsigned n) {
  return replaced(replaced(text, "{n}", std::to_string(n)), "{k}", std::to_string(k));
}

// What is written, of "a|b".
std::string literal(const Field& field, unsigned k, unsigned n) {
  const std::string& value = field.values[n % field.values.size()];
  return fillIn(value.substr(0, value.find('|')), k, n);
}

// Said as "|a|b": an insert leaves the column out, and an update writes a.
bool isLeftOut(const Field& field, unsigned n) {
  return field.values[n % field.values.size()].starts_with('|');
}

std::string updated(const Field& field, unsigned k, unsigned n) {
  if (!isLeftOut(field, n)) return literal(field, k, n);
  const std::string& value = field.values[n % field.values.size()];
  return fillIn(value.substr(1, value.find('|', 1) - 1), k, n);
}

// As a row shows it.
std::string shown(std::string literal) {
  if (literal.size() >= 2 && literal.front() == '\'')
    literal = literal.substr(1, literal.size() - 2);
  return literal;
}

bool reads(const Field& field, unsigned k, unsigned n, const std::string& cell) {
  const std::string& value = field.values[n % field.values.size()];
  for (size_t at = 0; at <= value.size();) {
    const size_t end = std::min(value.find('|', at), value.size());
    if (shown(fillIn(value.substr(at, end - at), k, n)) == cell) return true;
    at = end + 1;
  }
  return false;
}

bool names(const std::string& list, const std::string& engine) {
  return list.find(engine) != std::string::npos;
}

}  // namespace

std::string versionsOf(const Scenario& s, Access access) {
  const auto model = [](const std::string& text) {
    return "entity Owner { key id: int64 }\n" + replaced(text, "$", kItem) + "\n";
  };
  std::string out = std::string("# why: -\n") +
                    (access == Access::views ? "# access: views\n" : "") + "-- before.cam --\n" +
                    model(s.before) + "-- after.cam --\n" + model(s.after);
  if (!s.migration.empty())
    out += "-- migration.cam --\nmigration from \"1.0.0\" to \"1.1.0\" { " + s.migration + " }\n";
  return out;
}

// One application.
class Load::Worker {
public:
  Worker(Load& load, Version version, unsigned seed)
      : load_(load), version_(version), random_(seed), session_(load.change_.database.open()) {
    if (face().role.empty()) return;
    must(*session_, "SET SESSION AUTHORIZATION " + face().role);
    must(*session_, "SET row_security = on");  // a session of ours would rather fail
  }

  // One thing that an application does.
  void act() {
    if (load_.scenario_.contests && below(10) < 3)
      contest();
    else
      known();
    ++load_.things_[version_];
  }

private:
  unsigned below(unsigned n) { return unsigned(random_() % n); }
  const Face& face() const { return load_.face(version_); }
  // SQLite has no ON CONFLICT through a view.
  bool upserts() const {
    return !names(face().noUpsert, load_.engine_) && !(load_.faces() && load_.inTurns());
  }

  // A database may take one of two back that wait for each other: that one is written again, as
  // applications do. So is what MariaDB refuses because a view is away for a moment
  // (docs/limits.md), where the scenario's own statements may meet one.
  bool make(const Deed& deed, bool mayBeAway = false) {
    for (int i = 0; i < 200; ++i) {
      std::string sql;
      const bool before = load_.mayBeAway(), copied = load_.mayBeCopied();
      const auto done = attempt(deed, sql);
      if (done) return true;
      const int native = done.error().native;
      const bool away = load_.engine_ == "mariadb" &&
                        (native == kNoTable    ? mayBeAway || before || load_.mayBeAway()
                         : native == kNoTarget ? copied || load_.mayBeCopied()
                                               : false);
      // An upsert of PostgreSQL settles one unique; by another one two at once may still collide.
      const auto& state = done.error().sqlState;
      const bool collides =
          (state == "23505" || state == "23P01") && sql.find("ON CONFLICT") != sql.npos;
      if (done.error().kind != DbError::Kind::busy && !away && !collides) {
        fail(sql, done.error());
        return false;
      }
      if (away) std::this_thread::sleep_for(std::chrono::milliseconds(20));
      ++load_.retries_;
    }
    load_.wrong("again and again: " + deed.front());
    return false;
  }
  bool make(const std::string& sql, bool mayBeAway = false) { return make(Deed{sql}, mayBeAway); }
  // All of it or nothing; `sql` is then what failed.
  dialect::DbResult<void> attempt(const Deed& deed, std::string& sql) {
    if (deed.size() == 1) return session_->execute(sql = deed.front());
    dialect::DbResult<void> done = session_->execute(sql = "BEGIN");
    if (!done) return done;
    for (size_t i = 0; i < deed.size() && done; ++i) done = session_->execute(sql = deed[i]);
    if (done) done = session_->execute("COMMIT");
    if (!done) static_cast<void>(session_->execute("ROLLBACK"));
    return done;
  }
  void fail(const std::string& sql, const DbError& error) {
    load_.wrong(fmt::format("an application of the {} version fails: {}\n  {}",
                            version_ == kOld ? "old" : "new", error.message, sql));
  }

  // On MariaDB one row came back that a cascade had taken while its table was copied
  // (docs/limits.md).
  bool cascades() const { return load_.engine_ != "mariadb" || !load_.running_; }
  bool cascade(unsigned k) {
    const auto owner = std::to_string(load_.owners_++);
    const auto owners = load_.called(version_, "owner");
    return make("INSERT INTO " + owners + " (id) VALUES (" + owner + ")") &&
           make("UPDATE " + load_.tableOf(version_) + " SET owner_id = " + owner +
                load_.where(version_, k)) &&
           make("DELETE FROM " + owners + " WHERE id = " + owner);
  }

  void contest() {
    const unsigned k = kContested + below(kContestedEnd - kContested), n = below(face().numbers);
    switch (below(6)) {
      case 0: make(load_.deleteSql(version_, k)); break;
      case 1:
        if (cascades()) cascade(k);
        break;
      case 2: make(load_.updating(version_, k, n, std::nullopt)); break;
      default:
        make(upserts() ? load_.inserting(version_, k, n, true)
                       : load_.updating(version_, k, n, std::nullopt));
    }
  }

  void known() {
    const unsigned id = below(kRows);
    Row& row = load_.rows_[id];
    const std::lock_guard lock(row.mutex);
    const unsigned k = id + 1 + (row.moved ? kMoved : 0), n = below(face().numbers);
    if (const auto off = load_.difference(version_, k, row, *session_); !off.empty())
      load_.wrong(off);
    if (!row.there) {
      if (!make(load_.inserting(version_, k, n, upserts() && below(2)))) return;
      row.there = true;
      row.own[kOld] = row.own[kFresh] = std::nullopt;
      wrote(row, n);
      return;
    }
    switch (below(8)) {
      case 0:
        if (make(load_.deleteSql(version_, k))) row.there = false;
        break;
      case 1:
        if (cascades() && cascade(k)) row.there = false;
        break;
      case 2: {
        if (!face().movesKeys) break;
        const unsigned to = id + 1 + (row.moved ? 0 : kMoved);
        if (make(fmt::format("UPDATE {} SET {} = {}{}", load_.tableOf(version_), face().key,
                             load_.keyOf(version_, to), load_.where(version_, k))))
          row.moved = !row.moved;
        break;
      }
      case 3:
        if (upserts() && make(load_.inserting(version_, k, n, true))) wrote(row, n);
        break;
      case 4: {
        const Deed deed = load_.updating(version_, k, n, row.n);
        if (deed.empty() || make(deed)) wrote(row, n);
        break;
      }
      case 5:
        for (const auto& sql : face().also) make(fillIn(sql, id + 1, n), load_.hasViews());
        break;
      case 6:
        if (!face().loses.empty()) {
          if (lose(k)) wrote(row, face().lost);
          break;
        }
        [[fallthrough]];
      default:
        if (make(load_.updating(version_, k, n, std::nullopt))) wrote(row, n);
    }
    if (const auto off =
            load_.difference(version_, id + 1 + (row.moved ? kMoved : 0), row, *session_);
        !off.empty())
      load_.wrong(off);
  }
  bool lose(unsigned k) {
    const auto n = unsigned(load_.owners_++);
    for (const auto& sql : face().loses) {
      if (!make(fillIn(sql, k, n))) return false;
      if (load_.stop_[kOld] || load_.stop_[kFresh]) continue;
      const auto apart = session_->query(fillIn(face().apart, k, n));
      if (apart && apart->front()[0] != "0")
        load_.wrong("the two forms do not agree after " + fillIn(sql, k, n));
    }
    return true;
  }
  void wrote(Row& row, unsigned n) const {
    row.n = n;
    row.own[version_] = n;
  }

  Load& load_;
  Version version_;
  std::mt19937 random_;
  std::unique_ptr<dialect::Session> session_;
};

Load::Load(const Scenario& scenario, const char* engine, Access access)
    : scenario_(scenario),
      engine_(engine),
      access_(access),
      change_(engine, versionsOf(scenario, access).c_str()) {
  for (unsigned i = 0; i < kRows; ++i) rows_.emplace_back();
}

Load::~Load() {
  stop(kOld);
  stop(kFresh);
}

// ---------------------------------------------------------------- statements

std::string Load::called(Version v, const std::string& table) const {
  if (!faces()) return table;
  const std::string version = v == kOld ? "v1_0_0" : "v1_1_0";
  return engine_ == "postgres" ? "test_" + version + "." + table : table + "_" + version;
}

std::string Load::keyOf(Version v, unsigned k) const {
  return fillIn(face(v).keyValue, k, 0);
}

std::string Load::where(Version v, unsigned k) const {
  return fmt::format(" WHERE {} = {}", face(v).key, keyOf(v, k));
}

Load::Deed Load::inserting(Version v, unsigned k, unsigned n, bool upsert) const {
  const Face& f = face(v);
  std::string columns = f.key, values = keyOf(v, k), set;
  Deed beside;
  for (const auto& field : f.fields) {
    for (const auto& sql : field.writes)
      beside.push_back(replaced(replaced(sql, "{v}", literal(field, k, n)), "{k}", keyOf(v, k)));
    if (!field.shows.empty()) continue;
    if (!upsert && !field.byDefault.empty() && literal(field, k, n) == field.byDefault) continue;
    if (!set.empty()) set += ", ";
    if (isLeftOut(field, n)) {
      set += fmt::format("{} = {}", field.column, updated(field, k, n));
      continue;
    }
    columns += ", " + field.column;
    values += ", " + literal(field, k, n);
    set += engine_ == "mariadb" ? fmt::format("{0} = VALUES({0})", field.column)
                                : fmt::format("{0} = excluded.{0}", field.column);
  }
  std::string row = fmt::format("INSERT INTO {} ({}) VALUES ({})", tableOf(v), columns, values);
  if (upsert)
    row += (engine_ == "mariadb" ? " ON DUPLICATE KEY UPDATE "
                                 : " ON CONFLICT (" + f.key + ") DO UPDATE SET ") +
           set;
  beside.insert(beside.begin(), std::move(row));
  return beside;
}

// Of what differs from `from` alone, if there is one; nothing if nothing does.
Load::Deed Load::updating(Version v, unsigned k, unsigned n, std::optional<unsigned> from) const {
  std::string set;
  Deed beside;
  for (const auto& field : face(v).fields) {
    const std::string value = updated(field, k, n);
    if (from && !field.own && value == updated(field, k, *from)) continue;
    for (const auto& sql : field.writes)
      beside.push_back(replaced(replaced(sql, "{v}", value), "{k}", keyOf(v, k)));
    if (field.shows.empty())
      set += fmt::format("{}{} = {}", set.empty() ? "" : ", ", field.column, value);
  }
  if (!set.empty())
    beside.insert(beside.begin(), fmt::format("UPDATE {} SET {}{}", tableOf(v), set, where(v, k)));
  return beside;
}

std::string Load::deleteSql(Version v, unsigned k) const {
  return "DELETE FROM " + tableOf(v) + where(v, k);
}

std::string Load::selectSql(Version v, unsigned k) const {
  std::string columns;
  for (const auto& field : face(v).fields)
    columns += (columns.empty() ? "" : ", ") +
               (field.shows.empty() ? field.column : replaced(field.shows, "{k}", keyOf(v, k)));
  return "SELECT " + columns + " FROM " + tableOf(v) + where(v, k);
}

// ---------------------------------------------------------------- what must hold

std::string Load::difference(Version v, unsigned k, const Row& row, dialect::Session& session) {
  const bool away = mayBeAway();
  const auto found = session.query(selectSql(v, k));
  if (!found) {
    if (found.error().kind == DbError::Kind::busy) return "";
    if ((away || mayBeAway()) && found.error().native == kNoTable) return "";
    return fmt::format("an application cannot read: {}\n  {}", found.error().message,
                       selectSql(v, k));
  }
  const char* const who = v == kOld ? "old" : "new";
  if (found->empty() == row.there)
    return fmt::format("row {} is {} for the {} version", k,
                       row.there ? "not there" : "still there", who);
  if (!row.there) return "";
  const auto& fields = face(v).fields;
  std::string off;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string cell = found->front()[i].value_or("NULL");
    const bool good = !fields[i].own ? reads(fields[i], k, row.n, cell)
                      : !row.own[v]  ? shown(fillIn(fields[i].otherwise, k, 0)) == cell
                                     : reads(fields[i], k, *row.own[v], cell);
    if (!good)
      off += fmt::format("{}{} is {} for the {} version of row {}, whose number is {}",
                         off.empty() ? "" : "; ", fields[i].column, cell, who, k, row.n);
  }
  return off;
}

bool Load::agree(unsigned k, const std::vector<Version>& versions, const dialect::Row& row) const {
  for (unsigned n = 0; n < 60; ++n) {
    size_t at = 0;
    bool good = true;
    for (const Version v : versions)
      for (const auto& field : face(v).fields) {
        const std::string cell = row[at++].value_or("NULL");
        good = good && (field.own || reads(field, k, n, cell));
      }
    if (good) return true;
  }
  return false;
}

std::string Load::contested(unsigned k, const std::vector<Version>& versions,
                            dialect::Session& session) {
  std::string columns, from;
  for (const Version v : versions) {
    const std::string alias = v == kOld ? "o" : "f";
    for (const auto& field : face(v).fields)
      columns += (columns.empty() ? "" : ", ") + alias + "." + field.column;
    from += from.empty() ? fmt::format("{} {}", tableOf(v), alias)
                         : fmt::format(" JOIN {} {} ON {}.{} = o.{}", tableOf(v), alias, alias,
                                       face(v).key, face(kOld).key);
  }
  const std::string first = versions.front() == kOld ? "o" : "f";
  const auto found =
      session.query(fmt::format("SELECT {} FROM {} WHERE {}.{} = {}", columns, from, first,
                                face(versions.front()).key, keyOf(versions.front(), k)));
  if (!found)
    return found.error().kind == DbError::Kind::busy ? "" : "cannot look: " + found.error().message;
  if (found->empty() || agree(k, versions, found->front())) return "";
  std::string cells;
  for (const auto& cell : found->front()) cells += " " + cell.value_or("NULL");
  return fmt::format("the two forms of row {} do not agree:{}", k, cells);
}

void Load::check(const std::vector<Version>& versions) {
  for (unsigned i = 0; i < kRows; ++i)
    for (const Version v : versions) {
      const unsigned k = i + 1 + (rows_[i].moved ? kMoved : 0);
      if (const auto off = difference(v, k, rows_[i], session()); !off.empty()) wrong(off);
      // Nor is it where it was.
      Row nothing;
      const unsigned other = i + 1 + (rows_[i].moved ? 0 : kMoved);
      if (const auto off = difference(v, other, nothing, session()); !off.empty()) wrong(off);
    }
  for (unsigned k = kContested; k < kContestedEnd && scenario_.contests; ++k) {
    std::set<std::string> counts;
    for (const Version v : versions)
      counts.insert(cell(session(), "SELECT count(*) FROM " + tableOf(v) + where(v, k)));
    if (counts.size() != 1) wrong(fmt::format("row {} is there for one version alone", k));
    if (versions.size() == 1 || scenario_.joined)
      if (const auto off = contested(k, versions, session()); !off.empty()) wrong(off);
  }
}

void Load::wrong(const std::string& what) {
  const std::lock_guard lock(wrongMutex_);
  if (wrong_.size() < kWrongShown) wrong_.push_back(what);
}

std::vector<std::string> Load::found() {
  const std::lock_guard lock(wrongMutex_);
  return std::exchange(wrong_, {});
}

// ---------------------------------------------------------------- at work

void Load::fill() {
  for (const auto& sql : scenario_.setup) must(session(), sql);
  fillRows();
}

void Load::fillRows() {
  const auto make = [&](unsigned k, unsigned n) {
    for (const auto& sql : inserting(kOld, k, n, false)) must(session(), sql);
  };
  for (unsigned i = 0; i < kRows; i += 2) {
    make(i + 1, i % face(kOld).numbers);
    rows_[i].there = true;
    rows_[i].n = i % face(kOld).numbers;
    rows_[i].own[kOld] = rows_[i].n;
  }
  for (unsigned k = kContested; k < kContestedEnd && scenario_.contests; ++k)
    make(k, k % face(kOld).numbers);
}

void Load::refill() {
  must(session(), "DELETE FROM " + tableOf(kOld));
  for (auto& row : rows_) {
    row.there = row.moved = false;
    row.own[kOld] = row.own[kFresh] = std::nullopt;
  }
  fillRows();
}

void Load::start(Version v) {
  stop_[v] = false;
  for (unsigned i = 0; i < (inTurns() ? 1 : kWorkers); ++i) {
    workers_[v].push_back(std::make_unique<Worker>(*this, v, unsigned(things_[v]) * 4 + i * 2 + v));
    if (inTurns()) continue;
    threads_[v].emplace_back([this, v, worker = workers_[v].back().get()] {
      while (!stop_[v]) worker->act();
    });
  }
}

void Load::stop(Version v) {
  stop_[v] = true;
  for (auto& thread : threads_[v]) thread.join();
  threads_[v].clear();
  workers_[v].clear();
}

void Load::work(unsigned things) {
  if (inTurns()) {
    for (unsigned i = 0; i < things; ++i)
      for (auto& some : workers_)
        for (auto& worker : some) worker->act();
    return;
  }
  const uint64_t until[2] = {things_[kOld] + things, things_[kFresh] + things};
  const auto end = std::chrono::steady_clock::now() + kPatience;
  const bool both = !stop_[kOld] && !stop_[kFresh] && scenario_.joined && scenario_.contests;
  const auto eye = change_.database.open();
  for (unsigned k = kContested;; k = k + 1 < kContestedEnd ? k + 1 : kContested) {
    bool done = true;
    for (const Version v : {kOld, kFresh}) done = done && (stop_[v] || things_[v] >= until[v]);
    if (done) return;
    if (std::chrono::steady_clock::now() > end) return wrong("nobody can work");
    if (both)
      if (const auto off = contested(k, {kOld, kFresh}, *eye); !off.empty()) wrong(off);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::string Load::run(plan::Phase through, bool undo) {
  const auto sink = [this](const runner::RunEvent& event) {
    if (inTurns() && std::holds_alternative<runner::StepEnd>(event)) work(2);
  };
  running_ = true;
  TimeoutWatch timeouts(session());
  const auto end = runScript(script(), timeouts, through, undo, sink);
  running_ = false;
  for (const auto& found : timeouts.found()) wrong(found);
  // What new applications wrote that old ones do not know goes with its column.
  if (undo)
    for (auto& row : rows_) row.own[kFresh] = std::nullopt;
  return end;
}

void Load::fit() {
  for (const auto& sql : scenario_.fit) must(session(), sql);
  if (!scenario_.fit.empty())
    for (auto& row : rows_) row.own[kOld] = row.own[kOld].value_or(0);
  const unsigned known = face(kOld).numbers;
  if (face(kFresh).numbers <= known) return;
  for (unsigned i = 0; i < kRows; ++i) {
    Row& row = rows_[i];
    const std::lock_guard lock(row.mutex);
    if (!row.there || row.n < known) continue;
    row.n %= known;
    row.own[kFresh] = row.n;
    for (const auto& sql : updating(kFresh, i + 1 + (row.moved ? kMoved : 0), row.n, std::nullopt))
      must(session(), sql);
  }
  for (unsigned k = kContested; k < kContestedEnd; ++k)
    for (const auto& sql : updating(kFresh, k, 0, std::nullopt)) must(session(), sql);
}

}  // namespace cambium::testing
