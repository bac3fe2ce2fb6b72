// dialect/loader.h: finds and loads the online half of a dialect, `cambium-db-<dialect>.so`.
// In: the dialect's name, folders to look in, in this order. Out: what the plugin says of itself,
// checked against this host, or the diagnostic (PLG001 … PLG006) that says why not. A plugin once
// loaded stays loaded.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/dialect/plugin.h"

namespace cambium::dialect {

Result<PluginInfo, Diagnostic> loadDatabasePlugin(std::string_view dialect,
                                                  std::span<const std::string> folders);

}  // namespace cambium::dialect
