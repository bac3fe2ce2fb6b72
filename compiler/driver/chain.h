// driver/chain.h: the way from what is active somewhere to a version, through the versions that
// were sealed between them. Each says what becomes of the rows of the one before it, so they are
// taken one after the other; those that nobody would miss are left out.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/pipeline.h"

namespace cambium::driver {

using Chain = std::vector<std::shared_ptr<const ir::Model>>;

// Where to go, one after the other; the last is `to`. It is found from its end: a version comes
// from the one that its migration names, else from the one sealed before it. Only `to` where it
// names `from` itself, where nothing is active, and where it goes back. nullopt: a sealed version
// cannot be read (in `c.diagnostics`).
std::optional<Chain> chainBetween(const FileSystem&, const std::string& folder, Compilation& c,
                                  const ir::Model& from,
                                  const std::shared_ptr<const ir::Model>& to);

// The same with fewer stops. A stop is left out only if the end and the rows are the same without
// it: no migration has a line on the way, every change is safe, and the changes at once are those
// of the steps, each of them once, so that no two are about the same thing.
Chain joined(const std::shared_ptr<const ir::Model>& from, const Chain&);

}  // namespace cambium::driver
