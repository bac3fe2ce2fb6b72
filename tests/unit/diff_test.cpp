// Two versions and what is different between them: every kind of change, its class, its line of
// text, and the questions left open.
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <set>

#include "compiler/diff/diff.h"
#include "tests/unit/model_of.h"

namespace cambium::diff {
namespace {

using testing::modelOf;

// Two versions from text, compared. `after` may hold a migration block.
struct Compared {
  std::shared_ptr<const ir::Model> from, to;
  DiagnosticSink sink;
  SourceMap sources;
  ChangeSet set;

  Compared(const std::string& before, const std::string& after) {
    from = analyzed("1.0.0", before, {});
    to = analyzed("1.1.0", after, {{"1.0.0", from}});
    set = diff(from, to, sink);
  }

  std::shared_ptr<const ir::Model> analyzed(const std::string& version, const std::string& text,
                                            const sema::SealedVersions& sealed) {
    DiagnosticSink found;
    const FileId file =
        sources.add("model.cam", "package test version \"" + version + "\"\n" + text);
    const auto tree = syntax::parse(sources, file, found);
    const syntax::SyntaxTree* trees[] = {&tree};
    auto model =
        std::make_shared<const ir::Model>(sema::analyze(trees, {}, sealed, sources, found));
    for (const auto& d : found.sorted())
      if (d.severity == Severity::error)
        ADD_FAILURE() << info(d.code).name << " " << d.message << "\n" << text;
    return model;
  }

  // "breaking ~ A.b: int32 → int64", one a line.
  std::string changes() const {
    static const char* const kNames[] = {"safe", "breaking", "destructive"};
    std::string out;
    for (const auto& c : set.changes)
      out += std::string(kNames[size_t(classify(c, set))]) + " " + toString(c, set) + "\n";
    return out;
  }
  std::string codes() const {
    std::string out;
    for (const auto& d : sink.sorted())
      out += (out.empty() ? "" : " ") + std::string(info(d.code).name);
    return out;
  }
};

std::string migration(const std::string& lines) {
  return "\nmigration from \"1.0.0\" to \"1.1.0\" {\n" + lines + "\n}\n";
}

struct Case {
  const char* kind;  // among the changes
  std::string before, after, rules, expected, codes;
};

// At least one for each kind of change.
const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"AddEntity", "", "entity A { key id: int64 }", "", "safe + entity A\n", ""},
      {"DropEntity", "entity A { key id: int64 } entity B { key no: int32 }",
       "entity B { key no: int32 }", "approve drop A \"old\"", "destructive - entity A\n", ""},
      {"DropEntity", "entity A { key id: int64 } entity B { key no: int32 }",
       "entity B { key no: int32 }", "", "destructive - entity A\n", "EVO002"},
      {"RenameEntity", "entity A { key id: int64 n: int32 }", "entity B { key id: int64 n: int32 }",
       "rename A -> B", "breaking ~ entity A → B\n", ""},
      {"ChangeTable", "entity A { key id: int64 }", "entity A @table(\"as\") { key id: int64 }", "",
       "breaking ~ A: table a → as\n", ""},
      {"ChangeTable", "entity A { key id: int64 }",
       "entity A @native(sqlite: \"WITHOUT ROWID\") { key id: int64 }", "",
       "safe ~ A: options of its table\n", ""},
      {"ChangeEntityDoc", "entity A { key id: int64 }", "/// One.\nentity A { key id: int64 }", "",
       "safe ~ A: documentation\n", ""},
      {"ChangeLifecycle", "entity A { key id: int64 }",
       "entity A @deprecated(\"use B\") { key id: int64 }", "", "safe ~ A: active → deprecated\n",
       ""},
      {"ChangeKey", "entity A { key id: int64 n: int32 }",
       "entity A { id: int64 n: int32 key (id, n) }", "", "breaking ~ A: key (id) → (id, n)\n", ""},
      {"AddProperty", "entity A { key id: int64 }", "entity A { key id: int64 n: int32? }", "",
       "safe + A.n: int32?\n", ""},
      {"AddProperty", "entity A { key id: int64 }", "entity A { key id: int64 n: int32 = 3 }", "",
       "safe + A.n: int32\n", ""},
      {"AddProperty", "entity A { key id: int64 }",
       "entity A { key id: int64 n: int64 = id + 1 computed }", "", "safe + A.n: int64 computed\n",
       ""},
      {"AddProperty", "entity A { key id: int64 }", "entity A { key id: int64 n: int32 }",
       "fill A.n = 3", "breaking + A.n: int32\n", ""},
      {"AddProperty", "entity A { key id: int64 }", "entity A { key id: int64 n: int32 }", "",
       "breaking + A.n: int32\n", "EVO005"},
      {"AddProperty", "entity A { key id: int64 p: ref A? }",
       "entity A { key id: int64 p: ref A? kids: many A inverse p }", "", "safe + A.kids: many A\n",
       ""},
      {"AddTag", "entity A { key id: int64 } tags T on A single { x }",
       "entity A { key id: int64 } tags T on A single { x, y }", "", "safe + T.y\n", ""},
      {"DropTag", "entity A { key id: int64 } tags T on A single { x, y }",
       "entity A { key id: int64 } tags T on A single { x }", "approve drop T.y \"why\"",
       "destructive - T.y\n", ""},
      {"DropTag", "entity A { key id: int64 } tags T on A single { x, y }",
       "entity A { key id: int64 } tags T on A single { x }",
       "rename T.y -> x approve drop T.y \"why\"", "destructive - T.y → x\n", ""},
      {"DropTag", "entity A { key id: int64 } tags T on A single { x, y }",
       "entity A { key id: int64 } tags T on A single { x }", "", "destructive - T.y\n", "EVO013"},
      {"RenameTag", "entity A { key id: int64 } tags T on A multiple { x, y }",
       "entity A { key id: int64 } tags T on A multiple { x, z }", "rename T.y -> z",
       "breaking ~ T.y → z\n", ""},
      {"ChangeTag", "entity A { key id: int64 } tags T on A single { x }",
       "entity A { key id: int64 } tags T on A single { x \"X\" }", "",
       "safe ~ T.x: words or place\n", ""},
      {"ExtendContainment", "entity A { key id: int64 } entity B { key id: int64 }",
       "entity A contains B { key id: int64 } entity B { key id: int64 }", "",
       "safe + B.parent_a: ref A?\nsafe + A contains B\n", ""},
      {"RestrictContainment", "entity A contains B { key id: int64 } entity B { key id: int64 }",
       "entity A { key id: int64 } entity B { key id: int64 }", "approve drop B.parent_a \"why\"",
       "destructive - B.parent_a: ref A?\ndestructive - A contains B\n", ""},
      {"RestrictContainment", "entity A contains B { key id: int64 } entity B { key id: int64 }",
       "entity A { key id: int64 } entity B { key id: int64 }", "",
       "destructive - B.parent_a: ref A?\ndestructive - A contains B\n", "EVO015"},
      {"AddDeclaration", "entity A { key id: int64 }",
       "entity A { key id: int64 } view V of A { id }", "", "safe + view V\n", ""},
      {"RenameDeclaration", "entity A { key id: int64 } view V of A { id }",
       "entity A { key id: int64 } view W of A { id }", "rename V -> W", "breaking ~ view V → W\n",
       ""},
      {"RenameDeclaration", "entity A { key id: int64 } view V of A { id }",
       "entity A { key id: int64 } view W of A { id, id + 1 as next } ", "rename V -> W",
       "breaking ~ view V → W\nsafe ~ view W\n", ""},
      {"ChangeDeclaration", "entity A { key id: int64 } view V of A { id }",
       "entity A { key id: int64 } view V of A { id, id + 1 as next }", "", "safe ~ view V\n", ""},
      {"ChangeDeclaration", "entity A { key id: int64 } view V of A { id }",
       "entity A { key id: int64 } view V of A where id > 1 { id }", "", "breaking ~ view V\n", ""},
      {"DropDeclaration", "entity A { key id: int64 } view V of A { id }",
       "entity A { key id: int64 }", "", "breaking - view V\n", ""},
      {"ChangeTagSelection", "entity A { key id: int64 } tags T on A single { x }",
       "entity A { key id: int64 } tags T on A multiple { x }", "",
       "safe + entity A.t\nbreaking ~ A.t: ref T? → many T\n"
       "breaking ~ tags T: single → multiple\n",
       ""},
      {"ChangeTagSelection", "entity A { key id: int64 } tags T on A multiple { x }",
       "entity A { key id: int64 } tags T on A single { x }", "",
       "destructive - entity A.t\ndestructive ~ A.t: many T → ref T?\n"
       "destructive ~ tags T: multiple → single\n",
       "EVO014"},
      {"ChangeCardinality", "entity L { key id: int64 } entity A { key id: int64 l: ref L }",
       "entity L { key id: int64 } entity A { key id: int64 ls: many L }", "rename A.l -> ls",
       "safe + entity A.ls\nbreaking ~ A.ls: l, ref L → many L\n", ""},
      {"ChangeCardinality", "entity L { key id: int64 } entity A { key id: int64 l: many L }",
       "entity L { key id: int64 } entity A { key id: int64 l: ref L? }", "",
       "destructive - entity A.l\ndestructive ~ A.l: many L → ref L?\n", "EVO014"},
      {"DropProperty", "entity A { key id: int64 n: int32 }", "entity A { key id: int64 }",
       "approve drop A.n \"why\"", "destructive - A.n: int32\n", ""},
      {"DropProperty", "entity A { key id: int64 n: int32 }", "entity A { key id: int64 }", "",
       "destructive - A.n: int32\n", "EVO003"},
      {"DropProperty", "entity A { key id: int64 n: int64 = id + 1 computed }",
       "entity A { key id: int64 }", "", "breaking - A.n: int64 computed\n", ""},
      {"DropProperty", "entity A { key id: int64 p: ref A? kids: many A inverse p }",
       "entity A { key id: int64 p: ref A? }", "", "safe - A.kids: many A\n", ""},
      {"RenameProperty", "entity A { key id: int64 n: int32 }",
       "entity A { key id: int64 m: int32 }", "rename A.n -> m", "breaking ~ A.n → m\n", ""},
      {"ConvertProperty", "entity A { key id: int64 n: string(8) }",
       "entity A { key id: int64 n: string(9) }", "", "safe ~ A.n: string(8) → string(9)\n", ""},
      {"ConvertProperty", "entity A { key id: int64 n: string(9) }",
       "entity A { key id: int64 n: string(8) }", "approve narrow A.n \"fits\"",
       "destructive ~ A.n: string(9) → string(8)\n", ""},
      {"ConvertProperty", "entity A { key id: int64 n: string(9) }",
       "entity A { key id: int64 n: string(8) }", "", "destructive ~ A.n: string(9) → string(8)\n",
       "EVO008"},
      {"ConvertProperty", "entity A { key id: int64 n: string(9) }",
       "entity A { key id: int64 n: int64 }", "convert A.n up to_int64(n) down to_string(n)",
       "breaking ~ A.n: string(9) → int64\n", ""},
      {"ConvertProperty", "entity A { key id: int64 n: string(9) }",
       "entity A { key id: int64 n: int64 }", "", "destructive ~ A.n: string(9) → int64\n",
       "EVO007"},
      {"RenameProperty", "entity A { key id: int64 n: string(9) }",
       "entity A { key id: int64 m: int64 }",
       "rename A.n -> m convert A.n up to_int64(n) down to_string(m)",
       "breaking ~ A.n → m\nbreaking ~ A.m: string(9) → int64\n", ""},
      {"TransformProperties", "entity A { key id: int64 full: text }",
       "entity A { key id: int64 one: text two: text }",
       "split A.full -> one, two up { one = split_part(full, \" \", 1), two = split_part(full, \" "
       "\", 2) } down { full = concat(one, \" \", two) }",
       "breaking ~ A: full → one, two\n", ""},
      {"RequireProperty", "entity A { key id: int64 n: int32? }",
       "entity A { key id: int64 n: int32 }", "fill A.n = 0", "breaking ~ A.n becomes required\n",
       ""},
      {"RequireProperty", "entity A { key id: int64 n: int32? }",
       "entity A { key id: int64 n: int32 }", "", "breaking ~ A.n becomes required\n", "EVO006"},
      {"RequireProperty", "entity A { key id: int64 n: int32? = 1 }",
       "entity A { key id: int64 n: int32 = 1 }", "", "breaking ~ A.n becomes required\n", ""},
      {"RelaxProperty", "entity A { key id: int64 n: int32 }",
       "entity A { key id: int64 n: int32? }", "", "safe ~ A.n becomes optional\n", ""},
      {"ChangeDefault", "entity A { key id: int64 n: int32 = 1 }",
       "entity A { key id: int64 n: int32 }", "", "safe ~ A.n: default 1 → none\n", ""},
      {"ChangeDefault", "entity A { key id: int64 }",
       "entity A { key id: int64 = autoincrement() }", "",
       "safe ~ A.id: default none → autoincrement()\n", ""},
      {"ChangeComputed", "entity A { key id: int64 n: int64 = id + 1 computed }",
       "entity A { key id: int64 n: int64 = id + 2 computed stored }", "",
       "breaking ~ A.n: id + 1 computed → id + 2 computed stored\n", ""},
      {"ChangeComputed", "entity A { key id: int64 n: int64 }",
       "entity A { key id: int64 n: int64 = id + 2 computed }", "",
       "destructive ~ A.n: not computed → id + 2 computed\n", "EVO010"},
      {"ChangeComputed", "entity A { key id: int64 n: int64 }",
       "entity A { key id: int64 n: int64 = id + 2 computed }",
       "approve narrow A.n \"always the same\"",
       "destructive ~ A.n: not computed → id + 2 computed\n", ""},
      {"TightenRefinement", "entity A { key id: int64 n: int32 }",
       "entity A { key id: int64 n: int32 where value > 0 }", "",
       "breaking ~ A.n: any value → where value > 0\n", ""},
      {"RelaxRefinement",
       "type T = int32 where value > 0 entity A { key id: int64 n: T where value < 9 }",
       "type T = int32 where value > 0 entity A { key id: int64 n: T }", "",
       "safe ~ A.n: where value > 0 and where value < 9 → where value > 0\n", ""},
      {"ChangeOnDelete", "entity A { key id: int64 p: ref A? on delete set null }",
       "entity A { key id: int64 p: ref A? on update cascade }", "",
       "breaking ~ A.p: on delete set null → restrict, on update no action → cascade\n", ""},
      {"ChangeTarget",
       "entity A { key id: int64 } entity B { key id: int64 } entity C { key id: int64 p: ref A }",
       "entity A { key id: int64 } entity B { key id: int64 } entity C { key id: int64 p: ref B }",
       "", "breaking ~ C.p: ref A → ref B\n", ""},
      {"ChangeSensitivity", "entity A { key id: int64 n: text }",
       "entity A { key id: int64 n: text @sensitive(mask: \"last4\") }",
       "approve protect A.n \"agreed\"", "destructive ~ A.n: not sensitive → sensitive (last4)\n",
       ""},
      {"ChangeSensitivity", "entity A { key id: int64 n: text @sensitive }",
       "entity A { key id: int64 n: text }", "", "destructive ~ A.n: sensitive → not sensitive\n",
       "EVO011"},
      {"ChangeSensitivity", "entity A { key id: int64 n: text @sensitive }",
       "entity A { key id: int64 n: text }", "approve expose A.n \"public\"",
       "destructive ~ A.n: sensitive → not sensitive\n", ""},
      {"ChangeColumn", "entity A { key id: int64 n: int32 }",
       "entity A { key id: int64 n: int32 @column(\"m\") }", "", "breaking ~ A.n: column n → m\n",
       ""},
      {"ChangeColumn", "entity A { key id: int64 p: ref A? }",
       "entity A { key id: int64 p: ref A? @noindex }", "", "safe ~ A.p: its index goes\n", ""},
      {"ChangePropertyDoc", "entity A { key id: int64 n: int32 }",
       "entity A { key id: int64\n/// N.\nn: int32 }", "", "safe ~ A.n: documentation\n", ""},
      {"AddUnique", "entity A { key id: int64 n: int32 }",
       "entity A { key id: int64 n: int32 unique (n, id) }", "", "breaking + A: unique (n, id)\n",
       ""},
      {"DropUnique", "entity A { key id: int64 n: int32 unique by_n (n) where n > 0 }",
       "entity A { key id: int64 n: int32 }", "", "safe - A: unique by_n (n) where n > 0\n", ""},
      {"AddIndex", "entity A { key id: int64 n: int32 }",
       "entity A { key id: int64 n: int32 index (n desc) }", "", "safe + A: index (n desc)\n", ""},
      {"DropIndex", "entity A { key id: int64 n: int32 index (n) }",
       "entity A { key id: int64 n: int32 }", "", "safe - A: index (n)\n", ""},
      {"AddCheck", "entity A { key id: int64 n: int32 }",
       "entity A { key id: int64 n: int32 check n > 0 }", "", "breaking + A: check n > 0\n", ""},
      {"DropCheck", "entity A { key id: int64 n: int32 check low: n > 0 }",
       "entity A { key id: int64 n: int32 }", "", "safe - A: check low: n > 0\n", ""},
      {"RenameUnique", "entity A { key id: int64 n: int32 unique one (n) }",
       "entity A { key id: int64 n: int32 unique first (n) }", "rename A.one -> first",
       "safe ~ A: unique one → first\n", ""},
      {"RenameIndex", "entity A { key id: int64 n: int32 index (n) }",
       "entity A { key id: int64 n: int32 index by_n (n) }", "", "safe ~ A: index (n) → by_n\n",
       ""},
      {"RenameIndex", "entity A { key id: int64 n: int32 index by_n (n) }",
       "entity A { key id: int64 n: int32 index by_n (n) @name(\"ix\") }", "",
       "safe ~ A: index by_n (n) → ix\n", ""},
      {"RenameCheck", "entity A { key id: int64 n: int32 check low: n > 0 }",
       "entity A { key id: int64 n: int32 check least: n > 0 }", "rename A.low -> least",
       "safe ~ A: check low → least\n", ""},
      {"DropCheck", "entity A { key id: int64 n: int32 check low: n > 0 }",
       "entity A { key id: int64 n: int32 check least: n > 1 }", "rename A.low -> least",
       "breaking + A: check least: n > 1\nsafe - A: check low: n > 0\n", "MIG017"},
      {"AddUniqueProperty", "entity A { key id: int64 n: int32 }",
       "entity A { key id: int64 n: int32 @unique }", "", "breaking ~ A.n becomes unique\n", ""},
      {"DropUniqueProperty", "entity A { key id: int64 n: int32 @unique }",
       "entity A { key id: int64 n: int32 }", "", "safe ~ A.n is no longer unique\n", ""},
      {"AddEnum", "", "enum E { a }", "", "safe + enum E\n", ""},
      {"DropEnum", "enum E { a }", "", "", "safe - enum E\n", ""},
      {"RenameEnum", "enum E { a } entity A { key id: int64 e: E }",
       "enum F { a } entity A { key id: int64 e: F }", "rename E -> F", "safe ~ enum E → F\n", ""},
      {"ChangeEnumDoc", "enum E { a b } entity A { key id: int64 e: E }",
       "/// What it is.\nenum E { a b } entity A { key id: int64 e: E }", "",
       "safe ~ enum E: documentation\n", ""},
      {"ChangeEnumDoc", "enum E { a b } entity A { key id: int64 e: E }",
       "enum E { b a } entity A { key id: int64 e: E }", "", "safe ~ enum E: order of its values\n",
       ""},
      {"EnumAddValue", "enum E { a } entity A { key id: int64 e: E }",
       "enum E { a b } entity A { key id: int64 e: E }", "", "safe + E.b\n", ""},
      {"EnumRenameValue", "enum E { a b } entity A { key id: int64 e: E = a }",
       "enum E { c b } entity A { key id: int64 e: E = c }", "rename E.a -> c",
       "breaking ~ E.a → c\n", ""},
      {"EnumDropValue", "enum E { a b } entity A { key id: int64 e: E }",
       "enum E { b } entity A { key id: int64 e: E }", "approve drop E.a \"none\"",
       "destructive - E.a\n", ""},
      {"EnumDropValue", "enum E { a b } entity A { key id: int64 e: E }",
       "enum E { b } entity A { key id: int64 e: E }", "", "destructive - E.a\n", "EVO004"},
  };
  return all;
}

TEST(Diff, TellsEveryKindOfChange) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(std::string(c.kind) + ": " + c.before + "  →  " + c.after + "  " + c.rules);
    const Compared x(c.before, c.after + (c.rules.empty() ? "" : migration(c.rules)));
    EXPECT_EQ(x.changes(), c.expected);
    EXPECT_EQ(x.codes(), c.codes);
    ASSERT_FALSE(x.set.changes.empty());
    EXPECT_TRUE(std::ranges::any_of(
        x.set.changes, [&](const Change& change) { return kindName(change) == c.kind; }));
  }
}

TEST(Diff, EveryKindHasARowAndACase) {
  std::set<std::string_view> rows, tried;
  for (const auto& row : compatibilityTable())
    if (row.kind != "AnyChange") rows.insert(row.kind);
  for (const auto& c : cases()) tried.insert(c.kind);
  tried.insert("ConvertProperty");
  EXPECT_EQ(rows.size(), std::variant_size_v<diff::ChangeForms>);
  EXPECT_EQ(tried, rows);
  for (const auto& row : compatibilityTable()) EXPECT_FALSE(row.why.empty()) << row.kind;
}

TEST(Diff, AModelIsEqualToItself) {
  for (const auto& c : cases())
    for (const auto& text : {c.before, c.after}) {
      const auto model = std::make_shared<const ir::Model>(modelOf(text));
      DiagnosticSink sink;
      EXPECT_TRUE(diff(model, model, sink).changes.empty()) << text;
      EXPECT_TRUE(sink.empty()) << text;
    }
}

TEST(Diff, FromNothingEverythingIsNewAndNothingIsAsked) {
  const auto model = std::make_shared<const ir::Model>(
      modelOf("enum E { a } entity A { key id: int64 n: int32 e: E unique (n) }"));
  DiagnosticSink sink;
  const auto set = diff(emptyModel(*model), model, sink);
  EXPECT_EQ(set.changes.size(), 2u);
  EXPECT_TRUE(sink.empty());
}

// What says the same in the names of the new version is the same.
TEST(Diff, FollowsRenamesIntoExpressions) {
  const Compared x(
      "enum E { a b } entity A { key id: int64 n: int32 e: E = a  x: int64 = n + 1 computed  check "
      "low: n > 0 and e != b  index by_n (n desc) where e == a }"
      " entity B { key id: int64 a: ref A  as_: ref A }",
      "enum F { c b } entity Z { key id: int64 m: int32 e: F = c  x: int64 = m + 1 computed  check "
      "low: m > 0 and e != b  index by_n (m desc) where e == c }"
      " entity B { key id: int64 a: ref Z  as_: ref Z }" +
          migration("rename A -> Z rename A.n -> m rename E -> F rename E.a -> c"));
  EXPECT_EQ(x.codes(), "");
  EXPECT_EQ(x.changes(),
            "breaking ~ entity A → Z\nbreaking ~ Z.n → m\nsafe ~ enum E → F\nbreaking ~ F.a → c\n");
}

TEST(Diff, TwoPropertiesSwapTheirNames) {
  const Compared x(
      "entity A { key id: int64 a: text b: text }",
      "entity A { key id: int64 a: text b: text }" + migration("rename A.a -> b rename A.b -> a"));
  EXPECT_EQ(x.changes(), "breaking ~ A.b → a\nbreaking ~ A.a → b\n");
  EXPECT_EQ(x.codes(), "");
}

TEST(Diff, OrderAndMixinsDoNotCount) {
  const Compared x(
      "mixin M { a: text } entity A is M { key id: int64 b: text check a != b check b != a }",
      "entity A { b: text a: text key id: int64 check b != a check a != b }");
  EXPECT_EQ(x.changes(), "");
}

TEST(Diff, OneThingInTwoSpellingsIsNoChange) {
  const Compared x(
      "type T = int32 where value > 0 and value < 9 entity A { key id: int64 n: T m: text @unique "
      "k: text unique (k) }",
      "entity A { key id: int64 n: int32 where value < 9 and value > 0 m: text unique (m) k: text "
      "@unique }");
  EXPECT_EQ(x.changes(), "");
}

TEST(Diff, ARenameThatTheDatabaseDoesNotSeeIsSafe) {
  const Compared x("entity A { key id: int64 n: int32 }",
                   "entity B @table(\"a\") { key id: int64 m: int32 @column(\"n\") }" +
                       migration("rename A -> B rename A.n -> m"));
  EXPECT_EQ(x.changes(), "safe ~ entity A → B\nsafe ~ B.n → m\n");
}

TEST(Diff, ASplitMayLeaveItsSourceInPlace) {
  const Compared x("entity A { key id: int64 title: text }",
                   "entity A { key id: int64 title: text first: text }" +
                       migration("split A.title -> first up { first = substring(title, 1, 1) } "
                                 "down { title = title }"));
  EXPECT_EQ(x.changes(), "breaking ~ A: title → first\n");
  EXPECT_EQ(x.codes(), "");
}

TEST(Diff, AsksOnceWhetherItIsARename) {
  const Compared x("entity A { key id: int64 nick: string(40) street: text }",
                   "entity A { key id: int64 nickname: string(40) road: text }");
  EXPECT_EQ(x.codes(), "EVO001 EVO001");
  const auto found = x.sink.sorted();
  EXPECT_EQ(found[0].message, "`A.nick` is gone and `A.nickname` is new: a rename or a drop?");
  ASSERT_EQ(found[0].helps.size(), 3u);
  EXPECT_EQ(found[0].helps[0], "if it has a new name: `rename A.nick -> nickname`");
  EXPECT_EQ(found[0].helps[1], "if its values may go: `approve drop A.nick \"why\"`");
  EXPECT_EQ(found[0].helps[2],
            "there is no migration between the two versions yet; for example:\nmigration from "
            "\"1.0.0\" to \"1.1.0\" {\n"
            "  rename A.nick -> nickname\n  rename A.street -> road\n}");
  EXPECT_EQ(found[1].helps.size(), 2u);
}

TEST(Diff, FixesGoIntoTheBlock) {
  const std::string before = "entity A { key id: int64 nick: string(40)?  old: bytes }";
  const std::string after = "entity A { key id: int64 nickname: string(40)? }" +
                            migration("  approve drop A.old \"unused\"");
  const Compared x(before, after);
  ASSERT_EQ(x.codes(), "EVO001");
  const auto& d = x.sink.all()[0];
  ASSERT_EQ(d.fixes.size(), 2u);
  EXPECT_TRUE(d.helps.empty());
  for (const auto& fix : d.fixes) {
    std::string text(x.sources[fix.edits[0].span.file].text());
    text.replace(fix.edits[0].span.begin, fix.edits[0].span.end - fix.edits[0].span.begin,
                 fix.edits[0].replacement);
    text = text.substr(text.find('\n') + 1);
    EXPECT_EQ(Compared(before, text).codes(), "") << text;
  }
}

TEST(Diff, TakesTheMostAlikeOfSeveral) {
  const Compared x("entity A { key id: int64 first_name: text }",
                   "entity A { key id: int64 city: text? name: text? forename: text? }");
  ASSERT_EQ(x.codes(), "EVO001");
  EXPECT_NE(x.sink.all()[0].message.find("`A.forename`"), std::string::npos)
      << x.sink.all()[0].message;
}

TEST(Diff, ANewPropertyThatIsFilledIsNoRename) {
  const Compared x("entity A { key id: int64 nick: text }",
                   "entity A { key id: int64 name: text }" + migration("fill A.name = \"\""));
  EXPECT_EQ(x.codes(), "EVO003");
}

TEST(Diff, AsksForEntitiesAndEnumsAndValues) {
  EXPECT_EQ(Compared("entity A { key id: int64 x: text y: text }",
                     "entity B { key id: int64 x: text y: text }")
                .codes(),
            "EVO001");
  EXPECT_EQ(Compared("entity A { key id: int64 x: text y: text }",
                     "entity B { key no: int64 x: int32 z: text }")
                .codes(),
            "EVO002");
  EXPECT_EQ(Compared("enum E { a } entity A { key id: int64 e: E f: E }",
                     "enum F { a } entity A { key id: int64 e: F f: F }")
                .codes(),
            "EVO001");
  EXPECT_EQ(Compared("enum E { a b } entity A { key id: int64 e: E }",
                     "enum E { a c } entity A { key id: int64 e: E }")
                .codes(),
            "EVO001");
  EXPECT_EQ(Compared("enum E { a b } entity A { key id: int64 e: E }",
                     "enum E { a xx yy } entity A { key id: int64 e: E }")
                .codes(),
            "EVO004");
}

TEST(Diff, AnotherKindUnderOneNameIsRefused) {
  const Compared x("entity B { key id: int64 } entity A { key id: int64 b: int64 }",
                   "entity B { key id: int64 } entity A { key id: int64 b: ref B }");
  EXPECT_EQ(x.codes(), "EVO009");
}

TEST(Diff, LinesThatFitNothing) {
  const Compared x(
      "entity A { key id: int64 n: int32 }",
      "entity A { key id: int64 n: int32 } entity B { key id: int64 n: int32 }" +
          migration(
              "fill A.n = 1 fill B.n = 2 approve narrow A.n \"why\" approve expose A.n \"why\""));
  EXPECT_EQ(x.codes(), "MIG052 MIG052 MIG053 MIG053");
}

TEST(Diff, OneVersionHasOneContent) {
  const auto before =
      std::make_shared<const ir::Model>(modelOf("entity A { key id: int64 n: int32 }"));
  const auto after = std::make_shared<const ir::Model>(modelOf("entity A { key id: int64 }"));
  DiagnosticSink sink;
  diff(before, after, sink);
  ASSERT_EQ(sink.all().size(), 1u);
  EXPECT_EQ(info(sink.all()[0].code).name, "MIG050");
}

TEST(Diff, PackagesDoNotMix) {
  const auto before = std::make_shared<const ir::Model>(
      modelOf("package a version \"1.0.0\" entity A { key id: int64 }"));
  const auto after = std::make_shared<const ir::Model>(
      modelOf("package b version \"2.0.0\" entity A { key id: int64 }"));
  DiagnosticSink sink;
  diff(before, after, sink);
  ASSERT_EQ(sink.all().size(), 1u);
  EXPECT_EQ(info(sink.all()[0].code).name, "MIG051");
}

TEST(Diff, WhichTypesWiden) {
  const auto codes = [](const std::string& from, const std::string& to) {
    const std::string rest = "enum E { short, longest }\nentity A { key id: int64 n: ";
    return Compared(rest + from + " }", rest + to + " }").codes();
  };
  const std::pair<const char*, const char*> wide[] = {{"string(8)", "text"},
                                                      {"string", "text"},
                                                      {"text", "string"},
                                                      {"int16", "int32"},
                                                      {"int32", "int64"},
                                                      {"float32", "float64"},
                                                      {"decimal(8, 2)", "decimal(9, 2)"},
                                                      {"bytes(8)", "bytes"},
                                                      {"string(8)[]", "string(9)[]"},
                                                      {"E", "string(7)"},
                                                      {"E", "text"}};
  for (const auto& [from, to] : wide) EXPECT_EQ(codes(from, to), "") << from << " → " << to;
  // Back the values would be rounded, which is for a `convert` to say.
  EXPECT_EQ(codes("decimal(8, 2)", "decimal(9, 3)"), "");
  EXPECT_EQ(codes("decimal(9, 3)", "decimal(8, 2)"), "EVO007");
  for (const std::pair<std::string, std::string> pair : wide) {
    if (pair.first == "string" || pair.first == "text") continue;  // the two are one
    EXPECT_EQ(codes(pair.second, pair.first), "EVO008") << pair.second << " → " << pair.first;
  }
  const std::pair<const char*, const char*> other[] = {
      {"string(8)", "int32"}, {"date", "timestamp"}, {"int32", "decimal(12, 0)"},
      {"bool", "int16"},      {"text", "text[]"},    {"uuid", "text"}};
  for (const auto& [from, to] : other) EXPECT_EQ(codes(from, to), "EVO007") << from << " → " << to;
}

double cpuMilliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) * 1e3 + double(now.tv_nsec) * 1e-6;
}

// A thousand entities, a tenth of them changed: a few milliseconds; four times as many take about
// four times as long.
TEST(Diff, IsLinear) {
  const auto text = [](int entities, bool changed) {
    std::string out;
    for (int i = 0; i < entities; ++i) {
      const std::string n = std::to_string(i);
      out += "entity E" + n + " { key id: int64 = autoincrement()";
      for (int p = 0; p < 9; ++p)
        out += " p" + std::to_string(p) + ": string(" +
               std::to_string(changed && i % 10 == 0 ? 50 : 40) + ")?";
      out += " n: int32 = 5  index (p1, p2)  index (p3)  check positive: n > 0 and n < 100 }\n";
    }
    return out;
  };
  const auto time = [&](int entities) {
    const auto before = std::make_shared<const ir::Model>(
        modelOf("package test version \"1.0.0\"\n" + text(entities, false)));
    const auto after = std::make_shared<const ir::Model>(
        modelOf("package test version \"1.1.0\"\n" + text(entities, true)));
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
      DiagnosticSink sink;
      const double start = cpuMilliseconds();
      const auto set = diff(before, after, sink);
      best = std::min(best, cpuMilliseconds() - start);
      EXPECT_EQ(set.changes.size(), size_t(entities) / 10 * 9);
    }
    return best;
  };
  const double few = time(1000), many = time(4000);
  std::cout << few << " ms for 1000 entities, " << many << " ms for 4000\n";
  EXPECT_LT(many, 10 * few + 5);
}

}  // namespace
}  // namespace cambium::diff
