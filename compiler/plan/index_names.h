// plan/index_names.h: names of indexes that one table takes while another still has them.
#pragma once

#include <optional>
#include <string>

#include "compiler/plan/plan.h"

namespace cambium::plan {

struct TakenName {
  const Step* step;          // that takes it
  std::string name;          // of the index
  std::string table, other;  // that takes it, and that has it
};

// Lowering holds the names of all indexes to be one space (DDL003), whatever the database; so does
// every moment of a plan. The first step that does not.
std::optional<TakenName> takenIndexName(const Plan&, const catalog::Traits&);

}  // namespace cambium::plan
