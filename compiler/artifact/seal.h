// artifact/seal.h: a model as an immutable document, and back, exactly: sameModel(unseal(seal(m)),
// m). The document is canonical JSON: `{"cambium":"model/1","digest":"<sha256 of the canonical
// body>","model":{…}}`, keys sorted, no floats, newline at the end, two-space indentation (it is
// reviewed in pull requests). The digest is over the compact canonical form of "model" alone.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "compiler/ir/model.h"

namespace cambium::artifact {

std::string seal(const ir::Model&);
// The digest alone (64 hex digits), without building the document.
std::string digest(const ir::Model&);

struct UnsealError {
  enum class Kind { notJson, unknownFormat, malformed, tampered } kind;
  std::string detail;  // what and where, in words
};
// Verifies the digest. Any byte changed in the body, in any way, is found.
Result<ir::Model, UnsealError> unseal(std::string_view document);

}  // namespace cambium::artifact
