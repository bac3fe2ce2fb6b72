// diff/rollback.h: the way back from a version to an older one, once nothing of the older one is
// left in the database: a migration like any other, made by turning round the block that led
// forth. What was renamed gets its old name; `up` and `down` change places; a split becomes a
// merge; what came goes, approved by whoever asks for the rollback (it is counted before:
// plan/rollback_loss.h); what went comes back empty. Errors: EVO068.
#pragma once

#include <memory>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diff/change.h"

namespace cambium::diff {

// The lines of a migration, and the version whose enums its expressions speak of. Null = none.
struct Lines {
  const ir::Migration* migration = nullptr;
  const ir::Model* of = nullptr;
};

// The older version, with the migration that leads back to it from `newer` in place of its own.
// `forth`: the block that led from it to `newer`. `said`: a block of the package for the way back;
// its lines go before what is turned round.
std::shared_ptr<const ir::Model> turnedRound(const std::shared_ptr<const ir::Model>& newer,
                                             const std::shared_ptr<const ir::Model>& older,
                                             Lines forth, Lines said, DiagnosticSink&);

// What the older version had and the newer one has not: it comes back, and this is what it comes
// back with. THE place to look at for who keeps what CONTRACT takes away: whatever was kept fills
// it instead.
struct Returning {
  enum class With : unsigned char { nothing, byDefault, fill };
  EntityId entity;      // of `to`
  PropertyId property;  // of it; invalid = the entity itself, without rows
  With with = With::nothing;
};
std::vector<Returning> returning(const ChangeSet& back);

}  // namespace cambium::diff
