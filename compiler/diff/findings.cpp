#include "compiler/diff/findings.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "compiler/base/semver.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/diff/lifecycle.h"
#include "compiler/diff/widening.h"

namespace cambium::diff {
namespace {

using ir::Scalar;

// What a junction is called after, without its owner: the right side of `rename A.bs -> cs`.
std::string lastPart(const std::string& name) {
  return name.substr(name.rfind('.') + 1);
}

// How many characters two names share at their ends and beginnings: enough to tell the better of
// two candidates.
size_t sharedEnds(std::string_view a, std::string_view b) {
  const auto front =
      static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  a.remove_prefix(front);
  b.remove_prefix(front);
  return front + static_cast<size_t>(
                     std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend()).first - a.rbegin());
}

// Whether one name may be what has become of the other.
bool namesAlike(const std::string& a, const std::string& b) {
  const size_t shared = sharedEnds(a, b), shorter = std::min(a.size(), b.size());
  if (shared >= 2 && 2 * shared >= shorter) return true;
  return shorter >= 3 && (a.find(b) != std::string::npos || b.find(a) != std::string::npos ||
                          !suggestions(a, {b}).empty());
}

bool isText(const ir::Property& p) {
  return p.kind == ir::PropertyKind::value && !p.type.list && ir::isTextual(p.type.scalar);
}

// No two rows may have the same value.
bool isUnique(const ir::Property& p, const ir::Model& model) {
  if (p.unique) return true;
  return std::ranges::any_of(model[p.entity].uniques, [&](const ir::Unique& unique) {
    return unique.parts.size() == 1 && !unique.where &&
           unique.parts[0].expr.kind == ir::ExprKind::property &&
           unique.parts[0].expr.path == std::vector{p.name};
  });
}

// For a unique property: a value for each row, made of its key where that has one column.
std::string valueOfItsOwn(const ir::Property& p, const ir::Model& model) {
  const auto& key = model[p.entity].key.properties;
  if (p.kind == ir::PropertyKind::reference || p.type.list || key.size() != 1) return "…";
  const ir::Property& id = model[key[0]];
  if (p.type.scalar == Scalar::uuid) return "uuid()";
  if (id.kind != ir::PropertyKind::value) return "…";
  if (p.type.scalar == id.type.scalar) return id.name;
  return ir::isTextual(p.type.scalar) ? "to_string(" + id.name + ")" : "…";
}

// Something of the type, to be replaced by what is meant.
std::string placeholder(const ir::Property& p, const ir::Model& model) {
  if (isUnique(p, model)) return valueOfItsOwn(p, model);
  if (p.kind == ir::PropertyKind::reference) return "…";
  if (p.type.list) return "[]";
  switch (p.type.scalar) {
    case Scalar::boolean: return "false";
    case Scalar::int16:
    case Scalar::int32:
    case Scalar::int64:
    case Scalar::float32:
    case Scalar::float64:
    case Scalar::decimal: return "0";
    case Scalar::enumeration: {
      const auto& values = model[p.type.enumeration].values;
      return values.empty() ? "…" : values[0].name;
    }
    case Scalar::uuid: return "uuid()";
    case Scalar::timestamp: return "now()";
    case Scalar::date: return "today()";
    case Scalar::string:
    case Scalar::text: return "\"\"";
    default: return "…";
  }
}

// `property` as a value of `type`: the cast that the language has for it.
std::string castTo(const ir::Type& type, const std::string& property) {
  if (type.list) return "…";
  switch (type.scalar) {
    case Scalar::string:
    case Scalar::text: return "to_string(" + property + ")";
    case Scalar::int16:
    case Scalar::int32:
    case Scalar::int64: return "to_int64(" + property + ")";
    case Scalar::decimal: return "to_decimal(" + property + ")";
    case Scalar::float32:
    case Scalar::float64: return "to_float64(" + property + ")";
    case Scalar::boolean: return "to_bool(" + property + ")";
    default: return "…";  // there is none: that is for a person to say
  }
}

// The same between two types. Of a decimal only its digits behind the point can be taken away by a
// function; one that has fewer before it cannot be had.
std::string castTo(const ir::Type& from, const ir::Type& to, const std::string& property) {
  if (from.scalar != Scalar::decimal || to.scalar != Scalar::decimal || from.list || to.list)
    return castTo(to, property);
  const bool rounds = to.scale < from.scale;
  const int whole = from.precision - from.scale + (rounds ? 1 : 0);  // 9.99 becomes 10
  if (to.precision - to.scale < whole) return "…";
  return rounds ? fmt::format("round({}, {})", property, to.scale) : property;
}

const char* kindText(const ir::Property& p) {
  switch (p.kind) {
    case ir::PropertyKind::value: return "a value";
    case ir::PropertyKind::reference: return "a reference";
    case ir::PropertyKind::many:
      return p.through ? "a many-to-many" : "the other side of a reference";
  }
  return "";
}

}  // namespace

// ---------------------------------------------------------------- how a question is put
void Findings::ask(Diagnostic d, const std::vector<Choice>& choices) {
  if (!rows_) return;
  const ir::Migration* migration = rules_.migration();
  for (const Choice& choice : choices) {
    std::string title = fmt::format("{}: `{}`", choice.when, choice.line);
    if (migration && migration->block) {
      const Span end{migration->block.file, migration->block.end - 1, migration->block.end - 1};
      d.fix({std::move(title), choice.safety, {{end, "  " + choice.line + "\n"}}});
    } else {
      d.help(std::move(title));
    }
  }
  // One line may answer several questions.
  if (!choices.empty() && std::ranges::find(lines_, choices[0].line) == lines_.end())
    lines_.push_back(choices[0].line);
  found_.push_back(std::move(d));
}

Findings::Choice Findings::drop(const std::string& path, const char* what) const {
  return {fmt::format("if its {} may go", what), fmt::format("approve drop {} \"why\"", path)};
}

Findings::Choice Findings::fill(PropertyId to, const char* when) const {
  return {when, fmt::format("fill {} = {}", pathOf(to, b_), placeholder(b_[to], b_))};
}

Findings::Choice Findings::convert(PropertyId from, PropertyId to) const {
  return {"say how its values change",
          fmt::format("convert {} up {} down {}", pathOf(from, a_),
                      castTo(a_[from].type, b_[to].type, a_[from].name),
                      castTo(b_[to].type, a_[from].type, b_[to].name))};
}

// Where something is gone there is no place of its own: the migration that does not speak of it,
// else what it was part of.
Span Findings::place(EntityId to) const {
  if (rules_.migration() && rules_.migration()->span) return rules_.migration()->span;
  return to ? b_[to].span : Span{};
}

void Findings::finish(DiagnosticSink& sink) {
  for (const ir::FillRule* rule : rules_.idleFills()) {
    const auto entity = b_.findEntity(rule->to.entity);
    Diagnostic d = report<Code::MIG052>(rule->span, rule->to.entity + "." + rule->to.property);
    if (entity && !set_.matching.entityFrom[entity->index()])
      d.note(fmt::format("`{}` is new: it has no rows yet", rule->to.entity));
    else
      d.note("only a new property, or one that becomes required, has rows to fill");
    found_.push_back(
        std::move(d).help("remove the line; a `convert` changes values that are there"));
  }
  for (const ir::ApprovalRule* rule : rules_.idleApprovals()) {
    if (rule->kind == ir::ApprovalKind::drop) continue;  // of something that holds nothing: no harm
    const std::string path =
        rule->from.entity + (rule->from.property.empty() ? "" : "." + rule->from.property);
    struct Idle {
      const char *word, *note;
    };
    const auto [word, note] = rule->kind == ir::ApprovalKind::narrow
                                  ? Idle{"narrow", "its new type holds all that the old one holds"}
                              : rule->kind == ir::ApprovalKind::expose
                                  ? Idle{"expose", "nothing is shown of it that was hidden"}
                                  : Idle{"protect", "nothing is hidden of it that was shown"};
    found_.push_back(
        report<Code::MIG053>(rule->span, word, path).note(note).help("remove the line"));
  }
  if (!found_.empty() && !lines_.empty() && !rules_.migration()) {
    std::string block = fmt::format("migration from \"{}\" to \"{}\" {{\n", a_.version, b_.version);
    for (const auto& line : lines_) block += "  " + line + "\n";
    const auto first = std::find_if(found_.begin(), found_.end(),
                                    [](const Diagnostic& d) { return !d.helps.empty(); });
    if (first != found_.end())
      first->help("there is no migration between the two versions yet; for example:\n" + block +
                  "}");
  }
  for (Diagnostic& d : found_) sink.add(std::move(d));
}

// ---------------------------------------------------------------- single questions
void Findings::becomesRequired(PropertyId to) {
  ask(report<Code::EVO006>(b_[to].span, pathOf(to, b_)),
      {fill(to, "say what rows without a value get")});
}

void Findings::typeChanged(PropertyId from, PropertyId to, bool narrows) {
  const std::string old = ir::toString(a_[from].type, a_), fresh = ir::toString(b_[to].type, b_);
  // No line of a migration helps there: said at once, and not after a `convert` was written.
  if (isKey(from, a_) && isKey(to, b_)) {
    if (!rows_) return;
    const ir::Entity& entity = b_[b_[to].entity];
    found_.push_back(
        report<Code::EVO050>(b_[to].span, entity.name)
            .under(fmt::format("was `{}`, becomes `{}`", old, fresh))
            .help("keep its type, or do it in two versions: first the new key beside this one, "
                  "required and `@unique`, then as the key"));
    return;
  }
  if (narrows) {
    std::vector<Choice> choices{
        {"if every row fits", fmt::format("approve narrow {} \"why\"", pathOf(from, a_))}};
    // Of a number nothing makes one of a smaller type.
    if (ir::isTextual(b_[to].type.scalar) && b_[to].type.length > 0)
      choices.push_back({"say what becomes of longer ones",
                         fmt::format("convert {} up left({}, {}) down {}", pathOf(from, a_),
                                     a_[from].name, b_[to].type.length, b_[to].name)});
    ask(report<Code::EVO008>(b_[to].span, pathOf(to, b_), old, fresh), choices);
  } else
    ask(report<Code::EVO007>(b_[to].span, pathOf(to, b_), old, fresh), {convert(from, to)});
}

void Findings::enumReplaced(EnumId from, EnumId to, PropertyId where) {
  if (std::find(replaced_.begin(), replaced_.end(), std::pair(from, to)) != replaced_.end()) return;
  replaced_.emplace_back(from, to);
  const PropertyId old = set_.matching.propertyFrom[where.index()];
  ask(report<Code::EVO001>(b_[where].span, a_[from].name, b_[to].name),
      {{"if it has a new name", fmt::format("rename {} -> {}", a_[from].name, b_[to].name),
        FixSafety::review},
       convert(old, where)});
}

void Findings::kindChanged(PropertyId from, PropertyId to) {
  if (!rows_) return;
  const std::string old = pathOf(from, a_);
  Diagnostic d =
      report<Code::EVO009>(b_[to].span, pathOf(to, b_), kindText(a_[from]), kindText(b_[to]));
  if (b_[to].kind == ir::PropertyKind::many)  // rows of another table, which no line makes
    d.help(
        fmt::format("give the new one a name of its own, and keep `{}` in this version: once "
                    "applications have carried its values over, `approve drop {} \"why\"` in "
                    "the next",
                    old, old));
  else
    d.help(
        fmt::format("give the new one a name of its own; then `split {} -> …` carries the values "
                    "over, or `approve drop {} \"why\"` lets them go",
                    old, old));
  found_.push_back(std::move(d));
}

void Findings::computedOverValues(PropertyId from, PropertyId to) {
  ask(report<Code::EVO010>(b_[to].span, pathOf(to, b_)),
      {{"if the values that it holds may go",
        fmt::format("approve narrow {} \"why\"", pathOf(from, a_))}});
}

void Findings::exposed(PropertyId from, PropertyId to) {
  const bool rows = std::exchange(rows_, true);
  const bool masked = !a_[from].sensitive.empty() && a_[from].sensitive != "*" &&
                      !b_[to].sensitive.empty() && b_[to].sensitive != "*";
  ask(report<Code::EVO011>(b_[to].span, pathOf(to, b_),
                           masked ? "masked otherwise than before" : "less protected than before"),
      {{"if that is meant", fmt::format("approve expose {} \"why\"", pathOf(from, a_))}});
  rows_ = rows;
}

void Findings::hidden(PropertyId from, PropertyId to) {
  const bool rows = std::exchange(rows_, true);
  ask(report<Code::EVO067>(b_[to].span, pathOf(to, b_)),
      {{"if that is meant", fmt::format("approve protect {} \"why\"", pathOf(from, a_))}});
  rows_ = rows;
}

void Findings::tooEarly(const std::string& path, const std::string& removeAfter) {
  if (removeAfter.empty() || compareSemver(b_.version, removeAfter) >= 0) return;
  // A version that was there before the promise was made has not broken it.
  if (compareSemver(b_.version, a_.version) < 0) return;
  found_.push_back(report<Code::EVO016>(place({}), path, removeAfter)
                       .note("`@deprecated(…, remove_after: …)` promised it, and others rely on it")
                       .help("keep it until then, or make this version " + removeAfter));
}

void Findings::leap(EntityId from, EntityId to) {
  using ir::Lifecycle;
  const ir::Entity &x = a_[from], &y = b_[to];
  const auto word = [](Lifecycle l) {
    return (l == Lifecycle::draft ? "a " : "") + std::string(lifecycleWord(l));
  };
  Diagnostic d = report<Code::EVO012>(y.span, y.name, word(x.lifecycle), word(y.lifecycle));
  if (y.lifecycle == Lifecycle::deleted && hasTable(x.lifecycle)) {
    d.help(
        "deprecate it in this version, so that its users are warned, and delete it in a later "
        "one");
    return ask(std::move(d),
               {{"if nobody needs the warning", fmt::format("approve drop {} \"why\"", x.name)}});
  }
  if (x.lifecycle == Lifecycle::external)
    d.note("its table is not this package's, and would have to be made")
        .help("declare a new entity under another name, with a table of its own");
  else if (y.lifecycle == Lifecycle::external)
    d.note("its table is this package's, with its rows")
        .help("keep it; for a table of somebody else declare an entity under another name");
  else if (y.lifecycle == Lifecycle::draft)
    d.note("its table is in the database, with its rows, and a draft has none")
        .help("deprecate and then delete it; a new design of it is a draft under another name");
  else
    d.help("make it active first");
  ask(std::move(d), {});
}

void Findings::notTheSame(const ir::RenameRule& rule, const std::string& newEntity) {
  const std::string old = rule.from.entity + "." + rule.from.property;
  const auto entity = b_.findEntity(newEntity);
  const auto has = [&](const auto& list) {
    return std::ranges::any_of(list, [&](const auto& x) { return x.name == rule.from.property; });
  };
  const bool stays =
      entity && (has(b_[*entity].uniques) || has(b_[*entity].indexes) || has(b_[*entity].checks));
  found_.push_back(
      report<Code::MIG017>(rule.span, old, newEntity + "." + rule.to)
          .help(stays ? "leave the line out: what says the same keeps its name, and what does "
                        "not goes and comes"
                      : "leave the line out: the old one goes, and the new one comes"));
}

// ---------------------------------------------------------------- what is gone, what is new
// 0 = not to be taken for each other.
size_t Findings::likeness(PropertyId from, PropertyId to) const {
  const ir::Property &x = a_[from], &y = b_[to];
  if (x.kind != y.kind || x.computed.has_value() != y.computed.has_value()) return 0;
  size_t score = 1 + sharedEnds(x.name, y.name);
  if (x.kind == ir::PropertyKind::reference)
    return x.target && set_.matching.entityTo[x.target.index()] == y.target ? score : 0;
  const ir::Type &s = x.type, &t = y.type;
  const bool named = namesAlike(x.name, y.name);
  if (s.list != t.list || (s.scalar != t.scalar && !(named && widens(s, a_, t)))) return 0;
  if (s.scalar == Scalar::enumeration &&
      (!s.enumeration || set_.matching.enumTo[s.enumeration.index()] != t.enumeration))
    return 0;
  const bool exact = s.scalar == t.scalar && s.length == t.length && s.precision == t.precision &&
                     s.scale == t.scale && s.optional == t.optional;
  // Neither its name nor its type says that the one has become the other.
  if (!named && !exact) return 0;
  return score + (named ? 2000 : 0) + (exact ? 1000 : 0) + (s.optional == t.optional ? 100 : 0);
}

bool Findings::isKey(PropertyId id, const ir::Model& model) const {
  const auto& key = model[model[id].entity].key.properties;
  return std::ranges::find(key, id) != key.end();
}

Findings::Choice Findings::merge(const std::vector<PropertyId>& from, const std::string& to) const {
  std::string paths, down;
  for (const PropertyId id : from) {
    paths += paths.empty() ? pathOf(id, a_) : ", " + a_[id].name;
    down += fmt::format("{}{} = …", down.empty() ? "" : ", ", a_[id].name);
  }
  return {"if it is made of those that are gone",
          fmt::format("merge {} -> {} up {{ {} = … }} down {{ {} }}", paths, to, to, down)};
}

// Several new texts have names like that of one that is gone: a `split`, more likely than a rename
// of one of them.
bool Findings::comesOfSeveral(PropertyId from, std::vector<Added>& added, const std::string& path) {
  const ir::Property& old = a_[from];
  if (!isText(old)) return false;
  std::vector<Added*> parts;
  for (Added& candidate : added) {
    const ir::Property& fresh = b_[candidate.property];
    if (!candidate.explained && candidate.needsValues && isText(fresh) &&
        fresh.made == ir::MadeProperty::written && namesAlike(old.name, fresh.name))
      parts.push_back(&candidate);
  }
  if (parts.size() < 2) return false;
  std::string names, up;
  for (Added* part : parts) {
    const std::string& name = b_[part->property].name;
    names += (names.empty() ? "" : ", ") + name;
    up += fmt::format("{}{} = …", up.empty() ? "" : ", ", name);
    part->explained = true;
  }
  const std::string& first = b_[parts.front()->property].name;
  ask(report<Code::EVO003>(b_[parts.front()->property].span, path),
      {{"if the new ones come of it",
        fmt::format("split {} -> {} up {{ {} }} down {{ {} = … }}", path, names, up, old.name)},
       {"if it has a new name", fmt::format("rename {} -> {}", path, first), FixSafety::review},
       drop(path, "values")});
  return true;
}

void Findings::properties(EntityId to, const std::vector<PropertyId>& gone,
                          std::vector<Added> added) {
  // The most alike find each other first, wherever they stand.
  struct Pair {
    size_t score, from, to;
  };
  std::vector<Pair> pairs;
  for (size_t i = 0; i < gone.size(); ++i)
    for (size_t j = 0; j < added.size(); ++j)
      if (!added[j].explained && b_[added[j].property].made == ir::MadeProperty::written &&
          a_[gone[i]].made != ir::MadeProperty::parent)
        if (const size_t score = likeness(gone[i], added[j].property))
          pairs.push_back({score, i, j});
  std::ranges::stable_sort(pairs, std::greater(), &Pair::score);
  std::vector<Added*> partner(gone.size());
  std::vector<bool> taken(added.size());
  for (const Pair& pair : pairs)
    if (!partner[pair.from] && !taken[pair.to]) {
      partner[pair.from] = &added[pair.to];
      taken[pair.to] = true;
    }
  std::vector<PropertyId> lost;  // texts that nothing new is like
  for (size_t i = 0; i < gone.size(); ++i) {
    const PropertyId from = gone[i];
    const std::string path = pathOf(from, a_);
    const ir::Property& old = a_[from];
    if (old.made == ir::MadeProperty::parent) {
      ask(report<Code::EVO015>(place(to), a_[old.entity].name, a_[old.target].name),
          {drop(path, "places")});
      continue;
    }
    if (comesOfSeveral(from, added, path)) continue;
    if (const auto many = manyOf(from, added)) {
      renamed(from, *many);
      continue;
    }
    if (!partner[i] || partner[i]->explained) {
      if (isText(old)) lost.push_back(from);
      std::vector<Choice> choices{drop(path, "values")};
      if (auto part = goneIntoPart(to, from, gone))
        choices.insert(choices.begin(), std::move(*part));
      ask(report<Code::EVO003>(place(to), path), choices);
      continue;
    }
    partner[i]->explained = true;
    renamed(from, partner[i]->property);
  }
  for (const Added& fresh : added) {
    if (!fresh.needsValues || fresh.explained) continue;
    std::vector<Choice> choices{fill(fresh.property, "say what old rows get")};
    if (lost.size() > 1 && isText(b_[fresh.property]))
      choices.push_back(merge(lost, b_[fresh.property].name));
    ask(report<Code::EVO005>(b_[fresh.property].span, pathOf(fresh.property, b_)), choices);
  }
}

void Findings::renamed(PropertyId from, PropertyId to) {
  const std::string path = pathOf(from, a_);
  ask(report<Code::EVO001>(b_[to].span, path, pathOf(to, b_)),
      {{"if it has a new name", fmt::format("rename {} -> {}", path, b_[to].name),
        FixSafety::review},
       drop(path, "values")});
}

std::optional<PropertyId> Findings::manyOf(PropertyId from, const std::vector<Added>& added) const {
  const ir::Property& x = a_[from];
  if (x.kind != ir::PropertyKind::reference) return std::nullopt;
  for (const Added& one : added) {
    const ir::Property& y = b_[one.property];
    const bool own = y.kind == ir::PropertyKind::many && y.through &&
                     b_[y.through].made == ir::MadeEntity::junction;
    if (own && set_.matching.entityTo[x.target.index()] == y.target) return one.property;
  }
  return std::nullopt;
}

void Findings::values(EnumId from, EnumId to, const std::vector<std::string>& gone,
                      const std::vector<std::string>& added) {
  std::vector<bool> taken(added.size());
  for (const std::string& value : gone) {
    const std::string path = a_[from].name + "." + value;
    size_t best = added.size();
    for (size_t i = 0; i < added.size(); ++i)
      if (!taken[i] &&
          (best == added.size() || sharedEnds(value, added[i]) > sharedEnds(value, added[best])))
        best = i;
    // Several new values say nothing about one that is gone, unless their names do.
    if (best < added.size() && added.size() > 1 &&
        sharedEnds(value, added[best]) * 2 < value.size())
      best = added.size();
    if (best == added.size()) {
      std::vector<Choice> choices{
          {"if no row has it", fmt::format("approve drop {} \"why\"", path)}};
      offerMerge(choices, path, a_[from].values, b_[to].values, "value");
      constexpr size_t kMostNames = 3;
      for (size_t i = 0, named = 0; i < added.size() && named < kMostNames; ++i, ++named)
        if (!taken[i])
          choices.push_back({"if it has a new name", fmt::format("rename {} -> {}", path, added[i]),
                             FixSafety::review});
      ask(report<Code::EVO004>(b_[to].span, path), choices);
      continue;
    }
    taken[best] = true;
    const auto& values = b_[to].values;
    const auto fresh = std::find_if(values.begin(), values.end(),
                                    [&](const ir::EnumValue& v) { return v.name == added[best]; });
    ask(report<Code::EVO001>(fresh->span ? fresh->span : b_[to].span, path,
                             b_[to].name + "." + added[best]),
        {{"if it has a new name", fmt::format("rename {} -> {}", path, added[best]),
          FixSafety::review},
         {"if no row has it", fmt::format("approve drop {} \"why\"", path)}});
  }
}

void Findings::entities(const std::vector<EntityId>& gone, const std::vector<EntityId>& added) {
  if (gone.empty()) return;
  std::unordered_map<std::string_view, std::vector<size_t>>
      having;  // a property's name: which of `added` have it
  for (size_t i = 0; i < added.size(); ++i)
    for (const PropertyId id : b_[added[i]].properties) having[b_[id].name].push_back(i);
  std::vector<bool> taken(added.size());
  std::vector<size_t> shared(added.size());
  for (const EntityId from : gone) {
    const ir::Entity& old = a_[from];
    std::fill(shared.begin(), shared.end(), 0);
    for (const PropertyId id : old.properties)
      if (const auto found = having.find(a_[id].name); found != having.end())
        for (const size_t i : found->second) ++shared[i];
    size_t best = added.size();
    const auto better = [&](size_t i, size_t j) {
      return std::pair(shared[i], sharedEnds(old.name, b_[added[i]].name)) >
             std::pair(shared[j], sharedEnds(old.name, b_[added[j]].name));
    };
    for (size_t i = 0; i < added.size(); ++i) {
      const bool alike =
          2 * shared[i] >= std::max(old.properties.size(), b_[added[i]].properties.size());
      if (!taken[i] && alike && (best == added.size() || better(i, best))) best = i;
    }
    if (const auto one = referenceInstead(from); one && best == added.size()) {
      ask(report<Code::EVO001>(b_[*one].span, old.name, pathOf(*one, b_)),
          {{"if it is one of the several from now on",
            fmt::format("rename {} -> {}", old.name, b_[*one].name), FixSafety::review},
           drop(old.name, "rows")});
      continue;
    }
    if (best == added.size()) {
      std::vector<Choice> choices{drop(old.name, "rows")};
      if (auto whole = goneIntoWhole(from)) choices.insert(choices.begin(), std::move(*whole));
      ask(report<Code::EVO002>(place({}), old.name), choices);
      continue;
    }
    taken[best] = true;
    const ir::Entity& fresh = b_[added[best]];
    if ((old.made == ir::MadeEntity::junction) != (fresh.made == ir::MadeEntity::junction)) {
      betweenOtherwise(from, added[best]);
      continue;
    }
    ask(report<Code::EVO001>(fresh.span, old.name, fresh.name),
        {{"if it has a new name", fmt::format("rename {} -> {}", old.name, lastPart(fresh.name)),
          FixSafety::review},
         drop(old.name, "rows")});
  }
}

}  // namespace cambium::diff
