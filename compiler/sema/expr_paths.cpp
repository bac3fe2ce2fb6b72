// sema/expr_paths.cpp: paths along references, aggregates over `many`s, and what is said in SQL.
#include <algorithm>
#include <array>

#include "compiler/sema/expr_checker.h"

namespace cambium::sema {

using ir::Aggregate;
using ir::ExprKind;
using ir::Scalar;
using SK = syntax::ExprKind;

namespace {

Aggregate aggregateOf(std::string_view name) {
  if (name == "count") return Aggregate::count;
  if (name == "sum") return Aggregate::sum;
  if (name == "min") return Aggregate::min;
  if (name == "max") return Aggregate::max;
  return name == "avg" ? Aggregate::avg : Aggregate::none;
}

}  // namespace

// The words `a.b.c`, or nothing for anything else.
std::vector<syntax::Name> Checker::words(syntax::ExprId id) const {
  std::vector<syntax::Name> reversed;
  for (size_t steps = 0; id && steps <= kDeepest; ++steps) {
    const Syntax& e = tree_[id];
    if (e.kind == SK::name) {
      reversed.push_back({e.text, e.span});
      return {reversed.rbegin(), reversed.rend()};
    }
    if (e.kind != SK::member || e.args.empty()) break;
    reversed.push_back({e.text, e.opSpan});
    id = e.args[0];
  }
  return {};
}

bool Checker::looksIntoOtherRows() const {
  return s_.use == Use::view;
}

// Every name but the last is a reference.
const ir::Property* Checker::follow(const std::vector<syntax::Name>& path, bool& optional) {
  const ir::Property* p = findProperty(path[0].text);
  for (size_t i = 1; p && i < path.size(); ++i) {
    if (p->kind == ir::PropertyKind::many) {
      const std::string many(path[i - 1].text), next(path[i].text);
      auto& d = c_.add(report<Code::REL011>(path[i - 1].span, many));
      static constexpr std::array<std::string_view, 5> kAggregates = {"count", "sum", "min", "max",
                                                                      "avg"};
      if (next == "count" && i + 1 == path.size())
        d.help("how many there are is `" + many + ".count()`")
            .fix({"write `count()`", FixSafety::safe, {{path[i].span, "count()"}}});
      else if (std::ranges::find(kAggregates, next) != kAggregates.end())
        d.help("an aggregate names what it is over: `" + many + "." + next + "(…)`");
      else
        d.help("say what you want of them: `" + many + ".count()`, `" + many + ".sum(" + next +
               ")`");
      return nullptr;
    }
    if (p->kind == ir::PropertyKind::value) {
      c_.add(report<Code::EXP013>(path[i].span, "a member of a value"));
      return nullptr;
    }
    if (!p->target) return nullptr;
    optional = optional || p->type.optional;
    const ir::Entity& target = (*s_.model)[p->target];
    const auto& names = c_.work[p->target.index()].byName;
    const auto found = names.find(path[i].text);
    if (found == names.end()) {
      std::vector<std::string_view> existing;
      for (const auto id : target.properties) existing.push_back((*s_.model)[id].name);
      suggest(c_.add(report<Code::REF006>(path[i].span, target.name, path[i].text)), path[i].text,
              path[i].span, existing);
      return nullptr;
    }
    p = &c_.model[found->second];
  }
  return p;
}

ir::Expr Checker::path(const Syntax& e, const std::vector<syntax::Name>& path) {
  const bool policy = s_.use == Use::policy;
  if (!(looksIntoOtherRows() || policy) || s_.model != &c_.model) {
    c_.add(report<Code::EXP013>(e.span, "a path that follows a reference"))
        .help("only views and policies look into other rows; " + std::string(describe(s_.use)) +
              " is about one");
    return poison(e.span);
  }
  bool optional = false;
  const ir::Property* p = follow(path, optional);
  if (!p) return poison(e.span);
  if (policy && optional) {
    c_.add(report<Code::TYP002>(e.span, "a reference of this path"))
        .help("a policy follows required references only, so that each row belongs somewhere");
    return poison(e.span);
  }
  auto out = property(e, *p);
  if (isError(out)) return out;
  out.type.optional = out.type.optional || optional;
  out.path.clear();
  for (const auto& name : path) out.path.emplace_back(name.text);
  return out;
}

// `count(lines)` and `sum(lines.total)`, as SQL would have it: said with what they are here.
bool Checker::sayAggregate(const Syntax& e, Span at) {
  if (aggregateOf(e.text) == Aggregate::none || e.args.size() != 1 || s_.model != &c_.model)
    return false;
  const auto path = words(e.args[0]);
  if (path.empty()) return false;
  // The other side of a reference, perhaps at the end of a way, perhaps with a property behind it.
  const ir::Property* p = findProperty(path[0].text);
  size_t many = 0;
  for (; p && p->kind == ir::PropertyKind::reference && p->target && many + 1 < path.size();
       ++many) {
    const auto& names = c_.work[p->target.index()].byName;
    const auto found = names.find(path[many + 1].text);
    p = found == names.end() ? nullptr : &c_.model[found->second];
  }
  if (!p || p->kind != ir::PropertyKind::many || many + 2 < path.size()) return false;
  std::string mended;
  for (size_t i = 0; i <= many; ++i) mended += std::string(path[i].text) + ".";
  const bool counts = aggregateOf(e.text) == Aggregate::count;
  const std::string operand = many + 1 < path.size() ? std::string(path.back().text)
                              : counts               ? ""
                                                     : "…";
  mended += fmt::format("{}({})", e.text, counts ? "" : operand);
  auto& d = c_.add(report<Code::REF008>(at, e.text));
  if (!looksIntoOtherRows()) {
    d.help("only views look into other rows; " + std::string(describe(s_.use)) + " is about one");
    return true;
  }
  d.help(fmt::format("what a `many` leads to is asked for behind a point: `{}`", mended));
  if (operand != "…") d.fix({"write `" + mended + "`", FixSafety::review, {{e.span, mended}}});
  return true;
}

// lines.sum(total), lines.count(where: quantity > 1)
ir::Expr Checker::aggregate(const Syntax& e) {
  const Span at = e.opSpan ? e.opSpan : e.span;
  const Aggregate which = aggregateOf(e.text);
  const auto path = e.args.empty() ? std::vector<syntax::Name>{} : words(e.args[0]);
  const bool known = !path.empty() && findProperty(path[0].text);
  if (which == Aggregate::none) {
    methodCall(e, at);
    return poison(e.span);
  }
  if (!known && !path.empty() && s_.entity && !s_.value) {
    if (unread(path[0].text)) return poison(e.span);
    Syntax word;
    word.kind = SK::name;
    word.text = path[0].text;
    word.span = path[0].span;
    return unknownWord(word);
  }
  if (!known) {
    c_.add(report<Code::EXP013>(at, "a call after a dot"))
        .help("after a `many` there may be `count()`, `sum(…)`, `min(…)`, `max(…)` or `avg(…)`");
    return poison(e.span);
  }
  if (!looksIntoOtherRows() || s_.model != &c_.model) {
    c_.add(report<Code::EXP013>(e.span, "an aggregate"))
        .help("only views look into other rows; " + std::string(describe(s_.use)) +
              " is about one");
    return poison(e.span);
  }
  bool optional = false;
  const ir::Property* p = follow(path, optional);
  if (!p) return poison(e.span);
  if (p->kind != ir::PropertyKind::many) {
    c_.add(report<Code::EXP013>(at, "an aggregate of one value"))
        .help("`" + p->name + "` is no `many`");
    return poison(e.span);
  }
  if (!p->target || (p->inverse.empty() && !p->through)) return poison(e.span);

  auto out = make(ExprKind::aggregate, plain(Scalar::int64), e.span);
  out.aggregate = which;
  for (const auto& name : path) out.path.emplace_back(name.text);
  Scope rows = s_;
  rows.entity = p->target;
  rows.entityName = c_.model[p->target].name;
  return aggregateOperands(e, rows, std::move(out));
}

ir::Expr Checker::aggregateOperands(const Syntax& e, const Scope& rows, ir::Expr out) {
  const Span at = e.opSpan ? e.opSpan : e.span;
  const bool counts = out.aggregate == Aggregate::count;
  std::optional<syntax::ExprId> what, where;
  size_t positional = 0;
  for (size_t i = 1; i < e.args.size(); ++i) {
    const bool isWhere = i < e.labels.size() && e.labels[i].text == "where";
    if (isWhere)
      where = e.args[i];
    else if (positional++ == 0)
      what = e.args[i];
  }
  if (positional != (counts ? 0u : 1u)) {
    c_.add(report<Code::EXP005>(at, e.text, counts ? "no argument but `where:`" : "1 argument",
                                positional));
    return poison(e.span);
  }
  if (what) {
    auto value = Checker(rows).check(*what, nullptr, Adapt::soft);
    if (isError(value)) return poison(e.span);
    const Scalar s = value.type.scalar;
    const bool numeric = ir::isNumeric(s) && !value.type.list;
    const bool ordered =
        !value.type.list && s != Scalar::json && s != Scalar::boolean && s != Scalar::bytes;
    const bool needsNumber = out.aggregate == Aggregate::sum || out.aggregate == Aggregate::avg;
    if (needsNumber ? !numeric : !ordered) {
      c_.add(report<Code::EXP006>(value.span, 1, e.text, typeText(value.type),
                                  needsNumber ? "a number" : "a value with an order"));
      return poison(e.span);
    }
    out.type = aggregateType(out.aggregate, value.type);
    out.args.push_back(std::move(value));
  }
  if (where) {
    auto condition = checkCondition(rows, *where);
    if (condition.kind == ExprKind::error) return poison(e.span);
    out.args.push_back(std::move(condition));
  }
  return out;
}

// The sum of no rows is 0; of no rows there is no smallest, greatest or average.
ir::Type Checker::aggregateType(Aggregate which, const ir::Type& of) {
  ir::Type type = of;
  type.alias = {};
  switch (which) {
    case Aggregate::none:
    case Aggregate::count: return plain(Scalar::int64);
    case Aggregate::sum:
      type.optional = false;
      if (isInteger(type.scalar)) return plain(Scalar::int64);
      if (type.scalar == Scalar::decimal) type.precision = 38;
      if (type.scalar == Scalar::float32) type.scalar = Scalar::float64;
      return type;
    case Aggregate::avg: return plain(Scalar::float64, true);
    case Aggregate::min:
    case Aggregate::max: type.optional = true; return type;
  }
  return type;
}

// sql(DIALECT: "…", DIALECT: "…")
ir::Expr Checker::native(const Syntax& e, const ir::Type* want) {
  const Span at = e.opSpan ? e.opSpan : e.span;
  auto out = make(ExprKind::native, {}, e.span);
  std::vector<std::pair<std::string, ir::Expr>> texts;
  for (size_t i = 0; i < e.args.size(); ++i) {
    const Syntax& text = tree_[e.args[i]];
    if (text.kind == SK::error) return poison(e.span);
    if (text.kind != SK::string || i >= e.labels.size() || !e.labels[i] || text.value.empty()) {
      c_.add(report<Code::EXP005>(at, "sql", "a text for each dialect", "this"))
          .help("write the name of each database with its SQL: `sql(DIALECT: \"…\")`");
      return poison(e.span);
    }
    auto literal = make(ExprKind::literal, plain(Scalar::text), text.span);
    literal.text = text.value;
    texts.emplace_back(std::string(e.labels[i].text), std::move(literal));
  }
  if (texts.empty()) {
    c_.add(report<Code::EXP005>(at, "sql", "a text for each dialect", "none"));
    return poison(e.span);
  }
  // An index holds what the SQL gives, whatever that is.
  const ir::Type text = plain(Scalar::text);
  if (!want && s_.use == Use::index) want = &text;
  if (!want || want->scalar == Scalar::error) {
    c_.add(report<Code::TYP019>(at))
        .help(
            "nobody reads the SQL: give the place a type, or convert "
            "what it says, as in `to_string(sql(…))`");
    return poison(e.span);
  }
  std::ranges::sort(texts, {}, [](const auto& t) -> const std::string& { return t.first; });
  for (auto& [dialect, text] : texts) {
    if (!out.path.empty() && out.path.back() == dialect) {
      c_.add(report<Code::KEY006>(text.span, dialect));
      return poison(e.span);
    }
    out.path.push_back(dialect);
    out.args.push_back(std::move(text));
  }
  out.type = *want;
  return out;
}

// Where a truth value is needed, SQL may stand for one.
ir::Expr Checker::condition(syntax::ExprId id) {
  static const ir::Type kTruth = plain(Scalar::boolean);
  return check(id, id && isCall(tree_, id, "sql") ? &kTruth : nullptr, Adapt::soft);
}

}  // namespace cambium::sema
