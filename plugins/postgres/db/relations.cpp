#include "plugins/postgres/db/relations.h"

#include <fmt/core.h>

#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {

std::string relationName() {
  return fmt::format(
      "CASE WHEN c.relnamespace = {} THEN "
      "c.relname::text ELSE (SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.oid = "
      "c.relnamespace) || '.' || c.relname END",
      kHere);
}

std::string faceSchema() {
  return fmt::format(
      "(SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.oid = c.relnamespace AND "
      "n.oid <> {})",
      kHere);
}

std::string commentOf(const char* oid, const char* catalog, const char* column) {
  return fmt::format(
      "(SELECT remark.description FROM pg_catalog.pg_description remark WHERE remark.objoid = {} "
      "AND remark.classoid = 'pg_catalog.{}'::regclass AND remark.objsubid = {})",
      oid, catalog, column);
}

std::string inSchemas() {
  return fmt::format(
      "(c.relnamespace = {} AND c.relname NOT LIKE "
      "'cambium\\_%' OR c.relnamespace IN (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE "
      "{} = {}))",
      kHere, commentOf("n.oid", "pg_namespace"), kFaceOf);
}

std::string indexPartWords() {
  return "(SELECT pg_catalog.array_to_json(pg_catalog.array_agg(pg_catalog.concat_ws(' ', CASE "
         "WHEN co.oid <> a.attcollation THEN 'COLLATE ' || CASE WHEN "
         "pg_catalog.pg_collation_is_visible(co.oid) THEN '' ELSE '\"' || "
         "pg_catalog.replace(cn.nspname, '\"', '\"\"') || '\".' END || '\"' || "
         "pg_catalog.replace(co.collname, '\"', '\"\"') || '\"' END, CASE WHEN NOT "
         "oc.opcdefault THEN CASE WHEN pg_catalog.pg_opclass_is_visible(oc.oid) THEN '' ELSE "
         "pg_catalog.quote_ident(os.nspname) || '.' END || pg_catalog.quote_ident(oc.opcname) "
         "END) ORDER BY n))::text FROM pg_catalog.generate_series(0, i.indnkeyatts - 1) AS n "
         "JOIN "
         "pg_catalog.pg_opclass oc ON oc.oid = i.indclass[n] JOIN pg_catalog.pg_namespace os ON "
         "os.oid = oc.opcnamespace LEFT JOIN pg_catalog.pg_collation co ON co.oid = "
         "i.indcollation[n] LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace "
         "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = "
         "i.indkey[n] AND a.attnum <> 0)";
}

}  // namespace cambium::dialect::postgres
