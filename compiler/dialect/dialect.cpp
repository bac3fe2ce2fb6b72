#include "compiler/dialect/dialect.h"

#include <algorithm>

#include "compiler/dialect/session.h"

namespace cambium::dialect {

// The one home of the vtable: a plugin's shared object finds them in the host.
Session::~Session() = default;

std::optional<std::string> describeIn(const catalog::Catalog& found, ObjectKind kind,
                                      std::string_view name) {
  switch (kind) {
    case ObjectKind::table:
      for (const auto& object : found.opaque)
        if (object.kind == "table" && object.name == name) return describe(object);
      if (const auto* table = found.findTable(name)) return describe(*table);
      break;
    case ObjectKind::view:
      if (const auto* view = found.findView(name)) return describe(*view);
      break;
    case ObjectKind::trigger:
      if (const auto* trigger = found.findTrigger(name)) return describe(*trigger);
      break;
  }
  return std::nullopt;
}

void Dialect::addOlder(std::string gate, std::unique_ptr<Dialect> older) {
  older->gate_ = std::move(gate);
  older_.push_back(std::move(older));
}

const Dialect* Dialect::forServer(std::string_view gate) const {
  if (gate == gate_) return this;
  for (const auto& older : older_)
    if (older->gate_ == gate) return older.get();
  return nullptr;
}

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
