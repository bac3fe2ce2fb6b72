#include "compiler/dialect/functions.h"

#include <fmt/format.h>

#include <charconv>

namespace cambium::dialect {

std::optional<std::string> callOf(const FunctionWriters& w, ir::Function function,
                                  const Arguments& a, const ir::Expr& e) {
  using ir::Function;
  switch (function) {
    case Function::concat:
    case Function::lower:
    case Function::upper:
    case Function::trim:
    case Function::length:
    case Function::substring:
    case Function::left:
    case Function::right:
    case Function::padLeft:
    case Function::padRight:
    case Function::repeat:
    case Function::replace:
    case Function::splitPart:
    case Function::position:
    case Function::startsWith:
    case Function::endsWith:
    case Function::contains:
    case Function::matches: return w.text(function, a, e);
    case Function::year:
    case Function::month:
    case Function::day:
    case Function::dayOfWeek:
    case Function::hour:
    case Function::minute:
    case Function::second:
    case Function::startOfMonth:
    case Function::startOfYear:
    case Function::addDays:
    case Function::addMonths:
    case Function::addSeconds:
    case Function::daysBetween:
    case Function::secondsBetween:
    case Function::toDate:
    case Function::now:
    case Function::today: return w.time(function, a, e);
    case Function::jsonText:
    case Function::jsonNumber:
    case Function::jsonBool:
    case Function::jsonHas:
    case Function::jsonLength: return w.json(function, a, e);
    case Function::coalesce: return a.size() == 1 ? w.operand(a[0]) : called("coalesce", a);
    case Function::nullif: return w.nullif(a, e);
    case Function::least: return a.size() == 1 ? w.operand(a[0]) : w.least(a, e);
    case Function::greatest: return a.size() == 1 ? w.operand(a[0]) : w.greatest(a, e);
    case Function::absolute: return called("abs", a);
    case Function::sign: return w.sign(a, e);
    case Function::ceil:
      return ir::isInteger(e.args[0].type.scalar) ? w.operand(a[0]) : w.ceil(a, e);
    case Function::floor:
      return ir::isInteger(e.args[0].type.scalar) ? w.operand(a[0]) : w.floor(a, e);
    case Function::round:
      return ir::isInteger(e.args[0].type.scalar) ? w.operand(a[0]) : w.round(a, e);
    case Function::toStringFn: return w.operand(w.toText(e.args[0], a[0]));
    case Function::toInt64: return w.toInt64(e.args[0], a[0]);
    case Function::toDecimal: return w.toDecimal(e.args[0], a[0]);
    case Function::toFloat64: return w.toFloat64(e.args[0], a[0]);
    case Function::toBool: return w.toBool(e.args[0], a[0]);
    case Function::uuid: return w.uuid;
    case Function::session: return w.session ? std::optional(w.session(a, e)) : std::nullopt;
    case Function::autoincrement:  // a fact of the column (Column::autoIncrement), not a value
    case Function::env:
    case Function::none:
    case Function::count_: return std::nullopt;
  }
  return std::nullopt;
}

std::string called(std::string_view name, const Arguments& arguments) {
  return fmt::format("{}({})", name, fmt::join(arguments, ", "));
}

std::optional<int64_t> integerLiteral(const ir::Expr& call, size_t index) {
  if (index >= call.args.size() || call.args[index].kind != ir::ExprKind::literal)
    return std::nullopt;
  const std::string& text = call.args[index].text;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string enginePattern(std::string_view pattern, std::string_view begin, std::string_view end) {
  std::string out;
  bool inClass = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      const char next = pattern[++i];
      switch (next) {
        case 'd': out += inClass ? "0-9" : "[0-9]"; continue;
        case 'w': out += inClass ? "A-Za-z0-9_" : "[A-Za-z0-9_]"; continue;
        case 's': out += inClass ? " \\t\\n\\v\\f\\r" : "[ \\t\\n\\v\\f\\r]"; continue;
        case 'D': out += "[^0-9]"; continue;
        case 'W': out += "[^A-Za-z0-9_]"; continue;
        case 'S': out += "[^ \\t\\n\\v\\f\\r]"; continue;
        default:
          out += '\\';
          out += next;
          continue;
      }
    }
    if (c == '[') inClass = true;
    if (c == ']') inClass = false;
    if (c == '^' && !inClass)
      out += begin;
    else if (c == '$' && !inClass)
      out += end;
    else
      out += c;
  }
  return out;
}

}  // namespace cambium::dialect
