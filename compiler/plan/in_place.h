// plan/in_place.h: which operations a database can do to a table as it stands, as its Traits say;
// for the others the table is made anew.
#pragma once

#include <string>

#include "compiler/plan/operation.h"

namespace cambium::plan {

bool possibleInPlace(const Operation&, const catalog::Traits&);
// The table whose form the operation changes; "" = it changes none.
std::string reshapedBy(const Operation&);

}  // namespace cambium::plan
