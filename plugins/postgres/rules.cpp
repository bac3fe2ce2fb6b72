// What only PostgreSQL refuses: said when the model is compiled, not when a database is changed.
#include <algorithm>

#include "compiler/base/words.h"
#include "compiler/catalog/lower.h"
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {

namespace {

constexpr const char* kName = "PostgreSQL";

void checkColumns(const ir::Model& model, const catalog::Catalog& catalog, DiagnosticSink& sink) {
  for (const auto& table : catalog.tables) {
    if (table.columns.size() <= kMostColumns) continue;
    const auto entity = std::ranges::find_if(model.entities, [&](const ir::Entity& e) {
      return catalog::tableName(e, model.naming) == table.name;
    });
    sink.add(report<Code::DDL054>(entity == model.entities.end() ? Span{} : entity->span, kName,
                                  table.name, table.columns.size(), kMostColumns));
  }
}

// Names of roles that no role can have, whatever the quotes around them.
void checkRoles(const ir::Model& model, DiagnosticSink& sink) {
  for (const ir::Role& role : model.roles) {
    const std::string name =
        model.naming == ir::Naming::asWritten ? role.name : snakeCase(role.name);
    if (name.starts_with("pg_"))
      sink.add(report<Code::DDL050>(role.span, kName, "pg_", name))
          .help("give the role another name");
    else if (name == "public" || name == "none")
      sink.add(report<Code::DDL055>(role.span, kName, name)).help("give the role another name");
  }
}

}  // namespace

void checkRules(const ir::Model& model, const catalog::Catalog& catalog, DiagnosticSink& sink) {
  checkColumns(model, catalog, sink);
  checkRoles(model, sink);
}

// A view is asked with the rights of whoever made it: nobody can be kept from the rows below it.
void checkRulesBefore15(const ir::Model& model, const catalog::Catalog& catalog,
                        DiagnosticSink& sink) {
  checkRules(model, catalog, sink);
  for (const auto& view : model.views)
    sink.add(report<Code::DDL008>(view.span, "PostgreSQL 14", "the rights of who asks the view",
                                  view.name))
        .help(
            "who may read the view sees its rows, whatever they may do with the tables below; 15 "
            "is the first that asks; `@allow(DDL008, \"why\")` says that you know");
}

}  // namespace cambium::dialect::postgres
