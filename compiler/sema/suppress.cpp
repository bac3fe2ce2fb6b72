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
  return area == "NAM" || area == "REF" || area == "TYP" || area == "KEY" || area == "REL" ||
         area == "EXP" || area == "CFG" || area == "VIE" || area == "ACC";
}

void sayUnused(Context& c, const AllowUse& a) {
  // What was not understood may be what it is for.
  for (const auto* tree : c.units[0]->trees)
    if (tree->hasErrors) return;
  const auto text = c.sources[a.annotation.file].text();
  Span gone = a.annotation;
  while (gone.begin > 0 && (text[gone.begin - 1] == ' ' || text[gone.begin - 1] == '\t'))
    --gone.begin;
  c.out.add(report<Code::NAM009>(a.annotation, info(a.code).name))
      .help("remove it")
      .fix({"remove it", FixSafety::safe, {{gone, ""}}});
}

}  // namespace

void applySuppressions(Context& c) {
  std::ranges::stable_sort(c.allows, {}, [](auto& a) {
    return std::pair(a.annotation.file.index(), a.annotation.begin);
  });
  // A mixin's annotation is read for each entity: it counts once.
  const auto repeats =
      std::ranges::unique(c.allows, [](auto& a, auto& b) { return a.annotation == b.annotation; });
  c.allows.erase(repeats.begin(), repeats.end());
  std::unordered_map<Code, std::vector<size_t>> byCode;
  for (size_t i = 0; i < c.allows.size(); ++i) {
    c.model.suppressions.push_back({std::string(info(c.allows[i].code).name), c.allows[i].covers});
    byCode[c.allows[i].code].push_back(i);
  }
  for (const auto& d : c.sink.all()) {
    bool silenced = false;
    const auto found = d.severity == Severity::warning ? byCode.find(d.code) : byCode.end();
    if (found != byCode.end())
      for (const size_t i : found->second)
        if (contains(c.allows[i].covers, d.span)) c.allows[i].used = silenced = true;
    if (!silenced) c.out.add(d);
  }
  for (const auto& a : c.allows)
    if (!a.used && isOurs(a.code)) sayUnused(c, a);
}

}  // namespace cambium::sema
