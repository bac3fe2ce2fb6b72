#include "compiler/sema/migration_names.h"

#include <algorithm>
#include <functional>

namespace cambium::sema {
namespace {

syntax::QName qualified(const ir::Path& path) {
  syntax::QName out;
  out.parts.push_back({path.entity, {}});
  if (!path.property.empty()) out.parts.push_back({path.property, {}});
  return out;
}

}  // namespace

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
  if (!named) return meansAnother(item);
  const std::string to(item.targets[0].text);
  auto paths = pathsOf(item.paths[0], *named);
  // Of a policy without its entity: where the entity is gone its policies are.
  const auto isThere = [&](const ir::Path& path) {
    return path.property.empty() || v_.to.findEntity(nowOf(path.entity));
  };
  if (std::ranges::any_of(paths, isThere)) std::erase_if(paths, std::not_fn(isThere));
  for (auto& path : paths) {
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

std::string NameRenames::nowOf(const std::string& entity) const {
  const auto renamed = entities_.find(entity);
  return renamed == entities_.end() ? entity : renamed->second;
}

void NameRenames::mixed(Span span, const std::string& name, std::string_view one,
                        std::string_view other) {
  c_.add(report<Code::MIG010>(span, "a rename", "one thing", name,
                              fmt::format("{} and {}", one, other)))
      .help("leave the line out: the old one goes, and the new one comes");
}

// Whoever compares versions knows the two names alone, and a rollback reads them the other way
// round: the new name must not lead to something with values, nor the line fit a second kind.
bool NameRenames::isPlain(const syntax::MigrationItem& item, Named named, const ir::Path& path) {
  const bool within = !path.property.empty();
  const std::string to(item.targets[0].text), now = within ? nowOf(path.entity) : "";
  const std::string &old = within ? path.property : path.entity, before = within ? path.entity : "";
  const ir::Path is = within ? ir::Path{now, to} : ir::Path{to, ""};
  const auto written = [](const ir::Path& p) { return qualified(p).dotted(); };
  if (const auto other = v_.from.find(qualified(path))) {
    mixed(item.paths[0].span, written(path), other->describe(), describe(named));
    return false;
  }
  if (const auto other = v_.to.find(qualified(is))) {
    mixed(item.targets[0].span, written(is), other->describe(), describe(named));
    return false;
  }
  static constexpr std::array kWithin = {Named::unique, Named::index, Named::check, Named::policy};
  static constexpr std::array kAlone = {Named::view, Named::role, Named::template_, Named::policy};
  const bool alone = item.paths[0].parts.size() == 1;
  const auto fits = [&](Named other, const std::string& from, const std::string& in) {
    return other != named && v_.from.hasNamed(other, from, old) && v_.to.hasNamed(other, in, to);
  };
  // A policy has its entity with it: only who wrote the line could have meant the other one.
  const auto stays = [&](Named other) {
    const bool apart = named == Named::policy || other == Named::policy;
    return apart && v_.to.hasNamed(other, "", old);
  };
  std::optional<Named> second;
  for (const Named other : kWithin)
    if (within && fits(other, before, now)) second = other;
  for (const Named other : kAlone)
    if (alone && fits(other, "", "") && !stays(other)) second = other;
  if (second) mixed(item.paths[0].span, item.paths[0].dotted(), describe(named), describe(*second));
  return !second;
}

// What has values and what has none share a name: the line speaks of what has values, and only the
// other one has the new name.
bool NameRenames::meansAnother(const syntax::MigrationItem& item) {
  const bool whole = item.kind == syntax::MigrationItem::Kind::rename && item.paths.size() == 1 &&
                     item.targets.size() == 1 && item.targets[0] && wellFormed(item.paths[0]);
  const auto place = whole ? v_.from.find(item.paths[0]) : std::nullopt;
  const auto named = place ? v_.from.findNamed(item.paths[0], v_.to) : std::nullopt;
  if (!named) return false;
  const auto& parts = item.paths[0].parts;
  const std::string to(item.targets[0].text);
  const std::string now = parts.size() == 2 ? nowOf(std::string(parts[0].text)) : "";
  const ir::Path is = parts.size() == 2 ? ir::Path{now, to} : ir::Path{to, ""};
  if (!v_.to.hasNamed(*named, now, to) || v_.to.find(qualified(is))) return false;
  mixed(item.paths[0].span, item.paths[0].dotted(), place->describe(), describe(*named));
  return true;
}

void NameRenames::eachOnItsOwn(Diagnostic& d, const std::string& policy,
                               const std::string& to) const {
  std::string lines;
  for (const auto& entity : v_.from.withPolicy(policy))
    if (v_.to.hasNamed(Named::policy, nowOf(entity), to))
      lines += fmt::format("{}`rename {}.{} -> {}`", lines.empty() ? "" : ", ", entity, policy, to);
  if (!lines.empty()) d.help("say it for each entity: " + lines);
}

bool NameRenames::check(const syntax::MigrationItem& item, Named named, const ir::Path& path) {
  const auto& target = item.targets[0];
  const Span span = item.paths[0].span;
  const std::string to(target.text);
  const bool within = !path.property.empty();
  const std::string& old = within ? path.property : path.entity;
  const std::string before = within ? path.entity : "";
  const std::string now = within ? nowOf(before) : "";
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
    if (d.helps.empty() && within && item.paths[0].parts.size() == 1) eachOnItsOwn(d, old, to);
    if (d.helps.empty())
      d.help(fmt::format("`{}` is {}, and stays one", item.paths[0].dotted(), describe(named)));
    return false;
  }
  if (!isPlain(item, named, path)) return false;
  const auto renamedFrom = [&](const std::string& name) {
    return renamed_.contains({named, within ? ir::Path{before, name} : ir::Path{name, ""}});
  };
  // Who has a role of the server keeps it: one that is there cannot stand for two at once.
  const bool handedOn = renamedFrom(to);
  if (v_.from.hasNamed(named, before, to) && (!handedOn || named == Named::role)) {
    c_.add(report<Code::MIG007>(target.span, called(to), v_.from.version))
        .help(handedOn ? fmt::format("in two versions: rename `{0}` in the first, and `{1}` once "
                                     "nobody has the role `{0}` any more",
                                     to, old)
                       : "a rename gives a new name; this one was taken");
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
