#include "compiler/catalog/lower_views.h"

#include <map>
#include <vector>

#include "compiler/catalog/names.h"
#include "compiler/catalog/sql.h"

namespace cambium::catalog {
namespace {

using ir::EntityId;
using Path = std::vector<std::string>;

// One SELECT: the rows of an entity and what is joined to them. `t0`, `t1` … are unique over the
// whole statement.
class Select {
public:
  Select(const ir::Model& model, const Placement& placement, const Traits& traits, EntityId entity,
         unsigned& aliases)
      : model_(model),
        placement_(placement),
        traits_(traits),
        entity_(entity),
        aliases_(aliases),
        alias_(newAlias()) {
    const std::string& table = placement.lowered.table(entity);
    from_ = traits.quote(table) + " AS " + traits.quote(alias_);
  }

  const std::string& from() const { return from_; }

  std::string keys() const {
    std::string out;
    for (const auto& column : keyOf(entity_))
      out += (out.empty() ? "" : ", ") + qualified(alias_, column);
    return out;
  }

  std::string sql(const ir::Expr& e) {
    SqlContext context{model_, traits_, nullptr, {}};
    context.property = [this](const Path& path) { return column(path); };
    context.aggregate = [this](const ir::Expr& aggregate) { return subquery(aggregate); };
    context.native = [this](const std::string& said) {
      return nativeOver(said, columnsOf(model_, placement_.lowered, entity_), traits_,
                        [this](const std::string& column) { return qualified(alias_, column); });
    };
    return toSql(e, context);
  }

private:
  std::string newAlias() { return "t" + std::to_string(aliases_++); }

  std::string qualified(const std::string& alias, const std::string& column) const {
    return traits_.quote(alias) + "." + traits_.quote(column);
  }

  const ir::Property* find(EntityId entity, const std::string& name, ir::PropertyId& id) const {
    const auto found = model_.findProperty(entity, name);
    if (!found) return nullptr;
    id = *found;
    return &model_[*found];
  }

  // Where the rows are that the first `length` references of the path lead to.
  std::pair<std::string, EntityId> at(const Path& path, size_t length) {
    std::string alias = alias_;
    EntityId entity = entity_;
    Path prefix;
    for (size_t i = 0; i < length; ++i) {
      prefix.push_back(path[i]);
      ir::PropertyId id;
      const ir::Property* p = find(entity, path[i], id);
      if (!p) return {alias, entity};
      const auto [it, fresh] = joined_.try_emplace(prefix);
      if (fresh) {
        it->second = newAlias();
        from_ += " LEFT JOIN " + traits_.quote(placement_.lowered.table(p->target)) + " AS " +
                 traits_.quote(it->second) + " ON " +
                 equal(it->second, keyOf(p->target), alias, placement_.lowered.columnsOf(id));
      }
      alias = it->second;
      entity = p->target;
    }
    return {alias, entity};
  }

  std::vector<std::string> keyOf(EntityId entity) const {
    std::vector<std::string> out;
    for (const ir::PropertyId part : model_[entity].key.properties)
      for (const auto& column : placement_.lowered.columnsOf(part)) out.push_back(column);
    return out;
  }

  std::string equal(const std::string& a, const std::vector<std::string>& as, const std::string& b,
                    const std::vector<std::string>& bs) const {
    std::string out;
    for (size_t i = 0; i < as.size() && i < bs.size(); ++i)
      out += (i ? " AND " : "") + qualified(a, as[i]) + " = " + qualified(b, bs[i]);
    return out;
  }

  std::string column(const Path& path) {
    const auto [alias, entity] = at(path, path.size() - 1);
    ir::PropertyId id;
    if (!find(entity, path.back(), id) || placement_.lowered.columnsOf(id).empty()) return "NULL";
    return qualified(alias, placement_.lowered.columnsOf(id).front());
  }

  std::string subquery(const ir::Expr& e) {
    const auto [alias, entity] = at(e.path, e.path.size() - 1);
    ir::PropertyId id;
    const ir::Property* many = find(entity, e.path.back(), id);
    if (!many) return "NULL";
    Select rows(model_, placement_, traits_, many->target, aliases_);
    const size_t own = e.aggregate == ir::Aggregate::count ? 0 : 1;
    // What is aggregated first: it may need joins.
    const std::string what = own ? rows.sql(e.args[0]) : "*";
    const std::string where = e.args.size() > own ? rows.sql(e.args[own]) : std::string();
    std::string link;
    if (many->through) {
      const std::string between = newAlias();
      const auto here = model_.findProperty(many->through, many->throughHere);
      const auto there = model_.findProperty(many->through, many->throughThere);
      if (!here || !there) return "NULL";
      rows.from_ +=
          " JOIN " + traits_.quote(placement_.lowered.table(many->through)) + " AS " +
          traits_.quote(between) + " ON " +
          equal(between, placement_.lowered.columnsOf(*there), rows.alias_, keyOf(many->target));
      link = equal(between, placement_.lowered.columnsOf(*here), alias, keyOf(entity));
    } else {
      const auto back = model_.findProperty(many->target, many->inverse);
      if (!back) return "NULL";
      link = equal(rows.alias_, placement_.lowered.columnsOf(*back), alias, keyOf(entity));
    }
    std::string out =
        "(SELECT " + function(e.aggregate, what) + " FROM " + rows.from_ + " WHERE " + link;
    if (!where.empty()) out += " AND (" + where + ")";
    return out + ")";
  }

  static std::string function(ir::Aggregate aggregate, const std::string& what) {
    switch (aggregate) {
      case ir::Aggregate::none: break;
      case ir::Aggregate::count: return "count(*)";
      case ir::Aggregate::sum: return "coalesce(sum(" + what + "), 0)";
      case ir::Aggregate::min: return "min(" + what + ")";
      case ir::Aggregate::max: return "max(" + what + ")";
      case ir::Aggregate::avg: return "avg(" + what + ")";
    }
    return "NULL";
  }

  const ir::Model& model_;
  const Placement& placement_;
  const Traits& traits_;
  EntityId entity_;
  unsigned& aliases_;
  std::string alias_, from_;
  std::map<Path, std::string> joined_;
};

}  // namespace

std::string viewName(const ir::View& view, ir::Naming naming) {
  if (!view.databaseName.empty()) return view.databaseName;
  switch (naming) {
    case ir::Naming::snakeCase:
    case ir::Naming::plural: return snakeCase(view.name);  // a view is named for what it shows
    case ir::Naming::asWritten: return view.name;
  }
  return view.name;
}

std::string viewSql(const ir::View& view, const std::string& name, const ir::Model& model,
                    const Placement& placement, const Traits& traits, const std::string& options) {
  unsigned aliases = 0;
  Select select(model, placement, traits, view.of, aliases);
  std::string columns;
  for (const ir::ViewColumn& column : view.columns)
    columns += (columns.empty() ? "" : ", ") + select.sql(column.expr) + " AS " +
               traits.quote(column.name);
  const std::string where = view.where ? " WHERE " + select.sql(*view.where) : std::string();
  return "CREATE VIEW " + traits.quote(name) + options + " AS SELECT " + columns + " FROM " +
         select.from() + where;
}

std::string keysWhere(ir::EntityId entity, const ir::Expr* condition, const ir::Model& model,
                      const Placement& placement, const Traits& traits) {
  unsigned aliases = 0;
  Select select(model, placement, traits, entity, aliases);
  // First: it may need joins.
  const std::string where = condition ? " WHERE " + select.sql(*condition) : std::string();
  return "(SELECT " + select.keys() + " FROM " + select.from() + where + ")";
}

}  // namespace cambium::catalog
