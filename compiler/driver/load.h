// driver/load.h: what a compilation reads: the package's files, the standard packages it imports,
// its sealed versions. Private to compiler/driver.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/driver/pipeline.h"
#include "compiler/sema/analyze.h"

namespace cambium::driver {

// Every .cam file below the folder into `c.sources`, by name. False: there is nothing to compile
// (the error is reported).
bool loadFiles(const FileSystem&, const std::string& folder, Compilation& c);

// The standard packages: the trees of those that the package imports, directly or not; of the
// others the names of what they declare.
struct StandardPackages {
  std::vector<std::unique_ptr<syntax::SyntaxTree>> trees;
  sema::ImportablePackages byPackage;
};
StandardPackages parseImported(Compilation& c);

// The sealed versions that `c.trees` and `options` ask for. False: one of them was changed or
// cannot be read.
bool loadVersions(const FileSystem&, const std::string& folder, const Options& options,
                  Compilation& c);

}  // namespace cambium::driver
