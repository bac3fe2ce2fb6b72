// sema/migration_parts.h: `split` and `merge` of entities: which of them is the whole, which one
// its part, and the reference by which they belong together. Private to this folder.
#pragma once

#include "compiler/sema/migration_paths.h"

namespace cambium::sema {

// What a property is that has no values of its own in one column; "" = it has.
std::string_view notStored(const ir::Model&, const ir::Property&);

// A line of which the first path leads to `first` speaks of entities, not of properties.
bool isAboutEntities(const Versions&, const syntax::MigrationItem&, const Place& first);

struct Parts {
  ir::TransformRule rule;  // without assignments
  ir::EntityId from, to;   // what `up` reads, and what it assigns
  // The properties that `down` and `up` assign, as in the rule, and where they stand.
  std::vector<ir::PropertyId> taken, made;
  std::vector<Span> takenAt, madeAt;
};
// nullopt after an error: MIG003, MIG004, MIG015, MIG016.
std::optional<Parts> partsOf(Context&, const Versions&, const syntax::MigrationItem&,
                             const Place& first,
                             const std::map<std::string, std::string>& renamedEntities);

}  // namespace cambium::sema
