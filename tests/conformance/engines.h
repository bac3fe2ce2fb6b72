// conformance/engines.h: the databases on which the expressions are evaluated, as data.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/dialect/dialect.h"
#include "compiler/dialect/session.h"

namespace cambium::testing {

struct Engine {
  std::string dialect;
  std::string url;
  // Digits to which decimals are right; what has more is compared loosely.
  unsigned decimalDigits = 38;
};

// Those that can be reached here: SQLite in memory always, a server where the environment names an
// empty database for it (CAMBIUM_TEST_POSTGRES_URL, CAMBIUM_TEST_MARIADB_URL).
std::vector<Engine> engines();

const dialect::Dialect& dialectOf(const Engine&);
// Aborts the test with the error's text if it cannot be opened.
std::unique_ptr<dialect::Session> openEngine(const Engine&);

}  // namespace cambium::testing
