// The formatter's laws: the same meaning, the same comments, and nothing left to do the second
// time.
#include <gtest/gtest.h>

#include "compiler/diagnostics/render.h"
#include "compiler/format/format.h"
#include "compiler/format/layout.h"
#include "compiler/syntax/parse.h"
#include "tests/support/corpus.h"
#include "tests/support/format_laws.h"

namespace cambium::format {
namespace {

struct Parsed {
  SourceMap sources;
  DiagnosticSink sink;
  syntax::SyntaxTree tree;
  explicit Parsed(const std::string& text)
      : tree(syntax::parse(sources, sources.add("t.cam", text), sink)) {}
  std::string errors() const { return renderBrief(sink.sorted(), sources); }
};

TEST(Format, theCorpus) {
  for (const auto& file : testing::corpus())
    EXPECT_TRUE(testing::keepsTheFormatLaws(file.text)) << file.name;
}

TEST(Format, commentsAnywhere) {
  const unsigned seed = 3;
  std::mt19937 random(seed);
  for (const auto& file : testing::corpus())
    for (int round = 0; round < 25; ++round)
      ASSERT_TRUE(testing::keepsTheFormatLaws(testing::withOtherBlanks(file.text, random)))
          << "seed " << seed << ", " << file.name;
}

TEST(Format, linesAreNotTooLong) {
  std::string text =
      "entity A {\n  key id: int64\n  x: string(40) = case when id > 1000 and id < 2000 or id == "
      "3000 and not id in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, "
      "21, 22, 23) then "
      "concat(\"some text\", \"another text\", to_string(id), \"and more of it\", \"until the line "
      "is full\") else \"\" end computed stored @deprecated(\"use something else\") "
      "@column(\"x_column\")\n"
      "  check id > 1000 and id < 2000 or id == 3000 and id in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, "
      "12, 13, 14, 15, 16, 17)\n"
      "  unique a_name_of_some_length (a_property_with_a_long_name, "
      "another_property_with_a_long_name, third_property)\n}\n"
      "import_me_not: ";
  text.resize(text.rfind("import_me_not"));
  EXPECT_TRUE(testing::keepsTheFormatLaws(text));
  const Parsed p(text);
  const std::string out = format(p.tree, p.sources);
  for (size_t at = 0; at < out.size();) {
    const size_t end = out.find('\n', at);
    EXPECT_LE(end - at, 100u) << out.substr(at, end - at);
    at = end + 1;
  }
}

TEST(Format, sameMeaningSeesADifference) {
  const Parsed a("entity A { key id: int64 } // c"), b("entity A { key id: int32 } // c"),
      c("entity A { key id: int64 } // d"), d("entity A\n{ key id: int64 }\n// c");
  EXPECT_FALSE(sameMeaning(a.tree, a.sources, b.tree, b.sources));
  EXPECT_FALSE(sameMeaning(a.tree, a.sources, c.tree, c.sources));
  EXPECT_TRUE(sameMeaning(a.tree, a.sources, d.tree, d.sources));
  const Parsed x("type T = int32 where a - (b - c) > 0"), y("type T = int32 where a - b - c > 0");
  EXPECT_FALSE(sameMeaning(x.tree, x.sources, y.tree, y.sources));
}

TEST(Format, oneSpelling) {
  const auto formatted = [](const std::string& text) {
    const Parsed p(text);
    EXPECT_EQ(p.errors(), "");
    return format(p.tree, p.sources);
  };
  EXPECT_EQ(formatted(""), "");
  EXPECT_EQ(formatted("// only a comment"), "// only a comment\n");
  EXPECT_EQ(formatted("\xEF\xBB\xBF"
                      "enum  E{a b,c,}\r\n"),
            "enum E { a, b, c }\n");
  EXPECT_EQ(formatted("enum E {\na, b\n}"), "enum E {\n  a\n  b\n}\n");
  EXPECT_EQ(formatted("entity A{key id:int64=autoincrement()\n\n\n\nname:string(40)?@unique}"),
            "entity A {\n  key id: int64 = autoincrement()\n\n  name: string(40)? @unique\n}\n");
  EXPECT_EQ(formatted("entity A { }"), "entity A { }\n");
  EXPECT_EQ(formatted("type T=int32 where(- -value>0)"), "type T = int32 where (- -value > 0)\n");
  EXPECT_EQ(formatted("entity A{\n// last\n}"), "entity A {\n  // last\n}\n");
}

TEST(Layout, aGroupFitsOrBreaks) {
  const auto print = [](size_t width) {
    Layout l;
    l.open();
    l.text("f(");
    l.indent(2);
    l.softline();
    l.text("aaaa,");
    l.line();
    l.open();
    l.text("b +");
    l.line();
    l.text("c");
    l.close();
    l.indent(-2);
    l.softline();
    l.text(")");
    l.close();
    l.text("!");
    std::string out;
    l.print(out, 0, 0, width);
    return out;
  };
  EXPECT_EQ(print(15), "f(aaaa, b + c)!");
  EXPECT_EQ(print(14), "f(\n  aaaa,\n  b + c\n)!");
  EXPECT_EQ(print(6), "f(\n  aaaa,\n  b +\n  c\n)!");
}

}  // namespace
}  // namespace cambium::format
