#include "plugins/sqlite/db/surroundings.h"

#include <fmt/core.h>

#include <filesystem>

#include "compiler/dialect/cells.h"
#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

// The number that the query yields; nothing where it yields none, or fails.
std::optional<int64_t> numberOf(Session& session, const std::string& sql) {
  const auto rows = session.query(sql);
  return rows && !rows->empty() ? wholeAt(rows->front(), 0) : std::nullopt;
}

std::optional<int64_t> freeBytesOf(const std::string& file) {
  std::error_code error;
  const auto space = std::filesystem::space(file, error);
  if (file.empty() || error) return std::nullopt;
  return static_cast<int64_t>(space.available);
}

}  // namespace

DbResult<Surroundings> surroundingsOf(Session& session, const std::string& file,
                                      std::span<const std::string> tables) {
  Surroundings out;
  auto there = session.query("SELECT name FROM main.sqlite_schema WHERE type = 'table'");
  if (!there) return Failure{there.error()};
  for (const Row& row : *there) {
    const std::string name = row.front().value_or("");
    if (std::find(tables.begin(), tables.end(), name) == tables.end()) continue;
    // The engine may have been built without the table of pages.
    out.tables.push_back(
        {name, numberOf(session, fmt::format("SELECT count(*) FROM {}", quote(name))),
         numberOf(session,
                  fmt::format("SELECT pgsize FROM dbstat WHERE name = {} AND aggregate = TRUE",
                              textLiteral(name)))});
  }
  out.freeBytes = freeBytesOf(file);
  return out;
}

DbResult<Load> loadOf(const std::string& file) {
  Load out;
  out.replicaLagMs = 0;
  out.freeDiskBytes = freeBytesOf(file);
  return out;
}

}  // namespace cambium::dialect::sqlite
