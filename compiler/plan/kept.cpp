// What a destructive change takes away in contract: with a soak it is kept under a name of ours
// instead. The steps, their order and their effect on the catalog are those of a plan without one;
// only the SQL differs. What a rename, a conversion or a split leaves behind is not kept where its
// values live on under another name; where `approve narrow` lets some go, it is.
#include <fmt/core.h>

#include <algorithm>
#include <tuple>

#include "compiler/base/result.h"
#include "compiler/catalog/kept.h"
#include "compiler/plan/node.h"

namespace cambium::plan {
namespace {

class Keeper {
public:
  explicit Keeper(Context& c) : c_(c) {}

  void run() {
    for (auto& node : c_.nodes) {
      for (auto& op : node.operations) {
        if (auto* drop = std::get_if<DropTable>(&op); drop && isGone(node, Transition::tableDrop))
          drop->keptAs = name(drop->table.name, ofTable(drop->table.name));
        if (auto* drop = std::get_if<DropColumn>(&op);
            drop && isGone(node, Transition::columnDrop) && drop->column.generatedSql.empty())
          drop->keptAs = name(drop->column.name, ofColumn(node, drop->column.name));
      }
    }
  }

private:
  using Origin = std::pair<std::string, std::string>;  // entity, property

  bool isGone(const Node& node, Transition transition) const {
    if (node.transition != transition) return false;
    if (node.change == Node::kNoChange) return transition == Transition::tableDrop;
    const auto& change = c_.changes.changes[node.change];
    // The values of a reference that becomes a many-to-many are in the rows of the table between.
    if (transition == Transition::columnDrop &&
        std::holds_alternative<diff::ChangeCardinality>(change))
      return false;
    return transition == Transition::tableDrop ||
           diff::classify(change, c_.changes) == diff::Compatibility::destructive;
  }

  std::string name(const std::string& what, Origin origin) {
    auto out = catalog::keptName(c_.plan.soak.run, ++count_, what, c_.traits.maxIdentifierBytes);
    c_.keptOf[out] = std::move(origin);
    return out;
  }

  Origin ofTable(const std::string& table) const {
    for (uint32_t e = 0; e < c_.a().entities.size(); ++e)
      if (const ir::EntityId id(e); c_.from.table(id) == table) return {c_.a()[id].name, ""};
    return {};
  }

  // Of the properties that a split or merge reads, the one with this column. A column that stepped
  // aside has another name by now: then the first of them.
  Origin ofRule(const ir::TransformRule& rule, const std::string& column) const {
    Origin out{rule.fromEntity, rule.from.empty() ? "" : rule.from.front()};
    const auto entity = c_.a().findEntity(rule.fromEntity);
    for (const auto& name : rule.from) {
      const auto id = entity ? c_.a().findProperty(*entity, name) : std::nullopt;
      if (id && std::ranges::find(c_.from.columnsOf(*id), column) != c_.from.columnsOf(*id).end())
        out.second = name;
    }
    return out;
  }

  // The column may have stepped aside by now: the change knows the property.
  Origin ofColumn(const Node& node, const std::string& column) const {
    const auto of = [&](ir::PropertyId id) {
      return Origin{c_.a()[c_.a()[id].entity].name, c_.a()[id].name};
    };
    if (node.change != Node::kNoChange) {
      const auto& change = c_.changes.changes[node.change];
      if (const auto* x = std::get_if<diff::DropProperty>(&change)) return of(x->property);
      if (const auto* x = std::get_if<diff::ConvertProperty>(&change)) return of(x->from);
      if (const auto* x = std::get_if<diff::TransformProperties>(&change))
        return ofRule(c_.changes.migration->transforms[x->transform], column);
    }
    for (uint32_t p = 0; p < c_.a().properties.size(); ++p) {
      const ir::PropertyId id(p);
      const auto& columns = c_.from.columnsOf(id);
      if (std::ranges::find(columns, column) == columns.end()) continue;
      if (c_.from.table(c_.a()[id].entity) == node.table) return of(id);
    }
    return {};
  }

  Context& c_;
  size_t count_ = 0;
};

}  // namespace

std::string toString(const Soak& soak) {
  struct Unit {
    uint64_t seconds;
    const char* word;
  };
  for (const auto& [seconds, word] :
       {Unit{86'400, "day"}, Unit{3600, "hour"}, Unit{60, "minute"}, Unit{1, "second"}})
    if (soak.seconds >= seconds && soak.seconds % seconds == 0)
      return fmt::format("{} {}{}", soak.seconds / seconds, word,
                         soak.seconds == seconds ? "" : "s");
  return "no time";
}

void keepWhatGoes(Context& c) {
  if (c.plan.soak.seconds > 0) Keeper(c).run();
}

void listKept(const Context& c) {
  for (const auto& step : c.plan.steps) {
    const auto add = [&](const std::string& name, const std::string& table,
                         const std::string& column, std::vector<std::string> key) {
      if (name.empty()) return;
      const auto origin = c.keptOf.find(name);
      Kept kept{step.number, name, table, column, std::move(key), "", ""};
      if (origin != c.keptOf.end()) std::tie(kept.entity, kept.property) = origin->second;
      c.plan.kept.push_back(std::move(kept));
    };
    const auto keyOf = [&](const std::string& table) {
      const auto* after = c.plan.after.findTable(table);
      return after ? after->primaryKey : std::vector<std::string>();
    };
    for (const auto& operation : step.operations) {
      if (const auto* op = std::get_if<DropTable>(&operation))
        add(op->keptAs, op->table.name, "", op->table.primaryKey);
      if (const auto* op = std::get_if<DropColumn>(&operation))
        add(op->keptAs, op->table, op->column.name, keyOf(op->table));
      if (const auto* op = std::get_if<RebuildTable>(&operation))
        for (const auto& [column, name] : op->kept)
          add(name, op->to.name, column, op->to.primaryKey);
    }
  }
}

}  // namespace cambium::plan
