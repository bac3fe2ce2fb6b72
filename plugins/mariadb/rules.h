// plugins/mariadb/rules.h: where in the model the tables and columns of a catalog come from: places
// for what is refused.
#pragma once

#include <map>
#include <string>

#include "compiler/catalog/lower.h"
#include "compiler/catalog/lower_views.h"
#include "compiler/catalog/names.h"
#include "compiler/ir/model.h"

namespace cambium::dialect::mariadb {

class Places {
public:
  explicit Places(const ir::Model& model) : model_(model) {
    for (const auto& entity : model.entities)
      entities_.emplace(catalog::tableName(entity, model.naming), &entity);
    for (const auto& view : model.views)
      views_.emplace(catalog::viewName(view, model.naming), view.span);
  }
  Span ofView(const std::string& name) const {
    const auto found = views_.find(name);
    return found == views_.end() ? Span{} : found->second;
  }
  Span of(const std::string& table) const {
    const auto found = entities_.find(table);
    return found == entities_.end() ? Span{} : found->second->span;
  }
  // Of an index without a name that of its entity.
  Span ofIndex(const std::string& table, const std::string& index) const {
    constexpr size_t kMostBytes = 64;
    const auto found = entities_.find(table);
    if (found == entities_.end()) return {};
    for (const auto& one : found->second->indexes)
      if (one.databaseName == index ||
          (!one.name.empty() && catalog::derivedName("ix", {table, one.name}, kMostBytes) == index))
        return one.span;
    return found->second->span;
  }
  Span of(const std::string& table, const std::string& column) const {
    const auto found = entities_.find(table);
    if (found == entities_.end()) return {};
    for (const auto id : found->second->properties) {
      const auto& property = model_[id];
      if (property.column == column || (property.column.empty() && property.name == column))
        return property.span;
    }
    return found->second->span;
  }

private:
  const ir::Model& model_;
  std::map<std::string, const ir::Entity*> entities_;
  std::map<std::string, Span> views_;
};

// Names that no quotes make the server take, and those that it takes for one: DDL003, DDL004,
// DDL070. `server`: what people call it.
void checkNames(const ir::Model&, const catalog::Catalog&, const Places&, const char* server,
                DiagnosticSink&);

}  // namespace cambium::dialect::mariadb
