// ir/holders.h: who has a member that is written somewhere else: what a mixin brings stands in the
// mixin, perhaps in another package, and each entity that is the mixin has it.
#pragma once

#include <map>
#include <vector>

#include "compiler/ir/model.h"

namespace cambium::ir {

class Holders {
public:
  explicit Holders(const Model&);

  // Where the names stand of the entities that have the property, index, unique or check at that
  // place; none if no entity has one there.
  const std::vector<Span>& of(Span member) const;

private:
  std::map<std::pair<uint32_t, uint32_t>, std::vector<Span>> byPlace_;  // file and begin
};

}  // namespace cambium::ir
