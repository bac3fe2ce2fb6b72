// Parts of an index as MySQL 8 has them: an expression may be one, as long as it comes to a value
// of some length. A condition is an expression that comes to NULL for the rows that do not count;
// of a value that is too long, a unique index has a hash.
#include <fmt/core.h>

#include <algorithm>

#include "plugins/mariadb/mariadb.h"
#include "plugins/mariadb/sql_tree.h"

namespace cambium::dialect::mariadb {
namespace {

constexpr size_t kMostKeyBytes = 3072, kBytesOfCharacter = 4;
// Of an index that would be too wide, what is longer than this is hashed.
constexpr size_t kMostUnhashed = 256;

const catalog::Column* columnOf(const catalog::IndexPart& part, const catalog::Table* table) {
  return table && !part.column.empty() ? table->findColumn(part.column) : nullptr;
}

bool holdsBytes(const catalog::Column& column) {
  return column.type.find("blob") != std::string::npos ||
         column.type.find("binary") != std::string::npos;
}

bool isTooWide(const catalog::Index& index, const catalog::Table* table) {
  size_t bytes = 0;
  for (const auto& part : index.parts)
    if (const auto* column = columnOf(part, table))
      bytes += isLong(column->type) ? kMostKeyBytes + 1 : keyBytes(column->type);
  return bytes > kMostKeyBytes;
}

// What of it the index has.
enum class Share : unsigned char { all, beginning, hash };
Share shareOf(const catalog::Index& index, const catalog::IndexPart& part,
              const catalog::Table* table) {
  const auto* column = columnOf(part, table);
  if (!column) return index.unique ? Share::hash : Share::beginning;
  if (!index.unique) return isLong(column->type) ? Share::beginning : Share::all;
  const bool wide = isLong(column->type) || keyBytes(column->type) > kMostUnhashed;
  return wide && isTooWide(index, table) ? Share::hash : Share::all;
}

// In characters, or in bytes.
size_t lengthOf(const catalog::Index& index, const catalog::Column* column) {
  const size_t share = kMostKeyBytes / std::max<size_t>(index.parts.size(), 1);
  return column && holdsBytes(*column) ? share : share / kBytesOfCharacter;
}

bool isPlain(const catalog::Index& index, const catalog::IndexPart& part,
             const catalog::Table* table) {
  return !part.column.empty() && index.whereSql.empty() &&
         shareOf(index, part, table) != Share::hash;
}

// The expression of a part that is no plain column.
std::string expressionOf(const catalog::Index& index, const catalog::IndexPart& part,
                         const catalog::Table* table) {
  std::string out = part.column.empty() ? part.sql : quote(part.column);
  if (!index.whereSql.empty()) out = fmt::format("if({}, {}, NULL)", index.whereSql, out);
  switch (shareOf(index, part, table)) {
    case Share::all: return out;
    case Share::beginning:
      return fmt::format("left({}, {})", out, lengthOf(index, columnOf(part, table)));
    case Share::hash: return fmt::format("sha2({}, 256)", out);
  }
  return out;
}

}  // namespace

std::string mysqlPart(const catalog::Index& index, const catalog::IndexPart& part,
                      const catalog::Table* table) {
  if (!isPlain(index, part, table)) return "(" + expressionOf(index, part, table) + ")";
  const auto* column = columnOf(part, table);
  const bool begins = column && shareOf(index, part, table) == Share::beginning;
  return quote(part.column) + (begins ? fmt::format("({})", lengthOf(index, column)) : "");
}

bool isFunctional(const catalog::Index& index, const catalog::Table* table) {
  return std::ranges::any_of(index.parts,
                             [&](const auto& part) { return !isPlain(index, part, table); });
}

void readMysqlParts(catalog::Index& index, const catalog::Table& table) {
  // What our words around an expression leave of it.
  const auto settled = [](std::string_view sql) { return settledExpression(sql, Server::mysql); };
  catalog::Index said = index;
  bool conditional = false;
  for (auto& part : said.parts) {
    if (!part.column.empty()) continue;
    std::string inner = settled(part.sql);
    for (const char* word : {"sha2", "left"})
      if (const auto of = argumentOf(word, inner, Server::mysql)) {
        inner = *of;
        break;
      }
    if (const auto both = chosen(inner, Server::mysql)) {
      if (conditional && said.whereSql != both->first) return;
      conditional = true;
      said.whereSql = both->first;
      inner = both->second;
    }
    const auto column = std::ranges::find_if(
        table.columns, [&](const auto& one) { return quote(one.name) == inner; });
    part.column = column == table.columns.end() ? "" : column->name;
    part.sql = part.column.empty() ? inner : "";
  }
  // Only if we would have made just these parts.
  for (size_t i = 0; i < said.parts.size(); ++i) {
    const auto& is = index.parts[i];
    const auto& part = said.parts[i];
    const bool plain = isPlain(said, part, &table);
    if (plain != !is.column.empty()) return;
    if (!plain && settled(expressionOf(said, part, &table)) != settled(is.sql)) return;
  }
  index = std::move(said);
}

}  // namespace cambium::dialect::mariadb
