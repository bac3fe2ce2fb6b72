#include "compiler/plan/rollback_loss.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/base/result.h"
#include "compiler/diff/merges.h"
#include "compiler/diff/parts.h"
#include "compiler/diff/rollback.h"
#include "compiler/plan/middle.h"
#include "compiler/plan/sql_text.h"

namespace cambium::plan {
namespace {

using Kind = RollbackLoss::Kind;
using ir::EntityId;
using ir::ExprKind;
using ir::PropertyId;
using ir::Scalar;

ir::Expr propertyOf(const ir::Property& p) {
  ir::Expr e;
  e.kind = ExprKind::property;
  e.type = p.type;
  e.path = {p.name};
  return e;
}

ir::Expr wholeNumber(int64_t value) {
  ir::Expr e;
  e.kind = ExprKind::literal;
  e.type.scalar = Scalar::int64;
  e.text = std::to_string(value);
  return e;
}

ir::Expr compared(ir::Op op, ir::Expr left, ir::Expr right) {
  ir::Expr e;
  e.kind = ExprKind::binary;
  e.op = op;
  e.type.scalar = Scalar::boolean;
  e.args = {std::move(left), std::move(right)};
  return e;
}

std::pair<int64_t, int64_t> rangeOf(Scalar scalar) {
  if (scalar == Scalar::int16)
    return {std::numeric_limits<int16_t>::min(), std::numeric_limits<int16_t>::max()};
  if (scalar == Scalar::int32)
    return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
  return {std::numeric_limits<int64_t>::min() + 1, std::numeric_limits<int64_t>::max()};
}

// True of a value that does not fit the narrower type; nullopt where nobody can tell beforehand.
std::optional<ir::Expr> misfit(const ir::Property& from, const ir::Property& to,
                               const ir::Model& older) {
  const ir::Type &was = from.type, &is = to.type;
  if (was.list || is.list) return std::nullopt;
  if (ir::isTextual(is.scalar) && ir::isTextual(was.scalar) && is.length > 0) {
    ir::Expr length;
    length.kind = ExprKind::call;
    length.function = ir::Function::length;
    length.type.scalar = Scalar::int64;
    length.args = {propertyOf(from)};
    return compared(ir::Op::greater, std::move(length), wholeNumber(is.length));
  }
  if (is.scalar == Scalar::enumeration && ir::isTextual(was.scalar)) {
    ir::Expr in;
    in.kind = ExprKind::inList;
    in.negated = true;
    in.type.scalar = Scalar::boolean;
    in.args = {propertyOf(from)};
    for (const auto& value : older[is.enumeration].values) {
      ir::Expr text;
      text.kind = ExprKind::literal;
      text.type.scalar = Scalar::text;
      text.text = value.name;
      in.args.push_back(std::move(text));
    }
    return in;
  }
  const bool whole = is.scalar == Scalar::int16 || is.scalar == Scalar::int32;
  if (whole && (was.scalar == Scalar::int32 || was.scalar == Scalar::int64)) {
    const auto [least, most] = rangeOf(is.scalar);
    ir::Expr outside;
    outside.kind = ExprKind::between;
    outside.negated = true;
    outside.type.scalar = Scalar::boolean;
    outside.args = {propertyOf(from), wholeNumber(least), wholeNumber(most)};
    return outside;
  }
  return std::nullopt;
}

class Losses {
public:
  Losses(const diff::ChangeSet& back, const ir::Migration* forth, const catalog::Lowered& from,
         const catalog::Lowered& to, const catalog::Traits& traits)
      : set_(back), forth_(forth), from_(from), to_(to), traits_(traits) {}

  std::vector<RollbackLoss> run() {
    for (const diff::Change& change : set_.changes)
      std::visit(Overloaded{
                     [&](const diff::DropEntity& c) { entity(c.entity); },
                     [&](const diff::DropProperty& c) { property(c.property); },
                     [&](const diff::ConvertProperty& c) { converted(c); },
                     [&](const diff::TransformProperties& c) { transformed(rule(c.transform)); },
                     [&](const diff::ChangeCardinality& c) { several(c.from); },
                     [&](const diff::EnumDropValue& c) { valueGoes(c); },
                     [&](const diff::EnumAddValue& c) { valueReturns(c); },
                     [&](const diff::DropTag& c) { tag(c); },
                     [&](const diff::AddTag& c) { tagReturns(c); },
                     [](const auto&) {},
                 },
                 change);
    comesBack();
    std::stable_sort(out_.begin(), out_.end(),
                     [](const auto& x, const auto& y) { return x.kind < y.kind; });
    return std::move(out_);
  }

private:
  const ir::Model& newer() const { return *set_.from; }
  const ir::Model& older() const { return *set_.to; }
  const ir::TransformRule& rule(size_t i) const { return set_.migration->transforms[i]; }
  std::string quoted(const std::string& name) const { return traits_.quote(name); }

  void add(Kind kind, std::string what, std::string countSql, std::string help = "") {
    out_.push_back({kind, std::move(what), std::move(countSql), std::move(help)});
  }
  std::string count(EntityId entity, const std::string& where) const {
    return countRows(from_.table(entity), where, traits_);
  }
  std::string columnText(PropertyId id) const {
    return fmt::format("column `{}.{}`", from_.table(newer()[id].entity),
                       fmt::join(from_.columnsOf(id), ", "));
  }

  // ---- what the newer version brought
  void entity(EntityId id) {
    const std::string& table = from_.table(id);
    if (table.empty() || newer()[id].lifecycle == ir::Lifecycle::external) return;
    // What goes into another entity is counted there; what that one does not have goes.
    if (const auto* into = diff::wentInto(set_, id)) {
      const auto& key = newer()[id].key.properties;
      for (const PropertyId p : newer()[id].properties)
        if (newer()[p].name != into->by && std::ranges::find(key, p) == key.end() &&
            std::ranges::find(into->from, newer()[p].name) == into->from.end())
          property(p);
      return;
    }
    // Rows that the model itself demands are nobody's.
    const auto demanded = std::ranges::count(from_.catalog.rows, table, &catalog::Row::table);
    std::string sql = count(id, "");
    if (demanded > 0) sql = fmt::format("SELECT ({}) - {}", sql, demanded);
    add(Kind::goes, "table `" + table + "`", std::move(sql));
  }

  // Only what somebody wrote: not what every row got when the property came.
  void property(PropertyId id) {
    const ir::Property& p = newer()[id];
    if (p.computed || from_.columnsOf(id).empty()) return;
    const ir::Expr* given = p.defaultValue ? &*p.defaultValue : nullptr;
    if (forth_)
      for (const auto& fill : forth_->fills)
        if (fill.to == ir::Path{newer()[p.entity].name, p.name}) given = &fill.value;
    const std::string column = quoted(from_.columnsOf(id).front());
    std::string where = column + " IS NOT NULL";
    if (given && (given->kind == ExprKind::literal || given->kind == ExprKind::member))
      where += " AND " + column + " <> " + traits_.literal(*given);
    add(Kind::goes, columnText(id), count(p.entity, where));
  }

  void tag(const diff::DropTag& c) {
    const auto group = newer().findEntity(c.group);
    if (!group) return;
    const std::string into = diff::mergedInto(set_, c);
    const std::string tag = fmt::format("tag `{}.{}`", c.group, c.tag);
    std::string sql = countTagged(from_, *group, c.tag, traits_);
    if (sql.empty()) return;
    if (into.empty()) return add(Kind::goes, tag, std::move(sql));
    add(Kind::changes, fmt::format("{} becomes `{}`", tag, into), std::move(sql));
  }

  // A tag that had become another one.
  void tagReturns(const diff::AddTag& c) {
    const auto group = older().findEntity(c.group);
    const auto* merge = diff::mergeOf(forth_, c.group, c.tag);
    const EntityId now = group ? set_.matching.entityFrom[group->index()] : EntityId();
    if (!merge || !now) return;
    std::string sql = countTagged(from_, now, merge->to, traits_);
    if (!sql.empty())
      add(Kind::merged,
          fmt::format("tag `{0}.{1}`: which `{1}` was `{2}` is not known", c.group, merge->to,
                      c.tag),
          std::move(sql));
  }

  // Of several only one stays.
  void several(PropertyId id) {
    const ir::Property& p = newer()[id];
    if (p.kind != ir::PropertyKind::many || !p.through) return;
    const auto here = newer().findProperty(p.through, p.throughHere);
    if (!here) return;
    std::string owner;
    for (const auto& column : from_.columnsOf(*here))
      owner += (owner.empty() ? "" : ", ") + quoted(column);
    add(Kind::goes, fmt::format("all but one of `{}.{}`", newer()[p.entity].name, p.name),
        fmt::format("SELECT count(*) FROM (SELECT {} FROM {} GROUP BY {} HAVING count(*) > 1) t",
                    owner, quoted(from_.table(p.through)), owner));
  }

  // ---- values in another form
  void converted(const diff::ConvertProperty& c) {
    if (c.transform != diff::ConvertProperty::kNoTransform) return transformed(rule(c.transform));
    const ir::Property &was = newer()[c.from], &is = older()[c.to];
    if (c.lossless || is.computed || was.computed || from_.columnsOf(c.from).empty()) return;
    const auto wrong = misfit(was, is, older());
    if (!wrong) return;
    const std::string path = newer()[was.entity].name + "." + was.name;
    add(Kind::inTheWay, fmt::format("`{}` is `{}` there", path, ir::toString(is.type, older())),
        count(was.entity, render(*wrong, newer(), from_, was.entity, traits_,
                                 [&](const std::string& name) { return quoted(name); })),
        fmt::format("convert {} up … down …", path));
  }

  // A row whose values do not come back from what is made of them.
  void transformed(const ir::TransformRule& t) {
    const auto was = newer().findEntity(t.fromEntity);
    const auto is = older().findEntity(t.toEntity);
    if (!was || !is || from_.table(*was).empty()) return;
    const auto here = [&](const std::string& name) { return quoted(name); };
    // A column of the older version, over those of a row as it is.
    const auto made = [&](const std::string& column) -> std::string {
      for (const PropertyId id : older()[*is].properties) {
        if (to_.columnsOf(id).empty() || to_.columnsOf(id).front() != column) continue;
        for (const auto& up : t.up)
          if (up.property == older()[id].name)
            return "(" + render(up.value, newer(), from_, *was, traits_, here) + ")";
        const PropertyId same = set_.matching.propertyFrom[id.index()];
        if (same && !from_.columnsOf(same).empty()) return quoted(from_.columnsOf(same).front());
      }
      return "NULL";
    };
    std::vector<std::string> lost, names;
    for (const auto& name : t.from) {
      const auto id = newer().findProperty(*was, name);
      if (!id || from_.columnsOf(*id).empty()) continue;
      const PropertyId now = set_.matching.propertyTo[id->index()];
      const bool stays = now && std::ranges::find(t.to, older()[now].name) == t.to.end();
      if (stays) continue;
      const std::string& column = from_.columnsOf(*id).front();
      const auto* found = from_.catalog.findTable(from_.table(*was))->findColumn(column);
      if (!found) continue;
      names.push_back(column);
      const auto down = std::ranges::find(t.down, name, &ir::Assignment::property);
      const std::string there = quoted(column) + " IS NOT NULL";
      lost.push_back(down == t.down.end()
                         ? there
                         : fmt::format("({} AND NOT ({}))", there,
                                       traits_.identical(
                                           found->type, quoted(column),
                                           render(down->value, older(), to_, *is, traits_, made))));
    }
    if (lost.empty()) return;
    std::vector<std::string> into;
    for (const auto& up : t.up) into.push_back(up.property);
    add(Kind::changes,
        fmt::format("column `{}.{}`, of which `{}` does not tell all", from_.table(*was),
                    fmt::join(names, ", "), fmt::join(into, ", ")),
        count(*was, joined(lost, " OR ")));
  }

  // ---- values of enums
  template <class Use>
  void eachUse(ir::EnumId of, const std::string& value, const Use& use) {
    for (uint32_t i = 0; i < newer().properties.size(); ++i) {
      const PropertyId id(i);
      const ir::Property& p = newer()[id];
      if (p.type.scalar != Scalar::enumeration || p.type.enumeration != of || p.type.list ||
          p.computed || from_.columnsOf(id).empty() || from_.table(p.entity).empty())
        continue;
      const PropertyId same = set_.matching.propertyTo[i];
      if (!same) continue;  // it goes, and is counted as that
      ir::Expr member;
      member.kind = ExprKind::member;
      member.type = p.type;
      member.type.optional = false;
      member.text = value;
      use(id,
          count(p.entity, quoted(from_.columnsOf(id).front()) + " = " + traits_.literal(member)));
    }
  }

  // A value that the newer version brought. Rows that have it have to get another one.
  void valueGoes(const diff::EnumDropValue& c) {
    const std::string into = diff::mergedInto(set_, c);
    const std::string path = newer()[c.from].name + "." + c.value;
    eachUse(c.from, c.value, [&](PropertyId id, std::string sql) {
      const ir::Property& p = newer()[id];
      if (convertedBy(p)) return;
      if (!into.empty())
        return add(Kind::changes,
                   fmt::format("{}: `{}` becomes `{}`", columnText(id), c.value, into),
                   std::move(sql));
      const auto& values = older()[c.to].values;
      add(Kind::inTheWay, fmt::format("`{}` in {}", path, columnText(id)), std::move(sql),
          fmt::format("rename {0} -> {1}  approve drop {0} \"why\"", path,
                      values.empty() ? "…" : values.front().name));
    });
  }
  bool convertedBy(const ir::Property& p) const {
    return set_.migration && std::ranges::any_of(set_.migration->transforms, [&](const auto& t) {
             return t.fromEntity == newer()[p.entity].name &&
                    std::ranges::find(t.from, p.name) != t.from.end();
           });
  }

  // A value that had become another one.
  void valueReturns(const diff::EnumAddValue& c) {
    const std::string& old = older()[c.enumeration].name;
    const auto* merge = diff::mergeOf(forth_, old, c.value);
    const ir::EnumId now = set_.matching.enumFrom[c.enumeration.index()];
    if (!merge || !now) return;
    eachUse(now, merge->to, [&](PropertyId id, std::string sql) {
      add(Kind::merged,
          fmt::format("{}: which `{}` was `{}` is not known", columnText(id), merge->to, c.value),
          std::move(sql));
    });
  }

  // ---- what CONTRACT took away
  void comesBack() {
    for (const auto& one : diff::returning(set_)) {
      if (!one.property) {
        if (!to_.table(one.entity).empty() &&
            older()[one.entity].lifecycle != ir::Lifecycle::external)
          returns({}, fmt::format("table `{}` without rows", to_.table(one.entity)), one);
        continue;
      }
      const EntityId was = set_.matching.entityFrom[one.entity.index()];
      if (!was || from_.table(was).empty() || to_.columnsOf(one.property).empty()) continue;
      const char* with = one.with == diff::Returning::With::nothing     ? "empty"
                         : one.with == diff::Returning::With::byDefault ? "with its default"
                                                                        : "with what `fill` says";
      returns(count(was, ""),
              fmt::format("column `{}.{}` {}", to_.table(one.entity),
                          fmt::join(to_.columnsOf(one.property), ", "), with),
              one);
    }
  }
  void returns(std::string countSql, std::string what, const diff::Returning& one) {
    out_.push_back({Kind::returns, std::move(what), std::move(countSql), "",
                    older()[one.entity].name, one.property ? older()[one.property].name : ""});
  }

  const diff::ChangeSet& set_;
  const ir::Migration* forth_;
  const catalog::Lowered& from_;
  const catalog::Lowered& to_;
  const catalog::Traits& traits_;
  std::vector<RollbackLoss> out_;
};

}  // namespace

std::vector<RollbackLoss> lossesOfRollback(const diff::ChangeSet& back, const ir::Migration* forth,
                                           const catalog::Lowered& from, const catalog::Lowered& to,
                                           const catalog::Traits& traits) {
  return Losses(back, forth, from, to, traits).run();
}

std::string countTagged(const catalog::Lowered& lowered, ir::EntityId group, const std::string& tag,
                        const catalog::Traits& traits) {
  ir::Expr name;
  name.kind = ExprKind::literal;
  name.type.scalar = Scalar::text;
  name.text = tag;
  std::string out;
  for (const auto& table : lowered.catalog.tables)
    for (const auto& key : table.foreignKeys) {
      if (key.table != lowered.table(group)) continue;
      const auto has = traits.quote(key.columns.front()) + " = " + traits.literal(name);
      out += fmt::format("{}({})", out.empty() ? "SELECT " : " + ",
                         countRows(table.name, has, traits));
    }
  return out;
}

}  // namespace cambium::plan
