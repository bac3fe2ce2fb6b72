// The plan for a pull request.
#include <fmt/core.h>

#include "compiler/emit/print_parts.h"

namespace cambium::emit {
namespace {

// In a cell of a table: no bar may end it, and nothing may become markup.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : oneLine(text)) {
    if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '<' || c == '[')
      out += '\\';
    out += c;
  }
  return out;
}

// A fence that the text does not contain.
std::string fence(std::string_view text) {
  std::string ticks = "```";
  while (text.find(ticks) != std::string_view::npos) ticks += '`';
  return ticks;
}

}  // namespace

std::string printMarkdown(const Script& script, const PrintOptions& options) {
  const std::string where =
      script.environment.empty() ? std::string() : " on " + cell(script.environment);
  std::string out = fmt::format("## Plan `{}`: {}{}\n\n", planDigest(script).substr(0, 8),
                                cell(versions(script, "→")), where);
  out += fmt::format("{} ({})", totals(script), script.compatibility);
  if (const auto both = promise(script); !both.empty()) out += " · " + both;
  out += "\n";

  if (!script.probes.empty()) {
    out += "\n| rows in the way | class | rows |\n|---|---|---:|\n";
    for (size_t i = 0; i < script.probes.size(); ++i) {
      const auto& probe = script.probes[i];
      const bool known = i < options.probeCounts.size() && options.probeCounts[i].has_value();
      const std::string some = i < options.probeSamples.size() && !options.probeSamples[i].empty()
                                   ? "<br>" + cell(options.probeSamples[i])
                                   : "";
      out += fmt::format("| {}{} | {} | {} |\n", cell(probe.title), some, probe.compatibility,
                         known ? rowsText(*options.probeCounts[i]) : "not counted");
    }
  }
  if (!options.notices.empty()) out += "\n";
  for (const auto& notice : options.notices) out += fmt::format("- ⚠ {}\n", cell(notice));
  for (auto phase : kPhases) {
    if (!hasPhase(script, phase)) continue;
    if (phase == plan::Phase::contract) out += "\n---\n**Point of no return**\n";
    out += fmt::format("\n### {}\n{}\n\n", upper(plan::toString(phase)),
                       phaseNote(phase, script, options));
    out += "| # | | step | lock | rows | from |\n|---:|---|---|---|---:|---|\n";
    for (size_t i = 0; i < script.steps.size(); ++i) {
      const auto& step = script.steps[i];
      if (step.phase != phase) continue;
      std::string title = cell(step.title);
      for (const auto& h : step.hazards)
        title += fmt::format("<br>{} {} {}", isNote(h) ? "·" : "⚠", h.code, cell(h.text));
      out += fmt::format("| {} | `{}` | {} | {} | {} | {} |\n", step.number, step.sign, title,
                         cell(step.action.sql.lock),
                         i < options.amounts.size() ? amountText(options.amounts[i]) : "",
                         cell(step.cause));
    }
  }
  const std::string sql = printSql(script);
  const std::string ticks = fence(sql);
  out += fmt::format("\n<details><summary>SQL</summary>\n\n{}sql\n{}{}\n\n</details>\n", ticks, sql,
                     ticks);
  return out;
}

}  // namespace cambium::emit
