// import/write.h: a Schema in the language. In: a Schema after settle(). Out: the text of a model,
// and which piece of it stands for which element: when the compiler refuses a piece, the element
// gets its reason (`lost`) and the text is made anew, without it.
#pragma once

#include <string>
#include <vector>

#include "plugins/import/layout.h"

namespace cambium::importing {

struct WriteOptions {
  bool keepNames = false;  // write the names of indexes, uniques and checks as they are (@name)
};

// A range of the text and the reason's place in the Schema; inner pieces lie behind outer ones.
struct Piece {
  size_t begin, end;
  std::string* lost;
};

struct Carried {
  size_t tables = 0, columns = 0, keys = 0, references = 0, indexes = 0, uniques = 0, checks = 0,
         enums = 0;
};

struct Written {
  ir::Naming naming = ir::Naming::snakeCase;
  std::string text;
  std::vector<Piece> pieces;
  Carried carried;
};

Written write(Schema&, const WriteOptions&);

// Everything that is not carried over, by place.
std::vector<Loss> lossesOf(const Schema&);

}  // namespace cambium::importing
