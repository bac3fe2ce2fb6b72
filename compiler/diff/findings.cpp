#include "compiler/diff/findings.h"

#include <fmt/core.h>

#include <algorithm>

namespace cambium::diff {

namespace {

// How many characters two names share at their ends and beginnings: enough to tell the better of two candidates.
size_t likeness(const std::string& a, const std::string& b) {
  size_t front = 0, back = 0;
  while (front < a.size() && front < b.size() && a[front] == b[front]) ++front;
  while (back + front < a.size() && back + front < b.size() && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
  return front + back;
}

}  // namespace

bool Findings::approvedDrop(const std::string& entity, const std::string& property) const {
  if (!set_.migration) return false;
  const auto& rules = set_.migration->approvals;
  return std::any_of(rules.begin(), rules.end(), [&](const ir::ApprovalRule& rule) {
    return rule.kind == ir::ApprovalKind::drop && rule.from.entity == entity && rule.from.property == property;
  });
}

bool Findings::approvedNarrow(PropertyId from) const {
  if (!set_.migration) return false;
  const auto& rules = set_.migration->approvals;
  return std::any_of(rules.begin(), rules.end(), [&](const ir::ApprovalRule& rule) {
    return rule.kind == ir::ApprovalKind::narrow && rule.from.entity == a_[a_[from].entity].name &&
           rule.from.property == a_[from].name;
  });
}

bool Findings::filled(const std::string& entity, const std::string& property) const {
  if (!set_.migration) return false;
  const auto& rules = set_.migration->fills;
  return std::any_of(rules.begin(), rules.end(), [&](const ir::FillRule& rule) {
    return rule.to.entity == entity && rule.to.property == property;
  });
}

bool Findings::transformed(const std::string& entity, const std::string& property, bool made) const {
  if (!set_.migration) return false;
  for (const ir::TransformRule& rule : set_.migration->transforms) {
    if (rule.from.size() == 1 && rule.to.size() == 1) continue;
    const auto& names = made ? rule.to : rule.from;
    if ((made ? rule.toEntity : rule.fromEntity) == entity && std::find(names.begin(), names.end(), property) != names.end())
      return true;
  }
  return false;
}

std::string Findings::pathOf(PropertyId id, const ir::Model& model) const {
  return model[model[id].entity].name + "." + model[id].name;
}

Span Findings::placeOf(EntityId to) const {
  if (set_.migration && set_.migration->span) return set_.migration->span;
  return to ? b_[to].span : Span{};
}

void Findings::offer(Diagnostic& d, const std::string& title, const std::string& line, FixSafety safety) const {
  if (set_.migration && set_.migration->span && set_.migration->span.end > set_.migration->span.begin) {
    d.help(fmt::format("{}: `{}` in the migration", title, line));
    const Span block = set_.migration->span;
    d.fix({title, safety, {{Span{block.file, block.end - 1, block.end - 1}, "  " + line + "\n"}}});
  } else {
    d.help(fmt::format("{}: `migration from \"{}\" to \"{}\" {{ {} }}`", title, a_.version, b_.version, line));
  }
}

void Findings::enumValueGone(EnumId from, EnumId to, const std::string& value) {
  const std::string path = a_[from].name + "." + value;
  Diagnostic d = report<Code::EVO004>(b_[to].span, path);
  offer(d, "if no row needs it", fmt::format("approve drop {} \"why\"", path), FixSafety::placeholder);
  offer(d, "if it has a new name", fmt::format("rename {} -> new_name", path), FixSafety::placeholder);
  sink_.add(std::move(d));
}

void Findings::requiredWithoutFill(PropertyId to) {
  Diagnostic d = report<Code::EVO006>(b_[to].span, pathOf(to, b_));
  offer(d, "say what rows without a value get", fmt::format("fill {} = value", pathOf(to, b_)), FixSafety::placeholder);
  sink_.add(std::move(d));
}

void Findings::typeChanged(PropertyId from, PropertyId to, bool narrows) {
  const std::string old = ir::toString(a_[from].type, a_), fresh = ir::toString(b_[to].type, b_);
  const std::string path = pathOf(from, a_), name = a_[from].name;
  Diagnostic d = narrows ? report<Code::EVO008>(b_[to].span, pathOf(to, b_), old, fresh)
                         : report<Code::EVO007>(b_[to].span, pathOf(to, b_), old, fresh);
  if (narrows) offer(d, "if every row fits", fmt::format("approve narrow {} \"why\"", path), FixSafety::placeholder);
  offer(d, "say how the values change", fmt::format("convert {} up {} down {}", path, name, b_[to].name),
        FixSafety::placeholder);
  sink_.add(std::move(d));
}

bool Findings::alike(PropertyId from, PropertyId to) const {
  const ir::Property &x = a_[from], &y = b_[to];
  if (x.kind != y.kind) return false;
  if (x.kind == ir::PropertyKind::reference) return set_.matching.entityTo[x.target.index()] == y.target;
  const ir::Type &s = x.type, &t = y.type;
  if (s.scalar != t.scalar || s.list != t.list || s.precision != t.precision || s.scale != t.scale) return false;
  return s.scalar != ir::Scalar::enumeration || (s.enumeration && set_.matching.enumTo[s.enumeration.index()] == t.enumeration);
}

std::vector<PropertyId> Findings::finishProperties() {
  for (const PropertyId from : gone_) {
    const std::string path = pathOf(from, a_);
    if (a_[from].computed || approvedDrop(a_[a_[from].entity].name, a_[from].name)) continue;
    New* best = nullptr;
    for (New& candidate : fresh_) {
      if (candidate.explained || !alike(from, candidate.property)) continue;
      if (!best || likeness(a_[from].name, b_[candidate.property].name) > likeness(a_[from].name, b_[best->property].name))
        best = &candidate;
    }
    const std::string approve = fmt::format("approve drop {} \"why\"", path);
    if (best) {
      best->explained = true;
      const std::string name = b_[best->property].name;
      Diagnostic d = report<Code::EVO001>(b_[best->property].span, path, pathOf(best->property, b_));
      offer(d, "if it has a new name", fmt::format("rename {} -> {}", path, name), FixSafety::review);
      offer(d, "if its values may go", approve, FixSafety::placeholder);
      sink_.add(std::move(d));
    } else {
      Diagnostic d = report<Code::EVO003>(placeOf(entity_), path);
      offer(d, "if its values may go", approve, FixSafety::placeholder);
      sink_.add(std::move(d));
    }
  }
  for (const New& fresh : fresh_) {
    if (fresh.filled || fresh.explained) continue;
    Diagnostic d = report<Code::EVO005>(b_[fresh.property].span, pathOf(fresh.property, b_));
    offer(d, "say what old rows get", fmt::format("fill {} = value", pathOf(fresh.property, b_)), FixSafety::placeholder);
    sink_.add(std::move(d));
  }
  fresh_.clear();
  return std::move(gone_);
}

std::vector<EntityId> Findings::finishEntities() {
  std::vector<bool> explained(newEntities_.size());
  for (const EntityId from : goneEntities_) {
    const ir::Entity& old = a_[from];
    if (approvedDrop(old.name, "")) continue;
    size_t best = newEntities_.size(), most = 0;
    for (size_t i = 0; i < newEntities_.size(); ++i) {
      size_t shared = 0;
      for (const PropertyId property : old.properties) shared += b_.findProperty(newEntities_[i], a_[property].name).has_value();
      if (!explained[i] && shared > most && 2 * shared >= old.properties.size()) {
        best = i;
        most = shared;
      }
    }
    const std::string approve = fmt::format("approve drop {} \"why\"", old.name);
    if (best < newEntities_.size()) {
      explained[best] = true;
      const ir::Entity& fresh = b_[newEntities_[best]];
      Diagnostic d = report<Code::EVO001>(fresh.span, old.name, fresh.name);
      offer(d, "if it has a new name", fmt::format("rename {} -> {}", old.name, fresh.name), FixSafety::review);
      offer(d, "if its rows may go", approve, FixSafety::placeholder);
      sink_.add(std::move(d));
    } else {
      Diagnostic d = report<Code::EVO002>(placeOf({}), old.name);
      offer(d, "if its rows may go", approve, FixSafety::placeholder);
      sink_.add(std::move(d));
    }
  }
  return goneEntities_;
}

}  // namespace cambium::diff
