// plan/values.h: what a value of a property is in the column of the other version, where no line of
// the migration says so: another name, or fewer digits.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/node.h"

namespace cambium::plan {

// A value of an enum that rows have under another name, or that becomes another one: that one
// stays what it is where it leads back.
struct ValueMove {
  std::string from, to;
  bool merged;
  size_t change;
};
std::vector<ValueMove> valueMoves(const Context&, const ir::Property& to);

// case when property == old then new … else property end
ir::Expr valueCase(const std::string& property, ir::Type type, ir::Type resultType,
                   const std::vector<std::pair<std::string, std::string>>& pairs);

// The old column holds fewer digits behind the point than the new one.
bool hasMoreDigits(const ir::Type& was, const ir::Type& is);

// round(property, digits): what a column of the old type can hold of it.
ir::Expr rounded(const ir::Property&, const ir::Type& was);

}  // namespace cambium::plan
