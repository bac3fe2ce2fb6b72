#include "tests/conformance/probe.h"

#include "compiler/catalog/lower.h"
#include "compiler/catalog/sql.h"
#include "compiler/diagnostics/render.h"

namespace cambium::testing {

std::string probeMember(const std::string& text, const std::string& defaultOf) {
  if (!defaultOf.empty()) return "  probe: " + defaultOf + " = " + text + "\n";
  return "  check probe: (" + text + ") is null\n";
}

Probe compileProbe(const std::string& package, const std::string& text) {
  Probe probe;
  probe.text = text;
  MemoryFileSystem files;
  files.files["package.cam"] = package;
  probe.compiled = driver::compile(files, "", {});
  const auto& c = *probe.compiled;
  if (c.diagnostics.hasErrors() || !c.model) {
    probe.complaint = renderBrief(c.diagnostics.sorted(), c.sources);
    return probe;
  }
  const auto found = [&](const ir::Expr& e) {
    probe.expr = e;
    probe.type = ir::toString(e.type, *c.model);
  };
  for (const auto& property : c.model->properties)
    if (property.name == "probe" && property.defaultValue) found(*property.defaultValue);
  for (const auto& entity : c.model->entities)
    for (const auto& check : entity.checks)
      if (check.name == "probe" && !check.condition.args.empty()) found(check.condition.args[0]);
  return probe;
}

std::string sqlOf(const Probe& probe, const dialect::Dialect& dialect) {
  const ir::Model& model = *probe.compiled->model;
  DiagnosticSink sink;
  const auto lowered = catalog::lower(model, dialect.traits(), sink);
  // There is one entity with properties to speak of, the first.
  return catalog::toSql(
      probe.expr, catalog::entityContext(model, lowered, ir::EntityId(0), dialect.traits(), ""));
}

bool isSupported(const Probe& probe, const dialect::Dialect& dialect) {
  return catalog::unsupportedFunctions(probe.expr, dialect.traits()).empty();
}

}  // namespace cambium::testing
