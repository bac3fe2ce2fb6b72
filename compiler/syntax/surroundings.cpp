#include "compiler/syntax/surroundings.h"

#include <algorithm>
#include <cctype>

namespace cambium::syntax {

// Nobody writes a longer condition or statement there, and no file may be read again and again.
constexpr size_t kFarthest = 500;

bool negatesOneThing(std::span<const Token> tokens, size_t at, TokenKind before) {
  using enum TokenKind;
  const auto kindAt = [&](size_t i) { return i < tokens.size() ? tokens[i].kind : endOfFile; };
  const auto joins = [](TokenKind k) { return k == AND || k == OR || k == AMP_AND || k == CONCAT; };
  const auto ends = [](TokenKind k) {
    return k == RPAREN || k == RBRACE || k == RBRACK || k == COMMA || k == endOfFile;
  };
  if (!joins(before) && before != LPAREN && !isNameLike(before)) return false;
  size_t i = at + 1;
  if (kindAt(i) == LPAREN) {
    for (int depth = 0; i < tokens.size() && i < at + kFarthest; ++i) {
      depth += kindAt(i) == LPAREN ? 1 : kindAt(i) == RPAREN ? -1 : 0;
      if (depth == 0) break;
    }
    ++i;
  } else {
    while (i < at + kFarthest && isNameLike(kindAt(i)) && kindAt(i + 1) == DOT) i += 2;
    if (!isNameLike(kindAt(i++))) return false;
  }
  return i >= tokens.size() || tokens[i].startsLine || joins(kindAt(i)) || ends(kindAt(i));
}

bool endsCreateStatement(std::span<const Token> kept, std::string_view text) {
  if (kept.empty() || kept.back().kind != TokenKind::RPAREN) return false;
  int depth = 0;
  for (size_t i = kept.size(); i-- > 0 && kept.size() - i < kFarthest;) {
    depth += kept[i].kind == TokenKind::RPAREN ? 1 : kept[i].kind == TokenKind::LPAREN ? -1 : 0;
    if (depth == 0 && kept[i].startsLine)
      return std::ranges::equal(text.substr(kept[i].begin, kept[i].end - kept[i].begin),
                                std::string_view("create"),
                                [](unsigned char a, char b) { return std::tolower(a) == b; });
  }
  return false;
}

bool endsWithType(std::span<const Token> tokens) {
  const auto ofType = [](TokenKind k) {
    return isNameLike(k) || k == TokenKind::LPAREN || k == TokenKind::RPAREN ||
           k == TokenKind::LBRACK || k == TokenKind::RBRACK || k == TokenKind::NUMBER ||
           k == TokenKind::COMMA || k == TokenKind::QMARK || k == TokenKind::DOT;
  };
  size_t i = tokens.size();
  while (i > 0 && tokens.size() - i < kFarthest && !tokens[i - 1].startsLine &&
         ofType(tokens[i - 1].kind))
    --i;
  if (i == 0 || i == tokens.size()) return false;
  const Token& head = tokens[i - 1];
  if (head.kind == TokenKind::EQ) return i > 2 && tokens[i - 3].kind == TokenKind::TYPE;
  // `check one: a | b` and an argument with a name have labels, too.
  const TokenKind before = i > 1 ? tokens[i - 2].kind : TokenKind::LBRACE;
  return head.kind == TokenKind::LABEL && before != TokenKind::CHECK &&
         (head.startsLine || (before != TokenKind::LPAREN && before != TokenKind::COMMA));
}

}  // namespace cambium::syntax
