// Every hostile word in every slot that takes one: names of tables, columns, keys, indexes, checks,
// uniques, references, junctions, views and their columns, tag groups, roles and policies; values
// of enums, tags, defaults, conditions; documentation. What was built is asked back; then a version
// with other names is rolled out, applications of both versions write through the triggers, it is
// taken back and rolled out again. A canary is alive in the end.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "tests/property/hostile_words.h"
#include "tests/support/engine_text.h"
#include "tests/support/laws.h"

namespace cambium::testing {
namespace {

// Which words this database cannot take as which names (DDL070, DDL003): see names/ of the golden
// cases.
std::vector<HostileWord> wordsFor(const std::string& dialect) {
  std::vector<HostileWord> out;
  for (const auto& word : hostileWords()) {
    const bool longQuotes = word.text.starts_with("\"'\"'");
    const bool refused = dialect == "mariadb"  ? word.text.starts_with(' ') || longQuotes
                         : dialect == "sqlite" ? word.text == "true" || longQuotes
                                               : false;
    if (!refused) out.push_back(word);
  }
  return out;
}

class Versions {
public:
  Versions(std::vector<HostileWord> words, size_t most, bool server)
      : words_(std::move(words)), most_(most), server_(server) {
    const std::string canary = "entity Canary @table(\"canary\") { key id: int64  state: text }\n";
    const char* const package = "package test version \"{}\" naming as_written\n";
    before_ = fmt::format(fmt::runtime(package), "1.0.0") + canary;
    after_ = fmt::format(fmt::runtime(package), "1.1.0") + canary;
    for (size_t i = 0; i < words_.size(); ++i) entity(i);
  }

  GoldenFile file() const {
    return parseGolden("# why: -\n-- before.cam --\n" + before_ + "-- after.cam --\n" + after_ +
                       "migration from \"1.0.0\" to \"1.1.0\" {\n" + migration_ + "}\n");
  }
  size_t combinations() const { return used_.size(); }
  size_t size() const { return words_.size(); }
  // A server takes long for each step.
  bool migrated(size_t i) const { return i % (server_ ? 8 : 4) == 0; }

  // The table of an entity, its column of texts, and what both are called in the new version.
  std::string table(size_t i) { return relation("table", i, 0, ""); }
  std::string text(size_t i) { return name("column", i, 2, ""); }
  std::string key(size_t i) { return name("key", i, 1, ""); }
  std::string number(size_t i) { return name("converted", i, 4, ""); }
  std::string newTable(size_t i) { return ended(table(i), "!", most_); }
  std::string newText(size_t i) { return ended(text(i), "!", most_); }
  const std::string& value(size_t i) { return at(i, 17).text; }

private:
  const HostileWord& at(size_t i, size_t offset) const {
    return words_[(i + offset) % words_.size()];
  }
  std::string name(const std::string& slot, size_t i, size_t offset, const std::string& ending) {
    if (!at(i, offset).name) return fmt::format("{} {}{}", slot, i, ending);
    used_.insert({slot, at(i, offset).text});
    return ended(at(i, offset).text, ending, most_);
  }
  // SQLite takes no table that refers to others and begins with a quote (DDL070).
  std::string relation(const std::string& slot, size_t i, size_t offset,
                       const std::string& ending) {
    const auto word = name(slot, i, offset, ending);
    return server_ || std::string_view("\"'`[").find(word[0]) == std::string_view::npos
               ? word
               : "t" + word;
  }
  std::string quoted(const std::string& slot, size_t i, size_t offset, const char* ending = "") {
    return camText(name(slot, i, offset, ending));
  }
  // A text in a condition or a default, however long.
  std::string literal(const std::string& slot, size_t i, size_t offset) {
    used_.insert({slot, at(i, offset).text});
    return camText(at(i, offset).text);
  }
  // Between backticks, where the word can stand there.
  std::string ticked(const std::string& slot, size_t i, size_t offset, const std::string& ending,
                     const std::string& otherwise) {
    if (!at(i, offset).written) return "`" + otherwise + "`";
    // A name of the language has at most 63 bytes, and here one more comes to it.
    return "`" + ended(name(slot, i, offset, ending), "", 62) + "`";
  }
  std::string doc(const std::string& slot, size_t i, size_t offset) {
    if (!at(i, offset).written) return "";
    used_.insert({slot, at(i, offset).text});
    return "/// " + at(i, offset).text + "\n";
  }

  void entity(size_t i) {
    text(i, false);
    text(i, true);
    if (!migrated(i)) return;
    const std::string state = ticked("enum value", i, 5, "", fmt::format("s{}", i));
    migration_ +=
        fmt::format("  rename E{0} -> F{0}\n  rename E{0}.p -> pp\n  rename E{0}.r -> rr\n", i);
    migration_ += fmt::format("  convert E{}.z up to_string(z) down to_int64(z)\n", i);
    migration_ +=
        fmt::format("  rename S{}.{} -> {}!`\n", i, state, state.substr(0, state.size() - 1));
    if (tagged(i)) {
      const std::string tag = ticked("tag", i, 6, "", fmt::format("w{}", i));
      migration_ += fmt::format("  rename G{}.{} -> {}!`\n", i, tag, tag.substr(0, tag.size() - 1));
    }
  }
  bool tagged(size_t i) const { return i % 16 == 0; }

  // The entity and what goes with it, in the first version or in the second.
  void text(size_t i, bool second) {
    std::string& out = second ? after_ : before_;
    const bool other = second && migrated(i);
    const auto entityName = [&](size_t n) {
      n %= words_.size();
      return fmt::format("{}{}", second && migrated(n) ? 'F' : 'E', n);
    };
    const std::string me = entityName(i), p = other ? "pp" : "p";
    const auto renamed = [&](const std::string& was) {
      return camText(other ? ended(was, "!", most_) : was);
    };
    std::string state = ticked("enum value", i, 5, "", fmt::format("s{}", i));
    if (other) state.insert(state.size() - 1, "!");
    out += fmt::format("enum S{} {{ {}, `other{}` }}\n", i, state, i);
    out += doc("doc of a table", i, 7);
    out += fmt::format("entity {} @table({}) {{\n", me, renamed(table(i)));
    out += fmt::format("  key k: int64 @column({})\n", camText(key(i)));
    out += doc("doc of a column", i, 8);
    out += fmt::format("  {}: string(80) = {} @column({})\n", p, literal("default", i, 9),
                       renamed(text(i)));
    out += fmt::format("  q: string(80)? @column({})\n", quoted("indexed column", i, 3));
    out += fmt::format("  z: {} @column({})\n", other ? "text" : "int64", camText(number(i)));
    out += fmt::format("  s: S{} = {} @column({})\n", i, state, quoted("column of an enum", i, 10));
    out += fmt::format("  c: string(200) = {} || {} computed @column({})\n", p,
                       literal("formula", i, 11), quoted("computed column", i, 12));
    out += fmt::format("  {}: ref {}? @column({}) @name({})\n", other ? "rr" : "r",
                       entityName(i + 1), renamed(name("column of a reference", i, 13, "")),
                       quoted("reference", i, 14, "f"));
    out += fmt::format("  check ck: {} != {} @name({})\n", p, literal("check", i, 15),
                       quoted("name of a check", i, 16, "c"));
    out += fmt::format("  unique u (q) where {} != {} @name({})\n", p,
                       literal("condition of a unique", i, 18), quoted("unique", i, 19, "u"));
    out += fmt::format("  index x ({}, z) @name({})\n", p, quoted("index", i, 20, "x"));
    out += fmt::format("  m: many {} @table({})\n}}\n", entityName(i + 3),
                       camText(relation("junction", i, 21, "m")));
    out += fmt::format("view V{} of {} where {} != {} @table({}) {{ k, {} as {} }}\n", i, me, p,
                       literal("condition of a view", i, 23), quoted("view", i, 22, "v"), p,
                       ticked("column of a view", i, 24, "", "shown"));
    if (tagged(i)) {
      std::string tag = ticked("tag", i, 6, "", fmt::format("w{}", i));
      if (other) tag.insert(tag.size() - 1, "!");
      out += fmt::format("tags G{} on {} multiple {{ {} {}, plain }}\n", i, me, tag,
                         literal("title of a tag", i, 25));
    }
    // Of the server, which keeps some beginnings for itself.
    const std::string role =
        at(i, 26).written
            ? "`" + ended("r~" + name("role", i, 26, ""), fmt::format("~{}", i), 63) + "`"
            : fmt::format("role{}", i);
    const char* const allowed = "@allow(DDL008, \"where there are none\")";
    out += fmt::format("role {} {}\ngrant read, update on {} to {}\n", role, allowed, me, role);
    out += fmt::format("policy {} on {} for all to {} using {} == {} {}\n",
                       ticked("policy", i, 27, "", "mine"), me, role, p,
                       literal("condition of a policy", i, 28), allowed);
  }

  std::vector<HostileWord> words_;
  size_t most_;
  bool server_;
  std::string before_, after_, migration_;
  std::set<std::pair<std::string, std::string>> used_;
};

class HostileSlots : public ::testing::TestWithParam<std::string> {
protected:
  // `back`: it is taken back once, too.
  void survive(const std::string& engine, Versions&, bool back);
  void expect(dialect::Session& session, const catalog::Catalog& expected, const char* when) {
    const auto live = session.introspect();
    ASSERT_TRUE(bool(live)) << when << ": " << live.error().message;
    for (const auto& difference : catalog::compare(expected, *live))
      ADD_FAILURE() << when << ": " << difference.object << "\n  expected: " << difference.expected
                    << "\n  in the database: " << difference.actual;
  }
};

// What grows with the square of the tables stays small: some of the words at a time, each of them
// in every slot.
TEST_P(HostileSlots, SurviveBuildingRollingOutAndBack) {
  const std::string engine = GetParam();
  if (const char* only = std::getenv("CAMBIUM_LAWS_ON"); only && engine != only) return;
  const auto words = wordsFor(engine);
  const size_t most = std::min<size_t>(dialects().find(engine)->traits().maxIdentifierBytes, 64);
  constexpr size_t kParts = 3;
  size_t combinations = 0;
  // A server takes a third of them, and each another; all with CAMBIUM_LONG=1.
  const bool all = engine == "sqlite" || std::getenv("CAMBIUM_LONG");
  const size_t mine = engine == "postgres" ? 0 : 1;
  for (size_t part = 0; part < kParts; ++part) {
    if (!all && part != mine) continue;
    SCOPED_TRACE(part);
    std::vector<HostileWord> some;
    for (size_t i = part; i < words.size(); i += kParts) some.push_back(words[i]);
    Versions versions(std::move(some), most, engine != "sqlite");
    combinations += versions.combinations();
    survive(engine, versions, part == mine);
    if (HasFailure()) return;
  }
  EXPECT_GE(combinations, all ? 2000u : 700u);
}

void HostileSlots::survive(const std::string& engine, Versions& versions, bool back) {
  const auto& dialect = *dialects().find(engine);
  const auto& traits = dialect.traits();
  const auto compiled = compileCase(versions.file());
  ASSERT_TRUE(healthy(compiled.before) && healthy(compiled.after)) << briefDiagnostics(compiled);
  const auto base = planFresh(*compiled.after, compiled.before->model, dialect);
  const auto planned = planCase(compiled, dialect);
  ASSERT_TRUE(base && planned) << briefDiagnostics(compiled);

  ScratchDatabase database(engine);
  const auto session = database.open();
  const std::string built = runScript(base->script, *session, plan::Phase::contract);
  expect(*session, planned->from.catalog, "built");
  ASSERT_EQ(built, "");

  const auto& from = planned->from.catalog;
  const auto& to = planned->to.catalog;
  const auto row = [&](const std::string& table, const std::string& key, const std::string& id,
                       const std::string& text, const std::string& value,
                       const std::string& number) {
    return TableRows{table, {key, text, number}, {{id, value, "12"}}};
  };
  insertRows(*session, {{"canary", {"id", "state"}, {{"1", "alive"}}}}, from, traits);
  for (size_t i = 0; i < versions.size(); ++i)
    insertRows(*session,
               {row(versions.table(i), versions.key(i), "1", versions.text(i), versions.value(i),
                    versions.number(i))},
               from, traits);
  const auto rows = readRows(*session, from, traits);

  ASSERT_EQ(runScript(planned->script, *session, plan::Phase::switch_), "");
  // Applications of both versions write, and find what the other one wrote.
  const auto find = [&](const std::string& table, const std::string& text,
                        const std::string& value) {
    const auto found = session->query(fmt::format(
        "SELECT count(*) FROM {} WHERE {} = {}", traits.quote(table), traits.quote(text),
        cellSql(value, engine == "mariadb" ? "varchar(80)" : "text")));
    return found ? found->front().front().value_or("") : found.error().message;
  };
  for (size_t i = 0; i < versions.size(); ++i) {
    if (!versions.migrated(i)) continue;
    SCOPED_TRACE(versions.table(i));
    insertRows(*session,
               {row(versions.table(i), versions.key(i), "2", versions.text(i), "by the old one",
                    versions.number(i))},
               from, traits);
    EXPECT_EQ(find(versions.newTable(i), versions.newText(i), "by the old one"), "1");
    insertRows(*session,
               {row(versions.newTable(i), versions.key(i), "3", versions.newText(i),
                    "by the new one", versions.number(i))},
               to, traits);
    EXPECT_EQ(find(versions.table(i), versions.text(i), "by the new one"), "1");
    EXPECT_EQ(find(versions.newTable(i), versions.newText(i), versions.value(i)), "1");
    const auto gone =
        session->execute(fmt::format("DELETE FROM {} WHERE {} > 1", traits.quote(versions.table(i)),
                                     traits.quote(versions.key(i))));
    EXPECT_TRUE(bool(gone)) << gone.error().message;
  }
  if (back) {
    ASSERT_EQ(runScript(planned->script, *session, plan::Phase::switch_, /*undo=*/true), "");
    expect(*session, from, "taken back");
    EXPECT_EQ(printRows(readRows(*session, from, traits)), printRows(rows));
  }
  ASSERT_EQ(runScript(planned->script, *session, plan::Phase::contract), "");
  expect(*session, to, "rolled out");
  for (size_t i = 0; i < versions.size(); ++i) {
    if (!versions.migrated(i)) continue;
    EXPECT_EQ(find(versions.newTable(i), versions.newText(i), versions.value(i)), "1")
        << versions.newTable(i);
  }
  const auto canary = session->query("SELECT id, state FROM canary");
  ASSERT_TRUE(bool(canary)) << canary.error().message;
  ASSERT_EQ(canary->size(), 1u);
  EXPECT_EQ(canary->front()[1], "alive");
}

INSTANTIATE_TEST_SUITE_P(All, HostileSlots, ::testing::Values("sqlite", "postgres", "mariadb"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace cambium::testing
