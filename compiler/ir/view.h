// ir/view.h: views and templates: what is read together, and what is written together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/expr.h"

namespace cambium::ir {

struct Entity;
using EntityId = Id<Entity>;

// customer.name as customer_name
struct ViewColumn {
  std::string name;
  Expr expr;  // over the view's entity; paths may follow references, aggregates are over `many`
  Span span;
};

struct View {
  std::string name;
  std::string databaseName;  // @table("…"); empty = derived
  std::string doc;
  EntityId of;
  Boxed<Expr> where;
  std::vector<ViewColumn> columns;
  bool deprecated = false;
  bool exposed = false;  // @exposed: others than this package's applications rely on it
  std::string label;     // what people call it: @label("…")
  Span span;
};

// template RushOrder of Order { status = placed, priority = high }: values for a new row.
struct TemplateValue {
  std::string property;
  Expr value;
};
struct Template {
  std::string name;
  std::string doc;
  EntityId of;
  std::vector<TemplateValue> values;
  Span span;
};

}  // namespace cambium::ir
