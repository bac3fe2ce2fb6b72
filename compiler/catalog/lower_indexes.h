// catalog/lower_indexes.h: what a model says of an index beside its parts, as one database has it.
#pragma once

#include <optional>
#include <string>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/traits.h"
#include "compiler/diagnostics/diagnostic.h"

namespace cambium::catalog {

// Gives `index` the kind that `@using` says for this database. False: the database does not get it,
// which the sink is told (DDL065, DDL066).
bool chooseMethod(const ir::Index&, const ir::Entity&, const Traits&, Index& index,
                  DiagnosticSink&);

// What `@native` says of a part, in canonical form; "" = nothing, nullopt after an error (DDL068).
std::optional<std::string> wordsBehind(const ir::IndexPart&, Span fallback, const Traits&,
                                       DiagnosticSink&);

// Whether what `@include` says gets into the index; if not, the sink is told (DDL067).
bool includesAny(const ir::Unique&, const ir::Entity&, const Traits&, DiagnosticSink&);
bool includesAny(const ir::Index&, const ir::Entity&, const Traits&, DiagnosticSink&);

// Where an index has no columns beside its parts the column becomes its last part, which serves the
// same questions.
void includeColumn(const std::string& column, const Traits&, Index&);

}  // namespace cambium::catalog
