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

// One for each dialect there is (of CAMBIUM_LAWS_ON alone, if that names one): SQLite in memory,
// the others on an empty database of a server of this process (support/servers.h).
const std::vector<Engine>& engines();

const dialect::Dialect& dialectOf(const Engine&);
// Aborts the test with the error's text if it cannot be opened.
std::unique_ptr<dialect::Session> openEngine(const Engine&);

}  // namespace cambium::testing
