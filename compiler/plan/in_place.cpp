#include "compiler/plan/in_place.h"

#include "compiler/base/result.h"

namespace cambium::plan {
namespace {

using catalog::Traits;

bool addColumnInPlace(const AddColumn& op, const Traits& t) {
  const auto& column = op.column;
  if (!column.generatedSql.empty()) {
    return (column.stored ? t.addColumnGeneratedStored : t.addColumnGeneratedVirtual) &&
           (!op.check || t.addColumnCheck);
  }
  if (column.notNull && (column.defaultSql.empty() || !t.addColumnNotNullWithConstantDefault))
    return false;
  return (!op.check || t.addColumnCheck) && (!op.foreignKey || t.addColumnForeignKey);
}

}  // namespace

bool possibleInPlace(const Operation& operation, const Traits& t) {
  return std::visit(
      Overloaded{[](const CreateTable&) { return true; },
                 [](const DropTable&) { return true; },
                 [&](const RenameTable&) { return t.renameTable; },
                 [&](const AddColumn& op) { return addColumnInPlace(op, t); },
                 [&](const DropColumn& op) {
                   return t.dropColumn && ((!op.check && !op.foreignKey) || t.dropConstraint);
                 },
                 [&](const RenameColumn&) { return t.renameColumn; },
                 [&](const AlterColumn&) { return t.alterColumn; },
                 [&](const AlterKey&) { return t.addConstraint && t.dropConstraint; },
                 [&](const CommentTable&) { return t.comments; },
                 [&](const AddCheck&) { return t.addConstraint; },
                 [&](const DropCheck&) { return t.dropConstraint; },
                 [&](const RenameCheck&) { return t.renameCheck; },
                 [&](const AddForeignKey&) { return t.addConstraint; },
                 [&](const DropForeignKey&) { return t.dropConstraint; },
                 [](const ValidateCheck&) { return true; },
                 [](const ValidateForeignKey&) { return true; },
                 [&](const CreateIndex& op) { return t.addConstraint || !op.index.constraint; },
                 [&](const DropIndex& op) { return t.dropConstraint || !op.index.constraint; },
                 [&](const RenameIndex&) { return t.renameIndex; },
                 [](const CreateTrigger&) { return true; },
                 [](const DropTrigger&) { return true; },
                 [](const CreateView&) { return true; },
                 [](const DropView&) { return true; },
                 [](const RebuildTable&) { return true; },
                 [](const Backfill&) { return true; },
                 [](const Verify&) { return true; },
                 [](const WriteRow&) { return true; },
                 [](const ChangePolicies&) { return true; },
                 [](const ChangeGrants&) { return true; },
                 [](const CreateRole&) { return true; },
                 [](const ForgetRole&) { return true; },
                 [](const SwitchVersion&) { return true; }},
      operation);
}

std::string reshapedBy(const Operation& operation) {
  return std::visit(Overloaded{[](const AddColumn& op) { return op.table; },
                               [](const DropColumn& op) { return op.table; },
                               [](const AlterColumn& op) { return op.table; },
                               [](const AlterKey& op) { return op.table; },
                               [](const CommentTable& op) { return op.table; },
                               [](const AddCheck& op) { return op.table; },
                               [](const DropCheck& op) { return op.table; },
                               [](const RenameCheck& op) { return op.table; },
                               [](const AddForeignKey& op) { return op.table; },
                               [](const DropForeignKey& op) { return op.table; },
                               [](const ValidateCheck& op) { return op.table; },
                               [](const ValidateForeignKey& op) { return op.table; },
                               [](const CreateIndex& op) { return op.table; },
                               [](const DropIndex& op) { return op.table; },
                               [](const RenameIndex& op) { return op.table; },
                               [](const CreateTable&) { return std::string(); },
                               [](const DropTable&) { return std::string(); },
                               [](const RenameTable&) { return std::string(); },
                               [](const RenameColumn&) { return std::string(); },
                               [](const CreateTrigger&) { return std::string(); },
                               [](const DropTrigger&) { return std::string(); },
                               [](const CreateView&) { return std::string(); },
                               [](const DropView&) { return std::string(); },
                               [](const RebuildTable&) { return std::string(); },
                               [](const Backfill&) { return std::string(); },
                               [](const Verify&) { return std::string(); },
                               [](const WriteRow&) { return std::string(); },
                               [](const ChangePolicies&) { return std::string(); },
                               [](const ChangeGrants&) { return std::string(); },
                               [](const CreateRole&) { return std::string(); },
                               [](const ForgetRole&) { return std::string(); },
                               [](const SwitchVersion&) { return std::string(); }},
                    operation);
}

}  // namespace cambium::plan
