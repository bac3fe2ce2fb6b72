// The MariaDB dialect: what it can do, and who says how. Facts are those of MariaDB 10.11.
#include "compiler/dialect/dialect.h"
#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

catalog::Traits makeTraits() {
  catalog::Traits t;
  t.dialect = "mariadb";
  t.displayName = "MariaDB";
  t.schemes = {"mariadb", "mysql"};
  t.maxIdentifierBytes = 64;

  t.transactionalDdl = false;  // every change of the schema commits
  t.alterColumn = true;
  t.addConstraint = true;
  t.dropConstraint = true;
  t.dropColumn = true;
  t.renameColumn = true;
  t.renameTable = true;
  t.addColumnNotNullWithConstantDefault = true;  // kept once, not in every row
  t.addColumnWithVolatileDefault = false;        // would copy the table
  t.addColumnForeignKey = true;
  t.addColumnCheck = true;
  // A virtual column cannot become an ordinary one in place, a stored one can.
  t.addColumnGeneratedVirtual = false;
  t.addColumnGeneratedStored = true;
  t.namedForeignKeys = true;
  t.comments = true;
  t.triggersFillKeys = true;   // they run before the write
  t.insteadOfTriggers = true;  // views of one table are written through

  t.indexMethods = {"btree", "fulltext", "spatial"};
  t.indexWords = indexWords;

  t.quote = quote;
  t.literal = literal;
  t.list = list;
  t.mapType = mapType;
  t.raiseType = raiseType;
  t.call = call;
  t.binary = binary;
  t.canonical = canonical;
  t.operand = operandOf;
  t.settleTable = settleTable;
  t.settleView = settleView;
  t.identical = identical;
  t.syncTrigger = syncTrigger;
  t.guardTrigger = guardTrigger;
  t.faceView = faceView;
  t.faceTriggers = faceTriggers;
  return t;
}

}  // namespace

std::unique_ptr<Dialect> makeDialect();  // called by the generated list of dialects
std::unique_ptr<Dialect> makeDialect() {
  return std::make_unique<Dialect>(makeTraits(), checkRules, emitOperations);
}

}  // namespace cambium::dialect::mariadb
