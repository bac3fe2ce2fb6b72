// import/postgres_table.h: CREATE TABLE, ALTER TABLE and CREATE INDEX of PostgreSQL, from its own
// parser's tree. Private to the PostgreSQL reader.
#pragma once

#include <string>
#include <vector>

#include "plugins/import/postgres_tree.h"

namespace cambium::importing::postgres {

// The statement at work: where it begins, and where the text begins that the parser saw.
struct StatementPlace {
  FileId file;
  uint32_t base = 0, begin = 0;

  Span here() const { return {file, begin, begin}; }
  // A node's own place, where it has one.
  Span of(Node node) const {
    const auto at = node ? node->getInteger("location") : std::nullopt;
    const uint32_t offset = at && *at > 0 ? base + static_cast<uint32_t>(*at) : begin;
    return {file, offset, offset};
  }
};

class TableReader {
public:
  TableReader(Schema& schema, const StatementPlace& at) : schema_(schema), at_(at) {}

  void create(Node createStmt);
  void alter(Node alterTableStmt);
  void createIndex(Node indexStmt);
  // The sequences that columns count by.
  const std::vector<std::string>& counting() const { return counting_; }

private:
  Schema& schema_;
  const StatementPlace& at_;
  std::vector<std::string> counting_;
};

}  // namespace cambium::importing::postgres
