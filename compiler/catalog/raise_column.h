// catalog/raise_column.h: what one column most likely means: a type of the language, a default, an
// enum in its check.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/traits.h"

namespace cambium::catalog {

struct ColumnMeaning {
  ir::Type type;  // never optional
  std::optional<ir::Expr> defaultValue;
  std::string native;  // the exact type, where the language's type would be lowered to another one;
                       // "" = not needed
  std::vector<std::string> members;  // of an enum that `type` stands for: its id is not set yet
};

// In: a column, the check on it alone if there is one ("" = none), whether it is part of the key.
// `meaning.type` lowers to just this type and check, or `native` says the type and there is no
// check that it accounts for (`explainsCheck` false).
struct RaisedColumn {
  ColumnMeaning meaning;
  bool explainsCheck = false;
};
RaisedColumn raiseColumn(const Column&, std::string_view check, bool inKey, const Traits&);

// What the language has no words for, in those of this database.
ir::Expr nativeExpr(const std::string& sql, const ir::Type&, const Traits&);
// "SET NULL" → setNull; nullopt = no action that there is.
std::optional<ir::RefAction> actionOf(std::string_view sql);
// `text` as a name of the language: letters, digits, underscores, not empty, at most 63 bytes.
std::string identifier(std::string_view text);
// "order_line" → "OrderLine"; capitals that are there stay.
std::string pascalCase(std::string_view name);

}  // namespace cambium::catalog
