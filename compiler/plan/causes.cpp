// Which changes each entity, property and enum has to do with: where a step says why it is there.
#include "compiler/base/result.h"
#include "compiler/plan/node.h"

namespace cambium::plan {

Causes findCauses(const diff::ChangeSet& set) {
  Causes out;
  out.propertyTo.resize(set.to->properties.size());
  out.propertyFrom.resize(set.from->properties.size());
  out.entityTo.resize(set.to->entities.size());
  out.entityFrom.resize(set.from->entities.size());
  out.enumTo.resize(set.to->enums.size());
  for (size_t i = 0; i < set.changes.size(); ++i) {
    auto note = [i](std::vector<std::vector<size_t>>& lists, auto id) {
      if (id && id.index() < lists.size()) lists[id.index()].push_back(i);
    };
    auto properties = [&](const auto& c) {
      note(out.propertyFrom, c.from);
      note(out.propertyTo, c.to);
    };
    auto entities = [&](const auto& c) {
      note(out.entityFrom, c.from);
      note(out.entityTo, c.to);
    };
    std::visit(
        Overloaded{
            [&](const diff::AddEntity& c) { note(out.entityTo, c.entity); },
            [&](const diff::DropEntity& c) { note(out.entityFrom, c.entity); },
            [&](const diff::RenameEntity& c) { entities(c); },
            [&](const diff::ChangeTable& c) { entities(c); }, [&](const diff::ChangeEntityDoc&) {},
            [&](const diff::ChangeLifecycle& c) { entities(c); },
            [&](const diff::ChangeKey& c) { entities(c); },
            [&](const diff::AddProperty& c) { note(out.propertyTo, c.property); },
            [&](const diff::DropProperty& c) { note(out.propertyFrom, c.property); },
            [&](const diff::RenameProperty& c) { properties(c); },
            [&](const diff::ConvertProperty& c) { properties(c); },
            [&](const diff::TransformProperties& c) {
              // Those within one entity are groups of its columns (middle.h).
              const auto& rule = set.migration->transforms[c.transform];
              const auto was = set.from->findEntity(rule.fromEntity);
              const auto is = set.to->findEntity(rule.toEntity);
              if (rule.by.empty() || !was || !is) return;
              for (const auto& name : rule.from)
                if (const auto id = set.from->findProperty(*was, name)) note(out.propertyFrom, *id);
              for (const auto& name : rule.to)
                if (const auto id = set.to->findProperty(*is, name)) note(out.propertyTo, *id);
            },
            [&](const diff::RequireProperty& c) { properties(c); },
            [&](const diff::RelaxProperty& c) { properties(c); },
            [&](const diff::ChangeDefault& c) { properties(c); },
            [&](const diff::ChangeComputed& c) { properties(c); },
            [&](const diff::TightenRefinement& c) { properties(c); },
            [&](const diff::RelaxRefinement& c) { properties(c); },
            [&](const diff::ChangeOnDelete& c) { properties(c); },
            [&](const diff::ChangeTarget& c) { properties(c); },
            [&](const diff::ChangeCardinality& c) { properties(c); },
            [&](const diff::ChangeSensitivity&) {},
            [&](const diff::ChangeColumn& c) { properties(c); },
            [&](const diff::ChangePropertyDoc&) {},
            [&](const diff::AddUnique& c) { note(out.entityTo, c.entity); },
            [&](const diff::DropUnique& c) { note(out.entityFrom, c.entity); },
            [&](const diff::RenameUnique& c) { entities(c); },
            [&](const diff::AddIndex& c) { note(out.entityTo, c.entity); },
            [&](const diff::DropIndex& c) { note(out.entityFrom, c.entity); },
            [&](const diff::RenameIndex& c) { entities(c); },
            [&](const diff::AddCheck& c) { note(out.entityTo, c.entity); },
            [&](const diff::DropCheck& c) { note(out.entityFrom, c.entity); },
            [&](const diff::RenameCheck& c) { entities(c); },
            [&](const diff::AddUniqueProperty& c) { properties(c); },
            [&](const diff::DropUniqueProperty& c) { properties(c); }, [&](const diff::AddEnum&) {},
            [&](const diff::DropEnum&) {}, [&](const diff::RenameEnum&) {},
            [&](const diff::ChangeEnumDoc& c) { note(out.enumTo, c.to); },
            [&](const diff::EnumAddValue& c) { note(out.enumTo, c.enumeration); },
            [&](const diff::EnumRenameValue& c) { note(out.enumTo, c.to); },
            [&](const diff::EnumDropValue& c) { note(out.enumTo, c.to); },
            // They have nodes of their own (tags.cpp, views.cpp), or none.
            [&](const diff::AddTag&) {}, [&](const diff::DropTag&) {},
            [&](const diff::RenameTag&) {}, [&](const diff::ChangeTag&) {},
            [&](const diff::ChangeTagSelection&) {}, [&](const diff::ExtendContainment&) {},
            [&](const diff::RestrictContainment&) {}, [&](const diff::AddDeclaration&) {},
            [&](const diff::RenameDeclaration&) {}, [&](const diff::ChangeDeclaration&) {},
            [&](const diff::DropDeclaration&) {}},
        set.changes[i]);
  }
  return out;
}

}  // namespace cambium::plan
