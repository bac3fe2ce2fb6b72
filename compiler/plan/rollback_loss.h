// plan/rollback_loss.h: what a rollback loses, as queries on the database as it is, so that a
// person sees real numbers before anything is asked or done. In: the change set that leads back
// (diff/rollback.h), and the migration that once led forth.
#pragma once

#include <string>
#include <vector>

#include "compiler/catalog/lower.h"
#include "compiler/diff/diff.h"

namespace cambium::plan {

struct RollbackLoss {
  enum class Kind : unsigned char {
    goes,      // what the newer version brought, with what is in it
    changes,   // values that do not come back from the older form
    merged,    // values that became one: which row had which is not known any more
    returns,   // what CONTRACT took away: it comes back empty
    inTheWay,  // values that the older version has no place for: they stop the rollback
  };
  Kind kind = Kind::goes;
  std::string what;       // "column `order.note`"
  std::string countSql;   // the rows; "" = nobody can count them
  std::string help = {};  // inTheWay: the lines that give them a place
  // returns: what comes back, by the names of the older version; property "" = the whole entity
  std::string entity = {}, property = {};
};

// `from` and `to` as the change set: the newer version and the older one.
std::vector<RollbackLoss> lossesOfRollback(const diff::ChangeSet& back, const ir::Migration* forth,
                                           const catalog::Lowered& from, const catalog::Lowered& to,
                                           const catalog::Traits&);

// Counts whoever refers to this tag: rows that have it, alone or among several. "" = none can.
std::string countTagged(const catalog::Lowered&, ir::EntityId group, const std::string& tag,
                        const catalog::Traits&);

}  // namespace cambium::plan
