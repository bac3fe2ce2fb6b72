// sema/expr_checker.cpp: names, members, lists, `case`; the way into the other parts.
#include <algorithm>
#include <utility>

#include "compiler/sema/expr_checker.h"
#include "compiler/sema/habits.h"
#include "compiler/sema/literals.h"

namespace cambium::sema {

using ir::ExprKind;
using ir::Scalar;
using SK = syntax::ExprKind;

std::string_view describe(Use use) {
  switch (use) {
    case Use::defaultValue: return "a default";
    case Use::computed: return "a computed property";
    case Use::check: return "a check";
    case Use::filter: return "a filter";
    case Use::index: return "an index";
    case Use::refinement: return "a refinement";
    case Use::transform: return "a conversion";
    case Use::fill: return "a fill";
    case Use::pause: return "`pause when`";
    case Use::view: return "a view";
    case Use::config: return "the value of a setting";
    case Use::policy: return "a policy";
    case Use::template_: return "a template";
  }
  return {};
}

ir::Expr Checker::make(ExprKind kind, ir::Type type, Span span) {
  ir::Expr e;
  e.kind = kind;
  e.type = type;
  e.span = span;
  return e;
}

ir::Expr Checker::poison(Span span) {
  return make(ExprKind::error, {}, span);
}

ir::Expr Checker::check(syntax::ExprId id, const ir::Type* want, Adapt adapt) {
  constexpr unsigned kMostLevels = 1000;
  if (!id) return poison({});
  if (depth_ >= kMostLevels) {
    c_.add(report<Code::EXP013>(tree_[id].span, "an expression nested this deep"));
    return poison(tree_[id].span);
  }
  if (tree_[id].kind != SK::name) nullTest_ = false;
  ++depth_;
  ir::Expr out = dispatch(id, want, adapt);
  --depth_;
  return out;
}

ir::Expr Checker::dispatch(syntax::ExprId id, const ir::Type* want, Adapt adapt) {
  const Syntax& e = tree_[id];
  const auto literal = [&](Scalar scalar, std::string text) {
    auto out = make(ExprKind::literal, plain(scalar, scalar == Scalar::null), e.span);
    out.text = std::move(text);
    return out;
  };
  switch (e.kind) {
    case SK::error: return poison(e.span);
    case SK::name: return name(e, want);
    case SK::number: return number(e, false, want, adapt);
    case SK::string:
    case SK::duration: return string(e, want, adapt);
    case SK::trueLiteral: return literal(Scalar::boolean, "true");
    case SK::falseLiteral: return literal(Scalar::boolean, "false");
    case SK::nullLiteral: return literal(Scalar::null, "");
    case SK::member: return member(id, e, want);
    case SK::call: return call(e, want, adapt);
    case SK::unary: return unary(e, want, adapt);
    case SK::binary: return binary(e, want, adapt);
    case SK::inList: return inList(e);
    case SK::between: return between(e);
    case SK::caseWhen: return caseWhen(e, want, adapt);
    case SK::list: return list(e, want, adapt);
    case SK::tuple:
      c_.add(report<Code::EXP013>(e.span, "a list in parentheses"))
          .help("`(a, b)` is for `in`; a list value is `[a, b]`");
      return poison(e.span);
    case SK::json: {
      if (want && want->scalar != Scalar::json) {
        if (want->scalar != Scalar::error) c_.add(report<Code::EXP013>(e.span, "a JSON value"));
        return poison(e.span);
      }
      const auto text = jsonOf(tree_, id);
      return text ? literal(Scalar::json, *text) : poison(e.span);
    }
  }
  return poison(e.span);
}

const ir::Property* Checker::findProperty(std::string_view name) const {
  if (!s_.model || !s_.entity) return nullptr;
  if (s_.model == &c_.model) {
    const auto& names = c_.work[s_.entity.index()].byName;
    const auto it = names.find(name);
    return it == names.end() ? nullptr : &c_.model[it->second];
  }
  const auto id = s_.model->findProperty(s_.entity, name);
  return id ? &(*s_.model)[*id] : nullptr;
}

ir::Expr Checker::enumMember(Span span, ir::EnumId id, std::string_view text, bool) {
  ir::Type type = plain(Scalar::enumeration);
  type.enumeration = id;
  auto out = make(ExprKind::member, type, span);
  out.text = text;
  return out;
}

ir::Expr Checker::name(const Syntax& e, const ir::Type* want) {
  const auto word = e.text;
  if (word.empty()) return poison(e.span);
  if (s_.value && word == "value") {
    ir::Type type = *s_.value;
    type.alias = {};
    return make(ExprKind::value, type, e.span);
  }
  if (s_.use == Use::pause) {
    const bool lag = word == "replica_lag" || word == "oldest_transaction";
    if (!lag && word != "running_threads" && word != "free_disk") {
      suggest(c_.add(report<Code::CFG008>(e.span, word)), word, e.span,
              {"free_disk", "oldest_transaction", "replica_lag", "running_threads"});
      return poison(e.span);
    }
    auto out = make(ExprKind::property, plain(lag ? Scalar::duration : Scalar::int64), e.span);
    out.path = {std::string(word)};
    return out;
  }
  const ir::Property* p = findProperty(word);
  if (want && want->scalar == Scalar::enumeration) {
    const auto& en = enumOf(want->enumeration);
    const bool isMember =
        std::ranges::find(en.values, word, &ir::EnumValue::name) != en.values.end();
    if (isMember && p && !constant()) {
      c_.add(report<Code::EXP004>(e.span, word, en.name, s_.entityName))
          .help("for the member write `" + en.name + "." + std::string(word) + "`")
          .fix({"write the member in full",
                FixSafety::review,
                {{e.span, en.name + "." + std::string(word)}}});
      return poison(e.span);
    }
    if (isMember) return enumMember(e.span, want->enumeration, word, false);
    if (!p) {
      noMember(e.span, en, en.name, word);
      return poison(e.span);
    }
  }
  if (p) return property(e, *p);
  if (unread(word)) return poison(e.span);
  if (!s_.value && s_.entity) return unknownWord(e, want);
  auto& d = c_.add(report<Code::EXP009>(e.span, describe(s_.use), word));
  if (s_.value) sayValue(d, e.span);
  return poison(e.span);
}

// Whether a line of the entity that was not understood may declare the property.
bool Checker::unread(std::string_view word) const {
  if (s_.model != &c_.model || !s_.entity) return isUnread(c_, word);
  const auto& declared = *c_.work[s_.entity.index()].declared;
  const auto names = std::ranges::equal_range(declared.tree->unread, word, {}, &syntax::Name::text);
  const Span body = declared.decl->span;
  return std::ranges::any_of(names, [&](const syntax::Name& name) {
    return body.begin <= name.span.begin && name.span.end <= body.end;
  });
}

void Checker::sayValue(Diagnostic& d, Span span) const {
  d.help("a refinement speaks of `value` only; for several properties write a `check`")
      .fix({"write `value`", FixSafety::review, {{span, "value"}}});
}

// A word that is no property: of another language, a function without its parentheses, or a slip.
ir::Expr Checker::unknownWord(const Syntax& e, const ir::Type* want) {
  // `first-name` is told where it is declared.
  for (const auto id : (*s_.model)[s_.entity].properties)
    if ((*s_.model)[id].name.starts_with(std::string(e.text) + "-")) return poison(e.span);
  auto& d = c_.add(report<Code::REF006>(e.span, s_.entityName, e.text));
  if (!s_.version.empty()) d.note("looked up in version \"" + s_.version + "\"");
  if (const Meant meant = wordMeant(e.text)) {
    sayMeant(d, e.span, meant.ours, meant.help);
  } else if (const auto function = ir::findFunction(e.text);
             function && ir::info(*function).parameters.empty()) {
    const std::string mended = std::string(e.text) + "()";
    d.help("a function is called with parentheses: `" + mended + "`")
        .fix({"write `" + mended + "`", FixSafety::review, {{e.span, mended}}});
  } else {
    std::vector<std::string_view> existing;
    for (const auto id : (*s_.model)[s_.entity].properties)
      existing.push_back((*s_.model)[id].name);
    suggest(d, e.text, e.span, existing);
    if (d.helps.empty() && want && ir::isTextual(want->scalar) && constant()) {
      const std::string text = "\"" + std::string(e.text) + "\"";
      d.help("a text stands in quotes: `" + text + "`")
          .fix({"write `" + text + "`", FixSafety::review, {{e.span, text}}});
    }
  }
  return poison(e.span);
}

// What is near, or else all that there is.
void Checker::noMember(Span at, const ir::Enum& en, std::string_view name, std::string_view word) {
  constexpr size_t kShown = 12;
  std::vector<std::string_view> existing;
  for (const auto& v : en.values) existing.push_back(v.name);
  auto& d = c_.add(report<Code::REF011>(at, name, word));
  suggest(d, word, at, existing);
  if (!d.helps.empty() || existing.empty()) return;
  std::string all;
  for (size_t i = 0; i < std::min(existing.size(), kShown); ++i)
    all += (i ? ", `" : "`") + std::string(existing[i]) + "`";
  d.help("its members are " + all + (existing.size() > kShown ? ", …" : ""));
}

bool hasSeveralColumns(const ir::Model& m, const ir::Property& p) {
  const ir::Property* at = &p;
  for (size_t steps = 0; at->kind == ir::PropertyKind::reference && at->target && steps <= kDeepest;
       ++steps) {
    const auto& key = m[at->target].key.properties;
    if (key.size() != 1) return key.size() > 1;
    at = &m[key[0]];
  }
  return false;
}

ir::Type scopedType(const Scope& scope, const ir::Property& p) {
  ir::Type type = typeInExpressions(*scope.model, p);
  type.alias = {};
  if (scope.enums && type.scalar == Scalar::enumeration)
    type.enumeration = ir::EnumId(type.enumeration.index() + scope.enums->base);
  return type;
}

ir::Expr Checker::property(const Syntax& e, const ir::Property& p) {
  if (constant() || s_.value) {
    auto& d = c_.add(report<Code::EXP009>(e.span, describe(s_.use), p.name));
    if (s_.use == Use::template_)
      d.help("a template gives the same values to every new row");
    else if (s_.value)
      sayValue(d, e.span);
    else
      d.help(
          "a default is the same for every row; what follows from other properties is `computed`");
    return poison(e.span);
  }
  if (p.kind == ir::PropertyKind::many) {
    c_.add(report<Code::REL011>(e.span, p.name))
        .help("say what you want of them: `" + p.name + ".count()`, `" + p.name +
              ".sum(…)`; only views can ask for that");
    return poison(e.span);
  }
  if (p.deprecated && s_.model == &c_.model && s_.use != Use::index && s_.use != Use::check &&
      s_.use != Use::filter && s_.use != Use::policy)
    c_.add(report<Code::NAM013>(e.span, "property", s_.entityName + "." + p.name))
        .help(deprecationHelp(p.deprecation));
  const bool nullTest = std::exchange(nullTest_, false);
  if (!nullTest && s_.use != Use::index && hasSeveralColumns(*s_.model, p)) {
    c_.add(report<Code::EXP013>(e.span, "a reference to a composite key"))
        .help("compare its parts, or test it with `is null`");
    return poison(e.span);
  }
  auto out = make(ExprKind::property, scopedType(s_, p), e.span);
  out.path.push_back(p.name);
  if (isError(out)) out.kind = ExprKind::error;
  return out;
}

ir::Expr Checker::member(syntax::ExprId, const Syntax& e, const ir::Type* want) {
  // The words before the last dot, when they are nothing but words.
  syntax::QName owner;
  const Syntax* at = e.args.empty() ? nullptr : &tree_[e.args[0]];
  std::vector<syntax::Name> reversed;
  for (size_t steps = 0; at && at->kind == SK::member && !at->args.empty() && steps < 16;
       ++steps, at = &tree_[at->args[0]])
    reversed.push_back({at->text, at->opSpan});
  if (!at || at->kind == SK::error || e.text.empty()) return poison(e.span);
  if (at->kind != SK::name) {
    c_.add(report<Code::EXP013>(e.opSpan, "a member of a value"));
    return poison(e.span);
  }
  reversed.push_back({at->text, at->span});
  owner.parts.assign(reversed.rbegin(), reversed.rend());
  owner.span = join(at->span, tree_[e.args[0]].span);
  const std::string dotted = owner.dotted();
  std::optional<ir::EnumId> en;
  if (want && want->scalar == Scalar::enumeration && enumOf(want->enumeration).name == dotted) {
    en = want->enumeration;
  } else if (const auto symbol = resolve(c_, s_.unit, owner);
             symbol && symbol->kind == SymbolKind::enumeration) {
    en = c_.enums[symbol->index].id;
  } else if (s_.enums) {
    if (const auto foreign = s_.model->findEnum(dotted))
      en = ir::EnumId(foreign->index() + s_.enums->base);
  }
  if (!en)
    if (const auto own = c_.model.findEnum(dotted)) en = *own;
  if (en) {
    const auto& values = enumOf(*en).values;
    if (std::ranges::find(values, e.text, &ir::EnumValue::name) != values.end())
      return enumMember(e.span, *en, e.text, true);
    noMember(e.opSpan, enumOf(*en), dotted, e.text);
    return poison(e.span);
  }
  if (isLost(c_, s_.unit, owner)) return poison(e.span);
  if (const auto* p = findProperty(at->text); p && p->kind == ir::PropertyKind::value) {
    auto& d = c_.add(report<Code::EXP013>(e.opSpan, "a member of a value"));
    if (ir::findFunction(e.text)) {
      const std::string mended = std::string(e.text) + "(" + std::string(at->text) + ")";
      d.help("write `" + mended + "`")
          .fix({"write `" + mended + "`", FixSafety::review, {{e.span, mended}}});
    }
    return poison(e.span);
  }
  if (findProperty(at->text)) {
    std::vector<syntax::Name> names(owner.parts.begin(), owner.parts.end());
    names.push_back({e.text, e.opSpan});
    return path(e, names);
  }
  if (unread(at->text)) return poison(e.span);
  auto& d = c_.add(report<Code::REF006>(
      at->span, s_.entity ? s_.entityName : std::string(describe(s_.use)), at->text));
  // `this.age`, `Customer.age`
  const bool self = at->text == "this" || at->text == "self" || at->text == s_.entityName;
  if (self && reversed.size() == 1 && findProperty(e.text)) {
    const std::string mended(e.text);
    d.help("a property of the same entity is named alone: `" + mended + "`")
        .fix({"write `" + mended + "`", FixSafety::review, {{e.span, mended}}});
    return poison(e.span);
  }
  std::vector<std::string_view> existing = namesOf(c_, s_.unit, SymbolKind::enumeration);
  suggest(d, at->text, at->span, existing);
  return poison(e.span);
}

ir::Expr Checker::list(const Syntax& e, const ir::Type* want, Adapt adapt) {
  ir::Type element = plain(Scalar::null);
  if (want && want->list) {
    element = *want;
    element.list = element.optional = false;
  } else if (want && want->scalar == Scalar::json) {
    std::string text = "[";
    for (const auto id : e.args) {
      const auto item = jsonOf(tree_, id);
      if (!item) {
        c_.add(report<Code::EXP013>(tree_[id].span, "anything but JSON"));
        return poison(e.span);
      }
      text += (text.size() > 1 ? "," : "") + *item;
    }
    auto out = make(ExprKind::literal, plain(Scalar::json), e.span);
    out.text = text + "]";
    return out;
  } else if (want && want->scalar != Scalar::error) {
    c_.add(report<Code::TYP001>(e.span, "this", "a list", typeText(*want)));
    return poison(e.span);
  }
  auto out = make(ExprKind::list, element, e.span);
  bool bad = false;
  for (const auto id : e.args) {
    auto item = check(id, want ? &element : nullptr, adapt);
    if (want && !isError(item)) assign(item, element, "the element");
    bad = bad || isError(item);
    if (!want && !bad) {
      const auto type = common(element, item.type);
      if (!type) {
        c_.add(report<Code::EXP015>(item.span, typeText(element), typeText(item.type)));
        bad = true;
      } else {
        element = *type;
      }
    }
    out.args.push_back(std::move(item));
  }
  if (bad) return poison(e.span);
  out.type = element;
  out.type.list = true;
  out.type.optional = false;
  return out;
}

ir::Expr Checker::caseWhen(const Syntax& e, const ir::Type* want, Adapt adapt) {
  auto out = make(ExprKind::caseWhen, plain(Scalar::null), e.span);
  out.hasElse = e.hasElse;
  const size_t pairs = (e.args.size() - (e.hasElse && !e.args.empty())) / 2;
  bool bad = false;
  // A branch that is no literal says what the literals of the others are.
  ir::Type anchor;
  const ir::Type* hint = want;
  const auto isValue = [&](size_t i) {
    return i % 2 == 1 || (e.hasElse && i + 1 == e.args.size());
  };
  std::vector<std::optional<ir::Expr>> done(e.args.size());
  if (!hint)
    for (size_t i = 0; i < e.args.size() && !hint; ++i)
      if (isValue(i) && anchored(e.args[i])) {
        done[i] = check(e.args[i], nullptr, adapt);
        anchor = done[i]->type;
        if (anchor.scalar != Scalar::error) hint = &anchor;
      }
  std::optional<ir::Type> type;
  for (size_t i = 0; i < e.args.size(); ++i) {
    ir::Expr item;
    if (isValue(i)) {
      item = done[i] ? std::move(*done[i]) : check(e.args[i], hint, want ? adapt : Adapt::soft);
      if (!isError(item)) {
        const auto both = type ? common(*type, item.type) : std::optional(item.type);
        if (!both) {
          c_.add(report<Code::EXP015>(item.span, typeText(*type), typeText(item.type)));
          bad = true;
        } else {
          type = both;
        }
      }
    } else {
      item = check(e.args[i], nullptr, Adapt::soft);
      if (!isError(item) && !truth(item)) bad = true;
    }
    bad = bad || isError(item);
    out.args.push_back(std::move(item));
  }
  if (bad || pairs == 0 || !type) return poison(e.span);
  out.type = *type;
  out.type.optional = optionalCase(out);
  return out;
}

// Whether it knows its type without being told: literals and members do not, nor does arithmetic
// among them.
bool Checker::anchored(syntax::ExprId id, unsigned depth) const {
  constexpr unsigned kFarEnough = 64;
  if (!id || depth > kFarEnough) return true;
  const Syntax& e = tree_[id];
  const auto inner = [&](size_t i) { return i < e.args.size() && anchored(e.args[i], depth + 1); };
  switch (e.kind) {
    case SK::number:
    case SK::string:
    case SK::nullLiteral:
    case SK::list:
    case SK::tuple:
    case SK::json:
    case SK::caseWhen: return false;
    case SK::name:
      return (s_.value && e.text == "value") || s_.use == Use::pause || findProperty(e.text);
    case SK::unary: return e.op == syntax::Op::notOp || inner(0);
    case SK::binary:
      switch (e.op) {
        case syntax::Op::add:
        case syntax::Op::subtract:
        case syntax::Op::multiply:
        case syntax::Op::divide:
        case syntax::Op::modulo: return inner(0) || inner(1);
        default: return true;
      }
    default: return true;
  }
}

// ---------------------------------------------------------------- what the passes call

ir::Expr checkValue(const Scope& scope, syntax::ExprId id, const ir::Type& target,
                    std::string_view what) {
  Checker checker(scope);
  ir::Type want = target;
  want.alias = {};
  auto e = checker.check(id, want.scalar == Scalar::error ? nullptr : &want, Adapt::strict);
  checker.assign(e, want, what);
  return e;
}

ir::Expr checkCondition(const Scope& scope, syntax::ExprId id) {
  Checker checker(scope);
  auto e = checker.condition(id);
  if (e.type.scalar != Scalar::error && (e.type.scalar != Scalar::boolean || e.type.list)) {
    scope.c.add(report<Code::EXP010>(e.span, checker.typeText(e.type)));
    return ir::Expr{};
  }
  return e;
}

ir::Expr checkAny(const Scope& scope, syntax::ExprId id) {
  return Checker(scope).check(id, nullptr, Adapt::soft);
}

bool isConstant(const ir::Expr& e) {
  if (e.kind == ExprKind::property || e.kind == ExprKind::value || e.kind == ExprKind::error ||
      e.kind == ExprKind::aggregate || e.kind == ExprKind::native)
    return false;
  if (e.kind == ExprKind::call && ir::info(e.function).volatility != ir::Volatility::immutable)
    return false;
  return std::ranges::all_of(e.args, isConstant);
}

std::optional<bool> constantTruth(const ir::Expr& e) {
  if (e.kind == ExprKind::literal && e.type.scalar == Scalar::boolean) return e.text == "true";
  if (e.kind == ExprKind::unary && e.op == ir::Op::notOp) {
    const auto inner = constantTruth(e.args[0]);
    return inner ? std::optional(!*inner) : std::nullopt;
  }
  if (e.kind != ExprKind::binary || e.args.size() != 2) return std::nullopt;
  if (e.op == ir::Op::andOp || e.op == ir::Op::orOp) {
    const auto a = constantTruth(e.args[0]), b = constantTruth(e.args[1]);
    const bool decides = e.op == ir::Op::orOp;
    if (a == decides || b == decides) return decides;
    return a && b ? std::optional(!decides) : std::nullopt;
  }
  const auto &a = e.args[0], &b = e.args[1];
  if (a.kind == ExprKind::property && b.kind == ExprKind::property && a.path == b.path &&
      !a.type.optional) {
    if (e.op == ir::Op::equal || e.op == ir::Op::lessEqual || e.op == ir::Op::greaterEqual)
      return true;
    if (e.op == ir::Op::notEqual || e.op == ir::Op::less || e.op == ir::Op::greater) return false;
  }
  return std::nullopt;
}

bool isCall(const SyntaxTree& tree, syntax::ExprId id, std::string_view function) {
  const auto& e = tree[id];
  return e.kind == SK::call && !e.method && e.text == function;
}

}  // namespace cambium::sema
