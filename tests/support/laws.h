// tests/support/laws.h: what holds for every model and every pair of versions, checked for each
// golden case and each random package.
#pragma once

#include <optional>
#include <string>

#include "tests/support/case_runner.h"

namespace cambium::testing {

// Compiled, with a model and without errors.
bool healthy(const std::unique_ptr<driver::Compilation>&);
// The plan between the versions of the case, or from nothing; nullopt if it has errors.
std::optional<driver::Planned> planCase(const CompiledCase&, const dialect::Dialect&);
std::optional<driver::Planned> planFresh(driver::Compilation&,
                                         const std::shared_ptr<const ir::Model>&,
                                         const dialect::Dialect&, bool accessViews = false);

// Formatting is idempotent and keeps the meaning, sealing reads back equal, diff(x, x) is empty.
// Failures are reported to GoogleTest, here and below.
void checkTexts(const CompiledCase&);

void expectSame(const catalog::Catalog& expected, const catalog::Catalog& live, const char* when);
void expectCatalog(dialect::Session&, const catalog::Catalog& expected, const char* when);

// Undo gives back everything but one thing: a property that was there and becomes required gets
// values where there were none (`fill` or its default), and which rows those were is not kept. Such
// cells of the old rows take the value found.
void acceptFills(std::vector<TableRows>& before, const std::vector<TableRows>& after,
                 const driver::Planned&);

// The texts, and on a real database of every dialect: the old version is what its catalog says,
// migrating ends in the new version's catalog, undo from every phase before contract leads back to
// the start with its rows. `rowsAfter`: the migrated rows, printed. A case with a section `run` is
// one whose rows stop the run: what it says goes to `run`.
// `rollback`: the way back after contract is gone, too, and this is what it is (rollback_law.h).
void checkLaws(const GoldenFile&, const CompiledCase&, std::string* rowsAfter,
               std::string* run = nullptr, std::string* rollback = nullptr);

}  // namespace cambium::testing
