#include "compiler/syntax/tree.h"

namespace cambium::syntax {

std::string QName::dotted() const {
  std::string out;
  for (const Name& part : parts) {
    if (!out.empty()) out += '.';
    out += part.text;
  }
  return out;
}

}  // namespace cambium::syntax
