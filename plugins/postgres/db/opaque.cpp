#include "plugins/postgres/db/opaque.h"

#include <fmt/core.h>

#include "plugins/postgres/db/relations.h"

namespace cambium::dialect::postgres {

std::string notExtension(const char* oid, const char* catalog) {
  return fmt::format(
      " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.deptype = 'e' AND x.objid = "
      "{} AND x.classid = 'pg_catalog.{}'::regclass)",
      oid, catalog);
}

std::string serialSequence() {
  return "SELECT s.seqrelid FROM pg_catalog.pg_depend o JOIN pg_catalog.pg_sequence s ON "
         "s.seqrelid = o.objid JOIN pg_catalog.pg_attribute a ON a.attrelid = o.refobjid AND "
         "a.attnum = o.refobjsubid JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND "
         "d.adnum = a.attnum JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND "
         "i.indisprimary AND i.indkey::text = a.attnum::text WHERE o.classid = "
         "'pg_catalog.pg_class'::regclass AND o.refclassid = 'pg_catalog.pg_class'::regclass AND "
         "o.deptype = 'a' AND s.seqtypid = a.atttypid AND s.seqstart = 1 AND s.seqincrement = 1 "
         "AND s.seqmin = 1 AND NOT s.seqcycle AND s.seqmax = CASE a.atttypid WHEN 'int2'::regtype "
         "THEN 32767 WHEN 'int4'::regtype THEN 2147483647 ELSE 9223372036854775807 END AND "
         "pg_catalog.pg_get_expr(d.adbin, d.adrelid) = pg_catalog.format('nextval(%L::regclass)', "
         "s.seqrelid::regclass)";
}

std::string otherObjects() {
  const std::string here(kHere);
  return "SELECT 'function', p.proname || '(' || "
         "pg_catalog.pg_get_function_identity_arguments(p.oid) || ')', CASE WHEN p.prokind = "
         "'a' THEN 'an aggregate' ELSE pg_catalog.pg_get_functiondef(p.oid) END, p.proname "
         "FROM pg_catalog.pg_proc p WHERE p.pronamespace = " +
         here + notExtension("p.oid", "pg_proc") +
         " UNION ALL SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' "
         "WHEN 'c' THEN 'composite type' ELSE 'type' END, t.typname, CASE t.typtype WHEN "
         "'e' THEN (SELECT pg_catalog.string_agg(e.enumlabel, ', ' ORDER BY "
         "e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) WHEN 'd' "
         "THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) || coalesce((SELECT ' ' "
         "|| pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ' ' ORDER BY "
         "k.conname) FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid), '') ELSE "
         "coalesce((SELECT pg_catalog.string_agg(a.attname || ' ' || "
         "pg_catalog.format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) FROM "
         "pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0), '') "
         "END, '' FROM pg_catalog.pg_type t WHERE t.typnamespace = " +
         here +
         " AND (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND EXISTS (SELECT FROM "
         "pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')))" +
         notExtension("t.oid", "pg_type") +
         " UNION ALL SELECT 'sequence', c.relname, pg_catalog.format('%s from %s by %s, %s "
         "to %s, cycle %s', pg_catalog.format_type(s.seqtypid, NULL), s.seqstart, "
         "s.seqincrement, s.seqmin, s.seqmax, s.seqcycle), '' FROM pg_catalog.pg_class c "
         "JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid WHERE c.relkind = 'S' AND "
         "c.relnamespace = " +
         here +
         " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND "
         "d.deptype = 'i') AND c.oid NOT IN (" +
         serialSequence() + ")" + notExtension("c.oid", "pg_class") +
         " UNION ALL SELECT 'rule', c.relname || '.' || r.rulename, "
         "pg_catalog.pg_get_ruledef(r.oid), '' FROM pg_catalog.pg_rewrite r JOIN "
         "pg_catalog.pg_class c ON c.oid = r.ev_class WHERE r.rulename <> '_RETURN' AND "
         "c.relnamespace = " +
         here +
         " UNION ALL SELECT 'statistics', s.stxname, "
         "pg_catalog.pg_get_statisticsobjdef(s.oid), '' FROM pg_catalog.pg_statistic_ext s "
         "WHERE s.stxnamespace = " +
         here +
         " UNION ALL SELECT 'collation', c.collname, c.collcollate, '' FROM "
         "pg_catalog.pg_collation c WHERE c.collnamespace = " +
         here + notExtension("c.oid", "pg_collation") +
         " UNION ALL SELECT 'operator', o.oid::regoperator::text, o.oprcode::text, '' FROM "
         "pg_catalog.pg_operator o WHERE o.oprnamespace = " +
         here + notExtension("o.oid", "pg_operator") +
         " UNION ALL SELECT 'text search configuration', t.cfgname, '', '' FROM "
         "pg_catalog.pg_ts_config t WHERE t.cfgnamespace = " +
         here + notExtension("t.oid", "pg_ts_config") + " ORDER BY 1, 2";
}

}  // namespace cambium::dialect::postgres
