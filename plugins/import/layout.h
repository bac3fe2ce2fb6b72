// import/layout.h: what each thing of a Schema is called in the language, and which foreign keys
// become references. In: a Schema; elements that cannot be carried over get their reason (`lost`).
// Out: the layout, which points into the Schema and is made anew when the Schema changes.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "plugins/import/schema.h"

namespace cambium::importing {

struct Reference {
  ForeignKey* key;
  size_t target;                     // in Layout::entities
  std::vector<std::string> columns;  // in the order of the target's key
  std::string property;
  std::string inverse;  // name of the `many` in the target
  bool required = false;
};

struct EntityLayout {
  Table* table;
  std::string name;
  bool isDerived = false;  // the table's name follows from the entity's
  std::vector<Reference> references;
  std::map<std::string, std::string> propertyOf;  // by column
  // Names of the entity's members that are taken, folded.
  std::set<std::string> taken;
  // Takes a name that is free there, like this one.
  std::string take(const std::string& wanted);

  const Reference* referenceOf(const Schema&, const std::string& column) const;
};

struct Layout {
  ir::Naming naming = ir::Naming::snakeCase;
  std::vector<EntityLayout> entities;             // by name; only tables that are carried over
  std::vector<std::string> enums;                 // by place in Schema::enums
  std::vector<std::vector<std::string>> members;  // of the enums
  std::vector<std::string> aliases;

  std::optional<size_t> find(const Schema&, const std::string& table) const;
};

// Once, before the first layout: keys from uniques, present moments, indexes that repeat another.
void settle(Schema&);
Layout layOut(Schema&);

}  // namespace cambium::importing
