#include "compiler/plan/middle.h"
#include "compiler/catalog/names.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/base/result.h"
#include "compiler/plan/blank.h"
#include "compiler/plan/growth.h"
#include "compiler/plan/values.h"

namespace cambium::plan {
namespace {

using ir::ExprKind;
using ir::PropertyId;

bool contains(const std::vector<std::string>& list, std::string_view x) {
  return std::find(list.begin(), list.end(), x) != list.end();
}

bool isConstant(const ir::Expr& e) {
  if (e.kind == ExprKind::literal || e.kind == ExprKind::member) return true;
  if (e.kind != ExprKind::unary && e.kind != ExprKind::list) return false;
  return std::all_of(e.args.begin(), e.args.end(), isConstant);
}

// Works out one table; the members are its state.
class Forms {
public:
  Forms(Context& c, ir::EntityId a, ir::EntityId b) : c_(c), a_(c.a()[a]), b_(c.b()[b]) {
    f_.oldEntity = a;
    f_.newEntity = b;
  }

  std::optional<TableForms> run() {
    f_.from = c_.plan.before.findTable(c_.from.table(f_.oldEntity));
    f_.to = c_.plan.after.findTable(c_.to.table(f_.newEntity));
    if (!f_.from || !f_.to) return std::nullopt;
    const auto errors = c_.sink.errorCount();
    listColumns();
    transforms();
    pairs();
    checkNames(c_, f_);
    computedOverComputed();
    shadows();
    fills();
    leaveBlank(c_, f_);
    relax();
    checkKey(c_, f_);
    if (c_.sink.errorCount() != errors) return std::nullopt;
    return std::move(f_);
  }

private:
  void listColumns() {
    for (PropertyId id : a_.properties) {
      for (const auto& name : c_.from.columnsOf(id)) {
        if (const auto* column = f_.from->findColumn(name))
          f_.old.push_back({column, id, false, false, -1, name});
      }
    }
    for (PropertyId id : b_.properties) {
      for (const auto& name : c_.to.columnsOf(id)) {
        if (const auto* column = f_.to->findColumn(name)) {
          NewColumn fresh;
          fresh.column = column;
          fresh.property = id;
          fresh.middle = name;
          f_.fresh.push_back(std::move(fresh));
        }
      }
    }
  }

  OldColumn* old(std::string_view name) { return const_cast<OldColumn*>(f_.findOld(name)); }
  NewColumn* fresh(std::string_view name) { return const_cast<NewColumn*>(f_.findNew(name)); }

  void join(Group group) {
    const int index = static_cast<int>(f_.groups.size());
    for (const auto& name : group.from) old(name)->group = index;
    for (const auto& name : group.to) {
      fresh(name)->group = index;
      fresh(name)->source = NewColumn::Source::moved;
    }
    for (const auto& name : group.from) {
      if (!contains(group.inputs, name)) group.inputs.push_back(name);
    }
    f_.groups.push_back(std::move(group));
  }

  // The column of a property that a transform speaks of; empty after an error.
  std::string single(const ir::Model& model, ir::EntityId entity, const catalog::Lowered& lowered,
                     const std::string& name) {
    auto id = model.findProperty(entity, name);
    if (!id || lowered.columnsOf(*id).size() != 1) return {};
    return lowered.columnsOf(*id).front();
  }

  auto renderer(std::vector<ir::Expr> list, const ir::Model& model, const catalog::Lowered& lowered,
                ir::EntityId entity) {
    const auto* m = &model;
    const auto* l = &lowered;
    const auto* t = &c_.traits;
    return [list = std::move(list), m, l, t, entity](const ColumnSql& column) {
      std::vector<std::string> out;
      for (const auto& e : list) out.push_back(render(e, *m, *l, entity, *t, column));
      return out;
    };
  }

  void transforms() {
    if (!c_.changes.migration) return;
    const auto& rules = c_.changes.migration->transforms;
    for (size_t i = 0; i < rules.size(); ++i) {
      if (rules[i].by.empty() && rules[i].fromEntity == a_.name && rules[i].toEntity == b_.name) {
        transform(rules[i], i);
      }
    }
  }

  void transform(const ir::TransformRule& rule, size_t index) {
    Group group;
    group.cause = rule.span;
    group.change = changeOfTransform(index, rule);
    std::vector<ir::Expr> up, down;
    for (const auto& assignment : rule.up) {
      auto column = single(c_.b(), f_.newEntity, c_.to, assignment.property);
      if (column.empty()) return;  // told by whoever checked the migration
      group.to.push_back(column);
      up.push_back(assignment.value);
      for (const auto& used : ir::propertiesUsed(assignment.value)) {
        if (auto id = c_.a().findProperty(f_.oldEntity, used)) {
          for (const auto& name : c_.from.columnsOf(*id)) {
            if (!contains(group.inputs, name)) group.inputs.push_back(name);
          }
        }
      }
    }
    for (const auto& name : rule.from) {
      auto id = c_.a().findProperty(f_.oldEntity, name);
      auto column = single(c_.a(), f_.oldEntity, c_.from, name);
      if (!id || column.empty()) return;
      auto match = c_.changes.matching.propertyTo[id->index()];
      const bool kept = match && !contains(rule.to, c_.b()[match].name);
      if (kept) continue;  // the new version writes it itself
      group.from.push_back(column);
      if (!approved(ir::ApprovalKind::narrow, rule.fromEntity, name))
        group.precious.push_back(column);
      for (const auto& assignment : rule.down) {
        if (assignment.property == name) down.push_back(assignment.value);
      }
      for (const auto& candidate : f_.old) {
        if (candidate.column->name != column || down.size() == group.from.size()) continue;
        needsWayBack(candidate, rule, name);
      }
    }
    group.up = group.bareUp = renderer(std::move(up), c_.a(), c_.from, f_.oldEntity);
    if (!group.from.empty() && down.size() == group.from.size()) {
      group.down = renderer(std::move(down), c_.b(), c_.to, f_.newEntity);
    }
    join(std::move(group));
  }

  bool approved(ir::ApprovalKind kind, const std::string& entity, const std::string& property) {
    const auto& list = c_.changes.migration->approvals;
    return std::any_of(list.begin(), list.end(), [&](const ir::ApprovalRule& rule) {
      return rule.kind == kind && rule.from.entity == entity && rule.from.property == property;
    });
  }

  // Without `down` the old column stays empty in rows of new applications: only if it may be, or
  // its loss is approved.
  void needsWayBack(const OldColumn& column, const ir::TransformRule& rule,
                    const std::string& name) {
    if (!column.column->notNull || approved(ir::ApprovalKind::drop, rule.fromEntity, name)) return;
    c_.sink.add(
        report<Code::EVO053>(rule.span, a_.name, name)
            .under("no `down`")
            .help(fmt::format(
                "add `down` so that applications of the old version see what new ones write, or "
                "say `approve drop {}.{} \"…\"`",
                a_.name, name)));
  }

  size_t changeOfTransform(size_t index, const ir::TransformRule& rule) {
    for (const auto& name : rule.to) {
      if (auto id = c_.b().findProperty(f_.newEntity, name)) {
        const auto& list = c_.causes.propertyTo[id->index()];
        if (!list.empty()) return list.front();
      }
    }
    for (size_t i = 0; i < c_.changes.changes.size(); ++i) {
      const auto* change = std::get_if<diff::TransformProperties>(&c_.changes.changes[i]);
      if (change && change->transform == index) return i;
    }
    return Node::kNoChange;
  }

  // Properties of both versions that no transform speaks of.
  void pairs() {
    for (PropertyId to : b_.properties) {
      PropertyId from = c_.changes.matching.propertyFrom[to.index()];
      if (!from || c_.a()[from].kind != c_.b()[to].kind) continue;  // links.cpp
      const auto& oldNames = c_.from.columnsOf(from);
      const auto& newNames = c_.to.columnsOf(to);
      if (newNames.empty() || f_.findNew(newNames.front())->group >= 0) continue;
      const auto& changes = c_.causes.propertyTo[to.index()];
      const bool elsewhere = findChange<diff::ChangeTarget>(c_.changes, changes);
      if (!elsewhere && lookUp(from, to, oldNames, newNames)) continue;
      if (elsewhere || oldNames.size() != newNames.size()) {
        c_.sink.add(report<Code::EVO051>(c_.b()[to].span, b_.name, c_.b()[to].name)
                        .help("add a new reference beside it, fill it, and drop this one in a "
                              "later version"));
        continue;
      }
      pair(from, to, oldNames, newNames, changes);
    }
  }

  // A reference by another key, all of whose columns are others.
  bool lookUp(PropertyId from, PropertyId to, const std::vector<std::string>& oldNames,
              const std::vector<std::string>& newNames) {
    const auto& property = c_.b()[to];
    if (property.kind != ir::PropertyKind::reference || refersBySame(c_, from, to)) return false;
    const auto was = c_.changes.matching.entityFrom[property.target.index()];
    if (!was || !c_.plan.before.findTable(c_.from.table(was)) ||
        !c_.plan.after.findTable(c_.to.table(property.target)))
      return false;
    const auto names = [](const std::vector<std::string>& columns, const ir::Model& model,
                          const catalog::Lowered& lowered, ir::EntityId target) {
      return columns.size() == keyColumns(model, lowered, target).size();
    };
    if (!names(oldNames, c_.a(), c_.from, was) || !names(newNames, c_.b(), c_.to, property.target))
      return false;
    Group group;
    group.from = group.inputs = oldNames;
    group.to = newNames;
    group.lookedUpIn = c_.to.table(property.target);
    group.up = group.down = [](const ColumnSql&) { return std::vector<std::string>(); };
    group.fromEach = group.oneToOne = true;
    const auto& changes = c_.causes.propertyTo[to.index()];
    const auto& ofTarget = c_.causes.entityTo[property.target.index()];
    group.change =
        changes.empty() ? pickChange<diff::ChangeKey>(c_.changes, ofTarget) : changes.front();
    group.cause = causeOfRename(from, property.span);
    join(std::move(group));
    return true;
  }

  void pair(PropertyId from, PropertyId to, const std::vector<std::string>& oldNames,
            const std::vector<std::string>& newNames, const std::vector<size_t>& changes) {
    const auto& property = c_.b()[to];
    const auto moves = valueMoves(c_, property);
    if (!moves.empty() && property.type.list) {
      c_.sink.add(report<Code::EVO055>(property.span, b_.name, property.name,
                                       property.type.scalar == ir::Scalar::enumeration
                                           ? c_.b()[property.type.enumeration].name
                                           : std::string())
                      .help("keep the old name of the value, or write a `convert` with both "
                            "directions for this property"));
      return;
    }
    const bool computedBefore = !f_.findOld(oldNames.front())->column->generatedSql.empty();
    const bool computedAfter = !f_.findNew(newNames.front())->column->generatedSql.empty();
    if (computedAfter) {
      const auto &was = *f_.findOld(oldNames.front())->column,
                 &is = *f_.findNew(newNames.front())->column;
      auto moved = [&](const std::string& name) { return c_.quote(name); };
      const bool same = was.name == is.name && was.type == is.type && was.stored == is.stored &&
                        substitute(was.generatedSql, c_.traits, moved) == is.generatedSql &&
                        inputsKept(is.generatedSql);
      fresh(newNames.front())->source =
          same ? NewColumn::Source::kept : NewColumn::Source::computed;
      old(oldNames.front())->kept = same;
      return;
    }
    if (computedBefore) {
      c_.sink.add(
          report<Code::EVO054>(property.span, b_.name, property.name)
              .help(
                  "give the stored property a new name with a `fill`, and drop the computed one"));
      return;
    }
    // Of the columns of a reference some may keep their name and type.
    Group group;
    for (size_t i = 0; i < oldNames.size(); ++i) {
      const auto *was = f_.findOld(oldNames[i])->column, *is = f_.findNew(newNames[i])->column;
      const bool stays = was->type == is->type || growsAtOnce(c_, *f_.from, *f_.to, *was, *is) ||
                         growsInPlace(c_, from, to, i);
      if (moves.empty() && was->name == is->name && stays) {
        old(oldNames[i])->kept = true;
        fresh(newNames[i])->source = NewColumn::Source::kept;
      } else {
        group.from.push_back(oldNames[i]);
        group.to.push_back(newNames[i]);
      }
    }
    if (group.to.empty()) return;
    group.change = changes.empty() ? Node::kNoChange : changes.front();
    group.cause = causeOfRename(from, property.span);
    group.fromEach = true;
    if (moves.empty() && hasMoreDigits(c_.a()[from].type, property.type)) {
      const auto& was = c_.a()[from].type;
      group.up = [names = group.from](const ColumnSql& column) { return each(names, column); };
      group.down = renderer({rounded(property, was)}, c_.b(), c_.to, f_.newEntity);
      group.oneToOne = true;
    } else if (moves.empty()) {
      group.identity = group.oneToOne = true;
      group.up = [from = group.from](const ColumnSql& column) { return each(from, column); };
      group.down = [to = group.to](const ColumnSql& column) { return each(to, column); };
    } else {
      std::vector<std::pair<std::string, std::string>> forth, back;
      for (const auto& move : moves) {
        forth.emplace_back(move.from, move.to);
        if (!move.merged) back.emplace_back(move.to, move.from);
      }
      group.oneToOne = forth.size() == back.size();
      const auto &oldProperty = c_.a()[from], &newProperty = property;
      group.up = renderer({valueCase(oldProperty.name, oldProperty.type, newProperty.type, forth)},
                          c_.a(), c_.from, f_.oldEntity);
      group.down = renderer({valueCase(newProperty.name, newProperty.type, oldProperty.type, back)},
                            c_.b(), c_.to, f_.newEntity);
      if (group.change == Node::kNoChange) group.change = moves.front().change;
    }
    join(std::move(group));
  }

  static std::vector<std::string> each(const std::vector<std::string>& names,
                                       const ColumnSql& column) {
    std::vector<std::string> out;
    for (const auto& name : names) out.push_back(column(name));
    return out;
  }

  // A computed column that reads one which is computed anew is itself computed anew, and so on.
  void computedOverComputed() {
    for (bool grown = true; grown;) {
      grown = false;
      for (auto& column : f_.fresh) {
        if (column.source != NewColumn::Source::kept || column.column->generatedSql.empty())
          continue;
        for (const auto& name : identifiersIn(column.column->generatedSql, c_.traits)) {
          const auto* input = f_.findNew(name);
          if (!input || input->source != NewColumn::Source::computed) continue;
          column.source = NewColumn::Source::computed;
          old(column.column->name)->kept = false;
          grown = true;
          break;
        }
      }
    }
  }

  // A computed column is the same only if what it reads is the same.
  bool inputsKept(const std::string& generated) {
    for (const auto& name : identifiersIn(generated, c_.traits)) {
      const auto* input = f_.findNew(name);
      if (!input) continue;
      auto was = c_.changes.matching.propertyFrom[input->property.index()];
      if (!was || c_.from.columnsOf(was) != c_.to.columnsOf(input->property)) return false;
      if (f_.findOld(name) && f_.findOld(name)->column->type != input->column->type) return false;
      if (input->source == NewColumn::Source::moved ||
          !valueMoves(c_, c_.b()[input->property]).empty())
        return false;
    }
    return true;
  }

  Span causeOfRename(PropertyId from, Span otherwise) {
    if (!c_.changes.migration) return otherwise;
    for (const auto& rule : c_.changes.migration->renames) {
      if (rule.from.entity == a_.name && rule.from.property == c_.a()[from].name) return rule.span;
    }
    return otherwise;
  }

  void shadows() {
    for (auto& column : f_.fresh) {
      if (column.source == NewColumn::Source::added && !column.column->generatedSql.empty()) {
        column.source = NewColumn::Source::computed;
      }
      if (column.source == NewColumn::Source::kept || !f_.findOld(column.column->name)) continue;
      column.middle = freeName(column.column->name, "new");
      old(column.column->name)->after = freeName(column.column->name, "old");
    }
  }
  std::string freeName(const std::string& column, const char* suffix) {
    auto name = column + "__" + suffix;
    if (name.size() > c_.traits.maxIdentifierBytes) {
      name = catalog::derivedName(suffix, {column, "shadow"}, c_.traits.maxIdentifierBytes);
    }
    while (f_.findOld(name) || f_.findNew(name)) name += "_";
    return name;
  }

  void fills() {
    for (auto& column : f_.fresh) {
      if (column.source == NewColumn::Source::moved || column.source == NewColumn::Source::computed)
        continue;
      const auto& property = c_.b()[column.property];
      const auto* rule = fillRule(property.name);
      const bool required = column.column->notNull;
      bool byDefault = false;
      if (column.source == NewColumn::Source::kept) {
        const bool tightened = required && !f_.findOld(column.column->name)->column->notNull;
        if (!tightened || (!rule && !property.defaultValue)) continue;
      } else {
        // Where adding the column with its default would write every row under a lock, the default
        // comes behind the column, and the rows are filled in batches.
        byDefault = !rule && property.defaultValue && !isConstant(*property.defaultValue) &&
                    c_.traits.alterColumn && !c_.traits.addColumnWithVolatileDefault;
        if (!rule && (!required || !property.defaultValue) && !byDefault) continue;
        if (!rule && isConstant(*property.defaultValue) &&
            c_.traits.addColumnNotNullWithConstantDefault)
          continue;
      }
      Fill fill;
      fill.column = column.column->name;
      const auto& changes = c_.causes.propertyTo[column.property.index()];
      fill.change = changes.empty() ? Node::kNoChange : changes.front();
      fill.cause = rule ? rule->span : property.span;
      auto one = [this](const ir::Expr& e) {
        return [render = renderer({e}, c_.b(), c_.to, f_.newEntity)](const ColumnSql& sql) {
          return render(sql).front();
        };
      };
      fill.forRows = one(rule ? rule->value : *property.defaultValue);
      fill.mayBeNull = !required && rule && rule->value.type.optional;
      fill.byDefault = byDefault;
      if (required && !byDefault)
        fill.forWrites = property.defaultValue ? one(*property.defaultValue) : one(rule->value);
      column.fill = static_cast<int>(f_.fills.size());
      f_.fills.push_back(std::move(fill));
    }
    // What a transform may leave empty in a required column.
    for (auto& column : f_.fresh) {
      if (column.source != NewColumn::Source::moved || !column.column->notNull) continue;
      const auto& property = c_.b()[column.property];
      const auto* rule = fillRule(property.name);
      if (!rule && !property.defaultValue) continue;
      const auto& value = rule ? rule->value : *property.defaultValue;
      auto& group = f_.groups[static_cast<size_t>(column.group)];
      const auto at = static_cast<size_t>(
          std::find(group.to.begin(), group.to.end(), column.column->name) - group.to.begin());
      // Not comparable with what is there: a fill of its own, after the transform.
      if (!isConstant(value) || !group.lookedUpIn.empty()) {
        Fill fill;
        fill.column = column.column->name;
        fill.change = group.change;
        fill.cause = rule ? rule->span : property.span;
        auto one = [this](const ir::Expr& e) {
          return [list = renderer({e}, c_.b(), c_.to, f_.newEntity)](const ColumnSql& sql) {
            return list(sql).front();
          };
        };
        fill.forRows = one(value);
        fill.forWrites = one(property.defaultValue ? *property.defaultValue : value);
        column.fill = static_cast<int>(f_.fills.size());
        f_.fills.push_back(std::move(fill));
        continue;
      }
      const auto sql = render(value, c_.b(), c_.to, f_.newEntity, c_.traits,
                              [](const std::string& n) { return n; });
      group.filled = true;
      group.up = [up = group.up, at, sql](const ColumnSql& sqlOf) {
        auto list = up(sqlOf);
        list[at] = fmt::format("COALESCE({}, {})", list[at], sql);
        return list;
      };
    }
  }

  const ir::FillRule* fillRule(const std::string& property) {
    if (!c_.changes.migration) return nullptr;
    for (const auto& rule : c_.changes.migration->fills) {
      if (rule.to.entity == b_.name && rule.to.property == property) return &rule;
    }
    return nullptr;
  }

  void relax() {
    for (auto& column : f_.old) {
      if (!column.column->notNull || !column.column->generatedSql.empty()) continue;
      if (!column.kept && contains(f_.from->primaryKey, column.column->name) &&
          (c_.traits.triggersFillKeys || column.column->autoIncrement))
        continue;
      if (column.kept) {
        column.relaxed = !f_.findNew(column.column->name)->column->notNull;
      } else if (column.column->defaultSql.empty()) {
        column.relaxed = true;
      } else if (column.group >= 0) {
        // The default stands in until the trigger has run; but an empty new value must be able to
        // reach the old column, and so must one that the way back makes nothing of.
        const auto& group = f_.groups[static_cast<size_t>(column.group)];
        column.relaxed = !group.fromEach || mayStayEmpty(f_, group) || column.blank;
      }
    }
  }

  Context& c_;
  const ir::Entity& a_;
  const ir::Entity& b_;
  TableForms f_;
};

}  // namespace

bool TableForms::swaps() const {
  return std::any_of(fresh.begin(), fresh.end(),
                     [](const NewColumn& c) { return c.middle != c.column->name; });
}
const OldColumn* TableForms::findOld(std::string_view name) const {
  for (const auto& c : old) {
    if (c.column->name == name) return &c;
  }
  return nullptr;
}
const NewColumn* TableForms::findNew(std::string_view name) const {
  for (const auto& c : fresh) {
    if (c.column->name == name) return &c;
  }
  return nullptr;
}

std::string TableForms::oldName(const std::string& column, When when) const {
  if (when == When::before) return column;
  const auto* found = findOld(column);
  return found ? found->after : column;
}

std::string TableForms::newName(const std::string& column, When when) const {
  if (when == When::after) return column;
  const auto* found = findNew(column);
  return found ? found->middle : column;
}

std::optional<TableForms> tableForms(Context& c, ir::EntityId oldEntity, ir::EntityId newEntity) {
  return Forms(c, oldEntity, newEntity).run();
}

std::string render(const ir::Expr& e, const ir::Model& model, const catalog::Lowered& lowered,
                   ir::EntityId entity, const catalog::Traits& traits, const ColumnSql& column) {
  auto property = [&](const std::vector<std::string>& path) -> std::string {
    if (path.empty()) return "NULL";
    auto id = model.findProperty(entity, path.front());
    if (!id || lowered.columnsOf(*id).empty()) return "NULL";
    const auto& columns = lowered.columnsOf(*id);
    if (path.size() > 1 && model[*id].target) {
      const auto& key =
          model[model[*id].target].key.properties;  // a path to the target's key stays in the row
      for (size_t i = 0; i < key.size() && i < columns.size(); ++i) {
        if (model[key[i]].name == path[1]) return column(columns[i]);
      }
    }
    return column(columns.front());
  };
  auto native = [&](const std::string& sql) {
    return catalog::nativeOver(sql, catalog::columnsOf(model, lowered, entity), traits, column);
  };
  catalog::SqlContext context{model, traits, property, {}, native};
  return catalog::toSql(e, context);
}

}  // namespace cambium::plan
