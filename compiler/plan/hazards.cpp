// What each step costs whoever works with the database meanwhile.
#include "compiler/base/result.h"
#include "compiler/plan/node.h"

namespace cambium::plan {
namespace {

template <Code C, class... Args>
void add(Step& step, const Args&... args) {
  Hazard hazard{std::string(cambium::info(C).name), report<C>(Span{}, args...).message};
  for (const auto& other : step.hazards) {
    if (other.code == hazard.code && other.text == hazard.text) return;
  }
  step.hazards.push_back(std::move(hazard));
}

void ofOperation(const Context& c, Step& step, const Operation& operation) {
  auto relaxed = [&](const std::string& table, const catalog::Column& from,
                     const catalog::Column& to) {
    if (from.notNull && !to.notNull && step.phase == Phase::expand)
      add<Code::LCK008>(step, table + "." + from.name);
  };
  std::visit(Overloaded{
                 [](const CreateTable&) {},
                 [&](const DropTable& op) { add<Code::LCK003>(step, op.table.name); },
                 [](const RenameTable&) {},
                 [](const AddColumn&) {},
                 [&](const DropColumn& op) {
                   if (op.column.generatedSql.empty())
                     add<Code::LCK003>(step, op.table + "." + op.column.name);
                 },
                 [&](const RenameColumn& op) {
                   // The old column steps aside; the other half of the swap takes its name.
                   if (const auto* table = c.plan.before.findTable(op.table);
                       table && table->findColumn(op.from)) {
                     add<Code::LCK007>(step, op.table + "." + op.from);
                   }
                 },
                 [&](const AlterColumn& op) { relaxed(op.table, op.from, op.to); },
                 [](const AlterKey&) {},
                 [](const CommentTable&) {},
                 [](const AddCheck&) {},
                 [](const DropCheck&) {},
                 [](const AddForeignKey&) {},
                 [](const DropForeignKey&) {},
                 [](const ValidateCheck&) {},
                 [](const ValidateForeignKey&) {},
                 [&](const CreateIndex& op) {
                   if (op.index.unique && step.phase == Phase::validate) {
                     add<Code::LCK002>(step, fmt::format("unique {}", op.index.name));
                   }
                 },
                 [](const DropIndex&) {},
                 [&](const CreateTrigger& op) {
                   for (const auto& guard : c.plan.duties.guards) {
                     if (guard.trigger.name == op.trigger.name && step.phase == Phase::validate) {
                       add<Code::LCK002>(step, guard.trigger.message);
                     }
                   }
                 },
                 [](const DropTrigger&) {},
                 [](const CreateView&) {},
                 [](const DropView&) {},
                 [&](const RebuildTable& op) {
                   add<Code::LCK001>(step, op.from.name);
                   for (const auto& column : op.from.columns) {
                     const auto* now = op.to.findColumn(column.name);
                     if (now)
                       relaxed(op.from.name, column, *now);
                     else if (column.generatedSql.empty())
                       add<Code::LCK003>(step, op.from.name + "." + column.name);
                   }
                 },
                 [](const Backfill&) {},
                 [](const Verify&) {},
                 [&](const WriteRow& op) {
                   if (op.from && !op.to)
                     add<Code::LCK003>(step, op.from->table + " " + op.from->key);
                   else if (op.from && op.from->key != op.to->key)
                     add<Code::LCK007>(step, op.from->table);
                 },
                 [](const ChangePolicies&) {},
                 [](const ChangeGrants&) {},
                 [](const CreateRole&) {},
                 [](const ForgetRole&) {},
                 [](const SwitchVersion&) {},
             },
             operation);
}

}  // namespace

void addHazards(const Context& c) {
  bool final = false;
  for (auto& step : c.plan.steps) {
    for (const auto& operation : step.operations) ofOperation(c, step, operation);
    if (step.kind == ElementKind::sync && step.phase == Phase::expand) {
      for (const auto& duty : c.plan.duties.syncs) {
        const auto at = step.element.find('.');
        if (duty.both || duty.from.empty() || step.element.substr(0, at) != duty.table) continue;
        if (step.title.find(joined(duty.to, ", ")) == std::string::npos) continue;
        add<Code::LCK005>(step, duty.table + "." + joined(duty.to, ", "), joined(duty.from, ", "));
      }
    }
    // A count may still be gone back from.
    if (step.phase == Phase::contract && step.kind != ElementKind::verification && !final) {
      final = true;
      add<Code::LCK004>(step);
    }
  }
}

}  // namespace cambium::plan
