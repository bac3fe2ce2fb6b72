// Rows that were written while the database did not look (`foreign_key_checks = 0`, triggers turned
// off) may refer to nothing. A run that relies on the reference finds them, says how many, and can
// be taken back.
#include <gtest/gtest.h>

#include "tests/support/laws.h"

namespace cambium::testing {
namespace {

using dialect::Session;

class Orphans : public ::testing::TestWithParam<const char*> {
protected:
  void begin(const char* versions) {
    compiled_ = compileCase(parseGolden(versions));
    ASSERT_TRUE(healthy(compiled_.before) && healthy(compiled_.after))
        << briefDiagnostics(compiled_);
    const auto& dialect = *dialects().find(GetParam());
    const auto base = planFresh(*compiled_.after, compiled_.before->model, dialect);
    planned_ = planCase(compiled_, dialect);
    ASSERT_TRUE(base && planned_) << briefDiagnostics(compiled_);
    session_ = database_.open();
    ASSERT_EQ(runScript(base->script, *session_, plan::Phase::contract), "");
    must("INSERT INTO parent (id) VALUES (1)");
  }
  void must(const std::string& sql) {
    const auto done = session_->execute(sql);
    ASSERT_TRUE(bool(done)) << sql << "\n" << done.error().message;
  }
  // While nobody looks.
  void blindly(const std::string& sql) {
    const auto other = database_.open();
    const bool postgres = std::string(GetParam()) == "postgres";
    for (const auto& one : {std::string(postgres ? "SET session_replication_role = replica"
                                                 : "SET foreign_key_checks = 0"),
                            sql}) {
      const auto done = other->execute(one);
      ASSERT_TRUE(bool(done)) << one << "\n" << done.error().message;
    }
  }
  std::string ask(const std::string& sql) {
    const auto rows = session_->query(sql);
    if (!rows) return rows.error().message;
    return rows->empty() ? "no row" : rows->front().front().value_or("NULL");
  }
  void expect(const catalog::Catalog& expected) {
    const auto live = session_->introspect();
    ASSERT_TRUE(bool(live)) << live.error().message;
    for (const auto& one : catalog::compare(expected, *live))
      ADD_FAILURE() << one.object << ": " << one.expected << " | " << one.actual;
  }
  // It is found by our own count, nothing has changed by then that could not be taken back, and
  // with the row mended the run goes through.
  void foundAndMended() {
    const std::string end = runScript(planned_->script, *session_, plan::Phase::contract);
    EXPECT_NE(end.find("rows of child whose parent_id refer to nothing (1 row)"), std::string::npos)
        << end;
    EXPECT_NE(end.find("found by: SELECT * FROM "), std::string::npos) << end;
    ASSERT_EQ(runScript(planned_->script, *session_, plan::Phase::contract, /*undo=*/true), "");
    expect(planned_->from.catalog);
    EXPECT_EQ(ask("SELECT parent_id FROM child WHERE id = 2"), "9");
    must("UPDATE child SET parent_id = 1 WHERE id = 2");
    EXPECT_EQ(runScript(planned_->script, *session_, plan::Phase::contract), "");
    expect(planned_->to.catalog);
  }

  ScratchDatabase database_{GetParam()};
  CompiledCase compiled_;
  std::optional<driver::Planned> planned_;
  std::unique_ptr<Session> session_;
};

// The reference comes.
TEST_P(Orphans, OfAReferenceThatComesAreFound) {
  begin(R"(# why: -
-- before.cam --
entity Parent { key id: int64 }
entity Child { key id: int64  parent: ref Parent @draft }
-- after.cam --
entity Parent { key id: int64 }
entity Child { key id: int64  parent: ref Parent }
)");
  must("INSERT INTO child (id, parent_id) VALUES (1, 1), (2, 9)");
  foundAndMended();
}

// The reference was there, and becomes another.
TEST_P(Orphans, OfAReferenceThatActsOtherwiseAreFound) {
  begin(R"(# why: -
-- before.cam --
entity Parent { key id: int64 }
entity Child { key id: int64  parent: ref Parent }
-- after.cam --
entity Parent { key id: int64 }
entity Child { key id: int64  parent: ref Parent on delete cascade }
)");
  must("INSERT INTO child (id, parent_id) VALUES (1, 1)");
  blindly("INSERT INTO child (id, parent_id) VALUES (2, 9)");
  ASSERT_EQ(ask("SELECT count(*) FROM child"), "2");
  foundAndMended();
}

INSTANTIATE_TEST_SUITE_P(Servers, Orphans, ::testing::Values("postgres", "mariadb"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace cambium::testing
