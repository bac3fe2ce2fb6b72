#include "compiler/catalog/raise_indexes.h"

#include <algorithm>

#include "compiler/catalog/lower.h"

namespace cambium::catalog {

namespace {

bool beginsWith(const Index& longer, const Index& index) {
  return std::ranges::mismatch(index.parts, longer.parts, {}, &IndexPart::column,
                               &IndexPart::column)
             .in1 == index.parts.end();
}

}  // namespace

std::string usualName(const Table& table, const Index& index, const Traits& traits) {
  std::vector<std::string> columns;
  for (const IndexPart& part : index.parts) columns.push_back(part.column);
  return usualName(index.unique ? "uq" : "ix", table, columns, traits);
}

std::string usualName(std::string_view prefix, const Table& table,
                      const std::vector<std::string>& columns, const Traits& traits) {
  std::vector<std::string> words{table.name};
  words.insert(words.end(), columns.begin(), columns.end());
  return derivedName(prefix, words, traits.maxIdentifierBytes);
}

bool isCovered(const Table& table, const Index& index) {
  const auto column = [](const IndexPart& part) { return part.column; };
  if (std::ranges::mismatch(index.parts, table.primaryKey, {}, column).in1 == index.parts.end())
    return true;
  return std::ranges::any_of(table.indexes, [&](const Index& other) {
    return other.name != index.name && other.whereSql.empty() && other.isUsual() &&
           beginsWith(other, index);
  });
}

bool isIndexed(const Table& table, const std::vector<std::string>& columns, const Traits& traits) {
  Index own;
  for (const std::string& column : columns) own.parts.push_back({column, "", false});
  own.name = usualName(table, own, traits);
  const bool covered = isCovered(table, own);
  if (std::ranges::find(table.indexes, own) != table.indexes.end() && !covered) return true;
  const bool declared = std::ranges::any_of(table.indexes, [&](const Index& i) {
    return !i.unique && i.whereSql.empty() && i.isUsual() && i.parts.size() == columns.size() &&
           beginsWith(i, own);
  });
  return covered && !declared;
}

}  // namespace cambium::catalog
