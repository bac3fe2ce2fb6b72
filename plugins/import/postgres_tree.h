// import/postgres_tree.h: the parse tree that libpg_query gives (as JSON), and what its expressions
// and types are in a Schema. Private to the PostgreSQL reader.
#pragma once

#include <llvm/Support/JSON.h>

#include <optional>
#include <string>
#include <vector>

#include "plugins/import/schema.h"

namespace cambium::importing::postgres {

using Node = const llvm::json::Object*;

// {"ColumnDef": {…}} → ("ColumnDef", {…}); "" for no node.
struct Tagged {
  llvm::StringRef tag;
  Node node = nullptr;
};
Tagged tagged(const llvm::json::Value*);
Tagged tagged(Node parent, llvm::StringRef field);
std::string text(Node, llvm::StringRef field);
bool flag(Node, llvm::StringRef field);
int64_t number(Node, llvm::StringRef field);
// The nodes of a list field.
std::vector<Tagged> list(Node, llvm::StringRef field);
// The String nodes of a list field, or of the List that the field is.
std::vector<std::string> names(Node, llvm::StringRef field);
// relname, without its schema.
std::string relation(Node, llvm::StringRef field);

SqlExpr expression(Tagged);
// The column's type by its TypeName node; `serial` is set for the types that count by themselves.
Type typeOf(Node typeName, const Schema&, bool& serial);
// As SQL writes it: "timestamp with time zone", "numeric(10, 2)".
std::string spelling(Node typeName);

}  // namespace cambium::importing::postgres
