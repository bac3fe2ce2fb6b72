#include "plugins/mariadb/sql_tokens.h"

#include <array>
#include <cctype>
#include <optional>

namespace cambium::dialect::mariadb {
namespace {

using Kind = SqlToken::Kind;

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isWordStart(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || c == '@' || (c & 0x80);
}
bool isWord(char c) {
  return isWordStart(c) || isDigit(c) || c == '$';
}

constexpr std::array<std::string_view, 9> kSymbols = {
    "<=>", "<>", "<=", ">=", "!=", "||", "&&", "<<", ">>"};

class Scanner {
public:
  explicit Scanner(std::string_view sql) : sql_(sql) {}

  std::vector<SqlToken> run() {
    std::vector<SqlToken> out;
    for (;;) {
      auto token = next();
      if (!token) return {};
      const bool end = token->kind == Kind::end;
      out.push_back(std::move(*token));
      if (end) return out;
    }
  }

private:
  void skip() {
    while (at_ < sql_.size()) {
      if (std::isspace(static_cast<unsigned char>(sql_[at_]))) {
        ++at_;
      } else if (sql_.substr(at_, 2) == "/*") {
        const size_t end = sql_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? sql_.size() : end + 2;
      } else if (sql_[at_] == '#' || sql_.substr(at_, 3) == "-- ") {
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else {
        return;
      }
    }
  }

  std::optional<SqlToken> next() {
    skip();
    SqlToken token;
    token.begin = token.end = at_;
    if (at_ >= sql_.size()) return token;
    const char c = sql_[at_];
    const bool prefixed = (c == 'x' || c == 'X') && sql_.substr(at_ + 1, 1) == "'";
    if (c == '`' || c == '\'' || c == '"' || prefixed) {
      if (prefixed) ++at_;
      token.kind = c == '`' ? Kind::name : prefixed ? Kind::hex : Kind::text;
      if (!quoted(token.text)) return std::nullopt;
    } else if (isDigit(c) || (c == '.' && at_ + 1 < sql_.size() && isDigit(sql_[at_ + 1]))) {
      number(token);
    } else if (isWordStart(c)) {
      token.kind = Kind::word;
      while (at_ < sql_.size() && isWord(sql_[at_]))
        token.text += static_cast<char>(std::tolower(static_cast<unsigned char>(sql_[at_++])));
    } else {
      token.kind = Kind::symbol;
      for (const auto symbol : kSymbols)
        if (token.text.empty() && sql_.substr(at_).starts_with(symbol)) token.text = symbol;
      if (token.text.empty()) token.text = std::string(1, c);
      at_ += token.text.size();
      if (token.text == "!=") token.text = "<>";
    }
    token.end = at_;
    return token;
  }

  void number(SqlToken& token) {
    token.kind = Kind::number;
    if (sql_.substr(at_, 2) == "0x") {
      token.kind = Kind::hex;
      at_ += 2;
      while (at_ < sql_.size() && std::isxdigit(static_cast<unsigned char>(sql_[at_])))
        token.text += sql_[at_++];
      return;
    }
    while (at_ < sql_.size()) {
      const char c = sql_[at_];
      const bool sign = (c == '-' || c == '+') && !token.text.empty() && token.text.back() == 'e';
      if (!isDigit(c) && c != '.' && c != 'e' && c != 'E' && !sign) return;
      token.text += c == 'E' ? 'e' : c;
      ++at_;
    }
  }

  bool quoted(std::string& out) {
    const char mark = sql_[at_++];
    for (; at_ < sql_.size(); ++at_) {
      char c = sql_[at_];
      if (c == mark) {
        if (at_ + 1 < sql_.size() && sql_[at_ + 1] == mark) {
          ++at_;
        } else {
          ++at_;
          return true;
        }
      } else if (c == '\\' && mark != '`' && at_ + 1 < sql_.size()) {
        c = sql_[++at_];
        switch (c) {
          case 'n': c = '\n'; break;
          case 't': c = '\t'; break;
          case 'r': c = '\r'; break;
          case 'b': c = '\b'; break;
          case '0': c = '\0'; break;
          case 'Z': c = '\x1a'; break;
          case '%':
          case '_': out += '\\'; break;  // of a pattern: the escape stays
          default: break;
        }
      }
      out += c;
    }
    return false;
  }

  std::string_view sql_;
  size_t at_ = 0;
};

}  // namespace

std::vector<SqlToken> sqlTokens(std::string_view sql) {
  return Scanner(sql).run();
}

}  // namespace cambium::dialect::mariadb
