// Operators whose plain form would mean something else in PostgreSQL than in the language: nothing
// comes of a division by zero, texts are in the order of their code points, a literal has the type
// that the language gives it.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

using ir::Expr;
using ir::ExprKind;
using ir::Op;
using ir::Scalar;

bool isInteger(const Expr& e) {
  return ir::isInteger(e.type.scalar);
}
bool isStored(const Expr& e) {
  return e.kind == ExprKind::property || e.kind == ExprKind::value;
}

bool orders(Op op) {
  return op == Op::less || op == Op::lessEqual || op == Op::greater || op == Op::greaterEqual;
}
bool calculates(Op op) {
  return op == Op::add || op == Op::subtract || op == Op::multiply || op == Op::divide ||
         op == Op::modulo;
}

const char* spelling(Op op) {
  switch (op) {
    case Op::add: return "+";
    case Op::subtract: return "-";
    case Op::multiply: return "*";
    case Op::divide: return "/";
    case Op::modulo: return "%";
    default: return "";
  }
}

// The parent puts its operands in an order.
bool isOrdered(const Expr& parent) {
  if (parent.kind == ExprKind::between) return true;
  if (parent.kind == ExprKind::binary) return orders(parent.op);
  return parent.kind == ExprKind::call &&
         (parent.function == ir::Function::least || parent.function == ir::Function::greatest);
}

// A literal that says nothing of its type is a text or a number of the server's choice.
bool needsType(const Expr& e) {
  if (e.kind != ExprKind::literal || e.type.list) return false;
  switch (e.type.scalar) {
    case Scalar::bytes:
    case Scalar::uuid:
    case Scalar::date:
    case Scalar::time:
    case Scalar::timestamp:
    case Scalar::datetime:
    case Scalar::json:
    case Scalar::float32:
    case Scalar::float64: return true;
    default: return false;
  }
}

bool isLiteralZero(const Expr& e) {
  return e.kind == ExprKind::literal && e.text.find_first_of("123456789") == std::string::npos;
}

// The engine rounds a quotient to about 16 digits, or to as many behind the point as the dividend
// has, before anybody rounds it to its own: what is a little less than a half would become one. A
// quotient that is no half differs from every half by more than this many digits show.
unsigned quotientDigits(const Expr& e) {
  const auto digits = [](const Expr& of) {
    if (isInteger(of)) return 19u;
    return of.type.precision ? unsigned(of.type.precision) : 38u;
  };
  const unsigned scale = e.type.scale, more = e.args[0].type.scale;
  return std::max(digits(e.args[1]) + scale + 2, digits(e.args[1]) + more + 2);
}

std::string like(const Expr& e, const std::string& left, const std::string& right) {
  std::string pattern = right;
  if (e.args.size() > 1 && e.args[1].kind == ExprKind::literal) {
    // A backslash at the end is one.
    const std::string& text = e.args[1].text;
    size_t slashes = 0;
    while (slashes < text.size() && text[text.size() - 1 - slashes] == '\\') ++slashes;
    if (slashes % 2 == 1) pattern = textLiteral(text + "\\");
  } else {
    pattern = fmt::format("regexp_replace({}, '^((\\\\.|[^\\\\])*)\\\\$', '\\1\\\\\\\\')", right);
  }
  return fmt::format("({} {}LIKE {})", operand(left), e.negated ? "NOT " : "", pattern);
}

}  // namespace

std::string operandOf(const Expr& parent, size_t index, std::string sql) {
  const Expr& e = parent.args[index];
  if (parent.kind == ExprKind::isNull || parent.kind == ExprKind::native) return sql;
  if (isOrdered(parent) && index == 0 && ir::isTextual(e.type.scalar) && !e.type.list)
    return fmt::format("({} COLLATE ucs_basic)", operand(sql));
  if (needsType(e)) return fmt::format("CAST({} AS {})", sql, sqlTypeOf(e.type));
  // What the engine computes in fewer bits than the language.
  if (parent.kind == ExprKind::unary && parent.op == Op::negate && isInteger(e) &&
      e.type.scalar != parent.type.scalar)
    return fmt::format("CAST({} AS {})", sql, sqlTypeOf(parent.type));
  if (parent.kind != ExprKind::binary || !calculates(parent.op)) return sql;
  if (e.type.scalar == Scalar::float32 && isStored(e))
    return fmt::format("CAST({} AS double precision)", sql);
  // Two literals without a point would be whole numbers.
  if (parent.type.scalar == Scalar::decimal && e.kind == ExprKind::literal &&
      e.text.find('.') == std::string::npos)
    return fmt::format("CAST({} AS numeric)", sql);
  // What the engine computes in 32 bits has 64 in the language.
  if (index == 0 && parent.type.scalar == Scalar::int64 &&
      !(isStored(e) && e.type.scalar == Scalar::int64) && isInteger(e))
    return fmt::format("CAST({} AS bigint)", sql);
  if (index == 0 && parent.type.scalar == Scalar::int32 && e.type.scalar == Scalar::int16)
    return fmt::format("CAST({} AS integer)", sql);
  return sql;
}

// The result stands as an operand wherever the operator stood: it comes in parentheses of its own.
std::optional<std::string> binary(const Expr& e, const std::string& left,
                                  const std::string& right) {
  if (e.kind == ExprKind::like) return like(e, left, right);
  if (e.kind != ExprKind::binary || e.args.size() != 2 || !calculates(e.op)) return std::nullopt;
  const bool divides = e.op == Op::divide || e.op == Op::modulo;
  if (!divides) return std::nullopt;
  const bool safe = e.args[1].kind == ExprKind::literal && !isLiteralZero(e.args[1]);
  const std::string by = safe ? right : fmt::format("nullif({}, 0)", right);
  if (e.op == Op::divide && e.type.scalar == Scalar::decimal)
    return fmt::format("round(round({}, {}) / {}, {})", left, quotientDigits(e), by, e.type.scale);
  return fmt::format("({} {} {})", left, spelling(e.op), by);
}

// Where equal is not the same (citext, interval, json, a collation of its own), texts are compared.
std::string identical(std::string_view type, const std::string& left, const std::string& right) {
  constexpr std::array<std::string_view, 12> kExact = {
      "smallint", "integer", "bigint",           "boolean", "text",  "character varying",
      "uuid",     "date",    "double precision", "numeric", "bytea", "jsonb"};
  const std::string_view base = type.substr(0, type.find_first_of("(["));
  const bool exact = type.find(" COLLATE ") == std::string_view::npos &&
                     (type.empty() || base.starts_with("timestamp") || base == "real" ||
                      std::ranges::find(kExact, base) != kExact.end());
  if (!exact)
    return fmt::format(
        "CAST({} AS text) COLLATE \"C\" IS NOT DISTINCT FROM CAST({} AS text) "
        "COLLATE \"C\"",
        left, right);
  return operand(left) + " IS NOT DISTINCT FROM " + operand(right);
}

}  // namespace cambium::dialect::postgres
