// catalog/raise_report.h: what a raised model does not say of the catalog that it came from.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/traits.h"

namespace cambium::catalog {

// By object as compare() names it (an unnamed foreign key with its facts behind), why it was not
// carried over.
using Reasons = std::map<std::string, std::string>;

std::string foreignKeyObject(const Table&, const ForeignKey&);

// One line for each difference between the catalog and the model's own.
std::vector<std::string> reportLosses(const Catalog&, const ir::Model&, const Traits&,
                                      const Reasons&);

}  // namespace cambium::catalog
