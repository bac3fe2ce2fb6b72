// SQL of the functions over dates and times, which are texts of one form each (types.cpp): their
// parts are cut out, and what the engine's own functions calculate is put back into that form.
#include <fmt/core.h>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

using ir::Scalar;

std::string part(const std::string& sql, unsigned from, unsigned length) {
  return fmt::format("CAST(substr({}, {}, {}) AS INTEGER)", sql, from, length);
}

// Hours, minutes and seconds stand behind the date, if there is one.
std::string clock(const Arguments& a, const ir::Expr& e, unsigned number) {
  const unsigned start = e.args[0].type.scalar == Scalar::time ? 1 : 12;
  return part(a[0], start + 3 * number, 2);
}

// Moved by so many of a unit; milliseconds, which the engine would round, stay as they are.
std::string moved(const Arguments& a, const ir::Expr& e, const char* unit) {
  const std::string by = fmt::format("{} || ' {}'", operand(a[1]), unit);
  switch (e.args[0].type.scalar) {
    case Scalar::date: return fmt::format("date({}, {})", a[0], by);
    case Scalar::timestamp:
      return fmt::format(
          "(strftime('%Y-%m-%dT%H:%M:%S', substr({0}, 1, 19), {1}) || substr({0}, 20))", a[0], by);
    default: return fmt::format("strftime('%Y-%m-%d %H:%M:%S', {}, {})", a[0], by);
  }
}

// The same day of another month, or its last one: '+1 month' alone would run over into the next.
std::string movedByMonths(const Arguments& a) {
  const std::string n = operand(a[1]);
  const std::string month =
      fmt::format("strftime('%Y-%m-', {}, 'start of month', {} || ' months')", a[0], n);
  // Of December 9999 the day after is none.
  const std::string lastDay = fmt::format(
      "coalesce(strftime('%d', {}, 'start of month', ({} + 1) || ' months', '-1 day'), '31')", a[0],
      n);
  return fmt::format("({} || min(substr({}, 9, 2), {}) || substr({}, 11))", month, a[0], lastDay,
                     a[0]);
}

// Milliseconds of an instant; strftime('%s') gives whole seconds.
std::string milliseconds(const std::string& sql, Scalar type) {
  const std::string seconds = fmt::format("strftime('%s', substr({}, 1, 19)) * 1000", sql);
  return type == Scalar::timestamp ? seconds + " + substr(" + sql + ", 21, 3)" : seconds;
}

std::string toDate(const Arguments& a, const ir::Expr& e) {
  if (!ir::isTextual(e.args[0].type.scalar)) return fmt::format("substr({}, 1, 10)", a[0]);
  // Two steps: date() of a word like 'now' must not even be tried. Moving
  // it by nothing makes 1 March of 30 February.
  return fmt::format(
      "CASE WHEN trim({0}) GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' THEN CASE WHEN "
      "date(trim({0}), '+0 days') = trim({0}) AND trim({0}) >= '0001' THEN trim({0}) END END",
      a[0]);
}

}  // namespace

std::optional<std::string> timeCall(ir::Function function, const Arguments& a, const ir::Expr& e) {
  using ir::Function;
  switch (function) {
    case Function::year: return part(a[0], 1, 4);
    case Function::month: return part(a[0], 6, 2);
    case Function::day: return part(a[0], 9, 2);
    case Function::dayOfWeek:  // the engine's week starts on Sunday, with 0
      return fmt::format("((strftime('%w', substr({}, 1, 10)) + 6) % 7 + 1)", a[0]);
    case Function::hour: return clock(a, e, 0);
    case Function::minute: return clock(a, e, 1);
    case Function::second: return clock(a, e, 2);
    case Function::startOfMonth: return fmt::format("(substr({}, 1, 8) || '01')", a[0]);
    case Function::startOfYear: return fmt::format("(substr({}, 1, 5) || '01-01')", a[0]);
    case Function::addDays: return moved(a, e, "days");
    case Function::addSeconds: return moved(a, e, "seconds");
    case Function::addMonths: return movedByMonths(a);
    case Function::daysBetween:
      return fmt::format("CAST(julianday({}) - julianday({}) AS INTEGER)", a[1], a[0]);
    case Function::secondsBetween: {
      const Scalar type = e.args[0].type.scalar;
      return fmt::format("(({} - ({})) / 1000)", milliseconds(a[1], type),
                         milliseconds(a[0], type));
    }
    case Function::toDate: return toDate(a, e);
    case Function::now: return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
    case Function::today: return "date('now')";
    default: return std::nullopt;
  }
}

}  // namespace cambium::dialect::sqlite
