// conformance/random_expression.h: nested expressions over the entity of edge_values.h, valid by
// construction. The same text for the same seed.
#pragma once

#include <cstdint>
#include <string>

namespace cambium::testing {

std::string randomExpression(uint64_t seed);

}  // namespace cambium::testing
