// SQL of the functions over dates and times. An instant is taken apart in UTC, never in the zone of
// the session; nothing here depends on how a session writes dates.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <regex>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

using ir::Scalar;

// Without a zone: as it is, or the instant in UTC.
std::string local(const std::string& sql, Scalar type) {
  return type == Scalar::timestamp ? fmt::format("({} AT TIME ZONE 'UTC')", operand(sql))
                                   : operand(sql);
}

std::string part(const char* field, const Arguments& a, const ir::Expr& e) {
  const std::string of = local(a[0], e.args[0].type.scalar);
  const std::string value = fmt::format("EXTRACT({} FROM {})", field, of);
  // A second is a whole one here.
  return std::string_view(field) == "second" ? fmt::format("CAST(trunc({}) AS bigint)", value)
                                             : fmt::format("CAST({} AS bigint)", value);
}

std::string startOf(const char* unit, const Arguments& a, const ir::Expr& e) {
  const std::string of = local(a[0], e.args[0].type.scalar);
  return fmt::format("CAST(date_trunc('{}', CAST({} AS timestamp without time zone)) AS date)",
                     unit, of);
}

std::string times(const std::string& count, const char* unit) {
  return fmt::format("CAST({} AS double precision) * interval '1 {}'", operand(count), unit);
}

struct Limits {
  const char *first, *last, *type;
};
Limits limitsOf(Scalar type) {
  if (type == Scalar::date) return {"0001-01-01", "9999-12-31", "date"};
  return {"0001-01-01 00:00:00", "9999-12-31 23:59:59.999", "timestamp without time zone"};
}

// Nothing comes of what lies beyond the years 1 to 9999.
std::string within(const std::string& count, int64_t most, const std::string& moved,
                   const Limits& limits, bool instant) {
  const std::string result = instant ? operand(moved) + " AT TIME ZONE 'UTC'" : moved;
  return fmt::format(
      "CASE WHEN {0} BETWEEN -{1} AND {1} THEN CASE WHEN {2} BETWEEN CAST('{3}' AS {5}) AND "
      "CAST('{4}' AS {5}) THEN {6} END END",
      operand(count), most, operand(moved), limits.first, limits.last, limits.type, result);
}

std::string added(const Arguments& a, const ir::Expr& e, const char* unit, int64_t most) {
  const Scalar type = e.args[0].type.scalar;
  const Limits limits = limitsOf(type);
  // An instant moves as it is written in UTC: whatever else may follow the zone of the session.
  std::string moved;
  if (type == Scalar::date && std::string_view(unit) == "day") {
    moved = fmt::format("{} + CAST({} AS integer)", operand(a[0]), operand(a[1]));
  } else if (std::string_view(unit) == "month") {
    moved = fmt::format("{} + CAST({} AS double precision) * interval '1 month'", local(a[0], type),
                        operand(a[1]));
    if (type == Scalar::date) moved = fmt::format("CAST({} AS date)", moved);
  } else {
    const bool days = std::string_view(unit) == "day";  // of 86,400 seconds
    const std::string seconds = days ? fmt::format("{} * 86400", operand(a[1])) : operand(a[1]);
    moved = fmt::format("{} + {}", local(a[0], type), times("(" + seconds + ")", "second"));
  }
  return within(a[1], most, moved, limits, type == Scalar::timestamp);
}

// A literal is looked at here.
std::string dateOfLiteral(const std::string& text) {
  const auto blank = [](char c) { return c == ' '; };
  const auto first = std::ranges::find_if_not(text, blank);
  const auto last = std::find_if_not(text.rbegin(), text.rend(), blank).base();
  const std::string day = first < last ? std::string(first, last) : std::string();
  const std::regex form("([0-9]{4})-([0-9]{2})-([0-9]{2})");
  std::smatch parts;
  if (!std::regex_match(day, parts, form)) return "CAST(NULL AS date)";
  const std::chrono::year_month_day date{std::chrono::year(std::stoi(parts[1])),
                                         std::chrono::month(unsigned(std::stoi(parts[2]))),
                                         std::chrono::day(unsigned(std::stoi(parts[3])))};
  return date.ok() && int(date.year()) >= 1 ? fmt::format("CAST('{}' AS date)", day)
                                            : "CAST(NULL AS date)";
}

std::string toDate(const Arguments& a, const ir::Expr& e) {
  const Scalar type = e.args[0].type.scalar;
  if (type == Scalar::date) return operand(a[0]);
  if (!ir::isTextual(type)) return fmt::format("CAST({} AS date)", local(a[0], type));
  if (e.args[0].kind == ir::ExprKind::literal) return dateOfLiteral(e.args[0].text);
  // make_date() refuses what is no day: the month's length is asked first.
  const std::string t = fmt::format("btrim({})", a[0]);
  const auto number = [&](int from, int length) {
    return fmt::format("CAST(substr({}, {}, {}) AS integer)", t, from, length);
  };
  const std::string y = number(1, 4), m = number(6, 2), d = number(9, 2);
  return fmt::format(
      "CASE WHEN {0} ~ '^[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' AND {0} !~ '^0000' "
      "THEN CASE WHEN {3} <= EXTRACT(day FROM make_date({1}, {2}, 1) + interval '1 month' - "
      "interval "
      "'1 day') THEN make_date({1}, {2}, {3}) END END",
      t, y, m, d);
}

}  // namespace

std::string instantAsText(const std::string& sql, Scalar type) {
  const std::string x = local(sql, type);
  const auto field = [&](const char* name, int digits) {
    return fmt::format("lpad(CAST(EXTRACT({} FROM {}) AS text), {}, '0')", name, x, digits);
  };
  const auto whole = [&](const char* name, int digits) {
    return fmt::format("lpad(CAST(trunc(EXTRACT({} FROM {})) AS text), {}, '0')", name, x, digits);
  };
  std::string date =
      field("year", 4) + " || '-' || " + field("month", 2) + " || '-' || " + field("day", 2);
  std::string clock =
      field("hour", 2) + " || ':' || " + field("minute", 2) + " || ':' || " + whole("second", 2);
  if (type == Scalar::date) return date;
  if (type == Scalar::time) return clock;
  if (type == Scalar::datetime) return date + " || ' ' || " + clock;
  const std::string fraction =
      fmt::format("lpad(CAST(mod(trunc(EXTRACT(milliseconds FROM {})), 1000) AS text), 3, '0')", x);
  return date + " || 'T' || " + clock + " || '.' || " + fraction + " || 'Z'";
}

std::optional<std::string> timeCall(ir::Function function, const Arguments& a, const ir::Expr& e) {
  using ir::Function;
  switch (function) {
    case Function::year: return part("year", a, e);
    case Function::month: return part("month", a, e);
    case Function::day: return part("day", a, e);
    case Function::dayOfWeek: return part("isodow", a, e);
    case Function::hour: return part("hour", a, e);
    case Function::minute: return part("minute", a, e);
    case Function::second: return part("second", a, e);
    case Function::startOfMonth: return startOf("month", a, e);
    case Function::startOfYear: return startOf("year", a, e);
    case Function::addDays: return added(a, e, "day", 3652059);
    case Function::addMonths: return added(a, e, "month", 119988);
    case Function::addSeconds: return added(a, e, "second", 315537897599);
    case Function::daysBetween:
      return fmt::format("CAST({} - {} AS bigint)", operand(a[1]), operand(a[0]));
    case Function::secondsBetween:
      return fmt::format("CAST(trunc(EXTRACT(epoch FROM {} - {})) AS bigint)", operand(a[1]),
                         operand(a[0]));
    case Function::toDate: return toDate(a, e);
    case Function::now: return "now()";
    case Function::today: return "CAST((now() AT TIME ZONE 'UTC') AS date)";
    default: return std::nullopt;
  }
}

}  // namespace cambium::dialect::postgres
