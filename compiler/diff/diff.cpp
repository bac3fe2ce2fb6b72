#include "compiler/diff/diff.h"

#include <algorithm>

#include "compiler/diff/findings.h"
#include "compiler/diff/match.h"

namespace cambium::diff {

namespace {

using ir::PropertyKind;
using ir::Scalar;

// Every refinement that a value must pass: its own and those of the aliases its type is made of.
std::vector<const ir::Expr*> refinements(const ir::Property& property, const ir::Model& model) {
  std::vector<const ir::Expr*> all;
  for (ir::AliasId alias = property.type.alias; alias; alias = model[alias].type.alias)
    if (model[alias].where) all.push_back(&*model[alias].where);
  if (property.where) all.push_back(&*property.where);
  return all;
}

int integerRank(Scalar s) {
  switch (s) {
    case Scalar::int16: return 1;
    case Scalar::int32: return 2;
    case Scalar::int64: return 3;
    default: return 0;
  }
}

// A limit where 0 means none.
bool within(uint32_t inner, uint32_t outer) { return outer == 0 || (inner != 0 && inner <= outer); }

// Every value of `a` is a value of `b`, and is written the same way.
bool widens(const ir::Type& a, const ir::Type& b) {
  if (a.list != b.list) return false;
  if (integerRank(a.scalar) && integerRank(b.scalar)) return integerRank(a.scalar) <= integerRank(b.scalar);
  if (a.scalar == Scalar::float32 && b.scalar == Scalar::float64) return true;
  if (ir::isTextual(a.scalar) && ir::isTextual(b.scalar)) return within(a.length, b.length);
  if (a.scalar != b.scalar) return false;
  if (a.scalar == Scalar::bytes) return within(a.length, b.length);
  if (a.scalar == Scalar::decimal) return a.scale == b.scale && a.precision <= b.precision;
  return false;
}

class Differ {
public:
  Differ(ChangeSet& set, DiagnosticSink& sink)
      : set_(set), a_(*set.from), b_(*set.to), sink_(sink),
        comparison_(a_, b_, set.matching, set.migration), findings_(set, sink) {}

  void run() {
    enums();
    for (uint32_t i = 0; i < a_.entities.size(); ++i)
      if (const EntityId to = set_.matching.entityTo[i]) entity(EntityId(i), to);
      else findings_.dropped(EntityId(i));
    for (uint32_t i = 0; i < b_.entities.size(); ++i)
      if (!set_.matching.entityFrom[i]) {
        add(AddEntity{EntityId(i)});
        findings_.added(EntityId(i));
      }
    for (const EntityId id : findings_.finishEntities()) add(DropEntity{id, findings_.approvedDrop(a_[id].name, "")});
    if (set_.migration)
      for (size_t i = 0; i < set_.migration->transforms.size(); ++i) {
        const auto& rule = set_.migration->transforms[i];
        if (rule.from.size() != 1 || rule.to.size() != 1) add(TransformProperties{i});
      }
    std::stable_sort(set_.changes.begin(), set_.changes.end(),
                     [](const Change& x, const Change& y) { return x.index() < y.index(); });
  }

private:
  void add(Change change) { set_.changes.push_back(std::move(change)); }

  // ---------------------------------------------------------------- enums
  void enums() {
    for (uint32_t i = 0; i < a_.enums.size(); ++i) {
      const EnumId from(i), to = set_.matching.enumTo[i];
      if (!to) {
        add(DropEnum{from});
        continue;
      }
      if (a_[from].name != b_[to].name) add(RenameEnum{from, to});
      enumValues(from, to);
    }
    for (uint32_t i = 0; i < b_.enums.size(); ++i)
      if (!set_.matching.enumFrom[i]) add(AddEnum{EnumId(i)});
  }

  static bool has(const ir::Enum& e, const std::string& value) {
    return std::any_of(e.values.begin(), e.values.end(), [&](const ir::EnumValue& v) { return v.name == value; });
  }

  void enumValues(EnumId from, EnumId to) {
    std::vector<std::string> reached;
    for (const ir::EnumValue& value : a_[from].values) {
      const std::string renamed = comparison_.newMember(from, value.name);
      if (renamed != value.name) {
        add(EnumRenameValue{from, to, value.name, renamed});
        reached.push_back(renamed);
      } else if (has(b_[to], value.name)) {
        reached.push_back(value.name);
      } else {
        const bool approved = findings_.approvedDrop(a_[from].name, value.name);
        if (!approved) findings_.enumValueGone(from, to, value.name);
        add(EnumDropValue{from, to, value.name, approved});
      }
    }
    for (const ir::EnumValue& value : b_[to].values)
      if (std::find(reached.begin(), reached.end(), value.name) == reached.end()) add(EnumAddValue{to, value.name});
  }

  // ---------------------------------------------------------------- entities
  void entity(EntityId from, EntityId to) {
    const ir::Entity &x = a_[from], &y = b_[to];
    if (x.name != y.name) add(RenameEntity{from, to});
    if (x.table != y.table || x.native != y.native || a_.naming != b_.naming) add(ChangeTable{from, to});
    if (x.doc != y.doc) add(ChangeEntityDoc{from, to});
    if (x.lifecycle != y.lifecycle) add(ChangeLifecycle{from, to});
    if (!sameKey(x, y)) add(ChangeKey{from, to});
    for (const PropertyId property : x.properties) {
      if (const PropertyId other = set_.matching.propertyTo[property.index()]) {
        this->property(from, property, other);
      } else if (a_[property].kind != PropertyKind::many && !findings_.transformed(x.name, a_[property].name, false)) {
        findings_.dropped(to, property);
      }
    }
    for (const PropertyId property : y.properties) {
      if (set_.matching.propertyFrom[property.index()] || b_[property].kind == PropertyKind::many) continue;
      const ir::Property& p = b_[property];
      const bool made = findings_.transformed(y.name, p.name, true);
      const bool filled = made || p.type.optional || p.computed || p.defaultValue || p.autoincrement || findings_.filled(y.name, p.name);
      add(AddProperty{property, filled});
      if (!made) findings_.added(property, filled);
    }
    for (const PropertyId property : findings_.finishProperties())
      add(DropProperty{property, findings_.approvedDrop(x.name, a_[property].name)});
    constraints(from, to);
  }

  bool sameKey(const ir::Entity& x, const ir::Entity& y) const {
    return std::equal(x.key.properties.begin(), x.key.properties.end(), y.key.properties.begin(),
                      y.key.properties.end(),
                      [&](PropertyId p, PropertyId q) { return set_.matching.propertyTo[p.index()] == q; });
  }

  // ---------------------------------------------------------------- properties
  void property(EntityId entity, PropertyId from, PropertyId to) {
    const ir::Property &x = a_[from], &y = b_[to];
    if (y.kind == PropertyKind::many) return;  // no column
    if (x.name != y.name) add(RenameProperty{from, to});
    if (x.kind == PropertyKind::value) type(from, to);
    else reference(from, to);
    if (x.type.optional && !y.type.optional && !y.computed) {
      const bool filled = y.defaultValue || findings_.filled(b_[y.entity].name, y.name) || transformOf(from) != ConvertProperty::kNoTransform;
      add(RequireProperty{from, to, filled});
      if (!filled) findings_.requiredWithoutFill(to);
    } else if (!x.type.optional && y.type.optional && !y.computed) {
      add(RelaxProperty{from, to});
    }
    if (!comparison_.same(x.defaultValue, y.defaultValue, entity) || x.autoincrement != y.autoincrement)
      add(ChangeDefault{from, to});
    if (!comparison_.same(x.computed, y.computed, entity) || x.stored != y.stored) add(ChangeComputed{from, to});
    refinement(entity, from, to);
    if (x.sensitive != y.sensitive) add(ChangeSensitivity{from, to});
    if (x.column != y.column || x.native != y.native || x.indexed != y.indexed) add(ChangeColumn{from, to});
    if (x.doc != y.doc) add(ChangePropertyDoc{from, to});
    if (!x.unique && y.unique) add(AddUniqueProperty{from, to});
    if (x.unique && !y.unique) add(DropUniqueProperty{from, to});
  }

  size_t transformOf(PropertyId from) const {
    if (!set_.migration) return ConvertProperty::kNoTransform;
    const auto& rules = set_.migration->transforms;
    for (size_t i = 0; i < rules.size(); ++i)
      if (rules[i].from.size() == 1 && rules[i].to.size() == 1 && rules[i].from.front() == a_[from].name &&
          rules[i].fromEntity == a_[a_[from].entity].name)
        return i;
    return ConvertProperty::kNoTransform;
  }

  void type(PropertyId from, PropertyId to) {
    const ir::Property &x = a_[from], &y = b_[to];
    const size_t transform = transformOf(from);
    if (transform != ConvertProperty::kNoTransform) {
      add(ConvertProperty{from, to, false, transform});
    } else if (!comparison_.sameType(x.type, y.type)) {
      const bool lossless = widens(x.type, y.type);
      // A computed property has no values of its own: its new expression gives them.
      const bool explained = lossless || (x.computed && y.computed);
      if (!explained && !findings_.approvedNarrow(from)) findings_.typeChanged(from, to, widens(y.type, x.type));
      add(ConvertProperty{from, to, lossless});
    }
  }

  void reference(PropertyId from, PropertyId to) {
    const ir::Property &x = a_[from], &y = b_[to];
    if (set_.matching.entityTo[x.target.index()] != y.target) add(ChangeTarget{from, to});
    else if (x.onDelete != y.onDelete || x.onUpdate != y.onUpdate) add(ChangeOnDelete{from, to});
  }

  void refinement(EntityId entity, PropertyId from, PropertyId to) {
    const auto old = refinements(a_[from], a_), fresh = refinements(b_[to], b_);
    const auto contains = [&](const auto& list, const auto& wanted, bool wantedIsOld) {
      return std::any_of(list.begin(), list.end(), [&](const ir::Expr* e) {
        return wantedIsOld ? comparison_.same(*wanted, *e, entity) : comparison_.same(*e, *wanted, entity);
      });
    };
    const bool kept = std::all_of(fresh.begin(), fresh.end(), [&](const ir::Expr* e) { return contains(old, e, false); });
    const bool gone = std::any_of(old.begin(), old.end(), [&](const ir::Expr* e) { return !contains(fresh, e, true); });
    if (!kept) add(TightenRefinement{from, to});
    else if (gone) add(RelaxRefinement{from, to});
  }

  // ---------------------------------------------------------------- constraints and indexes
  // Pairs the two lists by `same`; what is left of the old one is dropped, of the new one added.
  template <class List, class Same, class Drop, class Add>
  static void pair(const List& old, const List& fresh, Same same, Drop drop, Add add) {
    std::vector<bool> used(fresh.size());
    for (size_t i = 0; i < old.size(); ++i) {
      size_t j = 0;
      while (j < fresh.size() && (used[j] || !same(old[i], fresh[j]))) ++j;
      if (j < fresh.size()) used[j] = true;
      else drop(i);
    }
    for (size_t j = 0; j < fresh.size(); ++j)
      if (!used[j]) add(j);
  }

  void constraints(EntityId from, EntityId to) {
    const ir::Entity &x = a_[from], &y = b_[to];
    const auto sameIndex = [&](const auto& p, const auto& q) {
      return p.name == q.name && p.databaseName == q.databaseName && comparison_.same(p.parts, q.parts, from) &&
             comparison_.same(p.where, q.where, from);
    };
    pair(x.uniques, y.uniques, sameIndex, [&](size_t i) { add(DropUnique{from, i}); },
         [&](size_t i) { add(AddUnique{to, i}); });
    pair(x.indexes, y.indexes, sameIndex, [&](size_t i) { add(DropIndex{from, i}); },
         [&](size_t i) { add(AddIndex{to, i}); });
    pair(
        x.checks, y.checks,
        [&](const ir::Check& p, const ir::Check& q) {
          return p.name == q.name && p.databaseName == q.databaseName && comparison_.same(p.condition, q.condition, from);
        },
        [&](size_t i) { add(DropCheck{from, i}); }, [&](size_t i) { add(AddCheck{to, i}); });
  }

  ChangeSet& set_;
  const ir::Model& a_;
  const ir::Model& b_;
  DiagnosticSink& sink_;
  Comparison comparison_;
  Findings findings_;
};

}  // namespace

ChangeSet diff(std::shared_ptr<const ir::Model> from, std::shared_ptr<const ir::Model> to, DiagnosticSink& sink) {
  ChangeSet set;
  set.migration = findMigration(*from, *to);
  set.matching = match(*from, *to, set.migration);
  set.from = std::move(from);
  set.to = std::move(to);
  Differ(set, sink).run();
  return set;
}

std::shared_ptr<const ir::Model> emptyModel(const ir::Model& like) {
  auto model = std::make_shared<ir::Model>();
  model->package = like.package;
  model->naming = like.naming;
  return model;
}

}  // namespace cambium::diff
