// catalog/raise_indexes.h: which indexes a model has without saying so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/traits.h"

namespace cambium::catalog {

// The name that lowering gives to an index, or to something else, over these columns.
std::string usualName(const Table&, const Index&, const Traits&);
std::string usualName(std::string_view prefix, const Table&,
                      const std::vector<std::string>& columns, const Traits&);

// True if the key or another index than this one begins with its columns: then a reference has no
// index of its own.
bool isCovered(const Table&, const Index&);

// A reference has an index unless it says otherwise or another one begins with its columns. One
// declared for just its columns stands instead of its own, so it says so.
bool isIndexed(const Table&, const std::vector<std::string>& columns, const Traits&);

}  // namespace cambium::catalog
