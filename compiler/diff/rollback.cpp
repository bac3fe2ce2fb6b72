#include "compiler/diff/rollback.h"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/diff/diff.h"
#include "compiler/diff/match.h"
#include "compiler/diff/merges.h"
#include "compiler/diff/parts.h"

namespace cambium::diff {
namespace {

constexpr std::string_view kReason = "rolled back";

bool has(const std::vector<std::string>& list, const std::string& name) {
  return std::ranges::find(list, name) != list.end();
}

class Turn {
public:
  Turn(const ir::Model& newer, const ir::Model& older, Lines forth, Lines said,
       DiagnosticSink& sink)
      : newer_(newer),
        older_(older),
        forth_(forth),
        said_(said),
        sink_(sink),
        rules_(forth.migration, older, newer),
        matching_(match(older, newer, rules_)) {}

  ir::Migration run() {
    out_.from = newer_.version;
    out_.to = older_.version;
    if (said_.migration) take(*said_.migration);
    if (forth_.migration) {
      for (const auto& rule : forth_.migration->renames) rename(rule);
      for (const auto& rule : forth_.migration->transforms) transform(rule);
    }
    return std::move(out_);
  }

private:
  // What somebody wrote for the way back is taken as it is.
  void take(const ir::Migration& said) {
    out_.span = said.span;
    out_.block = said.block;
    out_.renames = said.renames;
    out_.approvals = said.approvals;
    out_.transforms = said.transforms;
    out_.fills = said.fills;
    for (auto& rule : out_.transforms) {
      for (auto& assignment : rule.up) settle(assignment.value, *said_.of);
      for (auto& assignment : rule.down) settle(assignment.value, *said_.of);
    }
    for (auto& rule : out_.fills) settle(rule.value, *said_.of);
  }

  bool saidOf(const ir::Path& newer, const ir::Path& older) const {
    if (!said_.migration) return false;
    const auto& said = *said_.migration;
    return std::ranges::any_of(
               said.renames,
               [&](const ir::RenameRule& rule) {
                 if (rule.from == newer) return true;
                 // Of several values that become one each has a line.
                 return rule.from.entity == newer.entity &&
                        rule.from.property.empty() == newer.property.empty() &&
                        !mergeOf(&said, rule.from.entity, rule.from.property) &&
                        rule.to == (older.property.empty() ? older.entity : older.property);
               }) ||
           std::ranges::any_of(said.transforms, [&](const ir::TransformRule& rule) {
             return (rule.fromEntity == newer.entity && has(rule.from, newer.property)) ||
                    (rule.toEntity == older.entity && has(rule.to, older.property));
           });
  }

  // What the entity, enum or group of tags is called in the newer version.
  std::string newOwner(const std::string& old) const {
    const auto* rule = rules_.rename(old, "");
    return rule ? rule->to : old;
  }
  std::string oldOwner(const std::string& name) const {
    for (const auto& rule : forth_.migration->renames)
      if (rule.from.property.empty() && rule.to == name) return rule.from.entity;
    return name;
  }

  // Values that became one stay one: nobody knows which row had which.
  void rename(const ir::RenameRule& rule) {
    const ir::Path& was = rule.from;
    if (mergeOf(forth_.migration, was.entity, was.property)) return;
    const bool whole = was.property.empty();
    const ir::Path now = whole ? ir::Path{rule.to, ""} : ir::Path{newOwner(was.entity), rule.to};
    if (!saidOf(now, was)) out_.renames.push_back({now, whole ? was.entity : was.property, {}});
  }

  // Both versions have it, under whatever name, and no transform makes it anew.
  bool stays(const ir::TransformRule& rule, const std::string& old) const {
    const auto entity = older_.findEntity(rule.fromEntity);
    const auto id = entity ? older_.findProperty(*entity, old) : std::nullopt;
    const PropertyId now = id ? matching_.propertyTo[id->index()] : PropertyId{};
    return now && !has(rule.to, newer_[now].name);
  }

  void transform(const ir::TransformRule& rule) {
    for (const auto& now : rule.to)
      for (const auto& was : rule.from)
        if (saidOf({rule.toEntity, now}, {rule.fromEntity, was})) return;
    std::vector<std::string> gone;
    for (const auto& name : rule.from)
      if (!stays(rule, name)) gone.push_back(name);
    if (gone.empty()) return;  // what it was made of is there: what was made goes
    if (rule.down.empty()) return oneWay(rule, gone);
    ir::TransformRule back{rule.toEntity, rule.fromEntity, rule.to, gone, {}, rule.up, {}, rule.by};
    for (const auto& assignment : rule.down)
      if (has(gone, assignment.property)) back.up.push_back(assignment);
    for (auto& assignment : back.up) settle(assignment.value, *forth_.of);
    for (auto& assignment : back.down) settle(assignment.value, *forth_.of);
    out_.transforms.push_back(std::move(back));
  }

  // Without `down` nobody knows what the old values were. Under another name the new one goes, and
  // the old one comes back empty, like anything that was dropped; under its own name that has to
  // be said.
  void oneWay(const ir::TransformRule& rule, const std::vector<std::string>& gone) {
    for (const auto& name : gone) {
      const auto entity = older_.findEntity(rule.fromEntity);
      const auto id = entity ? older_.findProperty(*entity, name) : std::nullopt;
      if (!id) continue;
      const ir::Property& old = older_[*id];
      const bool filled = std::ranges::any_of(out_.fills, [&](const ir::FillRule& fill) {
        return fill.to == ir::Path{rule.fromEntity, name};
      });
      if (!old.type.optional && !old.defaultValue && !filled) {
        const std::string path = rule.fromEntity + "." + name;
        sink_.add(report<Code::EVO068>(said_.migration ? said_.migration->span : Span{}, path)
                      .help(fmt::format("say what its rows get, in a block of the package: "
                                        "`migration from \"{}\" to \"{}\" {{ fill {} = … }}`",
                                        newer_.version, older_.version, path))
                      .help("or how it is made of what there is: `convert … up … down …`"));
        continue;
      }
      if (!has(rule.to, name)) continue;
      ir::TransformRule back{rule.toEntity, rule.fromEntity, {name}, {name}, {}, {}, {}};
      ir::Expr nothing;
      nothing.kind = ir::ExprKind::literal;
      nothing.type.scalar = ir::Scalar::null;
      nothing.type.optional = true;
      back.up.push_back({name, std::move(nothing)});
      for (const auto& assignment : rule.up)
        if (assignment.property == name) back.down.push_back(assignment);
      for (auto& assignment : back.down) settle(assignment.value, *forth_.of);
      out_.transforms.push_back(std::move(back));
    }
  }

  // Enums of the version that the lines are of become those of the older one; where it has none
  // they are texts.
  void settle(ir::Expr& e, const ir::Model& of) const {
    for (auto& arg : e.args) settle(arg, of);
    if (e.type.scalar != ir::Scalar::enumeration || !e.type.enumeration) return;
    const std::string& name = of[e.type.enumeration].name;
    auto own = older_.findEnum(forth_.migration ? oldOwner(name) : name);
    if (own && e.kind == ir::ExprKind::member &&
        std::ranges::find(older_[*own].values, e.text, &ir::EnumValue::name) ==
            older_[*own].values.end())
      own.reset();
    e.type.enumeration = own ? *own : EnumId{};
    if (own) return;
    e.type.scalar = ir::Scalar::text;
    if (e.kind == ir::ExprKind::member) e.kind = ir::ExprKind::literal;
  }

  const ir::Model& newer_;
  const ir::Model& older_;
  Lines forth_, said_;
  DiagnosticSink& sink_;
  Rules rules_;
  Matching matching_;
  ir::Migration out_;
};

}  // namespace

std::shared_ptr<const ir::Model> turnedRound(const std::shared_ptr<const ir::Model>& newer,
                                             const std::shared_ptr<const ir::Model>& older,
                                             Lines forth, Lines said, DiagnosticSink& sink) {
  auto target = std::make_shared<ir::Model>(*older);
  target->migrations = {Turn(*newer, *older, forth, said, sink).run()};
  // Whoever asks for the rollback approves of all of it, after it was counted.
  auto& approvals = target->migrations.front().approvals;
  for (auto& rule : approvalsNeeded(newer, target)) {
    rule.reason = kReason;
    approvals.push_back(std::move(rule));
  }
  return target;
}

std::vector<Returning> returning(const ChangeSet& back) {
  using With = Returning::With;
  const ir::Model& to = *back.to;
  std::vector<Returning> out;
  for (const Change& change : back.changes) {
    if (const auto* c = std::get_if<AddEntity>(&change)) {
      if (!cameOutOf(back, c->entity)) out.push_back({c->entity, {}, With::nothing});
    } else if (const auto* c = std::get_if<AddProperty>(&change)) {
      const ir::Property& p = to[c->property];
      if (p.computed || p.kind == ir::PropertyKind::many) continue;
      const bool filled =
          back.migration && std::ranges::any_of(back.migration->fills, [&](const auto& rule) {
            return rule.to == ir::Path{to[p.entity].name, p.name};
          });
      out.push_back({p.entity, c->property,
                     filled           ? With::fill
                     : p.defaultValue ? With::byDefault
                                      : With::nothing});
    }
  }
  return out;
}

}  // namespace cambium::diff
