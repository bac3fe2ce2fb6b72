// The MariaDB dialect: what it can do, and who says how. Facts are those of MariaDB 10.11, and
// behind a gate those of MySQL 8.
#include "compiler/dialect/dialect.h"
#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {
namespace {

template <Server S>
catalog::Traits makeTraits() {
  catalog::Traits t;
  t.dialect = "mariadb";
  t.displayName = S == Server::mysql ? "MySQL 8" : "MariaDB";
  t.schemes = {"mariadb", "mysql"};  // either reaches either server
  t.maxIdentifierBytes = 64;

  t.transactionalDdl = false;  // every change of the schema commits
  t.alterColumn = true;
  t.addConstraint = true;
  t.dropConstraint = true;
  t.dropColumn = true;
  t.renameColumn = true;
  // MySQL refuses where a check, a computed column or an index with an expression is about it.
  t.renameFollowed = S == Server::mariadb;
  t.renameTable = true;
  t.renameIndex = true;
  t.addColumnNotNullWithConstantDefault = true;  // kept once, not in every row
  t.addColumnWithVolatileDefault = false;        // would copy the table
  t.addColumnForeignKey = true;
  t.addColumnCheck = true;
  // A virtual column cannot become an ordinary one in place, a stored one can.
  t.addColumnGeneratedVirtual = false;
  t.addColumnGeneratedStored = true;
  t.namedForeignKeys = true;
  t.comments = true;
  t.cascadesSetOffTriggers = false;
  t.triggersFillKeys = true;  // they run before the write
  t.triggersSeeCounted = false;
  t.keysGrowInPlace = true;
  t.currentRead = kCurrentRead;
  t.mayRefer = mayRefer;
  t.foldsColumnCase = true;    // those of tables are files
  t.insteadOfTriggers = true;  // views of one table are written through

  t.indexMethods = {"btree", "fulltext", "spatial"};
  t.indexWords = indexWords;

  t.quote = quote;
  t.literal = literal<S>;
  t.list = list<S>;
  t.mapType = mapType<S>;
  t.raiseType = raiseType<S>;
  t.call = call<S>;
  t.binary = binary;
  t.canonical = canonical;
  t.operand = operandOf;
  t.settleTable = settleTable<S>;
  t.settleView = settleView<S>;
  t.identical = identical;
  t.outgrows = outgrows<S>;
  t.growsWhereSpokenOf = true;
  t.syncTrigger = syncTrigger;
  t.guardTrigger = guardTrigger;
  t.linkTriggers = linkTriggers;
  t.partTriggers = partTriggers;
  t.cascadeTrigger = cascadeTrigger;
  t.faceView = faceView;
  t.faceTriggers = faceTriggers;
  return t;
}

}  // namespace

std::unique_ptr<Dialect> makeDialect();  // called by the generated list of dialects
std::unique_ptr<Dialect> makeDialect() {
  auto dialect = std::make_unique<Dialect>(
      makeTraits<Server::mariadb>(), checkRules<Server::mariadb>, emitOperations<Server::mariadb>);
  catalog::Traits mysql = makeTraits<Server::mysql>();
  mysql.schemes = {"mysql"};
  dialect->addGate(std::string(kGateMysql), "mysql",
                   std::make_unique<Dialect>(std::move(mysql), checkRules<Server::mysql>,
                                             emitOperations<Server::mysql>));
  return dialect;
}

}  // namespace cambium::dialect::mariadb
