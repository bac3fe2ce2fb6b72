// sema/analyze.h: stage 2, trees to the typed model: names, mixins, types, expressions, checks,
// migrations. In: the trees of the package; the trees of the packages it may import (by package
// name); the sealed predecessors (by version) that its migration blocks lead from. Out: a model;
// complete and trustworthy only if `sink` has no errors. Errors: NAM REF TYP KEY REL EXP MIG CFG
// codes. The order of files and of declarations has no influence on the result.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/ir/model.h"
#include "compiler/syntax/tree.h"

namespace cambium::sema {

using SealedVersions = std::map<std::string, std::shared_ptr<const ir::Model>>;  // by version
using ImportablePackages =
    std::map<std::string, std::vector<const syntax::SyntaxTree*>>;  // by package name, "std.types"

ir::Model analyze(std::span<const syntax::SyntaxTree* const> package, const ImportablePackages&,
                  const SealedVersions&, const SourceMap&, DiagnosticSink& sink);

}  // namespace cambium::sema
