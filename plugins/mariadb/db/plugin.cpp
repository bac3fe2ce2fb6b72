// The entry point of cambium-db-mariadb.so.
#include "compiler/dialect/plugin.h"

#include "plugins/mariadb/db/session.h"

extern "C" cambium::dialect::PluginInfo cambium_db_plugin() {
  cambium::dialect::PluginInfo info;
  info.dialect = "mariadb";
  info.version = "0.1.0";
  info.abi = cambium::dialect::abiId();
  info.open = cambium::dialect::mariadb::openSession;
  return info;
}
