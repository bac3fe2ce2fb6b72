// dialect/native_types.h: advice about the types that `@native` asks a database for.
#pragma once

#include <string>
#include <string_view>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/ir/model.h"

namespace cambium::dialect {

// Tells (ADV004) of each property of this dialect's type for which `trapOf` has a reason; `server`
// is what the database is called. "" = nothing to say.
void adviseOnNativeTypes(const ir::Model&, const std::string& dialect, std::string_view server,
                         std::string_view (*trapOf)(std::string type), DiagnosticSink&);

}  // namespace cambium::dialect
