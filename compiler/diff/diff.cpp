#include "compiler/diff/diff.h"

#include <algorithm>

#include "compiler/catalog/lower.h"
#include "compiler/diff/access.h"
#include "compiler/diff/columns.h"
#include "compiler/diff/config.h"
#include "compiler/diff/constraints.h"
#include "compiler/diff/declarations.h"
#include "compiler/diff/exposed.h"
#include "compiler/diff/findings.h"
#include "compiler/diff/implication.h"
#include "compiler/diff/lifecycle.h"
#include "compiler/diff/parts.h"
#include "compiler/diff/widening.h"

namespace cambium::diff {
namespace {

using ir::ApprovalKind;
using ir::PropertyKind;

// The environment that a version comes to first: which plans are made for while it grows.
std::string developed(const ir::Model& model) {
  for (const auto& environment : model.environments)
    if (environment.promoteFrom.empty()) return environment.name;
  return "NAME";
}

class Differ {
public:
  Differ(ChangeSet& set, Rules& rules)
      : set_(set),
        a_(*set.from),
        b_(*set.to),
        rules_(rules),
        comparison_(a_, b_, set.matching, rules),
        findings_(set, rules) {}

  void run(DiagnosticSink& sink) {
    enums();
    std::vector<EntityId> gone, added;
    for (uint32_t i = 0; i < b_.entities.size(); ++i) {
      const EntityId to(i);
      if (const EntityId from = set_.matching.entityFrom[i]) {
        entity(from, to);
      } else {
        add(AddEntity{to});
        added.push_back(to);
      }
    }
    for (uint32_t i = 0; i < a_.entities.size(); ++i)
      if (!set_.matching.entityTo[i]) dropEntity(EntityId(i), gone);
    findings_.entities(gone, added);
    transforms();
    diffTags(set_, rules_, findings_);
    diffContainment(set_);
    diffViews(set_, comparison_, rules_);
    diffConfiguration(set_, sink);
    diffAccess(set_, comparison_, rules_);
    std::stable_sort(set_.changes.begin(), set_.changes.end(),
                     [](const Change& x, const Change& y) { return x.index() < y.index(); });
    versions(sink);
  }

private:
  void add(Change change) { set_.changes.push_back(std::move(change)); }

  // What the two versions are comes before what changed between them: the rest is then of no use.
  void versions(DiagnosticSink& sink) {
    const bool known = a_.entities.size() + a_.enums.size() > 0;
    if (known && a_.package != b_.package) {
      sink.add(report<Code::MIG051>({}, b_.package, a_.package)
                   .help("a package keeps its name through all versions"));
    } else if (!a_.version.empty() && a_.version == b_.version && !set_.changes.empty()) {
      sink.add(report<Code::MIG050>({}, b_.version)
                   .note("the model has changed since it was sealed or applied, and its number has "
                         "not")
                   .help("raise the version in the `package` line; where this one was not sealed, "
                         "keep it first: `cambium seal --from env:" +
                         developed(b_) + "`")
                   .help("or, while nobody needs its rows, start the database anew"));
    } else {
      findings_.finish(sink);
      reportExposed(set_, sink);
    }
  }

  // ---------------------------------------------------------------- enums
  void enums() {
    for (uint32_t i = 0; i < b_.enums.size(); ++i) {
      const EnumId to(i);
      if (const EnumId from = set_.matching.enumFrom[i]) {
        if (a_[from].name != b_[to].name) add(RenameEnum{from, to});
        values(from, to);
        if (wordsDiffer(from, to)) add(ChangeEnumDoc{from, to});
      } else {
        add(AddEnum{to});
      }
    }
    for (uint32_t i = 0; i < a_.enums.size(); ++i) {
      if (set_.matching.enumTo[i]) continue;
      rules_.approved(ApprovalKind::drop, a_[EnumId(i)].name, "");
      add(DropEnum{EnumId(i)});
    }
  }

  static bool has(const ir::Enum& e, const std::string& value) {
    return std::any_of(e.values.begin(), e.values.end(),
                       [&](const ir::EnumValue& v) { return v.name == value; });
  }

  // What is said of an enum and of the values that stay, and in which order these stand.
  bool wordsDiffer(EnumId from, EnumId to) const {
    const ir::Enum &x = a_[from], &y = b_[to];
    const auto words = [](const ir::EnumValue& v, std::string name) {
      return std::tuple(std::move(name), v.title, v.doc);
    };
    std::vector<std::tuple<std::string, std::string, std::string>> was, is;
    for (const auto& value : x.values)
      if (const auto& name = comparison_.newMember(from, value.name); has(y, name))
        was.push_back(words(value, name));
    for (const auto& value : y.values)
      if (std::ranges::any_of(was, [&](const auto& w) { return std::get<0>(w) == value.name; }))
        is.push_back(words(value, value.name));
    return x.doc != y.doc || was != is;
  }

  void values(EnumId from, EnumId to) {
    std::vector<std::string> reached, gone, added;
    for (const ir::EnumValue& value : a_[from].values) {
      const std::string& name = comparison_.newMember(from, value.name);
      if (has(b_[to], name)) {
        if (name != value.name) add(EnumRenameValue{from, to, value.name, name});
        reached.push_back(name);
        continue;
      }
      const bool approved = rules_.approved(ApprovalKind::drop, a_[from].name, value.name);
      if (!approved) gone.push_back(value.name);
      add(EnumDropValue{from, to, value.name, approved});
    }
    for (const ir::EnumValue& value : b_[to].values) {
      if (std::find(reached.begin(), reached.end(), value.name) != reached.end()) continue;
      add(EnumAddValue{to, value.name});
      added.push_back(value.name);
    }
    findings_.values(from, to, gone, added);
  }

  // ---------------------------------------------------------------- entities
  void dropEntity(EntityId id, std::vector<EntityId>& gone) {
    const ir::Entity& e = a_[id];
    const bool approved = rules_.approved(ApprovalKind::drop, e.name, "");
    const bool rows = hasTable(e.lifecycle) && !allWentInto(set_, id);
    findings_.tooEarly(e.name, e.removeAfter);
    if (!approved && rows && !goesWithAnother(id)) gone.push_back(id);
    add(DropEntity{id, approved || !rows});
  }

  static bool isJunction(const ir::Entity& e) {
    return e.made == ir::MadeEntity::junction || e.made == ir::MadeEntity::tagJunction;
  }
  // What is said of a relationship's end, or of a group of tags, is said of the junction.
  bool goesWithAnother(EntityId junction) const {
    const ir::Entity& e = a_[junction];
    if (!isJunction(e)) return false;
    const auto becomesOne = [&](EntityId end) {
      return std::ranges::any_of(a_[end].properties, [&](PropertyId p) {
        const PropertyId now = set_.matching.propertyTo[p.index()];
        return a_[p].through == junction && now && b_[now].kind == PropertyKind::reference;
      });
    };
    return std::ranges::any_of(e.key.properties, [&](PropertyId p) {
      const EntityId end = a_[p].target, now = end ? set_.matching.entityTo[end.index()] : end;
      return !now || becomesOne(end);
    });
  }

  // What its groups and checks say to people.
  static bool sameWordsWithin(const ir::Entity& x, const ir::Entity& y) {
    const auto group = [](const ir::Group& g, const ir::Group& h) {
      return g.name == h.name && g.title == h.title && g.parent == h.parent;
    };
    if (!std::ranges::equal(x.groups, y.groups, group)) return false;
    for (const ir::Check& check : x.checks) {
      const auto same = std::ranges::find(y.checks, check.name, &ir::Check::name);
      if (check.name.empty() || same == y.checks.end()) continue;
      if (same->message != check.message || same->doc != check.doc) return false;
    }
    return true;
  }

  void entity(EntityId from, EntityId to) {
    const ir::Entity &x = a_[from], &y = b_[to];
    const bool renamed = x.name != y.name;
    if (renamed) add(RenameEntity{from, to});
    const bool moved =
        !renamed && catalog::tableName(x, a_.naming) != catalog::tableName(y, b_.naming);
    if (moved || x.native != y.native) add(ChangeTable{from, to});
    const bool sameLife = x.lifecycle == y.lifecycle;
    if (x.doc != y.doc || x.label != y.label || x.removeAfter != y.removeAfter ||
        x.exposed != y.exposed || (sameLife && x.deprecation != y.deprecation) ||
        !sameWordsWithin(x, y))
      add(ChangeEntityDoc{from, to});
    if (!sameLife) lifecycle(from, to);
    if (!sameKey(x, y)) add(ChangeKey{from, to});
    findings_.about(hasTable(x.lifecycle) && hasTable(y.lifecycle));
    properties(from, to);
    diffConstraints(set_, comparison_, rules_, findings_, from, to, unique_);
    unique_ = {};
    findings_.about(true);
  }

  // What is made for an entity lives as that does.
  void lifecycle(EntityId from, EntityId to) {
    const ir::Entity &x = a_[from], &y = b_[to];
    add(ChangeLifecycle{from, to});
    if (y.made != ir::MadeEntity::written || !leavesOut(x.lifecycle, y.lifecycle)) return;
    const bool approved = y.lifecycle == ir::Lifecycle::deleted && hasTable(x.lifecycle) &&
                          rules_.approved(ApprovalKind::drop, x.name, "");
    if (!approved) findings_.leap(from, to);
  }

  bool sameKey(const ir::Entity& x, const ir::Entity& y) const {
    return std::equal(x.key.properties.begin(), x.key.properties.end(), y.key.properties.begin(),
                      y.key.properties.end(), [&](PropertyId p, PropertyId q) {
                        return set_.matching.propertyTo[p.index()] == q;
                      });
  }

  void properties(EntityId from, EntityId to) {
    const ir::Entity &x = a_[from], &y = b_[to];
    std::vector<PropertyId> gone;
    std::vector<Findings::Added> added;
    for (const PropertyId id : y.properties) {
      if (const PropertyId old = set_.matching.propertyFrom[id.index()]) {
        property(from, old, id);
      } else if (!rules_.made(y.name, b_[id].name)) {
        added.push_back(addProperty(y, id));
      }
    }
    for (const PropertyId id : x.properties)
      if (!set_.matching.propertyTo[id.index()] && !rules_.taken(x.name, a_[id].name))
        dropProperty(x, id, to, gone, added);
    findings_.properties(to, gone, std::move(added));
  }

  Findings::Added addProperty(const ir::Entity& entity, PropertyId id) {
    const ir::Property& p = b_[id];
    const bool fills = rules_.fills(entity.name, p.name);
    const bool filled = fills || p.kind == PropertyKind::many || p.type.optional || p.computed ||
                        p.defaultValue || p.autoincrement;
    add(AddProperty{id, filled});
    return {id, !filled, fills || p.kind == PropertyKind::many};
  }

  void dropProperty(const ir::Entity& entity, PropertyId id, EntityId to,
                    std::vector<PropertyId>& gone, std::vector<Findings::Added>& added) {
    const ir::Property& p = a_[id];
    const bool approved = rules_.approved(ApprovalKind::drop, entity.name, p.name);
    const bool holdsNothing = p.kind == PropertyKind::many || p.computed;
    add(DropProperty{id, approved || holdsNothing});
    findings_.tooEarly(entity.name + "." + p.name, p.removeAfter);
    if (approved || p.kind == PropertyKind::many) return;
    const auto same = b_.findProperty(to, p.name);
    const auto twin = std::find_if(added.begin(), added.end(),
                                   [&](const auto& x) { return same && x.property == *same; });
    if (twin != added.end() && b_[*same].kind != p.kind) {
      findings_.kindChanged(id, *same);
      twin->explained = true;
    } else if (!p.computed) {
      gone.push_back(id);
    }
  }

  // ---------------------------------------------------------------- properties
  void property(EntityId entity, PropertyId from, PropertyId to) {
    const ir::Property &x = a_[from], &y = b_[to];
    if (x.kind != PropertyKind::value && y.kind != PropertyKind::value && x.kind != y.kind)
      return cardinality(from, to);
    if (x.name != y.name) add(RenameProperty{from, to});
    const size_t transform = rules_.conversion(a_[entity].name, x.name);
    const bool converted = transform != Rules::kNoTransform;
    if (converted) {
      add(ConvertProperty{from, to, false, transform});
      rules_.approved(ApprovalKind::narrow, a_[entity].name, x.name);
      // What it makes nothing of gets what a `fill` says.
      if (std::ranges::any_of(set_.migration->transforms[transform].up,
                              [](const auto& up) { return ir::mayBeNull(up.value); }))
        rules_.fills(b_[y.entity].name, y.name);
    } else if (x.kind == PropertyKind::value) {
      type(from, to);
    }
    if (!converted && x.kind != PropertyKind::value) reference(from, to);
    if (x.doc != y.doc || x.deprecated != y.deprecated || x.deprecation != y.deprecation ||
        x.removeAfter != y.removeAfter || x.label != y.label || x.group != y.group ||
        x.exposed != y.exposed)
      add(ChangePropertyDoc{from, to});
    if (y.kind == PropertyKind::many) return;
    required(from, to, converted);
    if (!comparison_.same(x.defaultValue, y.defaultValue, entity) ||
        x.autoincrement != y.autoincrement)
      add(ChangeDefault{from, to});
    computed(entity, from, to);
    refinement(entity, from, to);
    if (x.sensitive != y.sensitive) {
      const auto kind = exposes(x, y) ? ApprovalKind::expose : ApprovalKind::protect;
      if (a_[entity].lifecycle != ir::Lifecycle::draft &&
          !rules_.approved(kind, a_[entity].name, x.name))
        kind == ApprovalKind::expose ? findings_.exposed(from, to) : findings_.hidden(from, to);
      add(ChangeSensitivity{from, to});
    }
    const bool reindexed =
        x.kind == PropertyKind::reference && y.kind == x.kind && x.indexed != y.indexed;
    if (columnMoves(x, y) || x.native != y.native || reindexed) add(ChangeColumn{from, to});
    if (x.unique != y.unique) (y.unique ? unique_.now : unique_.before).emplace_back(from, to);
  }

  void required(PropertyId from, PropertyId to, bool converted) {
    const ir::Property &x = a_[from], &y = b_[to];
    if (y.computed || x.type.optional == y.type.optional) return;
    if (y.type.optional) return add(RelaxProperty{from, to});
    const bool fills = rules_.fills(b_[y.entity].name, y.name);
    const bool filled = fills || y.defaultValue || converted;
    add(RequireProperty{from, to, filled});
    if (!filled) findings_.becomesRequired(to);
  }

  void type(PropertyId from, PropertyId to) {
    const ir::Property &x = a_[from], &y = b_[to];
    if (comparison_.sameType(x.type, y.type)) return;
    const bool lossless = widens(x.type, a_, y.type);
    add(ConvertProperty{from, to, lossless});
    // A computed property has no values of its own: its new expression gives them; and a stored one
    // that becomes computed is asked about as such.
    if (lossless || y.computed) return;
    if (rules_.approved(ApprovalKind::narrow, a_[x.entity].name, x.name)) return;
    const EnumId was = x.type.enumeration, is = y.type.enumeration;
    const bool replaced = was && is && x.type.list == y.type.list &&
                          !set_.matching.enumTo[was.index()] && !set_.matching.enumFrom[is.index()];
    if (replaced)
      findings_.enumReplaced(was, is, to);
    else
      findings_.typeChanged(from, to, widens(y.type, b_, x.type) && x.type.scale <= y.type.scale);
  }

  void reference(PropertyId from, PropertyId to) {
    const ir::Property &x = a_[from], &y = b_[to];
    const bool elsewhere = set_.matching.entityTo[x.target.index()] != y.target;
    if (elsewhere && y.kind == PropertyKind::reference) findings_.leadsElsewhere(from, to);
    if (elsewhere || !sameInverse(x, y))
      add(ChangeTarget{from, to});
    else if (x.onDelete != y.onDelete || x.onUpdate != y.onUpdate || x.draft != y.draft ||
             x.deferral != y.deferral || x.foreignKey != y.foreignKey)
      add(ChangeOnDelete{from, to});
  }

  // Of tags the group is asked about (diffTags).
  void cardinality(PropertyId from, PropertyId to) {
    const ir::Property &x = a_[from], &y = b_[to];
    add(ChangeCardinality{from, to});
    if (x.made != ir::MadeProperty::written || y.kind == PropertyKind::many) return;
    if (!rules_.approved(ApprovalKind::narrow, a_[x.entity].name, x.name))
      findings_.onlyOneStays(from, to);
  }

  bool sameInverse(const ir::Property& x, const ir::Property& y) const {
    if (x.kind != PropertyKind::many) return true;
    if (x.through && set_.matching.entityTo[x.through.index()] == y.through) return true;
    const auto was = a_.findProperty(x.target, x.inverse),
               is = b_.findProperty(y.target, y.inverse);
    return !was || !is ? x.inverse == y.inverse : set_.matching.propertyTo[was->index()] == *is;
  }

  void computed(EntityId entity, PropertyId from, PropertyId to) {
    const ir::Property &x = a_[from], &y = b_[to];
    if (comparison_.same(x.computed, y.computed, entity) && x.stored == y.stored) return;
    add(ChangeComputed{from, to});
    if (y.computed && !x.computed &&
        !rules_.approved(ApprovalKind::narrow, a_[entity].name, x.name))
      findings_.computedOverValues(from, to);
  }

  // Every refinement that a value must pass: its own and those of the aliases its type is made of.
  static std::vector<const ir::Expr*> refinements(const ir::Property& property,
                                                  const ir::Model& model) {
    std::vector<const ir::Expr*> all;
    for (ir::AliasId alias = property.type.alias; alias; alias = model[alias].type.alias)
      if (model[alias].where) conditions(*model[alias].where, all);
    if (property.where) conditions(*property.where, all);
    return all;
  }
  // `a and b` demands two things.
  static void conditions(const ir::Expr& e, std::vector<const ir::Expr*>& out) {
    if (e.kind != ir::ExprKind::binary || e.op != ir::Op::andOp) return out.push_back(&e);
    for (const auto& arg : e.args) conditions(arg, out);
  }

  void refinement(EntityId entity, PropertyId from, PropertyId to) {
    const auto old = refinements(a_[from], a_), fresh = refinements(b_[to], b_);
    const auto oldInNew = [&](const ir::Expr& x, const ir::Expr& y) {
      return comparison_.same(x, y, entity);
    };
    const auto newInOld = [&](const ir::Expr& y, const ir::Expr& x) {
      return comparison_.same(x, y, entity);
    };
    // What an old value has passed says that it passes this one; and the other way round.
    const auto known = [&](const ir::Expr* y) {
      return std::ranges::any_of(old, [&](auto* x) { return implies(*x, *y, oldInNew); });
    };
    const auto kept = [&](const ir::Expr* x) {
      return std::ranges::any_of(fresh, [&](auto* y) { return implies(*y, *x, newInOld); });
    };
    const bool relaxes = !std::ranges::all_of(old, kept);
    if (!std::ranges::all_of(fresh, known))
      add(TightenRefinement{from, to, relaxes});
    else if (relaxes)
      add(RelaxRefinement{from, to});
  }

  void transforms() {
    if (!set_.migration) return;
    for (size_t i = 0; i < set_.migration->transforms.size(); ++i) {
      const auto& rule = set_.migration->transforms[i];
      if (rules_.isConversion(rule)) continue;
      add(TransformProperties{i});
      carriedOver(rule);
      mayLose(rule);
    }
  }

  // Values that a split or merge does not keep may be given up, unless their property stays.
  void mayLose(const ir::TransformRule& rule) {
    const auto was = a_.findEntity(rule.fromEntity);
    if (!was) return;
    for (const auto& name : rule.from) {
      const auto from = a_.findProperty(*was, name);
      const PropertyId to = from ? set_.matching.propertyTo[from->index()] : PropertyId();
      const bool stays = to && std::ranges::find(rule.to, b_[to].name) == rule.to.end();
      if (!stays) rules_.approved(ApprovalKind::narrow, rule.fromEntity, name);
    }
  }

  // What a split or merge makes of a sensitive property tells as much as that did.
  void carriedOver(const ir::TransformRule& rule) {
    const auto was = a_.findEntity(rule.fromEntity), is = b_.findEntity(rule.toEntity);
    if (!was || !is) return;
    for (const auto& name : rule.from) {
      const auto from = a_.findProperty(*was, name);
      if (!from || a_[*from].sensitive.empty()) continue;
      for (const auto& up : rule.up) {
        const auto to = b_.findProperty(*is, up.property);
        const auto used = ir::propertiesUsed(up.value);
        if (!to || !exposes(a_[*from], b_[*to]) || std::ranges::find(used, name) == used.end())
          continue;
        if (!rules_.approved(ApprovalKind::expose, rule.fromEntity, name))
          findings_.exposed(*from, *to);
        break;
      }
    }
  }

  ChangeSet& set_;
  const ir::Model& a_;
  const ir::Model& b_;
  Rules& rules_;
  Comparison comparison_;
  Findings findings_;
  UniqueProperties unique_;  // of the entity being compared
};

}  // namespace

ChangeSet diff(std::shared_ptr<const ir::Model> from, std::shared_ptr<const ir::Model> to,
               DiagnosticSink& sink) {
  ChangeSet set;
  set.migration = findMigration(*from, *to);
  Rules rules(set.migration, *from, *to);
  set.matching = match(*from, *to, rules);
  set.from = std::move(from);
  set.to = std::move(to);
  const auto exposed = [](const auto& one) { return one.exposed; };
  set.exposed = std::ranges::any_of(set.from->entities, exposed) ||
                std::ranges::any_of(set.from->properties, exposed) ||
                std::ranges::any_of(set.from->views, exposed) ||
                std::ranges::any_of(set.to->views, exposed);
  Differ(set, rules).run(sink);
  return set;
}

std::vector<ir::ApprovalRule> approvalsNeeded(std::shared_ptr<const ir::Model> from,
                                              std::shared_ptr<const ir::Model> to) {
  ChangeSet set;
  set.migration = findMigration(*from, *to);
  Rules rules(set.migration, *from, *to);
  rules.approveAll();
  set.matching = match(*from, *to, rules);
  set.from = std::move(from);
  set.to = std::move(to);
  DiagnosticSink told;  // when the plan is made
  Differ(set, rules).run(told);
  std::vector<ir::ApprovalRule> out;
  for (const auto& [kind, path] : rules.granted()) out.push_back({kind, path, "", {}});
  return out;
}

std::shared_ptr<const ir::Model> emptyModel(const ir::Model& like) {
  auto model = std::make_shared<ir::Model>();
  model->package = like.package;
  model->naming = like.naming;
  return model;
}

}  // namespace cambium::diff
