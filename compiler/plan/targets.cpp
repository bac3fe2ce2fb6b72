// Changes to elements with targets: which table, column, constraint, trigger of either version must
// come to be or to go, and by which transitions.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <set>

#include "compiler/plan/growth.h"
#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

using catalog::Column;
using catalog::Table;

bool sameTable(const Table& a, const Table& b) {
  return a.name == b.name && a.columns == b.columns && a.primaryKey == b.primaryKey &&
         a.checks == b.checks && a.foreignKeys == b.foreignKeys && a.indexes == b.indexes &&
         a.options == b.options && a.comment == b.comment && a.policies == b.policies &&
         a.grants == b.grants;
}

std::string columnTitle(const std::string& table, const Column& column) {
  return fmt::format("{}.{} {}{}{}", table, column.name, column.type, column.notNull ? "" : " null",
                     column.generatedSql.empty() ? "" : " computed");
}

// The columns of one table that both versions have.
class Columns {
public:
  Columns(Context& c, const TableForms& f, const Brought& brought)
      : c_(c), f_(f), brought_(brought) {}

  void run() {
    for (const auto& column : f_.old) oldColumn(column);
    for (const auto& column : f_.fresh) {
      if (column.source == NewColumn::Source::kept)
        keptColumn(column);
      else
        newColumn(column);
    }
    if (f_.swaps()) swapNames();
    if (f_.from->comment != f_.to->comment) {
      const auto& table = f_.from->name;
      c_.add(Transition::shapeExchange, table, table, table + ": documentation", Node::kNoChange,
             c_.b()[f_.newEntity].span)
          .operations.push_back(CommentTable{table, f_.from->comment, f_.to->comment});
    }
    if (f_.from->options != f_.to->options) {
      auto& node = c_.add(
          Transition::shapeRequire, f_.from->name, f_.to->name, f_.to->name + ": table options",
          pickChange<diff::ChangeTable>(c_.changes, entityCauses()), c_.b()[f_.newEntity].span);
      node.options = f_.to->options;
    }
  }

private:
  const std::vector<size_t>& entityCauses() { return c_.causes.entityTo[f_.newEntity.index()]; }

  size_t changeOfOld(const OldColumn& column) {
    if (column.group >= 0) return f_.groups[static_cast<size_t>(column.group)].change;
    return pickChange<diff::DropProperty>(c_.changes,
                                          c_.causes.propertyFrom[column.property.index()]);
  }
  Span causeOfOld(const OldColumn& column) {
    if (column.group >= 0) return f_.groups[static_cast<size_t>(column.group)].cause;
    const auto& property = c_.a()[column.property];
    if (c_.changes.migration) {
      for (const auto& approval : c_.changes.migration->approvals) {
        if (approval.from.entity == c_.a()[f_.oldEntity].name &&
            approval.from.property == property.name)
          return approval.span;
      }
    }
    return c_.b()[f_.newEntity].span;
  }

  void oldColumn(const OldColumn& column) {
    const auto& table = f_.from->name;
    const auto& name = column.column->name;
    if (column.relaxed) {
      const auto change = column.kept
                              ? pickChange<diff::RelaxProperty>(
                                    c_.changes, c_.causes.propertyFrom[column.property.index()])
                              : changeOfOld(column);
      const Span cause = column.kept ? c_.b()[f_.findNew(name)->property].span : causeOfOld(column);
      auto& node = c_.add(Transition::shapeRelax, table, table + "." + name,
                          fmt::format("{}.{} may be empty", table, name), change, cause);
      Column relaxed = *column.column;
      relaxed.notNull = false;
      node.operations.push_back(AlterColumn{table, *column.column, relaxed});
      node.undoFirst.push_back(Verify{
          table, countNulls(table, name, c_.traits),
          fmt::format("rows of {} without {}, which the old version requires", table, name)});
    }
    if (column.blank) c_.plan.duties.blanks.push_back({table, column.after, column.column->type});
    if (column.kept) return;
    Column gone = *column.column;
    gone.name = column.after;
    auto& node = c_.add(Transition::columnDrop, table, f_.to->name + "." + column.after,
                        fmt::format("{}.{}{}", f_.to->name, column.after,
                                    gone.generatedSql.empty() ? " and its values" : ", computed"),
                        changeOfOld(column), causeOfOld(column));
    node.operations.push_back(DropColumn{f_.to->name, gone, {}, {}});
    node.provides.push_back("computed:" + table + "." + name);
    if (!gone.generatedSql.empty()) return dropsAfter(node, gone.generatedSql, name);
    for (const auto& fk : f_.from->foreignKeys) {
      if (std::find(fk.columns.begin(), fk.columns.end(), name) != fk.columns.end())
        node.provides.push_back("unreferred:" + fk.table);
    }
    for (const auto& other : f_.old) {
      if (other.kept || other.column->generatedSql.empty()) continue;
      const auto inputs = identifiersIn(other.column->generatedSql, c_.traits);
      if (std::find(inputs.begin(), inputs.end(), name) != inputs.end()) {
        node.needs.push_back("computed:" + table + "." + other.column->name);
      }
    }
  }
  void dropsAfter(Node& node, const std::string&, const std::string& name) {
    for (const auto& other : f_.old) {
      if (other.kept || other.column->generatedSql.empty() || other.column->name == name) continue;
      const auto inputs = identifiersIn(other.column->generatedSql, c_.traits);
      if (std::find(inputs.begin(), inputs.end(), name) != inputs.end()) {
        node.needs.push_back("computed:" + f_.from->name + "." + other.column->name);
      }
    }
  }

  template <class T>
  size_t changeOfNew(const NewColumn& column) {
    if (column.group >= 0) return f_.groups[static_cast<size_t>(column.group)].change;
    return pickChange<T>(c_.changes, c_.causes.propertyTo[column.property.index()]);
  }
  Span causeOfNew(const NewColumn& column) {
    if (column.group >= 0) return f_.groups[static_cast<size_t>(column.group)].cause;
    return c_.b()[column.property].span;
  }

  // Nobody may leave it empty from validate on: guarded, unless a trigger fills it.
  void require(const NewColumn& column, size_t change, Span cause) {
    const auto& table = f_.from->name;
    const auto& name = column.column->name;
    addVerify(c_, f_, table + "." + name + " required", countNulls(table, column.middle, c_.traits),
              fmt::format("rows of {} without {}", table, column.middle), change, cause);
    const bool filled = column.fill >= 0 && f_.fills[static_cast<size_t>(column.fill)].forWrites;
    if (filled) return;
    addGuard(c_, f_, name, name, false,
             fmt::format("{}.{} is required in version {}", f_.to->name, name, c_.b().version),
             change, cause);
  }

  void settle(const NewColumn& column, const Column& state, size_t change, Span cause) {
    if (state == *column.column) return;
    const auto& table = f_.to->name;
    const auto& name = column.column->name;
    auto title = column.column->notNull && !state.notNull
                     ? fmt::format("{}.{} is required", table, name)
                     : fmt::format("{}.{} gets its final form", table, name);
    auto& node = c_.add(Transition::shapeRequire, f_.from->name, table + "." + name,
                        std::move(title), change, cause);
    node.operations.push_back(AlterColumn{table, state, *column.column});
    if (column.source != NewColumn::Source::kept || state.type == column.column->type) return;
    // Nothing refers to it, and it refers to nothing, while its type changes.
    c_.plan.duties.narrow.push_back({table, name, state.type});
    node.needs.push_back("old key:" + table);
    node.provides.push_back("new key:" + table);
    if (const auto target = c_.b()[column.property].target; target)
      node.needs.push_back("old key:" + c_.to.table(target));
  }

  void keptColumn(const NewColumn& column) {
    const auto& was = *f_.findOld(column.column->name)->column;
    Column state = was;
    const auto& is = *column.column;
    if (f_.findOld(is.name)->relaxed) state.notNull = false;
    if (is.type != was.type && growsAtOnce(c_, *f_.from, *f_.to, was, is))
      addGrowth(c_, f_, state, is, changeOfNew<diff::ConvertProperty>(column), causeOfNew(column));
    const size_t change = changeOfNew<diff::RequireProperty>(column);
    if (is.notNull && !was.notNull) require(column, change, causeOfNew(column));
    if (is.defaultSql != was.defaultSql && !(is.defaultSql.empty() && is.notNull))
      exchangeDefault(column, state);
    if (is.comment != was.comment) exchangeComment(column, state);
    settle(column, state, change, causeOfNew(column));
  }

  void exchangeDefault(const NewColumn& column, Column& state) {
    Column now = state;
    now.defaultSql = column.column->defaultSql;
    const auto& table = f_.from->name;
    c_.add(Transition::shapeExchange, table, table + "." + now.name,
           fmt::format("{}.{} default {}", table, now.name,
                       now.defaultSql.empty() ? "none" : now.defaultSql),
           changeOfNew<diff::ChangeDefault>(column), c_.b()[column.property].span)
        .operations.push_back(AlterColumn{table, state, now});
    state = now;
  }

  void exchangeComment(const NewColumn& column, Column& state) {
    Column now = state;
    now.comment = column.column->comment;
    const auto& table = f_.from->name;
    c_.add(Transition::shapeExchange, table, table + "." + now.name,
           fmt::format("{}.{}: documentation", table, now.name), Node::kNoChange,
           c_.b()[column.property].span)
        .operations.push_back(AlterColumn{table, state, now});
    state = now;
  }

  void newColumn(const NewColumn& column) {
    const auto& table = f_.from->name;
    const size_t change = changeOfNew<diff::AddProperty>(column);
    const Span cause = causeOfNew(column);
    Column middle = *column.column;
    middle.name = column.middle;
    bool keepForm = column.source != NewColumn::Source::moved && column.fill < 0;
    bool volatileDefault = false, withDefault = false;
    std::vector<std::string> needs;
    if (column.source == NewColumn::Source::computed) {
      middle.generatedSql =
          substitute(middle.generatedSql, c_.traits, newColumns(c_, f_, When::before, ""));
      for (const auto& input : identifiersIn(middle.generatedSql, c_.traits)) {
        needs.push_back("column:" + table + "." + input);
      }
      keepForm = false;
      middle.notNull = false;
    } else if (keepForm) {
      const auto& value = c_.b()[column.property].defaultValue;
      volatileDefault = !middle.defaultSql.empty() && value &&
                        value->kind != ir::ExprKind::literal &&
                        value->kind != ir::ExprKind::member && value->kind != ir::ExprKind::unary;
      if (middle.notNull && middle.defaultSql.empty()) keepForm = false;
      middle.notNull = keepForm && middle.notNull;
    } else {
      middle.notNull = false;
      const bool byDefault =
          column.fill >= 0 && f_.fills[static_cast<size_t>(column.fill)].byDefault;
      if (!byDefault) middle.defaultSql.clear();
      withDefault = byDefault;
    }
    middle.autoIncrement = false;  // the old key is what the database counts, until contract
    auto& node = c_.add(Transition::columnAdd, table, table + "." + middle.name,
                        columnTitle(table, middle), change, cause);
    AddColumn add{table, middle, {}, {}};
    if (withDefault) add.column.defaultSql.clear();
    if (auto at = brought_.checks.find(middle.name); at != brought_.checks.end())
      add.check = at->second;
    if (auto at = brought_.foreignKeys.find(middle.name); at != brought_.foreignKeys.end()) {
      add.foreignKey = at->second;
      needs.push_back("table:" + at->second.table);
      needs.push_back("unique:" + at->second.table);
    }
    node.rebuild = volatileDefault && !c_.traits.addColumnWithVolatileDefault;
    const Column bare = add.column;
    node.operations.push_back(std::move(add));
    node.provides.push_back("column:" + table + "." + middle.name);
    node.needs = std::move(needs);
    if (withDefault && uniqueAhead(c_, f_) && f_.to->primaryKey.front() == column.column->name) {
      // Its unique index is built while nothing is in it.
      auto& later = c_.add(Transition::columnAdd, table, table + "." + middle.name + " default",
                           fmt::format("{}.{} default {}", table, middle.name, middle.defaultSql),
                           change, cause);
      later.operations.push_back(AlterColumn{table, bare, middle});
      later.needs.push_back("unique:" + f_.to->name);
    } else if (withDefault) {
      node.operations.push_back(AlterColumn{table, bare, middle});
    }

    const auto& is = *column.column;
    if (is.notNull && !middle.notNull && column.source != NewColumn::Source::computed)
      require(column, change, cause);
    if (is.notNull && column.source == NewColumn::Source::computed) {
      addVerify(
          c_, f_, table + "." + is.name + " required", countNulls(table, column.middle, c_.traits),
          fmt::format("rows of {} where {} comes out empty", table, column.middle), change, cause);
      addGuard(
          c_, f_, is.name, is.name, false,
          fmt::format("{}.{} would be empty in version {}", f_.to->name, is.name, c_.b().version),
          change, cause);
    }
    Column state = *column.column;
    state.notNull = middle.notNull;
    state.defaultSql = middle.defaultSql;
    state.autoIncrement = false;
    if (!is.notNull && column.source == NewColumn::Source::added &&
        state.defaultSql != is.defaultSql)
      exchangeDefault(column, state);
    settle(column, state, change, cause);
  }

  void swapNames() {
    const auto& table = f_.from->name;
    std::vector<Operation> operations;
    std::vector<std::string> names;
    for (const auto& column : f_.old) {
      if (column.after != column.column->name)
        operations.push_back(RenameColumn{table, column.column->name, column.after});
    }
    size_t change = Node::kNoChange;
    Span cause;
    for (const auto& column : f_.fresh) {
      if (column.middle == column.column->name) continue;
      operations.push_back(RenameColumn{table, column.middle, column.column->name});
      names.push_back(column.column->name);
      if (change == Node::kNoChange) {
        change = changeOfNew<diff::ConvertProperty>(column);
        cause = causeOfNew(column);
      }
    }
    auto& node =
        c_.add(Transition::namesSwap, table, table,
               fmt::format("{}: the new {} takes over the name", table, joined(names, ", ")),
               change, cause);
    node.operations = std::move(operations);
  }

  Context& c_;
  const TableForms& f_;
  const Brought& brought_;
};

// Which of the given tables refer to which. Tables that refer to each other in a circle have no
// order among them: they come and go in one step.
class References {
public:
  explicit References(const std::vector<const Table*>& all) {
    for (const auto* table : all) byName_[table->name] = table;
    for (const auto& [name, table] : byName_) {
      if (!found_.count(name)) visit(*table);
    }
  }
  // Those outside its own circle.
  std::vector<std::string> of(const Table& table) {
    std::vector<std::string> out;
    for (const auto& fk : table.foreignKeys) {
      if (byName_.count(fk.table) && circle_[fk.table] != circle_[table.name])
        out.push_back(fk.table);
    }
    return out;
  }
  // "" for a table that is in no circle with others.
  std::string circle(const Table& table) {
    return size_[circle_[table.name]] > 1 ? circle_[table.name] : std::string();
  }

private:
  // Tarjan: the strongly connected components.
  size_t visit(const Table& table) {
    const size_t mine = found_[table.name] = found_.size() + 1;
    size_t low = mine;
    stack_.push_back(table.name);
    for (const auto& fk : table.foreignKeys) {
      const auto target = byName_.find(fk.table);
      if (target == byName_.end() || circle_.count(fk.table)) continue;
      const auto at = found_.find(fk.table);
      low = std::min(low, at == found_.end() ? visit(*target->second) : at->second);
    }
    if (low != mine) return low;
    for (std::string last; last != table.name;) {
      last = stack_.back();
      stack_.pop_back();
      circle_[last] = table.name;
      ++size_[table.name];
    }
    return low;
  }
  std::map<std::string, const Table*> byName_;
  std::map<std::string, size_t> found_, size_;
  std::vector<std::string> stack_;
  std::map<std::string, std::string> circle_;
};

void createTables(Context& c, const std::vector<std::pair<ir::EntityId, const Table*>>& created) {
  std::vector<const Table*> all;
  for (const auto& [entity, table] : created) all.push_back(table);
  References references(all);
  std::vector<std::tuple<catalog::ForeignKey, catalog::ForeignKey, std::string, size_t, Span>>
      changes;
  for (const auto& [entity, table] : created) {
    const auto change = pickChange<diff::AddEntity>(c.changes, c.causes.entityTo[entity.index()]);
    auto& node = c.add(Transition::tableCreate, table->name, table->name, table->name, change,
                       c.b()[entity].span);
    Table first = *table;
    for (auto& fk : first.foreignKeys) {
      if (!changesOver(c, fk.table)) continue;
      auto now = referenceOfNew(c, *table, fk);
      if (!now) continue;
      changes.emplace_back(*now, fk, table->name, change, c.b()[entity].span);
      fk = std::move(*now);
    }
    node.operations.push_back(CreateTable{std::move(first)});
    node.provides.push_back("table:" + table->name);
    node.group = references.circle(*table);
    if (!node.group.empty()) node.group = "create " + node.group;
    for (const auto& target : references.of(*table)) node.needs.push_back("table:" + target);
    const bool ofView = c.isOldView(table->name);
    if (ofView || (c.plan.before.findTable(table->name) && !c.newTableOf.count(table->name))) {
      c.sink.add(report<Code::EVO052>(c.b()[entity].span, c.b()[entity].name, table->name)
                     .under(ofView ? "a view has this name until contract"
                                   : "another table has this name until contract")
                     .help("give the new entity another table with `@table(\"…\")`, or publish two "
                           "versions: first one that "
                           "frees the name"));
    }
  }
  for (const auto& [now, then, table, change, cause] : changes)
    changeOver(c, table, table, now, then, change, cause);
}

void dropTables(Context& c, const std::vector<std::pair<ir::EntityId, const Table*>>& dropped) {
  std::vector<const Table*> all;
  for (const auto& [entity, table] : dropped) all.push_back(table);
  References references(all);
  for (const auto& [entity, table] : dropped) {
    const auto change =
        pickChange<diff::DropEntity>(c.changes, c.causes.entityFrom[entity.index()]);
    Span cause;
    if (c.changes.migration) {
      for (const auto& approval : c.changes.migration->approvals) {
        if (approval.from.entity == c.a()[entity].name && approval.from.property.empty())
          cause = approval.span;
      }
    }
    auto& node = c.add(Transition::tableDrop, table->name, table->name,
                       table->name + " and its rows", change, cause);
    node.operations.push_back(DropTable{*table});
    node.needs.push_back("unreferred:" + table->name);
    node.group = references.circle(*table);
    if (!node.group.empty()) node.group = "drop " + node.group;
    for (const auto& target : references.of(*table))
      node.provides.push_back("unreferred:" + target);
  }
  for (const auto& [entity, table] : dropped) {
    for (auto fk : table->foreignKeys) {
      fk.table = c.tableAfter(fk.table);
      if (changesOver(c, fk.table))
        changeOver(c, table->name, table->name, fk, std::nullopt, Node::kNoChange, Span{});
    }
  }
}

// Entities that a change speaks of, itself or through a property or an enum.
std::vector<bool> touched(const Context& c) {
  std::vector<bool> out(c.b().entities.size(), false);
  for (size_t e = 0; e < out.size(); ++e) {
    const auto& entity = c.b()[ir::EntityId(static_cast<uint32_t>(e))];
    bool any = !c.causes.entityTo[e].empty() ||
               c.plan.after.lookers.contains(c.to.table(ir::EntityId(static_cast<uint32_t>(e))));
    for (auto id : entity.properties) {
      any = any || !c.causes.propertyTo[id.index()].empty();
      const auto& type = c.b()[id].type;
      any = any || (type.scalar == ir::Scalar::enumeration && type.enumeration &&
                    !c.causes.enumTo[type.enumeration.index()].empty());
    }
    out[e] = any;
  }
  if (c.changes.migration) {
    for (const auto& rule : c.changes.migration->transforms) {
      if (auto id = c.b().findEntity(rule.toEntity)) out[id->index()] = true;
      const auto was = c.a().findEntity(rule.fromEntity);  // of a split the whole
      const auto is = was ? c.changes.matching.entityTo[was->index()] : ir::EntityId();
      if (is) out[is.index()] = true;
    }
  }
  return out;
}

}  // namespace

Node& Context::add(Transition transition, std::string table, std::string element, std::string title,
                   size_t change, Span cause) {
  Node node;
  node.transition = transition;
  node.table = std::move(table);
  node.element = std::move(element);
  node.title = std::move(title);
  node.change = change;
  node.cause = cause;
  if (change != Node::kNoChange)
    node.compatibility = diff::classify(changes.changes[change], changes);
  nodes.push_back(std::move(node));
  return nodes.back();
}

void addTargets(Context& c) {
  std::vector<std::pair<ir::EntityId, const Table*>> created, dropped;
  std::vector<std::pair<ir::EntityId, ir::EntityId>> both;
  for (uint32_t e = 0; e < c.b().entities.size(); ++e) {
    const ir::EntityId to(e), from = c.changes.matching.entityFrom[e];
    const auto* now = c.plan.after.findTable(c.to.table(to));
    const auto* was = from ? c.plan.before.findTable(c.from.table(from)) : nullptr;
    if (now && was) {
      both.emplace_back(from, to);
      if (was->name != now->name) {
        c.newTableOf[was->name] = now->name;
        c.oldTableOf[now->name] = was->name;
      }
    } else if (now) {
      created.emplace_back(to, now);
    } else if (was) {
      dropped.emplace_back(from, was);
    }
  }
  for (uint32_t e = 0; e < c.a().entities.size(); ++e) {
    const ir::EntityId from(e);
    const auto* was = c.plan.before.findTable(c.from.table(from));
    if (was && !c.changes.matching.entityTo[e]) dropped.emplace_back(from, was);
  }
  const auto speaksOf = touched(c);
  std::vector<std::unique_ptr<TableForms>> all;
  for (const auto& [from, to] : both) {
    if (!speaksOf[to.index()] && sameTable(*c.plan.before.findTable(c.from.table(from)),
                                           *c.plan.after.findTable(c.to.table(to)))) {
      continue;
    }
    auto forms = tableForms(c, from, to);
    if (!forms) continue;
    all.push_back(std::make_unique<TableForms>(std::move(*forms)));
    c.forms[all.back()->to->name] = all.back().get();
  }
  createTables(c, created);
  dropTables(c, dropped);
  for (const auto& forms : all) checkReferences(c, *forms);
  for (const auto& forms : all) {
    const auto brought = addConstraints(c, *forms);
    Columns(c, *forms, brought).run();
    addKey(c, *forms);
    verifyTargets(c, *forms);
    addSync(c, *forms);
    addLinks(c, *forms);
    addParts(c, *forms);
    addIndexes(c, *forms);
    addFace(c, *forms);
    addAccess(c, *forms);
  }
  addCascades(c);
  addWatched(c, created);
  c.forms.clear();
}

}  // namespace cambium::plan
