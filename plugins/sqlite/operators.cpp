// Operators whose plain form would mean something else in SQLite than in the language.
#include <fmt/core.h>

#include <algorithm>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

using ir::Expr;
using ir::ExprKind;
using ir::Op;
using ir::Scalar;

bool isInteger(const Expr& e) {
  return ir::isInteger(e.type.scalar);
}
bool isDecimal(const Expr& e) {
  return e.type.scalar == Scalar::decimal;
}

// Sure to be a double, not an integer that stands for one (as the literal 5 does).
bool isSurelyReal(const Expr& e) {
  const bool column = e.kind == ExprKind::property || e.kind == ExprKind::value;
  return column && !isInteger(e);
}

const char* spelling(Op op) {
  switch (op) {
    case Op::add: return "+";
    case Op::subtract: return "-";
    case Op::multiply: return "*";
    case Op::divide: return "/";
    default: return "";
  }
}

// LIKE folds ASCII case here; GLOB does not. The pattern's own * ? [ are taken literally.
std::string globPattern(const std::string& like) {
  std::string out;
  for (size_t i = 0; i < like.size(); ++i) {
    char c = like[i];
    if (c == '%') {
      out += '*';
      continue;
    }
    if (c == '_') {
      out += '?';
      continue;
    }
    if (c == '\\' && i + 1 < like.size()) c = like[++i];
    if (c == '*' || c == '?' || c == '[') {
      out += '[';
      out += c;
      out += ']';
      continue;
    }
    out += c;
  }
  return out;
}

// The same in SQL, for a pattern that is no literal. Once every `[` is written `[[]`, no other text
// starts with `[` and goes on with a letter: such words stand for what has been recognised.
std::string globPatternSql(const std::string& like) {
  std::string out = like;
  const auto replace = [&](const char* from, const char* to) {
    out = fmt::format("replace({}, '{}', '{}')", out, from, to);
  };
  replace("[", "[[]");
  replace("\\\\", "[b]");
  replace("\\%", "[p]");
  replace("\\_", "[u]");
  out = fmt::format("{} || '[e]'", out);
  replace("\\[e]", "[b]");  // a backslash at the end is one
  replace("[e]", "");
  replace("\\", "");
  replace("*", "[*]");
  replace("?", "[?]");
  replace("%", "*");
  replace("_", "?");
  replace("[b]", "\\");
  replace("[p]", "%");
  replace("[u]", "_");
  return out;
}

std::string like(const Expr& e, const std::string& left, const std::string& right) {
  const std::string pattern = e.args.size() > 1 && e.args[1].kind == ExprKind::literal
                                  ? textLiteral(globPattern(e.args[1].text))
                                  : globPatternSql(right);
  return fmt::format("({} {}GLOB {})", operand(left), e.negated ? "NOT " : "", pattern);
}

}  // namespace

std::optional<unsigned> scaleOf(const Expr& e) {
  if (isInteger(e)) return 0;
  if (!isDecimal(e)) return std::nullopt;
  if (e.kind == ExprKind::literal) {
    const auto point = e.text.find('.');
    return point == std::string::npos ? 0 : static_cast<unsigned>(e.text.size() - point - 1);
  }
  if (e.kind == ExprKind::unary && e.args.size() == 1) return scaleOf(e.args[0]);
  if (e.kind == ExprKind::binary && e.args.size() == 2 && e.op != Op::divide) {
    const auto l = scaleOf(e.args[0]), r = scaleOf(e.args[1]);
    if (!l || !r) return e.type.scale;
    return e.op == Op::multiply ? *l + *r : std::max(*l, *r);
  }
  return e.type.scale;
}

bool isStoredAsText(const Expr& e) {
  const bool stored =
      e.kind == ExprKind::property || e.kind == ExprKind::value || e.kind == ExprKind::literal;
  return stored && isTextDecimal(e.type);
}

// A decimal that is stored as text must not be compared or added as text.
std::string operandOf(const Expr& parent, size_t index, std::string sql) {
  const Expr& e = parent.args[index];
  if (!isStoredAsText(e) || parent.kind == ExprKind::isNull || parent.kind == ExprKind::list)
    return sql;
  if (e.kind == ExprKind::literal) return e.text.starts_with('-') ? "(" + e.text + ")" : e.text;
  if (parent.kind == ExprKind::call && parent.function == ir::Function::toStringFn) return sql;
  return fmt::format("CAST({} AS REAL)", sql);
}

// The result stands as an operand wherever the operator stood: it comes in parentheses of its own.
std::optional<std::string> binary(const Expr& e, const std::string& left,
                                  const std::string& right) {
  if (e.kind == ExprKind::like) return like(e, left, right);
  if (e.kind != ExprKind::binary || e.args.size() != 2 || isInteger(e) || !*spelling(e.op))
    return std::nullopt;
  const bool divides = e.op == Op::divide;
  if (!divides && !isDecimal(e)) return std::nullopt;
  // Two integers would be divided as such, whatever their type in the language is.
  const bool cast = divides && !isSurelyReal(e.args[0]) && !isSurelyReal(e.args[1]);
  const std::string result = fmt::format(
      "{} {} {}", cast ? fmt::format("CAST({} AS REAL)", left) : left, spelling(e.op), right);
  // Doubles: 0.1 + 0.2 is 0.3 again after rounding to the digits that the exact result has.
  if (const auto scale = scaleOf(e); scale && *scale <= 15)
    return fmt::format("round({}, {})", result, *scale);
  return divides ? std::optional("(" + result + ")") : std::nullopt;
}

std::string identical(std::string_view type, const std::string& left, const std::string& right) {
  const bool collated = type.find("COLLATE") != std::string_view::npos;
  return operand(left) + " IS " + operand(right) + (collated ? " COLLATE BINARY" : "");
}

}  // namespace cambium::dialect::sqlite
