// conformance/agreement.h: whether what an engine answered is what the evaluator says.
#pragma once

#include <optional>
#include <string>

#include "compiler/dialect/session.h"
#include "tests/support/evaluator.h"

namespace cambium::testing {

// `answer`: the engine's text of the value; nullopt in it = NULL; no answer at all = an error.
// `exactDecimals`: every digit of a decimal counts, unless floats went into it.
bool agrees(const ir::Expr&, const Value& expected, const std::optional<dialect::Value>& answer,
            bool exactDecimals = false);

// The same where the way led over decimals of more digits than the engine computes with: a number
// is right to that many digits of the largest of them; nothing is asked of texts and truth values.
bool agreesLoosely(const Value& expected, const std::optional<dialect::Value>& answer,
                   const Seen& seen, unsigned decimalDigits);

}  // namespace cambium::testing
