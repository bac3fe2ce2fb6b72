// The entry point of cambium-db-sqlite.so.
#include "compiler/dialect/plugin.h"

#include "plugins/sqlite/db/session.h"

extern "C" cambium::dialect::PluginInfo cambium_db_plugin() {
  cambium::dialect::PluginInfo info;
  info.dialect = "sqlite";
  info.version = "0.1.0";
  info.abi = cambium::dialect::abiId();
  info.open = cambium::dialect::sqlite::openSession;
  return info;
}
