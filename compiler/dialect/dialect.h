// dialect/dialect.h: the offline half of a database plugin; with session.h it is all that a
// plugin's author must read.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/traits.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/plan/operation.h"

namespace cambium::dialect {

// How the runner must execute a step (runner.md, four classes).
enum class StepClass : uint8_t { transactional, nonTransactional, batch, gate };

// The three statements of a batched backfill. Parameters are :c1… (the cursor, exclusive), :e1…
// (the end of the batch, inclusive), :u1… (the upper bound), :n (rows to step over); as many of
// each as the table has key columns. On a fresh start the statements without cursor are used.
struct BatchSql {
  unsigned keyColumns = 1;
  std::string upperBound;         // → the last key, or no row
  std::string firstEnd, nextEnd;  // → the key of the last row of the batch, or no row (then the
                                  // batch ends at the upper bound)
  std::string firstUpdate, nextUpdate;
  std::string countPending;  // → rows still to do
  std::string countAll;
};

// Writers of a table that a step keeps waiting for more than a moment.
struct Wait {
  // A copy of every row; an index that is built; the step as a whole, for readers too, and
  // something in it takes as long as the table is large; every row is looked at, and readers wait
  // for that, too; rows are counted, so that it is true when the step is done.
  enum class For : uint8_t { copy, index, step, look, count };
  For what = For::copy;
  std::string table;
};

// What a step does with every row of a table that is there, whoever waits meanwhile: writes it
// anew, puts it into an index, looks at it.
struct Work {
  enum class Kind : uint8_t { copy, index, look };
  Kind kind = Kind::look;
  std::string table;
  friend auto operator<=>(const Work&, const Work&) = default;
};

struct Emitted {
  StepClass stepClass = StepClass::transactional;
  std::vector<std::string>
      before;  // outside and before the transaction (a pragma); read back by the session
  // Of a transactional step: what keeps writers away from the tables whose rows are counted before
  // the statements run, so that the count is true until the commit.
  std::vector<std::string> locks;
  std::vector<std::string> statements;  // one statement each
  // Of a step that is not transactional, for each statement: how many of the step's operations are
  // done once it has run. It is left out where so many are done already. Empty: the statements are
  // all run or none.
  std::vector<unsigned> completes;
  std::vector<std::string> after;  // outside and after the transaction
  std::vector<std::string>
      mustBeEmpty;  // queries that must return no row before the commit (foreign_key_check)
  std::optional<BatchSql> batch;
  std::string lock;  // the lock really taken, in words: "database write lock", "ACCESS EXCLUSIVE,
                     // metadata only"
  std::vector<Wait> waits;
  // Not in a plan file: what it comes to is asked where the plan is made.
  std::vector<Work> works;
};

// One kind of database: plain data, and two functions that its folder gives.
class Dialect {
public:
  // Rules true for this database alone. DDL codes.
  using Check = void (*)(const ir::Model&, const catalog::Catalog&, DiagnosticSink&);
  // The SQL of operations that belong together in one step; `during` is the catalog at that moment
  // (a rebuild must know the triggers and views it has to restore). Operations that this dialect's
  // Traits never let the planner choose are an internal error (reported by returning nullopt).
  using Emit = std::optional<Emitted> (*)(const std::vector<plan::Operation>&,
                                          const catalog::Catalog& during, const catalog::Traits&);
  Dialect(catalog::Traits traits, Check check, Emit emit)
      : traits_(std::move(traits)), check_(check), emit_(emit) {}

  const catalog::Traits& traits() const { return traits_; }
  void check(const ir::Model& model, const catalog::Catalog& catalog, DiagnosticSink& sink) const {
    check_(model, catalog, sink);
  }
  std::optional<Emitted> emit(const std::vector<plan::Operation>& operations,
                              const catalog::Catalog& during) const {
    return emit_(operations, during, traits_);
  }

  // ---- servers that are another
  // The same database as servers behind a gate have it: an older version, or another product that
  // speaks the same protocol. What they lack is made up for, or said by `check`. `gate`: what a
  // session says of such a server; `name`: what people and files call it. Its Traits::schemes are
  // the schemes that mean such a server where none is asked.
  void addGate(std::string gate, std::string name, std::unique_ptr<Dialect>);
  // By what a session says of its server (ServerInfo::gate); "" = without a gate. Null: no such
  // gate.
  const Dialect* forServer(std::string_view gate) const;
  const std::string& gate() const { return gate_; }
  // what users and drivers call it
  const std::string& name() const { return name_.empty() ? traits_.dialect : name_; }
  const std::vector<std::unique_ptr<Dialect>>& gates() const { return gates_; }

private:
  catalog::Traits traits_;
  Check check_;
  Emit emit_;
  std::string gate_, name_;
  const Dialect* plain_ = nullptr;  // the one without a gate, of one behind a gate
  std::vector<std::unique_ptr<Dialect>> gates_;
};

// The dialects known to this run, in the order of their names; made by main from a generated list.
class Dialects {
public:
  void add(std::unique_ptr<Dialect>);
  // Those behind a gate, too. By scheme: what to compile for while no server is asked.
  const Dialect* find(std::string_view name) const;
  const Dialect* findByScheme(std::string_view scheme) const;
  // Without those behind a gate.
  const std::vector<std::unique_ptr<Dialect>>& all() const { return all_; }

private:
  std::vector<std::unique_ptr<Dialect>> all_;
};

}  // namespace cambium::dialect
