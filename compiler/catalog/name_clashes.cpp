#include "compiler/catalog/name_clashes.h"

#include <algorithm>

namespace cambium::catalog {

namespace {

bool lessFolded(std::string_view a, std::string_view b) {
  const auto low = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::lexicographical_compare(a, b, {}, low, low);
}

}  // namespace

void reportSameName(DiagnosticSink& sink, const std::string& name, const Named& first,
                    const Named& second, const char* help) {
  auto& d = sink.add(report<Code::DDL003>(second.span, second.words(), name, first.words()));
  if (first.span) d.label(first.span, first.words() + " is here");
  d.note("names are compared without case, and tables and indexes share one space of names");
  // Both have the name that follows from what they are over.
  const bool same = first.words() == second.words();
  d.help((same ? "remove one of them, or " : "") + std::string(help));
}

bool reportRepeated(DiagnosticSink& sink, std::vector<std::pair<const std::string*, Named>> names,
                    const char* help) {
  std::ranges::stable_sort(
      names, [](const auto& a, const auto& b) { return lessFolded(*a.first, *b.first); });
  bool any = false;
  for (size_t i = 1; i < names.size(); ++i) {
    if (lessFolded(*names[i - 1].first, *names[i].first)) continue;
    reportSameName(sink, *names[i].first, names[i - 1].second, names[i].second, help);
    any = true;
  }
  return any;
}

}  // namespace cambium::catalog
