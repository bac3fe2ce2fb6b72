#include "compiler/syntax/scanner.h"

#include <array>

namespace cambium::syntax {
namespace {

enum CharClass : uint8_t { kOther, kLetter, kDigit, kBlank, kHigh };

constexpr std::array<CharClass, 256> kClasses = [] {
  std::array<CharClass, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[size_t(c)] = kLetter;
  for (int c = 'A'; c <= 'Z'; ++c) table[size_t(c)] = kLetter;
  for (int c = '0'; c <= '9'; ++c) table[size_t(c)] = kDigit;
  table['_'] = kLetter;
  for (const char c : {' ', '\t', '\r', '\n', '\f'}) table[uint8_t(c)] = kBlank;
  for (size_t c = 0x80; c < 0x100; ++c) table[c] = kHigh;
  return table;
}();

constexpr CharClass classOf(char c) {
  return kClasses[uint8_t(c)];
}
constexpr bool isWordStart(char c) {
  return classOf(c) == kLetter;
}
constexpr bool isDigit(char c) {
  return classOf(c) == kDigit;
}
constexpr bool isWordChar(char c) {
  return classOf(c) == kLetter || classOf(c) == kDigit;
}
constexpr bool isLineEnd(char c) {
  return c == '\n' || c == '\r';
}

struct TokenRow {
  std::string_view text;
  TokenKind kind;
};
constexpr TokenRow kRows[] = {
#define TOKEN(name, number, text) {text, TokenKind::name},
#include "grammar/token_table.def"
#undef TOKEN
};

// Open addressing over the words of the grammar: at most one comparison for almost every
// identifier.
class WordTable {
public:
  constexpr WordTable() {
    for (const TokenRow& row : kRows) {
      if (row.text.empty() || !isWordStart(row.text[0])) continue;
      size_t at = hash(row.text);
      while (!slots_[at].text.empty()) at = (at + 1) % kSize;
      slots_[at] = row;
    }
  }
  constexpr TokenKind find(std::string_view word) const {
    for (size_t at = hash(word); !slots_[at].text.empty(); at = (at + 1) % kSize)
      if (slots_[at].text == word) return slots_[at].kind;
    return TokenKind::ID;
  }

private:
  static constexpr size_t kSize = 1024;
  static constexpr size_t hash(std::string_view word) {
    const auto first = size_t(uint8_t(word.front())), last = size_t(uint8_t(word.back()));
    const auto middle = size_t(uint8_t(word[word.size() / 2]));
    return (word.size() * 131 + first * 31 + middle * 7 + last * 57) % kSize;
  }
  std::array<TokenRow, kSize> slots_{};
};
constexpr WordTable kWords;

class Scanner {
public:
  explicit Scanner(std::string_view text) : text_(text) {
    if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) at_ = kByteOrderMark.size();
    out_.tokens.reserve(text_.size() / 5 + 16);
  }

  ScannedText run() {
    while (true) {
      skipBlanks();
      if (at_ >= text_.size()) break;
      next();
    }
    emit(TokenKind::endOfFile, at_);
    return std::move(out_);
  }

private:
  char peek(size_t at) const { return at < text_.size() ? text_[at] : '\0'; }
  bool inside(size_t at) const { return at < text_.size(); }

  void skipBlanks() {
    for (; at_ < text_.size() && classOf(text_[at_]) == kBlank; ++at_)
      if (text_[at_] == '\n') tokenOnLine_ = anythingOnLine_ = false;
  }

  void emit(TokenKind kind, size_t end) {
    out_.tokens.push_back({uint32_t(at_), uint32_t(end), kind, !tokenOnLine_, false});
    tokenOnLine_ = anythingOnLine_ = true;
    at_ = end;
  }
  void emitFault(TokenKind kind, size_t end) {
    out_.hasFaults = true;
    emit(kind, end);
  }

  void next() {
    const char c = text_[at_];
    switch (classOf(c)) {
      case kLetter: return word();
      case kDigit: return number();
      case kHigh: return foreign();
      case kBlank: return;
      case kOther: break;
    }
    const char d = peek(at_ + 1);
    switch (c) {
      case '{': return emit(TokenKind::LBRACE, at_ + 1);
      case '}': return emit(TokenKind::RBRACE, at_ + 1);
      case '(': return emit(TokenKind::LPAREN, at_ + 1);
      case ')': return emit(TokenKind::RPAREN, at_ + 1);
      case '[': return emit(TokenKind::LBRACK, at_ + 1);
      case ']': return emit(TokenKind::RBRACK, at_ + 1);
      case ',': return emit(TokenKind::COMMA, at_ + 1);
      case ':': return emit(TokenKind::COLON, at_ + 1);
      case '.': return emit(TokenKind::DOT, at_ + 1);
      case '?': return emit(TokenKind::QMARK, at_ + 1);
      case '@': return emit(TokenKind::AT, at_ + 1);
      case '+': return emit(TokenKind::PLUS, at_ + 1);
      case '*': return emit(TokenKind::STAR, at_ + 1);
      case '%': return emit(TokenKind::PERCENT, at_ + 1);
      case '=': return d == '=' ? emit(TokenKind::EQEQ, at_ + 2) : emit(TokenKind::EQ, at_ + 1);
      case '>': return d == '=' ? emit(TokenKind::GE, at_ + 2) : emit(TokenKind::GT, at_ + 1);
      case '<':
        if (d == '=') return emit(TokenKind::LE, at_ + 2);
        if (d == '>') return emitFault(TokenKind::SQL_NE, at_ + 2);
        return emit(TokenKind::LT, at_ + 1);
      case '!':
        return d == '=' ? emit(TokenKind::NE, at_ + 2) : emitFault(TokenKind::BANG, at_ + 1);
      case '-':
        if (d == '>') return emit(TokenKind::ARROW, at_ + 2);
        if (d == '-') return emitFault(TokenKind::SQL_COMMENT, lineEnd(at_));
        return emit(TokenKind::MINUS, at_ + 1);
      case '|':
        return d == '|' ? emit(TokenKind::CONCAT, at_ + 2) : emitFault(TokenKind::ERRCHAR, at_ + 1);
      case '&':
        return emitFault(d == '&' ? TokenKind::AMP_AND : TokenKind::ERRCHAR,
                         at_ + (d == '&' ? 2 : 1));
      case ';': return emitFault(TokenKind::SEMICOLON, at_ + 1);
      case '#': return emitFault(TokenKind::HASH_COMMENT, lineEnd(at_));
      case '/': return slash();
      case '"': return string();
      case '\'': return singleQuoted();
      case '`': return quotedName();
      default: return emitFault(TokenKind::ERRCHAR, at_ + 1);
    }
  }

  size_t lineEnd(size_t at) const {
    while (inside(at) && !isLineEnd(text_[at])) ++at;
    return at;
  }
  size_t wordEnd(size_t at) const {
    while (inside(at) && isWordChar(text_[at])) ++at;
    return at;
  }

  // ---- words and labels
  void word() {
    const size_t end = wordEnd(at_);
    if (inside(end) && classOf(text_[end]) == kHigh && foreignLength(end)) return foreign();
    if (const size_t label = at_ < noLabelBefore_ ? 0 : labelEnd(end)) return emitLabel(end, label);
    emit(kWords.find(text_.substr(at_, end - at_)), end);
  }

  // The end of the label whose first word ends at `at`, 0 if it is none.
  size_t labelEnd(size_t at) {
    while (peek(at) == '-') {
      if (isWordStart(peek(at + 1))) {
        at = wordEnd(at + 1);
      } else if (isDigit(peek(at + 1))) {
        for (++at; isDigit(peek(at));) ++at;
      } else {
        break;
      }
      noLabelBefore_ = at;  // the words of this chain all end at the same place: look once
    }
    return colonAfter(at);
  }

  size_t colonAfter(size_t at) const {
    while (inside(at)) {
      const char c = text_[at];
      if (c == ':') return at + 1;
      if (classOf(c) == kBlank) {
        ++at;
      } else if (c == '/' && peek(at + 1) == '/') {
        at = lineEnd(at);
      } else if (c == '/' && peek(at + 1) == '*') {
        const size_t end = blockEnd(at);
        if (!end) return 0;
        at = end;
      } else {
        return 0;
      }
    }
    return 0;
  }

  void emitLabel(size_t nameEnd, size_t end) {
    const auto index = uint32_t(out_.tokens.size());
    const size_t begin = at_;
    emit(TokenKind::LABEL, end);
    for (size_t at = nameEnd; at < end;) {  // comments between the word and its colon
      if (text_[at] != '/' || at < begin) {
        if (text_[at] == '\n') anythingOnLine_ = false;
        ++at;
        continue;
      }
      const bool block = text_[at + 1] == '*';
      const size_t stop = block ? blockEnd(at) : lineEnd(at);
      out_.comments.push_back({uint32_t(at), uint32_t(stop),
                               block ? TokenKind::BLOCK_COMMENT : TokenKind::LINE_COMMENT,
                               !anythingOnLine_, index});
      anythingOnLine_ = true;
      at = stop;
    }
    anythingOnLine_ = true;
  }

  uint32_t foreignLength(size_t at) const {
    const Decoded d = decodeUtf8(text_, at);
    return d.length && isForeignCharacter(d.codePoint) ? d.length : 0;
  }

  void foreign() {
    size_t end = wordEnd(at_);
    const size_t ascii = end;
    while (inside(end)) {
      if (isWordChar(text_[end])) {
        ++end;
      } else if (const uint32_t length = classOf(text_[end]) == kHigh ? foreignLength(end) : 0) {
        end += length;
      } else {
        break;
      }
    }
    if (end > ascii) return emitFault(TokenKind::FOREIGN_WORD, end);
    const Decoded d = decodeUtf8(text_, at_);
    emitFault(TokenKind::ERRCHAR, at_ + (d.length ? d.length : 1));
  }

  void quotedName() {
    size_t end = at_ + 1;
    while (inside(end) && text_[end] != '`' && !isLineEnd(text_[end])) ++end;
    if (peek(end) != '`') return emitFault(TokenKind::UNTERMINATED_ID, end);
    if (end == at_ + 1) return emitFault(TokenKind::EMPTY_ID, end + 1);
    if (const size_t label = colonAfter(end + 1)) return emitLabel(end + 1, label);
    emit(TokenKind::QUOTED_ID, end + 1);
  }

  // ---- numbers
  void number() {
    const size_t run = wordEnd(at_);
    if (inside(run) && classOf(text_[run]) == kHigh && foreignLength(run)) return foreign();
    if (text_[at_] == '0' && peek(at_ + 1) == 'x') {
      size_t end = at_ + 2;
      while (isHexDigit(peek(end)) || peek(end) == '_') ++end;
      if (end > at_ + 2 && end == run) return emit(TokenKind::NUMBER, end);
      return emitFault(TokenKind::BAD_NUMBER, run);
    }
    size_t end = digitsEnd(at_);
    const bool whole = peek(end) != '.' || !isDigit(peek(end + 1));
    if (!whole) end = digitsEnd(end + 1);
    const size_t mantissa = end;
    if (peek(end) == 'e' || peek(end) == 'E') {
      const size_t digits = end + (peek(end + 1) == '+' || peek(end + 1) == '-' ? 2 : 1);
      if (isDigit(peek(digits)))
        for (end = digits; isDigit(peek(end));) ++end;
    }
    const size_t tail = wordEnd(end);
    if (tail == end || !isWordStart(text_[end])) return emit(TokenKind::NUMBER, end);
    if (whole && end == mantissa && isUnit(text_.substr(end, tail - end)))
      return emit(TokenKind::DURATION, tail);
    emitFault(TokenKind::BAD_NUMBER, tail);
  }

  size_t digitsEnd(size_t at) const {
    while (isDigit(peek(at)) || peek(at) == '_') ++at;
    return at;
  }
  static bool isHexDigit(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
  static bool isUnit(std::string_view word) {
    return word == "ms" || word == "s" || word == "m" || word == "h" || word == "d" || word == "w";
  }

  // ---- strings
  void string() {
    if (peek(at_ + 1) == '"' && peek(at_ + 2) == '"') {
      const size_t close = text_.find("\"\"\"", at_ + 3);
      if (close == std::string_view::npos)
        return emitFault(TokenKind::UNTERMINATED_RAW_STRING, text_.size());
      return emit(TokenKind::RAW_STRING, close + 3);
    }
    size_t end = at_ + 1;
    while (inside(end) && text_[end] != '"' && !isLineEnd(text_[end])) {
      if (text_[end] == '\\') {
        if (!inside(end + 1) || isLineEnd(text_[end + 1]))
          return emitFault(TokenKind::UNTERMINATED_STRING, end + 1);
        ++end;
      }
      ++end;
    }
    if (peek(end) != '"') return emitFault(TokenKind::UNTERMINATED_STRING, end);
    emit(TokenKind::STRING, end + 1);
  }

  void singleQuoted() {
    size_t end = at_ + 1;
    // As in SQL, two quotes stand for one.
    while (inside(end) && !isLineEnd(text_[end])) {
      if (text_[end] == '\'' && peek(end + 1) != '\'') break;
      end += text_[end] == '\'' ? 2 : 1;
    }
    if (peek(end) == '\'') return emitFault(TokenKind::SQL_STRING, end + 1);
    emitFault(TokenKind::ERRCHAR, at_ + 1);
  }

  // ---- comments
  // The end of the block comment that begins at `at`, 0 if it never ends. They nest.
  size_t blockEnd(size_t at) const {
    if (unterminatedAt_ == at) return 0;
    size_t depth = 1;
    for (size_t i = at + 2; i + 1 < text_.size();) {
      if (text_[i] == '/' && text_[i + 1] == '*') {
        ++depth;
        i += 2;
      } else if (text_[i] == '*' && text_[i + 1] == '/') {
        i += 2;
        if (--depth == 0) return i;
      } else {
        ++i;
      }
    }
    unterminatedAt_ = at;
    return 0;
  }

  void slash() {
    const char d = peek(at_ + 1);
    if (d == '/') {
      const size_t end = lineEnd(at_);
      const bool doc = peek(at_ + 2) == '/' && (end == at_ + 3 || peek(at_ + 3) != '/');
      return emitComment(doc ? TokenKind::DOC : TokenKind::LINE_COMMENT, end);
    }
    if (d == '*') {
      const size_t end = blockEnd(at_);
      if (end) return emitComment(TokenKind::BLOCK_COMMENT, end);
      out_.hasFaults = true;
      return emitComment(TokenKind::UNTERMINATED_COMMENT, text_.size());
    }
    emit(TokenKind::SLASH, at_ + 1);
  }

  void emitComment(TokenKind kind, size_t end) {
    out_.comments.push_back(
        {uint32_t(at_), uint32_t(end), kind, !anythingOnLine_, uint32_t(out_.tokens.size())});
    if (text_.substr(at_, end - at_).find('\n') != std::string_view::npos) tokenOnLine_ = false;
    anythingOnLine_ = true;
    at_ = end;
  }

  std::string_view text_;
  size_t at_ = 0;
  bool tokenOnLine_ = false;
  bool anythingOnLine_ = false;
  size_t noLabelBefore_ = 0;
  mutable size_t unterminatedAt_ = ~size_t{0};  // asked twice when a word stands before it
  ScannedText out_;
};

}  // namespace

ScannedText scan(std::string_view text) {
  return Scanner(text).run();
}

std::string_view fixedText(TokenKind kind) {
  return kind == TokenKind::endOfFile ? std::string_view() : kRows[size_t(kind) - 1].text;
}
bool isSoftWord(TokenKind kind) {
  return kind >= TokenKind::PACKAGE && kind <= TokenKind::END;
}
bool isNameLike(TokenKind kind) {
  return isSoftWord(kind) || kind == TokenKind::ID || kind == TokenKind::QUOTED_ID;
}
bool isReserved(TokenKind kind) {
  return kind >= TokenKind::TRUE_ && kind <= TokenKind::CASE;
}

}  // namespace cambium::syntax
