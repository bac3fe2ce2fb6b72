#include "compiler/catalog/lower_exclusions.h"

#include <algorithm>
#include <cctype>

namespace cambium::catalog {
namespace {

bool isSpace(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && isSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && isSpace(text.back())) text.remove_suffix(1);
  return text;
}

// `text` without `word` at its beginning, in any case.
std::optional<std::string_view> behind(std::string_view word, std::string_view text) {
  if (text.size() < word.size()) return std::nullopt;
  for (size_t i = 0; i < word.size(); ++i)
    if (std::toupper(static_cast<unsigned char>(text[i])) != word[i]) return std::nullopt;
  text.remove_prefix(word.size());
  const bool ends = text.empty() || isSpace(text.front()) || text.front() == '(';
  return ends ? std::optional(trimmed(text)) : std::nullopt;
}

}  // namespace

std::optional<std::string_view> exclusionIn(std::string_view sql) {
  const auto rest = behind("EXCLUDE", trimmed(sql));
  if (!rest) return std::nullopt;
  // `exclude(x)` is the call of a function, which has no operators WITH which it compares.
  const bool said = behind("USING", *rest).has_value() ||
                    (rest->starts_with('(') && rest->find(" WITH ") != std::string_view::npos);
  return said ? rest : std::nullopt;
}

bool isExclusion(const ir::Expr& condition) {
  return condition.kind == ir::ExprKind::native &&
         std::ranges::any_of(condition.args, [](const ir::Expr& said) {
           return exclusionIn(said.text).has_value();
         });
}

std::string exclusionSql(const ir::Check& check, const std::string& entity,
                         const SqlContext& context, DiagnosticSink& sink) {
  const ir::Expr& condition = check.condition;
  const Span at = condition.span ? condition.span : check.span;
  const auto& dialects = condition.path;
  const auto own = std::ranges::find(dialects, context.traits.dialect);
  const std::string& name = context.traits.displayName;
  if (own == dialects.end()) {
    sink.add(
            report<Code::DDL075>(at, name, check.name.empty() ? entity : entity + "." + check.name))
        .help("applications have to see to it; `@allow(DDL075, \"why\")` says that you know");
    return {};
  }
  const auto rest = exclusionIn(condition.args[size_t(own - dialects.begin())].text);
  if (!context.traits.exclusions) {
    sink.add(report<Code::DDL074>(at, name))
        .help("leave `" + *own + ":` out, and the constraint is left out there");
    return {};
  }
  sink.add(report<Code::DDL010>(at, name))
      .help("if it is right, say so: `@allow(DDL010, \"why\")`");
  return "EXCLUDE " + context.native(std::string(*rest));
}

}  // namespace cambium::catalog
