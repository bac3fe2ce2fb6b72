// tests/run/load.h: applications of two versions that write the same rows while a plan is carried
// out, and what must hold for every row meanwhile.
//
// Each row is a number: every version writes it in its own form (a name, a first and a last name)
// and must read it back in that form, whoever wrote it. Of most keys it is known what was written
// last (one writer at a time); a few are contested by all, and there the two forms of a row must
// agree in whatever moment one looks.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "tests/run/change.h"

namespace cambium::testing {

// A column as one version knows it.
struct Field {
  std::string column;
  // What number n is in SQL: the element n % size, with {n} for n and {k} for the key. "a|b" is
  // written as a, and may be read as a or b. "|a|b" is left out by an insert, and may be read as a
  // or b then.
  std::vector<std::string> values;
  // The other version has nothing that it would be kept in step with: rows that the other one makes
  // have `otherwise` here.
  bool own = false;
  std::string otherwise = "NULL";
  // What this version keeps elsewhere than in a column of its table: how it is read, and what
  // writes it, in one transaction with the row. {k} is the row's key, {v} the value.
  std::string shows = "";
  std::vector<std::string> writes = {};
  // An insert that would write this leaves the column out.
  std::string byDefault = "";
};

// How applications of one version call things.
struct Face {
  std::string table = "item";
  std::string key = "id";
  std::string keyValue = "{k}";
  std::vector<Field> fields;
  // It writes numbers below this.
  unsigned numbers = 60;
  // More statements that it makes, which must not fail either. {k} is a number that no other
  // application has at this moment.
  std::vector<std::string> also;
  // Engines where it cannot upsert, and says so (docs/limits.md).
  std::string noUpsert = "";
  bool movesKeys = true;
  // The role that it logs in as (PostgreSQL); "" = it may do everything.
  std::string role = "";
  // What lets the row {k} lose what it refers to by what a reference does to it by itself; {n} is a
  // number that nobody had before. The row is its number `lost` then.
  std::vector<std::string> loses = {};
  unsigned lost = 0;
  // Counts the row {k} if its two forms do not agree; asked behind each of these statements.
  std::string apart = "";
};

struct Scenario {
  std::string name;
  // The two versions. `$` is what every item has: a key and an owner with whom it goes.
  std::string before, after, migration;
  Face old, fresh;
  // Rows that are there before: {}.
  std::vector<std::string> setup = {};
  // What has to be corrected before an undo, as the undo itself says: what the old version requires
  // is then its number 0.
  std::vector<std::string> fit = {};
  // The plan says LCK007: a name has another value from the switch on, so applications of the old
  // version stop before it.
  bool untilSwitch = false;
  // What neither version does, and a trigger puts right all the same: rows are then as before.
  std::vector<std::string> byHand = {};
  // What rows refer to is copied, and on MariaDB none of them finds it for a moment
  // (docs/limits.md).
  bool copiesTarget = false;
  // Whether both forms of a row can be asked for in one statement.
  bool joined = true;
  // The engines where there is something to try; "" = all.
  std::string only = "";
  // Whether several write one row without knowing of one another, and the forms agree all the same.
  bool contests = true;
  // Engines where it does not hold (docs/limits.md).
  std::string exceptOn = "";
};

const std::vector<Scenario>& scenarios();
// Of access to tables, of what lies in several tables, of the rest (load_scenarios_*.cpp).
std::vector<Scenario> scenariosOfAccess();
std::vector<Scenario> scenariosOfParts();
std::vector<Scenario> scenariosOfRules();
std::vector<Scenario> scenariosOfWords();

// An entity Item with a name and these members.
std::string item(const std::string& members);
// A change of something that an item has besides: `name` is there for both.
Scenario beside(std::string name, const std::string& before, const std::string& after,
                std::string migration, std::vector<Field> old, std::vector<Field> fresh);
Field own(std::string column, std::vector<std::string> values, std::string otherwise = "NULL");
// What is only read.
Field onlyRead(std::string column, std::vector<std::string> values);

// A scenario on a database: for the parameters of a test, and its name there.
using OnEngine = std::tuple<size_t, const char*>;
std::vector<OnEngine> scenariosOnEngines();
std::string nameOf(const OnEngine&);
std::vector<Scenario> losses();  // load_scenarios_cascades.cpp

// Where a version's face says more than the tables: two types under one name, a default of its own.
const std::vector<Scenario>& faceScenarios();

// What applications use: the tables, or the face of their version (`access views`).
enum class Access { direct, views };
// The versions as the sections of a case.
std::string versionsOf(const Scenario&, Access = Access::direct);

enum Version : unsigned { kOld, kFresh };

// The rows, what is known of them, and what went wrong.
class Load {
public:
  Load(const Scenario&, const char* engine, Access = Access::direct);
  ~Load();

  bool planned() const { return change_.planned.has_value(); }
  const emit::Script& script() const { return change_.planned->script; }
  const std::string& engine() const { return engine_; }
  const Scenario& scenario() const { return scenario_; }
  dialect::Session& session() { return *change_.session; }
  bool until() const { return scenario_.untilSwitch && !faces(); }
  bool inTurns() const { return engine_ == "sqlite"; }
  // Of the model: on MariaDB they are away while names move under them (docs/limits.md).
  bool hasViews() const {
    return (scenario_.before + scenario_.after).find("view ") != std::string::npos;
  }

  // Rows of the old version.
  void fill();
  // With nobody at work: the rows go, and others come, as in the beginning.
  void refill();
  // Applications of a version begin or end.
  void start(Version);
  void stop(Version);
  // Until each of those that run has done so many things.
  void work(unsigned things);
  // The plan, or its undo, while they work.
  std::string run(plan::Phase through, bool undo = false);
  // What new applications wrote and old ones have no form for goes, so that the plan can be undone.
  void fit();
  // With nobody at work: every row, as each of these versions reads it, is what was written.
  void check(const std::vector<Version>&);
  // What is found wrong from here on does not fail the test: a fault was made on purpose.
  std::vector<std::string> found();

  uint64_t retries() const { return retries_; }
  uint64_t things(Version v) const { return things_[v]; }

private:
  struct Row {
    std::mutex mutex;
    bool there = false;
    unsigned n = 0;
    bool moved = false;
    std::optional<unsigned> own[2];  // the number that this version wrote last
  };
  class Worker;

  const Face& face(Version v) const { return v == kOld ? scenario_.old : scenario_.fresh; }
  bool faces() const { return access_ == Access::views; }
  // On MariaDB views of a face are away while columns swap their names (docs/limits.md).
  bool mayBeAway() const { return faces() && running_ && engine_ == "mariadb"; }
  bool mayBeCopied() const { return scenario_.copiesTarget && running_; }
  // As the version's applications call the table.
  std::string called(Version, const std::string& table) const;
  std::string tableOf(Version v) const { return called(v, face(v).table); }
  std::string keyOf(Version, unsigned k) const;
  // What an application does as one thing: one statement, or one transaction; empty = nothing.
  using Deed = std::vector<std::string>;
  Deed inserting(Version, unsigned k, unsigned n, bool upsert) const;
  Deed updating(Version, unsigned k, unsigned n, std::optional<unsigned> from) const;
  std::string deleteSql(Version, unsigned k) const;
  std::string where(Version, unsigned k) const;
  void fillRows();
  std::string selectSql(Version, unsigned k) const;
  std::string expected(Version, const Row&, unsigned k) const;
  // "" or in what way the row differs from what is known of it.
  std::string difference(Version, unsigned k, const Row&, dialect::Session&);
  std::string contested(unsigned k, const std::vector<Version>&, dialect::Session&);
  // Whether some number gives these values in every form.
  bool agree(unsigned k, const std::vector<Version>&, const dialect::Row&) const;
  void wrong(const std::string&);
  std::vector<std::thread> threads_[2];
  std::vector<std::unique_ptr<Worker>> workers_[2];

  const Scenario& scenario_;
  std::string engine_;
  Access access_;
  Change change_;
  std::deque<Row> rows_;
  std::atomic<bool> running_ = false;  // a step of the plan
  std::atomic<bool> stop_[2] = {true, true};
  std::atomic<uint64_t> retries_ = 0, things_[2] = {0, 0}, owners_ = 1;
  std::mutex wrongMutex_;
  std::vector<std::string> wrong_;
};

}  // namespace cambium::testing
