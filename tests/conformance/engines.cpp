#include "tests/conformance/engines.h"

#include <cstdlib>
#include <iostream>

#include "compiler/dialect/loader.h"
#include "tests/support/case_runner.h"

namespace cambium::testing {
namespace {

struct Known {
  const char* dialect;
  const char* url;       // "" = none without a server
  const char* variable;  // that names another
  unsigned decimalDigits;
};
constexpr Known kKnown[] = {
    {"sqlite", "sqlite::memory:", "", 15},
    {"postgres", "", "CAMBIUM_TEST_POSTGRES_URL", 38},
    {"mariadb", "", "CAMBIUM_TEST_MARIADB_URL", 38},
};

[[noreturn]] void stop(const std::string& why) {
  std::cerr << why << "\n";
  std::abort();
}

}  // namespace

std::vector<Engine> engines() {
  std::vector<Engine> out;
  for (const Known& known : kKnown) {
    const char* const named = *known.variable ? std::getenv(known.variable) : nullptr;
    const std::string url = named ? named : known.url;
    if (!url.empty() && dialects().find(known.dialect))
      out.push_back({known.dialect, url, known.decimalDigits});
  }
  return out;
}

const dialect::Dialect& dialectOf(const Engine& engine) {
  return *dialects().find(engine.dialect);
}

std::unique_ptr<dialect::Session> openEngine(const Engine& engine) {
  const std::vector<std::string> folders = {CAMBIUM_BINARY_DIR "/lib/cambium"};
  auto plugin = dialect::loadDatabasePlugin(engine.dialect, folders);
  if (!plugin) stop(plugin.error().message);
  auto session = plugin->open(engine.url, {});
  if (!session) stop(session.error().message);
  return std::move(*session);
}

}  // namespace cambium::testing
