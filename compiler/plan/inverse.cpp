// The way back of each operation.
#include "compiler/base/result.h"
#include "compiler/plan/operation.h"

namespace cambium::plan {

std::optional<Operation> inverse(const Operation& operation) {
  using Result = std::optional<Operation>;
  return std::visit(Overloaded{
                        [](const CreateTable& op) -> Result { return DropTable{op.table}; },
                        [](const DropTable& op) -> Result { return CreateTable{op.table}; },
                        [](const RenameTable& op) -> Result {
                          return RenameTable{op.to, op.from};
                        },
                        [](const AddColumn& op) -> Result {
                          return DropColumn{op.table, op.column, op.check, op.foreignKey};
                        },
                        [](const DropColumn& op) -> Result {
                          return AddColumn{op.table, op.column, op.check, op.foreignKey};
                        },
                        [](const RenameColumn& op) -> Result {
                          return RenameColumn{op.table, op.to, op.from};
                        },
                        [](const AlterColumn& op) -> Result {
                          return AlterColumn{op.table, op.to, op.from};
                        },
                        [](const AlterKey& op) -> Result {
                          return AlterKey{op.table, op.to, op.from, op.dropped, op.created};
                        },
                        [](const CommentTable& op) -> Result {
                          return CommentTable{op.table, op.to, op.from};
                        },
                        [](const AddCheck& op) -> Result {
                          return DropCheck{op.table, op.check};
                        },
                        [](const DropCheck& op) -> Result {
                          return AddCheck{op.table, op.check};
                        },
                        [](const RenameCheck& op) -> Result {
                          RenameCheck back{op.table, op.check, op.check.name};
                          back.check.name = op.to;
                          return back;
                        },
                        [](const AddForeignKey& op) -> Result {
                          return DropForeignKey{op.table, op.foreignKey};
                        },
                        [](const DropForeignKey& op) -> Result {
                          return AddForeignKey{op.table, op.foreignKey};
                        },
                        [](const ValidateCheck& op) -> Result {
                          return ValidateCheck{op.table, op.name, !op.validated};
                        },
                        [](const ValidateForeignKey& op) -> Result {
                          return ValidateForeignKey{op.table, op.name, !op.validated};
                        },
                        [](const CreateIndex& op) -> Result {
                          return DropIndex{op.table, op.index};
                        },
                        [](const DropIndex& op) -> Result {
                          return CreateIndex{op.table, op.index};
                        },
                        [](const RenameIndex& op) -> Result {
                          RenameIndex back{op.table, op.index, op.index.name};
                          back.index.name = op.to;
                          return back;
                        },
                        [](const CreateTrigger& op) -> Result { return DropTrigger{op.trigger}; },
                        [](const DropTrigger& op) -> Result { return CreateTrigger{op.trigger}; },
                        [](const CreateView& op) -> Result { return DropView{op.view}; },
                        [](const DropView& op) -> Result { return CreateView{op.view}; },
                        [](const RebuildTable& op) -> Result {
                          // A column that kept its name was copied as itself; that very SQL reads
                          // it from the new form too. What the new form lacks cannot come back (the
                          // planner never asks for that).
                          RebuildTable back{op.to, op.from, {}};
                          for (const auto& column : op.from.columns) {
                            if (!column.generatedSql.empty()) continue;
                            for (const auto& entry : op.copy) {
                              if (entry.first == column.name) back.copy.push_back(entry);
                            }
                          }
                          return back;
                        },
                        [](const Backfill&) -> Result { return std::nullopt; },
                        [](const Verify&) -> Result { return std::nullopt; },
                        [](const WriteRow& op) -> Result {
                          return WriteRow{op.to, op.from, {}};
                        },
                        [](const ChangePolicies& op) -> Result {
                          return ChangePolicies{op.table, op.to, op.from};
                        },
                        [](const ChangeGrants& op) -> Result {
                          return ChangeGrants{op.table, op.to, op.from, op.view};
                        },
                        [](const CreateRole& op) -> Result { return ForgetRole{op.role}; },
                        [](const ForgetRole& op) -> Result { return CreateRole{op.role}; },
                        [](const SwitchVersion& op) -> Result {
                          return SwitchVersion{op.to, op.from};
                        },
                    },
                    operation);
}

}  // namespace cambium::plan
