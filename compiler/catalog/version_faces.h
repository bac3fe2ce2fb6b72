// catalog/version_faces.h: `access views`: the face of a version is a view for each of its
// entities, over the entity's table, that shows what this version knows of it, by the names that it
// knows. Applications of two versions may so use one name with two types.
#pragma once

#include <string>
#include <vector>

#include "compiler/catalog/lower.h"

namespace cambium::catalog {

// As the catalog has it: with the schema before its name, where the database has schemas.
std::string viewNameOf(const Face&);
View viewOf(const Face&, const std::vector<Grant>&, const Traits&);
// The same, behind the view that it looks at, if there is one (Face::below).
std::vector<View> viewsOf(const Face&, const std::vector<Grant>&, const Traits&);
std::vector<Trigger> triggersOf(const Face&, const Traits&);

// The face of a fresh build, to a catalog that `lower` made without errors. Errors: DDL003 where a
// view would have the name of a table or view of the model, DDL052 where it would show rows that
// policies hide.
void addFace(const ir::Model&, const Traits&, Lowered&, DiagnosticSink&);

}  // namespace cambium::catalog
