// The parser against its oracle (the same generated code on ANTLR's own runtime), and what the tree
// builder makes of expressions.
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "compiler/diagnostics/render.h"
#include "compiler/syntax/antlr/recovery.h"
#include "compiler/syntax/dump.h"
#include "compiler/syntax/faults.h"
#include "compiler/syntax/parse.h"
#include "grammar/fast/CambiumParser.h"
#include "grammar/stock/CambiumParser.h"
#include "tests/support/corpus.h"
#include "tests/support/places.h"

namespace cambium::syntax {
namespace {

template <class Parser>
const LookaheadTable& tableOf(const Parser& parser) {
  static const LookaheadTable table(parser.getATN());
  return table;
}

std::vector<Token> tokensOf(const std::string& text) {
  DiagnosticSink sink;
  ScannedText scanned = scan(text);
  mendTokens(FileId(0), text, scanned, kMaxNesting, sink);
  return scanned.tokens;
}

std::vector<SyntaxError> fastErrors(const std::string& text) {
  auto tokens = tokensOf(text);
  FlatTokenStream stream(tokens);
  grammar::fast::CambiumParser parser(&stream);
  const auto recovery = std::make_shared<Recovery>(text, tokens, tableOf(parser));
  parser.setLookaheadTable(tableOf(parser));
  parser.setErrorHandler(recovery);
  parser.file();
  return recovery->errors();
}

std::vector<SyntaxError> stockErrors(const std::string& text) {
  auto tokens = tokensOf(text);
  FlatTokenStream stream(tokens);
  grammar::stock::CambiumParser parser(&stream);
  const auto recovery = std::make_shared<Recovery>(text, tokens, tableOf(parser));
  parser.removeErrorListeners();
  parser.setBuildParseTree(false);
  parser.setErrorHandler(recovery);
  parser.file();
  return recovery->errors();
}

std::string errorsIn(const std::string& text) {
  SourceMap sources;
  DiagnosticSink sink;
  const FileId file = sources.add("t.cam", text);
  parse(sources, file, sink);
  std::string out;
  for (const Diagnostic& d : sink.sorted())
    out += fmt::format("{}:{} ", sources[file].lineColumn(d.span.begin).line, info(d.code).name);
  return out;
}

// An expression with all its parentheses.
struct Parsed {
  SourceMap sources;
  DiagnosticSink sink;
  SyntaxTree tree;
  ExprId root;
  explicit Parsed(const std::string& expression)
      : tree(parse(sources, sources.add("t.cam", "type T = int32 where " + expression), sink)) {
    if (!tree.decls.empty()) root = std::get<TypeDecl>(tree.decls[0]).where.value_or(ExprId());
  }
  std::string show(ExprId id) const {
    const Expr& e = tree[id];
    const auto list = [&](size_t from) {
      std::string out;
      for (size_t i = from; i < e.args.size(); ++i) out += (i > from ? " " : "") + show(e.args[i]);
      return out;
    };
    const std::string no = e.negated ? "not " : "";
    switch (e.kind) {
      case ExprKind::error: return "?";
      case ExprKind::string: return "'" + e.value + "'";
      case ExprKind::nullLiteral: return "null";
      case ExprKind::trueLiteral: return "true";
      case ExprKind::falseLiteral: return "false";
      case ExprKind::member: return show(e.args[0]) + "." + std::string(e.text);
      case ExprKind::call: return std::string(e.text) + "(" + list(0) + ")";
      case ExprKind::unary:
        return std::string(e.op == Op::notOp ? "(not " : "(- ") + show(e.args[0]) + ")";
      case ExprKind::binary:
        return "(" + show(e.args[0]) + " " + no + std::string(sources.text(e.opSpan)) + " " +
               show(e.args[1]) + ")";
      case ExprKind::inList: return "(" + no + "in " + list(0) + ")";
      case ExprKind::between: return "(" + no + "between " + list(0) + ")";
      case ExprKind::caseWhen: return "(case " + list(0) + ")";
      case ExprKind::list: return "[" + list(0) + "]";
      case ExprKind::tuple: return "<" + list(0) + ">";
      default: return std::string(e.text);
    }
  }
};
std::string tree(const std::string& expression) {
  const Parsed p(expression);
  return p.root ? p.show(p.root) : "";
}

TEST(Parser, theGrammarIsStrongLl1) {
  std::ifstream in(binaryDir() + "/generated/grammar/fast/CambiumParser.cpp");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  EXPECT_GT(text.size(), 100000u);
  EXPECT_EQ(text.find("adaptivePredict"), std::string::npos);
}

TEST(Parser, theCorpusHasNoErrors) {
  for (const auto& file : testing::corpus()) EXPECT_EQ(errorsIn(file.text), "") << file.name;
}

TEST(Parser, errorsAreThoseOfTheStockRuntime) {
  const unsigned seed = 20240418;
  std::mt19937 random(seed);
  const auto files = testing::corpus();
  size_t errors = 0;
  for (int i = 0; i < 1500; ++i) {
    const std::string text = testing::mutate(files[random() % files.size()].text, random);
    const auto fast = fastErrors(text), stock = stockErrors(text);
    errors += fast.size();
    ASSERT_EQ(fast, stock) << "seed " << seed << ", text " << i << "\n" << text;
  }
  EXPECT_GT(errors, 1000u);
}

// One slip is one error, or a few where it tears something apart; never a page of them.
TEST(Parser, oneSlipIsNoCascade) {
  std::mt19937 random(11);
  size_t total = 0, broken = 0;
  for (const auto& file : testing::corpus())
    for (int i = 0; i < 60; ++i) {
      auto tokens = scan(file.text).tokens;
      const Token& t = tokens[random() % (tokens.size() - 1)];
      std::string text = file.text;
      text.replace(t.begin, t.end - t.begin, " ");
      const size_t found = fastErrors(text).size();
      total += found;
      broken += found > 0;
      EXPECT_LE(found, 5u) << "without `" << file.text.substr(t.begin, t.end - t.begin) << "` at "
                           << t.begin << " of " << file.name;
    }
  EXPECT_LT(double(total), 1.35 * double(broken));
}

TEST(Parser, anyBytesGiveATree) {
  std::mt19937 random(5);
  const auto files = testing::corpus();
  for (int i = 0; i < 400; ++i) {
    std::string text = files[random() % files.size()].text;
    for (int k = 0; k < 20; ++k) text[random() % text.size()] = char(random());
    SourceMap sources;
    DiagnosticSink sink;
    const SyntaxTree t = parse(sources, sources.add("t.cam", text), sink);
    EXPECT_EQ(t.hasErrors, sink.hasErrors());
    dump(t);
    renderBrief(sink.sorted(), sources);
  }
}

TEST(Parser, precedence) {
  const std::pair<const char*, const char*> kTable[] = {
      {"a or b and c", "(a or (b and c))"},
      {"a and b or c", "((a and b) or c)"},
      {"not a == b and c", "((not (a == b)) and c)"},
      {"not not a", "(not (not a))"},
      {"a == b || c", "(a == concat(b c))"},
      {"a || b + c", "concat(a (b + c))"},
      {"a - b - c", "((a - b) - c)"},
      {"a - (b - c)", "(a - (b - c))"},
      {"a + b * c % d", "(a + ((b * c) % d))"},
      {"-a * b", "((- a) * b)"},
      {"- -a.b", "(- (- a.b))"},
      {"a - -1", "(a - (- 1))"},
      {"a between 1 and 2 and b", "((between a 1 2) and b)"},
      {"a not between b + 1 and c * 2 or d", "((not between a (b + 1) (c * 2)) or d)"},
      {"a in (1, 2) and b not in (c)", "((in a 1 2) and (not in b c))"},
      {"a is null or b is not null", "((a is null) or (b not is not null))"},
      {"a like \"x%\" and not b not like c", "((a like 'x%') and (not (b not not like c)))"},
      {"case when a then 1 when b then 2 else 3 end + 1", "((case a 1 b 2 3) + 1)"},
      {"f(a, g(b)).c", "f(a g(b)).c"},
      {"lines.sum(total, 1) > 0", "(sum(lines total 1) > 0)"},
      {"[1, 2,] == []", "([1 2] == [])"},
      {"(a, b) == c", "(<a b> == c)"},
  };
  for (const auto& [text, expected] : kTable) EXPECT_EQ(tree(text), expected) << text;
}

TEST(Parser, comparisonsDoNotChain) {
  for (const char* text : {"a < b < c", "a == b == c", "a in (1) == b", "a is null == b",
                           "a between 1 and 2 < 3", "a like b like c"}) {
    const Parsed p(text);
    ASSERT_EQ(p.sink.errorCount(), 1u) << text;
    EXPECT_EQ(p.sink.all()[0].code, Code::SYN022) << text;
  }
  for (const char* text : {"(a < b) == c", "a == (b < c)", "not a < b"})
    EXPECT_TRUE(Parsed(text).sink.empty()) << text;
}

TEST(Parser, nestingHasALimit) {
  const auto nested = [](const std::string& open, const std::string& inner,
                         const std::string& close, size_t n) {
    std::string text = "entity A {\n  check ";
    for (size_t i = 0; i < n; ++i) text += open;
    text += inner;
    for (size_t i = 0; i < n; ++i) text += close;
    return text + "\n}\nentity B { key id int64 }\n";
  };
  EXPECT_EQ(errorsIn(nested("(", "a", ")", kMaxNesting - 1)), "4:SYN002 ");
  EXPECT_EQ(errorsIn(nested("(", "a", ")", kMaxNesting)), "2:SYN021 4:SYN002 ");
  EXPECT_EQ(errorsIn(nested("(", "a", ")", 10000)), "2:SYN021 4:SYN002 ");
  EXPECT_EQ(errorsIn(nested("[", "", "]", 10000)), "2:SYN021 4:SYN002 ");
  EXPECT_EQ(errorsIn(nested("f(", "a", ")", 10000)), "2:SYN021 4:SYN002 ");
  EXPECT_EQ(errorsIn(nested("case when a then ", "b", " end", 10000)), "2:SYN021 4:SYN002 ");
  EXPECT_EQ(errorsIn(nested("not ", "a", "", 10000)), "2:SYN021 4:SYN002 ");
  EXPECT_EQ(errorsIn(nested("", "a", " or a", 10000)), "2:SYN021 4:SYN002 ");
  EXPECT_EQ(errorsIn(nested("", "a", ".a", 10000)), "2:SYN021 4:SYN002 ");
  EXPECT_EQ(errorsIn(nested("", "a", " or a", 900)), "4:SYN002 ");
  // Never closed, too: the next declaration is read.
  EXPECT_NE(errorsIn(nested("(", "a", "", 10000)).find("4:SYN002"), std::string::npos);
}

TEST(Parser, aFileHasALimit) {
  EXPECT_EQ(errorsIn(std::string(kMaxFileBytes + 1, ' ')), "1:SYN020 ");
  EXPECT_EQ(errorsIn(std::string(kMaxFileBytes, ' ')), "");
}

TEST(Parser, errorsAreCounted) {
  std::string text = "entity A {\n";
  for (int i = 0; i < 300; ++i) text += "  x int32\n";
  SourceMap sources;
  DiagnosticSink sink;
  parse(sources, sources.add("t.cam", text + "}\n"), sink);
  EXPECT_EQ(sink.errorCount(), kMaxSyntaxErrors + 1);
  EXPECT_EQ(sink.all().back().code, Code::SYN029);
}

TEST(Parser, filesMayBeParsedAtTheSameTime) {
  const auto files = testing::corpus();
  std::vector<std::string> dumps(4);
  std::vector<std::thread> threads;
  for (std::string& out : dumps)
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i)
        for (const auto& file : files) {
          SourceMap sources;
          DiagnosticSink sink;
          out += dump(parse(sources, sources.add("t.cam", file.text), sink));
        }
    });
  for (auto& t : threads) t.join();
  for (const std::string& out : dumps) EXPECT_EQ(out, dumps[0]);
}

TEST(Parser, documentationStandsBeforeWhatItDocuments) {
  SourceMap sources;
  DiagnosticSink sink;
  const auto t = parse(sources,
                       sources.add("t.cam",
                                   "/// old\n\n/// one\n///two \n// note\nentity A { // c\n  key "
                                   "id: int64 /// trailing\n  /// p\n  x: int32\n  /// lost\n}\n"),
                       sink);
  const auto& a = std::get<EntityDecl>(t.decls.at(0));
  EXPECT_EQ(a.doc.text, "one\ntwo");
  EXPECT_EQ(std::get<PropertyDecl>(a.members.at(1)).doc.text, "p");
  EXPECT_EQ(std::get<PropertyDecl>(a.members.at(0)).doc.text, "");
  EXPECT_EQ(t.comments.size(), 5u);  // old, note, c, trailing, lost
}

TEST(Parser, whatCouldBeUnderstoodIsInTheTree) {
  SourceMap sources;
  DiagnosticSink sink;
  const auto t =
      parse(sources,
            sources.add("t.cam",
                        "entity A {\n  key id: int64\n  x: = 3\n  check a +\n  name: string(40\n  "
                        "z: int32\n}\nentity B is { }\nentity C { key id: int64 }\n"),
            sink);
  ASSERT_EQ(t.decls.size(), 3u);
  const auto& a = std::get<EntityDecl>(t.decls[0]);
  EXPECT_EQ(a.members.size(), 5u);
  EXPECT_EQ(std::get<PropertyDecl>(a.members.back()).name.text, "z");
  EXPECT_EQ(std::get<EntityDecl>(t.decls[2]).name.text, "C");
  EXPECT_TRUE(t.hasErrors);
}

}  // namespace
}  // namespace cambium::syntax
