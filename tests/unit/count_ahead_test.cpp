// Which counts can be made before the steps behind theirs are taken back.
#include "runtime/runner/count_ahead.h"

#include <gtest/gtest.h>

namespace cambium::runner {
namespace {

bool changes(const std::string& statement, std::string_view count) {
  emit::Action undo;
  undo.sql.statements = {statement};
  return mayChangeCount(undo, count);
}

constexpr std::string_view kCount = "SELECT count(*) FROM \"order\" WHERE title IS NULL";

TEST(CountAhead, whatHasNothingToDoWithRowsChangesNone) {
  EXPECT_FALSE(mayChangeCount({}, kCount));
  for (const char* sql :
       {"DROP TRIGGER tr_order ON \"order\"", "DROP INDEX ix_order_title",
        "CREATE UNIQUE INDEX uq ON \"order\" (title)",
        "CREATE OR REPLACE FUNCTION f() RETURNS trigger AS 'UPDATE \"order\" SET title = 1'",
        "CREATE TRIGGER t AFTER INSERT ON \"order\" BEGIN UPDATE \"order\" SET title = 1; END",
        "COMMENT ON COLUMN \"order\".title IS 'x'", "ALTER TABLE \"order\" DROP COLUMN note",
        "ALTER TABLE s.\"order\" DROP COLUMN note",
        "ALTER TABLE `order` MODIFY `note` varchar(20) NOT NULL", "DROP TABLE label",
        "INSERT INTO label SELECT name FROM old_label"})
    EXPECT_FALSE(changes(sql, kCount)) << sql;
}

TEST(CountAhead, whatWritesRowsOrMovesNamesMay) {
  for (const char* sql :
       {"UPDATE \"order\" SET title = name", "DELETE FROM client",
        "WITH x AS (SELECT 1) INSERT INTO label SELECT * FROM x",
        "INSERT INTO \"order\" SELECT * FROM old", "DROP TABLE \"ORDER\"",
        "CREATE VIEW \"order\" AS SELECT 1", "RENAME TABLE `a` TO `order`",
        "ALTER TABLE a RENAME TO \"order\"", "ALTER TABLE `a` RENAME `order`",
        "ALTER TABLE \"order\" RENAME TO a", "ALTER TABLE \"order\" RENAME COLUMN title TO name",
        "ALTER TABLE \"order\" RENAME COLUMN name TO title",
        "ALTER TABLE \"order\" ALTER COLUMN title TYPE int",
        "ALTER TABLE \"order\" ADD COLUMN title text"})
    EXPECT_TRUE(changes(sql, kCount)) << sql;
  emit::Action batch;
  batch.sql.batch.emplace();
  EXPECT_TRUE(mayChangeCount(batch, kCount));
}

}  // namespace
}  // namespace cambium::runner
