// How diagnostics look: every form is compared whole.
#include <gtest/gtest.h>

#include "compiler/diagnostics/display_line.h"
#include "compiler/diagnostics/place.h"
#include "compiler/diagnostics/render.h"

namespace cambium {
namespace {

// A diagnostic of any code; the renderers only read the value.
Diagnostic at(Span span, std::string message) {
  Diagnostic d;
  d.code = Code::REF001;
  d.severity = Severity::error;
  d.message = std::move(message);
  d.span = span;
  return d;
}

std::string text(const Diagnostic& d, const SourceMap& sources, RenderOptions options = {}) {
  return renderText({d}, sources, options);
}

// The place of `what` in the file.
Span find(const SourceMap& sources, FileId file, std::string_view what) {
  const auto begin = static_cast<uint32_t>(sources[file].text().find(what));
  return {file, begin, begin + static_cast<uint32_t>(what.size())};
}

TEST(RenderText, theWholeForm) {
  SourceMap sources;
  const FileId order = sources.add("model/order.cam",
                                   "entity Order {\n  key id: int64\n  customer: ref Customr\n}\n");
  const FileId customer =
      sources.add("model/customer.cam", "/// Who buys.\nentity Customer { key id: int64 }\n");
  auto d = at(find(sources, order, "Customr"), "unknown type `Customr`");
  d.under("no entity with this name")
      .label(find(sources, customer, "Customer"), "declared here")
      .note("names are case-sensitive");
  d.help("did you mean `Customer`?").fix({"write `Customer`", FixSafety::safe, {}});
  EXPECT_EQ(text(d, sources),
            "error[REF001]: unknown type `Customr`\n"
            "  ┌ model/order.cam:3:17\n"
            "3 │   customer: ref Customr\n"
            "  │                 ^^^^^^^ no entity with this name\n"
            "  ├ model/customer.cam:2:8\n"
            "2 │ entity Customer { key id: int64 }\n"
            "  │        -------- declared here\n"
            "  ├ note: names are case-sensitive\n"
            "  └ help: did you mean `Customer`?   [fix available]\n");
  EXPECT_EQ(text(d, sources, {.ascii = true}),
            "error[REF001]: unknown type `Customr`\n"
            "  --> model/order.cam:3:17\n"
            "3 |   customer: ref Customr\n"
            "  |                 ^^^^^^^ no entity with this name\n"
            "  + model/customer.cam:2:8\n"
            "2 | entity Customer { key id: int64 }\n"
            "  |        -------- declared here\n"
            "  + note: names are case-sensitive\n"
            "  + help: did you mean `Customer`?   [fix available]\n");
}

TEST(RenderText, coloursAddNothingButEscapes) {
  SourceMap sources;
  const FileId file = sources.add("a.cam", "entity A {}\n");
  auto d = at(find(sources, file, "A"), "no key");
  d.under("here").note("why").help("what to do");
  std::string colored = text(d, sources, {.color = true});
  EXPECT_NE(colored.find("\033[1;31merror[REF001]\033[0m"), std::string::npos);
  for (size_t begin = colored.find('\033'); begin != std::string::npos;
       begin = colored.find('\033'))
    colored.erase(begin, colored.find('m', begin) - begin + 1);
  EXPECT_EQ(colored, text(d, sources));
}

TEST(RenderText, tabsAreTabStops) {
  SourceMap sources;
  const FileId file = sources.add("a.cam", "\tkey\tid: int65\n");
  EXPECT_EQ(text(at(find(sources, file, "int65"), "m"), sources),
            "error[REF001]: m\n"
            "  ┌ a.cam:1:10\n"
            "1 │     key id: int65\n"
            "  │             ^^^^^\n");
}

TEST(RenderText, wideCharactersTakeTwoCells) {
  SourceMap sources;
  const FileId file = sources.add("a.cam", "  check: name == \"世界\" or x\n");
  EXPECT_EQ(text(at(find(sources, file, "世界"), "m"), sources),
            "error[REF001]: m\n"
            "  ┌ a.cam:1:19\n"
            "1 │   check: name == \"世界\" or x\n"
            "  │                   ^^^^\n");
  EXPECT_EQ(text(at(find(sources, file, "x"), "m"), sources),
            "error[REF001]: m\n"
            "  ┌ a.cam:1:26\n"
            "1 │   check: name == \"世界\" or x\n"
            "  │                            ^\n");
}

TEST(RenderText, lineEndsAndByteOrderMark) {
  SourceMap sources;
  const FileId file = sources.add("a.cam",
                                  "\xEF\xBB\xBF"
                                  "entity A {\r\n  bad\r\n}\r\n");
  EXPECT_EQ(text(at(find(sources, file, "bad"), "m"), sources),
            "error[REF001]: m\n  ┌ a.cam:2:3\n2 │   bad\n  │   ^^^\n");
  EXPECT_EQ(text(at(find(sources, file, "A"), "m"), sources),
            "error[REF001]: m\n  ┌ a.cam:1:8\n1 │ entity A {\n  │        ^\n");
}

TEST(RenderText, emptyLineAndEndOfFile) {
  SourceMap sources;
  const FileId file = sources.add("a.cam", "entity A {\n\n");
  EXPECT_EQ(text(at({file, 11, 11}, "m"), sources),
            "error[REF001]: m\n  ┌ a.cam:2:1\n2 │\n  │ ^\n");
  EXPECT_EQ(text(at({file, 12, 12}, "m"), sources),
            "error[REF001]: m\n  ┌ a.cam:3:1\n3 │\n  │ ^\n");
  const FileId none = sources.add("empty.cam", "");
  EXPECT_EQ(text(at({none, 0, 0}, "m"), sources),
            "error[REF001]: m\n  ┌ empty.cam:1:1\n1 │\n  │ ^\n");
}

TEST(RenderText, endOfALineWithoutLineEnd) {
  SourceMap sources;
  const FileId file = sources.add("a.cam", "entity A {");
  EXPECT_EQ(text(at({file, 10, 10}, "m"), sources),
            "error[REF001]: m\n  ┌ a.cam:1:11\n1 │ entity A {\n  │           ^\n");
}

TEST(RenderText, severalLinesAreMarkedOnTheFirst) {
  SourceMap sources;
  const FileId file = sources.add("a.cam", "entity A {\n  x\n}\n");
  EXPECT_EQ(text(at({file, 7, 16}, "m"), sources),
            "error[REF001]: m\n  ┌ a.cam:1:8\n1 │ entity A {\n  │        ^^^\n");
}

TEST(RenderText, aLongLineIsAWindow) {
  SourceMap sources;
  const FileId file =
      sources.add("a.cam", std::string(200, 'a') + " bad " + std::string(200, 'b') + "\n");
  const std::string shown = text(at(find(sources, file, "bad"), "m"), sources, {.width = 60});
  size_t lines = 0;
  for (size_t begin = 0; begin < shown.size(); ++lines) {
    const size_t end = shown.find('\n', begin);
    EXPECT_LE(displayWidth(shown.substr(begin, end - begin)), 60u) << shown;
    begin = end + 1;
  }
  EXPECT_EQ(lines, 4u);
  // The carets stand under the word.
  const size_t source = shown.find("1 │ "), carets = shown.find("  │ ", source);
  const auto columnOf = [&](size_t line, std::string_view what) {
    return displayWidth(shown.substr(line, shown.find(what, line) - line));
  };
  EXPECT_EQ(columnOf(source, "bad"), columnOf(carets, "^^^")) << shown;
}

TEST(RenderText, markAtTheEndOfALongLine) {
  SourceMap sources;
  const FileId file = sources.add("a.cam", std::string(300, 'a') + "\n");
  const std::string shown = text(at({file, 300, 300}, "m"), sources, {.width = 60});
  const size_t carets = shown.find("  │ ");
  ASSERT_NE(carets, std::string::npos);
  EXPECT_NE(shown.find('^', carets), std::string::npos) << shown;
}

TEST(RenderText, whatATerminalWouldObeyIsSpelledOut) {
  SourceMap sources;
  const FileId file = sources.add("a.cam", "a \x1b[31m \xE2\x80\xAE b \xFF c\n");
  EXPECT_EQ(text(at(find(sources, file, "c"), "m"), sources),
            "error[REF001]: m\n"
            "  ┌ a.cam:1:15\n"
            "1 │ a <U+001B>[31m <U+202E> b <FF> c\n"
            "  │                                ^\n");
  EXPECT_EQ(text(at({}, "`\x1b[2J`"), sources), "error[REF001]: `<U+001B>[2J`\n");
}

TEST(RenderText, labelsInOneFileAreInOrderOfLines) {
  SourceMap sources;
  const FileId file =
      sources.add("a.cam", "entity A {\n  x: int64\n  y: int64\n  z: int64\n  x: string\n}\n");
  auto d = at({file, 46, 47}, "`x` is declared twice");
  d.label({file, 13, 14}, "first here");
  EXPECT_EQ(text(d, sources),
            "error[REF001]: `x` is declared twice\n"
            "  ┌ a.cam:5:3\n"
            "2 │   x: int64\n"
            "  │   - first here\n"
            "  ┆\n"
            "5 │   x: string\n"
            "  │   ^\n");
}

TEST(RenderText, withoutAPlace) {
  SourceMap sources;
  auto d = at({}, "there is no package in `.`");
  d.note("no file of it ends in `.cam`").help("make one");
  EXPECT_EQ(text(d, sources),
            "error[REF001]: there is no package in `.`\n"
            "  ├ note: no file of it ends in `.cam`\n"
            "  └ help: make one\n");
}

TEST(RenderText, longHelpIsWrapped) {
  SourceMap sources;
  auto d = at({}, "m");
  d.help("one two three four five six seven eight nine ten eleven twelve");
  EXPECT_EQ(text(d, sources, {.width = 40}),
            "error[REF001]: m\n"
            "  └ help: one two three four five six\n"
            "          seven eight nine ten eleven\n"
            "          twelve\n");
}

TEST(RenderText, severalFixesAreChoices) {
  SourceMap sources;
  auto d = at({}, "m");
  d.help("say which")
      .fix({"rename", FixSafety::review, {}})
      .fix({"drop", FixSafety::placeholder, {}});
  EXPECT_EQ(text(d, sources),
            "error[REF001]: m\n"
            "  ├ help: say which\n"
            "  ├ help: rename   [fix to review]\n"
            "  └ help: drop   [fix to complete]\n");
}

TEST(RenderText, moreThanAFewOfOneFileAreCounted) {
  SourceMap sources;
  const FileId a = sources.add("a.cam", "xxxxxxxxxx\n"), b = sources.add("b.cam", "x\n");
  std::vector<Diagnostic> all;
  for (uint32_t i = 0; i < 5; ++i) all.push_back(at({a, i, i + 1}, "m"));
  all.push_back(at({b, 0, 1}, "m"));
  const std::string shown = renderText(all, sources, {.perFile = 2});
  EXPECT_NE(shown.find("3 more in a.cam\n"), std::string::npos) << shown;
  EXPECT_NE(shown.find("b.cam:1:1"), std::string::npos);
  EXPECT_EQ(shown.find("a.cam:1:3"), std::string::npos);
  EXPECT_EQ(shown.find("more in b.cam"), std::string::npos);
}

TEST(RenderBrief, oneLineEach) {
  SourceMap sources;
  const FileId file = sources.add("a.cam", "α bad\n");
  auto d = at(find(sources, file, "bad"), "m");
  d.label({file, 0, 2}, "here").note("why").help("what").fix({"mend", FixSafety::safe, {}});
  EXPECT_EQ(renderBrief({d}, sources),
            "a.cam:1:3: error[REF001]: m\n  a.cam:1:1: here\n  note: why\n  help: what\n  fix "
            "(safe): mend\n");
}

TEST(RenderJson, everythingInOneLine) {
  SourceMap sources;
  const FileId file = sources.add("a.cam", "α \"bad\xFF\"\n");
  auto d = at({file, 3, 9}, "m \"quoted\" \xFF");
  d.under("u").help("h").fix({"t", FixSafety::review, {{{file, 3, 3}, "x\n"}}});
  EXPECT_EQ(renderJsonLines({d}, sources),
            "{\"type\":\"diagnostic\",\"code\":\"REF001\",\"title\":\"" +
                std::string(info(Code::REF001).title) +
                "\",\"severity\":\"error\",\"message\":\"m \\\"quoted\\\" "
                "\xEF\xBF\xBD\",\"file\":\"a.cam\",\"range\":{\"start\":{\"line\":1,"
                "\"column\":3,\"byte\":3},\"end\":{\"line\":1,\"column\":9,\"byte\":9}},\"under\":"
                "\"u\",\"labels\":[],\"notes\":[],\"helps\":[\"h\"],"
                "\"fixes\":[{\"title\":\"t\",\"safety\":\"review\",\"edits\":[{\"file\":\"a.cam\","
                "\"range\":{\"start\":{\"line\":1,\"column\":3,"
                "\"byte\":3},\"end\":{\"line\":1,\"column\":3,\"byte\":3}},\"replacement\":"
                "\"x\\n\"}]}]}\n");
}

TEST(Diagnostics, sortedOnce) {
  SourceMap sources;
  const FileId a = sources.add("a.cam", "xy\n"), b = sources.add("b.cam", "xy\n");
  DiagnosticSink sink;
  sink.add(at({}, "nowhere"));
  sink.add(at({b, 0, 1}, "m"));
  sink.add(at({a, 1, 2}, "m"));
  sink.add(at({b, 0, 1}, "m"));
  sink.add(at({a, 0, 1}, "m"));
  std::string order;
  for (const auto& d : sink.sorted())
    order += d.span ? placeText(sources, d.span) + " " : "nowhere";
  EXPECT_EQ(order, "a.cam:1:1 a.cam:1:2 b.cam:1:1 nowhere");
  EXPECT_EQ(sink.errorCount(), 5u);
}

TEST(Diagnostics, codesAreFoundByName) {
  EXPECT_EQ(findCode("REF001"), Code::REF001);
  EXPECT_EQ(findCode("ref001"), Code::REF001);
  EXPECT_FALSE(findCode("REF01"));
  EXPECT_FALSE(findCode(""));
}

}  // namespace
}  // namespace cambium
