// plugins/sqlite/db/surroundings.h: what a plan is going to meet in the file.
#pragma once

#include <span>
#include <string>

#include "compiler/dialect/session.h"

namespace cambium::dialect::sqlite {

// As Session::surroundings(). The engine keeps no books: the rows are counted. `file`: "" = in
// memory.
DbResult<Surroundings> surroundingsOf(Session&, const std::string& file,
                                      std::span<const std::string> tables);

// As Session::load(). Nobody follows a file, and who reads it is not known.
DbResult<Load> loadOf(const std::string& file);

}  // namespace cambium::dialect::sqlite
