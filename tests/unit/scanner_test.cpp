// The scanner against its specification: grammar/CambiumLexer.g4, as ANTLR understands it.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "ANTLRInputStream.h"
#include "compiler/syntax/scanner.h"
#include "grammar/CambiumLexer.h"
#include "tests/support/corpus.h"

namespace cambium::syntax {
namespace {

struct Piece {
  int kind;
  size_t begin, end;
  friend bool operator==(const Piece&, const Piece&) = default;
};
std::ostream& operator<<(std::ostream& out, const Piece& p) {
  return out << p.kind << "[" << p.begin << "," << p.end << ")";
}

std::vector<Piece> ours(std::string_view text) {
  const ScannedText scanned = scan(text);
  std::vector<Piece> pieces;
  for (const Token& t : scanned.tokens)
    if (t.kind != TokenKind::endOfFile) pieces.push_back({int(t.kind), t.begin, t.end});
  for (const CommentToken& c : scanned.comments) {
    const Token& next = scanned.tokens[c.before];
    const bool insideLabel = c.begin >= next.begin && c.end <= next.end;
    if (!insideLabel) pieces.push_back({int(c.kind), c.begin, c.end});
  }
  std::sort(pieces.begin(), pieces.end(),
            [](const Piece& a, const Piece& b) { return a.begin < b.begin; });
  return pieces;
}

std::vector<Piece> theirs(const std::string& text) {
  std::vector<size_t> byteOf;  // of each code point
  for (size_t at = 0; at < text.size();) {
    byteOf.push_back(at);
    at += decodeUtf8(text, at).length;
  }
  byteOf.push_back(text.size());
  antlr4::ANTLRInputStream input(text);
  grammar::CambiumLexer lexer(&input);
  lexer.removeErrorListeners();
  std::vector<Piece> pieces;
  while (true) {
    const auto token = lexer.nextToken();
    if (token->getType() == antlr4::Token::EOF) return pieces;
    pieces.push_back({int(token->getType()), byteOf.at(token->getStartIndex()),
                      byteOf.at(token->getStopIndex() + 1)});
  }
}

bool isUtf8(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const auto length = decodeUtf8(text, at).length;
    if (!length) return false;
    at += length;
  }
  return true;
}

::testing::AssertionResult sameTokens(const std::string& text) {
  const auto a = ours(text), b = theirs(text);
  if (a == b) return ::testing::AssertionSuccess();
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  auto result = ::testing::AssertionFailure();
  if (x != a.end())
    result << "scanner " << *x << " `"
           << text.substr(x->begin, std::min<size_t>(60, x->end - x->begin)) << "` ";
  if (y != b.end())
    result << "lexer " << *y << " `"
           << text.substr(y->begin, std::min<size_t>(60, y->end - y->begin)) << "`";
  return result << "\nin:\n" << text.substr(x != a.end() && x->begin > 40 ? x->begin - 40 : 0, 200);
}

TEST(Scanner, agreesWithTheGrammarOnTheCorpus) {
  for (const auto& file : testing::corpus()) EXPECT_TRUE(sameTokens(file.text)) << file.name;
}

TEST(Scanner, agreesWithTheGrammarOnSmallTexts) {
  for (const char* text : {"",
                           " ",
                           "a",
                           "a:",
                           "a :",
                           "a-b:",
                           "a-b",
                           "a-1:",
                           "a-1b:",
                           "a-b-",
                           "a--b:",
                           "a/**/:",
                           "a//x\n:",
                           "a/*x:",
                           "`a`",
                           "`a`:",
                           "``",
                           "`a",
                           "`",
                           "``a`",
                           "0",
                           "0x",
                           "0xf",
                           "0xfg",
                           "0x_",
                           "1_",
                           "1.",
                           "1.5",
                           "1.5x",
                           "1e5",
                           "1e+5",
                           "1e+5x",
                           "1e",
                           "1e5x",
                           "1s",
                           "1ms",
                           "1mm",
                           "1_0d",
                           "1.5s",
                           "1é",
                           "aé",
                           "é:",
                           "é",
                           "\"\"",
                           "\"a",
                           "\"a\\",
                           "\"a\\\n",
                           "\"a\\\"",
                           "\"\"\"",
                           "\"\"\"a",
                           "\"\"\"a\"\"",
                           "\"\"\"a\"\"\"\"",
                           "\"\"\"\"\"\"",
                           "'a'",
                           "'a",
                           "--",
                           "-->",
                           "->",
                           "a--b",
                           "/*",
                           "/**/",
                           "/*/",
                           "/*/*/*/",
                           "/*/**/*/",
                           "/***/",
                           "/* /* */",
                           "/* */ */",
                           "/*/*",
                           "//",
                           "///",
                           "////",
                           "/// a\nb",
                           "//\r\nx",
                           "a\rb",
                           "&&",
                           "&",
                           "|",
                           "||",
                           "|||",
                           "!",
                           "!=",
                           "!==",
                           "<>",
                           "<=>",
                           "<",
                           ";",
                           "#x\ny",
                           "\x01",
                           "\xC2\xA0",
                           "“x”",
                           "😀a",
                           "a😀",
                           "true:",
                           "entity",
                           "entity:",
                           "Entity",
                           "a.b:",
                           "in:",
                           "a\n\n:",
                           "a-b-c-d e:",
                           "x ? y : z"})
    EXPECT_TRUE(sameTokens(text)) << text;
}

TEST(Scanner, agreesWithTheGrammarOnBrokenTexts) {
  const unsigned seed = 20240417;
  std::mt19937 random(seed);
  const auto files = testing::corpus();
  for (int i = 0; i < 1500; ++i) {
    std::string text = files[random() % files.size()].text;
    const size_t from = random() % text.size();
    text = testing::mutate(text.substr(from, 400), random);
    if (!isUtf8(text) || text.find('\0') != std::string::npos) continue;
    ASSERT_TRUE(sameTokens(text)) << "seed " << seed << ", text " << i;
  }
}

TEST(Scanner, everyByteEndsSomewhere) {
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string text(200, '\0');
    for (char& c : text) c = char(random());
    const auto scanned = scan(text);
    EXPECT_EQ(scanned.tokens.back().kind, TokenKind::endOfFile);
    uint32_t end = 0;
    for (const Token& t : scanned.tokens) {
      EXPECT_GE(t.begin, end);
      EXPECT_LE(t.end, text.size());
      end = t.end;
    }
  }
}

TEST(Scanner, isLinearWhereItLooksAhead) {
  // Each of these would be quadratic if a word looked for its colon again and again.
  std::string chain, comments;
  for (int i = 0; i < 400000; ++i) chain += "a-";
  for (int i = 0; i < 100000; ++i) comments += "a /* x */ ";
  EXPECT_EQ(scan(chain).tokens.size(), 800001u);
  EXPECT_EQ(scan(comments + "/* open").tokens.size(), 100001u);
  EXPECT_EQ(scan(std::string(1000000, '/')).tokens.size(), 1u);
}

TEST(Scanner, dropsAByteOrderMark) {
  const auto scanned = scan(
      "\xEF\xBB\xBF"
      "entity");
  ASSERT_EQ(scanned.tokens.size(), 2u);
  EXPECT_EQ(scanned.tokens[0].begin, 3u);
  EXPECT_TRUE(findCharacterFaults("\xEF\xBB\xBF"
                                  "entity")
                  .empty());
}

TEST(Scanner, findsCharactersThatHide) {
  using Kind = CharacterFault::Kind;
  const auto kinds = [](std::string_view text) {
    std::vector<Kind> out;
    for (const auto& f : findCharacterFaults(text)) out.push_back(f.kind);
    return out;
  };
  EXPECT_EQ(kinds("plain ünï 😀 ❤\xEF\xB8\x8F\t\r\n\f"), std::vector<Kind>{});
  EXPECT_EQ(kinds("a\xE2\x80\xAE"
                  "b"),
            std::vector<Kind>{Kind::bidirectional});
  EXPECT_EQ(kinds("a\xE2\x80\x8B"
                  "b"),
            std::vector<Kind>{Kind::invisible});
  EXPECT_EQ(kinds("a\xEF\xB8\x8F"), std::vector<Kind>{Kind::invisible});
  EXPECT_EQ(kinds(std::string_view("a\0b", 3)), std::vector<Kind>{Kind::control});
  EXPECT_EQ(kinds("\xFF\xFE"), std::vector<Kind>{Kind::notUtf8});
  EXPECT_EQ(kinds("\xC0\x80"), std::vector<Kind>{Kind::notUtf8});
  EXPECT_EQ(kinds("\xED\xA0\x80"), std::vector<Kind>{Kind::notUtf8});
}

// The comparison itself can fail.
TEST(Scanner, aDifferenceIsSeen) {
  EXPECT_NE(ours("a b"), ours("a  b"));
  EXPECT_NE(theirs("entity"), theirs("Entity"));
}

}  // namespace
}  // namespace cambium::syntax
