// The SQLite dialect: what it can do, and who says how. Facts are those of SQLite 3.40.
#include "compiler/dialect/dialect.h"
#include "plugins/sqlite/sqlite.h"

namespace cambium::dialect::sqlite {
namespace {

catalog::Traits makeTraits() {
  catalog::Traits t;
  t.dialect = "sqlite";
  t.displayName = "SQLite";
  t.schemes = {"sqlite"};
  t.maxIdentifierBytes = 128;  // the engine has no limit; people do

  t.transactionalDdl = true;
  t.referenceAhead = true;
  t.alterColumn = false;  // from 3.53 only
  t.addConstraint = false;
  t.dropConstraint = false;
  t.dropColumn = true;
  t.renameColumn = true;
  t.renameTable = true;
  t.addColumnNotNullWithConstantDefault = true;
  t.addColumnWithVolatileDefault = false;
  t.addColumnForeignKey = true;  // the default must be NULL
  t.addColumnCheck = true;
  t.addColumnGeneratedVirtual = true;
  t.addColumnGeneratedStored = false;
  t.namedForeignKeys = false;  // the engine reads a name and never gives it back
  t.deferrableForeignKeys = true;
  t.namedUniqueConstraints = false;
  t.comments = false;
  t.insteadOfTriggers = true;
  t.foldsTableCase = t.foldsColumnCase = true;
  t.optionsOfKeyedTables = {"WITHOUT ROWID"};
  t.tableOptions = {"STRICT"};

  t.indexMethods = {"btree"};

  t.quote = quote;
  t.literal = literal;
  t.list = list;
  t.mapType = mapType;
  t.raiseType = raiseType;
  t.call = call;
  t.binary = binary;
  t.canonical = canonical;
  t.operand = operandOf;
  t.identical = identical;
  t.syncTrigger = syncTrigger;
  t.guardTrigger = guardTrigger;
  t.linkTriggers = linkTriggers;
  t.partTriggers = partTriggers;
  t.facesLeaveBlank = true;
  t.faceView = faceView;
  t.faceTriggers = faceTriggers;
  return t;
}

}  // namespace

std::unique_ptr<Dialect> makeDialect();  // called by the generated list of dialects
std::unique_ptr<Dialect> makeDialect() {
  return std::make_unique<Dialect>(makeTraits(), checkRules, emitOperations);
}

}  // namespace cambium::dialect::sqlite
