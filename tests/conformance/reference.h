// conformance/reference.h: docs/expressions.md, whose tables say what the dialects make of each
// function and operator.
#pragma once

#include <string>

namespace cambium::testing {

// The page with the columns that follow from its first one (type, SQL of each dialect) filled in.
// `complaint`: what does not compile, "" = nothing.
std::string filledReference(const std::string& page, std::string& complaint);
// Rewrites the page; false and a message on stderr if something in it does not compile.
bool updateReference();

}  // namespace cambium::testing
