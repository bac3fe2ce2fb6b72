// sema/suppress.cpp: takes out the warnings that `@allow` silences, and hands the rest over.
#include <algorithm>

#include "compiler/sema/context.h"

namespace cambium::sema {
namespace {

bool contains(Span outer, Span inner) {
  return outer.file == inner.file && outer.begin <= inner.begin && inner.end <= outer.end;
}

// Whether this stage is the one that finds such warnings; those of later stages are silenced there.
bool isOurs(Code code) {
  const auto area = info(code).name.substr(0, 3);
  return area == "NAM" || area == "REF" || area == "TYP" || area == "KEY" || area == "REL" || area == "EXP" || area == "CFG";
}

}  // namespace

void applySuppressions(Context& c) {
  std::ranges::stable_sort(c.allows, {}, [](auto& a) { return std::pair(a.annotation.file.index(), a.annotation.begin); });
  for (const auto& a : c.allows) {
    const bool again = !c.model.suppressions.empty() && c.model.suppressions.back().covers == a.covers &&
                       c.model.suppressions.back().code == info(a.code).name;
    if (!again) c.model.suppressions.push_back({std::string(info(a.code).name), a.covers});
  }
  for (const auto& d : c.sink.all()) {
    bool silenced = false;
    if (d.severity == Severity::warning)
      for (auto& a : c.allows)
        if (a.code == d.code && contains(a.covers, d.span)) a.used = silenced = true;
    if (!silenced) c.out.add(d);
  }
  // A mixin's annotation is read for each entity: it is used if one reading of it is.
  for (auto& a : c.allows)
    for (const auto& b : c.allows)
      if (b.used && a.annotation == b.annotation) a.used = true;
  for (size_t i = 0; i < c.allows.size(); ++i) {
    const auto& a = c.allows[i];
    const bool again = i > 0 && c.allows[i - 1].annotation == a.annotation;
    if (!a.used && !again && isOurs(a.code))
      c.out.add(report<Code::NAM009>(a.annotation, info(a.code).name)).help("remove it");
  }
}

}  // namespace cambium::sema
