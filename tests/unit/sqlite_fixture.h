// What the tests of the SQLite dialect share: the plugin loaded as the tool loads it, and short
// ways to run SQL.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/dialect/loader.h"
#include "plugins/builtin_dialects.h"
#include "tests/support/places.h"

namespace cambium::testing {

inline const dialect::Dialect& sqliteDialect() {
  static const dialect::Dialects all = dialect::builtinDialects();
  return *all.find("sqlite");
}

inline dialect::DbResult<std::unique_ptr<dialect::Session>> openUrl(
    const std::string& url, dialect::SessionOptions options = {}) {
  const std::vector<std::string> folders = {binaryDir() + "/lib/cambium"};
  auto plugin = dialect::loadDatabasePlugin("sqlite", folders);
  if (!plugin)
    return Failure{
        dialect::DbError{dialect::DbError::Kind::other, "", 0, plugin.error().message, ""}};
  return plugin->open(url, options);
}

// A database in memory, with short ways to use it that fail the test where something fails.
class Database {
public:
  Database() : Database("sqlite::memory:", {}) {}
  Database(const std::string& url, dialect::SessionOptions options) {
    auto opened = openUrl(url, options);
    if (!opened)
      ADD_FAILURE() << opened.error().message;
    else
      session = std::move(*opened);
  }

  bool run(const std::string& sql) {
    auto done = session->execute(sql);
    if (!done) ADD_FAILURE() << done.error().message << "\n  in " << sql;
    return bool(done);
  }
  void run(const std::vector<std::string>& statements) {
    for (const auto& sql : statements) run(sql);
  }

  // Rows as "a|b", one a line; NULL as "~".
  std::string rows(const std::string& sql) {
    auto result = session->query(sql);
    if (!result) {
      ADD_FAILURE() << result.error().message << "\n  in " << sql;
      return "";
    }
    std::string out;
    for (const auto& row : *result) {
      for (size_t i = 0; i < row.size(); ++i) out += (i ? "|" : "") + row[i].value_or("~");
      out += "\n";
    }
    return out;
  }

  // As the runner executes a step.
  bool step(const std::vector<plan::Operation>& operations, const catalog::Catalog& during) {
    const auto emitted = sqliteDialect().emit(operations, during);
    if (!emitted) {
      ADD_FAILURE() << "not emitted";
      return false;
    }
    for (const auto& sql : emitted->before) run(sql);
    bool good = bool(session->begin());
    for (const auto& sql : emitted->statements) good = good && run(sql);
    for (const auto& sql : emitted->mustBeEmpty)
      if (good) {
        const std::string found = rows(sql);
        if (!found.empty()) lost = found;
        good = found.empty();
      }
    good = good && session->commit();
    if (!good) (void)session->rollback();
    for (const auto& sql : emitted->after) run(sql);
    return good;
  }

  catalog::Catalog catalog() {
    auto found = session->introspect();
    if (!found) ADD_FAILURE() << found.error().message;
    return found ? *found : catalog::Catalog{};
  }

  // A whole script, statement by statement (a statement ends at a line that ends in a semicolon).
  void script(const std::string& text) {
    std::string statement;
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      std::string line = text.substr(at, end - at);
      at = end + 1;
      while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
      statement += line + "\n";
      if (line.empty() || line.back() != ';') continue;
      if (!run(statement)) return;
      statement.clear();
    }
  }

  std::unique_ptr<dialect::Session> session;
  std::string lost;  // what the last refused step would have lost
};

inline std::string temporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "cambium-test-XXXXXX").string();
  return mkdtemp(pattern.data()) ? pattern : ".";
}

}  // namespace cambium::testing
