// The plan as SQL for a DBA, and one step in full.
#include <fmt/core.h>

#include "compiler/emit/print_parts.h"

namespace cambium::emit {
namespace {

void statement(std::string& out, const std::string& sql, std::string_view indent = "") {
  std::string text = sql;
  while (!text.empty() && (text.back() == ';' || text.back() == '\n' || text.back() == ' '))
    text.pop_back();
  if (indent.empty()) {
    out += text + ";\n";
    return;
  }
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    out +=
        fmt::format("{}{}{}\n", indent, text.substr(at, end - at), end == text.size() ? ";" : "");
    at = end + 1;
  }
}

void comment(std::string& out, std::string_view text, std::string_view indent = "") {
  out += fmt::format("{}-- {}\n", indent, oneLine(text));
}

void emitted(std::string& out, const dialect::Emitted& sql, std::string_view indent = "") {
  for (const auto& s : sql.before) {
    comment(out, "before the transaction", indent);
    statement(out, s, indent);
  }
  for (const auto& s : sql.locks) {
    comment(out, "before the rows are counted", indent);
    statement(out, s, indent);
  }
  for (const auto& s : sql.statements) statement(out, s, indent);
  if (sql.batch) {
    comment(out, "in batches: the end of each batch, then its rows", indent);
    statement(out, sql.batch->firstEnd, indent);
    statement(out, sql.batch->firstUpdate, indent);
    comment(out, "and from the second batch on", indent);
    statement(out, sql.batch->nextEnd, indent);
    statement(out, sql.batch->nextUpdate, indent);
    comment(out, "until this is 0", indent);
    statement(out, sql.batch->countPending, indent);
  }
  for (const auto& s : sql.mustBeEmpty) {
    comment(out, "before the commit, must return no row", indent);
    statement(out, s, indent);
  }
  for (const auto& s : sql.after) {
    comment(out, "after the transaction", indent);
    statement(out, s, indent);
  }
}

bool nothing(const dialect::Emitted& sql) {
  return sql.statements.empty() && !sql.batch;
}

void probes(std::string& out, std::string_view when, const std::vector<ObjectProbe>& all) {
  for (const auto& probe : all) {
    out += fmt::format("  {}  {} `{}` {}\n", when, probe.kind, oneLine(probe.name),
                       probe.digest.empty() ? std::string("is not there")
                                            : "has digest " + probe.digest.substr(0, 12));
  }
}

void mustYieldZero(std::string& out, const std::vector<Check>& checks, const std::string& indent) {
  if (checks.empty()) return;
  out += indent + "must yield 0\n";
  for (const auto& check : checks) {
    comment(out, check.message, indent + "  ");
    statement(out, check.countSql, indent + "  ");
  }
}

}  // namespace

std::string printSql(const Script& script) {
  std::string out;
  comment(out, fmt::format("plan {}: {}", planDigest(script), versions(script, "->")));
  comment(out, fmt::format("for {}{}; each step is one transaction unless stated otherwise",
                           script.dialect, script.server.empty() ? "" : ", " + script.server));
  for (auto phase : kPhases) {
    if (!hasPhase(script, phase)) continue;
    out += '\n';
    if (phase == plan::Phase::contract) comment(out, "------- point of no return -------");
    comment(out, fmt::format("{}: {}", upper(plan::toString(phase)), phaseNote(phase, script, {})));
    for (const auto& step : script.steps) {
      if (step.phase != phase) continue;
      out += '\n';
      comment(out, fmt::format("{} {} {}{}", step.number, step.sign, step.title,
                               step.cause.empty() ? std::string() : " (" + step.cause + ")"));
      for (const auto& hazard : step.hazards)
        comment(out, fmt::format("! {} {}", hazard.code, hazard.text));
      for (const auto& check : step.action.verify) {
        comment(out, "must yield 0: " + check.message);
        if (!check.help.empty()) comment(out, "else " + check.help);
        statement(out, check.countSql);
      }
      emitted(out, step.action.sql);
      if (step.switches) {
        comment(out, fmt::format("the active version of {} becomes {}", script.package,
                                 script.toVersion));
      }
    }
  }
  return out;
}

// The earlier steps that it comes after: for each rule one line with what it says.
static void explainPlace(std::string& out, const ScriptStep& step) {
  if (!step.follows.empty()) out += "comes after\n";
  for (size_t i = 0; i < step.follows.size();) {
    const std::string& rule = step.follows[i].rule;
    std::string numbers;
    size_t count = 0;
    for (; i < step.follows.size() && step.follows[i].rule == rule; ++i, ++count)
      numbers += fmt::format("{}{}", count ? ", " : "", step.follows[i].step);
    const std::string_view reason = plan::reasonOf(rule);
    out += fmt::format("  step{} {}: {}{}{}\n", count == 1 ? "" : "s", numbers, reason,
                       reason.empty() ? "" : " ", oneLine(fmt::format("({})", rule)));
  }
}

std::string printExplain(const ScriptStep& step, const Script& script) {
  std::string out = fmt::format("Step {} of {}: {} {}\n", step.number, script.steps.size(),
                                step.sign, oneLine(step.title));
  out += fmt::format("phase     {}\n", plan::toString(step.phase));
  out += fmt::format("element   {} {}\n", step.kind, oneLine(step.element));
  if (!step.change.empty()) {
    out += fmt::format("change    {} ({}{}{})\n", oneLine(step.change), step.compatibility,
                       step.cause.empty() ? "" : ", ", oneLine(step.cause));
  }
  out += fmt::format("runs      {}\n", executedHow(step.action.sql.stepClass));
  if (!step.action.sql.lock.empty())
    out += fmt::format("lock      {}\n", oneLine(step.action.sql.lock));
  explainPlace(out, step);
  if (!step.hazards.empty()) {
    out += "hazards\n";
    for (const auto& h : step.hazards) out += fmt::format("  {} {}\n", h.code, oneLine(h.text));
  }
  mustYieldZero(out, step.action.verify, "");
  if (!nothing(step.action.sql)) {
    out += "statements\n";
    emitted(out, step.action.sql, "  ");
  }
  if (step.switches) {
    out += fmt::format("makes {} {} the active version\n", script.package, script.toVersion);
  }
  if (!step.action.before.empty()) {
    out += "probes\n";
    probes(out, "ready when", step.action.before);
    probes(out, "done when ", step.action.after);
  }
  if (step.phase == plan::Phase::contract) {
    out +=
        fmt::format("undo\n  none: {}\n", script.fromVersion.empty()
                                              ? std::string("what is dropped is gone")
                                              : fmt::format("rollback to {}", script.fromVersion));
  } else if (nothing(step.undo.sql)) {
    out += step.switches ? "undo\n  the version before becomes active again\n"
                         : "undo\n  nothing to do\n";
  } else {
    out += "undo\n";
    mustYieldZero(out, step.undo.verify, "  ");
    emitted(out, step.undo.sql, "  ");
  }
  return out;
}

// Each line behind the sign of a comment.
static std::string commentedOut(const std::string& sql) {
  std::string out;
  for (size_t at = 0; at < sql.size();) {
    const size_t end = std::min(sql.find('\n', at), sql.size());
    out += "-- " + sql.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return out;
}

std::string printRepair(const plan::Repair& repair, catalog::Catalog live,
                        const dialect::Dialect& dialect) {
  std::string out, deleting, left;
  for (const auto& step : repair.steps) {
    const auto sql = dialect.emit({step.operation}, live);
    const std::string why =
        sql ? plan::apply(step.operation, live, dialect.traits()) : "no statement does it";
    if (!why.empty()) {
      comment(left, why);
      continue;
    }
    emitted(step.deletes ? deleting : out, *sql);
  }
  for (const auto& one : repair.left) comment(left, one);
  if (!deleting.empty())
    out += "\n-- what deletes data; take the signs away to run it\n" + commentedOut(deleting);
  if (!left.empty()) out += "\n-- what stays as it is\n" + left;
  return out;
}

}  // namespace cambium::emit
