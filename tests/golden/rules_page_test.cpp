// docs/rules.md: what the planner knows as data, in words: the elements, their transitions and the
// rules that put them in order, each with a case whose plan shows it. Made by --update, compared
// otherwise.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "compiler/plan/node.h"
#include "tests/golden/shown_rows.h"
#include "tests/golden/update.h"
#include "tests/support/laws.h"
#include "tests/support/places.h"

namespace fs = std::filesystem;

namespace cambium::testing {
namespace {

// By the rule: the case with the fewest steps in whose plan it puts one step behind another.
using Deciding = std::map<std::string, std::pair<size_t, std::string>, std::less<>>;

void note(const std::string& path, const GoldenFile& file, Deciding& out) {
  for (const auto* dialect : dialectsOf(file)) {
    const CompiledCase compiled = compileCase(file);
    if (!compiled.before || !compiled.before->model || !compiled.after->model) return;
    const auto planned = planCase(compiled, *dialect);
    if (!planned) continue;
    const std::pair here(planned->plan.steps.size(), path);
    for (const auto& step : planned->plan.steps)
      for (const auto& follows : step.follows) {
        const auto [entry, fresh] = out.emplace(follows.rule, here);
        if (!fresh) entry->second = std::min(entry->second, here);
      }
  }
}

const Deciding& deciding() {
  static const Deciding all = [] {
    Deciding out;
    const fs::path root = fs::path(sourceDir()) / "tests/golden";
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".case") continue;
      const auto path = fs::relative(entry.path(), root).replace_extension().generic_string();
      note(path, readCase(path), out);
    }
    return out;
  }();
  return all;
}

constexpr std::string_view kIntroduction = R"(# What the planner knows

Made by `cambium_golden_tests --update` from the planner's own tables (`compiler/plan/elements.def`, `transitions.def`, `rules.def`); a test compares it.
A schema is made of *elements*. A change gives elements a target, there or gone, and each kind of element gets there by *transitions*, each in
a phase. *Rules* say which transition comes before which in one phase: where both are about one table, where the later one names something that the
earlier one provides, or always. Nothing else decides about the order of steps, but the order of these tables where no rule speaks.
`cambium plan --explain STEP` says of a plan which rules put a step where it is. A rule without a case puts things in order that one step does together.
)";

constexpr std::string_view kRelations[] = {"one table", "what it needs", "always"};

constexpr std::string_view kElements[] = {
#define ELEMENT(id, name) name,
#include "compiler/plan/elements.def"
#undef ELEMENT
};

std::string upper(plan::Phase phase) {
  std::string out(plan::toString(phase));
  std::ranges::transform(out, out.begin(), [](char c) { return char(std::toupper(c)); });
  return out;
}

std::string page() {
  std::string out(kIntroduction);
  for (const auto phase : {plan::Phase::expand, plan::Phase::backfill, plan::Phase::validate,
                           plan::Phase::switch_, plan::Phase::contract}) {
    out += fmt::format("\n## {}\n\n| | transition | of a | what it does |\n|---|---|---|---|\n",
                       upper(phase));
    for (const auto& t : plan::transitions())
      if (t.phase == phase)
        out += fmt::format("| `{}` | {} | {} | {} |\n", t.sign, t.name, kElements[size_t(t.kind)],
                           cell(t.what));
    std::string rules;
    for (const auto& rule : plan::rules()) {
      if (plan::info(rule.after).phase != phase) continue;
      const auto shown = deciding().find(rule.id);
      rules += fmt::format(
          "| {} | {} | {} | {} | {} | {} |\n", rule.id, plan::info(rule.before).name,
          plan::info(rule.after).name, kRelations[size_t(rule.relation)], cell(rule.why),
          shown == deciding().end()
              ? std::string("–")
              : fmt::format("[{0}](../tests/golden/{0}.case)", shown->second.second));
    }
    if (!rules.empty())
      out += "\n| rule | first | then | over | why | case |\n|---|---|---|---|---|---|\n" + rules;
  }
  return out;
}

TEST(RulesPage, isWhatThePlannerKnows) {
  const fs::path path = fs::path(sourceDir()) / "docs/rules.md";
  const std::string text = page();
  if (updating()) return writeFile(path, text);
  EXPECT_EQ(firstDifference(fs::exists(path) ? readFile(path) : "", text), "")
      << "docs/rules.md is made by `cambium_golden_tests --update`";
}

}  // namespace
}  // namespace cambium::testing
