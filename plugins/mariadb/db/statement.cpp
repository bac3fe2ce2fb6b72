#include "plugins/mariadb/db/statement.h"

#include <algorithm>
#include <cctype>
#include <memory>

#include "plugins/mariadb/db/errors.h"

namespace cambium::dialect::mariadb {
namespace {

bool isWord(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80);
}

// The end of what begins at `at` and has no parameters in it; `at` itself if nothing does.
size_t endOfLiteral(std::string_view sql, size_t at) {
  const auto behind = [&](size_t found, size_t length) {
    return found == std::string_view::npos ? sql.size() : found + length;
  };
  const char c = sql[at];
  if (c == '\'' || c == '"' || c == '`') {
    size_t i = at + 1;
    for (; i < sql.size() && sql[i] != c; ++i)
      if (sql[i] == '\\' && c != '`') ++i;
    return std::min(i + 1, sql.size());
  }
  if (sql.substr(at, 3) == "-- " || c == '#') return behind(sql.find('\n', at), 1);
  if (sql.substr(at, 2) == "/*") return behind(sql.find("*/", at + 2), 2);
  if (sql.substr(at, 2) == ":=") return at + 2;
  return at;
}

bool isNumber(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string literalOf(MYSQL* connection, const Value& value, std::string_view before) {
  if (!value) return "NULL";
  while (before.ends_with(' ')) before.remove_suffix(1);
  if ((before.ends_with("OFFSET") || before.ends_with("LIMIT")) && isNumber(*value)) return *value;
  std::string out(value->size() * 2 + 1, '\0');
  out.resize(mysql_real_escape_string(connection, out.data(), value->data(),
                                      static_cast<unsigned long>(value->size())));
  return "'" + out + "'";
}

std::string filled(MYSQL* connection, std::string_view sql, Values values) {
  if (values.empty()) return std::string(sql);
  std::string out;
  for (size_t i = 0; i < sql.size();) {
    size_t end = endOfLiteral(sql, i);
    if (end == i && sql[i] == ':') {
      end = i + 1;
      while (end < sql.size() && isWord(sql[end])) ++end;
      const std::string_view name = sql.substr(i + 1, end - i - 1);
      const auto found = std::find_if(values.begin(), values.end(), [&](const auto& value) {
        std::string_view known = value.first;
        if (known.starts_with(':')) known.remove_prefix(1);
        return !name.empty() && known == name;
      });
      if (found != values.end()) {
        out += literalOf(connection, found->second, out);
        i = end;
        continue;
      }
    }
    end = std::max(end, i + 1);
    out += sql.substr(i, end - i);
    i = end;
  }
  return out;
}

}  // namespace

DbResult<Outcome> run(MYSQL* connection, std::string_view sql, Values values) {
  const std::string statement = filled(connection, sql, values);
  if (mysql_real_query(connection, statement.data(),
                       static_cast<unsigned long>(statement.size())) != 0)
    return Failure{errorOf(connection, sql)};
  Outcome out;
  const std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> result(mysql_store_result(connection),
                                                                mysql_free_result);
  if (!result) {
    if (mysql_errno(connection) != 0) return Failure{errorOf(connection, sql)};
    out.changed = static_cast<int64_t>(mysql_affected_rows(connection));
    return out;
  }
  const unsigned width = mysql_num_fields(result.get());
  while (const MYSQL_ROW cells = mysql_fetch_row(result.get())) {
    const unsigned long* lengths = mysql_fetch_lengths(result.get());
    Row row;
    row.reserve(width);
    for (unsigned i = 0; i < width; ++i) {
      if (cells[i])
        row.emplace_back(std::string(cells[i], lengths[i]));
      else
        row.emplace_back();
    }
    out.rows.push_back(std::move(row));
  }
  if (mysql_errno(connection) != 0) return Failure{errorOf(connection, sql)};
  return out;
}

}  // namespace cambium::dialect::mariadb
