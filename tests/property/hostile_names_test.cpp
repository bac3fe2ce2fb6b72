// Names and words that try to be something else, in every slot that takes any text: each table is
// called by one of them, each of its columns by another (every pair of them occurs), constraints,
// indexes, defaults, documentation, tags and rows likewise. Two versions with renames, conversions
// and splits between them go through every law on every database, and a canary is alive in the end.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/support/laws.h"

namespace cambium::testing {
namespace {

// At most 40 bytes, so that what is derived from them still fits everywhere.
const std::vector<std::string>& hostile() {
  static const std::vector<std::string> list = {
      "plain",
      "select",
      "table",
      "order",
      "group",
      "user",
      "primary",
      "rowid",
      "NEW",
      "old",
      "null",
      "Mixed Case",
      "a b",
      "a.b",
      "a,b",
      "a-b",
      "1st",
      "\"",
      "\"\"",
      "'",
      "''",
      "`",
      "``",
      "]",
      "[x]",
      "\\",
      "\\'",
      "\\\"",
      "%s",
      "{}",
      "{0}",
      "$1",
      "$$",
      "$cambium$",
      "?",
      ":name",
      "::int",
      "@x",
      "#",
      "--",
      "-- x",
      "/*",
      "*/",
      ";",
      "\"; DROP TABLE canary; --",
      "'; DROP TABLE canary; --",
      "`; DROP TABLE canary; --",
      "'); DELETE FROM canary; --",
      "$cambium$; DELETE FROM canary; $cambium$",
      "naïve",
      "日本語",
      "🌳",
      "שלום",
      "e\u0301",
      "<b>&amp;</b>",
  };
  return list;
}

std::string camText(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}
std::string csvText(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

// Entities whose tables have the names from `first` to `last`, each with all of them as columns.
class Case {
public:
  Case(size_t first, size_t last, bool documented) : documented_(documented) {
    for (size_t i = first; i < last; ++i) entity(i);
  }

  GoldenFile file() const {
    std::string migration =
        "migration from \"1.0.0\" to \"1.1.0\" {\n" + migration_ + "  rename Word.t0 -> u0\n}\n";
    return parseGolden("# why: -\n-- before.cam --\n" + canary("") + before_ + "-- after.cam --\n" +
                       canary(" renamed") + after_ + migration +
                       "-- rows before --\ntable canary\nid,word\n1,alive\n" + rows_);
  }

private:
  static std::string canary(const std::string& more) {
    std::string tags = "tags Word on Canary {";
    for (size_t i = 0; i < hostile().size(); ++i)
      tags += fmt::format(" {}{} {}", i == 0 && !more.empty() ? "u" : "t", i,
                          camText(hostile()[i] + more));
    return "entity Canary { key id: int64  word: string(20) }\n" + tags + " }\n";
  }

  void entity(size_t i) {
    const auto& names = hostile();
    const auto name = [&](size_t n) { return camText(names[n % names.size()]); };
    // The first three columns are renamed, converted and split; the key is renamed, too.
    const auto columns = [&](bool second) {
      std::string out;
      for (size_t j = 0; j < names.size(); ++j) {
        const std::string doc = documented_ ? fmt::format("  /// {}\n", names[j]) : "";
        if (j == 0) {
          out += fmt::format("{}  key {}: int64 @column({})\n", doc, second ? "k" : "p0",
                             second ? camText(names[0] + "!") : name(0));
        } else if (j == 1) {
          out += fmt::format("{}  {}: string(60) = {} @column({})\n", doc, second ? "q1" : "p1",
                             name(i + j), second ? camText(names[1] + "!") : name(1));
        } else if (j == 2 && second) {
          out += fmt::format("  p2: text @column({})\n", name(2));
        } else if (j == 3 && second) {
          out += fmt::format("  a3: string(60) @column({})\n  b3: string(60) @column({})\n",
                             camText(names[3] + "<"), camText(names[3] + ">"));
        } else {
          out += fmt::format("{}  p{}: {} = {} @column({})\n", doc, j,
                             j == 2 ? "int32" : "string(60)", j == 2 ? "7" : name(i + j), name(j));
        }
      }
      out += fmt::format("  check c: p4 != {} @name({})\n", name(i + 7),
                         camText("ck " + names[(i + 1) % names.size()] + std::to_string(i)));
      out += fmt::format("  unique u (p5, p6) @name({})\n",
                         camText("uq " + names[(i + 2) % names.size()] + std::to_string(i)));
      out += fmt::format("  index x (p7) @name({})\n",
                         camText("ix " + names[(i + 3) % names.size()] + std::to_string(i)));
      return out;
    };
    const std::string table = name(i);
    const std::string doc = documented_ ? fmt::format("/// {}\n", names[i]) : "";
    before_ += fmt::format("{}entity E{} @table({}) {{\n{}}}\n", doc, i, table, columns(false));
    after_ += fmt::format("{}entity E{} @table({}) {{\n{}}}\n", doc, i, table, columns(true));
    migration_ += fmt::format(
        "  rename E{0}.p0 -> k\n  rename E{0}.p1 -> q1\n"
        "  convert E{0}.p2 up to_string(p2) down to_int32(p2)\n"
        "  split E{0}.p3 -> a3, b3 up {{ a3 = p3, b3 = {1} }} down {{ p3 = a3 }}\n",
        i, name(i + 5));
    rows_ += "table " + names[i] + "\n" + csvText(names[0]);
    for (size_t j = 1; j < names.size(); ++j) rows_ += "," + csvText(names[j]);
    rows_ += "\n1";
    for (size_t j = 1; j < names.size(); ++j)
      rows_ += "," + (j == 2 ? "12" : csvText(names[(i + j + 1) % names.size()]));
    rows_ += "\n";
  }

  bool documented_;
  std::string before_, after_, migration_, rows_;
};

TEST(HostileNames, surviveEverySlot) {
  const size_t all = hostile().size();
  EXPECT_GE(all * all, 2000u);
  constexpr size_t kAtOnce = 5;
  for (size_t first = 0; first < all; first += kAtOnce) {
    const auto file = Case(first, std::min(first + kAtOnce, all), first % 2 == 0).file();
    SCOPED_TRACE(hostile()[first]);
    const auto compiled = compileCase(file);
    ASSERT_TRUE(healthy(compiled.before) && healthy(compiled.after)) << briefDiagnostics(compiled);
    std::string rows;
    checkLaws(file, compiled, &rows);
    if (!rows.empty()) {
      EXPECT_NE(rows.find("table canary\nid,word,word_name\n1,alive,"), std::string::npos)
          << rows.substr(0, 300);
    }
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace cambium::testing
