#include "compiler/diff/access.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/diff/declarations.h"

namespace cambium::diff {
namespace {

using Kind = DeclarationKind;
using Actions = std::set<ir::AccessAction>;

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string spelled(const Actions& actions) {
  constexpr std::pair<ir::AccessAction, const char*> kWords[] = {
      {ir::AccessAction::read, "read"},
      {ir::AccessAction::insert, "insert"},
      {ir::AccessAction::update, "update"},
      {ir::AccessAction::remove, "delete"}};
  if (actions.size() == std::size(kWords)) return "all";
  std::vector<std::string> words;
  for (const auto& [action, word] : kWords)
    if (actions.contains(action)) words.emplace_back(word);
  return joined(words);
}

// "read on Customer except tax_id to support"
std::string nameOf(const ir::Grant& g) {
  return fmt::format("{} on {}{} to {}", spelled(g.actions), g.on,
                     g.except.empty() ? "" : " except " + joined(g.except), joined(g.roles));
}
std::string nameOf(const ir::Policy& p) {
  return p.name + " on " + p.on;
}

bool includes(const auto& all, const auto& some) {
  return std::ranges::includes(all, some);
}

class Comparer {
public:
  Comparer(ChangeSet& set, const Comparison& comparison, const Rules& rules)
      : set_(set), a_(*set.from), b_(*set.to), comparison_(comparison), rules_(rules) {}

  void run() {
    named(Kind::template_, a_.templates, b_.templates,
          [&](const ir::Template& x, const ir::Template& y) {
            return x.doc == y.doc && sameValues(x, y) ? Verdict::same : Verdict::restricts;
          });
    named(Kind::role, a_.roles, b_.roles, [](const ir::Role& x, const ir::Role& y) {
      return x.title == y.title && x.doc == y.doc ? Verdict::same : Verdict::differs;
    });
    grants();
    policies();
  }

private:
  enum class Verdict : uint8_t { same, differs, restricts };

  void changed(Kind kind, std::string name, size_t from, size_t to, Verdict verdict) {
    if (verdict == Verdict::same) return;
    set_.changes.push_back(
        ChangeDeclaration{kind, std::move(name), from, to, verdict == Verdict::restricts});
  }
  void added(Kind kind, std::string name, size_t index) {
    set_.changes.push_back(AddDeclaration{kind, std::move(name), index});
  }
  void renamed(Kind kind, const std::string& was, const std::string& is, size_t from, size_t to) {
    set_.changes.push_back(RenameDeclaration{kind, was, is, from, to});
  }
  void dropped(Kind kind, std::string name, size_t index) {
    set_.changes.push_back(DropDeclaration{kind, std::move(name), index});
  }

  // Lists that are matched by name.
  template <class T, class Judge>
  void named(Kind kind, const std::vector<T>& old, const std::vector<T>& fresh, Judge judge) {
    std::map<std::string_view, size_t> before;
    for (size_t i = 0; i < old.size(); ++i) before.emplace(newName(old[i].name, fresh, rules_), i);
    for (size_t j = 0; j < fresh.size(); ++j) {
      const auto found = before.find(fresh[j].name);
      if (found == before.end()) {
        added(kind, fresh[j].name, j);
        continue;
      }
      const T& was = old[found->second];
      if (was.name != fresh[j].name) renamed(kind, was.name, fresh[j].name, found->second, j);
      changed(kind, fresh[j].name, found->second, j, judge(was, fresh[j]));
      before.erase(found);
    }
    for (size_t i = 0; i < old.size(); ++i)
      if (before.contains(newName(old[i].name, fresh, rules_))) dropped(kind, old[i].name, i);
  }

  // ---- names of the old version as the new one has them; "" = gone
  std::string newEntity(const std::string& name) const {
    const auto id = a_.findEntity(name);
    if (!id) return newName(name, b_.views, rules_);
    const EntityId to = set_.matching.entityTo[id->index()];
    return to ? b_[to].name : std::string();
  }
  std::string newProperty(const std::string& entity, const std::string& name) const {
    const auto id = a_.findEntity(entity);
    if (!id) return name;  // a column of a view
    const auto property = a_.findProperty(*id, name);
    const PropertyId to = property ? set_.matching.propertyTo[property->index()] : PropertyId{};
    return to ? b_[to].name : std::string();
  }

  // ---- templates
  bool sameValues(const ir::Template& x, const ir::Template& y) const {
    if (set_.matching.entityTo[x.of.index()] != y.of || x.values.size() != y.values.size())
      return false;
    return std::ranges::all_of(x.values, [&](const ir::TemplateValue& value) {
      const std::string name = newProperty(a_[x.of].name, value.property);
      const auto found = std::ranges::find(y.values, name, &ir::TemplateValue::property);
      return found != y.values.end() && sameValue(x.of, value, *found);
    });
  }
  // A tag is the same under its new name.
  bool sameValue(EntityId entity, const ir::TemplateValue& x, const ir::TemplateValue& y) const {
    if (comparison_.same(x.value, y.value, entity)) return true;
    const auto id = a_.findProperty(entity, x.property);
    if (!id || a_[*id].made != ir::MadeProperty::tag || !a_[*id].target) return false;
    const auto* rename = rules_.rename(a_[a_[*id].target].name, x.value.text);
    return rename && rename->to == y.value.text && x.value.kind == y.value.kind;
  }

  std::vector<std::string> newRoles(const std::vector<std::string>& old) const {
    std::vector<std::string> out;
    for (const auto& role : old) out.push_back(newName(role, b_.roles, rules_));
    std::ranges::sort(out);
    return out;
  }
  // Within its entity.
  const std::string& newPolicy(const ir::Policy& old) const {
    const auto* rule = rules_.renameOfName(old.on, old.name);
    const std::string on = rule ? newEntity(old.on) : std::string();
    const bool there = rule && std::ranges::any_of(b_.policies, [&](const ir::Policy& p) {
                         return p.name == rule->to && p.on == on;
                       });
    return there ? rule->to : old.name;
  }

  // ---- grants: of one entity or view, to the same roles
  std::vector<std::string> newExcept(const ir::Grant& g) const {
    std::vector<std::string> out;
    for (const auto& name : g.except)
      if (auto now = newProperty(g.on, name); !now.empty()) out.push_back(std::move(now));
    std::ranges::sort(out);
    return out;
  }

  void grants() {
    std::vector<bool> matched(a_.grants.size());
    std::vector<size_t> rest;
    const auto pairs = [&](size_t i, const ir::Grant& y) {
      const ir::Grant& x = a_.grants[i];
      return !matched[i] && newRoles(x.roles) == y.roles && newEntity(x.on) == y.on;
    };
    const auto equal = [&](size_t i, const ir::Grant& y) {
      return a_.grants[i].actions == y.actions && newExcept(a_.grants[i]) == y.except;
    };
    // Those that stay as they are first, so that the others are compared with what changed.
    for (size_t j = 0; j < b_.grants.size(); ++j) {
      size_t i = 0;
      while (i < matched.size() && !(pairs(i, b_.grants[j]) && equal(i, b_.grants[j]))) ++i;
      if (i < matched.size())
        matched[i] = true;
      else
        rest.push_back(j);
    }
    for (const size_t j : rest) {
      const ir::Grant& y = b_.grants[j];
      size_t i = 0;
      while (i < matched.size() && !pairs(i, y)) ++i;
      if (i == matched.size()) {
        added(Kind::grant, nameOf(y), j);
        continue;
      }
      matched[i] = true;
      const bool gives =
          includes(y.actions, a_.grants[i].actions) && includes(newExcept(a_.grants[i]), y.except);
      changed(Kind::grant, nameOf(y), i, j, gives ? Verdict::differs : Verdict::restricts);
    }
    for (size_t i = 0; i < matched.size(); ++i)
      if (!matched[i]) dropped(Kind::grant, nameOf(a_.grants[i]), i);
  }

  // ---- policies: by the entity and the name
  void policies() {
    std::map<std::pair<std::string, std::string_view>, size_t> before;
    for (size_t i = 0; i < a_.policies.size(); ++i)
      before.emplace(
          std::pair(newEntity(a_.policies[i].on), std::string_view(newPolicy(a_.policies[i]))), i);
    std::vector<bool> matched(a_.policies.size());
    for (size_t j = 0; j < b_.policies.size(); ++j) {
      const ir::Policy& y = b_.policies[j];
      const auto found = before.find(std::pair(y.on, std::string_view(y.name)));
      if (found == before.end()) {
        added(Kind::policy, nameOf(y), j);
        continue;
      }
      const ir::Policy& x = a_.policies[found->second];
      matched[found->second] = true;
      if (x.name != y.name) renamed(Kind::policy, nameOf(x), y.name, found->second, j);
      const bool same = x.actions == y.actions && newRoles(x.roles) == y.roles &&
                        comparison_.same(x.condition, y.condition, *a_.findEntity(x.on));
      changed(Kind::policy, nameOf(y), found->second, j,
              !same            ? Verdict::restricts
              : x.doc != y.doc ? Verdict::differs
                               : Verdict::same);
    }
    for (size_t i = 0; i < matched.size(); ++i)
      if (!matched[i]) dropped(Kind::policy, nameOf(a_.policies[i]), i);
  }

  ChangeSet& set_;
  const ir::Model& a_;
  const ir::Model& b_;
  const Comparison& comparison_;
  const Rules& rules_;
};

}  // namespace

void diffAccess(ChangeSet& set, const Comparison& comparison, const Rules& rules) {
  Comparer(set, comparison, rules).run();
}

}  // namespace cambium::diff
