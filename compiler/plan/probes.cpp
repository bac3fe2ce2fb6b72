// Queries on the database as it is that count the rows in the way of a breaking or destructive
// change.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "compiler/diff/merges.h"
#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

class Probes {
public:
  explicit Probes(const Context& c) : c_(c) {}

  std::vector<DataProbe> run() {
    for (const auto& change : c_.changes.changes)
      if (const auto* x = std::get_if<diff::AddCheck>(&change))
        declared_.emplace(x->entity, newCheckName(*x));
    for (const auto& change : c_.changes.changes) {
      compatibility_ = diff::classify(change, c_.changes);
      std::visit(
          Overloaded{
              [&](const diff::DropEntity& x) { dropEntity(x.entity); },
              [&](const diff::DropProperty& x) { dropProperty(x.property); },
              [&](const diff::RequireProperty& x) { require(x.from); },
              [&](const diff::TightenRefinement& x) { checks(x.from, x.to); },
              [&](const diff::ConvertProperty& x) { convert(x); },
              [&](const diff::AddCheck& x) { check(x); },
              [&](const diff::AddUnique& x) { unique(x.entity); },
              [&](const diff::AddUniqueProperty& x) { unique(c_.b()[x.to].entity); },
              [&](const diff::EnumDropValue& x) { dropValue(x); },
              // Every row that is there fits the new version.
              [](const diff::AddEntity&) {}, [&](const diff::AddProperty& x) { fill(x.property); },
              [](const diff::AddIndex&) {}, [](const diff::AddEnum&) {},
              [](const diff::EnumAddValue&) {}, [](const diff::RelaxProperty&) {},
              [](const diff::RelaxRefinement&) {}, [](const diff::ChangeDefault&) {},
              [](const diff::DropUnique&) {}, [](const diff::DropIndex&) {},
              [](const diff::DropCheck&) {}, [](const diff::DropUniqueProperty&) {},
              [](const diff::DropEnum&) {}, [](const diff::ChangeEntityDoc&) {},
              [](const diff::ChangePropertyDoc&) {},
              // No row is in the way: they stay, are carried over, or are computed anew.
              [](const diff::RenameEntity&) {}, [](const diff::ChangeTable&) {},
              [&](const diff::ChangeLifecycle& x) { comesToBe(x); },
              [](const diff::RenameUnique&) {}, [](const diff::RenameIndex&) {},
              [](const diff::RenameCheck&) {}, [](const diff::RenameDeclaration&) {},
              [](const diff::RenameProperty&) {},
              [&](const diff::TransformProperties& x) {
                leads(c_.changes.migration->transforms[x.transform]);
              },
              [](const diff::ChangeComputed&) {}, [](const diff::ChangeColumn&) {},
              [](const diff::ChangeSensitivity&) {}, [](const diff::RenameEnum&) {},
              [](const diff::ChangeEnumDoc&) {}, [](const diff::EnumRenameValue&) {},
              // Of the tables that tags and containment are made of, which have probes.
              [](const diff::AddTag&) {}, [&](const diff::DropTag& x) { dropTag(x); },
              [](const diff::RenameTag&) {}, [](const diff::ChangeTag&) {},
              [](const diff::ChangeTagSelection&) {}, [](const diff::ExtendContainment&) {},
              [](const diff::RestrictContainment&) {},
              // No rows of their own.
              [](const diff::AddDeclaration&) {}, [](const diff::ChangeDeclaration&) {},
              [](const diff::DropDeclaration&) {}, [&](const diff::ChangeKey& x) { key(x.to); },
              [&](const diff::ChangeOnDelete& x) { reference(x.from, x.to); },
              [&](const diff::ChangeCardinality& x) { several(x.from); },
              // Refused, however many rows there are.
              [](const diff::ChangeTarget&) {}},
          change);
    }
    return std::move(out_);
  }

private:
  void add(std::string title, std::string countSql, std::string listSql, Span cause) {
    if (seen_.insert(countSql).second)
      out_.push_back(
          {std::move(title), std::move(countSql), compatibility_, cause, std::move(listSql)});
  }
  // Rows of a table of the old version that are there, and where.
  void addRows(std::string title, const catalog::Table& table, const std::string& where,
               Span cause) {
    add(std::move(title), countRows(table.name, where, c_.traits),
        mayShow(table.primaryKey, table.name) ? listRows(table, where, c_.traits) : "", cause);
  }
  void addDuplicates(std::string title, const std::string& table, const catalog::Index& index,
                     Span cause) {
    std::vector<std::string> columns;
    for (const auto& part : index.parts) {
      const auto named = part.column.empty() ? identifiersIn(part.sql, c_.traits)
                                             : std::vector<std::string>{part.column};
      columns.insert(columns.end(), named.begin(), named.end());
    }
    add(std::move(title), countDuplicates(table, index, c_.traits),
        mayShow(columns, table) ? listDuplicates(table, index, c_.traits) : "", cause);
  }
  void addOrphans(std::string title, const catalog::Table& table, const catalog::ForeignKey& fk,
                  Span cause) {
    add(std::move(title), countOrphans(table.name, fk, c_.traits),
        mayShow(table.primaryKey, table.name) ? listOrphans(table, fk, c_.traits) : "", cause);
  }

  // Nobody is shown what is sensitive, nor a reference to such a key.
  bool mayShow(const std::vector<std::string>& columns, const std::string& table) const {
    for (uint32_t p = 0; p < c_.a().properties.size(); ++p) {
      const ir::PropertyId id(p);
      const auto& property = c_.a()[id];
      if (c_.from.table(property.entity) != table || !isSensitive(property)) continue;
      for (const auto& column : c_.from.columnsOf(id))
        if (std::ranges::find(columns, column) != columns.end()) return false;
    }
    return true;
  }
  bool isSensitive(const ir::Property& property) const {
    if (!property.sensitive.empty()) return true;
    if (property.kind != ir::PropertyKind::reference || !property.target) return false;
    return std::ranges::any_of(c_.a()[property.target].key.properties,
                               [&](ir::PropertyId key) { return !c_.a()[key].sensitive.empty(); });
  }
  const catalog::Table* was(ir::EntityId entity) {
    return c_.plan.before.findTable(c_.from.table(entity));
  }

  void dropEntity(ir::EntityId id) {
    if (const auto* table = was(id))
      addRows(fmt::format("rows of {}", c_.a()[id].name), *table, "", c_.a()[id].span);
  }

  void dropProperty(ir::PropertyId id) {
    const auto& property = c_.a()[id];
    const auto& columns = c_.from.columnsOf(id);
    const auto* table = was(property.entity);
    if (columns.empty() || !table || property.computed) return;
    addRows(fmt::format("rows of {} with {}", c_.a()[property.entity].name, property.name), *table,
            c_.quote(columns.front()) + " IS NOT NULL", property.span);
  }

  // Of a many-to-many that becomes a reference: rows that have more than the one that stays.
  void several(ir::PropertyId id) {
    const auto& property = c_.a()[id];
    if (property.kind != ir::PropertyKind::many || !was(property.through)) return;
    const auto here = c_.a().findProperty(property.through, property.throughHere);
    if (!here) return;
    std::string owner;
    for (const auto& column : c_.from.columnsOf(*here))
      owner += (owner.empty() ? "" : ", ") + c_.quote(column);
    const std::string table = c_.from.table(property.through);
    const std::string groups =
        fmt::format("SELECT {0} FROM {1} GROUP BY {0} HAVING count(*) > 1", owner, c_.quote(table));
    add(fmt::format("rows of {} with several {}", c_.a()[property.entity].name, property.name),
        fmt::format("SELECT count(*) FROM ({}) t", groups),
        mayShow(c_.from.columnsOf(*here), table) ? groups : "", property.span);
  }

  void require(ir::PropertyId id) {
    const auto& property = c_.a()[id];
    const auto& columns = c_.from.columnsOf(id);
    const auto* table = was(property.entity);
    if (columns.empty() || !table) return;
    addRows(fmt::format("rows of {} without {}", c_.a()[property.entity].name, property.name),
            *table, c_.quote(columns.front()) + " IS NULL", property.span);
  }

  // A value that becomes a reference, or one that leads to something else: rows with what no row
  // is known by.
  void leads(const ir::TransformRule& rule) {
    const auto from = c_.a().findEntity(rule.fromEntity), to = c_.b().findEntity(rule.toEntity);
    const auto* before = from && to && rule.by.empty() ? was(*from) : nullptr;
    for (size_t i = 0; before && i < rule.up.size(); ++i) {
      const auto id = c_.b().findProperty(*to, rule.up[i].property);
      if (!id || c_.b()[*id].kind != ir::PropertyKind::reference || c_.b()[*id].draft) continue;
      const auto target = c_.changes.matching.entityFrom[c_.b()[*id].target.index()];
      const auto* table = target ? was(target) : nullptr;
      if (!table || table->primaryKey.size() != 1) continue;
      const auto value = render(
          rule.up[i].value, c_.a(), c_.from, *from, c_.traits,
          [&](const std::string& name) { return c_.quote(before->name) + "." + c_.quote(name); });
      addRows(fmt::format("rows of {} whose new {} would refer to no {}", rule.toEntity,
                          rule.up[i].property, c_.b()[c_.b()[*id].target].name),
              *before,
              leadsNowhere(value, {{}, {}, table->name, table->primaryKey, {}, {}}, c_.traits),
              rule.span);
    }
  }

  void convert(const diff::ConvertProperty& x) {
    if (x.transform != diff::ConvertProperty::kNoTransform)
      leads(c_.changes.migration->transforms[x.transform]);
    if (x.lossless || compatibility_ == diff::Compatibility::safe) return;
    const auto& property = c_.a()[x.from];
    const auto& columns = c_.from.columnsOf(x.from);
    if (columns.empty() || !was(property.entity) || property.computed) return;
    const auto& now = c_.b()[x.to];
    if (x.transform == diff::ConvertProperty::kNoTransform && staysAsItIs(x)) {
      // Nothing changes in the rows that fit.
      const size_t before = out_.size();
      violations(property.entity, now.entity, c_.to.columnsOf(x.to).front(), "",
                 fmt::format("rows of {} whose {} does not fit", c_.b()[now.entity].name, now.name),
                 now.span);
      if (out_.size() > before) return;
    }
    addRows(fmt::format("rows of {} whose {} is converted", c_.a()[property.entity].name,
                        property.name),
            *was(property.entity), c_.quote(columns.front()) + " IS NOT NULL", property.span);
  }

  // The database knows one type for both forms: what it holds is not carried over.
  bool staysAsItIs(const diff::ConvertProperty& x) {
    const auto& columns = c_.to.columnsOf(x.to);
    const auto& now = c_.b()[x.to];
    const auto* after = c_.plan.after.findTable(c_.to.table(now.entity));
    if (columns.empty() || !after || now.computed) return false;
    const auto* old = was(c_.a()[x.from].entity)->findColumn(c_.from.columnsOf(x.from).front());
    const auto* fresh = after->findColumn(columns.front());
    return old && fresh && old->type == fresh->type;
  }

  // The old column of a new one that only its name may tell apart; "" = there is none, and nothing
  // to count.
  std::string oldColumn(ir::EntityId entity, const std::string& column) {
    for (auto id : c_.b()[entity].properties) {
      const auto& columns = c_.to.columnsOf(id);
      const auto at = std::find(columns.begin(), columns.end(), column);
      if (at == columns.end()) continue;
      const auto from = c_.changes.matching.propertyFrom[id.index()];
      if (!from || c_.from.columnsOf(from).size() != columns.size()) return {};
      return c_.from.columnsOf(from)[static_cast<size_t>(at - columns.begin())];
    }
    return {};
  }
  std::optional<std::string> inOldNames(ir::EntityId entity, const std::string& sql) {
    for (const auto& name : identifiersIn(sql, c_.traits)) {
      if (oldColumn(entity, name).empty()) return std::nullopt;
    }
    return substitute(sql, c_.traits,
                      [&](const std::string& name) { return c_.quote(oldColumn(entity, name)); });
  }

  // The new version's checks that the old one does not have and that speak of old columns only.
  // Of all checks those that are made for `column`, or the one called `name`.
  void violations(ir::EntityId from, ir::EntityId to, std::string_view column,
                  std::string_view name, const std::string& what, Span cause) {
    const auto* before = from ? was(from) : nullptr;
    const auto* after = c_.plan.after.findTable(c_.to.table(to));
    if (!before || !after) return;
    for (const auto& one : after->checks) {
      // Rows that exclude each other only its index finds in time.
      if ((!name.empty() && one.name != name) || one.isExclusion()) continue;
      const auto sql = inOldNames(to, one.sql);
      if (!sql) continue;
      const auto names = identifiersIn(one.sql, c_.traits);
      const bool ofColumn = std::find(names.begin(), names.end(), column) != names.end();
      if (!column.empty() && (!ofColumn || declared_.contains({to, one.name}))) continue;
      if (std::any_of(before->checks.begin(), before->checks.end(),
                      [&](const auto& old) { return old.sql == *sql; }))
        continue;
      addRows(what, *before, "NOT (" + *sql + ")", cause);
    }
  }

  void checks(ir::PropertyId from, ir::PropertyId to) {
    const auto& property = c_.b()[to];
    const auto& columns = c_.to.columnsOf(to);
    if (columns.empty()) return;
    violations(c_.a()[from].entity, property.entity, columns.front(), "",
               fmt::format("rows of {} whose {} the new version refuses",
                           c_.b()[property.entity].name, property.name),
               property.span);
  }

  std::string newCheckName(const diff::AddCheck& x) {
    return checkName(c_.b()[x.entity], x.check, c_.to.table(x.entity), c_.traits);
  }
  void check(const diff::AddCheck& x) {
    const auto& declared = c_.b()[x.entity].checks[x.check];
    const auto name = newCheckName(x);
    violations(c_.changes.matching.entityFrom[x.entity.index()], x.entity, "", name,
               fmt::format("rows of {} that check {} refuses", c_.b()[x.entity].name, name),
               declared.span);
  }

  // Rows that refer to nothing, where that was no fault.
  void reference(ir::PropertyId from, ir::PropertyId to) {
    const auto& property = c_.b()[to];
    const auto* before = was(c_.a()[from].entity);
    const auto* after = c_.plan.after.findTable(c_.to.table(property.entity));
    if (!c_.a()[from].draft || property.draft || !before || !after) return;
    for (auto fk : after->foreignKeys) {
      if (fk.columns != c_.to.columnsOf(to)) continue;
      fk.columns = c_.from.columnsOf(from);
      fk.table = c_.from.table(c_.a()[from].target);
      const auto* target = c_.plan.before.findTable(fk.table);
      if (!target || target->primaryKey.size() != fk.columns.size()) return;
      fk.tableColumns = target->primaryKey;
      addOrphans(fmt::format("rows of {} whose {} refers to nothing", c_.b()[property.entity].name,
                             property.name),
                 *before, fk, property.span);
    }
  }

  // A new reference whose fill names a row that is not there: refused as soon as it is filled.
  void fill(ir::PropertyId id) {
    const auto& property = c_.b()[id];
    const auto& columns = c_.to.columnsOf(id);
    if (property.kind != ir::PropertyKind::reference || property.draft || columns.size() != 1 ||
        !c_.changes.migration)
      return;
    const auto from = c_.changes.matching.entityFrom[property.entity.index()];
    const auto to = c_.changes.matching.entityFrom[property.target.index()];
    const auto *before = from ? was(from) : nullptr, *target = to ? was(to) : nullptr;
    if (!before || !target || target->primaryKey.size() != 1) return;
    const auto& entity = c_.b()[property.entity].name;
    for (const auto& rule : c_.changes.migration->fills) {
      if (rule.to.entity != entity || rule.to.property != property.name) continue;
      const auto sql = render(rule.value, c_.b(), c_.to, property.entity, c_.traits,
                              [&](const std::string& name) { return c_.quote(name); });
      if (!identifiersIn(sql, c_.traits).empty()) return;
      addRows(fmt::format("rows of {} whose {} is filled with what refers to nothing", entity,
                          property.name),
              *before,
              fmt::format("NOT EXISTS (SELECT 1 FROM {} WHERE {} = {})", c_.quote(target->name),
                          c_.quote(target->primaryKey.front()), sql),
              rule.span);
    }
  }

  // The same of all references to what had no table so far.
  void comesToBe(const diff::ChangeLifecycle& x) {
    if (c_.plan.before.findTable(c_.from.table(x.from))) return;
    for (uint32_t p = 0; p < c_.b().properties.size(); ++p) {
      const ir::PropertyId to(p);
      const auto& property = c_.b()[to];
      const auto from = c_.changes.matching.propertyFrom[p];
      if (property.kind != ir::PropertyKind::reference || property.target != x.to ||
          property.draft || !from || c_.from.columnsOf(from).empty())
        continue;
      const auto* before = was(c_.a()[from].entity);
      if (!before) continue;
      std::string any;
      for (const auto& column : c_.from.columnsOf(from))
        any += (any.empty() ? "" : " AND ") + c_.quote(column) + " IS NOT NULL";
      addRows(fmt::format("rows of {} whose {} refers to nothing", c_.b()[property.entity].name,
                          property.name),
              *before, any, property.span);
    }
  }

  void key(ir::EntityId entity) {
    const auto from = c_.changes.matching.entityFrom[entity.index()];
    const auto* before = from ? was(from) : nullptr;
    const auto* after = c_.plan.after.findTable(c_.to.table(entity));
    if (!before || !after) return;
    catalog::Index index;
    for (const auto& name : after->primaryKey)
      index.parts.push_back({oldColumn(entity, name), "", false});
    if (std::ranges::any_of(index.parts, [](const auto& part) { return part.column.empty(); }))
      return;  // a key that comes with the new version
    addDuplicates(fmt::format("values of ({}) that occur twice in what is to be the key of {}",
                              joined(plainColumns(index), ", "), c_.b()[entity].name),
                  before->name, index, c_.b()[entity].span);
  }

  void unique(ir::EntityId entity) {
    const auto from = c_.changes.matching.entityFrom[entity.index()];
    const auto* before = from ? was(from) : nullptr;
    const auto* after = c_.plan.after.findTable(c_.to.table(entity));
    if (!before || !after) return;
    for (const auto& index : after->indexes) {
      if (!index.unique) continue;
      bool known = true;
      const auto old = renamed(index, c_.traits, [&](const std::string& name) {
        auto column = oldColumn(entity, name);
        known = known && !column.empty();
        return column;
      });
      if (!known) continue;
      if (std::any_of(before->indexes.begin(), before->indexes.end(),
                      [&](const auto& i) { return sameContent(i, old); }))
        continue;
      addDuplicates(fmt::format("values of {} that occur twice in what {} keeps unique",
                                c_.b()[entity].name, index.name),
                    before->name, old, c_.b()[entity].span);
    }
  }

  void dropValue(const diff::EnumDropValue& x) {
    const auto into = diff::mergedInto(c_.changes, x);
    for (uint32_t p = 0; p < c_.a().properties.size(); ++p) {
      const ir::PropertyId id(p);
      const auto& property = c_.a()[id];
      if (property.type.scalar != ir::Scalar::enumeration || property.type.enumeration != x.from ||
          property.type.list)
        continue;
      const auto& columns = c_.from.columnsOf(id);
      const auto* table = was(property.entity);
      if (columns.empty() || !table) continue;
      ir::Expr value;
      value.kind = ir::ExprKind::member;
      value.type = property.type;
      value.type.optional = false;
      value.text = x.value;
      addRows(fmt::format("rows of {} whose {} is {}{}", c_.a()[property.entity].name,
                          property.name, x.value, into.empty() ? into : " and becomes " + into),
              *table, c_.quote(columns.front()) + " = " + c_.traits.literal(value), property.span);
    }
  }

  // Whoever refers to the tag: rows with one, and the tables between of those with several.
  void dropTag(const diff::DropTag& x) {
    const auto group = c_.a().findEntity(x.group);
    const auto into = diff::mergedInto(c_.changes, x);
    for (uint32_t p = 0; group && p < c_.a().properties.size(); ++p) {
      const auto& property = c_.a()[ir::PropertyId(p)];
      if (property.kind != ir::PropertyKind::reference || property.target != *group) continue;
      const auto& columns = c_.from.columnsOf(ir::PropertyId(p));
      const auto* table = was(property.entity);
      if (columns.empty() || !table) continue;
      const auto& holder = c_.a()[property.entity];
      ir::Expr tag;
      tag.kind = ir::ExprKind::literal;
      tag.type.scalar = ir::Scalar::text;
      tag.text = x.tag;
      addRows(fmt::format("rows of {} that have {}.{}{}",
                          holder.made == ir::MadeEntity::tagJunction ? holder.madeOf : holder.name,
                          x.group, x.tag, into.empty() ? into : " and get " + into),
              *table, c_.quote(columns.front()) + " = " + c_.traits.literal(tag), property.span);
    }
  }

  const Context& c_;
  diff::Compatibility compatibility_{};
  // Checks that come, with probes of their own.
  std::set<std::pair<ir::EntityId, std::string>> declared_;
  std::set<std::string> seen_;
  std::vector<DataProbe> out_;
};

}  // namespace

std::vector<DataProbe> dataProbes(const Context& c) {
  return Probes(c).run();
}

}  // namespace cambium::plan
