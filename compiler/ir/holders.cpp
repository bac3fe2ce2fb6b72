#include "compiler/ir/holders.h"

namespace cambium::ir {

Holders::Holders(const Model& m) {
  for (const auto& e : m.entities) {
    const auto add = [&](Span member) {
      if (member) byPlace_[{member.file.index(), member.begin}].push_back(e.span);
    };
    for (const auto id : e.properties) add(m[id].span);
    for (const auto& one : e.indexes) add(one.span);
    for (const auto& one : e.uniques) add(one.span);
    for (const auto& one : e.checks) add(one.span);
  }
}

const std::vector<Span>& Holders::of(Span member) const {
  static const std::vector<Span> kNone;
  const auto found = byPlace_.find({member.file.index(), member.begin});
  return found == byPlace_.end() ? kNone : found->second;
}

}  // namespace cambium::ir
