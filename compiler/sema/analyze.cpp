// sema/analyze.cpp: the analysis as a straight list. Each pass is declared in context.h.
#include "compiler/sema/analyze.h"

#include "compiler/sema/context.h"

namespace cambium::sema {

ir::Model analyze(std::span<const syntax::SyntaxTree* const> package,
                  const ImportablePackages& importable, const SealedVersions& sealed,
                  const SourceMap& sources, DiagnosticSink& sink) {
  Context c(importable, sealed, sources, sink);
  declareAll(c, package);
  resolveImports(c);
  expandMixins(c);
  buildEnums(c);
  buildAliases(c);
  buildProperties(c);
  buildKeys(c);
  buildRelationships(c);
  buildTagGroups(c);
  checkAliasConditions(c);
  checkPropertyValues(c);
  buildConstraints(c);
  buildViews(c);
  buildTemplates(c);
  buildAccess(c);
  checkLifecycle(c);
  buildEnvironments(c);
  buildSchemas(c);
  buildNamespaces(c);
  buildMigrations(c);
  runChecks(c);
  leaveOutUnused(c);
  applySuppressions(c);
  return std::move(c.model);
}

}  // namespace cambium::sema
