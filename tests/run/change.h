// tests/run/change.h: two versions of a package on a real database, to be taken step by step from
// one to the other.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/case_runner.h"
#include "tests/support/golden_file.h"
#include "tests/support/laws.h"

namespace cambium::testing {

// The old version is there and empty; the plan to the new one.
struct Change {
  Change(const char* dialect, const char* versions) : database(dialect) {
    compiled = compileCase(parseGolden(versions));
    if (!healthy(compiled.after)) {
      ADD_FAILURE() << briefDiagnostics(compiled);
      return;
    }
    const auto& of = *dialects().find(dialect);
    const auto base = planFresh(*compiled.after, compiled.before->model, of, compiled.accessViews);
    planned = planCase(compiled, of);
    session = database.open();
    EXPECT_EQ(runScript(base->script, *session, plan::Phase::contract), "");
  }
  ScratchDatabase database;
  CompiledCase compiled;
  std::optional<driver::Planned> planned;
  std::unique_ptr<dialect::Session> session;
};

inline void must(dialect::Session& session, std::string_view sql) {
  const auto done = session.execute(sql);
  ASSERT_TRUE(bool(done)) << sql << "\n" << done.error().message;
}

inline std::string cell(dialect::Session& session, std::string_view sql) {
  const auto rows = session.query(sql);
  if (!rows) return rows.error().message;
  return rows->empty() ? "no row" : rows->front().front().value_or("NULL");
}

}  // namespace cambium::testing
