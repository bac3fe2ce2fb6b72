#include "plugins/sqlite/canonical.h"

#include <algorithm>
#include <array>

#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

// Words that are never a name without quotes (the engine lets the others stand for one).
constexpr std::array<std::string_view, 35> kReserved = {
    "AND",     "AS",     "BETWEEN", "CASE", "CHECK",   "COLLATE", "CREATE", "DEFAULT", "DISTINCT",
    "ELSE",    "ESCAPE", "EXISTS",  "FROM", "GROUP",   "HAVING",  "IN",     "INDEX",   "IS",
    "ISNULL",  "JOIN",   "LIMIT",   "NOT",  "NOTNULL", "NULL",    "ON",     "OR",      "ORDER",
    "PRIMARY", "SELECT", "TABLE",   "THEN", "UNION",   "UNIQUE",  "WHEN",   "WHERE"};

class Canonical {
public:
  Canonical(const std::vector<Token>& tokens, size_t begin, size_t end, std::string_view table,
            const std::vector<std::string>& columns)
      : tokens_(tokens), begin_(begin), end_(end), table_(table), columns_(columns) {}

  std::string text() const {
    std::string out;
    bool glue = true;  // no space before the first token, nor after a qualifier that was left out
    for (size_t i = begin_; i < end_; ++i) {
      const Token& token = tokens_[i];
      if (token.spaceBefore && !glue) out += ' ';
      // "table"."column" is the column, whatever the table is called by now.
      if (isOwnQualifier(i)) {
        ++i;
        glue = true;
        continue;
      }
      glue = false;
      out += one(i);
    }
    return out;
  }

private:
  bool isOwnQualifier(size_t i) const {
    const Token& token = tokens_[i];
    const bool name = token.kind == TokenKind::name || token.kind == TokenKind::word;
    return name && i + 2 < end_ && tokens_[i + 1].is(".") && sameName(token.value, table_) &&
           tokens_[i + 2].isName();
  }

  const std::string* columnNamed(std::string_view name) const {
    const auto found =
        std::ranges::find_if(columns_, [&](const auto& column) { return sameName(column, name); });
    return found == columns_.end() ? nullptr : &*found;
  }

  std::string one(size_t i) const {
    const Token& token = tokens_[i];
    if (token.kind != TokenKind::word && token.kind != TokenKind::name)
      return std::string(token.raw);
    const Token* before = i > begin_ ? &tokens_[i - 1] : nullptr;
    const bool called = i + 1 < end_ && tokens_[i + 1].is("(");
    const bool otherName = before && (before->is("COLLATE") || before->is("AS"));
    const std::string* column = columnNamed(token.value);
    if (token.kind == TokenKind::word) {
      const bool plain = !column || called || otherName || isReserved(token.value);
      return plain ? std::string(token.raw) : quote(*column);
    }
    if (column && !called && !otherName) return quote(*column);
    // What is no name here the engine takes for a text, if it is in double quotes.
    const bool qualified = (before && before->is(".")) || (i + 1 < end_ && tokens_[i + 1].is("."));
    if (token.raw.front() == '"' && !called && !otherName && !qualified)
      return textLiteral(token.value);
    return quote(token.value);
  }

  const std::vector<Token>& tokens_;
  size_t begin_, end_;
  std::string_view table_;
  const std::vector<std::string>& columns_;
};

}  // namespace

bool isReserved(std::string_view word) {
  return std::ranges::any_of(kReserved, [&](auto reserved) { return sameName(reserved, word); });
}

std::string canonicalText(const std::vector<Token>& tokens, size_t begin, size_t end,
                          std::string_view table, const std::vector<std::string>& columns) {
  return Canonical(tokens, begin, end, table, columns).text();
}

std::string canonical(std::string_view sql, const std::vector<std::string>& columns) {
  const auto tokens = tokenize(sql);
  return canonicalText(tokens, 0, tokens.size() - 1, "", columns);
}

}  // namespace cambium::dialect::sqlite
