#include "plugins/postgres/db/access.h"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/postgres/db/relations.h"
#include "plugins/postgres/db/rows.h"
#include "plugins/postgres/db/same_sql.h"

namespace cambium::dialect::postgres {
namespace {

// One in each line: a role's name may have any character in it but that.
std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string commandOf(const std::string& letter) {
  switch (letter.empty() ? ' ' : letter[0]) {
    case 'r': return "SELECT";
    case 'a': return "INSERT";
    case 'w': return "UPDATE";
    case 'd': return "DELETE";
    default: return "ALL";
  }
}

enum PolicyColumn : size_t {
  kTable,
  kTableName,
  kName,
  kCommand,
  kPermissive,
  kRoles,
  kUsing,
  kCheck,
  kComment,
  kFingerprint
};

}  // namespace

std::string policyQuery(const std::string& where) {
  return "SELECT p.polrelid::text, c.relname, p.polname, p.polcmd::text, p.polpermissive, (SELECT "
         "pg_catalog.string_agg(r.rolname, E'\\n' ORDER BY r.rolname) FROM pg_catalog.pg_roles r "
         "WHERE r.oid = ANY (p.polroles)), pg_catalog.pg_get_expr(p.polqual, p.polrelid), "
         "pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), " +
         commentOf("p.oid", "pg_policy") + ", " + policyFingerprint() +
         " FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid WHERE " +
         where + " ORDER BY p.polrelid, p.polname COLLATE \"C\"";
}

std::optional<catalog::Policy> policyOf(const Row& row, const IsSaid& isSaid) {
  if (!flag(row, kPermissive)) return std::nullopt;
  catalog::Policy out{text(row, kName), commandOf(text(row, kCommand)), lines(text(row, kRoles)),
                      text(row, kUsing), text(row, kCheck)};
  std::ranges::sort(out.roles);
  const auto notes = readNote(text(row, kComment));
  const auto *rows = findNote(notes, "using"), *written = findNote(notes, "check");
  const auto alike = [&](const std::string* said, const std::string& stored) {
    return said ? sameExpression(*said, stored) : stored.empty();
  };
  const bool same = isSaid(notes, text(row, kFingerprint), [&] {
    return alike(rows, out.usingSql) && alike(written, out.checkSql);
  });
  if (same) {
    out.usingSql = rows ? *rows : "";
    out.checkSql = written ? *written : "";
  }
  return out;
}

catalog::Opaque opaquePolicy(const Row& row) {
  return {"policy", text(row, kTableName) + "." + text(row, kName),
          fmt::format("{} {} to {} using {} check {}",
                      flag(row, kPermissive) ? "permissive" : "restrictive",
                      commandOf(text(row, kCommand)), text(row, kRoles), text(row, kUsing),
                      text(row, kCheck))};
}

std::string roleTableQuery() {
  return fmt::format(
      "SELECT pg_catalog.to_regclass(pg_catalog.quote_ident(pg_catalog.current_schema()) || "
      "'.{}') IS NOT NULL",
      kRoleTable);
}

std::string roleQuery() {
  return "SELECT name FROM " + quote(kRoleTable);
}

// Each right of each role: relation, role ("" = everybody), right, column ("" = the whole), whether
// it may be handed on, whether it is the owner's. An owner who was never given anything has all.
std::string grantQuery(const std::string& name, const std::string& where) {
  const std::string rights =
      " LEFT JOIN pg_catalog.pg_roles r ON r.oid = g.grantee JOIN pg_catalog.pg_class c ON c.oid = "
      "g.relation WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND " +
      where;
  return "SELECT " + name +
         ", coalesce(r.rolname, ''), g.right_, g.column_, g.hands, g.grantee = "
         "c.relowner FROM (SELECT k.oid AS relation, x.grantee, x.privilege_type AS right_, "
         "''::text AS column_, x.is_grantable AS hands FROM pg_catalog.pg_class k, "
         "pg_catalog.aclexplode(k.relacl) x UNION ALL SELECT a.attrelid, x.grantee, "
         "x.privilege_type, a.attname::text, x.is_grantable FROM pg_catalog.pg_attribute a, "
         "pg_catalog.aclexplode(a.attacl) x WHERE a.attnum > 0 AND NOT a.attisdropped AND "
         "a.attname NOT LIKE "
         "'cambium\\_kept\\_%') g" +
         rights + " ORDER BY 1, 2, 3, 4";
}

FoundGrants grantsOf(const std::vector<Row>& rows, const std::set<std::string>& roles) {
  static constexpr const char* kKnown[] = {"SELECT", "INSERT", "UPDATE", "DELETE"};
  FoundGrants out;
  std::map<std::string, std::set<std::string>> owners;  // by relation: rights on the whole
  std::map<std::pair<std::string, std::string>, std::string> others;  // by relation and role
  for (const Row& row : rows) {
    const std::string relation = text(row, 0), role = text(row, 1), right = text(row, 2),
                      column = text(row, 3);
    const bool handsOn = flag(row, 4);
    if (flag(row, 5)) {
      if (column.empty()) owners[relation].insert(right);
      continue;
    }
    const bool known = std::ranges::find(kKnown, right) != std::end(kKnown);
    if (known && !handsOn && roles.contains(role)) {
      auto& list = out.grants[relation];
      const auto at = std::ranges::find_if(
          list, [&](const auto& g) { return g.role == role && g.action == right; });
      if (at == list.end())
        list.push_back(
            {role, right,
             column.empty() ? std::vector<std::string>() : std::vector<std::string>{column}});
      else if (!at->columns.empty())  // "" came first: the whole
        at->columns.push_back(column);
      continue;
    }
    std::string& words = others[{relation, role.empty() ? "PUBLIC" : role}];
    words +=
        fmt::format("{}{}{}{}", words.empty() ? "" : ", ", right,
                    column.empty() ? "" : " (" + column + ")", handsOn ? " with grant option" : "");
  }
  for (auto& [relation, list] : out.grants) {
    for (auto& grant : list) std::ranges::sort(grant.columns);
    std::ranges::sort(list);
  }
  for (const auto& [key, words] : others)
    out.others.push_back({"grant", key.first + " to " + key.second, words});
  for (const auto& [relation, rights] : owners)
    for (const char* right : kKnown)
      if (!rights.contains(right)) {
        out.others.push_back(
            {"grant", relation + " to its owner", fmt::format("{}", fmt::join(rights, ", "))});
        break;
      }
  return out;
}

}  // namespace cambium::dialect::postgres
