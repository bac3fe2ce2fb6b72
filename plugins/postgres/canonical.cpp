// SQL that others wrote, with the names of columns in quotes: what the planner follows when a
// column is renamed.
#include <algorithm>
#include <array>
#include <cctype>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

// Words that are never a column without quotes.
constexpr std::array<std::string_view, 32> kReserved = {
    "all",  "and",   "any",  "array", "as",     "asc",    "between", "case",
    "cast", "check", "desc", "else",  "end",    "exists", "false",   "from",
    "in",   "is",    "like", "not",   "null",   "or",     "order",   "select",
    "some", "table", "then", "true",  "unique", "user",   "when",    "where"};

bool isWordStart(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80);
}
bool isWord(char c) {
  return isWordStart(c) || std::isdigit(static_cast<unsigned char>(c)) || c == '$';
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

size_t endOfQuoted(std::string_view sql, size_t at) {
  const char mark = sql[at];
  for (size_t i = at + 1; i < sql.size(); ++i)
    if (sql[i] == mark) return i + 1;  // a doubled mark begins the next part at once
  return sql.size();
}

}  // namespace

std::string canonical(std::string_view sql, const std::vector<std::string>& columns) {
  std::string out;
  std::string before;  // the last word or mark
  for (size_t i = 0; i < sql.size();) {
    const char c = sql[i];
    size_t end = i + 1;
    if (c == '\'' || c == '"') {
      end = endOfQuoted(sql, i);
      before = "'";
    } else if (isWordStart(c)) {
      while (end < sql.size() && isWord(sql[end])) ++end;
      const std::string folded = lower(sql.substr(i, end - i));
      size_t next = end;
      while (next < sql.size() && sql[next] == ' ') ++next;
      const bool called = next < sql.size() && sql[next] == '(';
      const bool literal = end < sql.size() && sql[end] == '\'';  // E'…', date '…'
      const bool otherName =
          before == "." || before == "as" || before == "collate" || before == ":";
      const bool reserved = std::ranges::find(kReserved, folded) != kReserved.end();
      const auto column = std::ranges::find(columns, folded);
      before = folded;
      if (column != columns.end() && !called && !literal && !otherName && !reserved) {
        out += quote(*column);
        i = end;
        continue;
      }
    } else if (c != ' ' && c != '\n' && c != '\t') {
      before = c;
    }
    out += sql.substr(i, end - i);
    i = end;
  }
  return out;
}

}  // namespace cambium::dialect::postgres
