#include "plugins/import/sql_tokens.h"

#include <algorithm>

namespace cambium::importing {
namespace {

bool isSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '@' || c == '$' ||
         (c & 0x80);
}
bool isWordChar(char c) {
  return isWordStart(c) || isDigit(c);
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

class Scanner {
public:
  Scanner(std::string_view text, const TokenRules& rules) : text_(text), rules_(rules) {}

  std::vector<Token> run() {
    for (;;) {
      if (!skipBlank()) return std::move(out_);  // an open comment
      Token token;
      token.begin = static_cast<uint32_t>(at_);
      if (at_ >= text_.size()) {
        token.end = token.begin;
        out_.push_back(token);
        return std::move(out_);
      }
      scan(token);
      token.end = static_cast<uint32_t>(at_);
      out_.push_back(std::move(token));
      if (out_.back().kind == TokenKind::broken) {
        out_.push_back({TokenKind::end, "", out_.back().end, out_.back().end, 0});
        return std::move(out_);
      }
    }
  }

private:
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  bool skipBlank() {
    while (at_ < text_.size()) {
      if (isSpace(text_[at_])) {
        ++at_;
      } else if (starts("--") || (rules_.hashComment && text_[at_] == '#')) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (rules_.hashComment && starts("/*!")) {
        at_ += 3;
        while (at_ < text_.size() && isDigit(text_[at_])) ++at_;
        conditional_ = true;
      } else if (conditional_ && starts("*/")) {
        at_ += 2;
        conditional_ = false;
      } else if (starts("/*")) {
        const size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) {
          const auto from = static_cast<uint32_t>(at_);
          out_.push_back({TokenKind::broken, "a comment is not closed", from, from, 0});
          out_.push_back({TokenKind::end, "", from, from, 0});
          return false;
        }
        at_ = end + 2;
      } else {
        break;
      }
    }
    return true;
  }

  void scan(Token& token) {
    const char c = text_[at_];
    if (c == '\'' || (c == '"' && rules_.doubleQuotesText))
      return quoted(token, TokenKind::text, c);
    if (c == '"' || c == '`') return quoted(token, TokenKind::name, c);
    if (c == '[' && !rules_.backslash) return quoted(token, TokenKind::name, ']');
    if ((lower(c) == 'x' || lower(c) == 'b' || lower(c) == 'n') && at_ + 1 < text_.size() &&
        text_[at_ + 1] == '\'') {
      ++at_;
      quoted(token, lower(c) == 'n' ? TokenKind::text : TokenKind::number, '\'');
      if (lower(c) == 'b' && token.kind == TokenKind::number) token.value = "b" + token.value;
      if (lower(c) == 'b') return;
      if (lower(c) != 'n' && token.kind == TokenKind::number) token.value = "0x" + token.value;
      return;
    }
    if (isDigit(c) || (c == '.' && at_ + 1 < text_.size() && isDigit(text_[at_ + 1]))) {
      token.kind = TokenKind::number;
      while (at_ < text_.size() && (isWordChar(text_[at_]) || text_[at_] == '.' ||
                                    ((text_[at_] == '-' || text_[at_] == '+') &&
                                     lower(text_[at_ - 1]) == 'e' && !starts("0x"))))
        token.value += text_[at_++];
      return;
    }
    if (isWordStart(c)) {
      token.kind = TokenKind::word;
      while (at_ < text_.size() && isWordChar(text_[at_])) token.value += text_[at_++];
      // _utf8mb4'text': the character set of a text.
      if (token.value.starts_with('_') && rules_.backslash && at_ < text_.size() &&
          text_[at_] == '\'') {
        token.value.clear();
        quoted(token, TokenKind::text, '\'');
      }
      return;
    }
    token.kind = TokenKind::symbol;
    for (const std::string_view symbol :
         {"->>", "<=>", "||", "<=", ">=", "<>", "!=", "==", "<<", ">>", "->", ":=", "&&"})
      if (starts(symbol)) {
        token.value = symbol;
        at_ += symbol.size();
        return;
      }
    token.value = std::string(1, c);
    ++at_;
  }

  void quoted(Token& token, TokenKind kind, char close) {
    token.kind = kind;
    token.quote = text_[at_];
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\\' && rules_.backslash && kind != TokenKind::name && at_ + 1 < text_.size()) {
        const char e = text_[++at_];
        token.value += e == 'n' ? '\n' : e == 't' ? '\t' : e == 'r' ? '\r' : e == '0' ? '\0' : e;
      } else if (c != close) {
        token.value += c;
      } else if (close != ']' && at_ + 1 < text_.size() && text_[at_ + 1] == close) {
        token.value += c;
        ++at_;
      } else {
        ++at_;
        return;
      }
    }
    token.kind = TokenKind::broken;
    token.value = std::string("the quote `") + token.quote + "` is not closed";
  }

  std::string_view text_;
  const TokenRules& rules_;
  size_t at_ = 0;
  bool conditional_ = false;
  std::vector<Token> out_;
};

}  // namespace

bool Token::is(std::string_view wanted) const {
  if (kind == TokenKind::symbol) return value == wanted;
  return kind == TokenKind::word && value.size() == wanted.size() &&
         std::equal(value.begin(), value.end(), wanted.begin(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::vector<Token> tokenize(std::string_view text, const TokenRules& rules) {
  return Scanner(text, rules).run();
}

bool Cursor::accept(std::string_view word) {
  if (!at(word)) return false;
  next();
  return true;
}

bool Cursor::accept(std::string_view first, std::string_view second) {
  if (!at(first) || !peek(1).is(second)) return false;
  next();
  next();
  return true;
}

bool Cursor::atAny(std::initializer_list<std::string_view> words) const {
  return std::ranges::any_of(words, [&](std::string_view word) { return at(word); });
}

void Cursor::skipParentheses() {
  for (unsigned depth = 1; !atEnd();) {
    const Token& token = next();
    if (token.is("(")) ++depth;
    if (token.is(")") && --depth == 0) return;
  }
}

void Cursor::skipStatement() {
  unsigned depth = 0;
  for (; !atEnd(); next()) {
    if (at("(")) ++depth;
    if (at(")") && depth > 0) --depth;
    if (at(";")) return;
  }
}

}  // namespace cambium::importing
