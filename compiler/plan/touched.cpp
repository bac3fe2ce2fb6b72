#include "compiler/plan/touched.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/base/result.h"

namespace cambium::plan {

void collect(const Operation& operation, Touched& t) {
  const auto table = [&](const std::string& name) { t.tables.insert(name); };
  const auto trigger = [&](const catalog::Trigger& one) {
    t.triggers.insert(one.name);
    t.tables.insert(one.table);
  };
  std::visit(
      Overloaded{[&](const CreateTable& op) { table(op.table.name); },
                 [&](const DropTable& op) { table(op.table.name); },
                 [&](const RenameTable& op) {
                   t.tables.insert({op.from, op.to});
                 },
                 [&](const AddColumn& op) { table(op.table); },
                 [&](const DropColumn& op) { table(op.table); },
                 [&](const RenameColumn& op) { table(op.table); },
                 [&](const AlterColumn& op) { table(op.table); },
                 [&](const AlterKey& op) { table(op.table); },
                 [&](const CommentTable& op) { table(op.table); },
                 [&](const AddCheck& op) { table(op.table); },
                 [&](const DropCheck& op) { table(op.table); },
                 [&](const RenameCheck& op) { table(op.table); },
                 [&](const AddForeignKey& op) { table(op.table); },
                 [&](const DropForeignKey& op) { table(op.table); },
                 [&](const ValidateCheck& op) { table(op.table); },
                 [&](const ValidateForeignKey& op) { table(op.table); },
                 [&](const CreateIndex& op) { table(op.table); },
                 [&](const DropIndex& op) { table(op.table); },
                 [&](const RenameIndex& op) { table(op.table); },
                 [&](const CreateTrigger& op) { trigger(op.trigger); },
                 [&](const DropTrigger& op) { trigger(op.trigger); },
                 [&](const CreateView& op) { t.views.insert(op.view.name); },
                 [&](const DropView& op) { t.views.insert(op.view.name); },
                 [&](const RebuildTable& op) {
                   t.tables.insert({op.from.name, op.to.name});
                 },
                 [&](const Backfill& op) { table(op.table); },
                 [&](const Verify& op) { table(op.table); },
                 [&](const WriteRow& op) { table(op.to ? op.to->table : op.from->table); },
                 [&](const ChangePolicies& op) { table(op.table); },
                 [&](const ChangeGrants& op) { (op.view ? t.views : t.tables).insert(op.table); },
                 [](const CreateRole&) {},
                 [](const ForgetRole&) {},
                 [](const SwitchVersion&) {}},
      operation);
}

bool sameTable(const catalog::Table& a, const catalog::Table& b) {
  if (a.columns == b.columns && a.primaryKey == b.primaryKey && a.checks == b.checks &&
      a.foreignKeys == b.foreignKeys && a.indexes == b.indexes && a.options == b.options &&
      a.comment == b.comment && a.name == b.name && a.rowSecurity == b.rowSecurity &&
      a.policies == b.policies && a.grants == b.grants) {
    return true;
  }
  return describe(a) == describe(b);
}

std::string differences(const catalog::Catalog& expected, const catalog::Catalog& actual) {
  const bool same = std::ranges::equal(expected.tables, actual.tables, sameTable) &&
                    expected.views == actual.views && expected.triggers == actual.triggers &&
                    expected.opaque == actual.opaque && expected.rows == actual.rows &&
                    expected.roles == actual.roles;
  if (same) return {};
  std::string out;
  for (const auto& d : catalog::compare(expected, actual)) {
    out += fmt::format("{}{}: expected `{}`, found `{}`", out.empty() ? "" : "; ", d.object,
                       d.expected, d.actual);
  }
  if (out.empty() && expected.rows != actual.rows) return "the rows of tags differ";
  if (out.empty() && expected.roles != actual.roles) return "the roles differ";
  return out.empty() ? "the catalogs differ" : out;
}

std::string reshaped(const Operation& operation) {
  using Name = std::string;
  return std::visit(
      Overloaded{
          [](const AddColumn& op) { return op.table; },
          [](const AlterColumn& op) { return op.table; },
          [](const AlterKey& op) { return op.table; }, [](const AddCheck& op) { return op.table; },
          [](const AddForeignKey& op) { return op.table; },
          [](const CreateIndex& op) { return op.table; },
          [](const RebuildTable& op) { return op.from.name; },
          // A table that comes or goes as a whole has no rows to refuse.
          [](const CreateTable&) { return Name(); }, [](const DropTable&) { return Name(); },
          [](const CommentTable&) { return Name(); },
          // What is written must pass it already.
          [](const ValidateCheck&) { return Name(); },
          [](const ValidateForeignKey&) { return Name(); },
          // Names only.
          [](const RenameTable&) { return Name(); }, [](const RenameColumn&) { return Name(); },
          [](const RenameIndex&) { return Name(); }, [](const RenameCheck&) { return Name(); },
          // What goes makes nothing stricter.
          [](const DropColumn&) { return Name(); }, [](const DropCheck&) { return Name(); },
          [](const DropForeignKey&) { return Name(); }, [](const DropIndex&) { return Name(); },
          // Not of the table itself.
          [](const CreateTrigger&) { return Name(); }, [](const DropTrigger&) { return Name(); },
          [](const CreateView&) { return Name(); }, [](const DropView&) { return Name(); },
          [](const Backfill&) { return Name(); }, [](const Verify&) { return Name(); },
          [](const WriteRow&) { return Name(); },
          // Who sees a row, not which rows there may be.
          [](const ChangePolicies&) { return Name(); }, [](const ChangeGrants&) { return Name(); },
          [](const CreateRole&) { return Name(); }, [](const ForgetRole&) { return Name(); },
          [](const SwitchVersion&) { return Name(); }},
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
