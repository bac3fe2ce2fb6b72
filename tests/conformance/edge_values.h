// conformance/edge_values.h: the entity whose properties the expressions are over, and the values
// at which the types have their edges.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace cambium::testing {

struct EdgeColumn {
  std::string name;
  std::string type;  // as it is written in the model
  // Canonical texts of values of the type; nullopt = null.
  std::vector<std::optional<std::string>> values;
};

const std::vector<EdgeColumn>& edgeColumns();

// The package: enum Colour, entity Edge with a property for each column, and `members` (a check).
std::string edgePackage(const std::string& members);

// For each row and column the index of a value. Every value occurs, and so do nearly all pairs of
// values of any two columns. The same on every run.
std::vector<std::vector<size_t>> edgeRows();

}  // namespace cambium::testing
