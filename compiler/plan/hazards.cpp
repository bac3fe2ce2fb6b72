// What each step costs whoever works with the database meanwhile.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "compiler/base/result.h"
#include "compiler/catalog/lower_views.h"
#include "compiler/catalog/names.h"
#include "compiler/plan/hazards.h"

namespace cambium::plan {
namespace {

// What the new version's word is for both from the switch on, and applications of the old one may
// rely on.
class Meets {
public:
  Meets(const Context& c, Step& step) : c_(c), step_(step) {}

  void column(const std::string& table, const catalog::Column& from, const catalog::Column& to) {
    if (from.defaultSql != to.defaultSql && !(to.defaultSql.empty() && !to.notNull))
      say("another default of", table + "." + from.name);
  }
  void gone(const std::string& table, const catalog::Index& index) {
    const auto* old = c_.plan.before.findTable(table);
    const bool was = old && std::ranges::any_of(old->indexes, [&](const auto& other) {
                       return other.unique && other.name == index.name;
                     });
    if (was)
      say("an upsert that names it fails, values may occur twice: there is no unique", index.name);
  }
  void actsOtherwise(const std::string& table, const catalog::ForeignKey& fk) {
    say("a delete or update acts otherwise by way of", table + "." + joined(fk.columns, ", "));
  }
  void view(const std::string& name) { say("the new form of view", name); }
  // One that speaks of names that move goes when they do, not in contract.
  void leaves(const std::string& name) {
    if (c_.isOldView(name) && !c_.plan.after.findView(name)) say("there is no view", name);
  }

private:
  void say(const char* what, const std::string& of) {
    if (step_.phase == Phase::switch_)
      addHazard<Code::LCK009>(step_, fmt::format("{} `{}`", what, of));
  }
  const Context& c_;
  Step& step_;
};

// Views of both versions whose new form lacks something that the old one shows, or is another view
// altogether: a name that one gives up and another takes.
std::set<std::string> viewsThatLack(const Context& c) {
  std::set<std::string> out;
  const auto name = [&](const ir::Model& model, size_t view) {
    return catalog::cutName(catalog::viewName(model.views[view], model.naming),
                            c.traits.maxIdentifierBytes);
  };
  for (const auto& change : c.changes.changes) {
    const auto* view = std::get_if<diff::ChangeDeclaration>(&change);
    if (view && view->kind == diff::DeclarationKind::view && view->restricts)
      out.insert(name(c.b(), view->to));
    const auto* rename = std::get_if<diff::RenameDeclaration>(&change);
    if (!rename || rename->kind != diff::DeclarationKind::view) continue;
    const auto was = name(c.a(), rename->from), is = name(c.b(), rename->to);
    if (was == is) continue;
    for (const auto& given : {was, is})
      if (c.plan.before.findView(given) && c.plan.after.findView(given)) out.insert(given);
  }
  return out;
}

// Of a reference that became a many-to-many: its values are in the rows of the table between.
bool isCarried(const Context& c, const std::string& table, const std::string& column) {
  return std::ranges::any_of(c.changes.changes, [&](const diff::Change& change) {
    const auto* x = std::get_if<diff::ChangeCardinality>(&change);
    if (!x || c.b()[x->to].kind != ir::PropertyKind::many) return false;
    const auto& columns = c.from.columnsOf(x->from);
    const auto now = c.newTableOf.find(c.from.table(c.a()[x->from].entity));
    return now != c.newTableOf.end() && (now->first == table || now->second == table) &&
           std::ranges::find(columns, column) != columns.end();
  });
}

std::string keptAs(const RebuildTable& op, const std::string& column) {
  for (const auto& [name, as] : op.kept)
    if (name == column) return as;
  return {};
}

// Whether the new version's table has an index, or the key, that finds what this one found.
bool isServed(const catalog::Table& table, const catalog::Index& index) {
  const auto begins = [&](const catalog::Index& other) {
    return (other.whereSql.empty() || other.whereSql == index.whereSql) &&
           other.parts.size() >= index.parts.size() &&
           std::equal(
               index.parts.begin(), index.parts.end(), other.parts.begin(),
               [](const auto& a, const auto& b) { return a.column == b.column && a.sql == b.sql; });
  };
  catalog::Index key;
  for (const auto& column : table.primaryKey) key.parts.push_back({column, "", false});
  return begins(key) || std::ranges::any_of(table.indexes, begins);
}

// Queries over columns that go go with them.
void slower(const Context& c, Step& step, const std::string& name, const catalog::Index& index) {
  const auto* table = c.plan.after.findTable(c.tableAfter(name));
  if (!table || isServed(*table, index)) return;
  auto named = identifiersIn(index.whereSql, c.traits);
  for (const auto& part : index.parts) {
    if (!part.column.empty()) named.push_back(part.column);
    for (auto& name : identifiersIn(part.sql, c.traits)) named.push_back(std::move(name));
  }
  for (const auto& column : named)
    if (!table->findColumn(column)) return;
  std::string called = index.name;
  if (called.empty())
    for (const auto& part : index.parts) called += (called.empty() ? "" : ", ") + part.column;
  addHazard<Code::LCK014>(step, called, name);
}

void ofRebuild(Meets& meets, const RebuildTable& op) {
  for (const auto& column : op.from.columns)
    if (const auto* now = op.to.findColumn(column.name)) meets.column(op.from.name, column, *now);
  for (const auto& index : op.from.indexes) {
    const bool stays = std::ranges::any_of(
        op.to.indexes, [&](const auto& other) { return sameContent(other, index); });
    if (!stays) meets.gone(op.from.name, index);
  }
  for (const auto& fk : op.to.foreignKeys) {
    const auto was =
        std::ranges::find(op.from.foreignKeys, fk.columns, &catalog::ForeignKey::columns);
    if (was != op.from.foreignKeys.end() && *was != fk) meets.actsOtherwise(op.from.name, fk);
  }
}

void ofOperation(const Context& c, const std::set<std::string>& lacking, const OldApplications& old,
                 Step& step, const Operation& operation) {
  Meets meets(c, step);
  auto relaxed = [&](const std::string& table, const catalog::Column& from,
                     const catalog::Column& to) {
    if (from.notNull && !to.notNull && step.phase == Phase::expand)
      addHazard<Code::LCK008>(step, table + "." + from.name);
  };
  const auto keyed = [&](const std::string& table, const std::vector<std::string>& from,
                         const std::vector<std::string>& to) {
    if (step.phase == Phase::contract && from != to && !to.empty())
      addHazard<Code::LCK017>(step, table);
  };
  // What is to be the key may change until it is one, and rows that refer to it follow. A database
  // that tells no trigger of what it does to rows by itself does not do so within one table.
  const auto held = [&](const std::string& table, const catalog::ForeignKey& fk) {
    const auto* was = c.plan.before.findTable(table);
    if (step.phase != Phase::expand || c.traits.cascadesSetOffTriggers || fk.table != table ||
        fk.onUpdate != "CASCADE" || !was)
      return;
    for (const auto& column : fk.tableColumns)
      if (was->findColumn(column))
        addHazard<Code::LCK002>(
            step, fmt::format("another {}.{} of a row that others refer to", table, column));
  };
  const auto gone = [&](const std::string& what, const std::string& keptAs) {
    if (keptAs.empty())
      addHazard<Code::LCK003>(step, what);
    else
      addHazard<Code::LCK012>(step, what, keptAs, toString(c.plan.soak));
  };
  std::visit(
      Overloaded{
          [](const CreateTable&) {},
          [&](const DropTable& op) { gone(op.table.name, op.keptAs); },
          [](const RenameTable&) {},
          [&](const AddColumn& op) {
            if (op.foreignKey) held(op.table, *op.foreignKey);
          },
          [&](const DropColumn& op) {
            if (op.column.generatedSql.empty() && !isCarried(c, op.table, op.column.name))
              gone(op.table + "." + op.column.name, op.keptAs);
          },
          [&](const RenameColumn& op) {
            // The old column steps aside; the other half of the swap takes its name. The old
            // version's face, where there is one, goes on looking at the old column.
            if (const auto* table = c.plan.before.findTable(op.table);
                table && table->findColumn(op.from) && c.plan.duties.oldFaces.empty() &&
                !old.growsOnly(op.table, op.from)) {
              addHazard<Code::LCK007>(step, op.table + "." + op.from);
            }
          },
          [&](const AlterColumn& op) {
            relaxed(op.table, op.from, op.to);
            meets.column(op.table, op.from, op.to);
          },
          [&](const AlterKey& op) { keyed(op.table, op.from, op.to); },
          [](const CommentTable&) {},
          [&](const AddCheck& op) {
            if (op.check.isExclusion() && step.phase == Phase::validate)
              addHazard<Code::LCK002>(step, fmt::format("exclusion {}", op.check.name));
          },
          [](const DropCheck&) {},
          [](const RenameCheck&) {},
          [&](const AddForeignKey& op) {
            meets.actsOtherwise(op.table, op.foreignKey);
            held(op.table, op.foreignKey);
          },
          [](const DropForeignKey&) {},
          [](const ValidateCheck&) {},
          [](const ValidateForeignKey&) {},
          [&](const CreateIndex& op) {
            if (op.index.unique && step.phase == Phase::validate) {
              addHazard<Code::LCK002>(step, fmt::format("unique {}", op.index.name));
            }
          },
          [&](const DropIndex& op) {
            meets.gone(op.table, op.index);
            slower(c, step, op.table, op.index);
          },
          [](const RenameIndex&) {},
          [&](const CreateTrigger& op) {
            for (const auto& guard : c.plan.duties.guards) {
              if (guard.trigger.name == op.trigger.name && step.phase == Phase::validate) {
                addHazard<Code::LCK002>(step, guard.trigger.message);
              }
            }
          },
          [](const DropTrigger&) {},
          [&](const CreateView& op) {
            if (lacking.contains(op.view.name)) meets.view(op.view.name);
            addRights(c, step, op);
          },
          [&](const DropView& op) { meets.leaves(op.view.name); },
          [&](const RebuildTable& op) {
            addHazard<Code::LCK001>(step, op.from.name);
            ofRebuild(meets, op);
            keyed(op.from.name, op.from.primaryKey, op.to.primaryKey);
            for (const auto& index : op.from.indexes)
              if (std::ranges::find(op.to.indexes, index.name, &catalog::Index::name) ==
                  op.to.indexes.end())
                slower(c, step, op.from.name, index);
            for (const auto& column : op.from.columns) {
              const auto* now = op.to.findColumn(column.name);
              if (now)
                relaxed(op.from.name, column, *now);
              else if (column.generatedSql.empty() && !isCarried(c, op.from.name, column.name))
                gone(op.from.name + "." + column.name, keptAs(op, column.name));
            }
          },
          [](const Backfill&) {},
          [](const Verify&) {},
          [&](const WriteRow& op) {
            if (op.from && !op.to && op.moves.empty())
              addHazard<Code::LCK003>(step, op.from->table + " " + op.from->key);
            else if (op.from && op.to && op.from->key != op.to->key)
              addHazard<Code::LCK007>(step, op.from->table);
          },
          [&](const ChangePolicies& op) { addRights(c, step, op); },
          [&](const ChangeGrants& op) { addRights(c, step, op); },
          [](const CreateRole&) {},
          [](const ForgetRole&) {},
          [](const SwitchVersion&) {},
      },
      operation);
}

}  // namespace

void addHazards(const Context& c) {
  bool final = false;
  const auto lacking = viewsThatLack(c);
  SyncDuties duties;
  for (const auto& duty : c.plan.duties.syncs) duties[duty.table].push_back(&duty);
  const OldApplications old(c, duties);
  for (auto& step : c.plan.steps) {
    for (const auto& operation : step.operations) ofOperation(c, lacking, old, step, operation);
    old.add(step);
    if (step.kind == ElementKind::sync && step.phase == Phase::expand) {
      const auto of = duties.find(std::string_view(step.element).substr(0, step.element.find('.')));
      for (size_t i = 0; of != duties.end() && i < of->second.size(); ++i) {
        const SyncDuty& duty = *of->second[i];
        if (duty.both || duty.from.empty()) continue;
        if (step.title.find(joined(duty.to, ", ")) == std::string::npos) continue;
        addHazard<Code::LCK005>(step, duty.table + "." + joined(duty.to, ", "),
                                joined(duty.from, ", "));
      }
    }
    // A count may still be gone back from.
    if (step.phase == Phase::contract && step.kind != ElementKind::verification && !final) {
      final = true;
      addHazard<Code::LCK004>(step);
    }
  }
}

}  // namespace cambium::plan
