// import/table_elements.h: what stands between the parentheses of CREATE TABLE, and behind ADD of
// ALTER TABLE. Private to the reader of MySQL's and SQLite's DDL.
#pragma once

#include <optional>
#include <string>

#include "plugins/import/table_ddl.h"

namespace cambium::importing {

// Where a text stops being what it should be. Thrown inside the reader, caught in readTables().
struct SyntaxFault {
  uint32_t at;
  std::string message;
};

class ElementReader {
public:
  ElementReader(Cursor& in, Schema& schema, const TableDialect& dialect, FileId file)
      : in_(in), schema_(schema), dialect_(dialect), file_(file) {}

  // A column with its constraints; it is added to the table unless `replaces` is set: then it takes
  // that column's place. FIRST and AFTER are read past.
  void column(Table&, Column* replaces = nullptr);
  // True if a constraint or an index begins here.
  bool atConstraint() const;
  void constraint(Table&);
  // `( a, b(10) desc, lower(c) )`, from the parenthesis.
  std::vector<IndexPart> indexParts(const std::string& of);
  std::string name();  // perhaps with a schema before it
  Span span() const;
  Span spanAt(uint32_t offset) const { return {file_, offset, offset}; }
  void expect(std::string_view symbol);
  [[noreturn]] void fault(const std::string& message) const;
  [[noreturn]] void unexpected() const;

private:
  DeclaredType type();
  bool option(Table&, Column&, std::string& constraintName);
  void references(Table&, std::vector<std::string> columns, std::string name, Span);
  void unique(Table&, std::string name, std::vector<IndexPart>, Span);
  void key(Table&, const std::vector<IndexPart>&, const std::string& name);
  std::vector<std::string> columnList();
  void indexOptions(const std::string& of);
  ir::RefAction action();
  std::string columnName(const Table&, const Column&) const;

  Cursor& in_;
  Schema& schema_;
  const TableDialect& dialect_;
  FileId file_;
};

}  // namespace cambium::importing
