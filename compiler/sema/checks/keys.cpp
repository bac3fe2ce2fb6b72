// sema/checks/keys.cpp
#include "compiler/sema/checks/checks.h"

namespace cambium::sema {

// The database can count only for a key that is one whole number.
void checkAutoincrement(Context& c) {
  for (const auto& p : c.model.properties) {
    if (!p.autoincrement || c.work[p.entity.index()].keyBroken) continue;
    const auto& key = c.model[p.entity].key.properties;
    const bool whole = p.kind == ir::PropertyKind::value && !p.type.list &&
                       (p.type.scalar == ir::Scalar::int16 || p.type.scalar == ir::Scalar::int32 ||
                        p.type.scalar == ir::Scalar::int64);
    if (p.type.scalar == ir::Scalar::error && p.kind == ir::PropertyKind::value) continue;
    if (whole && key.size() == 1 && c.model[key[0]].span == p.span) continue;
    c.add(report<Code::KEY005>(p.span))
        .help("it is the default of a key that is one integer: `key id: int64 = autoincrement()`");
  }
}

}  // namespace cambium::sema
