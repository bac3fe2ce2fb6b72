// sema/migrations.cpp: the migration blocks, each between two versions. Left sides are of the old
// one, right sides of the new one.
#include <algorithm>
#include <map>
#include <set>

#include "compiler/base/semver.h"
#include "compiler/sema/approvals.h"
#include "compiler/sema/migration_names.h"
#include "compiler/sema/migration_parts.h"

namespace cambium::sema {
namespace {

using Kind = syntax::MigrationItem::Kind;

class Block {
public:
  Block(Context& c, const SyntaxTree& tree, const syntax::MigrationDecl& d, Versions& versions)
      : c_(c), tree_(tree), d_(d), v_(versions) {
    out_.from = d.from.value;
    out_.to = d.to.value;
    out_.span = d.from.span ? d.from.span : d.span;
    out_.block = d.span;
  }

  ir::Migration run() {
    for (const auto& item : d_.items) {
      if (item.kind == Kind::rename) noteRename(item);
      names_.note(item);
      if (const auto found = droppedValue(item)) dropped_.insert(found->path);
      noteOneWay(item);
      if (item.kind == Kind::fill && item.paths.size() == 1)
        if (const auto found = v_.to.find(item.paths[0])) filled_.insert(found->path);
    }
    for (const auto& item : d_.items) noteMerge(item);
    v_.relateEnums(renamedEnums_);
    for (const auto& item : d_.items) read(item);
    for (auto& [place, rename] : pendingRenames_)
      if (!converted_.contains(rename.from)) out_.renames.push_back(std::move(rename));
    for (auto& t : out_.transforms) {
      for (auto& a : t.up) v_.toMain(a.value);
      for (auto& a : t.down) v_.toMain(a.value);
    }
    for (auto& f : out_.fills) v_.toMain(f.value);
    // What follows for a way back is known when it is planned (diff/rollback.h).
    if (!leadsBack(d_)) addImplied(v_, {renamedEntities_, renamedProperties_}, out_);
    return std::move(out_);
  }

private:
  // Renames hold for every other line of the block, in whatever order.
  void noteRename(const syntax::MigrationItem& item) {
    if (item.paths.size() != 1 || item.targets.size() != 1 || !item.targets[0]) return;
    const auto found = v_.from.find(item.paths[0]);
    if (!found) return;
    const std::string to(item.targets[0].text);
    if (found->isValue())
      renamedValues_[found->path] = to;
    else if (found->property)
      renamedProperties_[found->path] = to;
    else if (found->enumeration && found->path.property.empty())
      renamedEnums_[found->path.entity] = to;
    else if (found->entity)
      renamedEntities_[found->path.entity] = to;
  }

  std::optional<Place> droppedValue(const syntax::MigrationItem& item) const {
    if (item.kind != Kind::approve || item.action.text != "drop" || item.paths.size() != 1)
      return {};
    const auto found = v_.from.find(item.paths[0]);
    return found && found->isValue() ? found : std::nullopt;
  }
  // A value of an enum, or a tag, that goes and is renamed to one that stays: its rows get that
  // one.
  void noteMerge(const syntax::MigrationItem& item) {
    const auto found = droppedValue(item);
    const auto rename = found ? renamedValues_.find(found->path) : renamedValues_.end();
    if (rename == renamedValues_.end()) return;
    for (const auto name : v_.from.candidates(item.paths[0])) {
      const ir::Path other{found->path.entity, std::string(name)};
      const auto it = renamedValues_.find(other);
      const std::string& now = it == renamedValues_.end() ? other.property : it->second;
      if (!dropped_.contains(other) && now == rename->second) merged_.insert(found->path);
    }
  }
  bool staysAs(const ir::Path& old, const std::string& to) const {
    return !renamedValues_.contains({old.entity, to}) && !merged_.contains(old);
  }

  // What is carried over without a way back: of such a property the old form may be let go.
  void noteOneWay(const syntax::MigrationItem& item) {
    const bool converts = item.kind == Kind::convert;
    const bool moves = item.kind == Kind::split || item.kind == Kind::merge;
    if (item.paths.empty() || !(converts ? !item.down : moves && item.downAssigns.empty())) return;
    const auto first = v_.from.find(item.paths[0]);
    if (!first || !first->property) return;
    for (const auto& path : item.paths)
      if (wellFormed(path))
        oneWay_.insert({first->path.entity, std::string(path.parts.back().text)});
  }

  void read(const syntax::MigrationItem& item) {
    switch (item.kind) {
      case Kind::rename: return rename(item);
      case Kind::convert: return convert(item);
      case Kind::split:
      case Kind::merge: return transform(item);
      case Kind::fill: return fill(item);
      case Kind::approve: return approve(item);
    }
  }

  // ---- finding things
  std::optional<Place> old(const syntax::QName& path) {
    if (!wellFormed(path)) return std::nullopt;
    auto found = v_.from.find(path);
    if (!found) missing<Code::MIG003>(v_.from, path);
    return found;
  }

  template <Code C>
  void missing(const Side& side, const syntax::QName& path) {
    if (isUnread(c_, path.parts.back().text)) return;
    if (const auto [kind, becomes] = side.nameless(path); !kind.empty()) {
      c_.add(report<Code::MIG010>(path.span, "a line of a migration", "what has rows or values",
                                  path.dotted(), kind))
          .help("leave the line out: " + std::string(becomes));
      return;
    }
    auto& d = c_.add(report<C>(path.span, side.version, path.dotted()));
    if (const Side& other = &side == &v_.from ? v_.to : v_.from; other.find(path))
      return void(
          d.help(&side == &v_.from
                     ? "what was stands on the left, what it becomes on the right: version \"" +
                           other.version + "\" has it"
                     : "version \"" + other.version + "\" has it"));
    const auto names = side.candidates(path);
    const Span last = path.parts.back().span;
    if (path.parts.size() > 1 && !names.empty())
      suggest(d, path.parts.back().text, last, names);
    else if (path.parts.size() == 1)
      suggest(d, path.parts[0].text, path.span, names);
    if (d.helps.empty()) sayWhose(d, path.parts[0].text, &side == &v_.from);
  }

  // Nothing is called nearly so: then which version's names stand there is what to know.
  void sayWhose(Diagnostic& d, std::string_view first, bool from) {
    const auto& own = c_.units[0]->own;
    if (const auto it = own.find(first); it != own.end() && it->second.kind == SymbolKind::mixin) {
      d.note(fmt::format("`{}` is a mixin: its rows are those of the entities that are it", first));
      return void(d.help("write the line for each of them: `ENTITY.property`"));
    }
    const std::string& version = from ? v_.from.version : v_.to.version;
    d.help(from ? fmt::format("the left side names what version \"{}\" had", version)
                : fmt::format("the right side, and `fill`, name what version \"{}\" has", version));
  }

  void wrongKind(Kind kind, std::string_view about, Span span, const std::string& name,
                 std::string_view what) {
    c_.add(report<Code::MIG010>(span, "`" + std::string(word(kind)) + "`", about, name, what));
  }

  // The entity of the new version that the old one has become.
  std::string newEntityName(const std::string& oldName) const {
    const auto it = renamedEntities_.find(oldName);
    return it == renamedEntities_.end() ? oldName : it->second;
  }
  std::optional<ir::EntityId> newEntity(const std::string& oldName, Span span) {
    const std::string name = newEntityName(oldName);
    const auto id = v_.to.findEntity(name);
    if (!id)
      c_.add(report<Code::MIG004>(span, v_.to.version, name))
          .help("rename the entity in this block, or restore it");
    return id;
  }

  bool touch(bool fromSide, const ir::Path& path, Kind kind, Span span) {
    const std::string name =
        path.property.empty() ? path.entity : path.entity + "." + path.property;
    const auto [it, fresh] = touched_.emplace(std::pair(fromSide, path), std::pair(kind, span));
    if (fresh) return true;
    // A rename and a conversion of one property are one conversion to another name.
    const Kind other = it->second.first;
    if ((kind == Kind::convert && other == Kind::rename) ||
        (kind == Kind::rename && other == Kind::convert))
      return true;
    // Neither a name nor a conversion says what rows without a value get.
    const auto beside = [](Kind one) { return one == Kind::rename || one == Kind::convert; };
    if (!fromSide && (kind == Kind::fill ? beside(other) : other == Kind::fill && beside(kind)))
      return filledOnce(kind, path, span, name);
    if (kind != other && (kind == Kind::approve || other == Kind::approve) &&
        (oneWay_.contains(path) || merged_.contains(path)))
      return true;
    auto& d = c_.add(report<Code::MIG005>(span, name, done(other)));
    d.label(it->second.second, "here");
    if (kind != other && (kind == Kind::fill || other == Kind::fill))
      d.help("say in its `up` what rows without a value get: `coalesce(…, …)`");
    return false;
  }

  bool filledOnce(Kind kind, const ir::Path& path, Span span, const std::string& name) {
    if (kind != Kind::fill) return true;
    const auto [it, fresh] = filledNames_.emplace(path, span);
    if (!fresh)
      c_.add(report<Code::MIG005>(span, name, done(Kind::fill))).label(it->second, "here");
    return fresh;
  }

  // ---- rename
  void rename(const syntax::MigrationItem& item) {
    if (item.paths.size() != 1 || item.targets.size() != 1 || !item.targets[0]) return;
    if (names_.read(item, out_.renames)) return;
    const auto found = old(item.paths[0]);
    if (!found) return;
    const auto& target = item.targets[0];
    const std::string to(target.text);
    if (!touch(true, found->path, Kind::rename, item.paths[0].span)) return;
    ir::Path toPath = found->path;
    (toPath.property.empty() ? toPath.entity : toPath.property) = to;
    if (found->entity && found->path.property.empty()) {
      if (!v_.to.findEntity(to)) return lacks(target, to, v_.to.entityNames());
      if (v_.from.findEntity(to) && !renamedEntities_.contains(to))
        return before(target, to, *found);
      if (v_.to.findEntity(found->path.entity) && !isRenameTarget(found->path.entity))
        return still(item, found->path.entity);
    } else if (found->property) {
      const auto entity = newEntity(found->path.entity, item.paths[0].parts[0].span);
      if (!entity) return;
      toPath.entity = newEntityName(found->path.entity);
      const auto property = v_.to.findProperty(*entity, to);
      if (!property) return lacks(target, toPath.entity + "." + to, v_.to.propertyNames(*entity));
      ir::Path same = found->path;
      same.property = to;
      if (v_.from.findProperty(*found->entity, to) && !renamedProperties_.contains(same))
        return before(target, toPath.entity + "." + to, *found);
      // One may become several, and the other way round.
      const auto isValue = [](const ir::Property& p) { return p.kind == ir::PropertyKind::value; };
      if (isValue(v_.from.model()[*found->property]) != isValue(v_.to.model()[*property]))
        return wrongKind(Kind::rename, "one thing with two names", target.span, to,
                         "of another kind");
      if (v_.to.findProperty(*entity, found->path.property) &&
          !isRenameTarget(found->path.entity, found->path.property))
        return still(item, toPath.entity + "." + found->path.property);
    } else if (found->tag) {
      toPath.entity = newEntityName(found->path.entity);
      if (!v_.to.hasTag(toPath.entity, to))
        return lacks(target, toPath.entity + "." + to, v_.to.candidates(item.paths[0]));
      if (v_.from.hasTag(found->path.entity, to) && staysAs(found->path, to))
        return before(target, toPath.entity + "." + to, *found);
      if (v_.to.hasTag(toPath.entity, found->path.property))
        return still(item, toPath.entity + "." + found->path.property);
    } else if (found->path.property.empty()) {
      if (!v_.to.findEnum(to)) return lacks(target, to, v_.to.enumNames());
      if (v_.to.findEnum(found->path.entity)) return still(item, found->path.entity);
    } else {
      const auto it = renamedEnums_.find(found->path.entity);
      const std::string owner = it == renamedEnums_.end() ? found->path.entity : it->second;
      const auto en = v_.to.findEnum(owner);
      if (!en || !v_.to.hasValue(*en, to))
        return lacks(target, owner + "." + to,
                     en ? v_.to.valueNames(*en) : std::vector<std::string_view>{});
      if (v_.from.hasValue(*found->enumeration, to) && staysAs(found->path, to))
        return before(target, owner + "." + to, *found);
      if (v_.to.hasValue(*en, found->path.property))
        return still(item, owner + "." + found->path.property);
      toPath.entity = owner;
    }
    const bool merged = merged_.contains(found->path);
    if (!merged && !touch(false, toPath, Kind::rename, target.span)) return;
    pendingRenames_.emplace_back(item.span.begin,
                                 ir::RenameRule{found->path, to, item.paths[0].span});
  }

  bool isRenameTarget(const std::string& entity) const {
    return std::ranges::any_of(renamedEntities_, [&](auto& r) { return r.second == entity; });
  }
  bool isRenameTarget(const std::string& entity, const std::string& property) const {
    return std::ranges::any_of(renamedProperties_, [&](auto& r) {
      return r.first.entity == entity && r.second == property;
    });
  }
  void lacks(const syntax::Name& target, const std::string& name,
             const std::vector<std::string_view>& existing) {
    if (isUnread(c_, target.text)) return;
    auto& d = c_.add(report<Code::MIG004>(target.span, v_.to.version, name));
    suggest(d, target.text, target.span, existing);
    if (d.helps.empty()) sayWhose(d, target.text, false);
  }
  void before(const syntax::Name& target, const std::string& name, const Place& from) {
    auto& d = c_.add(report<Code::MIG007>(target.span, name, v_.from.version))
                  .help("a rename gives a new name; this one was taken");
    if (from.isValue())
      d.help(fmt::format("if its rows get that one: `approve drop {}.{} \"why\"`, too",
                         from.path.entity, from.path.property));
  }
  void still(const syntax::MigrationItem& item, const std::string& name) {
    const auto& own = item.paths[0].parts.back().text;
    const bool givenToAnother = std::ranges::any_of(d_.items, [&](const auto& other) {
      return other.kind == Kind::rename && other.targets.size() == 1 && other.targets[0] &&
             other.targets[0].text == own;
    });
    c_.add(report<Code::MIG006>(item.paths[0].span, name, v_.to.version))
        .help(givenToAnother
                  ? "one name after the other: what takes this name over can do so in the version "
                    "after this one"
                  : "remove it from the model, or remove this line");
  }

  // ---- convert, split, merge
  // A property whose values can be read and written.
  bool isStored(const Side& side, ir::PropertyId id, Kind kind, Span span) {
    const auto& p = side.model()[id];
    const std::string_view what = notStored(side.model(), p);
    if (!what.empty()) wrongKind(kind, "stored values", span, p.name, what);
    return what.empty();
  }

  void convert(const syntax::MigrationItem& item) {
    if (item.paths.size() != 1) return;
    const auto found = old(item.paths[0]);
    if (!found) return;
    const Span span = item.paths[0].span;
    if (!found->property)
      return wrongKind(Kind::convert, "a property", span, item.paths[0].dotted(),
                       found->describe());
    const auto entity = newEntity(found->path.entity, item.paths[0].parts[0].span);
    if (!entity || !touch(true, found->path, Kind::convert, span)) return;
    const auto renamed = renamedProperties_.find(found->path);
    const std::string to =
        renamed == renamedProperties_.end() ? found->path.property : renamed->second;
    const auto property = v_.to.findProperty(*entity, to);
    const std::string toEntity = newEntityName(found->path.entity);
    if (!property) {
      c_.add(report<Code::MIG004>(span, v_.to.version, toEntity + "." + to))
          .help(
              "a conversion keeps the name; add a `rename`, or `split … -> …` to other properties");
      return;
    }
    if (!isStored(v_.from, *found->property, Kind::convert, span) ||
        !isStored(v_.to, *property, Kind::convert, span))
      return;
    if (!touch(false, {toEntity, to}, Kind::convert, span)) return;
    converted_.insert(found->path);
    ir::TransformRule rule{
        found->path.entity, toEntity, {found->path.property}, {to}, {}, {}, span};
    if (item.up)
      assignment(rule.up, v_.from, *found->entity, *item.up, v_.to, *property, to,
                 filled_.contains({toEntity, to}));
    if (item.down)
      assignment(rule.down, v_.to, *entity, *item.down, v_.from, *found->property,
                 found->path.property);
    out_.transforms.push_back(std::move(rule));
  }

  void assignment(std::vector<ir::Assignment>& into, const Side& over, ir::EntityId entity,
                  syntax::ExprId value, const Side& target, ir::PropertyId property,
                  const std::string& name, bool filled = false) {
    const Scope scope = v_.scope(tree_, over, entity, Use::transform);
    const Scope targetScope =
        v_.scope(tree_, target, target.model()[property].entity, Use::transform);
    ir::Type type = scopedType(targetScope, target.model()[property]);
    type.optional = type.optional || filled;  // then the fill is what is not null
    into.push_back({name, checkValue(scope, value, type, "the value of `" + name + "`")});
  }

  void transform(const syntax::MigrationItem& item) {
    if (item.paths.empty()) return;
    const auto first = old(item.paths[0]);
    if (!first) return;
    if (isAboutEntities(v_, item, *first)) return part(item, *first);
    if (!first->property || item.by)
      return wrongKind(item.kind, item.by ? "entities where it has `by`" : "properties",
                       item.paths[0].span, item.paths[0].dotted(), first->describe());
    const auto entity = newEntity(first->path.entity, item.paths[0].parts[0].span);
    if (!entity) return;
    ir::TransformRule rule{first->path.entity, newEntityName(first->path.entity), {}, {}, {}, {},
                           item.paths[0].span};
    std::vector<ir::PropertyId> fromIds, toIds;
    bool bad = false;
    for (size_t i = 0; i < item.paths.size(); ++i) {
      const auto& path = item.paths[i];
      auto id = i == 0 ? first->property : later(*first, path);
      if (!id || !isStored(v_.from, *id, item.kind, path.span) ||
          !touch(true, {rule.fromEntity, v_.from.model()[*id].name}, item.kind, path.span)) {
        bad = true;
        continue;
      }
      fromIds.push_back(*id);
      rule.from.push_back(v_.from.model()[*id].name);
    }
    for (const auto& target : item.targets) {
      if (!target) continue;
      const auto id = v_.to.findProperty(*entity, target.text);
      if (!id)
        lacks(target, rule.toEntity + "." + std::string(target.text), v_.to.propertyNames(*entity));
      if (!id || !isStored(v_.to, *id, item.kind, target.span) ||
          !touch(false, {rule.toEntity, std::string(target.text)}, item.kind, target.span)) {
        bad = true;
        continue;
      }
      toIds.push_back(*id);
      rule.to.emplace_back(target.text);
    }
    if (bad) return;
    assigns(rule.up, item.upAssigns, v_.from, *first->entity, v_.to, toIds, item, "up");
    if (!item.downAssigns.empty())
      assigns(rule.down, item.downAssigns, v_.to, *entity, v_.from, fromIds, item, "down");
    out_.transforms.push_back(std::move(rule));
  }

  // An entity that becomes two, or two that become one.
  void part(const syntax::MigrationItem& item, const Place& first) {
    auto parts = partsOf(c_, v_, item, first, renamedEntities_);
    if (!parts) return;
    auto& rule = parts->rule;
    bool bad = false;
    for (size_t i = 0; i < rule.from.size(); ++i)
      bad |= !isStored(v_.from, parts->taken[i], item.kind, parts->takenAt[i]) ||
             !touch(true, {rule.fromEntity, rule.from[i]}, item.kind, parts->takenAt[i]);
    for (size_t i = 0; i < rule.to.size(); ++i)
      bad |= !isStored(v_.to, parts->made[i], item.kind, parts->madeAt[i]) ||
             !touch(false, {rule.toEntity, rule.to[i]}, item.kind, parts->madeAt[i]);
    if (bad) return;
    assigns(rule.up, item.upAssigns, v_.from, parts->from, v_.to, parts->made, item, "up");
    assigns(rule.down, item.downAssigns, v_.to, parts->to, v_.from, parts->taken, item, "down");
    out_.transforms.push_back(std::move(rule));
  }

  // The second and later paths of a merge: a property of the first one's entity, with or without
  // its name.
  std::optional<ir::PropertyId> later(const Place& first, const syntax::QName& path) {
    if (!wellFormed(path)) return std::nullopt;
    const bool bare = path.parts.size() == 1;
    if (bare || (path.parts.size() == 2 && path.parts[0].text == first.path.entity))
      if (const auto id = v_.from.findProperty(*first.entity, path.parts.back().text)) return id;
    auto& d = c_.add(
        report<Code::MIG003>(path.span, v_.from.version,
                             bare ? first.path.entity + "." + path.dotted() : path.dotted()));
    suggest(d, path.parts.back().text, path.parts.back().span,
            v_.from.propertyNames(*first.entity));
    return std::nullopt;
  }

  void assigns(std::vector<ir::Assignment>& into, const std::vector<syntax::Assign>& list,
               const Side& over, ir::EntityId entity, const Side& target,
               const std::vector<ir::PropertyId>& targets, const syntax::MigrationItem& item,
               std::string_view direction) {
    std::vector<bool> given(targets.size());
    for (const auto& assign : list) {
      if (!assign.name) continue;
      const auto it = std::ranges::find_if(
          targets, [&](auto id) { return target.model()[id].name == assign.name.text; });
      if (it == targets.end()) {
        std::vector<std::string_view> names;
        for (const auto id : targets) names.push_back(target.model()[id].name);
        suggest(c_.add(report<Code::MIG009>(assign.name.span, assign.name.text,
                                            direction == "up" ? "a target" : "a source",
                                            word(item.kind))),
                assign.name.text, assign.name.span, names);
        continue;
      }
      const auto index = size_t(it - targets.begin());
      if (given[index]) {
        const auto first = std::ranges::find_if(
            list, [&](const auto& other) { return other.name.text == assign.name.text; });
        c_.add(report<Code::MIG005>(assign.name.span, assign.name.text, "given a value"))
            .label(first->name.span, "here")
            .help("leave one of them out");
        continue;
      }
      given[index] = true;
      assignment(into, over, entity, assign.value, target, *it, std::string(assign.name.text));
    }
    for (size_t i = 0; i < targets.size(); ++i) {
      if (given[i] || tree_.hasErrors) continue;
      const auto& name = target.model()[targets[i]].name;
      c_.add(report<Code::MIG008>(item.paths[0].span, name))
          .help("assign it in `" + std::string(direction) + " { … }`");
    }
  }

  // ---- fill
  void fill(const syntax::MigrationItem& item) {
    if (item.paths.size() != 1 || !wellFormed(item.paths[0])) return;
    const auto& path = item.paths[0];
    const auto found = v_.to.find(path);
    if (!found) return missing<Code::MIG004>(v_.to, path);
    if (!found->property)
      return wrongKind(Kind::fill, "a property", path.span, path.dotted(), found->describe());
    if (!isStored(v_.to, *found->property, Kind::fill, path.span) ||
        !touch(false, found->path, Kind::fill, path.span) || !item.up)
      return;
    const Scope scope = v_.scope(tree_, v_.to, *found->entity, Use::fill);
    ir::Type type = scopedType(scope, v_.to.model()[*found->property]);
    if (tree_[*item.up].kind == syntax::ExprKind::nullLiteral) type.optional = false;  // of no use
    auto value = checkValue(scope, *item.up, type, "the fill of `" + found->path.property + "`");
    out_.fills.push_back({found->path, std::move(value), path.span});
  }

  // ---- approve
  void approve(const syntax::MigrationItem& item) {
    if (item.paths.size() != 1) return;
    const auto kind = approvalOf(c_, item.action);
    if (item.action && !kind) return;
    const auto found = old(item.paths[0]);
    if (!found || !item.action) return;
    const Span span = item.paths[0].span;
    const bool reasoned =
        item.reason && item.reason->value.find_first_not_of(" \t\r\n") != std::string::npos;
    if (!reasoned && !(tree_.hasErrors && !item.reason))
      c_.add(report<Code::MIG013>(item.reason ? item.reason->span : span))
          .help("say who agreed and where the data is, for those who look later");
    if (*kind == ir::ApprovalKind::drop && !approveDrop(item, *found)) return;
    out_.approvals.push_back({*kind, found->path, item.reason ? item.reason->value : "", span});
  }

  bool approveDrop(const syntax::MigrationItem& item, const Place& found) {
    const auto& path = found.path;
    if (!touch(true, path, Kind::approve, item.paths[0].span)) return false;
    bool there = false;
    if (found.property) {
      const auto id = v_.to.findEntity(newEntityName(path.entity));
      there = id && !oneWay_.contains(path) && v_.to.findProperty(*id, path.property) &&
              !isRenameTarget(path.entity, path.property);
    } else if (found.entity) {
      const auto id = v_.to.findEntity(path.entity);
      there = id && !isRenameTarget(path.entity) && !isDeleted(*found.entity, *id);
    } else if (found.tag) {
      there = v_.to.hasTag(newEntityName(path.entity), path.property);
    } else if (path.property.empty()) {
      there = v_.to.findEnum(path.entity).has_value();
    } else {
      const auto it = renamedEnums_.find(path.entity);
      const auto en = v_.to.findEnum(it == renamedEnums_.end() ? path.entity : it->second);
      there = en && v_.to.hasValue(*en, path.property);
    }
    if (there) still(item, path.property.empty() ? path.entity : path.entity + "." + path.property);
    return !there;
  }

  // An entity that becomes `deleted` without having been deprecated stays as a declaration.
  bool isDeleted(ir::EntityId before, ir::EntityId after) const {
    return v_.to.model()[after].lifecycle == ir::Lifecycle::deleted &&
           v_.from.model()[before].lifecycle != ir::Lifecycle::deleted;
  }

  Context& c_;
  const SyntaxTree& tree_;
  const syntax::MigrationDecl& d_;
  Versions& v_;
  ir::Migration out_;
  std::map<std::string, std::string> renamedEntities_, renamedEnums_;
  std::map<ir::Path, std::string> renamedProperties_;
  std::map<ir::Path, std::string> renamedValues_;  // of enums and groups of tags
  NameRenames names_{c_, v_, renamedEntities_};
  std::set<ir::Path> dropped_, merged_;  // of these values
  std::map<std::pair<bool, ir::Path>, std::pair<Kind, Span>> touched_;
  std::vector<std::pair<uint32_t, ir::RenameRule>> pendingRenames_;
  std::set<ir::Path> converted_, oneWay_, filled_;
  std::map<ir::Path, Span> filledNames_;  // the fills of what is renamed or converted
};

struct Declared {
  const SyntaxTree* tree;
  const syntax::MigrationDecl* decl;
};

}  // namespace

void buildMigrations(Context& c) {
  std::vector<Declared> all;
  for (const auto* tree : c.units[0]->trees)
    for (const auto& decl : tree->decls)
      if (const auto* d = std::get_if<syntax::MigrationDecl>(&decl)) all.push_back({tree, d});
  std::map<std::pair<std::string_view, std::string_view>, Span> seen;
  for (const auto& [tree, d] : all) {
    if (!checkVersions(c, *d)) continue;
    const auto [it, fresh] = seen.emplace(
        std::pair(std::string_view(d->from.value), std::string_view(d->to.value)), d->from.span);
    if (!fresh) {
      c.add(report<Code::MIG011>(d->from.span, d->from.value, d->to.value))
          .label(it->second, "the first is here")
          .help("put all lines into one block");
      continue;
    }
    const bool back = leadsBack(*d);
    auto from = sideOf(c, d->from, true, back);
    auto to = sideOf(c, d->to, false, back);
    if (!from || !to) continue;
    Versions versions(c, std::move(*from), std::move(*to));
    c.model.migrations.push_back(Block(c, *tree, *d, versions).run());
  }
  std::ranges::stable_sort(c.model.migrations, [](const ir::Migration& a, const ir::Migration& b) {
    const int order = compareSemver(a.from, b.from);
    return order ? order < 0 : compareSemver(a.to, b.to) < 0;
  });
}

}  // namespace cambium::sema
