// What roles may do and see while applications of both versions run: all that their version allows,
// and nothing that neither of them does.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/catalog/lookups.h"
#include "compiler/plan/prover.h"

namespace cambium::plan {
namespace {

using catalog::Grant;

bool covers(const std::vector<Grant>& grants, const Grant& wanted, const std::string& column) {
  return std::ranges::any_of(grants, [&](const Grant& g) {
    return g.role == wanted.role && g.action == wanted.action &&
           (g.columns.empty() || std::ranges::find(g.columns, column) != g.columns.end());
  });
}

}  // namespace

// Every column that `used` grants is granted; `columns`: those there are, if they are known.
bool Prover::granted(const std::string& on, const std::vector<Grant>& used,
                     const std::vector<std::string>& columns, const std::vector<Grant>& now,
                     const char* claim) {
  for (const auto& grant : used) {
    // Of a view the catalog knows no columns.
    const bool some = std::ranges::any_of(
        now, [&](const Grant& g) { return g.role == grant.role && g.action == grant.action; });
    if (!some)
      return fail(claim,
                  fmt::format("{} on {} is not granted to {}", grant.action, on, grant.role));
    for (const auto& column : grant.columns.empty() ? columns : grant.columns) {
      if (!covers(now, grant, column))
        return fail(claim, fmt::format("{} on {}.{} is not granted to {}", grant.action, on, column,
                                       grant.role));
    }
  }
  return true;
}

bool Prover::oldAccess(const std::string& name) {
  const auto *used = plan_.before.findTable(name), *is = now_.findTable(name);
  if (!used || !is) return true;  // told by whoever looks for the table
  if (is->policies != used->policies || is->rowSecurity != used->rowSecurity)
    return fail(kOld, fmt::format("{} shows other rows", name));
  return granted(name, used->grants, namesOf(*used), is->grants, kOld);
}

bool Prover::newAccess(const Table& used, const Table& is) {
  const auto* was = plan_.before.findTable(original(is.name));
  // The tables that they look at may have their old names for a while.
  auto policies = used.policies;
  if (catalog::hasLookups(policies))
    for (const auto* table : renamed_)
      if (const auto* present = behind(*table); present && present->name != table->name)
        catalog::renameLooked(policies, table->name, present->name, traits_);
  const bool ends = is.policies == policies;
  const auto duty = std::ranges::find(plan_.duties.policies, original(is.name), &PolicyDuty::table);
  const bool both = was && (duty == plan_.duties.policies.end() ? is.policies == was->policies
                                                                : is.policies == duty->policies);
  if (!ends && !both) return fail(kNew, fmt::format("{} shows other rows", used.name));
  if (is.rowSecurity == is.policies.empty())
    return fail(kNew,
                fmt::format("{}: policies without row security, or that without them", used.name));
  if (!granted(used.name, used.grants, namesOf(used), is.grants, kNew)) return false;
  // A table under its other name: whoever asks needs both.
  const auto* face = is.name == used.name ? nullptr : now_.findView(used.name);
  return !face || granted(used.name, used.grants, namesOf(used), face->grants, kNew);
}

// What the column is called from the switch on.
std::string Prover::later(const std::string& table, const std::string& column) {
  if (switches_ > 0) return column;
  const auto at = swapped_.find({table, column});
  return at == swapped_.end() ? column : at->second;
}

bool Prover::nothingMore(const std::string& name) {
  const auto* is = now_.findTable(name);
  if (!is) return true;
  const auto *was = plan_.before.findTable(original(name)), *then = newName(name);
  for (const auto& grant : is->grants) {
    for (const auto& column : grant.columns.empty() ? namesOf(*is) : grant.columns) {
      const auto before = original(name, column), after = later(name, column);
      const bool old = was && was->findColumn(before) && covers(was->grants, grant, before);
      const bool fresh = then && then->findColumn(after) && covers(then->grants, grant, after);
      // A row goes whole.
      const bool whole =
          grant.action == "DELETE" && ((was && covers(was->grants, grant, column)) ||
                                       (then && covers(then->grants, grant, column)));
      if (!old && !fresh && !whole)
        return fail(kMore, fmt::format("{} on {}.{} is granted to {}", grant.action, name, column,
                                       grant.role));
    }
  }
  return true;
}

std::vector<std::string> Prover::namesOf(const Table& table) {
  std::vector<std::string> out;
  for (const auto& column : table.columns) out.push_back(column.name);
  return out;
}

}  // namespace cambium::plan
