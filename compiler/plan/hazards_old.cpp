// What applications of the old version meet beside the new one: what is no longer refused, what is
// filled for them, and values that they do not know.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/names.h"
#include "compiler/plan/hazards.h"
#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

// Whether a property of both versions has the enum.
bool isUsed(const Context& c, ir::EnumId enumeration) {
  for (uint32_t p = 0; p < c.b().properties.size(); ++p) {
    const ir::PropertyId id(p);
    const auto& type = c.b()[id].type;
    if (type.scalar == ir::Scalar::enumeration && type.enumeration == enumeration &&
        c.changes.matching.propertyFrom[p] && !c.to.columnsOf(id).empty())
      return true;
  }
  return false;
}

bool hasTags(const Context& c, const std::string& group) {
  const auto entity = c.b().findEntity(group);
  return entity && c.changes.matching.entityFrom[entity->index()];
}

}  // namespace

OldApplications::OldApplications(const Context& c, const SyncDuties& duties)
    : c_(c), duties_(duties) {
  const auto loosens = [&](ir::PropertyId from) {
    for (const auto& column : c.from.columnsOf(from))
      loosened_.insert(catalog::derivedName("ck", {c.from.table(c.a()[from].entity), column},
                                            c.traits.maxIdentifierBytes));
  };
  std::string grown;
  for (const auto& change : c.changes.changes) {
    if (const auto* x = std::get_if<diff::RelaxRefinement>(&change)) loosens(x->from);
    if (const auto* x = std::get_if<diff::TightenRefinement>(&change); x && x->alsoRelaxes)
      loosens(x->from);
    if (const auto* x = std::get_if<diff::DropCheck>(&change)) {
      const auto& table = c.from.table(x->entity);
      gone_.emplace(table, checkName(c.a()[x->entity], x->check, table, c.traits));
    }
    if (const auto* x = std::get_if<diff::EnumAddValue>(&change); x && isUsed(c, x->enumeration))
      unknown_.push_back(fmt::format("`{}` of `{}`", x->value, c.b()[x->enumeration].name));
    if (const auto* x = std::get_if<diff::AddTag>(&change); x && hasTags(c, x->group))
      unknown_.push_back(fmt::format("tag `{}` of `{}`", x->tag, x->group));
    const auto* grows = std::get_if<diff::ConvertProperty>(&change);
    if (!grows || !grows->lossless || grows->transform != diff::ConvertProperty::kNoTransform)
      continue;
    const auto& property = c.a()[grows->from];
    for (const auto& column : c.from.columnsOf(grows->from))
      growing_.emplace(c.from.table(property.entity), column);
    grown += fmt::format("{}`{}.{}`", grown.empty() ? "values beyond their old types in " : ", ",
                         c.a()[property.entity].name, property.name);
  }
  // References take the type of the key that they lead to.
  for (uint32_t p = 0; p < c.b().properties.size(); ++p) {
    const ir::PropertyId to(p), from = c.changes.matching.propertyFrom[p];
    if (from && c.b()[to].kind == ir::PropertyKind::reference && !grown.empty())
      for (const auto& column : c.from.columnsOf(from))
        if (std::ranges::find(c.to.columnsOf(to), column) != c.to.columnsOf(to).end() &&
            refersBySame(c, from, to))
          growing_.emplace(c.from.table(c.a()[from].entity), column);
  }
  if (!grown.empty()) unknown_.push_back(std::move(grown));
  for (const auto& step : c.plan.steps) {
    if (step.phase != Phase::expand) continue;
    const auto refers = [&](const std::string& table, const catalog::ForeignKey& fk) {
      for (const auto& column : fk.columns) refers_.emplace(std::pair(table, column), fk.table);
    };
    for (const auto& operation : step.operations) {
      if (const auto* op = std::get_if<AddColumn>(&operation); op && op->foreignKey)
        refers(op->table, *op->foreignKey);
      if (const auto* op = std::get_if<AddForeignKey>(&operation))
        refers(op->table, op->foreignKey);
      if (const auto* op = std::get_if<RebuildTable>(&operation))
        for (const auto& fk : op->to.foreignKeys) refers(op->to.name, fk);
    }
  }
}

void OldApplications::add(Step& step) const {
  noLongerRefused(step);
  filled(step);
  unknown(step);
}

// The check that a column's type, enum and refinement make together.
bool OldApplications::isOwn(const std::string& table, const std::string& check) const {
  const auto* was = c_.plan.before.findTable(table);
  return was && std::ranges::any_of(was->columns, [&](const catalog::Column& column) {
           return check ==
                  catalog::derivedName("ck", {table, column.name}, c_.traits.maxIdentifierBytes);
         });
}

OldApplications::Freed OldApplications::freed(const std::string& table,
                                              const catalog::Check& check) const {
  const auto* was = c_.plan.before.findTable(table);
  if (!was ||
      std::ranges::find(was->checks, check.name, &catalog::Check::name) == was->checks.end())
    return Freed::no;
  if (gone_.contains({table, check.name})) return Freed::forGood;
  // Of a type that only grows it is the values that matter.
  if (isOwn(table, check.name)) return loosened_.contains(check.name) ? Freed::forGood : Freed::no;
  // Over columns that move: the new version's stands beside it, or guards from VALIDATE on.
  return check.isExclusion() ? Freed::no : Freed::untilValidate;
}

void OldApplications::noLongerRefused(Step& step) const {
  if (step.phase == Phase::contract) return;
  std::set<std::pair<std::string, std::string>> checks;  // table, SQL: of those that come
  std::set<std::pair<std::string, std::vector<std::string>>> references;  // table, columns
  const auto come = [&](const std::string& table, const catalog::Table& form) {
    for (const auto& check : form.checks) checks.emplace(table, check.sql);
    for (const auto& fk : form.foreignKeys) references.emplace(table, fk.columns);
  };
  for (const auto& operation : step.operations) {
    if (const auto* op = std::get_if<AddCheck>(&operation))
      checks.emplace(op->table, op->check.sql);
    if (const auto* op = std::get_if<AddForeignKey>(&operation))
      references.emplace(op->table, op->foreignKey.columns);
    if (const auto* op = std::get_if<RebuildTable>(&operation)) come(op->from.name, op->to);
  }
  std::vector<std::string> forGood, forNow;
  const auto check = [&](const std::string& table, const catalog::Check& one) {
    if (checks.contains({table, one.sql})) return;
    const Freed how = freed(table, one);
    if (how == Freed::forGood) forGood.push_back("`" + one.name + "`");
    if (how == Freed::untilValidate) forNow.push_back("`" + one.name + "`");
  };
  const auto reference = [&](const std::string& table, const catalog::ForeignKey& fk) {
    if (!references.contains({table, fk.columns}))
      addHazard<Code::LCK009>(
          step, fmt::format("the database no longer looks whether `{}.{}` refers to a row", table,
                            joined(fk.columns, ", ")));
  };
  for (const auto& operation : step.operations) {
    if (const auto* op = std::get_if<DropCheck>(&operation)) check(op->table, op->check);
    if (const auto* op = std::get_if<DropForeignKey>(&operation))
      reference(op->table, op->foreignKey);
    if (const auto* op = std::get_if<RebuildTable>(&operation)) {
      for (const auto& one : op->from.checks) check(op->from.name, one);
      for (const auto& fk : op->from.foreignKeys) reference(op->from.name, fk);
    }
  }
  const auto tell = [&](const std::vector<std::string>& names, const char* how) {
    if (!names.empty())
      addHazard<Code::LCK009>(
          step, fmt::format(fmt::runtime(how), names.size() > 1 ? "s" : "", joined(names, ", ")));
  };
  tell(forGood, "the database no longer refuses what check{} {} refused");
  tell(forNow, "until VALIDATE the database does not refuse what check{} {} refused");
}

// A trigger gives a value to what old applications leave empty, or to what only the new one has.
void OldApplications::filled(Step& step) const {
  if (step.kind != ElementKind::sync || step.phase != Phase::expand) return;
  // The title begins with the table, and a name may have these signs in it.
  const std::string title = step.title;
  for (size_t end = title.find_first_of(".:"); end != std::string::npos;
       end = title.find_first_of(".:", end + 1)) {
    const auto duties = duties_.find(std::string_view(title).substr(0, end));
    if (duties == duties_.end()) continue;
    for (const auto* duty : duties->second) filled(step, *duty);
  }
}

void OldApplications::filled(Step& step, const SyncDuty& duty) const {
  const bool fills = duty.inputs.empty();
  const auto columns = joined(duty.to, ", ");
  const auto title =
      fills ? fmt::format("{}.{} filled ", duty.table, columns)
            : fmt::format("{}: {} and {} ", duty.table, joined(duty.inputs, ", "), columns);
  if (!step.title.starts_with(title)) return;
  const auto* was = c_.plan.before.findTable(duty.table);
  // What the old version refers to by the columns that it is made of.
  std::vector<const catalog::ForeignKey*> referred;
  for (size_t i = 0; was && i < was->foreignKeys.size(); ++i)
    if (std::ranges::find(duty.inputs, was->foreignKeys[i].columns.front()) != duty.inputs.end())
      referred.push_back(&was->foreignKeys[i]);
  for (const auto& column : duty.to) {
    const auto refers = refers_.find({duty.table, column});
    if (refers == refers_.end()) continue;
    const auto& target = refers->second;
    if (!referred.empty() &&
        std::ranges::all_of(referred, [&](const auto* fk) { return fk->table == target; }))
      continue;
    addHazard<Code::LCK002>(step, fmt::format("`{}.{}` {}that refers to nothing", duty.table,
                                              column, fills ? "filled with a value " : ""));
    // Old applications delete nothing of a table that comes in this version.
    if (c_.plan.before.findTable(target))
      addHazard<Code::LCK002>(
          step, fmt::format("a row of `{}` that goes while `{}.{}` refers to it", target,
                            duty.table, column));
  }
  if (fills && was && was->findColumn(columns))
    addHazard<Code::LCK009>(step,
                            fmt::format("an empty `{}.{}` is read back as it was filled, after "
                                        "an undo, too",
                                        duty.table, columns));
}

void OldApplications::unknown(Step& step) const {
  const bool switches = std::ranges::any_of(step.operations, [](const Operation& operation) {
    return std::holds_alternative<SwitchVersion>(operation);
  });
  if (switches && !unknown_.empty()) addHazard<Code::LCK016>(step, joined(unknown_, ", "));
}

}  // namespace cambium::plan
