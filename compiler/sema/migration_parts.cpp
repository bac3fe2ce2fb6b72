// sema/migration_parts.cpp
#include "compiler/sema/migration_parts.h"

#include <algorithm>

#include <fmt/core.h>

namespace cambium::sema {
namespace {

using Kind = syntax::MigrationItem::Kind;

bool isEntity(const Place& place) {
  return place.entity && !place.property && !place.tag && place.path.property.empty();
}

class Line {
public:
  Line(Context& c, const Versions& v, const syntax::MigrationItem& item, const Place& first,
       const std::map<std::string, std::string>& renamed)
      : c_(c), v_(v), item_(item), first_(first), renamed_(renamed) {}

  std::optional<Parts> read() {
    const bool splits = item_.kind == Kind::split;
    const auto found = splits ? split() : merge();
    if (!found) return std::nullopt;
    const auto [wholeBefore, wholeAfter, part] = *found;
    for (const auto& [model, id] :
         {std::pair(&v_.from.model(), wholeBefore), std::pair(&v_.to.model(), wholeAfter),
          std::pair(splits ? &v_.to.model() : &v_.from.model(), part)})
      if (const auto& e = (*model)[id]; e.lifecycle == ir::Lifecycle::draft ||
                                        e.lifecycle == ir::Lifecycle::deleted ||
                                        e.lifecycle == ir::Lifecycle::external)
        return cannot(item_.paths[0].span,
                      fmt::format("`{}` has no rows that are looked after", e.name),
                      "both have a table in this version: no drafts, and none of others");
    const Side& side = splits ? v_.to : v_.from;
    const auto whole = splits ? wholeAfter : wholeBefore;
    const auto& name = side.model()[part].name;
    if (!item_.by) {
      auto& d = c_.add(report<Code::MIG016>(item_.paths[0].span, name, side.model()[whole].name));
      for (const auto id : side.model()[part].properties) {
        const auto& p = side.model()[id];
        if (p.kind == ir::PropertyKind::reference && p.target == whole)
          d.help(fmt::format("`by {}`", p.name));
      }
      if (d.helps.empty())
        d.help(fmt::format("give `{}` a reference: `key {}: ref {} on delete cascade`", name,
                           "whole", side.model()[whole].name));
      return std::nullopt;
    }
    if (!belongs(side.model(), part, whole)) return std::nullopt;
    Parts out;
    out.from = splits ? wholeBefore : part;
    out.to = splits ? part : wholeAfter;
    out.rule.fromEntity = v_.from.model()[out.from].name;
    out.rule.toEntity = v_.to.model()[out.to].name;
    out.rule.by = item_.by.text;
    out.rule.span = item_.paths[0].span;
    assigned(v_.from, out.from, item_.downAssigns, out.rule.from, out.taken, out.takenAt);
    assigned(v_.to, out.to, item_.upAssigns, out.rule.to, out.made, out.madeAt);
    const auto& goes = splits ? out.rule.from : out.rule.to;  // of the whole, in one version alone
    for (size_t i = 0; i < goes.size(); ++i)
      if (splits ? v_.to.findProperty(wholeAfter, goes[i])
                 : v_.from.findProperty(wholeBefore, goes[i]))
        return cannot((splits ? out.takenAt : out.madeAt)[i],
                      fmt::format("`{}` has it in both versions", v_.to.model()[wholeAfter].name),
                      "remove it from one of the two, or leave it out here");
    return out;
  }

private:
  struct Three {
    ir::EntityId wholeBefore, wholeAfter, part;
  };

  // What is not there, or twice, is told with the assignment.
  static void assigned(const Side& side, ir::EntityId entity,
                       const std::vector<syntax::Assign>& list, std::vector<std::string>& names,
                       std::vector<ir::PropertyId>& ids, std::vector<Span>& spans) {
    for (const auto& assign : list) {
      const auto id = assign.name ? side.findProperty(entity, assign.name.text) : std::nullopt;
      if (!id || std::ranges::find(ids, *id) != ids.end()) continue;
      names.push_back(side.model()[*id].name);
      ids.push_back(*id);
      spans.push_back(assign.name.span);
    }
  }

  std::string_view kind() const { return done(item_.kind); }
  std::nullopt_t cannot(Span span, const std::string& why, const std::string& help) const {
    told(span, why, help);
    return std::nullopt;
  }
  Diagnostic& told(Span span, const std::string& why, const std::string& help) const {
    auto& d = c_.add(report<Code::MIG015>(item_.paths[0].span, first_.path.entity, kind(),
                                          item_.by ? item_.by.text : "…"));
    d.label(span, why);
    if (!help.empty()) d.help(help);
    return d;
  }
  const std::string& newName(const std::string& old) const {
    const auto it = renamed_.find(old);
    return it == renamed_.end() ? old : it->second;
  }
  bool isNew(const std::string& name) const {
    const bool renamed =
        std::ranges::any_of(renamed_, [&](const auto& rename) { return rename.second == name; });
    return !renamed && (!v_.from.findEntity(name) || renamed_.contains(name));
  }

  std::optional<ir::EntityId> target(const syntax::Name& name) const {
    const auto id = v_.to.findEntity(name.text);
    if (id) return id;
    auto& d = c_.add(report<Code::MIG004>(name.span, v_.to.version, name.text));
    suggest(d, name.text, name.span, v_.to.entityNames());
    return std::nullopt;
  }

  std::optional<Three> split() const {
    if (item_.targets.size() != 2)
      return cannot(item_.paths[0].span, "it becomes two",
                    "name the one that it stays, and the other one: one after the other where "
                    "there are more");
    const auto one = target(item_.targets[0]), other = target(item_.targets[1]);
    if (!one || !other) return std::nullopt;
    const std::string& stays = newName(first_.path.entity);
    const auto named = [&](ir::EntityId id) { return v_.to.model()[id].name == stays; };
    if (*one == *other || (!named(*one) && !named(*other)))
      return cannot(item_.targets[0].span, fmt::format("one of the two is `{}` itself", stays),
                    "where it gets another name it has a `rename`");
    const auto part = named(*one) ? *other : *one;
    const auto& name = v_.to.model()[part].name;
    if (!isNew(name))
      return cannot(item_.targets[named(*one) ? 1 : 0].span,
                    fmt::format("version \"{}\" has `{}`, too", v_.from.version, name),
                    "what becomes of its rows is the other half of a `split`: carry values over "
                    "into an entity that is there by properties of its own");
    return Three{*first_.entity, named(*one) ? *one : *other, part};
  }

  std::optional<Three> merge() const {
    if (item_.paths.size() != 2 || item_.targets.size() != 1)
      return cannot(item_.paths[0].span, "two become one",
                    "one after the other where there are more");
    const auto second = v_.from.find(item_.paths[1]);
    if (!second || !isEntity(*second)) {
      c_.add(report<Code::MIG003>(item_.paths[1].span, v_.from.version, item_.paths[1].dotted()));
      return std::nullopt;
    }
    const auto into = target(item_.targets[0]);
    if (!into) return std::nullopt;
    const auto& name = v_.to.model()[*into].name;
    const bool firstStays = newName(first_.path.entity) == name;
    if (*first_.entity == *second->entity || (!firstStays && newName(second->path.entity) != name))
      return cannot(item_.targets[0].span, "it is one of the two",
                    "where it gets another name it has a `rename`");
    const Place& part = firstStays ? *second : first_;
    if (v_.to.findEntity(newName(part.path.entity)))
      return cannot(item_.paths[firstStays ? 1 : 0].span,
                    fmt::format("version \"{}\" has it still", v_.to.version),
                    "remove it from the model, or remove this line");
    return Three{firstStays ? *first_.entity : *second->entity, *into, *part.entity};
  }

  // At most one row of the part for each of the whole, and none without.
  bool belongs(const ir::Model& model, ir::EntityId part, ir::EntityId whole) const {
    const auto& entity = model[part];
    const auto id = model.findProperty(part, item_.by.text);
    const Span span = item_.by.span;
    const auto refuse = [&](const std::string& why, const std::string& help,
                            const std::vector<std::string_view>& meant = {}) {
      auto& d = told(span, why, help);
      suggest(d, item_.by.text, span, meant);
      if (d.helps.empty() && !meant.empty()) d.help(fmt::format("there is `by {}`", meant.front()));
      return false;
    };
    const auto line =
        fmt::format("key {}: ref {} on delete cascade", item_.by.text, model[whole].name);
    if (!id || model[*id].kind != ir::PropertyKind::reference || model[*id].target != whole) {
      std::vector<std::string_view> references;
      for (const auto p : entity.properties)
        if (model[p].kind == ir::PropertyKind::reference && model[p].target == whole)
          references.push_back(model[p].name);
      return refuse(fmt::format("no reference of `{}` to `{}`", entity.name, model[whole].name),
                    references.empty() ? fmt::format("give `{}` one: `{}`", entity.name, line) : "",
                    references);
    }
    if (model[*id].type.optional)
      return refuse("it may be empty", "a part without its whole says nothing: make it required");
    const bool alone = entity.key.properties == std::vector{*id} || model[*id].unique ||
                       std::ranges::any_of(entity.uniques, [&](const ir::Unique& unique) {
                         return !unique.where && unique.parts.size() == 1 &&
                                unique.parts[0].expr.kind == ir::ExprKind::property &&
                                unique.parts[0].expr.path == std::vector{model[*id].name};
                       });
    if (!alone)
      return refuse(
          fmt::format("several rows of `{}` may have one `{}`", entity.name, model[whole].name),
          fmt::format("let there be one at most: `@unique`, or `{}`", line));
    return true;
  }

  Context& c_;
  const Versions& v_;
  const syntax::MigrationItem& item_;
  const Place& first_;
  const std::map<std::string, std::string>& renamed_;
};

}  // namespace

std::string_view notStored(const ir::Model& model, const ir::Property& p) {
  if (p.kind == ir::PropertyKind::many)
    return p.through ? "a many-to-many" : "the other side of a reference";
  if (p.computed) return "computed";
  if (p.kind == ir::PropertyKind::reference && hasSeveralColumns(model, p))
    return "a reference to a composite key";
  return "";
}

bool isAboutEntities(const Versions& v, const syntax::MigrationItem& item, const Place& first) {
  if (!isEntity(first)) return false;
  if (item.by) return true;
  const auto isTarget = [&](const syntax::Name& name) {
    return name && v.to.findEntity(name.text).has_value();
  };
  return std::ranges::all_of(item.targets, isTarget);
}

std::optional<Parts> partsOf(Context& c, const Versions& v, const syntax::MigrationItem& item,
                             const Place& first,
                             const std::map<std::string, std::string>& renamedEntities) {
  if (std::ranges::any_of(item.targets, [](const auto& name) { return !name; })) return {};
  return Line(c, v, item, first, renamedEntities).read();
}

}  // namespace cambium::sema
