// plan/node.h: inside the planner: transitions of elements, the rules between them, and what one
// run of the planner works on.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/catalog/sql.h"
#include "compiler/plan/plan.h"
#include "compiler/plan/sql_text.h"

namespace cambium::plan {

enum class Transition : uint8_t {
#define TRANSITION(id, kind, phase, sign, what) id,
#include "compiler/plan/transitions.def"
#undef TRANSITION
};
struct TransitionInfo {
  std::string_view name;
  ElementKind kind;
  Phase phase;
  char sign;
  std::string_view what;
};
std::span<const TransitionInfo> transitions();
inline const TransitionInfo& info(Transition t) {
  return transitions()[static_cast<size_t>(t)];
}

enum class Relation : uint8_t { sameTable, dependsOn, always };
struct Rule {
  std::string_view id;
  Transition before, after;
  Relation relation;
  std::string_view why;
};
std::span<const Rule> rules();

// One element making one transition.
struct Node {
  Transition transition{};
  std::string
      table;  // by its old name, or by its new one if it is new: groups what belongs together
  std::string element, title;
  std::vector<Operation> operations;  // in place; folded into a rebuild where the dialect cannot
  std::vector<Operation> undoFirst;   // checks before its undo
  std::vector<std::string> provides, needs;
  std::vector<Hazard> hazards;
  std::optional<std::vector<std::string>> options;  // the table's new options: needs a rebuild
  bool rebuild = false;  // cannot be done in place for a reason that the operation does not show
  std::string group;  // nodes of one group are one step, whatever tables they are about; "" = none
  size_t change = kNoChange;
  Span cause;
  diff::Compatibility compatibility = diff::Compatibility::safe;
  static constexpr size_t kNoChange = ~size_t{0};
};

// Nodes that are executed as one step, in that order.
struct Unit {
  // A unit earlier in the order, and the rule that puts it there.
  struct Earlier {
    size_t unit;
    std::string_view rule;
  };
  std::vector<size_t> nodes;
  std::vector<Earlier> follows = {};  // filled by order()
};

// Which change of the set is about what.
struct Causes {
  std::vector<std::vector<size_t>> propertyTo, propertyFrom, entityTo, entityFrom, enumTo;
};
Causes findCauses(const diff::ChangeSet&);

struct TableForms;  // middle.h

// Rows that triggers keep in step with another form of what they say: of what a foreign key does to
// them by itself, these triggers must learn (cascades.cpp).
struct Watched {
  // What is written behind an `on update cascade`; empty: any update of the row carries over.
  struct Follow {
    std::vector<std::pair<std::string, std::string>> set;  // column, SQL over the row
    std::string pending;                                   // SQL over the row
  };
  std::string table;  // by its old name, or by its new one if it is new
  // Columns whose change is carried over, as they are called before the switch and after it.
  std::vector<std::string> before, after;
  bool rows = false;  // that a row goes is carried over, too …
  // … unless it goes with the row that it belongs to, by these columns.
  std::vector<std::string> owner = {};
  Follow followBefore = {}, followAfter = {};
  size_t change = Node::kNoChange;
  Span cause = {};
};

struct Context {
  const diff::ChangeSet& changes;
  const catalog::Lowered& from;
  const catalog::Lowered& to;
  const catalog::Traits& traits;
  DiagnosticSink& sink;
  Causes causes;
  Plan& plan;
  std::vector<Node> nodes;
  std::unordered_map<std::string, std::string>
      newTableOf;  // old table → new table, of entities in both versions
  std::unordered_map<std::string, std::string> oldTableOf;
  std::unordered_map<std::string, const TableForms*> forms = {};  // of both versions, by new table
  // Tables that contract in one step: each leads to another one of them (contractsAs).
  std::map<std::string, std::string> contractsWith = {};
  // What is kept, by its name there: the entity and the property of the old version.
  std::map<std::string, std::pair<std::string, std::string>> keptOf = {};
  std::vector<Watched> watched = {};
  // The views of either version's face, as the catalog has them.
  std::set<std::string> oldFaces = {}, newFaces = {};

  const ir::Model& a() const { return *changes.from; }
  const ir::Model& b() const { return *changes.to; }
  std::string quote(const std::string& name) const { return traits.quote(name); }
  // What a table of one version is called in the other one; itself, if nobody renames it.
  const std::string& tableBefore(const std::string& fresh) const {
    const auto at = oldTableOf.find(fresh);
    return at == oldTableOf.end() ? fresh : at->second;
  }
  const std::string& tableAfter(const std::string& old) const {
    const auto at = newTableOf.find(old);
    return at == newTableOf.end() ? old : at->second;
  }
  // Those of a version's face have a life of their own (version_views.cpp).
  bool isOldView(const std::string& name) const {
    return plan.before.findView(name) && !oldFaces.contains(name);
  }
  Node& add(Transition, std::string table, std::string element, std::string title, size_t change,
            Span cause);
};

// The first of `list` that is a T, else the first.
template <class T>
size_t pickChange(const diff::ChangeSet& set, const std::vector<size_t>& list) {
  for (size_t i : list) {
    if (std::holds_alternative<T>(set.changes[i])) return i;
  }
  return list.empty() ? Node::kNoChange : list.front();
}
template <class T>
const T* findChange(const diff::ChangeSet& set, const std::vector<size_t>& list) {
  for (size_t i : list) {
    if (const auto* change = std::get_if<T>(&set.changes[i])) return change;
  }
  return nullptr;
}

// What a check of the model is called in the database.
std::string checkName(const ir::Entity&, size_t check, const std::string& table,
                      const catalog::Traits&);

// A column, or one of a view, under the names that grants of the old and the new version have for
// it; "" = that version has none.
struct Granted {
  std::string name, old, fresh;
};
// access.cpp: what is granted while applications of both versions run: on each column what either
// version grants on it. Sorted.
std::vector<catalog::Grant> grantsOfBoth(const std::vector<Granted>& columns,
                                         const std::vector<catalog::Grant>& old,
                                         const std::vector<catalog::Grant>& fresh);
// Of the roles, grants or policies on an entity or a view (their names in the new version) the
// first that changes.
size_t changeOfAccess(const Context&, diff::DeclarationKind, const std::string& on);

// The parts of the planner, in the order in which they run (plan.cpp).
void addTargets(Context&);               // targets.cpp
void addRows(Context&);                  // rows.cpp
void addViews(Context&);                 // views.cpp: looks at the nodes of the tables
void addVersionViews(Context&);          // version_views.cpp
void addRoles(Context&);                 // access.cpp
void keepWhatGoes(Context&);             // kept.cpp: marks what contract takes away
std::vector<Unit> fold(const Context&);  // rebuild.cpp
bool foldable(const Node&, const catalog::Traits&);
std::vector<Unit> order(std::span<const Node>, std::vector<Unit>);  // order.cpp; empty = a cycle
std::string finish(Context&,
                   const std::vector<Unit>&);  // rebuild.cpp: units to steps, by simulation; what
                                               // stands in the way, "" = done
void listKept(const Context&);                 // kept.cpp: Plan::kept, from the steps
void addHazards(const Context&);               // hazards.cpp: of every step
std::vector<DataProbe> dataProbes(const Context&);  // probes.cpp

}  // namespace cambium::plan
