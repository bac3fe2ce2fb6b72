// What every Operation has, compiled here and nowhere else. A form that is missing below is missed
// by the linker.
#include "compiler/plan/operation.h"

namespace cambium::plan {

Operation::Operation() = default;
Operation::Operation(const Operation&) = default;
Operation::Operation(Operation&&) noexcept = default;
Operation& Operation::operator=(const Operation&) = default;
Operation& Operation::operator=(Operation&&) noexcept = default;
Operation::~Operation() = default;

template <class Form>
requires isFormOf<Form, OperationForms> Operation::Operation(Form form)
    : OperationForms(std::move(form)) {}

template Operation::Operation(CreateTable);
template Operation::Operation(DropTable);
template Operation::Operation(RenameTable);
template Operation::Operation(AddColumn);
template Operation::Operation(DropColumn);
template Operation::Operation(RenameColumn);
template Operation::Operation(AlterColumn);
template Operation::Operation(AlterKey);
template Operation::Operation(CommentTable);
template Operation::Operation(AddCheck);
template Operation::Operation(DropCheck);
template Operation::Operation(RenameCheck);
template Operation::Operation(AddForeignKey);
template Operation::Operation(DropForeignKey);
template Operation::Operation(ValidateCheck);
template Operation::Operation(ValidateForeignKey);
template Operation::Operation(CreateIndex);
template Operation::Operation(DropIndex);
template Operation::Operation(RenameIndex);
template Operation::Operation(CreateTrigger);
template Operation::Operation(DropTrigger);
template Operation::Operation(CreateView);
template Operation::Operation(DropView);
template Operation::Operation(RebuildTable);
template Operation::Operation(Backfill);
template Operation::Operation(Verify);
template Operation::Operation(WriteRow);
template Operation::Operation(ChangePolicies);
template Operation::Operation(ChangeGrants);
template Operation::Operation(CreateRole);
template Operation::Operation(ForgetRole);
template Operation::Operation(SwitchVersion);

}  // namespace cambium::plan
