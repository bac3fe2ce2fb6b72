// Roles, grants and policies as statements. What a step does to them it does in its transaction.
#include <fmt/core.h>

#include <algorithm>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {
namespace {

using catalog::Grant;
using catalog::Policy;

std::string rolesOf(const Policy& policy) {
  return policy.roles.empty() ? "PUBLIC" : quoteList(policy.roles);
}

void createPolicy(const std::string& table, const Policy& policy, std::vector<std::string>& out) {
  std::string sql = fmt::format("CREATE POLICY {} ON {} FOR {} TO {}", quote(policy.name),
                                quote(table), policy.command, rolesOf(policy));
  if (!policy.usingSql.empty()) sql += " USING (" + policy.usingSql + ")";
  if (!policy.checkSql.empty()) sql += " WITH CHECK (" + policy.checkSql + ")";
  out.push_back(std::move(sql));
  notePolicy(table, policy, out);
}

std::string whatOf(const Grant& grant) {
  return grant.columns.empty() ? grant.action
                               : fmt::format("{} ({})", grant.action, quoteList(grant.columns));
}

const Grant* findIn(const std::vector<Grant>& grants, const Grant& wanted) {
  const auto at = std::ranges::find_if(
      grants, [&](const Grant& g) { return g.role == wanted.role && g.action == wanted.action; });
  return at == grants.end() ? nullptr : &*at;
}

// Of the columns of `some` those that `others` has not; a grant on the whole has no columns.
Grant without(Grant some, const Grant* others) {
  if (others)
    std::erase_if(some.columns, [&](const auto& column) {
      return std::ranges::find(others->columns, column) != others->columns.end();
    });
  return some;
}

std::string block(const std::string& body) {
  return "DO " + dollarQuoted("\nBEGIN\n" + body + "\nEND\n");
}

}  // namespace

void policiesSql(const std::string& table, const std::vector<Policy>& from,
                 const std::vector<Policy>& to, std::vector<std::string>& out) {
  const auto within = [](const std::vector<Policy>& list, const Policy& policy) {
    return std::ranges::find(list, policy) != list.end();
  };
  // Row security first: no moment in which somebody sees what he must not.
  if (from.empty() && !to.empty())
    out.push_back(fmt::format("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", quote(table)));
  for (const auto& policy : from)
    if (!within(to, policy))
      out.push_back(fmt::format("DROP POLICY {} ON {}", quote(policy.name), quote(table)));
  for (const auto& policy : to)
    if (!within(from, policy)) createPolicy(table, policy, out);
  if (!from.empty() && to.empty())
    out.push_back(fmt::format("ALTER TABLE {} DISABLE ROW LEVEL SECURITY", quote(table)));
}

// A revoke on the whole takes what is granted on columns along, so all of them come first.
void grantsSql(const std::string& relation, const std::vector<Grant>& from,
               const std::vector<Grant>& to, std::vector<std::string>& out) {
  for (const auto& grant : from) {
    const Grant* then = findIn(to, grant);
    const bool whole = grant.columns.empty(), stays = then && then->columns.empty();
    if (whole && stays) continue;
    const Grant gone = whole || stays ? grant : without(grant, then);
    if (whole || !gone.columns.empty())
      out.push_back(
          fmt::format("REVOKE {} ON {} FROM {}", whatOf(gone), relation, quote(grant.role)));
  }
  for (const auto& grant : to) {
    const Grant* was = findIn(from, grant);
    const bool whole = grant.columns.empty();
    if (whole && was && was->columns.empty()) continue;
    const Grant more = whole || (was && was->columns.empty()) ? grant : without(grant, was);
    if (whole || !more.columns.empty())
      out.push_back(fmt::format("GRANT {} ON {} TO {}", whatOf(more), relation, quote(grant.role)));
  }
}

void createFaceSchema(const std::string& schema, std::vector<std::string>& out) {
  const std::string name = textLiteral(schema);
  out.push_back(
      "DO " +
      dollarQuoted(fmt::format(
          "\nDECLARE\n  ours text := {2};\n  there oid := (SELECT n.oid FROM "
          "pg_catalog.pg_namespace n WHERE n.nspname = {0});\nBEGIN\n"
          "  IF there IS NULL THEN\n"
          "    CREATE SCHEMA {1};\n"
          "    EXECUTE pg_catalog.format('COMMENT ON SCHEMA %I IS %L', {0}, ours);\n"
          "  ELSIF pg_catalog.obj_description(there, 'pg_namespace') IS DISTINCT FROM ours THEN\n"
          "    RAISE duplicate_schema USING MESSAGE = 'schema \"' || {0} || '\" is there already, "
          "and is no version of ' || pg_catalog.current_schema();\n"
          "  END IF;\nEND\n",
          name, quote(schema), kFaceOf)));
}

void dropFaceSchema(const std::string& schema, std::vector<std::string>& out) {
  out.push_back(
      block(fmt::format("  IF NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN "
                        "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {}) "
                        "THEN\n    DROP SCHEMA {};\n  END IF;",
                        textLiteral(schema), quote(schema))));
}

namespace {

// Whoever has the one role gets the other one, too, unless he has it or is part of it. What servers
// from 16 on say of a membership besides is said again.
std::string inheritSql(const std::string& from, const std::string& to) {
  return block(fmt::format(
      "  DECLARE\n    who record;\n  BEGIN\n"
      "    FOR who IN\n"
      "      SELECT m.rolname AS name, pg_catalog.concat_ws(', ', CASE WHEN x.admin_option THEN "
      "'ADMIN OPTION' END,\n"
      "          CASE WHEN pg_catalog.to_jsonb(x) ->> 'inherit_option' = 'false' THEN 'INHERIT "
      "FALSE' END,\n"
      "          CASE WHEN pg_catalog.to_jsonb(x) ->> 'set_option' = 'false' THEN 'SET FALSE' END) "
      "AS how\n"
      "      FROM pg_catalog.pg_auth_members x\n"
      "        JOIN pg_catalog.pg_roles r ON r.oid = x.roleid AND r.rolname = {0}\n"
      "        JOIN pg_catalog.pg_roles m ON m.oid = x.member\n"
      "      WHERE NOT pg_catalog.pg_has_role({1}, m.oid, 'MEMBER')\n"
      "        AND NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members y JOIN pg_catalog.pg_roles n "
      "ON n.oid = y.roleid\n"
      "          WHERE n.rolname = {1} AND y.member = x.member)\n"
      "      ORDER BY m.rolname\n"
      "    LOOP\n"
      "      EXECUTE pg_catalog.format('GRANT %I TO %I', {1}, who.name)\n"
      "        || CASE WHEN who.how = '' THEN '' ELSE ' WITH ' || who.how END;\n"
      "    END LOOP;\n"
      "  END;",
      textLiteral(from), textLiteral(to)));
}

}  // namespace

void createRoleSql(const std::string& role, const std::string& heirOf,
                   std::vector<std::string>& out) {
  const std::string name = textLiteral(role);
  // Two that make it at one moment: one of them finds it there.
  out.push_back(block(
      fmt::format("  IF {0} = current_user THEN\n"
                  "    RAISE insufficient_privilege USING MESSAGE = 'role \"' || {0} || '\" is the "
                  "user of this "
                  "session: nothing is refused to the owner of the tables';\n"
                  "  END IF;\n"
                  "  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {0}) THEN\n"
                  "    CREATE ROLE {1} NOLOGIN;\n"
                  "  END IF;\n"
                  "EXCEPTION WHEN duplicate_object OR unique_violation THEN\n"
                  "  NULL;",
                  name, quote(role))));
  out.push_back(block(fmt::format(
      "  IF NOT pg_catalog.has_schema_privilege({0}, pg_catalog.current_schema(), 'USAGE') THEN\n"
      "    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I', "
      "pg_catalog.current_schema(), {0});\n"
      "    IF NOT pg_catalog.has_schema_privilege({0}, pg_catalog.current_schema(), 'USAGE') THEN\n"
      "      RAISE insufficient_privilege USING MESSAGE = 'nobody here may let role \"' || {0} || "
      "'\" use the schema';\n"
      "    END IF;\n"
      "  END IF;",
      name)));
  out.push_back(
      fmt::format("CREATE TABLE IF NOT EXISTS {} (name text PRIMARY KEY)", quote(kRoleTable)));
  out.push_back(fmt::format("INSERT INTO {} (name) VALUES ({}) ON CONFLICT DO NOTHING",
                            quote(kRoleTable), name));
  if (!heirOf.empty()) out.push_back(inheritSql(heirOf, role));
}

void forgetRoleSql(const std::string& role, const std::string& heir,
                   std::vector<std::string>& out) {
  if (!heir.empty()) out.push_back(inheritSql(role, heir));
  out.push_back(
      block(fmt::format("  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {0}) THEN\n"
                        "    EXECUTE pg_catalog.format('REVOKE USAGE ON SCHEMA %I FROM %I', "
                        "pg_catalog.current_schema(), {0});\n"
                        "  END IF;",
                        textLiteral(role))));
  out.push_back(
      fmt::format("DELETE FROM {} WHERE name = {}", quote(kRoleTable), textLiteral(role)));
}

}  // namespace cambium::dialect::postgres
