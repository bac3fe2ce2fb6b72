// Who may do what from a step on that may not before it, or no more.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/plan/hazards.h"

namespace cambium::plan {
namespace {

using catalog::Grant;

bool covers(const std::vector<Grant>& grants, const Grant& key, const std::string& column) {
  return std::ranges::any_of(grants, [&](const Grant& grant) {
    return grant.role == key.role && grant.action == key.action &&
           (grant.columns.empty() ||
            std::ranges::find(grant.columns, column) != grant.columns.end());
  });
}

// What `more` grants of these columns beyond `less`: "`staff` may SELECT, `staff` may UPDATE
// (name)".
std::string beyond(const std::vector<Grant>& more, const std::vector<Grant>& less,
                   const std::vector<std::string>& columns, const char* how) {
  std::string out;
  for (const auto& grant : more) {
    std::vector<std::string> named;
    for (const auto& column : columns)
      if (covers(more, grant, column) && !covers(less, grant, column)) named.push_back(column);
    if (named.empty()) continue;
    const bool all = named.size() == columns.size();
    out += fmt::format("{}`{}` {} {}{}", out.empty() ? "" : ", ", grant.role, how, grant.action,
                       all ? "" : " (" + joined(named, ", ") + ")");
  }
  return out;
}

// Columns of one version alone are granted with the version.
std::string changeOf(const std::vector<Grant>& from, const std::vector<Grant>& to,
                     const std::vector<std::string>& columns) {
  const auto less = beyond(from, to, columns, "no longer"), more = beyond(to, from, columns, "may");
  return less.empty() || more.empty() ? less + more : less + ", " + more;
}

std::vector<std::string> ofBoth(const Context& c, const std::string& table) {
  std::vector<std::string> out;
  const auto* was = c.plan.before.findTable(c.tableBefore(table));
  const auto* is = c.plan.after.findTable(c.tableAfter(table));
  if (!was || !is) return out;
  for (const auto& column : was->columns)
    if (is->findColumn(column.name)) out.push_back(column.name);
  return out;
}

void say(Step& step, const std::string& on, const std::string& what) {
  if (!what.empty()) addHazard<Code::LCK015>(step, on, what);
}

}  // namespace

void addRights(const Context& c, Step& step, const ChangeGrants& op) {
  // Of a view one column stands for all that are not named.
  auto columns = op.view ? std::vector<std::string>{} : ofBoth(c, op.table);
  if (op.view)
    for (const auto* list : {&op.from, &op.to})
      for (const auto& grant : *list)
        columns.insert(columns.end(), grant.columns.begin(), grant.columns.end());
  if (op.view && columns.empty()) columns.emplace_back();
  std::ranges::sort(columns);
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  say(step, op.table, changeOf(op.from, op.to, columns));
}

void addRights(const Context& c, Step& step, const CreateView& op) {
  const auto* was = c.plan.before.findView(op.view.name);
  if (!was || was->schema != op.view.schema || was->grants == op.view.grants) return;
  addRights(c, step, ChangeGrants{op.view.name, was->grants, op.view.grants, true});
}

// Policies that only follow columns that move show the same rows.
void addRights(const Context& c, Step& step, const ChangePolicies& op) {
  if (step.phase == Phase::switch_) return;
  std::string out;
  // One policy of the model is one for each action that it has.
  const auto tell = [&](const std::string& name, const char* what) {
    const auto isIt = [&](const catalog::Policy& policy) {
      return policy.name == name || policy.name.starts_with(name + ":");
    };
    if (std::ranges::any_of(op.from, isIt) || std::ranges::any_of(op.to, isIt))
      out += fmt::format("{}policy `{}` {}", out.empty() ? "" : ", ", name, what);
  };
  constexpr auto kPolicy = diff::DeclarationKind::policy;
  for (const auto& change : c.changes.changes) {
    if (const auto* x = std::get_if<diff::AddDeclaration>(&change); x && x->kind == kPolicy)
      tell(c.b().policies[x->index].name, "comes");
    if (const auto* x = std::get_if<diff::ChangeDeclaration>(&change); x && x->kind == kPolicy)
      tell(c.b().policies[x->to].name, "changes");
    if (const auto* x = std::get_if<diff::DropDeclaration>(&change); x && x->kind == kPolicy)
      tell(c.a().policies[x->index].name, "goes");
  }
  if (!out.empty() && op.from.empty()) out += "; who has no policy meets no row";
  if (!out.empty() && op.to.empty()) out += "; every row is shown";
  say(step, op.table, out);
}

}  // namespace cambium::plan
