// sema/subject.h: what a template, a grant or a policy is about. Private to this folder.
#pragma once

#include "compiler/sema/context.h"

namespace cambium::sema {

// An entity or a view; neither when that was reported.
struct Subject {
  std::optional<ir::EntityId> entity;
  const syntax::ViewDecl* view = nullptr;
};

// `views`: a view would do as well. Errors: REF001 (REF019 where a view would do), REF012, NAM014.
Subject findSubject(Context& c, const syntax::QName& name, bool views);

// The property of an entity with this name, or null.
const ir::Property* propertyNamed(const Context& c, ir::EntityId entity, std::string_view name);
// The names of an entity's properties, in their order.
std::vector<std::string_view> propertyNames(const Context& c, ir::EntityId entity);

}  // namespace cambium::sema
