#include "compiler/dialect/dialect.h"

#include <algorithm>

#include "compiler/catalog/kept.h"
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
    case ObjectKind::kept:
      if (found.kept.contains(name)) return std::string(catalog::kKept);
      break;
  }
  return std::nullopt;
}

void Dialect::addGate(std::string gate, std::string name, std::unique_ptr<Dialect> behind) {
  behind->gate_ = std::move(gate);
  behind->name_ = std::move(name);
  behind->plain_ = this;
  gates_.push_back(std::move(behind));
}

const Dialect* Dialect::forServer(std::string_view gate) const {
  if (gate == gate_) return this;
  if (plain_) return plain_->forServer(gate);
  for (const auto& behind : gates_)
    if (behind->gate_ == gate) return behind.get();
  return nullptr;
}

void Dialects::add(std::unique_ptr<Dialect> dialect) {
  const auto at = std::lower_bound(
      all_.begin(), all_.end(), dialect,
      [](const auto& a, const auto& b) { return a->traits().dialect < b->traits().dialect; });
  all_.insert(at, std::move(dialect));
}

const Dialect* Dialects::find(std::string_view name) const {
  for (const auto& dialect : all_) {
    if (dialect->name() == name) return dialect.get();
    for (const auto& behind : dialect->gates())
      if (behind->name() == name) return behind.get();
  }
  return nullptr;
}

const Dialect* Dialects::findByScheme(std::string_view scheme) const {
  const auto means = [&](const Dialect& dialect) {
    return std::ranges::find(dialect.traits().schemes, scheme) != dialect.traits().schemes.end();
  };
  for (const auto& dialect : all_)
    for (const auto& behind : dialect->gates())
      if (means(*behind)) return behind.get();
  for (const auto& dialect : all_)
    if (means(*dialect)) return dialect.get();
  return nullptr;
}

}  // namespace cambium::dialect
