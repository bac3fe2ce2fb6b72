// Changes to steps on the first database: what each kind of change becomes. Every plan here is also
// proven.
#include "compiler/plan/plan.h"

#include <ctime>

#include "tests/unit/planned.h"

namespace cambium::plan {
namespace {

using testing::Planned;
using testing::planned;
using testing::proof;

std::string migration(const std::string& lines) {
  return "\nmigration from \"1.0.0\" to \"1.1.0\" {\n" + lines + "\n}\n";
}

Planned proven(const std::string& before, const std::string& after) {
  auto p = planned(before, after);
  EXPECT_EQ(p.codes, "");
  EXPECT_EQ(proof(p.plan, p.traits()), "");
  return p;
}

TEST(Plan, firstVersionIsTablesAndASwitch) {
  const auto p = proven(
      "",
      "entity User { key id: int64 boss: ref User? team: ref Team } entity Team { key id: int64 }");
  ASSERT_EQ(p.plan.steps.size(), 3u);
  EXPECT_EQ(p.plan.steps[0].element, "team");  // referred to, so it comes first
  EXPECT_EQ(p.plan.steps[1].element, "user");
  EXPECT_EQ(p.plan.steps[1].follows, (std::vector<Follows>{{1, "R01"}}));
  EXPECT_EQ(reasonOf("R01"), "a foreign key needs the table that it points to");
  EXPECT_EQ(p.plan.steps[2].phase, Phase::switch_);
}

TEST(Plan, tablesThatReferToEachOther) {
  const auto p =
      proven("", "entity A { key id: int64 b: ref B? } entity B { key id: int64 a: ref A? }");
  EXPECT_EQ(p.count<CreateTable>(), 2u);
  EXPECT_EQ(p.plan.steps.size(),
            2u);  // together, so that undo finds nothing that refers to nothing
}

TEST(Plan, droppedTablesThatReferToEachOther) {
  const auto p = proven(
      "entity A { key id: int64 b: ref B? } entity B { key id: int64 a: ref A? } entity C { key "
      "id: int64 }",
      "entity C { key id: int64 }" + migration("approve drop A \"x\"\napprove drop B \"x\""));
  EXPECT_EQ(p.count<DropTable>(Phase::contract), 2u);
}

TEST(Plan, optionalPropertyIsOneColumn) {
  const auto p =
      proven("entity U { key id: int64 }", "entity U { key id: int64 nick: string(9)? }");
  ASSERT_EQ(p.plan.steps.size(), 2u);
  const auto& add = std::get<AddColumn>(p.plan.steps[0].operations.front());
  EXPECT_FALSE(add.column.notNull);
  ASSERT_TRUE(add.check);
  EXPECT_EQ(p.count<RebuildTable>(), 0u);
}

TEST(Plan, renameKeepsBothNamesInStep) {
  const auto p =
      proven("entity U { key id: int64 nick: text }",
             "entity U { key id: int64 alias: text }" + migration("rename U.nick -> alias"));
  EXPECT_EQ(p.count<CreateTrigger>(Phase::expand), 4u);
  EXPECT_EQ(p.count<Backfill>(Phase::backfill), 1u);
  EXPECT_EQ(p.count<RebuildTable>(Phase::expand), 1u);    // the old column may be empty
  EXPECT_EQ(p.count<RebuildTable>(Phase::contract), 1u);  // the new one may not
}

TEST(Plan, renameOfAnOptionalPropertyCopiesNoTable) {
  const auto p =
      proven("entity U { key id: int64 nick: text? }",
             "entity U { key id: int64 alias: text? }" + migration("rename U.nick -> alias"));
  EXPECT_EQ(p.count<RebuildTable>(), 0u);
  EXPECT_EQ(p.count<DropColumn>(Phase::contract), 1u);
}

TEST(Plan, namesSwapAtTheSwitch) {
  const auto p = proven("entity U { key id: int64 a: text b: text? }",
                        "entity U { key id: int64 a: text? b: text }" +
                            migration("rename U.a -> b\nrename U.b -> a"));
  EXPECT_EQ(p.count<RenameColumn>(Phase::switch_), 4u);
  const auto* step = p.step(ElementKind::version, Phase::switch_);
  ASSERT_TRUE(step);
  EXPECT_TRUE(std::holds_alternative<SwitchVersion>(step->operations.back()));
  EXPECT_TRUE(std::holds_alternative<SwitchVersion>(step->undo.front()));
}

TEST(Plan, renamedEntityHasAFaceUntilContract) {
  const auto p =
      proven("entity Client { key id: int64 } entity Post { key id: int64 by: ref Client }",
             "entity Customer { key id: int64 } entity Post { key id: int64 by: ref Customer } "
             "entity Note { key id: int64 by: ref Customer }" +
                 migration("rename Client -> Customer"));
  EXPECT_EQ(p.count<CreateView>(Phase::expand), 1u);
  EXPECT_EQ(p.count<RenameTable>(Phase::contract), 1u);
  for (const auto& step : p.plan.steps) {
    if (const auto* create = std::get_if<CreateTable>(&step.operations.front())) {
      EXPECT_EQ(create->table.foreignKeys.front().table, "client");  // by its name of the moment
    }
  }
}

TEST(Plan, manyChangesOneRebuildForEachPhase) {
  const auto p =
      proven("entity U { key id: int64 a: int64 b: string(9) c: text? d: text e: int32 }",
             "entity U { key id: int64 a: text bb: string(20) c: text f: int64 = 3 g: uuid = "
             "uuid() e: int32 "
             "check x: e > 0 unique (a, bb) }" +
                 migration("convert U.a up to_string(a) down to_int64(a)\nrename U.b -> bb\n"
                           "fill U.c = \"?\"\napprove drop U.d \"old\""));
  EXPECT_EQ(p.count<RebuildTable>(Phase::expand), 1u);
  EXPECT_EQ(p.count<RebuildTable>(Phase::contract), 1u);
  EXPECT_EQ(p.count<RebuildTable>(), 2u);
}

TEST(Plan, relaxedAtOnceTightenedAtLast) {
  const auto grows = proven("enum S { a, b } entity U { key id: int64 s: S }",
                            "enum S { a, b, c } entity U { key id: int64 s: S }");
  EXPECT_EQ(grows.count<RebuildTable>(Phase::expand), 1u);
  EXPECT_EQ(grows.count<RebuildTable>(Phase::contract), 0u);
  const auto shrinks = proven(
      "enum S { a, b, c } entity U { key id: int64 s: S }",
      "enum S { a, b } entity U { key id: int64 s: S }" + migration("approve drop S.c \"unused\""));
  EXPECT_EQ(shrinks.count<RebuildTable>(Phase::expand), 0u);
  EXPECT_EQ(shrinks.count<RebuildTable>(Phase::contract), 1u);
  EXPECT_TRUE(shrinks.step(ElementKind::guard, Phase::validate));
  EXPECT_FALSE(shrinks.plan.probes.empty());
}

TEST(Plan, undoOfARelaxedColumnCountsFirst) {
  const auto p =
      proven("entity U { key id: int64 a: text }", "entity U { key id: int64 a: text? }");
  ASSERT_FALSE(p.plan.steps.front().undo.empty());
  EXPECT_TRUE(std::holds_alternative<Verify>(p.plan.steps.front().undo.front()));
}

TEST(Plan, contractHasNoUndoAndSaysSo) {
  const auto p = proven("entity U { key id: int64 a: text? }",
                        "entity U { key id: int64 }" + migration("approve drop U.a \"x\""));
  const auto& last = p.plan.steps.back();
  EXPECT_EQ(last.phase, Phase::contract);
  EXPECT_TRUE(last.undo.empty());
  std::string codes;
  for (const auto& hazard : last.hazards) codes += hazard.code + " ";
  EXPECT_EQ(codes, "LCK003 LCK004 ");
}

TEST(Plan, onDeleteChangesWithTheSwitch) {
  const auto p = proven("entity U { key id: int64 boss: ref U? on delete restrict }",
                        "entity U { key id: int64 boss: ref U? on delete set null }");
  EXPECT_EQ(p.count<RebuildTable>(Phase::switch_), 1u);
}

TEST(Plan, whatHasNoOnlineWayIsAnError) {
  EXPECT_EQ(
      planned("entity U { key id: int64  a: int64 }", "entity U { key a: int64  id: int64 }").codes,
      "EVO050");
  EXPECT_EQ(
      planned(
          "entity Client { key id: int64 }",
          "entity Customer { key id: int64 } entity Other @table(\"client\") { key id: int64 }" +
              migration("rename Client -> Customer"))
          .codes,
      "EVO052");
  EXPECT_EQ(planned("entity U { key id: int64 a: int64 }",
                    "entity U { key id: int64 a: text }" + migration("convert U.a up to_string(a)"))
                .codes,
            "EVO053");
}

TEST(Plan, sameInputSamePlan) {
  const std::string before =
      "entity A { key id: int64 a: text } entity B { key id: int64 a: text }";
  const std::string after =
      "entity A { key id: int64 b: text } entity B { key id: int64 b: text c: text? }" +
      migration("rename A.a -> b\nrename B.a -> b");
  const auto one = proven(before, after), two = proven(before, after);
  ASSERT_EQ(one.plan.steps.size(), two.plan.steps.size());
  for (size_t i = 0; i < one.plan.steps.size(); ++i)
    EXPECT_EQ(one.plan.steps[i].title, two.plan.steps[i].title);
}

// 1,000 entities, 100 of them changed: the work is in proportion to what changes, not to the square
// of what is there.
TEST(Plan, aThousandTables) {
  std::string before, after;
  for (int i = 0; i < 1000; ++i) {
    const auto entity = [&](const std::string& more) {
      return fmt::format(
          "entity E{0} {{ key id: int64 name: string(40) size: int32 parent: ref E{1}? {2} }}\n", i,
          i / 2, more);
    };
    before += entity("old: text?");
    after += entity(i % 10 ? "old: text?" : "old: text? added: string(9)? extra: uuid = uuid()");
  }
  const auto p = planned(before, after);
  ASSERT_EQ(p.codes, "");
  const auto start = std::clock();
  EXPECT_EQ(proof(p.plan, p.traits()), "");
  const auto took = 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  EXPECT_LT(took, 1000)
      << "ms for the proof";  // a tenth of it is usual: the limit only catches the square
}

}  // namespace
}  // namespace cambium::plan
