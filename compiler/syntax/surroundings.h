// syntax/surroundings.h: what stands around a sign of another language, by which it is understood.
#pragma once

#include <span>
#include <string_view>

#include "compiler/syntax/token.h"

namespace cambium::syntax {

// `!a.b` and `!(…)` between conditions: `not` takes in the same there. `at` is the `!`, `before`
// what was kept of the tokens before it.
bool negatesOneThing(std::span<const Token> tokens, size_t at, TokenKind before);

// The `;` behind `CREATE TABLE …(…)`: it goes with the statement, which is told as a whole.
bool endsCreateStatement(std::span<const Token> kept, std::string_view text);

// The last of the tokens ends the type of a property, or what a `type` is to be.
bool endsWithType(std::span<const Token> tokens);

}  // namespace cambium::syntax
