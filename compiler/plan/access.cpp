// Roles, grants and policies. While both versions run a role may do what either of them grants; on
// a column of one version alone, what that version grants. The old policies hold until contract.
// From the switch on, applications of the new version write columns that a policy of the old one
// does not know, and triggers carry them over only when the row is there: until contract such a
// policy looks at both forms.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/catalog/lookups.h"
#include "compiler/catalog/names.h"
#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

using catalog::Grant;
using catalog::Policy;
using catalog::Table;

bool has(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

const Grant* findGrant(const std::vector<Grant>& grants, const std::string& role,
                       const std::string& action) {
  const auto at = std::ranges::find_if(
      grants, [&](const Grant& g) { return g.role == role && g.action == action; });
  return at == grants.end() ? nullptr : &*at;
}

bool covers(const Grant* grant, const std::string& column) {
  return grant && !column.empty() && (grant->columns.empty() || has(grant->columns, column));
}

// Every role and action that one of them speaks of.
std::set<std::pair<std::string, std::string>> keysOf(const std::vector<Grant>& a,
                                                     const std::vector<Grant>& b) {
  std::set<std::pair<std::string, std::string>> out;
  for (const auto* list : {&a, &b})
    for (const auto& grant : *list) out.emplace(grant.role, grant.action);
  return out;
}

std::string rolesIn(const std::vector<Grant>& grants) {
  std::vector<std::string> roles;
  for (const auto& grant : grants)
    if (!has(roles, grant.role)) roles.push_back(grant.role);
  return roles.empty() ? "nobody" : joined(roles, ", ");
}

// A step that changes what one table grants or which rows it shows.
template <class Operation>
void addStep(Context& c, const TableForms& f, Transition transition, diff::DeclarationKind kind,
             std::string title, Operation operation) {
  const auto& entity = c.b()[f.newEntity];
  const char* element = kind == diff::DeclarationKind::grant ? " grants" : " policies";
  c.add(transition, f.from->name, f.from->name + element, std::move(title),
        changeOfAccess(c, kind, entity.name), entity.span)
      .operations.push_back(std::move(operation));
}

std::string roleIn(const Context& c, const ir::Model& model, const std::string& name) {
  return catalog::cutName(model.naming == ir::Naming::asWritten ? name : catalog::snakeCase(name),
                          c.traits.maxIdentifierBytes);
}

// Roles with another name, as the database calls them: the old one, the new one.
std::vector<std::pair<std::string, std::string>> renamedRoles(const Context& c) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& change : c.changes.changes) {
    const auto* x = std::get_if<diff::RenameDeclaration>(&change);
    if (!x || x->kind != diff::DeclarationKind::role) continue;
    auto was = roleIn(c, c.a(), x->oldName), is = roleIn(c, c.b(), x->newName);
    const bool comes = c.plan.before.roles.contains(was) && c.plan.after.roles.contains(is) &&
                       !c.plan.before.roles.contains(is);
    if (comes) out.emplace_back(std::move(was), std::move(is));
  }
  return out;
}

// What is granted on one table, on its way.
class TableGrants {
public:
  TableGrants(Context& c, const TableForms& f) : c_(c), f_(f), from_(*f.from), to_(*f.to) {
    for (const auto& column : f.old)
      columns_.push_back({column.column->name, column.column->name,
                          column.kept ? column.column->name : std::string()});
    for (const auto& column : f.fresh)
      if (column.source != NewColumn::Source::kept)
        columns_.push_back({column.middle, "", column.column->name});
  }

  void run() {
    if (from_.grants.empty() && to_.grants.empty()) return;
    const auto middle = grantsOfBoth(columns_, from_.grants, to_.grants);
    const auto narrow = narrowed(middle);
    if (narrow != from_.grants) step(Transition::grantNarrow, from_.name, narrow);
    if (middle != narrow) step(Transition::grantWiden, from_.name, middle);
    if (settled(middle) != to_.grants) step(Transition::grantSettle, to_.name, to_.grants);
  }

private:
  // Before the new columns are there: a grant on the whole that would take in one of them that is
  // not granted is one on the old columns.
  std::vector<Grant> narrowed(const std::vector<Grant>& middle) const {
    std::vector<Grant> out = from_.grants;
    for (auto& grant : out) {
      const auto* then = findGrant(middle, grant.role, grant.action);
      if (!grant.columns.empty() || !then || then->columns.empty()) continue;
      for (const auto& column : f_.old) grant.columns.push_back(column.column->name);
      std::ranges::sort(grant.columns);
    }
    return out;
  }

  // The same when names are swapped and old columns are gone.
  std::vector<Grant> settled(const std::vector<Grant>& middle) const {
    std::vector<Grant> out;
    for (auto grant : middle) {
      const bool whole = grant.columns.empty();
      std::vector<std::string> columns;
      for (const auto& column : columns_)
        if (!column.fresh.empty() && has(grant.columns, column.name))
          columns.push_back(column.fresh);
      std::ranges::sort(columns);
      if (!whole && columns.empty()) continue;
      grant.columns = std::move(columns);
      out.push_back(std::move(grant));
    }
    std::ranges::sort(out);
    return out;
  }

  void step(Transition transition, const std::string& table, const std::vector<Grant>& grants) {
    addStep(c_, f_, transition, diff::DeclarationKind::grant,
            fmt::format("{}: granted to {}", table, rolesIn(grants)),
            ChangeGrants{table, from_.grants, grants});
  }

  Context& c_;
  const TableForms& f_;
  const Table& from_;
  const Table& to_;
  std::vector<Granted> columns_;
};

// Nothing looks at the table any more, as the old version's policies did.
constexpr const char* kUnwatched = "unwatched:";

// Which rows one table shows, on its way.
class TablePolicies {
public:
  TablePolicies(Context& c, const TableForms& f) : c_(c), f_(f), from_(*f.from), to_(*f.to) {}

  void run() {
    bool moves = false;
    std::vector<Policy> middle;
    for (const auto& policy : from_.policies) {
      middle.push_back(policy);
      moves = toHeirs(middle.back()) || moves;
      if (!looksAtMoved(policy)) continue;
      moves = true;
      if (!overBoth(middle.back())) return;
    }
    const auto elsewhere = lookElsewhere(middle);
    if (!elsewhere) return;
    if (moves || middle != from_.policies) c_.plan.duties.policies.push_back({from_.name, middle});
    const bool looks = std::ranges::any_of(
        from_.policies, [&](const Policy& policy) { return looksAtMoved(policy); });
    if (moves)
      step(Transition::policyExchange, from_.name, middle,
           looks ? "look at both forms" : "hold for both names of a role");
    if (!moves && !elsewhere->moves && from_.policies == to_.policies) return;
    step(Transition::policySettle, to_.name, to_.policies,
         to_.policies.empty()     ? "go"
         : from_.policies.empty() ? "come"
                                  : "are those of the new version");
    auto& settle = c_.nodes.back();
    for (const auto& table : elsewhere->before) settle.provides.push_back(kUnwatched + table);
    for (const auto& table : elsewhere->after) {
      settle.needs.push_back("renamed:" + table);
      contractTogether(c_, from_.name, table);
    }
    for (const auto& table : elsewhere->before) {
      const bool stays = c_.plan.after.findTable(table) || c_.newTableOf.contains(table);
      if (stays) contractTogether(c_, from_.name, table);
    }
  }

private:
  // Tables that the policies look at, by their old names: those of the old version, those of the
  // new one that both versions have.
  struct Elsewhere {
    bool moves = false;  // what they look at gets another name
    std::vector<std::string> before, after;
  };

  // Rows that are there have both forms, which triggers keep in step: until contract the old
  // policies look at the old one, by whatever name it has. nullopt after an error.
  std::optional<Elsewhere> lookElsewhere(std::vector<Policy>& middle) {
    Elsewhere out;
    if (!catalog::hasLookups(from_.policies) && !catalog::hasLookups(to_.policies)) return out;
    for (const auto& table : c_.plan.before.tables)
      if (looksAt(from_.policies, table.name)) out.before.push_back(table.name);
    for (const auto& [name, form] : c_.forms) {
      const auto& there = form->from->name;
      if (looksAt(to_.policies, form->to->name)) out.after.push_back(there);
      if (!looksAt(from_.policies, there)) continue;
      out.moves = out.moves || form->renamed();
      for (const auto& old : form->old) {
        const auto& column = old.column->name;
        if (old.kept || !looksAt(from_.policies, there, column)) continue;
        out.moves = true;
        if (!comesBack(*form, column)) return refuse(*form, column);
        const auto after = form->oldName(column, When::after);
        if (after != column) catalog::renameLooked(middle, there, column, after, c_.traits);
      }
    }
    std::ranges::sort(out.after);
    return out;
  }

  bool looksAt(const std::vector<Policy>& policies, const std::string& table,
               const std::string& column = "") const {
    return std::ranges::any_of(policies, [&](const Policy& policy) {
      return catalog::looksAt(policy, table, column, c_.traits);
    });
  }

  std::nullopt_t refuse(const TableForms& form, const std::string& column) {
    const auto which = std::ranges::find_if(from_.policies, [&](const Policy& policy) {
      return catalog::looksAt(policy, form.from->name, column, c_.traits);
    });
    c_.sink.add(report<Code::EVO064>(c_.b()[f_.newEntity].span, which->name,
                                     c_.a()[f_.oldEntity].name,
                                     c_.a()[form.oldEntity].name + "." + column)
                    .help("give the migration a `down` for it, or publish two versions: the "
                          "policy changes in the first"));
    return std::nullopt;
  }

  // Whoever has a role by its new name alone, from the switch on.
  bool toHeirs(Policy& policy) const {
    const auto before = policy.roles;
    for (const auto& [was, is] : renamedRoles(c_))
      if (has(before, was) && !has(before, is)) policy.roles.push_back(is);
    std::ranges::sort(policy.roles);
    return policy.roles != before;
  }
  // The new version's policy that is this one, by whatever name.
  bool becomes(const Policy& policy, const Policy& fresh) const {
    auto roles = policy.roles;
    for (const auto& [was, is] : renamedRoles(c_))
      if (std::ranges::find(roles, was) != roles.end()) {
        std::erase(roles, is);
        std::ranges::replace(roles, was, is);
      }
    std::ranges::sort(roles);
    std::string name = policy.name;
    for (const auto& change : c_.changes.changes) {
      const auto* x = std::get_if<diff::RenameDeclaration>(&change);
      if (!x || x->kind != diff::DeclarationKind::policy) continue;
      const auto &old = c_.a().policies[x->from], &now = c_.b().policies[x->to];
      const bool isIt = policy.name == old.name || policy.name.starts_with(old.name + ":");
      if (isIt && old.on == c_.a()[f_.oldEntity].name)
        name = now.name + policy.name.substr(old.name.size());
    }
    return fresh.name == name && fresh.command == policy.command && fresh.roles == roles;
  }

  bool moved(const std::string& column) const { return moved(f_, column); }
  static bool moved(const TableForms& form, const std::string& column) {
    const auto* old = form.findOld(column);
    return old && !old->kept;
  }
  std::vector<std::string> movedIn(const Policy& policy) const {
    std::vector<std::string> out;
    (void)catalog::overOwn(policy.usingSql + " " + policy.checkSql, [&](std::string_view own) {
      for (const auto& name : identifiersIn(own, c_.traits))
        if (moved(name)) out.push_back(name);
      return std::string();
    });
    return out;
  }
  bool looksAtMoved(const Policy& policy) const { return !movedIn(policy).empty(); }

  bool comesBack(const std::string& column) const { return comesBack(f_, column); }
  bool comesBack(const TableForms& form, const std::string& column) const {
    const auto& old = *form.findOld(column);
    if (!old.column->generatedSql.empty()) {
      const auto inputs = identifiersIn(old.column->generatedSql, c_.traits);
      return std::ranges::all_of(
          inputs, [&](const auto& input) { return !moved(form, input) || comesBack(form, input); });
    }
    return old.group >= 0 && form.groups[static_cast<size_t>(old.group)].down;
  }

  // The policy over what both versions write, in the names from the switch on. What has no way back
  // stays empty in rows of new applications: for these the new version's own policy counts.
  bool overBoth(Policy& policy) {
    std::vector<std::string> lost;
    for (const auto& name : movedIn(policy))
      if (!comesBack(name)) lost.push_back(name);
    const auto over = [&](const std::string& sql, Form first) {
      return catalog::overOwn(sql, [&](std::string_view own) {
        return substitute(own, c_.traits, writtenColumns(c_, f_, When::after, first));
      });
    };
    std::string rows = over(policy.usingSql, Form::old), written;
    if (!policy.checkSql.empty())
      written = fmt::format("({}) AND ({})", over(policy.checkSql, Form::old),
                            over(policy.checkSql, Form::fresh));
    if (!lost.empty()) {
      const auto then =
          std::ranges::find_if(to_.policies, [&](const Policy& p) { return becomes(policy, p); });
      if (then == to_.policies.end() && !to_.policies.empty()) {
        const auto& entity = c_.a()[f_.oldEntity];
        c_.sink.add(report<Code::EVO056>(c_.b()[f_.newEntity].span, policy.name, entity.name,
                                         joined(lost, ", "))
                        .help("give the migration a `down` for it, keep a policy of that name, or "
                              "publish two versions: the policy goes in the first"));
        return false;
      }
      std::vector<std::string> empty;
      for (const auto& name : lost)
        empty.push_back(c_.quote(f_.oldName(name, When::after)) + " IS NULL");
      const std::string unwritten = joined(empty, " AND ");
      const auto orThen = [&](std::string& sql, const std::string& fresh) {
        if (!sql.empty())
          sql =
              fmt::format("({}) OR ({} AND ({}))", sql, unwritten, fresh.empty() ? "true" : fresh);
      };
      const Policy none{};
      const Policy& fresh = then == to_.policies.end() ? none : *then;
      orThen(rows, fresh.usingSql);
      orThen(written, fresh.checkSql);
    }
    policy.usingSql = std::move(rows);
    policy.checkSql = std::move(written);
    return true;
  }

  void step(Transition transition, const std::string& table, const std::vector<Policy>& policies,
            const char* what) {
    addStep(c_, f_, transition, diff::DeclarationKind::policy,
            fmt::format("{}: policies {}", table, what),
            ChangePolicies{table, from_.policies, policies});
  }

  Context& c_;
  const TableForms& f_;
  const Table& from_;
  const Table& to_;
};

// The name of what a declaration is on, of that version; "" = it is none of this kind.
std::string subjectOf(const ir::Model& model, diff::DeclarationKind kind, size_t index) {
  if (kind == diff::DeclarationKind::grant) return model.grants[index].on;
  if (kind == diff::DeclarationKind::policy) return model.policies[index].on;
  if (kind == diff::DeclarationKind::role) return model.roles[index].name;
  return {};
}

}  // namespace

size_t changeOfAccess(const Context& c, diff::DeclarationKind kind, const std::string& on) {
  const auto id = c.b().findEntity(on);
  const ir::EntityId old = id ? c.changes.matching.entityFrom[id->index()] : ir::EntityId{};
  const std::string before = old ? c.a()[old].name : on;
  for (size_t i = 0; i < c.changes.changes.size(); ++i) {
    const auto& change = c.changes.changes[i];
    const auto* added = std::get_if<diff::AddDeclaration>(&change);
    const auto* renamed = std::get_if<diff::RenameDeclaration>(&change);
    const auto* changed = std::get_if<diff::ChangeDeclaration>(&change);
    const auto* dropped = std::get_if<diff::DropDeclaration>(&change);
    const bool found =
        (added && added->kind == kind && subjectOf(c.b(), kind, added->index) == on) ||
        (renamed && renamed->kind == kind &&
         (subjectOf(c.b(), kind, renamed->to) == on ||
          subjectOf(c.a(), kind, renamed->from) == before)) ||
        (changed && changed->kind == kind && subjectOf(c.b(), kind, changed->to) == on) ||
        (dropped && dropped->kind == kind && subjectOf(c.a(), kind, dropped->index) == before);
    if (found) return i;
  }
  return Node::kNoChange;
}

std::vector<Grant> grantsOfBoth(const std::vector<Granted>& columns, const std::vector<Grant>& old,
                                const std::vector<Grant>& fresh) {
  std::vector<Grant> out;
  for (const auto& [role, action] : keysOf(old, fresh)) {
    const auto *was = findGrant(old, role, action), *is = findGrant(fresh, role, action);
    Grant grant{role, action, {}};
    for (const auto& column : columns)
      if (covers(was, column.old) || covers(is, column.fresh)) grant.columns.push_back(column.name);
    const bool whole = (was && was->columns.empty()) || (is && is->columns.empty());
    if (action == "DELETE" || (whole && grant.columns.size() == columns.size()))
      grant.columns.clear();
    else if (grant.columns.empty())
      continue;
    std::ranges::sort(grant.columns);
    out.push_back(std::move(grant));
  }
  std::ranges::sort(out);
  return out;
}

void addAccess(Context& c, const TableForms& f) {
  TableGrants(c, f).run();
  TablePolicies(c, f).run();
}

void addWatched(Context& c, const std::vector<std::pair<ir::EntityId, const Table*>>& created) {
  if (c.plan.before.lookers.empty() && c.plan.after.lookers.empty()) return;
  std::set<std::string> left;  // "unwatched:a"
  for (const auto& node : c.nodes)
    for (const auto& object : node.provides)
      if (node.transition == Transition::policySettle && object.starts_with(kUnwatched))
        left.insert(object);
  for (auto& node : c.nodes) {
    // All of a table's own is done at once.
    const bool goes = node.transition == Transition::tableDrop ||
                      (info(node.transition).phase == Phase::contract && foldable(node, c.traits));
    if (goes && left.contains(kUnwatched + node.table))
      node.needs.push_back(kUnwatched + node.table);
    // Also for policies, not only for views (views.cpp).
    if (node.transition == Transition::tableRename)
      node.provides.push_back("renamed:" + node.table);
  }
  // A new table has its policies at once, and what they look at may not be there yet.
  for (const auto& [entity, table] : created) {
    for (const auto& policy : table->policies) {
      for (const auto& [name, form] : c.forms) {
        for (const auto& column : form->fresh) {
          const auto& there = column.column->name;
          if (column.source == NewColumn::Source::kept ||
              !catalog::looksAt(policy, form->to->name, there, c.traits))
            continue;
          c.sink.add(report<Code::EVO065>(c.b()[entity].span, policy.name, c.b()[entity].name,
                                          c.b()[form->newEntity].name + "." + there)
                         .help("publish two versions: what the policy looks at in the first"));
        }
      }
    }
  }
}

void addRoles(Context& c) {
  const auto declared = [&](const ir::Model& model, const std::string& role) -> const ir::Role* {
    for (const auto& one : model.roles)
      if (one.name == role ||
          catalog::cutName(catalog::snakeCase(one.name), c.traits.maxIdentifierBytes) == role)
        return &one;
    return nullptr;
  };
  const auto add = [&](Transition transition, const std::string& role, const ir::Role* words,
                       std::string title) -> Node& {
    return c.add(
        transition, "", "role " + role, std::move(title),
        words ? changeOfAccess(c, diff::DeclarationKind::role, words->name) : Node::kNoChange,
        words ? words->span : Span{});
  };
  std::map<std::string, std::string> heirs, heirOf;
  for (const auto& [was, is] : renamedRoles(c)) {
    heirs[was] = is;
    heirOf[is] = was;
  }
  for (const auto& role : c.plan.after.roles) {
    if (c.plan.before.roles.contains(role)) continue;
    const auto& was = heirOf[role];
    add(Transition::roleCreate, role, declared(c.b(), role),
        fmt::format("role {}, unless the server has it", role) +
            (was.empty() ? "" : fmt::format(", for whoever has {}", was)))
        .operations.push_back(CreateRole{role, was});
  }
  for (const auto& role : c.plan.before.roles) {
    if (c.plan.after.roles.contains(role)) continue;
    const auto& heir = heirs[role];
    add(Transition::roleLeave, role, declared(c.a(), role),
        fmt::format("role {} is left to the server", role) +
            (heir.empty() ? "" : fmt::format("; whoever has it has {}", heir)))
        .operations.push_back(ForgetRole{role, heir});
  }
}

}  // namespace cambium::plan
