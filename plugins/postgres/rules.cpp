// What only PostgreSQL refuses: said when the model is compiled, not when a database is changed.
#include "compiler/base/words.h"
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {

// Names of roles that no role can have, whatever the quotes around them.
void checkRules(const ir::Model& model, const catalog::Catalog&, DiagnosticSink& sink) {
  for (const ir::Role& role : model.roles) {
    const std::string name =
        model.naming == ir::Naming::asWritten ? role.name : snakeCase(role.name);
    if (name.starts_with("pg_"))
      sink.add(report<Code::DDL050>(role.span, "PostgreSQL", "pg_", name))
          .help("give the role another name");
    else if (name == "public" || name == "none")
      sink.add(report<Code::DDL055>(role.span, "PostgreSQL", name))
          .help("give the role another name");
  }
}

}  // namespace cambium::dialect::postgres
