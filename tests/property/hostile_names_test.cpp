// Names and words that try to be something else, in every slot that takes any text: each table is
// called by one of them, each of its columns by another (every pair of them occurs), constraints,
// indexes, defaults, documentation, tags and rows likewise. Two versions with renames, conversions
// and splits between them go through every law on every database, and a canary is alive in the end.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>

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

// Entities whose tables have the names from `first` to `last`. Built only: each with all names as
// columns. Migrated: each with the eight names that follow its own, and a second version.
class Case {
public:
  Case(size_t first, size_t last, bool migrated, size_t stride) : migrated_(migrated) {
    for (size_t i = first; i < last; i += stride) entity(i);
  }

  GoldenFile file() const {
    if (!migrated_) return parseGolden("# why: -\n-- model.cam --\n" + canary("") + before_);
    return parseGolden("# why: -\n-- before.cam --\n" + canary("") + before_ + "-- after.cam --\n" +
                       canary(" renamed") + after_ + "migration from \"1.0.0\" to \"1.1.0\" {\n" +
                       migration_ + "  rename Word.t0 -> u0\n}\n" +
                       "-- rows before --\ntable canary\nid,state\n1,alive\n" + rows_);
  }

private:
  static std::string canary(const std::string& more) {
    std::string tags = "tags Word on Canary {";
    for (size_t i = 0; i < hostile().size(); ++i)
      tags += fmt::format(" {}{} {}", i == 0 && !more.empty() ? "u" : "t", i,
                          camText(hostile()[i] + more));
    // Not every database has such a character in a name.
    return "entity Canary { key id: int64  state: string(20) }\n" + tags + " tree \"🌳\" }\n";
  }

  static const std::string& word(size_t n) { return hostile()[n % hostile().size()]; }
  static std::string quoted(size_t n) { return camText(word(n)); }

  void entity(size_t i) {
    // A name for each column: the first of a migrated table is the one that follows its own.
    const size_t columns = migrated_ ? 8 : hostile().size(), from = migrated_ ? i + 1 : 0;
    before_ += entityText(i, from, columns, false);
    if (!migrated_) return;
    after_ += entityText(i, from, columns, true);
    migration_ += fmt::format(
        "  rename E{0}.p0 -> k\n  rename E{0}.p1 -> q1\n"
        "  convert E{0}.p2 up to_string(p2) down to_int64(p2)\n"
        "  split E{0}.p3 -> a3, b3 up {{ a3 = p3, b3 = {1} }} down {{ p3 = a3 }}\n",
        i, quoted(i));
    rows_ += "table " + word(i) + "\n" + csvText(word(from));
    for (size_t j = 1; j < columns; ++j) rows_ += "," + csvText(word(from + j));
    rows_ += "\n1";
    for (size_t j = 1; j < columns; ++j) rows_ += "," + (j == 2 ? "12" : csvText(word(i + j + 9)));
    rows_ += "\n";
  }

  // In the second version the key and one more are renamed, one is converted, one is split.
  std::string entityText(size_t i, size_t from, size_t columns, bool second) const {
    const bool documented = i % 2 == 0;
    const auto doc = [&](size_t n) { return documented ? "  /// " + word(n) + "\n" : ""; };
    std::string out = documented ? "/// " + word(i) + "\n" : "";
    out += fmt::format("entity E{} @table({}) {{\n", i, quoted(i));
    for (size_t j = 0; j < columns; ++j) {
      const std::string column = quoted(from + j), fresh = camText(word(from + j) + "!");
      if (j == 0)
        out += fmt::format("{}  key {}: int64 @column({})\n", doc(j), second ? "k" : "p0",
                           second ? fresh : column);
      else if (j == 1)
        out += fmt::format("{}  {}: string(60) = {} @column({})\n", doc(j), second ? "q1" : "p1",
                           quoted(i + j), second ? fresh : column);
      else if (j == 2)
        out += fmt::format("{}  p2: {} @column({})\n", doc(j), second ? "text" : "int64", column);
      else if (j == 3 && second)
        out += fmt::format("  a3: string(60) @column({})\n  b3: string(60) @column({})\n",
                           camText(word(from + j) + "<"), camText(word(from + j) + ">"));
      else
        out += fmt::format("{}  p{}: {} = {} @column({})\n", doc(i + j), j,
                           j > 8 ? "text" : "string(60)", quoted(i + j), column);
    }
    return out + fmt::format(
                     "  check c: p4 != {} @name({})\n  unique u (p5, p6) @name({})\n"
                     "  index x (p7) @name({})\n}}\n",
                     quoted(i + 7), camText(fmt::format("ck {}{}", word(i + 1), i)),
                     camText(fmt::format("uq {}{}", word(i + 2), i)),
                     camText(fmt::format("ix {}{}", word(i + 3), i)));
  }

  bool migrated_;
  std::string before_, after_, migration_, rows_;
};

// `stride`: of so many names one.
void keepTheLaws(bool migrated, size_t atOnce, size_t stride) {
  const size_t all = hostile().size();
  for (size_t first = 0; first < all; first += atOnce * stride) {
    SCOPED_TRACE(hostile()[first]);
    const auto file = Case(first, std::min(first + atOnce * stride, all), migrated, stride).file();
    const auto compiled = compileCase(file);
    ASSERT_TRUE((!migrated || healthy(compiled.before)) && healthy(compiled.after))
        << briefDiagnostics(compiled);
    std::string rows;
    checkLaws(file, compiled, &rows);
    if (migrated && !rows.empty()) {
      EXPECT_NE(rows.find("table canary\nid,state,word_name\n1,alive,"), std::string::npos)
          << rows.substr(0, 300);
    }
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(HostileNames, everyPairOfTableAndColumnIsBuilt) {
  EXPECT_GE(hostile().size() * hostile().size(), 2000u);
  keepTheLaws(false, 19, 1);
}

// A server takes minutes for all of them; hostile_slots_test.cpp takes them through one version
// there.
TEST(HostileNames, everyOneSurvivesAMigration) {
  const char* only = std::getenv("CAMBIUM_LAWS_ON");
  const bool server = only && std::string(only) != "sqlite";
  keepTheLaws(true, 4, server && !std::getenv("CAMBIUM_LONG") ? 18 : 1);
}

}  // namespace
}  // namespace cambium::testing
