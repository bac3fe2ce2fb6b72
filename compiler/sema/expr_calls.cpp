// sema/expr_calls.cpp: calls of the functions in ir/function.def.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cstring>

#include "compiler/json/pattern.h"
#include "compiler/sema/expr_checker.h"
#include "compiler/sema/habits.h"

namespace cambium::sema {

using ir::ExprKind;
using ir::Function;
using ir::Scalar;

namespace {

struct Parameters {
  std::vector<char> letters;
  size_t least = 0;
  bool repeats = false;
};

Parameters parameters(std::string_view spec) {
  Parameters out;
  for (const char ch : spec) {
    if (ch == '*')
      out.repeats = true;
    else if (ch == '?')
      --out.least;
    else
      out.letters.push_back(ch), ++out.least;
  }
  return out;
}

std::string countText(const Parameters& p) {
  const auto plural = [](size_t n) {
    return std::to_string(n) + (n == 1 ? " argument" : " arguments");
  };
  if (p.repeats) return "at least " + plural(p.least);
  if (p.least == p.letters.size()) return p.least ? plural(p.least) : "no arguments";
  return std::to_string(p.least) + " or " + plural(p.letters.size());
}

std::string_view wantText(char letter) {
  switch (letter) {
    case 's': return "a text";
    case 'n': return "a number";
    case 'i': return "a whole number";
    case 'b': return "a `bool`";
    case 't': return "a `date`, `timestamp` or `datetime`";
    case 'c': return "a `time`, `timestamp` or `datetime`";
    case 'l': return "a `timestamp` or `datetime`";
    case 'a': return "a `date`";
    case 'd': return "a `timestamp`, a `datetime` or a text";
    case 'v': return "a `bool`, a number or a text";
    case 'q': return "a value that can be compared";
    case 'o': return "a value that has an order";
    case 'u': return "a `uuid`";
    case 'j': return "`json`";
    case 'e': return "an enum";
    default: return "another type";
  }
}

// How many digits are kept decides the type, so it must be known.
bool isDigits(const ir::Expr& e) {
  constexpr int kMost = 30;
  return e.kind == ExprKind::literal && isInteger(e.type.scalar) && !e.text.starts_with('-') &&
         e.text.size() <= 2 && std::atoi(e.text.c_str()) <= kMost;
}

}  // namespace

// Whether the function may stand where it stands.
bool Checker::placed(const Syntax& e, Function f) {
  const auto& fn = ir::info(f);
  const Span at = e.opSpan ? e.opSpan : e.span;
  if (f == Function::autoincrement) {
    c_.add(report<Code::KEY005>(at))
        .help("it is the default of a key that is one integer: `key id: int64 = autoincrement()`");
    return false;
  }
  if (f == Function::env) {
    c_.add(report<Code::EXP012>(at, "env")).help("`env(…)` is for the `url` of an environment");
    return false;
  }
  if (fn.volatility == ir::Volatility::immutable) return true;
  if (constant() || s_.use == Use::fill || s_.use == Use::view) return true;
  // A policy is asked for each statement.
  if (s_.use == Use::policy && fn.volatility == ir::Volatility::stable) return true;
  auto& d = c_.add(report<Code::EXP007>(at, fn.name, describe(s_.use)));
  if (s_.use == Use::computed)
    d.help("use it as a default, which is evaluated once for each new row");
  return false;
}

bool Checker::argumentFits(const ir::Expr& arg, char letter) const {
  const Scalar s = arg.type.scalar;
  if (s == Scalar::null || s == Scalar::error) return true;
  if (arg.type.list) return false;
  const bool moment = s == Scalar::timestamp || s == Scalar::datetime;
  switch (letter) {
    case 's': return ir::isTextual(s);
    case 'n': return ir::isNumeric(s);
    case 'i': return isInteger(s);
    case 'b': return s == Scalar::boolean;
    case 't': return moment || s == Scalar::date;
    case 'c': return moment || s == Scalar::time;
    case 'l': return moment;
    case 'a': return s == Scalar::date;
    case 'd': return moment || ir::isTextual(s);
    case 'v':
      return s == Scalar::boolean || ir::isNumeric(s) || ir::isTextual(s) ||
             s == Scalar::enumeration || s == Scalar::json;
    case 'q': return s != Scalar::json;
    case 'o':
      return ir::isNumeric(s) || ir::isTextual(s) || moment || s == Scalar::date ||
             s == Scalar::time;
    case 'u': return s == Scalar::uuid;
    case 'j': return s == Scalar::json;
    case 'e': return s == Scalar::enumeration;
    default: return true;
  }
}

// A truth value beside `||`. False where none is.
bool Checker::orMeant(const Syntax& e, const ir::Type& a, const ir::Type& b) {
  if (!e.infix || (a.scalar != Scalar::boolean && b.scalar != Scalar::boolean)) return false;
  c_.add(report<Code::EXP001>(e.opSpan, "||", "`bool`"))
      .help("\"or\" is written `or`; `||` joins texts")
      .fix({"write `or`", FixSafety::safe, {{e.opSpan, "or"}}});
  return true;
}

// Arguments that must agree: literals follow the others, or what is wanted of the whole.
bool Checker::commonArguments(const Syntax& e, ir::Expr& out, const ir::Type* want,
                              ir::Type& type) {
  std::vector<std::optional<ir::Expr>> done(e.args.size());
  ir::Type hint = want && want->scalar != Scalar::error ? *want : ir::Type{};
  bool bad = false, known = hint.scalar != Scalar::error;
  for (size_t i = 0; i < e.args.size(); ++i) {
    if (!anchored(e.args[i])) continue;
    done[i] = check(e.args[i], known ? &hint : nullptr, Adapt::soft);
    if (isError(*done[i])) {
      bad = true;
    } else if (!known && done[i]->type.scalar != Scalar::null) {
      hint = done[i]->type;
      known = true;
    }
  }
  if (bad) return false;
  type = plain(Scalar::null);
  for (size_t i = 0; i < e.args.size(); ++i) {
    auto item =
        done[i] ? std::move(*done[i]) : check(e.args[i], known ? &hint : nullptr, Adapt::soft);
    if (isError(item)) return false;
    const auto both = common(type, item.type);
    if (!both) {
      if (orMeant(e, type, item.type)) return false;
      auto& d = c_.add(report<Code::EXP015>(item.span, typeText(type), typeText(item.type)));
      if (out.function == Function::concat) d.help("convert it with `to_string(…)`");
      return false;
    }
    type = *both;
    out.args.push_back(std::move(item));
  }
  return true;
}

ir::Type Checker::resultType(Function f, const ir::Expr& call, const ir::Type& common) const {
  const bool anyOptional = std::ranges::any_of(call.args, [](auto& a) { return a.type.optional; });
  ir::Type out;
  switch (ir::info(f).result.empty() ? ' ' : ir::info(f).result[0]) {
    case 'S': out = plain(Scalar::text); break;
    case 'I': out = plain(Scalar::int64); break;
    case 'D':
      out = plain(Scalar::decimal);
      out.precision = 38;
      out.scale = 10;
      break;
    case 'F': out = plain(Scalar::float64); break;
    case 'B': out = plain(Scalar::boolean); break;
    case 'U': out = plain(Scalar::uuid); break;
    case 'T': out = plain(Scalar::timestamp); break;
    case 'A': out = plain(Scalar::date); break;
    case 'x': out = common; break;
    case 'n': out = call.args.empty() ? ir::Type{} : call.args[0].type; break;
    default: break;
  }
  out.optional = anyOptional;
  if (f == Function::concat) out.optional = false;
  if (f == Function::coalesce)
    out.optional = std::ranges::all_of(call.args, [](auto& a) { return a.type.optional; });
  if (ir::info(f).result.ends_with('?')) out.optional = true;
  const bool cuts = f == Function::round || f == Function::ceil || f == Function::floor;
  if (cuts && out.scalar == Scalar::decimal) {
    const int scale = call.args.size() > 1 ? std::atoi(call.args[1].text.c_str()) : 0;
    // 9.99 becomes 10: one digit more before the point, if any is cut off behind it.
    const int whole = out.precision - out.scale + (scale < out.scale ? 1 : 0);
    out.precision = uint16_t(std::clamp(whole + scale, 1, 38));
    out.scale = uint16_t(std::min(scale, 38));
  }
  return out;
}

// Arguments of one common type, each of which must also be what the function takes.
bool Checker::argumentsTogether(const Syntax& e, const ir::Type* want, ir::Expr& out,
                                ir::Type& type) {
  const bool joins = out.function == Function::concat;
  if (!commonArguments(e, out, joins ? nullptr : want, type)) return false;
  const char letter = joins ? 's' : ir::info(out.function).parameters[0];
  for (size_t i = 0; i < out.args.size(); ++i) {
    if (letter == 'x' || argumentFits(out.args[i], letter)) continue;
    if (orMeant(e, out.args[i].type, out.args[i].type)) return false;
    auto& d = c_.add(report<Code::EXP006>(out.args[i].span, i + 1, e.text,
                                          typeText(out.args[i].type), wantText(letter)));
    if (joins) d.help("convert it with `to_string(…)`");
    return false;
  }
  return true;
}

// Each argument for itself.
bool Checker::argumentsByLetter(const Syntax& e, const std::vector<char>& letters,
                                const ir::Type* want, ir::Expr& out) {
  bool bad = false;
  const ir::Type date = plain(Scalar::date), text = plain(Scalar::text);
  for (size_t i = 0; i < e.args.size(); ++i) {
    const char letter = letters[std::min(i, letters.size() - 1)];
    const ir::Type* hint = letter == 'n' && want && ir::isNumeric(want->scalar) ? want : nullptr;
    if (letter == 'a') hint = &date;
    // SQL inside a conversion is of whatever it is converted from.
    if (!hint && isCall(tree_, e.args[i], "sql")) hint = &text;
    auto arg = check(e.args[i], hint, Adapt::soft);
    if (!isError(arg) && !argumentFits(arg, letter)) {
      c_.add(report<Code::EXP006>(arg.span, i + 1, e.text, typeText(arg.type), wantText(letter)));
      bad = true;
    } else if (!isError(arg) && out.function == Function::round && i == 1 && !isDigits(arg)) {
      c_.add(report<Code::EXP006>(arg.span, i + 1, e.text, typeText(arg.type),
                                  "a whole number from 0 to 30 that is written out"));
      bad = true;
    }
    bad = bad || isError(arg);
    out.args.push_back(std::move(arg));
  }
  return !bad;
}

// `name.length()`: `length(name)`.
void Checker::methodCall(const Syntax& e, Span at) {
  auto& d = c_.add(report<Code::EXP013>(at, "a call after a dot"));
  const Meant meant = functionMeant(e.text);
  const std::string function(meant.ours.empty() ? e.text : meant.ours);
  if (!ir::findFunction(function) || e.args.empty()) {
    d.help("functions are written `name(argument)`");
    return;
  }
  std::string mended = function + "(";
  for (size_t i = 0; i < e.args.size(); ++i)
    mended += (i ? ", " : "") + std::string(c_.sources.text(tree_[e.args[i]].span));
  mended += ")";
  d.help("write `" + mended + "`")
      .fix({"write `" + mended + "`", FixSafety::review, {{e.span, mended}}});
}

ir::Expr Checker::call(const Syntax& e, const ir::Type* want, Adapt) {
  const Span at = e.opSpan ? e.opSpan : e.span;
  if (e.text.empty()) return poison(e.span);
  if (e.method) return aggregate(e);
  if (e.text == "sql") return native(e, want);
  const auto found = ir::findFunction(e.text);
  if (!found) {
    std::vector<std::string_view> existing;
    for (size_t i = 1; i < static_cast<size_t>(Function::count_); ++i)
      existing.push_back(ir::info(static_cast<Function>(i)).name);
    if (sayAggregate(e, at)) return poison(e.span);
    auto& d = c_.add(report<Code::REF008>(at, e.text));
    if (const Meant meant = functionMeant(e.text))
      sayMeant(d, at, meant.ours, meant.help);
    else
      suggest(d, e.text, at, existing);
    return poison(e.span);
  }
  if (!placed(e, *found)) return poison(e.span);
  const auto spec = parameters(ir::info(*found).parameters);
  if (e.args.size() < spec.least || (!spec.repeats && e.args.size() > spec.letters.size())) {
    c_.add(report<Code::EXP005>(at, e.text, countText(spec), e.args.size()));
    return poison(e.span);
  }
  auto out = make(ExprKind::call, {}, e.span);
  out.function = *found;
  ir::Type commonType = plain(Scalar::null);
  // Several arguments of these letters must have one common type.
  const char first = spec.letters.empty() ? ' ' : spec.letters[0];
  const bool together = (spec.letters.size() > 1 || spec.repeats) &&
                        std::ranges::all_of(spec.letters, [&](char c) { return c == first; }) &&
                        std::string_view("xqol").find(first) != std::string_view::npos;
  if (!(together ? argumentsTogether(e, want, out, commonType)
                 : argumentsByLetter(e, spec.letters, want, out)))
    return poison(e.span);
  if (*found == Function::matches && out.args.size() == 2 && !patternFits(out.args[1]))
    return poison(e.span);
  out.type = resultType(*found, out, commonType);
  return out;
}

// A pattern that is written out is one that all databases read alike.
bool Checker::patternFits(const ir::Expr& pattern) {
  if (pattern.kind != ExprKind::literal || !ir::isTextual(pattern.type.scalar)) return true;
  std::string fault;
  if (const auto compiled = json::Pattern::compile(pattern.text); !compiled)
    fault = compiled.error();
  // Of letters behind a backslash only these mean the same everywhere.
  for (size_t i = 0; fault.empty() && i + 1 < pattern.text.size(); ++i) {
    if (pattern.text[i] != '\\') continue;
    const char c = pattern.text[++i];
    if (std::isalnum(static_cast<unsigned char>(c)) && !std::strchr("dDsSwW", c))
      fault = fmt::format("`\\{}`; there are `\\d`, `\\w`, `\\s` and their capitals", c);
  }
  if (fault.empty()) return true;
  c_.add(report<Code::EXP017>(pattern.span, fault));
  return false;
}

}  // namespace cambium::sema
