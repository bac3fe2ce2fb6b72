#include "compiler/catalog/lower_access.h"

#include <algorithm>

#include "compiler/catalog/lookups.h"
#include "compiler/catalog/names.h"
#include "compiler/catalog/sql.h"

namespace cambium::catalog {

namespace {

using ir::AccessAction;

bool has(const std::vector<std::string>& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

std::string grantsTo(const ir::Model& model, const std::string& role) {
  const auto count =
      std::ranges::count_if(model.grants, [&](const ir::Grant& g) { return has(g.roles, role); });
  if (count == 0) return {};
  return count == 1 ? "the grant to it is not enforced either"
                    : "the " + std::to_string(count) + " grants to it are not enforced either";
}

}  // namespace

AccessLowerer::AccessLowerer(const ir::Model& model, const Placement& placement,
                             const Traits& traits, DiagnosticSink& sink, Speakable speakable)
    : model_(model),
      placement_(placement),
      traits_(traits),
      sink_(sink),
      speakable_(std::move(speakable)) {}

void AccessLowerer::tables(Catalog& catalog) {
  if (traits_.accessControl) roles(catalog);
  for (uint32_t i = 0; i < model_.entities.size(); ++i) {
    const ir::EntityId id(i);
    Table* table = catalog.findTable(placement_.lowered.table(id));
    if (!table || !isDeployed(model_[id])) continue;
    if (traits_.accessControl) table->grants = grantsOn(id);
    if (!traits_.rowPolicies) continue;
    table->policies = policiesOf(id);
    table->rowSecurity = !table->policies.empty();
  }
  if (!traits_.rowPolicies) return;
  junctions(catalog);
  for (const Table& table : catalog.tables)
    if (hasLookups(table.policies)) catalog.lookers.insert(table.name);
  findShutOut(catalog);
}

// ---------------------------------------------------------------- roles
void AccessLowerer::roles(Catalog& catalog) {
  std::map<std::string, const ir::Role*> taken;
  for (const ir::Role& role : model_.roles) {
    std::string name = role.name;
    if (model_.naming != ir::Naming::asWritten) name = snakeCase(name);
    name = cutName(std::move(name), traits_.maxIdentifierBytes);
    const auto [it, fresh] = taken.emplace(folded(name), &role);
    if (!fresh) {
      auto& d = sink_.add(report<Code::DDL003>(role.span, "the role `" + role.name + "`", name,
                                               "the role `" + it->second->name + "`"));
      if (it->second->span) d.label(it->second->span, "the role is here");
      d.help("give one of them another name");
    }
    catalog.roles.insert(name);
    roleNames_.emplace(role.name, std::move(name));
  }
}

std::string AccessLowerer::roleName(const std::string& role) const {
  const auto at = roleNames_.find(role);
  return at == roleNames_.end() ? role : at->second;
}

std::vector<std::string> AccessLowerer::roleNames(const std::vector<std::string>& roles) const {
  std::vector<std::string> out;
  for (const auto& role : roles) out.push_back(roleName(role));
  std::ranges::sort(out);
  return out;
}

// ---------------------------------------------------------------- grants
void AccessLowerer::allow(Allowed& allowed, const ir::Grant& grant, AccessAction action,
                          const std::vector<std::string>& columns, bool all) const {
  for (const auto& role : grant.roles) {
    Columns& mine = allowed[{roleName(role), wordsOf(action).sql}];
    mine.all = mine.all || all || action == AccessAction::remove;
    for (const auto& column : columns)
      if (!has(mine.some, column)) mine.some.push_back(column);
  }
}

// Several grants that leave nothing out together are one of the whole.
std::vector<Grant> AccessLowerer::listed(const Allowed& allowed,
                                         const std::vector<std::string>& columns) {
  std::vector<Grant> out;
  for (const auto& [key, mine] : allowed) {
    const bool all = mine.all || mine.some.size() == columns.size();
    if (!all && mine.some.empty()) continue;
    Grant grant{key.first, key.second, all ? std::vector<std::string>() : mine.some};
    std::ranges::sort(grant.columns);
    out.push_back(std::move(grant));
  }
  std::ranges::sort(out);
  return out;
}

std::vector<Grant> AccessLowerer::grantsOn(ir::EntityId id) const {
  const ir::Entity& entity = model_[id];
  const auto all = columnsOf(model_, placement_.lowered, id);
  Allowed allowed;
  for (const ir::Grant& grant : model_.grants) {
    if (grant.on == entity.name) {
      std::vector<std::string> columns;
      for (const ir::PropertyId p : entity.properties)
        if (!has(grant.except, model_[p].name))
          for (const auto& column : placement_.lowered.columnsOf(p)) columns.push_back(column);
      for (const AccessAction action : grant.actions)
        allow(allowed, grant, action, columns, columns.size() == all.size());
      continue;
    }
    // A junction holds what its entity's property holds: whoever may write that adds and removes
    // rows.
    if (entity.madeOf != grant.on) continue;
    const auto owner = model_.findEntity(grant.on);
    if (!owner) continue;
    const bool hidden = std::ranges::any_of(model_[*owner].properties, [&](ir::PropertyId p) {
      return model_[p].through == id && has(grant.except, model_[p].name);
    });
    for (const AccessAction action : grant.actions) {
      if (hidden && action != AccessAction::remove) continue;
      allow(allowed, grant, action, {}, true);
      if (action != AccessAction::update) continue;
      allow(allowed, grant, AccessAction::insert, {}, true);
      allow(allowed, grant, AccessAction::remove, {}, true);
    }
  }
  return listed(allowed, all);
}

std::vector<Grant> AccessLowerer::grantsOn(const ir::View& view) const {
  if (!traits_.accessControl) return {};
  std::vector<std::string> all;
  for (const auto& column : view.columns) all.push_back(column.name);
  Allowed allowed;
  for (const ir::Grant& grant : model_.grants) {
    if (grant.on != view.name) continue;
    std::vector<std::string> columns;
    for (const auto& column : all)
      if (!has(grant.except, column)) columns.push_back(column);
    for (const AccessAction action : grant.actions)
      allow(allowed, grant, action, columns, grant.except.empty());
  }
  return listed(allowed, all);
}

// A view with the rights of its owner would show rows that policies hide: there whoever asks must
// be allowed to read the tables.
const std::string& AccessLowerer::viewOptions(const ir::View& view, const std::string& sql,
                                              const Catalog& catalog) {
  const auto granted = grantsOn(view);
  if (granted.empty() || traits_.grantedViewOptions.empty()) return traits_.viewOptions;
  bool hides = false;
  for (const Table& table : catalog.tables) {
    if (!table.rowSecurity || !mentionsTable(sql, table.name, traits_)) continue;
    hides = true;
    for (const Grant& grant : granted) {
      const bool reads = std::ranges::any_of(table.grants, [&](const Grant& g) {
        return g.role == grant.role && g.action == "SELECT";
      });
      if (reads) continue;
      sink_
          .add(report<Code::DDL011>(view.span, traits_.displayName, view.name, grant.role,
                                    table.name))
          .note("rows of `" + table.name + "` are hidden by policies, also in views")
          .help("grant it `read` on what the view shows, or `@allow(DDL011, \"why\")`");
    }
  }
  return hides ? traits_.viewOptions : traits_.grantedViewOptions;
}

// ---------------------------------------------------------------- what is not enforced
void AccessLowerer::warn() const {
  const auto tell = [&](std::string_view kind, const std::string& name, Span span) -> Diagnostic& {
    return sink_.add(report<Code::DDL008>(span, traits_.displayName, kind, name))
        .help("applications have to see to it; `@allow(DDL008, \"why\")` says that you know");
  };
  if (!traits_.accessControl)
    for (const ir::Role& role : model_.roles) {
      auto& d = tell("role", role.name, role.span);
      if (auto text = grantsTo(model_, role.name); !text.empty()) d.note(std::move(text));
    }
  for (const ir::Policy& policy : model_.policies) {
    // A draft has no rows that somebody could see.
    const auto entity = model_.findEntity(policy.on);
    if (!entity || model_[*entity].lifecycle == ir::Lifecycle::draft) continue;
    if (!traits_.rowPolicies)
      tell("policy", policy.name, policy.span);
    else if (std::ranges::find(open_, &policy) != open_.end())
      tell("policy", policy.name, policy.span)
          .note(
              "its condition compares rows of several tables in one term, or is not said in its "
              "words");
  }
  if (!traits_.accessControl) return;
  for (const ir::Grant& grant : model_.grants) {
    const auto entity = model_.findEntity(grant.on);
    if (entity && model_[*entity].lifecycle == ir::Lifecycle::external)
      tell("the grant on", grant.on, grant.span).note("nobody alters the table of others");
  }
}

}  // namespace cambium::catalog
