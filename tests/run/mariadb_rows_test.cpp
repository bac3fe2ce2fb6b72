// The widest rows and indexes that the compiler lets pass are those that the server takes.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/support/case_runner.h"
#include "tests/support/golden_file.h"
#include "tests/support/laws.h"

namespace cambium::testing {
namespace {

std::string statementOf(const std::string& columns) {
  return "CREATE TABLE `t` (`id` bigint NOT NULL, " + columns +
         ", PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 "
         "COLLATE=utf8mb4_nopad_bin";
}

class MariadbRows : public ::testing::Test {
protected:
  // An entity with so many properties of a type.
  bool compiles(const std::string& property, size_t times) {
    std::string text = "# why: -\n-- model.cam --\nentity T {\n  key id: int64\n";
    for (size_t i = 0; i < times; ++i) text += fmt::format("  p{}: {}\n", i, property);
    compiled_ = compileCase(parseGolden(text + "}\n"));
    if (!healthy(compiled_.after)) ADD_FAILURE() << briefDiagnostics(compiled_);
    planned_ = planFresh(*compiled_.after, compiled_.after->model, *dialects().find("mariadb"));
    return healthy(compiled_.after);
  }
  size_t most(const std::string& property, size_t above) {
    size_t fits = 1, not_ = above;
    while (not_ - fits > 1) {
      const size_t middle = (fits + not_) / 2;
      (compiles(property, middle) ? fits : not_) = middle;
    }
    return fits;
  }
  std::string serverSays(const std::string& type, size_t times) {
    std::string columns;
    for (size_t i = 0; i < times; ++i)
      columns += fmt::format("{}`p{}` {} NULL", i ? ", " : "", i, type);
    const auto session = database_.open();
    auto done = session->execute(statementOf(columns));
    if (done) return "";
    return done.error().message;
  }

  ScratchDatabase database_{"mariadb"};
  CompiledCase compiled_;
  std::optional<driver::Planned> planned_;
};

TEST_F(MariadbRows, TheWidestThatCompilesIsTaken) {
  for (const auto* type : {"text?", "string(100)?", "string(63)?", "string(64)?", "string(30)?",
                           "string(9)?", "bytes(255)?", "bytes(256)?", "decimal(38, 9)?", "uuid?",
                           "string(1000)?", "bytes(4000)?", "timestamp?", "int32?"}) {
    SCOPED_TRACE(type);
    const size_t fits = most(type, 1018);
    ASSERT_TRUE(compiles(type, fits));
    ScratchDatabase database("mariadb");
    const auto session = database.open();
    EXPECT_EQ(runScript(planned_->script, *session, plan::Phase::contract), "");
  }
}

// The rule is a bound from above, and not a loose one.
TEST_F(MariadbRows, NotManyMoreWouldBeTaken) {
  const std::pair<const char*, const char*> types[] = {{"text?", "longtext"},
                                                       {"string(63)?", "varchar(63)"},
                                                       {"bytes(255)?", "varbinary(255)"},
                                                       {"string(100)?", "varchar(100)"},
                                                       {"uuid?", "uuid"},
                                                       {"string(1000)?", "varchar(1000)"}};
  for (const auto& [type, sql] : types) {
    SCOPED_TRACE(type);
    const size_t fits = most(type, 1018);
    EXPECT_NE(serverSays(sql, fits + fits / 50 + 1), "");
  }
}

// Two names that the server takes for one are refused when the model is compiled, and no others.
TEST(MariadbNames, ThatDifferByCaseAreOneToTheServerAndToUs) {
  const std::pair<const char*, const char*> pairs[] = {
      {"e", "é"},     {"É", "é"},      {"Я", "я"},      {"е", "e"},  {"Ω", "ω"},   {"ſ", "s"},
      {"ς", "σ"},     {"ß", "ẞ"},      {"ß", "s"},      {"İ", "i"},  {"ı", "i"},   {"ǅ", "ǆ"},
      {"µ", "μ"},     {"Ⅷ", "ⅷ"},      {"Ⓐ", "ⓐ"},      {"Ꙁ", "ꙁ"},  {"ᲀ", "в"}, {"Ꭰ", "ꭰ"},
      {"θ", "ϑ"},     {"Ⴀ", "ⴀ"},      {"Ა", "ა"},    {"Ԁ", "ԁ"},  {"Ａ", "ａ"}, {"ά", "Ά"},
      {"Ж", "ж"},     {"\u212A", "k"}, {"\u212B", "å"}, {"Ɐ", "ɐ"},  {"Ⱥ", "ⱥ"},   {"Ɡ", "ɡ"},
      {"Ꞵ", "ꞵ"}, {"ᾳ", "ᾼ"},      {"Ǆ", "ǅ"},      {"日", "本"}};
  ScratchDatabase database("mariadb");
  const auto session = database.open();
  for (const auto& [a, b] : pairs) {
    const bool two =
        bool(session->query(fmt::format("SELECT * FROM (SELECT 1 AS `{}`, 2 AS `{}`) AS t", a, b)));
    const auto compiled = compileCase(
        parseGolden(fmt::format("# why: -\n-- model.cam --\nentity T {{ key id: int64  a: int32 "
                                "@column(\"{}\")  b: int32 @column(\"{}\") }}\n",
                                a, b)));
    ASSERT_TRUE(healthy(compiled.after)) << briefDiagnostics(compiled);
    (void)planFresh(*compiled.after, compiled.after->model, *dialects().find("mariadb"));
    EXPECT_EQ(healthy(compiled.after), two) << a << " and " << b;
  }
}

}  // namespace
}  // namespace cambium::testing
