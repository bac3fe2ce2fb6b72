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
  const Scalar s = e.type.scalar;
  return s == Scalar::int16 || s == Scalar::int32 || s == Scalar::int64;
}
bool isDecimal(const Expr& e) {
  return e.type.scalar == Scalar::decimal;
}

// Digits after the point that a decimal expression can have; nullopt = no bound that is worth
// anything.
std::optional<unsigned> scaleOf(const Expr& e) {
  if (isInteger(e)) return 0;
  if (e.kind == ExprKind::literal) {
    const auto point = e.text.find('.');
    if (e.text.find_first_of("eE") != std::string::npos) return std::nullopt;
    return point == std::string::npos ? 0 : static_cast<unsigned>(e.text.size() - point - 1);
  }
  if (!isDecimal(e)) return std::nullopt;
  if (e.kind == ExprKind::property || e.kind == ExprKind::value) return e.type.scale;
  if (e.kind == ExprKind::unary && e.args.size() == 1) return scaleOf(e.args[0]);
  if (e.kind == ExprKind::binary && e.args.size() == 2) {
    const auto l = scaleOf(e.args[0]), r = scaleOf(e.args[1]);
    if (!l || !r) return std::nullopt;
    if (e.op == Op::add || e.op == Op::subtract) return std::max(*l, *r);
    if (e.op == Op::multiply) return *l + *r;
  }
  return std::nullopt;
}

// A decimal that is stored as text must not be compared or added as text.
std::string number(const Expr& e, const std::string& sql) {
  const bool column = e.kind == ExprKind::property || e.kind == ExprKind::value;
  return column && isTextDecimal(e.type) ? fmt::format("CAST({} AS REAL)", sql) : sql;
}

const char* spelling(Op op) {
  switch (op) {
    case Op::equal: return "=";
    case Op::notEqual: return "<>";
    case Op::less: return "<";
    case Op::lessEqual: return "<=";
    case Op::greater: return ">";
    case Op::greaterEqual: return ">=";
    case Op::add: return "+";
    case Op::subtract: return "-";
    case Op::multiply: return "*";
    case Op::divide: return "/";
    case Op::modulo: return "%";
    case Op::none:
    case Op::orOp:
    case Op::andOp:
    case Op::notOp:
    case Op::negate: return "";
  }
  return "";
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

std::string like(const Expr& e, const std::string& left, const std::string& right) {
  std::string pattern;
  if (e.args.size() > 1 && e.args[1].kind == ExprKind::literal)
    pattern = textLiteral(globPattern(e.args[1].text));
  else
    pattern = fmt::format(
        "replace(replace(replace(replace(replace({}, '[', '[[]'), '*', '[*]'), '?', '[?]'), '%', "
        "'*'), '_', '?')",
        right);
  return fmt::format("({} {}GLOB {})", operand(left), e.negated ? "NOT " : "", pattern);
}

}  // namespace

// The result stands as an operand wherever the operator stood: it comes in parentheses of its own.
std::optional<std::string> binary(const Expr& e, const std::string& left,
                                  const std::string& right) {
  if (e.kind == ExprKind::like) return like(e, left, right);
  if (e.kind != ExprKind::binary || e.args.size() != 2 || !*spelling(e.op)) return std::nullopt;
  const Expr &l = e.args[0], &r = e.args[1];
  const std::string a = number(l, left), b = number(r, right);
  const bool changed = a != left || b != right;
  const auto plain = [&] { return fmt::format("{} {} {}", a, spelling(e.op), b); };

  if (e.op == Op::divide && !isInteger(e) && isInteger(l) && isInteger(r))
    return fmt::format("(CAST({} AS REAL) / {})", left, operand(right));
  // % makes integers of its operands first.
  if (e.op == Op::modulo && !(isInteger(l) && isInteger(r)))
    return fmt::format("({0} - {1} * CAST({0} / {1} AS INTEGER))", operand(a), operand(b));
  // Doubles: 0.1 + 0.2 is 0.3 again after rounding to the digits that the exact result has.
  if ((e.op == Op::add || e.op == Op::subtract || e.op == Op::multiply) && isDecimal(e))
    if (const auto scale = scaleOf(e); scale && *scale <= 15)
      return fmt::format("round({}, {})", plain(), *scale);
  if (changed) return "(" + plain() + ")";
  return std::nullopt;
}

std::string nullSafeEqual(const std::string& left, const std::string& right) {
  return operand(left) + " IS " + operand(right);
}

}  // namespace cambium::dialect::sqlite
