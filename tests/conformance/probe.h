// conformance/probe.h: one expression of the language, through the real front end.
#pragma once

#include <memory>
#include <string>

#include "compiler/driver/pipeline.h"

namespace cambium::testing {

struct Probe {
  std::string text;
  std::shared_ptr<driver::Compilation> compiled;
  ir::Expr expr;
  std::string type;       // as the type checker gives it: "decimal(38, 2)?"
  std::string complaint;  // the diagnostics, if it was refused; then nothing else counts
};

// `package` is the text of a package in which the expression stands in a check named `probe` that
// asks whether it is null, or is the default of a property of that name.
Probe compileProbe(const std::string& package, const std::string& text);
// The member of an entity that has an expression of any type compiled. What may only be a default
// (now(), uuid()) needs the type of the property.
std::string probeMember(const std::string& text, const std::string& defaultOf = "");

// The dialect's SQL of it over the columns of the entity.
std::string sqlOf(const Probe&, const dialect::Dialect&);
// Whether the dialect has every function of it.
bool isSupported(const Probe&, const dialect::Dialect&);

}  // namespace cambium::testing
