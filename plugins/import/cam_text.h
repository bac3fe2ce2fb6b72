// import/cam_text.h: names, texts and comments as the language writes them.
#pragma once

#include <string>
#include <string_view>

#include "compiler/ir/model.h"

namespace cambium::importing {

std::string camName(std::string_view name);      // in backticks where it must
std::string camTypeName(std::string_view name);  // the same where a type is expected
std::string camText(std::string_view text);      // "…", with escapes
std::string camDoc(std::string_view text, std::string_view indent);  // lines of `///`
std::string_view camAction(ir::RefAction);

}  // namespace cambium::importing
