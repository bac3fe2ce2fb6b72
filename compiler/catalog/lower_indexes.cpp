#include "compiler/catalog/lower_indexes.h"

#include <fmt/core.h>

#include <algorithm>

namespace cambium::catalog {

namespace {

std::string called(const std::string& name) {
  return name.empty() ? "(…)" : name;
}

bool isWord(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return !text.empty() && letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

// An index of the usual kind is no help where another one was meant, and may even refuse rows (of
// long texts): nothing stands in for it.
bool chooseMethod(const ir::Index& declared, const ir::Entity& entity, const Traits& traits,
                  Index& index, DiagnosticSink& sink) {
  if (declared.method.empty()) return true;
  const auto said = declared.method.find(traits.dialect);
  if (said == declared.method.end()) {
    sink.add(report<Code::DDL065>(declared.span, traits.displayName, entity.name,
                                  called(declared.name)))
        .help(fmt::format("say which kind it has there: `{}: \"{}\"`; or that it is not needed: "
                          "`@allow(DDL065, \"why\")`",
                          traits.dialect, traits.indexMethods.front()));
    return false;
  }
  const bool known =
      std::ranges::find(traits.indexMethods, said->second) != traits.indexMethods.end() ||
      (traits.otherIndexMethods && isWord(said->second));
  if (!known) {
    std::string list;
    for (const std::string& one : traits.indexMethods)
      list += (list.empty() ? "`" : ", `") + one + "`";
    sink.add(report<Code::DDL066>(declared.span, traits.displayName, said->second))
        .help("there is " + list);
    return false;
  }
  if (said->second != traits.indexMethods.front()) index.method = said->second;
  return true;
}

std::optional<std::string> wordsBehind(const ir::IndexPart& part, Span fallback,
                                       const Traits& traits, DiagnosticSink& sink) {
  const auto said = part.native.find(traits.dialect);
  if (said == part.native.end()) return std::string();
  auto words = traits.indexWords ? traits.indexWords(said->second, part.descending) : std::nullopt;
  if (!words)
    sink.add(report<Code::DDL068>(part.expr.span ? part.expr.span : fallback, traits.displayName,
                                  said->second));
  return words;
}

bool includesAny(const ir::Index& declared, const ir::Entity&, const Traits&, DiagnosticSink&) {
  return !declared.include.empty();
}

// More parts would be another rule.
bool includesAny(const ir::Unique& declared, const ir::Entity& entity, const Traits& traits,
                 DiagnosticSink& sink) {
  if (declared.include.empty() || traits.includedColumns) return !declared.include.empty();
  sink.add(report<Code::DDL067>(declared.span, traits.displayName, entity.name,
                                called(declared.name)))
      .help("an index may carry them: `index (…) @include(…)`; or: `@allow(DDL067, \"why\")`");
  return false;
}

void includeColumn(const std::string& column, const Traits& traits, Index& index) {
  if (traits.includedColumns)
    index.include.push_back(column);
  else if (std::ranges::find(index.parts, column, &IndexPart::column) == index.parts.end())
    index.parts.push_back({column, "", false});
}

}  // namespace cambium::catalog
