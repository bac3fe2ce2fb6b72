#include "compiler/diff/declarations.h"

#include <algorithm>

namespace cambium::diff {
namespace {

const ir::EnumValue* findTag(const ir::TagGroup& group, const std::string& name) {
  const auto found = std::ranges::find(group.tags, name, &ir::EnumValue::name);
  return found == group.tags.end() ? nullptr : &*found;
}

// The group of the new version that the old one has become.
const ir::TagGroup* groupNow(const ir::TagGroup& old, const ChangeSet& set, const Rules& rules) {
  const auto* rename = rules.rename(old.name, "");
  return set.to->findTagGroup(rename ? rename->to : old.name);
}

bool sameColumn(const ir::ViewColumn& a, const ir::ViewColumn& b, const Comparison& comparison,
                EntityId of) {
  return a.name == b.name && comparison.same(a.expr, b.expr, of);
}

}  // namespace

void diffTags(ChangeSet& set, Rules& rules, Findings& findings) {
  for (const ir::TagGroup& old : set.from->tagGroups) {
    const ir::TagGroup* now = groupNow(old, set, rules);
    if (!now) continue;  // gone with its entity
    if (old.multiple != now->multiple) {
      set.changes.push_back(ChangeTagSelection{now->name, now->multiple});
      const bool approved = rules.approved(ir::ApprovalKind::narrow, old.name, "");
      if (!now->multiple && !approved) findings.selection(old, *now);
    }
    std::vector<std::string> reached, gone, added;
    for (size_t i = 0; i < old.tags.size(); ++i) {
      const ir::EnumValue& tag = old.tags[i];
      const auto* rename = rules.rename(old.name, tag.name);
      const auto* is = findTag(*now, rename ? rename->to : tag.name);
      if (!is) {
        const bool approved = rules.approved(ir::ApprovalKind::drop, old.name, tag.name);
        if (!approved) gone.push_back(tag.name);
        set.changes.push_back(DropTag{old.name, tag.name, approved});
        continue;
      }
      reached.push_back(is->name);
      if (is->name != tag.name) set.changes.push_back(RenameTag{now->name, tag.name, is->name});
      const bool moved = size_t(is - now->tags.data()) != i;
      if (moved || is->title != tag.title || is->doc != tag.doc)
        set.changes.push_back(ChangeTag{now->name, is->name});
    }
    for (const ir::EnumValue& tag : now->tags)
      if (std::ranges::find(reached, tag.name) == reached.end()) {
        set.changes.push_back(AddTag{now->name, tag.name});
        added.push_back(tag.name);
      }
    findings.tags(old, *now, gone, added);
  }
}

void diffContainment(ChangeSet& set) {
  const ir::Model &a = *set.from, &b = *set.to;
  const auto has = [](const ir::Entity& e, const std::string& child) {
    return std::ranges::find(e.contains, child) != e.contains.end();
  };
  const auto nowOf = [&](EntityId id) { return set.matching.entityTo[id.index()]; };
  for (uint32_t i = 0; i < b.entities.size(); ++i) {
    const EntityId to(i), from = set.matching.entityFrom[i];
    for (const auto& name : b[to].contains) {
      const auto child = b.findEntity(name);
      const EntityId old = child ? set.matching.entityFrom[child->index()] : EntityId{};
      if (child && from && !(old && has(a[from], a[old].name)))
        set.changes.push_back(ExtendContainment{to, *child});
    }
  }
  for (uint32_t i = 0; i < a.entities.size(); ++i) {
    const EntityId from(i), to = nowOf(from);
    for (const auto& name : a[from].contains) {
      const auto child = a.findEntity(name);
      if (!child || !to || !nowOf(*child) || has(b[to], b[nowOf(*child)].name)) continue;
      set.changes.push_back(RestrictContainment{from, *child});
    }
  }
}

void diffViews(ChangeSet& set, const Comparison& comparison, const Rules& rules) {
  const auto &old = set.from->views, &fresh = set.to->views;
  std::vector<bool> found(old.size());
  for (size_t j = 0; j < fresh.size(); ++j) {
    const ir::View& is = fresh[j];
    const auto it = std::ranges::find_if(
        old, [&](const ir::View& was) { return newName(was.name, fresh, rules) == is.name; });
    if (it == old.end()) {
      set.changes.push_back(AddDeclaration{DeclarationKind::view, is.name, j});
      continue;
    }
    const ir::View* was = &*it;
    found[size_t(was - old.data())] = true;
    if (was->name != is.name)
      set.changes.push_back(RenameDeclaration{DeclarationKind::view, was->name, is.name,
                                              size_t(was - old.data()), j});
    const EntityId of = was->of;
    const bool rows =
        set.matching.entityTo[of.index()] == is.of && comparison.same(was->where, is.where, of);
    // Of one that is renamed that says what it is called in the database.
    bool columns = rows && (was->name != is.name || was->databaseName == is.databaseName);
    for (size_t i = 0; columns && i < was->columns.size(); ++i)
      columns = std::ranges::any_of(is.columns, [&](const ir::ViewColumn& c) {
        return sameColumn(was->columns[i], c, comparison, of);
      });
    // Another order is a change, too: somebody may read by position.
    const bool same =
        columns &&
        std::ranges::equal(was->columns, is.columns, [&](const auto& before, const auto& after) {
          return sameColumn(before, after, comparison, of);
        });
    if (same && was->doc == is.doc && was->label == is.label && was->deprecated == is.deprecated &&
        was->exposed == is.exposed)
      continue;
    set.changes.push_back(
        ChangeDeclaration{DeclarationKind::view, is.name, size_t(was - old.data()), j, !columns});
  }
  for (size_t i = 0; i < old.size(); ++i)
    if (!found[i]) set.changes.push_back(DropDeclaration{DeclarationKind::view, old[i].name, i});
}

}  // namespace cambium::diff
