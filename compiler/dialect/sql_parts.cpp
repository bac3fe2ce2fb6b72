#include "compiler/dialect/sql_parts.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/base/json_text.h"

namespace cambium::dialect {
namespace {

std::string listOf(const std::vector<std::string>& items, std::string_view suffix = "") {
  std::string out;
  for (const auto& item : items)
    out += fmt::format("{}{}{}", out.empty() ? "" : ", ", item, suffix);
  return out;
}

// Key <op> (:c1, :c2 …)
std::string against(const BatchCursor& cursor, std::string_view op, char name) {
  std::vector<std::string> parameters;
  for (size_t i = 0; i < cursor.compare.size(); ++i)
    parameters.push_back(cursor.parameter(name, i));
  if (parameters.size() == 1) return fmt::format("{} {} {}", cursor.compare[0], op, parameters[0]);
  return fmt::format("({}) {} ({})", listOf(cursor.compare), op, listOf(parameters));
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}
bool isWord(char c) {
  return isWordStart(c) || isDigit(c) || c == '$';
}

// The end of the token in quotes that starts at `at`, npos if it is not closed.
size_t endOfQuoted(std::string_view sql, size_t at) {
  const char mark = sql[at];
  for (size_t i = at + 1; i < sql.size(); ++i) {
    if (sql[i] != mark) continue;
    if (i + 1 < sql.size() && sql[i + 1] == mark)
      ++i;
    else
      return i + 1;
  }
  return std::string_view::npos;
}

// The end of the parenthesis that opens at `at`, npos if it is not closed.
size_t endOfParenthesis(std::string_view sql, size_t at) {
  const char open = sql[at], close = open == '[' ? ']' : ')';
  unsigned depth = 0;
  for (size_t i = at; i < sql.size();) {
    const char c = sql[i];
    if (c == '\'' || c == '"') {
      i = endOfQuoted(sql, i);
      if (i == std::string_view::npos) return i;
      continue;
    }
    if (c == open) ++depth;
    if (c == close && --depth == 0) return i + 1;
    ++i;
  }
  return std::string_view::npos;
}

bool isKnown(const ir::Expr& e) {
  return e.kind == ir::ExprKind::literal || e.kind == ir::ExprKind::member;
}

}  // namespace

bool isNumberLiteral(std::string_view sql) {
  if (!sql.empty() && (sql[0] == '-' || sql[0] == '+')) sql.remove_prefix(1);
  if (sql.empty() || !(isDigit(sql[0]) || sql[0] == '.')) return false;
  for (size_t i = 0; i < sql.size(); ++i) {
    const bool sign =
        (sql[i] == '-' || sql[i] == '+') && i && (sql[i - 1] == 'e' || sql[i - 1] == 'E');
    if (!isWord(sql[i]) && sql[i] != '.' && !sign) return false;
  }
  return true;
}

bool isQuotedWhole(std::string_view sql) {
  return !sql.empty() && endOfQuoted(sql, 0) == sql.size();
}

std::string standardOperand(std::string_view sql) {
  std::string whole(sql);
  if (sql.empty()) return "()";
  if (sql[0] == '\'' && isQuotedWhole(sql)) return whole;
  if (sql[0] != '-' && sql[0] != '+' && isNumberLiteral(sql)) return whole;
  if (sql[0] == '(') return endOfParenthesis(sql, 0) == sql.size() ? whole : "(" + whole + ")";
  size_t i = 0;
  if (sql.substr(0, 4) == "NEW." || sql.substr(0, 4) == "OLD.") i = 4;
  if (i < sql.size() && sql[i] == '"' && endOfQuoted(sql, i) == sql.size()) return whole;
  if (isWordStart(sql[i])) {
    size_t end = i;
    while (end < sql.size() && isWord(sql[end])) ++end;
    if (end == sql.size()) return whole;
    if ((sql[end] == '(' || sql[end] == '[') && endOfParenthesis(sql, end) == sql.size())
      return whole;
  }
  return "(" + whole + ")";
}

std::string literalAsJson(const ir::Expr& e) {
  if (e.kind == ir::ExprKind::member) return jsonQuoted(e.text);
  switch (e.type.scalar) {
    case ir::Scalar::null:
    case ir::Scalar::error: return "null";
    case ir::Scalar::boolean:
    case ir::Scalar::int16:
    case ir::Scalar::int32:
    case ir::Scalar::int64:
    case ir::Scalar::float32:
    case ir::Scalar::float64:
    case ir::Scalar::decimal:
    case ir::Scalar::json: return e.text;
    case ir::Scalar::timestamp:
    case ir::Scalar::bytes:
    case ir::Scalar::string:
    case ir::Scalar::text:
    case ir::Scalar::uuid:
    case ir::Scalar::date:
    case ir::Scalar::time:
    case ir::Scalar::datetime:
    case ir::Scalar::duration:
    case ir::Scalar::enumeration: return jsonQuoted(e.text);
  }
  return "null";
}

std::optional<std::string> jsonListText(const ir::Expr& list,
                                        std::string (*element)(const ir::Expr&)) {
  if (!std::ranges::all_of(list.args, isKnown)) return std::nullopt;
  std::string out;
  for (const auto& one : list.args) out += (out.empty() ? "" : ",") + element(one);
  return "[" + out + "]";
}

std::string standardQuote(std::string_view identifier) {
  std::string out = "\"";
  for (const char c : identifier) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string standardQuoteList(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const auto& name : names) quoted.push_back(standardQuote(name));
  return listOf(quoted);
}

std::string rowSql(const plan::WriteRow& op) {
  const catalog::Row& row = op.to ? *op.to : *op.from;
  const std::string table = standardQuote(row.table), key = standardQuote(row.keyColumn);
  if (!op.to) return fmt::format("DELETE FROM {} WHERE {} = {}", table, key, row.key);
  std::string columns, values, set;
  for (const auto& [column, value] : row.values) {
    columns += ", " + standardQuote(column);
    values += ", " + value;
    set += fmt::format("{}{} = {}", set.empty() ? "" : ", ", standardQuote(column), value);
  }
  if (op.from)
    return fmt::format("UPDATE {} SET {} = {}{}{} WHERE {} = {}", table, key, row.key,
                       set.empty() ? "" : ", ", set, key, op.from->key);
  return fmt::format("INSERT INTO {} ({}{}) VALUES ({}{}) ON CONFLICT ({}) DO {}", table, key,
                     columns, row.key, values, key, set.empty() ? "NOTHING" : "UPDATE SET " + set);
}

std::vector<std::string> moveSql(const plan::WriteRow& op, std::string (*quote)(std::string_view)) {
  std::vector<std::string> out;
  for (const auto& move : op.moves) {
    const std::string table = quote(move.table), column = quote(move.column);
    if (move.others.empty()) {
      out.push_back(fmt::format("UPDATE {0} SET {1} = {2} WHERE {1} = {3}", table, column, move.to,
                                op.from->key));
      continue;
    }
    // The old pair goes with what it refers to.
    std::string others, values, same;
    for (const auto& name : move.others) {
      others += quote(name) + ", ";
      values += "r." + quote(name) + ", ";
      same += fmt::format("o.{0} = r.{0} AND ", quote(name));
    }
    out.push_back(
        fmt::format("INSERT INTO {0} ({1}{2}) SELECT {3}{4} FROM {0} AS r WHERE r.{2} = "
                    "{5} AND NOT EXISTS (SELECT 1 FROM {0} AS o WHERE {6}o.{2} = {4})",
                    table, others, column, values, move.to, op.from->key, same));
  }
  return out;
}

BatchSql batchOver(const plan::Backfill& op, const BatchCursor& cursor) {
  const std::string name = cursor.quote(op.table), select = listOf(cursor.select),
                    order = listOf(cursor.compare);
  const std::string after = against(cursor, ">", 'c'), inBatch = against(cursor, "<=", 'e'),
                    inBounds = against(cursor, "<=", 'u');
  std::string set;
  for (const auto& [column, sql] : op.set)
    set += fmt::format("{}{} = {}", set.empty() ? "" : ", ", cursor.quote(column), sql);
  const std::string pending = op.pending.empty() ? cursor.always : op.pending;

  BatchSql out;
  out.keyColumns = static_cast<unsigned>(cursor.compare.size());
  out.upperBound = fmt::format("SELECT {} FROM {} ORDER BY {} LIMIT 1", select, name,
                               listOf(cursor.compare, " DESC"));
  const auto end = [&](const std::string& where) {
    return fmt::format("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT 1 OFFSET {}", select, name,
                       where, order, cursor.skip);
  };
  out.firstEnd = end(inBounds);
  out.nextEnd = end(after + " AND " + inBounds);
  const auto update = [&](const std::string& where) {
    return fmt::format("UPDATE {} SET {} WHERE {} AND ({})", name, set, where,
                       op.touches.empty() ? pending : op.touches);
  };
  out.firstUpdate = update(inBatch);
  out.nextUpdate = update(after + " AND " + inBatch);
  out.countPending = fmt::format("SELECT count(*) FROM {} WHERE {}", name, pending);
  out.countAll = fmt::format("SELECT count(*) FROM {}", name);
  return out;
}

}  // namespace cambium::dialect
