// sema/checks/types.cpp
#include "compiler/sema/checks/checks.h"

namespace cambium::sema {
namespace {

void warn(Context& c, std::string_view name, Span span) {
  if (span && isBuiltInType(name))
    c.add(report<Code::NAM023>(span, name))
        .help("choose another name: whoever reads `x: " + std::string(name) +
              "` takes it for the type of the language");
}

}  // namespace

void checkHiddenTypes(Context& c) {
  const Unit& package = *c.units[0];
  for (const auto& [name, symbol] : package.own) warn(c, name, nameOf(c, symbol));
  for (const auto& [name, imported] : package.imported)
    warn(c, name, package.uses[imported.use].span);
}

}  // namespace cambium::sema
