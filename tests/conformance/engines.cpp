#include "tests/conformance/engines.h"

#include <cstdlib>
#include <iostream>
#include <optional>

#include "compiler/dialect/loader.h"
#include "tests/support/case_runner.h"
#include "tests/support/places.h"
#include "tests/support/servers.h"

namespace cambium::testing {
namespace {

struct Known {
  const char* dialect;
  const char* url;                   // of one that needs no server
  std::optional<ServerKind> server;  // that is started for the others
  unsigned decimalDigits;
};
constexpr Known kKnown[] = {
    {"sqlite", "sqlite::memory:", std::nullopt, 15},
    {"postgres", "", ServerKind::postgres, 38},
    {"mariadb", "", ServerKind::mariadb, 38},
};

std::string urlOf(const Known& known) {
  if (!known.server) return known.url;
  TestServer& server = TestServer::shared(*known.server);
  static std::vector<TestDatabase> databases;  // dropped before their servers stop
  databases.push_back(server.freshDatabase());
  return databases.back().url();
}

[[noreturn]] void stop(const std::string& why) {
  std::cerr << why << "\n";
  std::abort();
}

std::vector<Engine> startAll() {
  const char* const only = std::getenv("CAMBIUM_LAWS_ON");
  std::vector<Engine> out;
  for (const Known& known : kKnown)
    if (dialects().find(known.dialect) && (!only || std::string_view(only) == known.dialect))
      out.push_back({known.dialect, urlOf(known), known.decimalDigits});
  return out;
}

}  // namespace

const std::vector<Engine>& engines() {
  static const std::vector<Engine> all = startAll();
  return all;
}

const dialect::Dialect& dialectOf(const Engine& engine) {
  return *dialects().find(engine.dialect);
}

std::unique_ptr<dialect::Session> openEngine(const Engine& engine) {
  const std::vector<std::string> folders = {binaryDir() + "/lib/cambium"};
  auto plugin = dialect::loadDatabasePlugin(engine.dialect, folders);
  if (!plugin) stop(plugin.error().message);
  auto session = plugin->open(engine.url, {});
  if (!session) stop(session.error().message);
  return std::move(*session);
}

}  // namespace cambium::testing
