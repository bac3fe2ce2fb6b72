// sema/checks/imports.cpp
#include <algorithm>

#include "compiler/sema/checks/checks.h"

namespace cambium::sema {
namespace {

// The name with the comma that separates it from its neighbour, or the whole line where it is the
// only one.
std::optional<Span> whole(const Context& c, const ImportUse& use) {
  const auto text = c.sources[use.span.file].text();
  const auto blank = [&](size_t i) { return text[i] == ' ' || text[i] == '\t'; };
  Span at = use.span;
  size_t end = at.end;
  while (end < text.size() && blank(end)) ++end;
  size_t begin = at.begin;
  while (begin > 0 && blank(begin - 1)) --begin;
  if (end < text.size() && text[end] == ',') {
    at.end = uint32_t(end + 1);
    while (at.end < text.size() && blank(at.end)) ++at.end;
    return at;
  }
  if (begin > 0 && text[begin - 1] == ',') {
    at.begin = uint32_t(begin - 1);
    return at;
  }
  const size_t line = text.rfind('\n', at.begin), next = text.find('\n', at.end);
  const size_t lineBegin = line == std::string_view::npos ? 0 : line + 1;
  const bool alone = text.substr(lineBegin).starts_with("import ");
  if (!alone || next == std::string_view::npos) return std::nullopt;
  const auto rest = text.substr(at.end, next - at.end);
  if (rest.find_first_not_of(" \t\r}") != std::string_view::npos) return std::nullopt;
  return Span{at.file, uint32_t(lineBegin), uint32_t(next + 1)};
}

}  // namespace

void checkUnusedImports(Context& c) {
  // What was not understood may use any of them.
  for (const auto* tree : c.units[0]->trees)
    if (tree->hasErrors) return;
  // What was not found may be meant to come from it: then nobody takes it out unasked.
  const bool certain = std::ranges::none_of(c.sink.all(), [](const Diagnostic& d) {
    return d.code == Code::REF002 || d.code == Code::REF003 || d.code == Code::REF005;
  });
  for (const auto& use : c.units[0]->uses) {
    if (use.used) continue;
    auto& d = c.add(report<Code::NAM007>(use.span, use.text)).help("remove it");
    if (const auto gone = whole(c, use))
      d.fix({"remove it", certain ? FixSafety::safe : FixSafety::review, {{*gone, ""}}});
  }
}

}  // namespace cambium::sema
