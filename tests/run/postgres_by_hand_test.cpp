// What somebody changes in a PostgreSQL database by hand is seen as such, and what was built is
// recognised, also after a dump and a restore: the server keeps expressions in words of its own.
#include <gtest/gtest.h>

#include <cstdlib>

#include "compiler/catalog/catalog.h"
#include "tests/support/case_runner.h"
#include "tests/support/golden_file.h"
#include "tests/support/laws.h"

namespace cambium::testing {
namespace {

constexpr const char* kModel = R"(# why: -
-- model.cam --
enum Status { draft, sent, paid }
/// What a customer owes.
/// cambium: check is what this line begins with
entity Invoice {
  key id: int64
  /// Where it lies.
  ///
  /// On the shelf.
  code: string(20) = "none"
  status: Status = draft
  price: decimal(12, 2) = 0.50
  count: int32 = 1
  day: date = today()
  at: timestamp = now()
  data: json = { "a": [1, 2], "b": null }
  labels: string(10)[] = ["x", "y"]
  total: decimal(38, 2) = price * count computed
  check positive: price > 5 or count between 1 and 10
  check coded: length(code) >= 2 and code like "A%"
  check shown: json_text(data, "a") is null or status in (sent, paid)
  unique (code) where status == paid
  index (lower(code))
  parent: ref Invoice?
}
view Open of Invoice where price > 5 and status == sent { id, total }
)";

class ByHand : public ::testing::Test {
protected:
  void SetUp() override {
    compiled_ = compileCase(parseGolden(kModel));
    ASSERT_TRUE(healthy(compiled_.after)) << briefDiagnostics(compiled_);
    const auto planned =
        planFresh(*compiled_.after, compiled_.after->model, *dialects().find("postgres"));
    ASSERT_TRUE(planned);
    expected_ = planned->to.catalog;
    session_ = database_.open();
    ASSERT_EQ(runScript(planned->script, *session_, plan::Phase::contract), "");
  }

  std::string differences(dialect::Session& session) const {
    const auto live = session.introspect();
    if (!live) return "error: " + live.error().message;
    std::string out;
    for (const auto& one : catalog::compare(expected_, *live))
      out += one.object + ": " + one.expected + " | " + one.actual + "\n";
    return out;
  }

  // Does this, looks, and takes it back.
  std::string after(const std::vector<std::string>& statements) {
    EXPECT_TRUE(bool(session_->begin()));
    for (const auto& sql : statements)
      if (const auto done = session_->execute(sql); !done)
        ADD_FAILURE() << done.error().message << " in " << sql;
    const std::string out = differences(*session_);
    EXPECT_TRUE(bool(session_->rollback()));
    return out;
  }

  // The same, with the comment that the object had put back beside what it is now.
  std::string afterWithComment(const std::string& object, const std::string& oid,
                               std::vector<std::string> statements) {
    const auto comment = session_->query("SELECT quote_literal(" + oid + ")");
    EXPECT_TRUE(bool(comment) && comment->at(0).at(0)) << object;
    statements.push_back("COMMENT ON " + object + " IS " + *comment->at(0).at(0));
    return after(statements);
  }

  ScratchDatabase database_{"postgres"};
  std::unique_ptr<dialect::Session> session_;
  CompiledCase compiled_;
  catalog::Catalog expected_;
};

TEST_F(ByHand, NothingIsNoDifference) {
  EXPECT_EQ(differences(*session_), "");
}

TEST_F(ByHand, EveryChangeIsADifference) {
  const struct {
    std::string object;  // what the difference names
    std::vector<std::string> statements;
  } changes[] = {
      {"code", {"ALTER TABLE invoice ALTER code SET DEFAULT 'nothing'"}},
      {"code", {"ALTER TABLE invoice ALTER code DROP DEFAULT"}},
      {"price", {"ALTER TABLE invoice ALTER price SET DEFAULT 0.5 + 0"}},
      {"count", {"ALTER TABLE invoice ALTER count SET DEFAULT 1.4::integer + 1"}},
      {"day", {"ALTER TABLE invoice ALTER day SET DEFAULT now()::date"}},
      {"day",
       {"ALTER TABLE invoice ALTER day SET DEFAULT (now() AT TIME ZONE 'UTC' + interval '1 "
        "day')::date"}},
      {"at", {"ALTER TABLE invoice ALTER at SET DEFAULT clock_timestamp()"}},
      {"data", {R"(ALTER TABLE invoice ALTER data SET DEFAULT '{"a":[1,2],"b":1}')"}},
      {"labels", {"ALTER TABLE invoice ALTER labels SET DEFAULT ARRAY['x', 'z']"}},
      {"labels", {"ALTER TABLE invoice ALTER labels SET DEFAULT ARRAY['x']"}},
      {"count", {"ALTER TABLE invoice ALTER count DROP NOT NULL"}},
      {"invoice", {"COMMENT ON TABLE invoice IS 'What a customer owes.'"}},
      {"code", {"COMMENT ON COLUMN invoice.code IS 'Where it lies.'"}},
      {"code", {"COMMENT ON COLUMN invoice.code IS NULL"}},
      {"day", {"COMMENT ON COLUMN invoice.day IS NULL"}},
      {"Open",
       {"CREATE OR REPLACE VIEW open AS SELECT id, total FROM invoice WHERE price > 6 AND "
        "status = 'sent'"}},
      {"Open",
       {"CREATE OR REPLACE VIEW open AS SELECT id, total FROM invoice WHERE price::integer > 5 AND "
        "status = 'sent'"}},
      {"Open",
       {"CREATE OR REPLACE VIEW open AS SELECT id, total FROM invoice WHERE price > 5 OR "
        "status = 'sent'"}},
      {"Open",
       {"CREATE OR REPLACE VIEW open AS SELECT id, (-total)::numeric(38,2) AS total FROM invoice "
        "WHERE price > 5 "
        "AND status = 'sent'"}},
      {"Open", {"ALTER VIEW open SET (security_barrier = true)"}},
      {"Open", {"ALTER VIEW open RESET (security_invoker)"}},
      {"positive", {"COMMENT ON CONSTRAINT ck_invoice_positive ON invoice IS NULL"}},
      {"Open", {"ALTER VIEW open ALTER total SET DEFAULT 5"}},
      {"positive",
       {"ALTER TABLE invoice DROP CONSTRAINT ck_invoice_positive, ADD CONSTRAINT "
        "ck_invoice_positive CHECK (price > 5 OR count BETWEEN 1 AND 11)"}},
      {"positive",
       {"ALTER TABLE invoice DROP CONSTRAINT ck_invoice_positive, ADD CONSTRAINT "
        "ck_invoice_positive CHECK (price > 5 OR count BETWEEN 1 AND 10) NOT VALID"}},
      {"fk_",
       {"ALTER TABLE invoice DROP CONSTRAINT fk_invoice_parent_id, ADD CONSTRAINT "
        "fk_invoice_parent_id FOREIGN KEY (parent_id) REFERENCES invoice (id) ON DELETE CASCADE"}},
  };
  for (const auto& [object, statements] : changes) {
    const std::string found = after(statements);
    EXPECT_NE(found, "") << statements.front();
    EXPECT_EQ(found.find("error: "), std::string::npos) << found;
  }
}

// Somebody who edits a dump leaves the comments as they are.
TEST_F(ByHand, AChangeUnderAnOldCommentIsADifference) {
  const std::string check =
      "obj_description((SELECT oid FROM pg_constraint WHERE conname = "
      "'ck_invoice_positive'), 'pg_constraint')";
  const auto with = [&](const std::string& condition) {
    return afterWithComment("CONSTRAINT ck_invoice_positive ON invoice", check,
                            {"ALTER TABLE invoice DROP CONSTRAINT ck_invoice_positive, ADD "
                             "CONSTRAINT ck_invoice_positive CHECK (" +
                             condition + ")"});
  };
  EXPECT_EQ(with("price > 5 OR count BETWEEN 1 AND 10"), "");
  EXPECT_EQ(with("(((price > 5)) OR (count >= 1 AND count <= 10))"), "");
  EXPECT_NE(with("price > 5 OR count BETWEEN 1 AND 11"), "");
  EXPECT_NE(with("price::integer > 5 OR count BETWEEN 1 AND 10"), "");
  EXPECT_NE(with("price::text > '5' OR count BETWEEN 1 AND 10"), "");
  EXPECT_NE(with("price >= 5 OR count BETWEEN 1 AND 10"), "");
  EXPECT_NE(with("price > 5 AND count BETWEEN 1 AND 10"), "");
  EXPECT_NE(with("price > 5"), "");

  const std::string column =
      "col_description('invoice'::regclass, (SELECT attnum FROM "
      "pg_attribute WHERE attrelid = 'invoice'::regclass AND attname = "
      "'total'))";
  const auto computed = [&](const std::string& formula) {
    // The view looks at the column; here it is the column alone that counts.
    return afterWithComment("COLUMN invoice.total", column,
                            {"DROP VIEW open", "ALTER TABLE invoice DROP total",
                             "ALTER TABLE invoice ADD total numeric(38,2) GENERATED ALWAYS AS (" +
                                 formula + ") STORED"});
  };
  EXPECT_EQ(computed("price * count").find("column invoice.total"), std::string::npos);
  EXPECT_NE(computed("price * count::integer + 0").find("column invoice.total"), std::string::npos);
  EXPECT_NE(computed("price + count").find("column invoice.total"), std::string::npos);
}

TEST_F(ByHand, ASchemaMayHaveAnyName) {
  const std::string url = database_.url().substr(0, database_.url().find("schema="));
  const auto session = openDatabase("postgres", url + "schema=My%20Shop");
  const auto planned =
      planFresh(*compiled_.after, compiled_.after->model, *dialects().find("postgres"));
  ASSERT_TRUE(planned);
  EXPECT_EQ(runScript(planned->script, *session, plan::Phase::contract), "");
  EXPECT_EQ(differences(*session), "");
  EXPECT_TRUE(bool(session->removeAll(true)));
}

TEST_F(ByHand, ADumpRestoredIsTheSame) {
  ScratchDatabase other{"postgres"};
  const auto there = other.open();
  const auto schemaOf = [](dialect::Session& session) {
    return session.query("SELECT current_schema()")->at(0).at(0).value_or("");
  };
  const std::string from = schemaOf(*session_), to = schemaOf(*there);
  const char* const given = std::getenv("CAMBIUM_TEST_POSTGRES_BIN");
  const std::string bin = given ? given : "/usr/lib/postgresql/15/bin";
  const std::string url = database_.url().substr(0, database_.url().find("&schema="));
  ASSERT_TRUE(bool(there->execute("DROP SCHEMA " + to + " CASCADE")));
  const std::string command = "'" + bin + "/pg_dump' --schema-only -n " + from + " '" + url +
                              "' | sed 's/\\b" + from + "\\b/" + to + "/g' | '" + bin +
                              "/psql' -q -v ON_ERROR_STOP=1 '" + url + "' >/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  EXPECT_EQ(differences(*there), "");
}

}  // namespace
}  // namespace cambium::testing
