// sema/types.cpp: enums, aliases, and what a written type means.
#include <algorithm>
#include <array>
#include <charconv>

#include "compiler/sema/annotations.h"
#include "compiler/sema/context.h"
#include "compiler/sema/cycles.h"
#include "compiler/sema/elsewhere.h"
#include "compiler/sema/habits.h"

namespace cambium::sema {
namespace {

using ir::Scalar;

struct BuiltIn {
  std::string_view name;
  Scalar scalar;
  unsigned least, most;  // arguments
  std::string_view takes;
};

constexpr std::array<BuiltIn, 17> kBuiltIns = {{
    {"bool", Scalar::boolean, 0, 0, "no arguments"},
    {"bytes", Scalar::bytes, 0, 1, "at most a length: `bytes(16)`"},
    {"date", Scalar::date, 0, 0, "no arguments"},
    {"datetime", Scalar::datetime, 0, 0, "no arguments"},
    {"decimal", Scalar::decimal, 2, 2, "a precision and a scale: `decimal(12, 2)`"},
    {"duration", Scalar::duration, 0, 0, "no arguments"},
    {"float32", Scalar::float32, 0, 0, "no arguments"},
    {"float64", Scalar::float64, 0, 0, "no arguments"},
    {"int16", Scalar::int16, 0, 0, "no arguments"},
    {"int32", Scalar::int32, 0, 0, "no arguments"},
    {"int64", Scalar::int64, 0, 0, "no arguments"},
    {"json", Scalar::json, 0, 0, "no arguments"},
    {"string", Scalar::string, 0, 1, "at most a length: `string(80)`"},
    {"text", Scalar::text, 0, 0, "no arguments"},
    {"time", Scalar::time, 0, 0, "no arguments"},
    {"timestamp", Scalar::timestamp, 0, 0, "no arguments"},
    {"uuid", Scalar::uuid, 0, 0, "no arguments"},
}};

}  // namespace

bool isBuiltInType(std::string_view name) {
  return std::ranges::find(kBuiltIns, name, &BuiltIn::name) != kBuiltIns.end();
}

namespace {

// The arguments as whole numbers; nothing if one is something else.
std::optional<std::vector<uint64_t>> wholeNumbers(const SyntaxTree& tree,
                                                  const syntax::ExprIds& args) {
  std::vector<uint64_t> out;
  for (const auto id : args) {
    const auto& e = tree[id];
    if (e.kind != syntax::ExprKind::number) return std::nullopt;
    std::string digits;
    for (const char ch : e.text)
      if (ch != '_') digits += ch;
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (end != digits.data() + digits.size()) return std::nullopt;
    out.push_back(error == std::errc{} ? value : ~uint64_t{0});
  }
  return out;
}

ir::Type poison() {
  return {};
}

// Behind the parenthesis that closes the arguments of a type.
uint32_t closingOf(const Context& c, const SyntaxTree& tree, const syntax::TypeRef& ref) {
  const auto text = c.sources[ref.name.span.file].text();
  const size_t close = text.find(')', tree[ref.args.back()].span.end);
  return close == std::string_view::npos ? ref.name.span.end : uint32_t(close + 1);
}

ir::Type builtIn(Context& c, const SyntaxTree& tree, const syntax::TypeRef& ref, const BuiltIn& b) {
  constexpr uint64_t kLongest = 1'000'000'000, kDigits = 38;
  ir::Type type;
  type.scalar = b.scalar;
  for (const auto id : ref.args)
    if (tree[id].kind == syntax::ExprKind::error) return poison();
  const auto args = wholeNumbers(tree, ref.args);
  if (!args || args->size() < b.least || args->size() > b.most) {
    auto& d = c.add(report<Code::TYP003>(ref.args.empty() ? ref.name.span : tree[ref.args[0]].span,
                                         b.name, b.takes));
    if (ref.args.empty()) return poison();
    // From the opening parenthesis to the closing one.
    const Span brackets{ref.name.span.file, ref.name.span.end, closingOf(c, tree, ref)};
    const std::string name(b.name);
    if (b.most == 0 && brackets.end > brackets.begin)
      d.help("its size is fixed: write `" + name + "`")
          .fix({"write `" + name + "`", FixSafety::review, {{brackets, ""}}});
    else if (b.most == 1 && tree[ref.args[0]].kind == syntax::ExprKind::name)
      d.help("without a length there is no limit: write `" + name + "`")
          .fix({"write `" + name + "`", FixSafety::review, {{brackets, ""}}});
    return poison();
  }
  if (b.scalar == Scalar::decimal) {
    const uint64_t precision = (*args)[0], scale = (*args)[1];
    if (precision < 1 || precision > kDigits || scale > precision) {
      c.add(report<Code::TYP004>(tree[ref.args[0]].span, precision, scale))
          .help("the precision is 1 to 38 digits in all, the scale at most the precision");
      return poison();
    }
    type.precision = uint16_t(precision);
    type.scale = uint16_t(scale);
  } else if (!args->empty()) {
    if ((*args)[0] < 1 || (*args)[0] > kLongest) {
      c.add(report<Code::TYP005>(tree[ref.args[0]].span, tree[ref.args[0]].text))
          .help("a length is 1 to 1,000,000,000; leave it out for no limit");
      return poison();
    }
    type.length = uint32_t((*args)[0]);
  }
  return type;
}

ir::Type aliasType(Context& c, uint32_t index);

void unknownType(Context& c, size_t unit, const syntax::TypeRef& ref) {
  auto& d = c.add(report<Code::REF002>(ref.name.span, ref.name.dotted()));
  if (const Meant meant = typeMeant(ref.name.dotted()))
    return sayMeant(d, ref.name.span, meant.ours, meant.help);
  // `customer: Customer.id`: the property that refers, by the other entity's key.
  if (const auto own = c.units[unit]->own.find(ref.name.parts[0].text);
      ref.name.parts.size() == 2 && own != c.units[unit]->own.end() &&
      own->second.kind == SymbolKind::entity) {
    const std::string mended = "ref " + std::string(ref.name.parts[0].text);
    d.help("a reference names the entity, and has the type of its key: `" + mended + "`")
        .fix({"write `" + mended + "`", FixSafety::review, {{ref.name.span, mended}}});
    return;
  }
  if (sayElsewhere(c, d, unit, ref.name, {SymbolKind::alias, SymbolKind::enumeration})) return;
  auto existing = namesOf(c, unit, SymbolKind::alias);
  for (const auto name : namesOf(c, unit, SymbolKind::enumeration)) existing.push_back(name);
  for (const auto& b : kBuiltIns) existing.push_back(b.name);
  suggest(d, ref.name.dotted(), ref.name.span, existing);
}

// Without suffixes.
ir::Type baseType(Context& c, size_t unit, const SyntaxTree& tree, const syntax::TypeRef& ref) {
  if (!wellFormed(ref.name)) return poison();
  const auto symbol = resolve(c, unit, ref.name);
  if (!symbol) {
    const auto b = std::ranges::find(kBuiltIns, ref.name.parts[0].text, &BuiltIn::name);
    if (ref.name.parts.size() == 1 && b != kBuiltIns.end()) return builtIn(c, tree, ref, *b);
    if (!isLost(c, unit, ref.name)) unknownType(c, unit, ref);
    return poison();
  }
  if (symbol->kind == SymbolKind::entity || symbol->kind == SymbolKind::mixin) {
    auto& d = c.add(
        report<Code::REF012>(ref.name.span, ref.name.dotted(), describe(symbol->kind), "a type"));
    if (symbol->kind == SymbolKind::entity) {
      const std::string mended = (ref.list ? "many " : "ref ") + ref.name.dotted();
      if (ref.list)
        d.help("the other side of a reference is written `" + mended +
               " inverse p`, where `p` is the reference");
      else
        d.help("for a reference write `" + mended + "`")
            .fix({"write `" + mended + "`", FixSafety::review, {{ref.name.span, mended}}});
    }
    return poison();
  }
  if (!ref.args.empty()) {
    c.add(report<Code::TYP003>(tree[ref.args[0]].span, ref.name.dotted(), "no arguments"));
    return poison();
  }
  if (symbol->kind == SymbolKind::alias) {
    if (unit == 0 || !c.aliases[symbol->index].deprecated)
      noteDeprecated(c, *symbol, ref.name.span);
    return aliasType(c, symbol->index);
  }
  noteDeprecated(c, *symbol, ref.name.span);
  ir::Type type;
  type.scalar = Scalar::enumeration;
  type.enumeration = c.enums[symbol->index].id;
  return type;
}

ir::Type aliasType(Context& c, uint32_t index) {
  using State = AliasDeclared::State;
  AliasDeclared& a = c.aliases[index];
  if (a.state == State::running) {
    // The way round: each refines the next, down to this one again.
    std::vector<CycleStep> steps;
    for (uint32_t at = index; steps.empty() || at != index;) {
      const AliasDeclared& one = c.aliases[at];
      steps.push_back({one.qualified, one.decl->name.span});
      const auto next = resolve(c, one.unit, one.decl->type.name);
      if (!next || next->kind != SymbolKind::alias || steps.size() > c.aliases.size()) break;
      at = next->index;
    }
    addCycle<Code::TYP013>(c, steps).help("let one of them refine a type of the language");
    return poison();
  }
  if (a.state == State::untouched) {
    a.state = State::running;
    const auto& ref = a.decl->type;
    ++c.aliasLevel;
    ir::Type type = c.aliasLevel > kDeepest + 1 ? poison() : baseType(c, a.unit, *a.tree, ref);
    const bool tooDeep = c.aliasLevel > kDeepest + 1;
    --c.aliasLevel;
    if (ref.optional || ref.list || ref.elementOptional)
      c.add(report<Code::TYP014>(ref.span, a.qualified, ref.list ? "a list" : "optional"))
          .help("name the single value, and write `" + a.qualified + (ref.list ? "[]" : "?") +
                "` where it is used");
    if (type.alias) {
      a.base = c.aliasById[type.alias.index()];
      a.depth = c.aliases[*a.base].depth + 1;
    }
    if (tooDeep || a.depth > kDeepest) {
      c.add(report<Code::NAM019>(a.decl->name.span, a.qualified, kDeepest));
      a.base.reset();
      a.depth = 0;
      type = poison();
    }
    type.alias = type.scalar == Scalar::error ? ir::AliasId() : a.id;
    a.type = type;
    a.state = State::done;
  }
  return a.type;
}

}  // namespace

ir::Type resolveType(Context& c, size_t unit, const SyntaxTree& tree, const syntax::TypeRef& ref) {
  ir::Type type = baseType(c, unit, tree, ref);
  if (ref.list && ref.elementOptional && type.scalar != Scalar::error) {
    auto& d = c.add(report<Code::TYP010>(ref.span, "an optional value"));
    std::string mended(c.sources.text(ref.span));
    const size_t suffix = mended.rfind('?', mended.rfind('['));
    if (suffix != std::string::npos && !ref.optional) {
      mended.erase(suffix, 1);
      mended += '?';
      d.fix({"write `" + mended + "`", FixSafety::review, {{ref.span, mended}}});
    }
    d.help("the elements of a list are required; an optional list is `T[]?`");
    return poison();
  }
  type.list = ref.list;
  type.optional = ref.optional;
  return type;
}

ir::Type typeInExpressions(const ir::Model& m, const ir::Property& p) {
  ir::Type type = p.type;
  if (p.kind == ir::PropertyKind::many) return {};
  const ir::Property* at = &p;
  // A key may be a reference itself; a cycle and an endless chain are reported in keys.cpp.
  for (size_t steps = 0; at->kind == ir::PropertyKind::reference; ++steps) {
    if (!at->target || steps > kDeepest) return {};
    const auto& key = m[at->target].key.properties;
    if (key.empty()) return {};
    at = &m[key[0]];
    type = at->type;
  }
  type.optional = p.type.optional;
  return type;
}

void buildEnums(Context& c) {
  std::vector<uint32_t> order(c.enums.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {},
                    [&](uint32_t i) -> std::string_view { return c.enums[i].qualified; });
  for (const uint32_t i : order) {
    auto& declared = c.enums[i];
    const auto& d = *declared.decl;
    readAnnotations(c, *declared.tree, d.annotations, Place::enumeration, d.span);
    ir::Enum e;
    e.name = declared.qualified;
    e.doc = d.doc.text;
    e.span = d.name.span;
    std::unordered_map<std::string_view, Span> seen;
    for (const auto& v : d.values) {
      if (!v.name) continue;
      checkName(c, v.name);
      readAnnotations(c, *declared.tree, v.annotations, Place::enumerator, v.span);
      const auto [it, fresh] = seen.emplace(v.name.text, v.name.span);
      if (!fresh) {
        c.add(report<Code::TYP012>(v.name.span, e.name, v.name.text))
            .label(it->second, "the first is here");
        continue;
      }
      e.values.push_back(
          {std::string(v.name.text), v.title ? v.title->value : "", v.doc.text, v.name.span});
    }
    if (d.values.empty() && !declared.tree->hasErrors)
      c.add(report<Code::TYP011>(d.name.span, e.name))
          .help("name its members: `enum " + e.name + " { open, closed }`");
    declared.id = c.model.enums.add(std::move(e));
  }
}

void buildAliases(Context& c) {
  std::vector<uint32_t> order(c.aliases.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {},
                    [&](uint32_t i) -> std::string_view { return c.aliases[i].qualified; });
  for (const uint32_t i : order) {
    auto& a = c.aliases[i];
    readAnnotations(c, *a.tree, a.decl->annotations, Place::alias, a.decl->span);
    ir::Alias alias;
    alias.name = a.qualified;
    alias.doc = a.decl->doc.text;
    alias.span = a.decl->name.span;
    a.id = c.model.aliases.add(std::move(alias));
    c.aliasById.push_back(i);
  }
  for (const uint32_t i : order) {
    const ir::Type type = aliasType(c, i);
    auto& alias = c.model.aliases[c.aliases[i].id];
    alias.type = type;
    alias.type.alias = {};
  }
}

}  // namespace cambium::sema
