// sema/cycles.h: every circle that the analysis finds is told in one form: the message, the whole
// way round, and a label at each place but the first. Private to this folder.
#pragma once

#include <string>
#include <vector>

#include "compiler/sema/context.h"

namespace cambium::sema {

struct CycleStep {
  std::string name;
  Span span;  // where it leads to the next
};

// "`A` → `B` → `A`"; a single step: "`A` → itself".
inline std::string roundTrip(const std::vector<CycleStep>& steps) {
  if (steps.size() == 1) return "`" + steps[0].name + "` → itself";
  std::string text;
  for (const CycleStep& step : steps) text += "`" + step.name + "` → ";
  return text + "`" + steps[0].name + "`";
}

template <Code C>
Diagnostic& addCycle(Context& c, const std::vector<CycleStep>& steps) {
  auto& d = c.add(report<C>(steps[0].span, roundTrip(steps)));
  for (size_t i = 1; i < steps.size(); ++i)
    if (steps[i].span) d.label(steps[i].span, "and this one");
  return d;
}

}  // namespace cambium::sema
