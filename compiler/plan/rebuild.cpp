// Nodes to steps. What belongs together becomes one unit: whatever a table needs in contract, the
// whole switch, and what the dialect cannot change in place (as its Traits say) one RebuildTable.
// The units are executed on a catalog in memory, which gives each rebuild the form it starts from,
// each drop what it drops, each step its undo.
#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "compiler/base/result.h"
#include "compiler/catalog/lookups.h"
#include "compiler/plan/in_place.h"
#include "compiler/plan/middle.h"
#include "compiler/plan/online.h"
#include "compiler/plan/renames.h"
#include "compiler/plan/takeover.h"

namespace cambium::plan {
namespace {

using catalog::Catalog;
using catalog::Table;

// Executes units and writes steps.
class Finisher {
public:
  explicit Finisher(Context& c) : c_(c), now_(c.plan.before), online_(c.traits) {}

  std::string run(const std::vector<Unit>& units) {
    for (const auto& unit : units) {
      if (info(c_.nodes[unit.nodes.front()].transition).phase > Phase::validate)
        if (auto why = finishLater(Phase::validate); !why.empty()) return why;
      if (auto why = loosen(unit); !why.empty()) return why;
      if (auto why = proveKeys(unit); !why.empty()) return why;
      if (auto why = step(unit); !why.empty()) return why;
      if (c_.plan.steps.back().phase > Phase::validate)
        if (auto why = finishLater(Phase::contract); !why.empty()) return why;
    }
    return finishLater(Phase::validate);
  }

private:
  struct Chunk {
    std::vector<Operation> operations, undoFirst;
  };

  std::string step(const Unit& unit) {
    const auto& first = c_.nodes[unit.nodes.front()];
    Step step;
    step.number = static_cast<unsigned>(c_.plan.steps.size() + 1);
    numberOf_.push_back(step.number);
    step.phase = info(first.transition).phase;
    std::map<std::pair<std::string, int>, std::vector<size_t>> foldables;
    for (size_t n : unit.nodes) {
      if (foldable(c_.nodes[n], c_.traits)) foldables[placeOf(c_.nodes[n])].push_back(n);
    }
    std::vector<Chunk> chunks;
    bool rebuilt = false;
    online_.begin(unitOperations(unit));
    for (size_t n : unit.nodes) {
      const auto& node = c_.nodes[n];
      Chunk chunk;
      std::string why;
      if (!foldable(node, c_.traits)) {
        chunk.undoFirst = node.undoFirst;
        for (const auto& op : withoutFollowers(node.operations, now_, c_.traits)) {
          why = execute(resolved(op, now_), chunk);
          if (!why.empty()) return why;
        }
      } else if (auto& list = foldables[placeOf(node)]; !list.empty()) {
        why = change(list, chunk, rebuilt);
        list.clear();
      } else {
        continue;
      }
      if (!why.empty()) return fmt::format("{}: {}", node.title, why);
      chunks.push_back(std::move(chunk));
    }
    Chunk ahead;
    for (auto& reference : online_.references())
      if (auto why = apply(ahead, std::move(reference)); !why.empty()) return why;
    for (size_t n : unit.nodes) {
      const auto* key =
          c_.nodes[n].transition == Transition::keySettle ? keyOf(c_.nodes[n]) : nullptr;
      if (!key) continue;
      for (auto& op : online_.proven(key->table, key->to, now_))
        if (auto why = apply(ahead, std::move(op)); !why.empty()) return why;
    }
    if (!ahead.operations.empty()) chunks.push_back(std::move(ahead));
    for (const auto& chunk : chunks) {
      step.operations.insert(step.operations.end(), chunk.operations.begin(),
                             chunk.operations.end());
    }
    if (step.phase != Phase::contract) {
      for (auto chunk = chunks.rbegin(); chunk != chunks.rend(); ++chunk) {
        step.undo.insert(step.undo.end(), chunk->undoFirst.begin(), chunk->undoFirst.end());
        for (auto op = chunk->operations.rbegin(); op != chunk->operations.rend(); ++op) {
          if (auto back = inverse(*op)) step.undo.push_back(std::move(*back));
        }
      }
    }
    if (step.phase == Phase::contract && !c_.traits.transactionalDdl)
      step.operations = takingOver(std::move(step.operations), c_.traits, now_);
    describe(step, unit, rebuilt);
    online_.end(step);
    c_.plan.steps.push_back(std::move(step));
    return {};
  }

  // What is done to one table at once. A rebuild is one; in place, a foreign key goes before the
  // key that it points to does, and comes after the new one.
  std::pair<std::string, int> placeOf(const Node& node) {
    const bool inPlace = c_.traits.addConstraint && c_.traits.dropConstraint;
    const int place = node.transition == Transition::foreignKeyLeave    ? 0
                      : node.transition == Transition::foreignKeyRejoin ? 2
                                                                        : 1;
    return {node.table, inPlace ? place : 1};
  }

  std::vector<Operation> unitOperations(const Unit& unit) {
    std::vector<Operation> out;
    for (size_t n : unit.nodes) {
      const auto& list = c_.nodes[n].operations;
      out.insert(out.end(), list.begin(), list.end());
    }
    return out;
  }

  std::string execute(const Operation& operation, Chunk& chunk) {
    for (auto& op : online_.inParts(operation, now_)) {
      if (auto why = apply(chunk, std::move(op)); !why.empty()) return why;
    }
    return {};
  }
  std::string apply(Chunk& chunk, Operation op) {
    auto why = plan::apply(op, now_, c_.traits);
    if (!why.empty()) return why;
    if (const auto* rename = std::get_if<RenameTable>(&op)) taken_[rename->to] = true;
    chunk.operations.push_back(std::move(op));
    return {};
  }

  // What the step takes away, its undo brings back without keeping anybody out for long.
  std::string loosen(const Unit& unit) {
    const auto& first = c_.nodes[unit.nodes.front()];
    const Phase phase = info(first.transition).phase;
    if (phase == Phase::contract) return {};
    for (auto& step : online_.loosened(unitOperations(unit), now_)) {
      step.phase = std::min(phase, Phase::validate);  // the switch is one step
      step.cause = first.cause;
      if (first.change != Node::kNoChange)
        step.change = diff::toString(c_.changes.changes[first.change], c_.changes);
      if (auto why = extra(std::move(step), true); !why.empty()) return why;
    }
    return {};
  }

  // A step that no unit asks for.
  std::string extra(Step step, bool undo) {
    step.number = static_cast<unsigned>(c_.plan.steps.size() + 1);
    for (const auto& op : step.operations) {
      if (auto why = plan::apply(op, now_, c_.traits); !why.empty())
        return fmt::format("{}: {}", step.title, why);
      auto back = undo ? inverse(op) : std::nullopt;
      if (back) step.undo.insert(step.undo.begin(), std::move(*back));
    }
    c_.plan.steps.push_back(std::move(step));
    return {};
  }

  // That the columns of a new key have a value in every row is shown before the key changes: else
  // the step that changes it would look at every row while nobody may read the table. The triggers
  // are still there, so applications of the new version notice nothing.
  std::string proveKeys(const Unit& unit) {
    for (size_t n : unit.nodes) {
      const auto& node = c_.nodes[n];
      if (node.transition != Transition::keySettle) continue;
      const auto* key = keyOf(node);
      const auto* table = now_.findTable(node.table);
      if (!key || !table) continue;
      auto step = online_.proveKey(*table, key->to);
      if (!step) continue;
      step->number = static_cast<unsigned>(c_.plan.steps.size() + 1);
      step->phase = Phase::contract;
      step->cause = node.cause;
      if (node.change != Node::kNoChange)
        step->change = diff::toString(c_.changes.changes[node.change], c_.changes);
      for (const auto& op : step->operations) {
        if (auto why = plan::apply(op, now_, c_.traits); !why.empty())
          return fmt::format("{}: {}", step->title, why);
      }
      online_.end(*step);
      c_.plan.steps.push_back(std::move(*step));
      if (auto why = finishLater(Phase::contract); !why.empty()) return why;
    }
    return {};
  }
  static const AlterKey* keyOf(const Node& node) {
    for (const auto& op : node.operations)
      if (const auto* key = std::get_if<AlterKey>(&op)) return key;
    return nullptr;
  }

  // What was left for later becomes steps of its own.
  std::string finishLater(Phase phase) {
    for (auto& step : online_.later(phase, now_))
      if (auto why = extra(std::move(step), phase != Phase::contract); !why.empty()) return why;
    return {};
  }

  // All that changes the form of one table in one unit: in place if every operation can be, else by
  // one rebuild.
  std::string change(const std::vector<size_t>& list, Chunk& chunk, bool& rebuilt) {
    std::string name;
    for (size_t n : list) {
      for (const auto& op : c_.nodes[n].operations) {
        if (name.empty()) name = reshapedBy(op);
      }
    }
    if (name.empty())
      name = now_.findTable(c_.nodes[list.front()].table)
                 ? c_.nodes[list.front()].table
                 : c_.newTableOf[c_.nodes[list.front()].table];
    const Table* from = now_.findTable(name);
    if (!from) return fmt::format("table `{}` is not there", name);
    bool inPlace = true;
    Catalog alone;
    alone.put(*from);
    std::vector<Operation> operations;
    // A rebuild has no need of an order: what an operation would trip over may go first.
    std::vector<Operation> all;
    for (size_t n : list) {
      const auto& node = c_.nodes[n];
      inPlace = inPlace && !node.rebuild && !node.options;
      chunk.undoFirst.insert(chunk.undoFirst.end(), node.undoFirst.begin(), node.undoFirst.end());
      all.insert(all.end(), node.operations.begin(), node.operations.end());
    }
    for (const auto& op : withOwnChecks(all, *from)) {
      auto exact = resolved(op, alone);
      inPlace = inPlace && possibleInPlace(exact, c_.traits);
      if (auto why = plan::apply(exact, alone, c_.traits); !why.empty()) return why;
      operations.push_back(std::move(exact));
    }
    if (inPlace) {
      for (auto& op : operations) {
        if (auto why = execute(op, chunk); !why.empty()) return why;
      }
      return {};
    }
    rebuilt = true;
    RebuildTable rebuild{*from, *alone.tables.begin(), {}};
    for (size_t n : list) {
      if (c_.nodes[n].options) rebuild.to.options = *c_.nodes[n].options;
    }
    orderColumns(rebuild.to);
    for (const auto& column : rebuild.to.columns) {
      const auto* was = from->findColumn(column.name);
      if (column.generatedSql.empty() && was)
        rebuild.copy.emplace_back(column.name, c_.quote(column.name));
    }
    for (const auto& op : all) {
      const auto* drop = std::get_if<DropColumn>(&op);
      if (drop && !drop->keptAs.empty()) rebuild.kept.emplace_back(drop->column.name, drop->keptAs);
    }
    return execute(rebuild, chunk);
  }

  // A column may have more than one check of its own; each but the one that its DropColumn names
  // goes before it.
  std::vector<Operation> withOwnChecks(const std::vector<Operation>& all, const Table& table) {
    std::vector<Operation> out;
    for (const auto& op : all) {
      if (const auto* drop = std::get_if<DropColumn>(&op)) {
        std::vector<Operation> own;
        for (const auto& check : table.checks) {
          if (onlyOver(check, drop->column.name, table))
            own.push_back(DropCheck{drop->table, check});
        }
        if (own.size() > 1) out.insert(out.end(), own.begin(), own.end() - 1);
      }
      out.push_back(op);
    }
    return out;
  }
  bool onlyOver(const catalog::Check& check, const std::string& column, const Table& table) {
    size_t used = 0;
    bool mine = false;
    for (const auto& name : identifiersIn(check.sql, c_.traits)) {
      if (!table.findColumn(name)) continue;
      ++used;
      mine = mine || name == column;
    }
    return mine && used == 1;
  }

  // Contract leaves the columns in the order of a fresh build.
  void orderColumns(Table& table) {
    const auto* fresh = c_.plan.after.findTable(table.name);
    if (!fresh || fresh->columns.size() != table.columns.size()) return;
    std::vector<catalog::Column> sorted;
    for (const auto& column : fresh->columns) {
      const auto* own = table.findColumn(column.name);
      if (!own) return;
      sorted.push_back(*own);
    }
    table.columns = std::move(sorted);
  }

  // Until a table is renamed, foreign keys to it speak of it by its old name.
  catalog::ForeignKey targetNow(catalog::ForeignKey fk) {
    if (!taken_.count(fk.table)) fk.table = c_.tableBefore(fk.table);
    return fk;
  }

  // The operation on what is there now: drops name exactly what they drop, whatever renames have
  // happened to it.
  Operation resolved(const Operation& operation, const Catalog& in) {
    Operation out = operation;
    if (auto* op = std::get_if<CreateTable>(&out)) {
      for (auto& fk : op->table.foreignKeys) fk = targetNow(fk);
      if (catalog::hasLookups(op->table.policies))
        for (const auto& [was, is] : c_.newTableOf)
          if (!now_.findTable(is)) catalog::renameLooked(op->table.policies, is, was, c_.traits);
    } else if (auto* op = std::get_if<DropTable>(&out)) {
      if (const auto* table = in.findTable(op->table.name)) op->table = *table;
    } else if (auto* op = std::get_if<AddColumn>(&out)) {
      if (op->foreignKey) op->foreignKey = targetNow(*op->foreignKey);
    } else if (auto* op = std::get_if<AddForeignKey>(&out)) {
      op->foreignKey = targetNow(op->foreignKey);
    } else if (auto* op = std::get_if<DropForeignKey>(&out)) {
      if (const auto* table = in.findTable(op->table)) {
        for (const auto& fk : table->foreignKeys) {
          if (fk.columns == op->foreignKey.columns) op->foreignKey = fk;
        }
      }
    } else if (auto* op = std::get_if<DropColumn>(&out)) {
      if (const auto* table = in.findTable(op->table)) dropAllOf(*op, *table);
    } else if (auto* op = std::get_if<AlterColumn>(&out)) {
      const auto* table = in.findTable(op->table);
      if (const auto* column = table ? table->findColumn(op->from.name) : nullptr)
        op->from = *column;
    } else if (auto* op = std::get_if<DropCheck>(&out)) {
      if (const auto* table = in.findTable(op->table)) asItIs(op->check, table->checks);
    } else if (auto* op = std::get_if<RenameCheck>(&out)) {
      if (const auto* table = in.findTable(op->table)) asItIs(op->check, table->checks);
    } else if (auto* op = std::get_if<DropView>(&out)) {
      if (const auto* view = in.findView(op->view.name)) op->view = *view;
    } else if (auto* op = std::get_if<ChangePolicies>(&out)) {
      if (const auto* table = in.findTable(op->table)) op->from = table->policies;
    } else if (auto* op = std::get_if<ChangeGrants>(&out)) {
      if (const auto* table = op->view ? nullptr : in.findTable(op->table))
        op->from = table->grants;
      if (const auto* view = op->view ? in.findView(op->table) : nullptr) op->from = view->grants;
    } else if (auto* op = std::get_if<DropIndex>(&out)) {
      if (const auto* table = in.findTable(op->table)) asItIs(op->index, table->indexes);
    } else if (auto* op = std::get_if<RenameIndex>(&out)) {
      if (const auto* table = in.findTable(op->table)) asItIs(op->index, table->indexes);
    }
    return out;
  }

  // An index or a check, as the one of its name is by now.
  template <class Named>
  static void asItIs(Named& said, const std::vector<Named>& there) {
    const auto found = std::ranges::find(there, said.name, &Named::name);
    if (!said.name.empty() && found != there.end()) said = *found;
  }

  void dropAllOf(DropColumn& op, const Table& table) {
    if (const auto* column = table.findColumn(op.column.name)) op.column = *column;
    for (const auto& check : table.checks) {
      if (onlyOver(check, op.column.name, table)) op.check = check;
    }
    for (const auto& fk : table.foreignKeys) {
      if (fk.columns == std::vector<std::string>{op.column.name}) op.foreignKey = fk;
    }
  }

  void describe(Step& step, const Unit& unit, bool rebuilt) {
    // What the step is about: the last in the switch (the version itself), else the first.
    const Node* head = &c_.nodes[unit.nodes.front()];
    for (size_t n : unit.nodes) {
      if (c_.nodes[n].transition == Transition::versionSwitch) head = &c_.nodes[n];
    }
    step.kind = info(head->transition).kind;
    step.sign = info(head->transition).sign;
    step.element = head->element;
    step.title = head->title;
    for (const auto& earlier : unit.follows)
      step.follows.push_back({numberOf_[earlier.unit], std::string(earlier.rule)});
    for (size_t n : unit.nodes) {
      const auto& node = c_.nodes[n];
      step.hazards.insert(step.hazards.end(), node.hazards.begin(), node.hazards.end());
      step.compatibility = std::max(step.compatibility, node.compatibility);
      if (step.change.empty() && node.change != Node::kNoChange) {
        step.change = diff::toString(c_.changes.changes[node.change], c_.changes);
        step.cause = node.cause;
      }
    }
    if (!step.cause) step.cause = head->cause;
    if (unit.nodes.size() > 1) summarize(step, unit, *head, rebuilt);
  }

  // One line for many nodes: what changes for the data; that triggers come and go with it goes
  // without saying.
  void summarize(Step& step, const Unit& unit, const Node& head, bool rebuilt) {
    const bool switching = step.phase == Phase::switch_;
    if (!head.group.empty()) {
      std::vector<std::string> titles;
      for (size_t n : unit.nodes) titles.push_back(c_.nodes[n].title);
      step.title = joined(titles, ", ") + ", which refer to each other";
      return;
    }
    if (!switching) {
      step.sign = '~';
      step.kind = ElementKind::shape;
      step.element = tableIn(step.phase, head.table);
    }
    std::vector<std::string> tables;
    std::map<std::string, std::vector<const Node*>> nodes;
    for (size_t n : unit.nodes) {
      const auto& node = c_.nodes[n];
      if (&node == &head && switching) continue;
      const auto table = switching ? std::string() : tableIn(step.phase, node.table);
      if (nodes[table].empty()) tables.push_back(table);
      nodes[table].push_back(&node);
    }
    std::string all;
    for (const auto& table : tables) {
      const auto text = joined(titles(nodes[table], table), "; ");
      if (text.empty()) continue;
      all += all.empty() ? "" : "; ";
      all += switching ? text : fmt::format("{}{}: {}", table, rebuilt ? " rebuilt" : "", text);
    }
    if (!switching)
      step.title = std::move(all);
    else if (!all.empty())
      step.title += ": " + all;
  }

  std::string tableIn(Phase phase, const std::string& table) {
    return phase == Phase::contract ? c_.tableAfter(table) : table;
  }

  // `table` "" = of the whole switch.
  static std::vector<std::string> titles(const std::vector<const Node*>& nodes,
                                         const std::string& table) {
    std::vector<std::string> list;
    bool triggers = false;
    for (const auto* node : nodes) {
      const auto kind = info(node->transition).kind;
      if (kind == ElementKind::sync || kind == ElementKind::guard || kind == ElementKind::face) {
        triggers = true;
        continue;
      }
      auto title = node->title;
      for (const auto& prefix : {table + ": ", table + "."}) {
        if (!table.empty() && title.starts_with(prefix)) title.erase(0, prefix.size());
      }
      if (!title.empty()) list.push_back(std::move(title));
    }
    if (triggers && !table.empty()) list.insert(list.begin(), "its triggers go");
    return list;
  }

  Context& c_;
  Catalog now_;
  Online online_;
  std::vector<unsigned> numberOf_;     // by unit: its step
  std::map<std::string, bool> taken_;  // new table names that are tables by now
};

}  // namespace

// Whether what it does to a table may become part of a rebuild.
bool foldable(const Node& node, const catalog::Traits& traits) {
  // An index goes by itself, a constraint with its table.
  if (node.transition == Transition::uniqueDrop)
    return !std::ranges::all_of(node.operations,
                                [&](const Operation& op) { return possibleInPlace(op, traits); });
  switch (node.transition) {
    case Transition::shapeRelax:
    case Transition::keyRelax:
    case Transition::foreignKeyLeave:
    case Transition::keySettle:
    case Transition::foreignKeyRejoin:
    case Transition::checkRelax:
    case Transition::columnAdd:
    case Transition::foreignKeyAdd:
    case Transition::shapeExchange:
    case Transition::foreignKeyExchange:
    case Transition::indexDrop:
    case Transition::columnDrop:
    case Transition::shapeRequire:
    case Transition::checkSettle:
    case Transition::checkTighten:
    case Transition::foreignKeySettle:
    case Transition::indexSettle: return true;
    case Transition::tableCreate:
    case Transition::rowAdd:
    case Transition::rowChange:
    case Transition::viewLeave:
    case Transition::viewCreate:
    case Transition::viewDrop:
    case Transition::viewSettle:
    case Transition::rowRemove:
    case Transition::syncCreate:
    case Transition::cascadeCreate:
    case Transition::indexAdd:
    case Transition::faceCreate:
    case Transition::backfillRun:
    case Transition::verifyFirst:
    case Transition::verify:
    case Transition::verifyLoss:
    case Transition::uniqueAdd:
    case Transition::exclusionAdd:
    case Transition::exclusionDrop:
    case Transition::guardCreate:
    case Transition::faceSuspend:
    case Transition::guardSuspend:
    case Transition::syncSuspend:
    case Transition::cascadeSuspend:
    case Transition::uniqueDrop:
    case Transition::uniqueSettle:
    case Transition::namesSwap:
    case Transition::syncResume:
    case Transition::cascadeResume:
    case Transition::guardResume:
    case Transition::faceResume:
    case Transition::versionSwitch:
    case Transition::faceDrop:
    case Transition::guardDrop:
    case Transition::syncDrop:
    case Transition::cascadeDrop:
    case Transition::tableRename:
    case Transition::tableDrop:
    case Transition::roleCreate:
    case Transition::grantNarrow:
    case Transition::grantWiden:
    case Transition::policyExchange:
    case Transition::policySettle:
    case Transition::grantSettle:
    case Transition::roleLeave:
    case Transition::versionViewSuspend:
    case Transition::versionViewResume:
    case Transition::versionViewCreate:
    case Transition::versionViewDrop:
    case Transition::versionViewLeave:
    case Transition::versionViewSettle: return false;
  }
  return false;
}

std::vector<Unit> fold(const Context& c) {
  std::map<std::string, std::vector<size_t>> changing, contracting, grouped;
  std::vector<size_t> switching;
  std::vector<Unit> out;
  for (size_t n = 0; n < c.nodes.size(); ++n) {
    const auto& node = c.nodes[n];
    const Phase phase = info(node.transition).phase;
    if (!node.group.empty()) {
      grouped[node.group].push_back(n);
    } else if (phase == Phase::switch_) {
      switching.push_back(n);
    } else if (phase == Phase::contract && node.transition != Transition::tableDrop &&
               node.transition != Transition::cascadeDrop) {
      contracting[contractsAs(c, node.table)].push_back(n);
    } else if (phase == Phase::expand && foldable(node, c.traits)) {
      changing[node.table].push_back(n);
    } else {
      out.push_back({{n}, {}});
    }
  }
  for (auto& [table, list] : changing) {
    const bool inPlace = std::all_of(list.begin(), list.end(), [&](size_t n) {
      const auto& node = c.nodes[n];
      return !node.rebuild &&
             std::all_of(node.operations.begin(), node.operations.end(),
                         [&](const Operation& op) { return possibleInPlace(op, c.traits); });
    });
    if (!inPlace)
      out.push_back({list, {}});
    else {
      for (size_t n : list) out.push_back({{n}, {}});
    }
  }
  for (auto& [name, list] : grouped) out.push_back({list, {}});
  for (auto& [table, list] : contracting) out.push_back({list, {}});
  if (!switching.empty()) out.push_back({switching, {}});
  return out;
}

std::string finish(Context& c, const std::vector<Unit>& units) {
  return Finisher(c).run(units);
}

}  // namespace cambium::plan
