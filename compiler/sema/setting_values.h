// sema/setting_values.h: the values of settings, written out: the defaults of schemas and the
// `config` lines of namespaces. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/json/value.h"
#include "compiler/sema/context.h"

namespace cambium::sema {

// A literal, an enum member or a list of them; kind error when it was reported. `name`: the setting
// as messages call it, `what`: the value as they call it ("the default of `a`"). Errors: TYP REF
// EXP codes, CFG010 CFG011 CFG013 CFG025.
ir::Expr checkSettingValue(Context& c, const SyntaxTree& tree, size_t unit, const ir::Setting& s,
                           std::string_view name, std::string_view what, syntax::ExprId id);

}  // namespace cambium::sema
