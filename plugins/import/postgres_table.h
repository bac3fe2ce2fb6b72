// import/postgres_table.h: CREATE TABLE, ALTER TABLE and CREATE INDEX of PostgreSQL, from its own
// parser's tree. Private to the PostgreSQL reader.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plugins/import/postgres_tree.h"

namespace cambium::importing::postgres {

// The statement at work: where it begins, and where the text begins that the parser saw.
struct StatementPlace {
  FileId file;
  uint32_t base = 0, begin = 0;
  std::string_view text = {};  // that the parser saw

  Span here() const { return {file, begin, begin}; }
  // A node's own place, where it has one.
  Span of(Node node) const {
    const auto at = node ? node->getInteger("location") : std::nullopt;
    const uint32_t offset = at && *at > 0 ? base + static_cast<uint32_t>(*at) : begin;
    return {file, offset, offset};
  }
};

// Tables of several schemas are called by their names alone. Of two with one name the later has its
// schema's before it.
class TableNames {
public:
  // SET search_path: where a table without a schema is looked for and created.
  void searchIn(const std::string& space) { searchPath_ = space.empty() ? "public" : space; }
  std::string spaceOf(Node relationNode) const;
  // For a table that is about to be created.
  std::string add(const Schema&, const std::string& space, const std::string& bare);
  std::string find(const Schema&, const std::string& space, const std::string& bare) const;
  std::string find(const Schema&, Node relationNode) const;
  std::string find(const Schema&, Node, llvm::StringRef field) const;
  std::string find(const Schema&, const std::vector<std::string>& path) const;
  std::vector<std::string> in(const std::string& space) const;

private:
  std::string searchPath_ = "public";
  std::map<std::pair<std::string, std::string>, std::string> names_;  // by schema and bare name
  std::map<std::string, std::string> spaces_;                         // the schemas of names
};

class TableReader {
public:
  TableReader(Schema& schema, const StatementPlace& at) : schema_(schema), at_(at) {}
  TableNames& names() { return tableNames_; }

  void create(Node createStmt);
  void alter(Node alterTableStmt);
  void createIndex(Node indexStmt);
  // The sequences that columns count by.
  const std::vector<std::string>& counting() const { return counting_; }

private:
  Schema& schema_;
  const StatementPlace& at_;
  TableNames tableNames_;
  std::vector<std::string> counting_;
};

}  // namespace cambium::importing::postgres
