// The entry point of cambium-db-postgres.so.
#include "compiler/dialect/plugin.h"

#include "plugins/postgres/db/session.h"

extern "C" cambium::dialect::PluginInfo cambium_db_plugin() {
  cambium::dialect::PluginInfo info;
  info.dialect = "postgres";
  info.version = "0.1.0";
  info.abi = cambium::dialect::abiId();
  info.open = cambium::dialect::postgres::openSession;
  return info;
}
