#include "compiler/sema/migration_names.h"

#include <algorithm>

namespace cambium::sema {

std::optional<Named> NameRenames::about(const syntax::MigrationItem& item) const {
  const bool whole = item.kind == syntax::MigrationItem::Kind::rename && item.paths.size() == 1 &&
                     item.targets.size() == 1 && item.targets[0] && wellFormed(item.paths[0]);
  if (!whole || v_.from.find(item.paths[0])) return std::nullopt;
  return v_.from.findNamed(item.paths[0], v_.to);
}

// A policy without its entity is that of each entity that has one of this name, as one on a mixin
// is.
std::vector<ir::Path> NameRenames::pathsOf(const syntax::QName& path, Named named) const {
  const std::string name(path.parts.back().text);
  if (path.parts.size() == 2) return {{std::string(path.parts[0].text), name}};
  if (named != Named::policy) return {{name, ""}};
  std::vector<ir::Path> out;
  for (auto& entity : v_.from.withPolicy(name)) out.push_back({std::move(entity), name});
  return out;
}

void NameRenames::note(const syntax::MigrationItem& item) {
  const auto named = about(item);
  if (!named) return;
  for (auto& path : pathsOf(item.paths[0], *named))
    renamed_[{*named, std::move(path)}] = item.targets[0].text;
}

bool NameRenames::read(const syntax::MigrationItem& item, std::vector<ir::RenameRule>& out) {
  const auto named = about(item);
  if (!named) return false;
  const std::string to(item.targets[0].text);
  for (auto& path : pathsOf(item.paths[0], *named)) {
    if (!check(item, *named, path)) break;
    out.push_back({std::move(path), to, item.paths[0].span});
  }
  return true;
}

bool NameRenames::once(bool fromSide, Named named, const ir::Path& path, const std::string& name,
                       Span span) {
  const auto [it, fresh] = touched_.emplace(std::tuple(fromSide, named, path), span);
  if (!fresh)
    c_.add(report<Code::MIG005>(span, name, done(syntax::MigrationItem::Kind::rename)))
        .label(it->second, "here");
  return fresh;
}

bool NameRenames::check(const syntax::MigrationItem& item, Named named, const ir::Path& path) {
  const auto& target = item.targets[0];
  const Span span = item.paths[0].span;
  const std::string to(target.text);
  const bool within = !path.property.empty();
  const std::string& old = within ? path.property : path.entity;
  const std::string before = within ? path.entity : "";
  const auto entity = entities_.find(before);
  const std::string now = entity == entities_.end() ? before : entity->second;
  const auto called = [&](const std::string& name) { return within ? now + "." + name : name; };
  if (!once(true, named, path, item.paths[0].dotted(), span)) return false;
  if (within && !v_.to.findEntity(now)) {
    c_.add(report<Code::MIG004>(span, v_.to.version, now))
        .help("rename the entity in this block, or restore it");
    return false;
  }
  if (!v_.to.hasNamed(named, now, to)) {
    if (isUnread(c_, target.text)) return false;
    auto& d = c_.add(report<Code::MIG004>(target.span, v_.to.version, called(to)));
    suggest(d, target.text, target.span, v_.to.namesOf(named, now));
    if (d.helps.empty())
      d.help(fmt::format("`{}` is {}, and stays one", item.paths[0].dotted(), describe(named)));
    return false;
  }
  const auto renamedFrom = [&](const std::string& name) {
    return renamed_.contains({named, within ? ir::Path{before, name} : ir::Path{name, ""}});
  };
  if (v_.from.hasNamed(named, before, to) && !renamedFrom(to)) {
    c_.add(report<Code::MIG007>(target.span, called(to), v_.from.version))
        .help("a rename gives a new name; this one was taken");
    return false;
  }
  const bool takenOver = std::ranges::any_of(renamed_, [&](const auto& rename) {
    const auto& [kind, other] = rename.first;
    return kind == named && rename.second == old && (!within || other.entity == before);
  });
  if (v_.to.hasNamed(named, now, old) && !takenOver) {
    c_.add(report<Code::MIG006>(span, called(old), v_.to.version))
        .help("remove it from the model, or remove this line");
    return false;
  }
  return once(false, named, {now, to}, called(to), target.span);
}

}  // namespace cambium::sema
