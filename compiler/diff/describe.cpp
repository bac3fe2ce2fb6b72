// Each change as one line for people, in the names of the user.
#include <fmt/core.h>

#include "compiler/base/result.h"
#include "compiler/catalog/lower.h"
#include "compiler/diff/columns.h"
#include "compiler/diff/config.h"
#include "compiler/diff/diff.h"
#include "compiler/diff/exposed.h"
#include "compiler/diff/lifecycle.h"
#include "compiler/diff/merges.h"

namespace cambium::diff {
namespace {

std::string pathOf(PropertyId id, const ir::Model& model) {
  return model[model[id].entity].name + "." + model[id].name;
}

// "string(80)?", "ref Customer?", "many Order".
std::string typeOf(PropertyId id, const ir::Model& model) {
  const ir::Property& p = model[id];
  if (p.kind == ir::PropertyKind::value)
    return ir::toString(p.type, model) + (p.computed ? " computed" : "");
  const bool many = p.kind == ir::PropertyKind::many;
  return fmt::format("{} {}{}", many ? "many" : "ref", p.target ? model[p.target].name : "",
                     !many && p.type.optional ? "?" : "");
}

std::string textOf(const Boxed<ir::Expr>& e, const ir::Model& model) {
  return e ? ir::toString(*e, model) : "none";
}

std::string defaultOf(const ir::Property& p, const ir::Model& model) {
  return p.autoincrement ? "autoincrement()" : textOf(p.defaultValue, model);
}

std::string computedOf(const ir::Property& p, const ir::Model& model) {
  if (!p.computed) return "not computed";
  return ir::toString(*p.computed, model) + (p.stored ? " computed stored" : " computed");
}

std::string byDialect(std::string_view annotation,
                      const std::map<std::string, std::string>& texts) {
  std::string out;
  for (const auto& [dialect, text] : texts)
    out += fmt::format("{}{}: \"{}\"", out.empty() ? "" : ", ", dialect, text);
  return out.empty() ? "" : fmt::format(" @{}({})", annotation, out);
}

// "by_name (name, born desc) where … @using(…) @include(price)"
template <class T>
std::string indexText(const T& index, const ir::Model& model) {
  std::string out = index.name.empty() ? "(" : index.name + " (";
  for (size_t i = 0; i < index.parts.size(); ++i)
    out += (i ? ", " : "") + ir::toString(index.parts[i].expr, model) +
           (index.parts[i].descending ? " desc" : "") + byDialect("native", index.parts[i].native);
  out += ")";
  if (index.where) out += " where " + ir::toString(*index.where, model);
  if constexpr (std::is_same_v<T, ir::Index>) out += byDialect("using", index.method);
  for (size_t i = 0; i < index.include.size(); ++i)
    out += (i ? ", " : " @include(") + ir::toString(index.include[i], model);
  return out + (index.include.empty() ? "" : ")");
}

std::string checkText(const ir::Check& check, const ir::Model& model) {
  return (check.name.empty() ? "" : check.name + ": ") + ir::toString(check.condition, model);
}

std::string refinementText(const ir::Property& p, const ir::Model& model) {
  std::string out;
  const auto add = [&](const Boxed<ir::Expr>& where) {
    if (where) out += (out.empty() ? "where " : " and where ") + ir::toString(*where, model);
  };
  for (ir::AliasId alias = p.type.alias; alias; alias = model[alias].type.alias)
    add(model[alias].where);
  add(p.where);
  return out.empty() ? "any value" : out;
}

std::string_view text(ir::RefAction action) {
  switch (action) {
    case ir::RefAction::restrict: return "restrict";
    case ir::RefAction::cascade: return "cascade";
    case ir::RefAction::setNull: return "set null";
    case ir::RefAction::setDefault: return "set default";
    case ir::RefAction::noAction: return "no action";
  }
  return "";
}

std::string_view deferralOf(const ir::Property& p) {
  switch (p.deferral) {
    case ir::Deferral::no: return "not deferrable";
    case ir::Deferral::immediate: return "deferrable";
    case ir::Deferral::deferred: return "deferred";
  }
  return "";
}

std::string keyText(EntityId id, const ir::Model& model) {
  std::string out;
  for (const PropertyId p : model[id].key.properties)
    out += (out.empty() ? "" : ", ") + model[p].name;
  return "(" + out + ")";
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

class Describer {
public:
  explicit Describer(const ChangeSet& set) : set_(set), a_(*set.from), b_(*set.to) {}

  // ---- entities
  std::string operator()(const AddEntity& c) const { return "+ entity " + b_[c.entity].name; }
  std::string operator()(const DropEntity& c) const { return "- entity " + a_[c.entity].name; }
  std::string operator()(const RenameEntity& c) const {
    return fmt::format("~ entity {} → {}", a_[c.from].name, b_[c.to].name);
  }
  std::string operator()(const ChangeTable& c) const {
    const auto was = catalog::tableName(a_[c.from], a_.naming),
               is = catalog::tableName(b_[c.to], b_.naming);
    return entity(c.to, was == is ? "options of its table" : fmt::format("table {} → {}", was, is));
  }
  std::string operator()(const ChangeEntityDoc& c) const { return entity(c.to, "documentation"); }
  std::string operator()(const ChangeLifecycle& c) const {
    return entity(c.to, fmt::format("{} → {}", lifecycleWord(a_[c.from].lifecycle),
                                    lifecycleWord(b_[c.to].lifecycle)));
  }
  std::string operator()(const ChangeKey& c) const {
    return entity(c.to, fmt::format("key {} → {}", keyText(c.from, a_), keyText(c.to, b_)));
  }
  // ---- properties
  std::string operator()(const AddProperty& c) const {
    return fmt::format("+ {}: {}", pathOf(c.property, b_), typeOf(c.property, b_));
  }
  std::string operator()(const DropProperty& c) const {
    return fmt::format("- {}: {}", pathOf(c.property, a_), typeOf(c.property, a_));
  }
  std::string operator()(const RenameProperty& c) const {
    return fmt::format("~ {}.{} → {}", b_[b_[c.to].entity].name, a_[c.from].name, b_[c.to].name);
  }
  std::string operator()(const ConvertProperty& c) const {
    const auto was = typeOf(c.from, a_), is = typeOf(c.to, b_);
    return property(c, was == is ? "its values are converted" : fmt::format("{} → {}", was, is));
  }
  std::string operator()(const TransformProperties& c) const {
    const ir::TransformRule& rule = set_.migration->transforms[c.transform];
    if (!rule.by.empty())
      return fmt::format("~ {}: {} → {}: {}", rule.fromEntity, joined(rule.from), rule.toEntity,
                         joined(rule.to));
    return fmt::format("~ {}: {} → {}", rule.toEntity, joined(rule.from), joined(rule.to));
  }
  std::string operator()(const RequireProperty& c) const { return said(c, "becomes required"); }
  std::string operator()(const RelaxProperty& c) const { return said(c, "becomes optional"); }
  std::string operator()(const ChangeDefault& c) const {
    return property(
        c, fmt::format("default {} → {}", defaultOf(a_[c.from], a_), defaultOf(b_[c.to], b_)));
  }
  std::string operator()(const ChangeComputed& c) const {
    return property(c,
                    fmt::format("{} → {}", computedOf(a_[c.from], a_), computedOf(b_[c.to], b_)));
  }
  std::string operator()(const TightenRefinement& c) const { return refined(c); }
  std::string operator()(const RelaxRefinement& c) const { return refined(c); }
  std::string operator()(const ChangeOnDelete& c) const {
    const ir::Property &x = a_[c.from], &y = b_[c.to];
    std::string out;
    if (x.draft != y.draft) return property(c, y.draft ? "a draft" : "no draft any more");
    if (x.onDelete != y.onDelete)
      out = fmt::format("on delete {} → {}", text(x.onDelete), text(y.onDelete));
    if (x.onUpdate != y.onUpdate)
      out += fmt::format("{}on update {} → {}", out.empty() ? "" : ", ", text(x.onUpdate),
                         text(y.onUpdate));
    const auto also = [&](const std::string& what) { out += (out.empty() ? "" : ", ") + what; };
    if (x.deferral != y.deferral) also(fmt::format("{} → {}", deferralOf(x), deferralOf(y)));
    if (x.foreignKey != y.foreignKey)
      also(y.foreignKey.empty() ? "its foreign key has the name that goes without saying"
                                : "its foreign key is called " + y.foreignKey);
    return property(c, out);
  }
  std::string operator()(const ChangeTarget& c) const {
    const ir::Property &x = a_[c.from], &y = b_[c.to];
    const auto inverse = [](const ir::Property& p) {
      return p.inverse.empty() ? "" : " inverse " + p.inverse;
    };
    return property(c, fmt::format("{}{} → {}{}", typeOf(c.from, a_), inverse(x), typeOf(c.to, b_),
                                   inverse(y)));
  }
  std::string operator()(const ChangeCardinality& c) const {
    const std::string &was = a_[c.from].name, &is = b_[c.to].name;
    return property(c, fmt::format("{}{} → {}", was == is ? "" : was + ", ", typeOf(c.from, a_),
                                   typeOf(c.to, b_)));
  }
  std::string operator()(const ChangeSensitivity& c) const {
    const auto text = [](const ir::Property& p) {
      return p.sensitive.empty()  ? "not sensitive"
             : p.sensitive == "*" ? "sensitive"
                                  : "sensitive (" + p.sensitive + ")";
    };
    return property(c, fmt::format("{} → {}", text(a_[c.from]), text(b_[c.to])));
  }
  std::string operator()(const ChangeColumn& c) const {
    const ir::Property &x = a_[c.from], &y = b_[c.to];
    std::string out;
    if (columnMoves(x, y)) out = fmt::format("column {} → {}", columnOf(x), columnOf(y));
    if (x.native != y.native) out += out.empty() ? "native type" : ", native type";
    if (x.indexed != y.indexed)
      out +=
          std::string(out.empty() ? "" : ", ") + (y.indexed ? "its index comes" : "its index goes");
    return property(c, out);
  }
  std::string operator()(const ChangePropertyDoc& c) const {
    if (a_[c.from].deprecated != b_[c.to].deprecated)
      return said(c, b_[c.to].deprecated ? "becomes deprecated" : "is no longer deprecated");
    return property(c, "documentation");
  }
  // ---- constraints and indexes
  std::string operator()(const AddUnique& c) const {
    return fmt::format("+ {}: unique {}", b_[c.entity].name,
                       indexText(b_[c.entity].uniques[c.unique], b_));
  }
  std::string operator()(const DropUnique& c) const {
    return fmt::format("- {}: unique {}", a_[c.entity].name,
                       indexText(a_[c.entity].uniques[c.unique], a_));
  }
  std::string operator()(const AddIndex& c) const {
    return fmt::format("+ {}: index {}", b_[c.entity].name,
                       indexText(b_[c.entity].indexes[c.index], b_));
  }
  std::string operator()(const DropIndex& c) const {
    return fmt::format("- {}: index {}", a_[c.entity].name,
                       indexText(a_[c.entity].indexes[c.index], a_));
  }
  std::string operator()(const AddCheck& c) const {
    return fmt::format("+ {}: check {}", b_[c.entity].name,
                       checkText(b_[c.entity].checks[c.check], b_));
  }
  std::string operator()(const DropCheck& c) const {
    return fmt::format("- {}: check {}", a_[c.entity].name,
                       checkText(a_[c.entity].checks[c.check], a_));
  }
  std::string operator()(const RenameUnique& c) const {
    return renamed(c, "unique", a_[c.from].uniques[c.was], b_[c.to].uniques[c.is]);
  }
  std::string operator()(const RenameIndex& c) const {
    return renamed(c, "index", a_[c.from].indexes[c.was], b_[c.to].indexes[c.is]);
  }
  std::string operator()(const RenameCheck& c) const {
    return renamed(c, "check", a_[c.from].checks[c.was], b_[c.to].checks[c.is]);
  }
  std::string operator()(const AddUniqueProperty& c) const { return said(c, "becomes unique"); }
  std::string operator()(const DropUniqueProperty& c) const {
    return said(c, "is no longer unique");
  }
  // ---- enums
  std::string operator()(const AddEnum& c) const { return "+ enum " + b_[c.enumeration].name; }
  std::string operator()(const DropEnum& c) const { return "- enum " + a_[c.enumeration].name; }
  std::string operator()(const RenameEnum& c) const {
    return fmt::format("~ enum {} → {}", a_[c.from].name, b_[c.to].name);
  }
  std::string operator()(const ChangeEnumDoc& c) const {
    const ir::Enum &x = a_[c.from], &y = b_[c.to];
    bool words = x.doc != y.doc;
    for (const auto& was : x.values)
      for (const auto& is : y.values)
        words = words || (was.name == is.name && (was.title != is.title || was.doc != is.doc));
    return fmt::format("~ enum {}: {}", b_[c.to].name,
                       words ? "documentation" : "order of its values");
  }
  std::string operator()(const EnumAddValue& c) const {
    return fmt::format("+ {}.{}", b_[c.enumeration].name, c.value);
  }
  std::string operator()(const EnumRenameValue& c) const {
    return fmt::format("~ {}.{} → {}", b_[c.to].name, c.oldValue, c.newValue);
  }
  std::string operator()(const EnumDropValue& c) const {
    return fmt::format("- {}.{}{}", a_[c.from].name, c.value, merged(mergedInto(set_, c)));
  }
  // ---- tags, containment, declarations
  std::string operator()(const AddTag& c) const { return fmt::format("+ {}.{}", c.group, c.tag); }
  std::string operator()(const DropTag& c) const {
    return fmt::format("- {}.{}{}", c.group, c.tag, merged(mergedInto(set_, c)));
  }
  std::string operator()(const RenameTag& c) const {
    return fmt::format("~ {}.{} → {}", c.group, c.oldTag, c.newTag);
  }
  std::string operator()(const ChangeTag& c) const {
    return fmt::format("~ {}.{}: words or place", c.group, c.tag);
  }
  std::string operator()(const ChangeTagSelection& c) const {
    return fmt::format("~ tags {}: {}", c.group,
                       c.multiple ? "single → multiple" : "multiple → single");
  }
  std::string operator()(const ExtendContainment& c) const {
    return fmt::format("+ {} contains {}", b_[c.parent].name, b_[c.child].name);
  }
  std::string operator()(const RestrictContainment& c) const {
    return fmt::format("- {} contains {}", a_[c.parent].name, a_[c.child].name);
  }
  std::string operator()(const AddDeclaration& c) const {
    return fmt::format("+ {} {}", word(c.kind), c.name);
  }
  std::string operator()(const RenameDeclaration& c) const {
    return fmt::format("~ {} {} → {}", word(c.kind), c.oldName, c.newName);
  }
  std::string operator()(const ChangeDeclaration& c) const {
    const std::string detail = configurationDetail(c, set_);
    return fmt::format("~ {} {}{}{}", word(c.kind), c.name, detail.empty() ? "" : ": ", detail);
  }
  std::string operator()(const DropDeclaration& c) const {
    return fmt::format("- {} {}", word(c.kind), c.name);
  }

private:
  static std::string merged(const std::string& into) {
    return into.empty() ? std::string() : " → " + into;
  }
  static std::string_view word(DeclarationKind kind) {
    switch (kind) {
      case DeclarationKind::view: return "view";
      case DeclarationKind::template_: return "template";
      case DeclarationKind::role: return "role";
      case DeclarationKind::grant: return "grant";
      case DeclarationKind::policy: return "policy";
      case DeclarationKind::schema: return "schema";
      case DeclarationKind::namespace_: return "namespace";
    }
    return "";
  }
  // "~ Order: index by_date → by_day"; where the model's names say nothing of it, those that the
  // database is told, and else what it is over.
  template <class C, class Constraint>
  std::string renamed(const C& c, const char* kind, const Constraint& was,
                      const Constraint& is) const {
    const bool named = was.name != is.name;
    const auto name = [&](const Constraint& one, const ir::Model& model) {
      if (named && !one.name.empty()) return one.name;
      if (!named && !one.databaseName.empty()) return one.databaseName;
      if constexpr (std::is_same_v<Constraint, ir::Check>)
        return checkText(one, model);
      else
        return indexText(one, model);
    };
    return fmt::format("~ {}: {} {} → {}", b_[c.to].name, kind, name(was, a_), name(is, b_));
  }
  std::string entity(EntityId to, const std::string& what) const {
    return fmt::format("~ {}: {}", b_[to].name, what);
  }
  template <class C>
  std::string property(const C& c, const std::string& what) const {
    return fmt::format("~ {}: {}", pathOf(c.to, b_), what);
  }
  template <class C>
  std::string said(const C& c, const char* what) const {
    return fmt::format("~ {} {}", pathOf(c.to, b_), what);
  }
  template <class C>
  std::string refined(const C& c) const {
    return property(
        c, fmt::format("{} → {}", refinementText(a_[c.from], a_), refinementText(b_[c.to], b_)));
  }

  const ChangeSet& set_;
  const ir::Model& a_;
  const ir::Model& b_;
};

}  // namespace

std::string describe(const Change& change, const ChangeSet& set) {
  return std::visit(Describer(set), change);
}

std::string toString(const Change& change, const ChangeSet& set) {
  return describe(change, set) + (isExposed(change, set) ? " (exposed)" : "");
}

}  // namespace cambium::diff
