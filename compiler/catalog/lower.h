// catalog/lower.h: stage 4, logical to relational: the catalog that a fresh build of the model
// would have in one dialect. In: a model without errors, Traits. Out: the catalog, and where each
// entity and property went. Errors: DDL codes (a name too long or taken twice after mapping, a type
// or function the dialect refuses), warnings for what it only emulates.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/traits.h"
#include "compiler/diagnostics/diagnostic.h"

namespace cambium::catalog {

// One view of a version's face (version_faces.h): over the table of one entity.
struct VersionView {
  ir::EntityId entity;
  Face face;  // over the names of a fresh build
  std::vector<Grant> grants;
};

struct Lowered {
  Catalog catalog;
  std::vector<std::string> tables;  // by EntityId; "" = not in the database (draft, …)
  std::vector<std::vector<std::string>> columns;  // by PropertyId; empty = no column (many)
  std::vector<VersionView> faces;  // `access views`: those that the catalog has, by EntityId
  const std::string& table(ir::EntityId id) const { return tables[id.index()]; }
  const std::vector<std::string>& columnsOf(ir::PropertyId id) const { return columns[id.index()]; }
};

Lowered lower(const ir::Model&, const Traits&, DiagnosticSink& sink);

// The names that a fresh build derives, also used to name what a migration adds. Stable; cut to
// `limit` bytes with a hash suffix.
std::string tableName(const ir::Entity&, ir::Naming);
std::string derivedName(std::string_view prefix, const std::vector<std::string>& parts,
                        size_t limit);

// All columns of an entity's table.
std::vector<std::string> columnsOf(const ir::Model&, const Lowered&, ir::EntityId);

// The context for expressions over one entity: properties become its quoted columns behind `prefix`
// ("", "NEW."). `rename` maps a column to the name it has at the moment (shadow columns); may be
// empty.
struct SqlContext;
SqlContext entityContext(const ir::Model&, const Lowered&, ir::EntityId, const Traits&,
                         std::string prefix,
                         std::function<std::string(const std::string&)> rename = {});

}  // namespace cambium::catalog
