// Operators whose plain form would mean something else in MariaDB than in the language: nothing
// comes of a division by zero, whatever sql_mode says; whole numbers are divided as such; a literal
// has the type that the language gives it.
#include <fmt/core.h>

#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

using ir::Expr;
using ir::ExprKind;
using ir::Op;
using ir::Scalar;

bool isInteger(const Expr& e) {
  return ir::isInteger(e.type.scalar);
}

bool isLiteral(const Expr& e) {
  return e.kind == ExprKind::literal;
}

bool isLiteralZero(const Expr& e) {
  return e.kind == ExprKind::literal && e.text.find_first_of("123456789") == std::string::npos;
}

// The type of a literal of a date or time, for where it does not meet a column of that type.
const char* typeWord(const Expr& e) {
  if (e.kind != ExprKind::literal || e.type.list) return nullptr;
  switch (e.type.scalar) {
    case Scalar::date: return "DATE";
    case Scalar::time: return "TIME";
    case Scalar::timestamp:
    case Scalar::datetime: return "TIMESTAMP";
    default: return nullptr;
  }
}

// The engine takes 0 - (-9223372036854775808) for that same number, in silence; anything else
// beyond 64 bits it refuses. Decimals have room for it.
std::optional<std::string> difference(const Expr& e, const std::string& left,
                                      const std::string& right) {
  const bool mayWrap = e.args[1].type.scalar == Scalar::int64 && isInteger(e.args[0]) &&
                       !isLiteral(e.args[1]) && (!isLiteral(e.args[0]) || isLiteralZero(e.args[0]));
  if (!mayWrap) return std::nullopt;
  return fmt::format("({} - CAST({} AS DECIMAL(20,0)))", left, right);
}

}  // namespace

std::string operandOf(const Expr& parent, size_t index, std::string sql) {
  const Expr& e = parent.args[index];
  if (parent.kind == ExprKind::isNull || parent.kind == ExprKind::native ||
      parent.kind == ExprKind::list)
    return sql;
  if (const char* word = typeWord(e)) return word + sql;
  return sql;
}

// The result stands as an operand wherever the operator stood: it comes in parentheses of its own.
std::optional<std::string> binary(const Expr& e, const std::string& left,
                                  const std::string& right) {
  if (e.kind == ExprKind::like)
    return fmt::format("({} {}LIKE {})", operand(left), e.negated ? "NOT " : "", operand(right));
  if (e.kind != ExprKind::binary || e.args.size() != 2) return std::nullopt;
  if (e.op == Op::subtract) return difference(e, left, right);
  if (e.op != Op::divide && e.op != Op::modulo) return std::nullopt;
  const bool safe = e.args[1].kind == ExprKind::literal && !isLiteralZero(e.args[1]);
  const std::string by = safe ? right : fmt::format("nullif({}, 0)", right);
  if (e.op == Op::modulo) return fmt::format("({} MOD {})", left, by);
  if (isInteger(e)) return fmt::format("({} DIV {})", left, by);
  // The engine gives but four digits more than the dividend has.
  if (e.type.scalar == Scalar::decimal)
    return fmt::format("round(CAST({} AS DECIMAL(65,30)) / {}, {})", left, by, e.type.scale);
  return fmt::format("({} / {})", left, by);
}

std::string identical(std::string_view type, const std::string& left, const std::string& right) {
  if (type.find(" collate ") != std::string_view::npos) {
    const auto bytes = [](const std::string& sql) {
      return fmt::format("CAST(CONVERT({} USING utf8mb4) AS BINARY)", sql);
    };
    return bytes(left) + " <=> " + bytes(right);
  }
  return operand(left) + " <=> " + operand(right);
}

}  // namespace cambium::dialect::mariadb
