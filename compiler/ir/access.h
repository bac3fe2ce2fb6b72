// ir/access.h: who may do what to the data: roles, grants and row policies. Names, not ids: a role
// is looked up by name, an entity or a view by name, a property within it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/ir/expr.h"

namespace cambium::ir {

enum class AccessAction : uint8_t { read, insert, update, remove };  // `delete` is a word of C++

// role support "Support staff"
struct Role {
  std::string name;
  std::string title;
  std::string doc;
  Span span;
};

// grant read, update on Customer except tax_id to support
struct Grant {
  std::set<AccessAction> actions;
  std::string on;                   // an entity or a view
  std::vector<std::string> except;  // its properties (or a view's columns), sorted
  std::vector<std::string> roles;   // sorted
  Span span;
};

// policy own_tenant on Customer for all to support using tenant == session("app.tenant")
struct Policy {
  std::string name;
  std::string doc;
  std::string on;  // an entity
  std::set<AccessAction> actions;
  std::vector<std::string> roles;  // sorted; empty = everybody
  Expr condition;                  // over a row of the entity
  Span span;
};

}  // namespace cambium::ir
