// What only PostgreSQL refuses: said when the model is compiled, not when a database is changed.
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {

void checkRules(const ir::Model&, const catalog::Catalog&, DiagnosticSink&) {}

}  // namespace cambium::dialect::postgres
