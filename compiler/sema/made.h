// sema/made.h: entities, references and checks that constructs are made of. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/base/words.h"  // snakeCase: how a reference is called that is made for an entity
#include "compiler/sema/context.h"

namespace cambium::sema {

// "Product.labels": the entity between, as plans and messages call it.
std::string junctionName(std::string_view owner, std::string_view member);
// The two references of a junction: to the owner of the `many`, and to its target.
std::pair<std::string, std::string> junctionSides(std::string_view owner, std::string_view target);

// A tag group as an entity: name, title, position.
void declareTagGroup(Context& c, size_t unit, const SyntaxTree& tree, const syntax::TagsDecl& d,
                     std::string qualified);
// Junctions, and the references and checks of tags and containment. `lines`: the mixins of each
// declared entity, bases first. Errors: REF001 REF012 KEY006 REL012.
void makeEntities(Context& c, const std::vector<std::vector<uint32_t>>& lines);
// What the model keeps of the groups themselves. Errors: TYP018.
void buildTagGroups(Context& c);

}  // namespace cambium::sema
