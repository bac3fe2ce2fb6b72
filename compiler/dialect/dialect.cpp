#include "compiler/dialect/dialect.h"

#include <algorithm>

#include "compiler/dialect/session.h"

namespace cambium::dialect {

// The one home of the vtables: a plugin's shared object finds them in the host.
Dialect::~Dialect() = default;
Session::~Session() = default;

void Dialects::add(std::unique_ptr<Dialect> dialect) {
  const auto at = std::lower_bound(
      all_.begin(), all_.end(), dialect,
      [](const auto& a, const auto& b) { return a->traits().dialect < b->traits().dialect; });
  all_.insert(at, std::move(dialect));
}

const Dialect* Dialects::find(std::string_view name) const {
  for (const auto& dialect : all_)
    if (dialect->traits().dialect == name) return dialect.get();
  return nullptr;
}

const Dialect* Dialects::findByScheme(std::string_view scheme) const {
  for (const auto& dialect : all_)
    for (const auto& known : dialect->traits().schemes)
      if (known == scheme) return dialect.get();
  return nullptr;
}

}  // namespace cambium::dialect
