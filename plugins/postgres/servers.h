// plugins/postgres/servers.h: what some releases of the server do wrong.
#pragma once

#include <span>
#include <string>

#include "compiler/dialect/dialect.h"

namespace cambium::dialect::postgres {

// Why a server of that release (140002 is 14.2) is not to be trusted with these steps; "" = it is.
std::string faultOf(int release, std::span<const Emitted* const> steps);

}  // namespace cambium::dialect::postgres
