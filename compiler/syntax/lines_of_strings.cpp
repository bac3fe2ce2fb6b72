#include "compiler/syntax/lines_of_strings.h"

#include <algorithm>

#include "compiler/syntax/scanner.h"

namespace cambium::syntax {
namespace {

// Behind the quote that ends, on a later line, the string which token `i` begins; 0 if there is
// none before a member or a declaration begins.
uint32_t endOnLaterLine(const std::vector<Token>& tokens, size_t i) {
  constexpr int kMostLines = 50;
  int lines = 0;
  for (size_t next = i + 1; next < tokens.size() && lines <= kMostLines; ++next) {
    const Token& t = tokens[next];
    if (t.startsLine) {
      ++lines;
      if (t.kind == TokenKind::LABEL || t.kind == TokenKind::RBRACE || isSoftWord(t.kind)) return 0;
    }
    if (t.kind == TokenKind::STRING || t.kind == TokenKind::RAW_STRING) return 0;
    if (t.kind == TokenKind::UNTERMINATED_STRING) return lines > 0 ? t.begin + 1 : 0;
  }
  return 0;
}

}  // namespace

std::vector<Span> joinLines(FileId file, std::string_view text, std::vector<Token>& tokens,
                            std::vector<CommentToken>& comments) {
  std::vector<Span> strings;
  std::vector<Token> out;
  std::vector<uint32_t> places(tokens.size());  // where each token went
  for (size_t i = 0; i < tokens.size(); ++i) {
    const uint32_t begin = tokens[i].begin;
    places[i] = uint32_t(out.size());
    out.push_back(tokens[i]);
    if (tokens[i].kind != TokenKind::UNTERMINATED_STRING) continue;
    const uint32_t end = endOnLaterLine(tokens, i);
    if (end == 0) continue;
    strings.push_back({file, begin, end});
    uint32_t rest = end;  // how far the string went that the closing quote seemed to open
    while (i + 1 < tokens.size() && tokens[i + 1].begin < end) {
      rest = tokens[++i].end;
      places[i] = uint32_t(out.size());
    }
    std::erase_if(comments,
                  [&](const CommentToken& c) { return c.begin > begin && c.begin < rest; });
    for (Token part : scan(text.substr(end, rest - end)).tokens) {
      if (part.kind == TokenKind::endOfFile) continue;
      part.begin += end;
      part.end += end;
      part.startsLine = false;
      out.push_back(part);
    }
  }
  if (strings.empty()) return strings;
  for (CommentToken& c : comments) c.before = places[c.before];
  tokens = std::move(out);
  return strings;
}

}  // namespace cambium::syntax
