// sema/migration_made.cpp: what a migration block says about constructs, said about what they are
// made of: a junction is renamed with its owner, its target and its `many`, a reference of tags or
// containment with what it leads to; whoever lets a relationship go lets its junction go.
#include "compiler/sema/made.h"
#include "compiler/sema/migration_paths.h"

namespace cambium::sema {
namespace {

class Implied {
public:
  Implied(const Versions& versions, const RenameMaps& renamed, ir::Migration& out)
      : renamed_(renamed), out_(out), from_(versions.from.model()) {}

  void run() {
    for (uint32_t i = 0; i < from_.entities.size(); ++i) {
      const ir::EntityId id(i);
      if (from_[id].made == ir::MadeEntity::junction ||
          from_[id].made == ir::MadeEntity::tagJunction)
        junction(id);
      for (const auto p : from_[id].properties) property(from_[p]);
    }
    drops();
  }

private:
  std::string newName(const std::string& entity) const {
    const auto it = renamed_.entities.find(entity);
    return it == renamed_.entities.end() ? entity : it->second;
  }

  void rename(ir::Path from, const std::string& to) {
    const std::string& old = from.property.empty() ? from.entity : from.property;
    if (old != to) out_.renames.push_back({std::move(from), to, out_.span});
  }

  void junction(ir::EntityId id) {
    const ir::Entity& e = from_[id];
    const std::string member = e.name.substr(e.name.find('.') + 1);
    std::string newMember = member;
    ir::EntityId there;
    for (const auto p : e.key.properties) there = from_[p].target;  // the second is the target
    if (!there) return;
    if (e.made == ir::MadeEntity::tagJunction)
      newMember = snakeCase(newName(from_[there].name));
    else if (const auto it = renamed_.properties.find({e.madeOf, member});
             it != renamed_.properties.end())
      newMember = it->second;
    rename({e.name, ""}, junctionName(newName(e.madeOf), newMember));
    const auto old = junctionSides(e.madeOf, from_[there].name);
    const auto fresh = junctionSides(newName(e.madeOf), newName(from_[there].name));
    rename({e.name, old.first}, fresh.first);
    rename({e.name, old.second}, fresh.second);
  }

  void property(const ir::Property& p) {
    const std::string& owner = from_[p.entity].name;
    switch (p.made) {
      case ir::MadeProperty::tag:
      case ir::MadeProperty::tags:
        return rename({owner, p.name}, snakeCase(newName(from_[p.target].name)));
      case ir::MadeProperty::parent:
        return rename({owner, p.name}, "parent_" + snakeCase(newName(from_[p.target].name)));
      case ir::MadeProperty::written:
      case ir::MadeProperty::junction:
      case ir::MadeProperty::tagField: return;
    }
  }

  // Approving that a `many`, an entity or a tag group goes is approving that what it is made of
  // goes.
  void drops() {
    const std::vector<ir::ApprovalRule> said = out_.approvals;
    for (const auto& rule : said) {
      if (rule.kind != ir::ApprovalKind::drop) continue;
      const auto also = [&](ir::Path path) {
        out_.approvals.push_back({rule.kind, std::move(path), rule.reason, rule.span});
      };
      if (!rule.from.property.empty()) {
        const std::string name = junctionName(rule.from.entity, rule.from.property);
        if (from_.findEntity(name)) also({name, ""});
        continue;
      }
      const auto entity = from_.findEntity(rule.from.entity);
      if (!entity) continue;
      for (const ir::Entity& e : from_.entities)
        if (e.made != ir::MadeEntity::written && joins(e, *entity)) also({e.name, ""});
      for (const ir::Property& p : from_.properties)
        if (p.target == *entity &&
            (p.made == ir::MadeProperty::tag || p.made == ir::MadeProperty::parent))
          also({from_[p.entity].name, p.name});
    }
  }

  bool joins(const ir::Entity& junction, ir::EntityId entity) const {
    if (junction.madeOf == from_[entity].name) return true;
    for (const auto p : junction.key.properties)
      if (from_[p].target == entity) return true;
    return false;
  }

  const RenameMaps& renamed_;
  ir::Migration& out_;
  const ir::Model& from_;
};

}  // namespace

void addImplied(const Versions& versions, const RenameMaps& renamed, ir::Migration& out) {
  Implied(versions, renamed, out).run();
}

}  // namespace cambium::sema
