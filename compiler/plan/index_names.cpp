#include "compiler/plan/index_names.h"

#include <map>
#include <unordered_map>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/catalog/names.h"

namespace cambium::plan {
namespace {

using catalog::Index;
using catalog::Table;

// Who has which name, one operation after the other. That a table has one name twice is no matter
// of this (operation.cpp).
class Names {
public:
  Names(const catalog::Catalog& before, const catalog::Traits& traits) : traits_(traits) {
    for (const auto& table : before.tables) add(table.name, table.indexes);
  }

  // The table that has the name; "" = nothing is in the way of the operation.
  std::string after(const Operation& operation) {
    clash_.clear();
    std::visit(Overloaded{
                   [&](const CreateTable& op) { add(op.table.name, op.table.indexes); },
                   [&](const DropTable& op) { remove(op.table.name, op.table.indexes); },
                   [&](const RenameTable& op) {
                     // It keeps its indexes, whatever it is called.
                     const auto id = idOf(op.from);
                     ids_.erase(op.from);
                     ids_[op.to] = id;
                     tables_[id] = op.to;
                   },
                   [&](const CreateIndex& op) { add(op.table, op.index); },
                   [&](const DropIndex& op) { remove(op.table, op.index); },
                   [&](const RenameIndex& op) {
                     remove(op.table, op.index);
                     Index renamed = op.index;
                     renamed.name = op.to;
                     add(op.table, renamed);
                   },
                   [&](const RebuildTable& op) {
                     remove(op.from.name, op.from.indexes);
                     add(op.to.name, op.to.indexes);
                   },
                   [](const auto&) {},
               },
               operation);
    return clash_;
  }
  const std::string& name() const { return name_; }
  const std::string& table() const { return table_; }

private:
  // A constraint of a database that finds names for them by itself has none there.
  bool named(const Index& index) const {
    return !index.name.empty() && (!index.constraint || traits_.namedUniqueConstraints);
  }
  void add(const std::string& table, const Index& index) {
    if (!named(index)) return;
    const auto id = idOf(table);
    const auto [at, fresh] = owner_.emplace(catalog::folded(index.name), id);
    if (fresh || at->second == id || !clash_.empty()) return;
    clash_ = tables_[at->second];
    name_ = index.name;
    table_ = table;
  }
  void remove(const std::string& table, const Index& index) {
    const auto at = owner_.find(catalog::folded(index.name));
    if (named(index) && at != owner_.end() && at->second == idOf(table)) owner_.erase(at);
  }
  void add(const std::string& table, const std::vector<Index>& indexes) {
    for (const auto& index : indexes) add(table, index);
  }
  void remove(const std::string& table, const std::vector<Index>& indexes) {
    for (const auto& index : indexes) remove(table, index);
  }

  size_t idOf(const std::string& table) {
    const auto [at, fresh] = ids_.emplace(table, tables_.size());
    if (fresh) tables_.push_back(table);
    return at->second;
  }

  const catalog::Traits& traits_;
  std::map<std::string, size_t> ids_;              // of tables, as they are called by now
  std::vector<std::string> tables_;                // by id
  std::unordered_map<std::string, size_t> owner_;  // the table of an index, by its folded name
  std::string clash_, name_, table_;
};

}  // namespace

std::optional<TakenName> takenIndexName(const Plan& plan, const catalog::Traits& traits) {
  Names names(plan.before, traits);
  for (const auto& step : plan.steps)
    for (const auto& operation : step.operations)
      if (auto other = names.after(operation); !other.empty())
        return TakenName{&step, names.name(), names.table(), std::move(other)};
  return std::nullopt;
}

}  // namespace cambium::plan
