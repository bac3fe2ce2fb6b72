#include "compiler/plan/touched.h"

#include <fmt/core.h>

#include "compiler/base/result.h"

namespace cambium::plan {

void collect(const Operation& operation, Touched& t) {
  std::visit(
      Overloaded{[&](const CreateTable& op) { t.tables.insert(op.table.name); },
                 [&](const DropTable& op) { t.tables.insert(op.table.name); },
                 [&](const RenameTable& op) {
                   t.tables.insert({op.from, op.to});
                 },
                 [&](const RebuildTable& op) {
                   t.tables.insert({op.from.name, op.to.name});
                 },
                 [&](const CreateTrigger& op) {
                   t.triggers.insert(op.trigger.name);
                   t.tables.insert(op.trigger.table);
                 },
                 [&](const DropTrigger& op) {
                   t.triggers.insert(op.trigger.name);
                   t.tables.insert(op.trigger.table);
                 },
                 [&](const CreateView& op) { t.views.insert(op.view.name); },
                 [&](const DropView& op) { t.views.insert(op.view.name); },
                 [](const SwitchVersion&) {}, [&](const auto& op) { t.tables.insert(op.table); }},
      operation);
}

bool sameTable(const catalog::Table& a, const catalog::Table& b) {
  if (a.columns == b.columns && a.primaryKey == b.primaryKey && a.checks == b.checks &&
      a.foreignKeys == b.foreignKeys && a.indexes == b.indexes && a.options == b.options &&
      a.comment == b.comment && a.name == b.name) {
    return true;
  }
  return describe(a) == describe(b);
}

std::string differences(const catalog::Catalog& expected, const catalog::Catalog& actual) {
  bool same = expected.tables.size() == actual.tables.size() && expected.views == actual.views &&
              expected.triggers == actual.triggers && expected.opaque == actual.opaque;
  for (size_t i = 0; same && i < expected.tables.size(); ++i)
    same = sameTable(expected.tables[i], actual.tables[i]);
  if (same) return {};
  std::string out;
  for (const auto& d : catalog::compare(expected, actual)) {
    out += fmt::format("{}{}: expected `{}`, found `{}`", out.empty() ? "" : "; ", d.object,
                       d.expected, d.actual);
  }
  return out.empty() ? "the catalogs differ" : out;
}

std::string reshaped(const Operation& operation) {
  return std::visit(Overloaded{[](const AddColumn& op) { return op.table; },
                               [](const AlterColumn& op) { return op.table; },
                               [](const AddCheck& op) { return op.table; },
                               [](const AddForeignKey& op) { return op.table; },
                               [](const CreateIndex& op) { return op.table; },
                               [](const RebuildTable& op) { return op.from.name; },
                               [](const auto&) { return std::string(); }},
                    operation);
}

std::set<std::string> droppedTables(const std::vector<Operation>& operations) {
  std::set<std::string> out;
  for (const auto& op : operations) {
    if (const auto* drop = std::get_if<DropTable>(&op)) out.insert(drop->table.name);
  }
  return out;
}

}  // namespace cambium::plan
