#include "compiler/driver/dump.h"

#include <fmt/format.h>

#include "compiler/base/result.h"
#include "compiler/diff/diff.h"
#include "compiler/syntax/scanner.h"

namespace cambium::driver {

namespace {

std::string_view tokenName(syntax::TokenKind kind) {
  switch (kind) {
    case syntax::TokenKind::endOfFile: return "end of file";
#define TOKEN(name, number, text) \
  case syntax::TokenKind::name:   \
    return #name;
#include "grammar/token_table.def"
#undef TOKEN
  }
  return "?";
}

std::string_view className(diff::Compatibility c) {
  switch (c) {
    case diff::Compatibility::safe: return "safe";
    case diff::Compatibility::breaking: return "breaking";
    case diff::Compatibility::destructive: return "destructive";
  }
  return "";
}

std::string keptAs(const std::string& name) {
  return name.empty() ? "" : ", kept as " + name;
}

std::string operationName(const plan::Operation& operation) {
  return std::visit(
      Overloaded{
          [](const plan::CreateTable& o) { return "create table " + o.table.name; },
          [](const plan::DropTable& o) { return "drop table " + o.table.name + keptAs(o.keptAs); },
          [](const plan::RenameTable& o) {
            return fmt::format("rename table {} to {}", o.from, o.to);
          },
          [](const plan::AddColumn& o) {
            return fmt::format("add column {}.{}", o.table, o.column.name);
          },
          [](const plan::DropColumn& o) {
            return fmt::format("drop column {}.{}{}", o.table, o.column.name, keptAs(o.keptAs));
          },
          [](const plan::RenameColumn& o) {
            return fmt::format("rename column {}.{} to {}", o.table, o.from, o.to);
          },
          [](const plan::AlterColumn& o) {
            return fmt::format("alter column {}.{}", o.table, o.to.name);
          },
          [](const plan::AlterKey& o) {
            return fmt::format("alter key {} ({}) to ({})", o.table, fmt::join(o.from, ", "),
                               fmt::join(o.to, ", "));
          },
          [](const plan::CommentTable& o) { return "comment on table " + o.table; },
          [](const plan::AddCheck& o) {
            return fmt::format("add check {} {}", o.table, o.check.name);
          },
          [](const plan::DropCheck& o) {
            return fmt::format("drop check {} {}", o.table, o.check.name);
          },
          [](const plan::RenameCheck& o) {
            return fmt::format("rename check {} {} to {}", o.table, o.check.name, o.to);
          },
          [](const plan::AddForeignKey& o) {
            return fmt::format("add foreign key {} to {}", o.table, o.foreignKey.table);
          },
          [](const plan::DropForeignKey& o) {
            return fmt::format("drop foreign key {} to {}", o.table, o.foreignKey.table);
          },
          [](const plan::ValidateCheck& o) {
            return fmt::format("{} check {} {}", o.validated ? "validate" : "invalidate", o.table,
                               o.name);
          },
          [](const plan::ValidateForeignKey& o) {
            return fmt::format("{} foreign key {} {}", o.validated ? "validate" : "invalidate",
                               o.table, o.name);
          },
          [](const plan::CreateIndex& o) {
            return fmt::format("create index {} {}", o.table, o.index.name);
          },
          [](const plan::DropIndex& o) {
            return fmt::format("drop index {} {}", o.table, o.index.name);
          },
          [](const plan::RenameIndex& o) {
            return fmt::format("rename index {} {} to {}", o.table, o.index.name, o.to);
          },
          [](const plan::CreateTrigger& o) { return "create trigger " + o.trigger.name; },
          [](const plan::DropTrigger& o) { return "drop trigger " + o.trigger.name; },
          [](const plan::CreateView& o) { return "create view " + o.view.name; },
          [](const plan::DropView& o) { return "drop view " + o.view.name; },
          [](const plan::RebuildTable& o) {
            std::string text = fmt::format("rebuild table {} as {}", o.from.name, o.to.name);
            for (const auto& [column, sql] : o.copy)
              text += fmt::format("\n        {} = {}", column, sql);
            return text;
          },
          [](const plan::Backfill& o) {
            std::string text = fmt::format("backfill {} where {}", o.table, o.pending);
            for (const auto& [column, sql] : o.set)
              text += fmt::format("\n        {} = {}", column, sql);
            return text;
          },
          [](const plan::Verify& o) { return fmt::format("verify {}: {}", o.message, o.countSql); },
          [](const plan::WriteRow& o) {
            auto text = fmt::format("row {}.{}: {} to {}", o.to ? o.to->table : o.from->table,
                                    o.to ? o.to->keyColumn : o.from->keyColumn,
                                    o.from ? o.from->key : "none", o.to ? o.to->key : "none");
            for (const auto& move : o.moves)
              text += fmt::format("\n        {}.{} = {}", move.table, move.column, move.to);
            return text;
          },
          [](const plan::ChangePolicies& o) {
            return fmt::format("policies of {}: {} instead of {}", o.table, o.to.size(),
                               o.from.size());
          },
          [](const plan::ChangeGrants& o) {
            return fmt::format("grants on {}: {} instead of {}", o.table, o.to.size(),
                               o.from.size());
          },
          [](const plan::CreateRole& o) {
            return "role " + o.role + (o.heirOf.empty() ? "" : " for whoever has " + o.heirOf);
          },
          [](const plan::ForgetRole& o) {
            return "forget role " + o.role +
                   (o.heir.empty() ? "" : ", whoever has it has " + o.heir);
          },
          [](const plan::SwitchVersion& o) { return fmt::format("switch {} to {}", o.from, o.to); },
      },
      operation);
}

}  // namespace

std::string dumpTokens(const SourceMap& sources) {
  std::string out;
  for (uint32_t i = 0; i < sources.size(); ++i) {
    const SourceFile& file = sources[FileId(i)];
    for (const syntax::Token& token : syntax::scan(file.text()).tokens) {
      const LineColumn at = file.lineColumn(token.begin);
      out += fmt::format("{}:{}:{} {} {}\n", file.name(), at.line, at.column, tokenName(token.kind),
                         file.text().substr(token.begin, token.end - token.begin));
    }
  }
  return out;
}

std::string dumpChanges(const diff::ChangeSet& set) {
  std::string out;
  for (const diff::Change& change : set.changes)
    out += fmt::format("{:<11} {} {}\n", className(diff::classify(change, set)),
                       diff::kindName(change), diff::toString(change, set));
  return out;
}

std::string dumpPlan(const plan::Plan& plan) {
  std::string out;
  for (const plan::Step& step : plan.steps) {
    out += fmt::format("{} {} {} {}\n", step.number, plan::toString(step.phase), step.sign,
                       step.title);
    if (!step.change.empty()) out += fmt::format("    because {}\n", step.change);
    for (const auto& [before, rule] : step.follows)
      out += fmt::format("    after {} {}\n", before, rule);
    for (const auto& operation : step.operations)
      out += fmt::format("    do {}\n", operationName(operation));
    for (const auto& operation : step.undo)
      out += fmt::format("    undo {}\n", operationName(operation));
  }
  return out;
}

}  // namespace cambium::driver
