// syntax/ast_builder_expr.cpp: expressions. The grammar gives a flat list of operands and
// operators; here they get their precedence, by climbing: each operator takes as its right side
// everything that binds tighter than itself.
#include <algorithm>
#include <cctype>
#include <charconv>

#include "compiler/syntax/ast_builder.h"
#include "compiler/syntax/escapes.h"

namespace cambium::syntax {
namespace {

// From loose to tight. `not` stands between `and` and the comparisons.
enum Precedence { kNone = 0, kOr, kAnd, kNot, kComparison, kConcat, kSum, kProduct };

int precedenceOf(TokenKind kind) {
  switch (kind) {
    case TokenKind::OR: return kOr;
    case TokenKind::AND: return kAnd;
    case TokenKind::EQEQ:
    case TokenKind::NE:
    case TokenKind::LT:
    case TokenKind::LE:
    case TokenKind::GT:
    case TokenKind::GE:
    case TokenKind::IS:
    case TokenKind::IN_:
    case TokenKind::LIKE:
    case TokenKind::BETWEEN: return kComparison;
    case TokenKind::CONCAT: return kConcat;
    case TokenKind::PLUS:
    case TokenKind::MINUS: return kSum;
    case TokenKind::STAR:
    case TokenKind::SLASH:
    case TokenKind::PERCENT: return kProduct;
    default: return kNone;
  }
}

Op opOf(TokenKind kind) {
  switch (kind) {
    case TokenKind::OR: return Op::orOp;
    case TokenKind::AND: return Op::andOp;
    case TokenKind::EQEQ: return Op::equal;
    case TokenKind::NE: return Op::notEqual;
    case TokenKind::LT: return Op::less;
    case TokenKind::LE: return Op::lessEqual;
    case TokenKind::GT: return Op::greater;
    case TokenKind::GE: return Op::greaterEqual;
    case TokenKind::IS: return Op::isOp;
    case TokenKind::LIKE: return Op::like;
    case TokenKind::PLUS: return Op::add;
    case TokenKind::MINUS: return Op::subtract;
    case TokenKind::STAR: return Op::multiply;
    case TokenKind::SLASH: return Op::divide;
    case TokenKind::PERCENT: return Op::modulo;
    default: return Op::none;
  }
}

bool isComparison(const Expr& e) {
  if (e.parenthesized) return false;
  if (e.kind == ExprKind::inList || e.kind == ExprKind::between) return true;
  return e.kind == ExprKind::binary && e.op >= Op::equal && e.op <= Op::like;
}

}  // namespace

// ---------------------------------------------------------------- nodes

ExprId AstBuilder::add(Expr&& e) {
  unsigned depth = 0;
  for (const ExprId arg : e.args) depth = std::max<unsigned>(depth, exprDepth_[arg.index()]);
  if (++depth > kMaxExprDepth) {
    if (!tooDeepReported_)
      sink_.add(report<Code::SYN021>(e.opSpan ? e.opSpan : e.span, kMaxExprDepth)
                    .help("break the expression into computed properties, or use `in (…)` for a "
                          "long chain of `or`"));
    tooDeepReported_ = true;
    return errorExpr(e.span);
  }
  exprDepth_.push_back(uint16_t(depth));
  return tree_.exprs.add(std::move(e));
}

ExprId AstBuilder::errorExpr(Span span) {
  Expr e;
  e.span = span;
  exprDepth_.push_back(1);
  return tree_.exprs.add(std::move(e));
}

// ---------------------------------------------------------------- operators

ExprId AstBuilder::expr() {
  const uint32_t first = here();
  ++event_;
  ExprId result;
  const auto is = [&](uint16_t rule) { return events_[event_].rule == rule; };
  if (is(Rules::RuleOperand)) result = climb(operand(kOr), kOr);
  while (events_[event_].enters()) pass();  // what an error left over
  token_ = events_[event_].token;
  ++event_;
  // What is said of an expression that goes on in a way nobody understood would be a guess.
  const uint32_t last = tokens_[token_].startsLine && token_ > first ? token_ - 1 : token_;
  const bool whole = result && !stumbled(first, last) && !hasQuiet(first, last);
  return whole ? result : errorExpr(spanFrom(first));
}

AstBuilder::BinaryOperator AstBuilder::peekOperator() const {
  const ParseEvent& event = events_[event_];
  if (event.rule != Rules::RuleBinop) return {};
  BinaryOperator op;
  uint32_t at = event.token;
  op.negated = tokens_[at].kind == TokenKind::NOT;
  op.span = spanOf(tokens_[at]);
  if (op.negated) op.span.end = tokens_[++at].end;
  op.kind = tokens_[at].kind;
  op.precedence = precedenceOf(op.kind);
  return op;
}

AstBuilder::BinaryOperator AstBuilder::takeOperator() {
  BinaryOperator op = peekOperator();
  pass();
  return op;
}

// Continues `left` with every operator that binds at least as tight as `minimum`.
ExprId AstBuilder::climb(ExprId left, int minimum) {
  while (true) {
    const BinaryOperator next = peekOperator();
    if (!next || next.precedence < minimum) return left;
    left = combine(left, takeOperator(), minimum);
  }
}

ExprId AstBuilder::combine(ExprId left, const BinaryOperator& op, int) {
  const bool chains = op.precedence == kComparison && isComparison(at(left));
  const bool joined = chains && sayOrMeant(at(left).args.back());
  if (chains && !joined) {
    const Expr& chained = at(left);
    Diagnostic d = report<Code::SYN022>(op.span);
    if (chained.opSpan) d.label(chained.opSpan, "the first comparison");
    sink_.add(
        std::move(d).help("say both and join them: `a < b and b < c`, or `b between a and c`"));
  }
  if (op.kind == TokenKind::BETWEEN) return between(left, op);
  const ExprId right = climb(operand(op.precedence + 1), op.precedence + 1);
  // `a > 1 || a < 5 || …` goes on as it began.
  if (joined && peekOperator().precedence == kComparison) sayOrMeant(right);
  if (chains) return errorExpr(join(at(left).span, at(right).span));
  // `a is null || …`, `a in (1, 2) || …`: neither `null` nor a list is part of a text.
  if ((op.kind == TokenKind::IS || op.kind == TokenKind::IN_) && sayOrMeant(right))
    return errorExpr(join(at(left).span, at(right).span));
  if (op.kind == TokenKind::IS) return isNull(left, op, right);
  if (op.kind == TokenKind::IN_) return inList(left, op, right);
  Expr e;
  e.span = join(at(left).span, at(right).span);
  e.opSpan = op.span;
  e.args = {left, right};
  const Expr& other = at(right);
  const bool negated =
      other.kind == ExprKind::unary && other.op == Op::notOp && !other.parenthesized;
  if (op.kind == TokenKind::CONCAT && negated) {  // told with the `not`: read as what is meant
    e.kind = ExprKind::binary;
    e.op = Op::orOp;
  } else if (op.kind == TokenKind::CONCAT) {
    // The same as the function: one meaning, two spellings.
    e.kind = ExprKind::call;
    e.infix = true;
    e.text = "concat";
  } else {
    e.kind = ExprKind::binary;
    e.op = opOf(op.kind);
    e.negated = op.negated;
  }
  return add(std::move(e));
}

// `a > 1 || b < 2`: a text between two comparisons is none. False where no `||` stands.
bool AstBuilder::sayOrMeant(ExprId id) {
  const Expr& e = at(id);
  if (e.kind != ExprKind::call || !e.infix || e.parenthesized) return false;
  const Span sign = e.opSpan;
  for (const ExprId arg : ExprIds(e.args)) sayOrMeant(arg);
  sink_.add(orMeant(sign));
  return true;
}

Diagnostic AstBuilder::orMeant(Span sign) const {
  return report<Code::SYN009>(sign, "||")
      .help("\"or\" is written `or`; `||` joins texts")
      .fix({"write `or`", FixSafety::safe, {{sign, "or"}}});
}

// `is` says nothing but `is null` and `is not null`.
ExprId AstBuilder::isNull(ExprId left, const BinaryOperator& op, ExprId right) {
  Expr e;
  e.kind = ExprKind::binary;
  e.op = Op::isOp;
  e.span = join(at(left).span, at(right).span);
  e.opSpan = op.span;
  const Expr& written = at(right);
  if (written.kind == ExprKind::unary && written.op == Op::notOp && !written.parenthesized) {
    e.negated = true;
    e.opSpan = join(op.span, written.opSpan);
    right = written.args[0];
  }
  const Expr& operand = at(right);
  if (operand.kind == ExprKind::error) return right;
  if (operand.kind != ExprKind::nullLiteral) {
    const std::string mended = e.negated ? "!=" : "==";
    if (!stumbledAhead())
      sink_.add(report<Code::SYN025>(operand.span, "is", "`null` or `not null`")
                    .help("to compare values write `" + mended + "`")
                    .fix({"write `" + mended + "`", FixSafety::review, {{e.opSpan, mended}}}));
    return errorExpr(e.span);
  }
  e.args = {left, right};
  return add(std::move(e));
}

ExprId AstBuilder::inList(ExprId left, const BinaryOperator& op, ExprId right) {
  Expr e;
  e.kind = ExprKind::inList;
  e.negated = op.negated;
  e.span = join(at(left).span, at(right).span);
  e.opSpan = op.span;
  e.args = {left};
  const Expr& list = at(right);
  if (list.kind == ExprKind::error) return right;
  if (list.kind == ExprKind::tuple) {
    e.args.append(list.args.begin(), list.args.end());
  } else if (list.parenthesized) {
    at(right).parenthesized = false;
    at(right).span = {file_, list.span.begin + 1, list.span.end - 1};
    e.args.push_back(right);
  } else {
    Diagnostic d = report<Code::SYN025>(list.span, "in", "a list in parentheses");
    if (list.kind == ExprKind::list && list.span.end > list.span.begin + 1)
      d.fix({"write it in parentheses",
             FixSafety::safe,
             {{{file_, list.span.begin, list.span.begin + 1}, "("},
              {{file_, list.span.end - 1, list.span.end}, ")"}}});
    if (!stumbledAhead()) sink_.add(std::move(d).help("write `x in (a, b)`"));
    return errorExpr(e.span);
  }
  return add(std::move(e));
}

// Both bounds bind tighter than a comparison, and the `and` between them is its own.
ExprId AstBuilder::between(ExprId left, const BinaryOperator& op) {
  Expr e;
  e.kind = ExprKind::between;
  e.negated = op.negated;
  e.opSpan = op.span;
  const ExprId low = climb(operand(kConcat), kConcat);
  e.span = join(at(left).span, at(low).span);
  if (peekOperator().kind != TokenKind::AND) {
    if (at(low).kind != ExprKind::error && !stumbledAhead())
      sink_.add(report<Code::SYN025>(e.span, "between", "two values joined by `and`")
                    .help("write `x between low and high`"));
    return errorExpr(e.span);
  }
  takeOperator();
  const ExprId high = climb(operand(kConcat), kConcat);
  e.span = join(at(left).span, at(high).span);
  e.args = {left, low, high};
  return add(std::move(e));
}

// ---------------------------------------------------------------- operands

// Signs, the value, and what is reached from it by dots. A `not` takes the comparison that follows;
// it may not stand where something tighter is expected.
ExprId AstBuilder::operand(int minimum) {
  const ParseEvent& event = events_[event_];
  if (event.rule != Rules::RuleOperand)
    return errorExpr({file_, tokens_[token_].begin, tokens_[token_].begin});
  const uint32_t first = here();
  uint32_t prefixes = 0;
  while (tokens_[first + prefixes].kind == TokenKind::NOT ||
         tokens_[first + prefixes].kind == TokenKind::MINUS)
    ++prefixes;
  ExprId base;
  uint32_t member = 0;  // the name after a dot
  visit([](const Token&) {},
        [&](uint16_t rule) {
          switch (rule) {
            case Rules::RulePrimary: base = primary(); return;
            case Rules::RuleName: {
              member = here();
              const Name n = name();
              if (!base || !n) return;
              Expr e;
              e.kind = ExprKind::member;
              e.text = n.text;
              e.opSpan = n.span;
              e.args = {base};
              e.span = join(at(base).span, n.span);
              base = add(std::move(e));
              return;
            }
            case Rules::RuleCall: {
              if (!base || at(base).kind != ExprKind::member) return pass();
              Expr e = at(base);
              e.kind = ExprKind::call;
              e.method = true;
              base = callOf(std::move(e));
              return;
            }
            default: return pass();
          }
        });
  if (!base) base = errorExpr(spanFrom(first));
  for (uint32_t i = prefixes; i > 0; --i) {
    const Token& sign = tokens_[first + i - 1];
    const bool negation = sign.kind == TokenKind::NOT;
    // After `is` the `not` belongs to it.
    const bool afterIs = first > 0 && i == 1 && tokens_[first - 1].kind == TokenKind::IS;
    if (negation && !afterIs) {
      const bool told = textOf(sign) == "!";  // as an operator of another language
      const bool inside =
          minimum > kNot || (i > 1 && tokens_[first + i - 2].kind == TokenKind::MINUS);
      // What is negated is no text, so `||` before it joins none.
      const bool joins = i == 1 && first > 0 && tokens_[first - 1].kind == TokenKind::CONCAT;
      if (joins)
        sink_.add(orMeant(spanOf(tokens_[first - 1])));
      else if (inside && !told)
        sink_.add(report<Code::SYN026>(spanOf(sign)).help("write `(not …)`"));
      base = climb(base, kComparison);
    }
    Expr e;
    e.kind = ExprKind::unary;
    e.op = negation ? Op::notOp : Op::negate;
    e.opSpan = spanOf(sign);
    e.args = {base};
    e.span = join(e.opSpan, at(base).span);
    base = add(std::move(e));
  }
  return base;
}

ExprId AstBuilder::primary() {
  const uint32_t first = here();
  const TokenKind kind = tokens_[first].kind;
  if (kind == TokenKind::CASE) return caseWhen(first);
  if (kind == TokenKind::LBRACE) {
    return jsonText(first);
  }
  if (kind == TokenKind::LBRACK || kind == TokenKind::LPAREN) {
    Expr e;
    visitRules(
        [&](uint16_t rule) { rule == Rules::RuleExpr ? void(e.args.push_back(expr())) : pass(); });
    e.span = spanFrom(first);
    if (kind == TokenKind::LPAREN && e.args.size() == 1) {
      const ExprId inner = e.args[0];
      at(inner).parenthesized = true;
      at(inner).span = e.span;
      return inner;
    }
    if (kind == TokenKind::LPAREN && e.args.empty()) return errorExpr(e.span);
    e.kind = kind == TokenKind::LPAREN ? ExprKind::tuple : ExprKind::list;
    return add(std::move(e));
  }
  ExprId result;
  Name callee;
  visit(
      [&](const Token& t) {
        if (!result) result = literal(t);
      },
      [&](uint16_t rule) {
        if (rule == Rules::RuleName) {
          callee = name();
          if (events_[event_].rule == Rules::RuleCall) return;
          if (!callee) return;
          Expr e;
          e.kind = ExprKind::name;
          e.text = callee.text;
          e.span = callee.span;
          result = add(std::move(e));
        } else if (rule == Rules::RuleCall && callee) {
          Expr e;
          e.kind = ExprKind::call;
          e.text = callee.text;
          e.opSpan = callee.span;
          e.span = callee.span;
          result = callOf(std::move(e));
        } else {
          pass();
        }
      });
  return result ? result : errorExpr(spanFrom(first));
}

ExprId AstBuilder::callOf(Expr e) {
  const uint32_t begin = e.span.begin;
  const uint32_t first = here();
  visitRules(
      [&](uint16_t rule) { rule == Rules::RuleArgs ? arguments(e.args, e.labels) : pass(); });
  if (e.method && !e.labels.empty()) e.labels.insert(e.labels.begin(), Name{});
  e.span = spanFrom(first);
  e.span.begin = begin;
  return add(std::move(e));
}

void AstBuilder::arguments(ExprIds& args, std::vector<Name>& labels) {
  std::vector<Name> names;  // none as long as no argument has one
  size_t before = 0;
  visitRules([&](uint16_t rule) {
    if (rule != Rules::RuleArg) return pass();
    Name argumentName;
    ExprId value;
    const uint32_t first = here();
    visit(
        [&](const Token& t) {
          if (t.kind == TokenKind::LABEL) argumentName = label(t);
        },
        [&](uint16_t child) { child == Rules::RuleExpr ? void(value = expr()) : pass(); });
    args.push_back(value ? value : errorExpr(spanFrom(first)));
    if (argumentName || !names.empty()) {
      names.resize(before);
      names.push_back(argumentName);
    }
    ++before;
  });
  if (!names.empty()) labels = std::move(names);
}

ExprId AstBuilder::caseWhen(uint32_t first) {
  Expr e;
  e.kind = ExprKind::caseWhen;
  bool ended = false;
  visit(
      [&](const Token& t) {
        e.hasElse = e.hasElse || t.kind == TokenKind::ELSE;
        ended = t.kind == TokenKind::END;
      },
      [&](uint16_t rule) { rule == Rules::RuleExpr ? void(e.args.push_back(expr())) : pass(); });
  e.span = spanFrom(first);
  const bool complete = ended && e.args.size() >= 2 && e.args.size() % 2 == (e.hasElse ? 1 : 0);
  return complete ? add(std::move(e)) : errorExpr(e.span);
}

// ---------------------------------------------------------------- literals

static bool beginsWithNought(std::string_view number) {
  return number.size() > 1 && number[0] == '0' && std::isdigit(uint8_t(number[1]));
}

ExprId AstBuilder::jsonText(uint32_t first) {
  pass();
  for (uint32_t i = first; i < token_; ++i) {  // only to report bad escapes and numbers like 012
    const Token& t = tokens_[i];
    if (t.kind == TokenKind::STRING && isClosed(textOf(t))) unescape(t);
    if (t.kind == TokenKind::NUMBER && beginsWithNought(textOf(t))) numberOf(t, false);
  }
  checkJsonMembers(first, token_);
  Expr e;
  e.kind = ExprKind::json;
  e.span = spanFrom(first);
  e.text = textOf(e.span);
  return add(std::move(e));
}

// Of two members with one name databases keep either.
void AstBuilder::checkJsonMembers(uint32_t firstToken, uint32_t lastToken) {
  std::vector<std::vector<std::string_view>> open;
  for (uint32_t i = firstToken; i < lastToken; ++i) {
    const Token& t = tokens_[i];
    if (t.kind == TokenKind::LBRACE) open.emplace_back();
    if (t.kind == TokenKind::RBRACE && !open.empty()) open.pop_back();
    const bool name = (t.kind == TokenKind::STRING || t.kind == TokenKind::RAW_STRING) &&
                      i + 1 < lastToken && tokens_[i + 1].kind == TokenKind::COLON;
    if (!name || open.empty()) continue;
    auto& names = open.back();
    if (std::ranges::find(names, textOf(t)) != names.end())
      twice(spanOf(t), "the member `" + std::string(textOf(t)) + "`");
    else
      names.push_back(textOf(t));
  }
}

ExprId AstBuilder::literal(const Token& t) {
  Expr e;
  e.span = spanOf(t);
  switch (t.kind) {
    case TokenKind::TRUE_: e.kind = ExprKind::trueLiteral; break;
    case TokenKind::FALSE_: e.kind = ExprKind::falseLiteral; break;
    case TokenKind::NULL_:
      if (t.quiet) return errorExpr(e.span);  // stands for what was taken out
      e.kind = ExprKind::nullLiteral;
      break;
    case TokenKind::STRING:
    case TokenKind::RAW_STRING:
      e.kind = ExprKind::string;
      e.opSpan = e.span;
      e.value = textOfToken(t).value;
      break;
    case TokenKind::NUMBER:
    case TokenKind::BAD_NUMBER: return numberOf(t, false);
    case TokenKind::DURATION:
      e.kind = ExprKind::duration;
      e.text = textOf(t);
      break;
    default: return {};
  }
  return add(std::move(e));
}

std::string AstBuilder::unescape(const Token& t) {
  const auto body = text_.substr(t.begin + 1, t.end - t.begin - 2);
  std::vector<BadEscape> bad;
  std::string out = unescaped(body, &bad);
  for (const BadEscape& escape : bad) {
    const auto begin = uint32_t(t.begin + 1 + escape.begin);
    sink_.add(
        report<Code::SYN023>({file_, begin, uint32_t(begin + escape.length)},
                             body.substr(escape.begin, escape.length))
            .help(body.substr(escape.begin).starts_with("\\u{")
                      ? "in `\\u{…}` stands the number of a character in hexadecimal, as in "
                        "`\\u{1F600}`: from 1 to 10FFFF, without the surrogates"
                      : "the escapes are `\\n \\t \\r \\\\ \\\" \\u{1F600}`; a backslash itself is "
                        "written `\\\\`")
            .fix({"double the backslash", FixSafety::review, {{{file_, begin, begin}, "\\"}}}));
  }
  return out;
}

}  // namespace cambium::syntax
