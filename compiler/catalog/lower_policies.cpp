// Which rows a role sees and writes: conditions over one row as they are, what a path leads to as
// a look at the keys of the rows that it shows.
#include <algorithm>

#include "compiler/catalog/lookups.h"
#include "compiler/catalog/lower_access.h"
#include "compiler/catalog/lower_views.h"
#include "compiler/catalog/names.h"
#include "compiler/catalog/sql.h"

namespace cambium::catalog {

namespace {

// What the command asks of rows that are there, and of rows that are written.
Policy policyFor(std::string name, std::string command, std::vector<std::string> roles,
                 const std::string& condition) {
  const bool writesOnly = command == "INSERT";
  const bool neverWrites = command == "SELECT" || command == "DELETE";
  return {std::move(name), std::move(command), std::move(roles),
          writesOnly ? std::string() : condition, neverWrites ? std::string() : condition};
}

// The same over the rows that the reference leads to.
ir::Expr beyond(const ir::Expr& e) {
  ir::Expr out = e;
  if (out.kind == ir::ExprKind::property) out.path.erase(out.path.begin());
  for (ir::Expr& arg : out.args) arg = beyond(arg);
  return out;
}

}  // namespace

std::vector<std::string> AccessLowerer::own(ir::EntityId entity,
                                            const std::vector<std::string>& path, size_t at) const {
  const auto id = at < path.size() ? model_.findProperty(entity, path[at]) : std::nullopt;
  if (!id) return {};
  const auto& columns = placement_.lowered.columnsOf(*id);
  if (at + 1 == path.size()) return columns;
  const ir::EntityId target = model_[*id].target;
  if (!target) return {};
  const auto& key = placement_.keys[target.index()];
  std::vector<std::string> out;
  for (const auto& there : own(target, path, at + 1)) {
    const auto part = std::ranges::find(key, there, &KeyColumn::name);
    const auto index = static_cast<size_t>(part - key.begin());
    if (part == key.end() || index >= columns.size()) return {};
    out.push_back(columns[index]);
  }
  return out;
}

bool AccessLowerer::staysAtHome(const ir::Expr& e, ir::EntityId entity) const {
  if (e.kind == ir::ExprKind::property && own(entity, e.path, 0).empty()) return false;
  return std::ranges::all_of(e.args, [&](const ir::Expr& arg) { return staysAtHome(arg, entity); });
}

std::string AccessLowerer::ownSql(const ir::Expr& e, ir::EntityId id, bool asTerm) const {
  SqlContext context = entityContext(model_, placement_.lowered, id, traits_, "");
  context.property = [this, id](const std::vector<std::string>& path) {
    return traits_.quote(own(id, path, 0).front());
  };
  return asTerm ? toSqlTerm(e, context) : toSql(e, context);
}

std::optional<std::string> AccessLowerer::conditionOf(const ir::Expr& e, ir::EntityId id) {
  if (staysAtHome(e, id)) return ownSql(e, id, false);
  // Only where nothing stands before it may a term be false for what is unknown.
  if (e.kind == ir::ExprKind::binary && (e.op == ir::Op::andOp || e.op == ir::Op::orOp)) {
    std::string out;
    for (const ir::Expr& arg : e.args) {
      auto term = staysAtHome(arg, id) ? ownSql(arg, id, true) : conditionOf(arg, id);
      if (!term) return std::nullopt;
      const bool looser = arg.kind == ir::ExprKind::binary && arg.op == ir::Op::orOp &&
                          !staysAtHome(arg, id) && e.op == ir::Op::andOp;
      if (looser) term = "(" + *term + ")";
      out += (out.empty() ? "" : e.op == ir::Op::andOp ? " AND " : " OR ") + *term;
    }
    return out;
  }
  const auto way = onlyWay(e, id);
  if (!way) return std::nullopt;
  const auto& columns = placement_.lowered.columnsOf(*way);
  std::string here;
  for (const auto& column : columns) here += (here.empty() ? "" : ", ") + traits_.quote(column);
  if (columns.size() > 1) here = "(" + here + ")";
  const ir::Expr there = beyond(e);
  return here + " IN " + keysWhere(model_[*way].target, &there, model_, placement_, traits_);
}

std::optional<ir::PropertyId> AccessLowerer::onlyWay(const ir::Expr& e, ir::EntityId id) const {
  std::optional<ir::PropertyId> way;
  bool one = true;
  const std::function<void(const ir::Expr&)> look = [&](const ir::Expr& part) {
    if (part.kind == ir::ExprKind::native || part.kind == ir::ExprKind::aggregate) one = false;
    for (const ir::Expr& arg : part.args) look(arg);
    if (part.kind != ir::ExprKind::property) return;
    const auto first = part.path.empty() ? std::nullopt : model_.findProperty(id, part.path[0]);
    if (!first || part.path.size() < 2 || (way && *way != *first)) one = false;
    if (first) way = first;
  };
  look(e);
  if (!one || !way || placement_.lowered.columnsOf(*way).empty()) return std::nullopt;
  // Every table on the way is there, and ours.
  bool deployed = true;
  const std::function<void(const ir::Expr&)> walk = [&](const ir::Expr& part) {
    for (const ir::Expr& arg : part.args) walk(arg);
    if (part.kind != ir::ExprKind::property) return;
    ir::EntityId at = id;
    for (size_t i = 0; i + 1 < part.path.size() && deployed; ++i) {
      const auto p = model_.findProperty(at, part.path[i]);
      at = p ? model_[*p].target : ir::EntityId{};
      // What is only a draft may refer to nothing.
      deployed = at && !model_[*p].draft && isDeployed(model_[at]) &&
                 !placement_.lowered.table(at).empty();
    }
  };
  walk(e);
  return deployed ? way : std::nullopt;
}

std::vector<Policy> AccessLowerer::policiesOf(ir::EntityId id) {
  const ir::Entity& entity = model_[id];
  std::vector<Policy> out;
  std::set<ir::AccessAction> covered;
  for (const ir::Policy& policy : model_.policies) {
    if (policy.on != entity.name) continue;
    if (!speakable_(policy.condition, policy.span)) {
      open_.push_back(&policy);
      continue;
    }
    const auto condition = conditionOf(policy.condition, id);
    if (!condition) {
      open_.push_back(&policy);
      continue;
    }
    const auto roles = roleNames(policy.roles);
    const auto add = [&](const std::string& name, const char* command) {
      out.push_back(
          policyFor(cutName(name, traits_.maxIdentifierBytes), command, roles, *condition));
    };
    covered.insert(policy.actions.begin(), policy.actions.end());
    if (policy.actions.size() == kActions.size())
      add(policy.name, "ALL");
    else
      for (const ir::AccessAction action : policy.actions)
        add(policy.actions.size() == 1 ? policy.name : policy.name + ":" + wordsOf(action).word,
            wordsOf(action).sql);
  }
  if (out.empty()) return out;
  // Where row security is on, an action that no policy speaks of shows nothing.
  for (const auto& words : kActions)
    if (!covered.contains(words.action))
      out.push_back(policyFor(std::string("every row:") + words.word, words.sql, {}, "true"));
  std::ranges::sort(out, {}, &Policy::name);
  return out;
}

// A pair is there where both of its ends are: the sub-selects show what the ends' policies show.
void AccessLowerer::junctions(Catalog& catalog) {
  for (const ir::Entity& entity : model_.entities) {
    for (const ir::PropertyId id : entity.properties) {
      const ir::Property& many = model_[id];
      if (many.kind != ir::PropertyKind::many || !many.through) continue;
      const ir::Entity& between = model_[many.through];
      Table* table = catalog.findTable(placement_.lowered.table(many.through));
      if (between.madeOf.empty() || !table || !table->policies.empty()) continue;
      std::string condition;
      for (const std::string& end : {many.throughHere, many.throughThere}) {
        const auto way = model_.findProperty(many.through, end);
        const ir::EntityId target = way ? model_[*way].target : ir::EntityId{};
        const Table* shown = target ? catalog.findTable(placement_.lowered.table(target)) : nullptr;
        if (!shown || !shown->rowSecurity) continue;
        std::string here;
        for (const auto& column : placement_.lowered.columnsOf(*way))
          here += (here.empty() ? "" : ", ") + traits_.quote(column);
        if (placement_.lowered.columnsOf(*way).size() > 1) here = "(" + here + ")";
        condition += (condition.empty() ? "" : " AND ") + here + " IN " +
                     keysWhere(target, nullptr, model_, placement_, traits_);
      }
      if (condition.empty()) continue;
      table->policies = {policyFor("both ends", "ALL", {}, condition)};
      table->rowSecurity = true;
    }
  }
}

// The server asks with the rights of the role.
void AccessLowerer::findShutOut(const Catalog& catalog) {
  for (const auto& name : catalog.lookers) {
    const Table* table = catalog.findTable(name);
    std::set<std::string> roles;
    for (const Grant& grant : table->grants) roles.insert(grant.role);
    for (const auto& role : roles) {
      for (const Table& other : catalog.tables) {
        const auto asks = [&](const std::string& column) {
          return std::ranges::any_of(table->policies, [&](const Policy& policy) {
            const bool his =
                policy.roles.empty() || std::ranges::find(policy.roles, role) != policy.roles.end();
            return his && looksAt(policy, other.name, column, traits_);
          });
        };
        if (!asks("")) continue;
        const auto grant = std::ranges::find_if(
            other.grants, [&](const Grant& g) { return g.role == role && g.action == "SELECT"; });
        const bool reads =
            grant != other.grants.end() &&
            (grant->columns.empty() || std::ranges::all_of(other.columns, [&](const Column& c) {
               return std::ranges::find(grant->columns, c.name) != grant->columns.end() ||
                      !asks(c.name);
             }));
        if (reads) continue;
        sink_.add(report<Code::DDL077>(spanOf(name), traits_.displayName, role, name, other.name))
            .help("grant it `read` there, or `@allow(DDL077, \"why\")`");
      }
    }
  }
}

Span AccessLowerer::spanOf(const std::string& table) const {
  for (uint32_t i = 0; i < model_.entities.size(); ++i) {
    if (placement_.lowered.table(ir::EntityId(i)) != table) continue;
    const ir::Entity& entity = model_.entities[ir::EntityId(i)];
    const auto owner = entity.madeOf.empty() ? std::nullopt : model_.findEntity(entity.madeOf);
    return owner ? model_[*owner].span : entity.span;
  }
  return {};
}

}  // namespace cambium::catalog
