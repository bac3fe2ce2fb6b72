// A plan as a graph. Both forms say the same: frames are phases, one behind the other; boxes are
// steps with what they do; arrows are rules, with their ids; one line at the end for what each of
// them says.
#include <fmt/core.h>

#include <map>
#include <set>

#include "compiler/emit/print_parts.h"

namespace cambium::emit {
namespace {

constexpr unsigned kWidestTitle = 60;

// Ids of the rules on the way from one step to a later one: "R07 R10".
using Arrows = std::map<std::pair<unsigned, unsigned>, std::string>;
Arrows arrowsOf(const Script& script) {
  Arrows out;
  for (const auto& step : script.steps)
    for (const auto& [before, rule] : step.follows) {
      auto& label = out[{before, step.number}];
      label += (label.empty() ? "" : " ") + rule;
    }
  return out;
}

// What the rules of the graph say: "R10: a trigger needs the columns that it fills".
std::vector<std::string> legend(const Script& script) {
  std::set<std::string> used;
  for (const auto& step : script.steps)
    for (const auto& follows : step.follows) used.insert(follows.rule);
  std::vector<std::string> out;
  for (const auto& rule : used)
    out.push_back(oneLine(fmt::format("{}: {}", rule, plan::reasonOf(rule))));
  return out;
}

std::vector<const ScriptStep*> stepsIn(plan::Phase phase, const Script& script) {
  std::vector<const ScriptStep*> out;
  for (const auto& step : script.steps)
    if (step.phase == phase) out.push_back(&step);
  return out;
}

std::string titleOf(const ScriptStep& step, std::string_view ellipsis) {
  std::string title = oneLine(step.title);
  if (cells(title) > kWidestTitle) title = fitted(title, kWidestTitle, ellipsis);
  return title;
}

// `text` with each character of `special` by its escape.
std::string escaped(std::string_view text, std::string_view special,
                    std::string (*escape)(unsigned char)) {
  std::string out;
  for (const char c : text)
    out += special.find(c) == std::string_view::npos ? std::string(1, c)
                                                     : escape(static_cast<unsigned char>(c));
  return out;
}

std::string dotText(std::string_view text) {
  return '"' + escaped(text, "\"\\", [](unsigned char c) { return fmt::format("\\{:c}", c); }) +
         '"';
}

// Mermaid reads Markdown and HTML in a label: all that could mean something goes by number.
std::string mermaidText(std::string_view text) {
  return '"' +
         escaped(text, "\"#&<>;`\\",
                 [](unsigned char c) { return fmt::format("#{};", unsigned{c}); }) +
         '"';
}

// Two points before and behind the steps of a phase keep the phases apart.
std::string dot(const Script& script) {
  std::string out = fmt::format(
      "digraph plan {{\n  label={};\n  labelloc=t;\n  rankdir=LR;\n  compound=true;\n"
      "  node [shape=box, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n",
      dotText(oneLine(versions(script, "\xe2\x86\x92"))));
  std::string_view earlier;
  for (const auto phase : kPhases) {
    const auto steps = stepsIn(phase, script);
    if (steps.empty()) continue;
    const std::string_view name = plan::toString(phase);
    out += fmt::format("  subgraph cluster_{0} {{\n    label={0};\n", name);
    out += fmt::format("    {0}_begin, {0}_end [style=invis, shape=point];\n", name);
    for (const auto* step : steps) {
      out += fmt::format("    s{} [label={}];\n", step->number,
                         dotText(fmt::format("{} {} {}", step->number, step->sign,
                                             titleOf(*step, "\xe2\x80\xa6"))));
      out += fmt::format("    {0}_begin -> s{1} -> {0}_end [style=invis];\n", name, step->number);
    }
    out += "  }\n";
    if (!earlier.empty())
      out += fmt::format("  {0}_end -> {1}_begin [ltail=cluster_{0}, lhead=cluster_{1}];\n",
                         earlier, name);
    earlier = name;
  }
  for (const auto& [ends, rules] : arrowsOf(script))
    out +=
        fmt::format("  s{} -> s{} [label={}];\n", ends.first, ends.second, dotText(oneLine(rules)));
  for (const auto& line : legend(script)) out += fmt::format("  // {}\n", line);
  return out + "}\n";
}

std::string mermaid(const Script& script) {
  std::string out = "flowchart TD\n", earlier;
  for (const auto phase : kPhases) {
    const auto steps = stepsIn(phase, script);
    if (steps.empty()) continue;
    const std::string name = "phase_" + std::string(plan::toString(phase));
    out += fmt::format("  subgraph {} [{}]\n", name, mermaidText(plan::toString(phase)));
    for (const auto* step : steps)
      out += fmt::format("    s{}[{}]\n", step->number,
                         mermaidText(fmt::format("{} {} {}", step->number, step->sign,
                                                 titleOf(*step, "\xe2\x80\xa6"))));
    out += "  end\n";
    if (!earlier.empty()) out += fmt::format("  {} ==> {}\n", earlier, name);
    earlier = name;
  }
  for (const auto& [ends, rules] : arrowsOf(script))
    out += fmt::format("  s{} -->|{}| s{}\n", ends.first, mermaidText(oneLine(rules)), ends.second);
  for (const auto& line : legend(script)) out += fmt::format("  %% {}\n", line);
  return out;
}

}  // namespace

std::optional<GraphForm> findGraphForm(std::string_view name) {
  if (name == "dot") return GraphForm::dot;
  if (name == "mermaid") return GraphForm::mermaid;
  return std::nullopt;
}

std::string printGraph(const Script& script, GraphForm form) {
  return form == GraphForm::dot ? dot(script) : mermaid(script);
}

}  // namespace cambium::emit
