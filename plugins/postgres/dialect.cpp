// The PostgreSQL dialect: what it can do, and who says how. Facts are those of PostgreSQL 15,
// and behind a gate those of 14.
#include "compiler/dialect/dialect.h"
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

catalog::Traits makeTraits() {
  catalog::Traits t;
  t.dialect = "postgres";
  t.displayName = "PostgreSQL";
  t.schemes = {"postgres", "postgresql"};
  t.maxIdentifierBytes = 63;  // longer names are cut with no more than a notice

  t.transactionalDdl = true;
  t.alterColumn = true;
  t.addConstraint = true;
  t.dropConstraint = true;
  t.constraintBeforeRows = true;  // NOT VALID, then VALIDATE CONSTRAINT
  t.exclusions = true;
  t.constraintOfIndex = true;
  t.dropColumn = true;
  t.renameColumn = true;
  t.renameTable = true;
  t.renameIndex = true;
  t.renameCheck = true;
  t.addColumnNotNullWithConstantDefault = true;  // kept once, not in every row
  t.addColumnWithVolatileDefault = false;        // would rewrite the table
  t.addColumnForeignKey = true;
  t.addColumnCheck = true;
  t.addColumnGeneratedVirtual = false;  // from 18 only
  t.addColumnGeneratedStored = true;
  t.namedForeignKeys = true;
  t.deferrableForeignKeys = true;
  t.comments = true;  // beside what was said (notes.cpp)
  // Who asks a view is who must be allowed to see the rows.
  t.viewOptions = kInvoker;
  t.grantedViewOptions = kBarrier;
  t.accessControl = true;
  t.rowPolicies = true;
  t.insteadOfTriggers = true;
  t.versionSchemas = true;
  t.triggersFillKeys = true;
  t.mayRefer = mayRefer;

  t.indexMethods = {"btree", "brin", "gin", "gist", "hash", "spgist"};
  t.otherIndexMethods = true;  // "hnsw", "bloom"
  t.includedColumns = true;
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
  t.identical = identical;
  t.outgrows = outgrows;  // not under a view, a policy or a trigger; checks would be looked at anew
  t.syncTrigger = syncTrigger;
  t.guardTrigger = guardTrigger;
  t.linkTriggers = linkTriggers;
  t.partTriggers = partTriggers;
  t.facesLeaveBlank = true;
  t.faceView = faceView;
  t.faceBelow = faceBelow;
  t.faceTriggers = faceTriggers;
  return t;
}

}  // namespace

std::unique_ptr<Dialect> makeDialect();  // called by the generated list of dialects
std::unique_ptr<Dialect> makeDialect() {
  auto dialect = std::make_unique<Dialect>(makeTraits(), checkRules, emitOperations);
  catalog::Traits older = makeTraits();
  older.displayName = "PostgreSQL 14";
  older.schemes = {};
  older.viewOptions = "";
  older.faceView = faceViewBefore15;
  older.faceBelow = faceBelowBefore15;
  dialect->addGate(std::string(kGate14), "postgres14",
                   std::make_unique<Dialect>(std::move(older), checkRulesBefore15, emitOperations));
  return dialect;
}

}  // namespace cambium::dialect::postgres
