// A shared object that is almost a database plugin: MISFIT_… says what does not fit.
#include "compiler/dialect/plugin.h"

#ifndef MISFIT_entry
extern "C" cambium::dialect::PluginInfo cambium_db_plugin() {
  cambium::dialect::PluginInfo info;
  info.abi = cambium::dialect::abiId();
#ifdef MISFIT_api
  info.dialect = "misfit_api";
  info.api = cambium::dialect::kPluginApi + 1;
#else
  info.dialect = "misfit_abi";
  info.abi = "gcc1-cxx11abi0";
#endif
  return info;
}
#endif
