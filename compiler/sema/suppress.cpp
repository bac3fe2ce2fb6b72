// sema/suppress.cpp: takes out the warnings that `@allow` silences, and hands the rest over.
#include <algorithm>

#include "compiler/ir/holders.h"
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

// The ones that silence what is told at that place; those of an entity speak for what its mixins
// bring, too, where every entity that has it says so.
std::vector<size_t> silencing(const Context& c, const std::vector<size_t>& candidates, Span span,
                              std::optional<ir::Holders>& holders) {
  const auto covering = [&](Span what) {
    std::vector<size_t> out;
    for (const size_t i : candidates)
      if (contains(c.allows[i].covers, what)) out.push_back(i);
    return out;
  };
  auto all = covering(span);
  if (!all.empty()) return all;
  if (!holders) holders.emplace(c.model);
  for (const Span holder : holders->of(span)) {
    const auto one = covering(holder);
    if (one.empty()) return {};
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
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
  std::optional<ir::Holders> holders;  // made when it is first asked for
  for (const auto& d : c.sink.all()) {
    const auto found = d.severity == Severity::warning ? byCode.find(d.code) : byCode.end();
    std::vector<size_t> by;
    if (found != byCode.end()) by = silencing(c, found->second, d.span, holders);
    for (const size_t i : by) c.allows[i].used = true;
    if (by.empty()) c.out.add(d);
  }
  for (const auto& a : c.allows)
    if (!a.used && isOurs(a.code)) sayUnused(c, a);
}

}  // namespace cambium::sema
