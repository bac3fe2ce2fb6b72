// driver/rollback.h: the way back from an active version to an older one, as versions to stop at:
// the stops of the way that leads forth (chain.h), last to first. Loads sealed versions; plans
// nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/pipeline.h"

namespace cambium::driver {

// One plan back. `forth` is the migration that once led from `to` to `from`; null = none.
struct StepBack {
  std::shared_ptr<const ir::Model> from, to;
  std::shared_ptr<const ir::Model> target;  // `to` with the migration that leads back in it
  const ir::Migration* forth = nullptr;     // in `from`, or in the model of the Compilation
};

// One jump where the package has a block from the one to the other, in whichever direction.
// nullopt: the errors are in the compilation.
std::optional<std::vector<StepBack>> wayBack(const FileSystem&, const std::string& folder,
                                             Compilation&,
                                             const std::shared_ptr<const ir::Model>& from,
                                             const std::shared_ptr<const ir::Model>& to);

// The newest sealed version before this one, or the one that a migration leads from; "" = there is
// none.
std::string versionBefore(const Compilation&, const ir::Model&);

}  // namespace cambium::driver
