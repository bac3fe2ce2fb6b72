#include "compiler/catalog/external.h"

#include <algorithm>

#include "compiler/catalog/facts.h"
#include "compiler/catalog/lower.h"

namespace cambium::catalog {

std::vector<std::string> externalTables(const ir::Model& model) {
  std::vector<std::string> out;
  for (const ir::Entity& entity : model.entities)
    if (entity.lifecycle == ir::Lifecycle::external) out.push_back(tableName(entity, model.naming));
  std::ranges::sort(out);
  return out;
}

void leaveOut(Catalog& catalog, const std::vector<std::string>& tables) {
  for (const std::string& name : tables) {
    catalog.dropTable(name);
    std::erase_if(catalog.triggers, [&](const Trigger& t) { return t.table == name; });
  }
}

std::vector<Difference> missingColumns(const ir::Model& model, const Traits& traits,
                                       const Catalog& live) {
  std::vector<Difference> out;
  const auto names = externalTables(model);
  if (names.empty()) return out;
  // As they would look if they were this package's own.
  ir::Model own = model;
  for (ir::Entity& entity : own.entities)
    if (entity.lifecycle == ir::Lifecycle::external) entity.lifecycle = ir::Lifecycle::active;
  DiagnosticSink unheard;
  const Lowered lowered = lower(own, traits, unheard);
  for (const std::string& name : names) {
    const Table *expected = lowered.catalog.findTable(name), *actual = live.findTable(name);
    if (!expected || !actual) continue;
    for (const Part& part : partsOf(*expected))
      if (part.kind == "column" && !actual->findColumn(part.name))
        out.push_back(
            {DifferenceKind::missing, "column " + name + "." + part.name, part.facts, ""});
  }
  return out;
}

}  // namespace cambium::catalog
