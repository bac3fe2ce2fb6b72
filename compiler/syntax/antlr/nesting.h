// syntax/antlr/nesting.h: thrown where a rule would be nested too deep; the error strategy makes an
// ordinary syntax error of it.
#pragma once

#include "InputMismatchException.h"

namespace cambium::syntax {

class NestingTooDeep : public antlr4::InputMismatchException {
public:
  explicit NestingTooDeep(antlr4::Parser* parser) : InputMismatchException(parser) {}
};

}  // namespace cambium::syntax
