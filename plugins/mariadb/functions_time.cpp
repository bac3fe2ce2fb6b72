// SQL of the functions over dates and times. An instant is kept in UTC, so nothing here depends on
// the zone of the session.
#include <fmt/core.h>

#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

using ir::Scalar;

// The first and the last day of the calendar, and their seconds, as the engine counts them.
constexpr int64_t kFirstDay = 366, kLastDay = 3652424;
constexpr int64_t kFirstSecond = 31622400, kLastSecond = 315569519999;
constexpr int64_t kFirstMonth = 12, kLastMonth = 119999;  // year * 12 + month - 1

// Nothing comes of what lies beyond the years 1 to 9999: the engine would refuse the write.
std::string within(const std::string& count, int64_t most, const std::string& position,
                   int64_t first, int64_t last, const std::string& moved) {
  return fmt::format(
      "CASE WHEN {0} BETWEEN -{1} AND {1} THEN CASE WHEN {2} + {0} BETWEEN {3} AND {4} THEN {5} "
      "END END",
      operand(count), most, position, first, last, moved);
}

std::string addDays(const Arguments& a) {
  return within(a[1], kLastDay, fmt::format("to_days({})", a[0]), kFirstDay, kLastDay,
                fmt::format("{} + INTERVAL {} DAY", operand(a[0]), a[1]));
}
std::string addMonths(const Arguments& a) {
  return within(a[1], kLastMonth, fmt::format("year({0}) * 12 + month({0}) - 1", a[0]), kFirstMonth,
                kLastMonth, fmt::format("{} + INTERVAL {} MONTH", operand(a[0]), a[1]));
}
std::string addSeconds(const Arguments& a) {
  return within(a[1], kLastSecond, fmt::format("to_seconds({})", a[0]), kFirstSecond, kLastSecond,
                fmt::format("{} + INTERVAL {} SECOND", operand(a[0]), a[1]));
}

std::string startOf(const char* day, const std::string& sql) {
  return fmt::format("(CAST({0} AS DATE) - INTERVAL {1}({0}) - 1 DAY)", sql, day);
}

std::string toDate(const Arguments& a, const ir::Expr& e) {
  if (!ir::isTextual(e.args[0].type.scalar)) return fmt::format("CAST({} AS DATE)", a[0]);
  // A day that its month does not have must not even be tried.
  return fmt::format(
      "CASE WHEN trim({0}) REGEXP '^[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' AND "
      "left(trim({0}), 4) <> '0000' THEN CASE WHEN right(trim({0}), 2) <= "
      "dayofmonth(last_day(CAST(concat(left(trim({0}), 8), '01') AS DATE))) THEN CAST(trim({0}) AS "
      "DATE) END END",
      a[0]);
}

}  // namespace

std::string instantAsText(const std::string& sql, Scalar type, Server server) {
  switch (type) {
    case Scalar::date:
    case Scalar::time: return asText(sql, server);
    case Scalar::datetime: return asText(fmt::format("CAST({} AS DATETIME)", sql), server);
    default:
      return fmt::format("concat(replace({}, ' ', 'T'), 'Z')",
                         asText(fmt::format("CAST({} AS DATETIME(3))", sql), server));
  }
}

std::optional<std::string> timeCall(ir::Function function, const Arguments& a, const ir::Expr& e) {
  using ir::Function;
  switch (function) {
    case Function::year: return fmt::format("year({})", a[0]);
    case Function::month: return fmt::format("month({})", a[0]);
    case Function::day: return fmt::format("dayofmonth({})", a[0]);
    case Function::dayOfWeek: return fmt::format("(weekday({}) + 1)", a[0]);
    case Function::hour: return fmt::format("hour({})", a[0]);
    case Function::minute: return fmt::format("minute({})", a[0]);
    case Function::second: return fmt::format("second({})", a[0]);
    case Function::startOfMonth: return startOf("dayofmonth", a[0]);
    case Function::startOfYear: return startOf("dayofyear", a[0]);
    case Function::addDays: return addDays(a);
    case Function::addMonths: return addMonths(a);
    case Function::addSeconds: return addSeconds(a);
    case Function::daysBetween: return fmt::format("(to_days({}) - to_days({}))", a[1], a[0]);
    case Function::secondsBetween: return fmt::format("timestampdiff(SECOND, {}, {})", a[0], a[1]);
    case Function::toDate: return toDate(a, e);
    case Function::now: return "utc_timestamp(3)";
    case Function::today: return "utc_date()";
    default: return std::nullopt;
  }
}

}  // namespace cambium::dialect::mariadb
