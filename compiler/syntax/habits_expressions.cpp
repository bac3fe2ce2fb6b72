// syntax/habits_expressions.cpp: expressions and values as other languages write them.
#include <array>

#include "compiler/syntax/habits.h"
#include "grammar/fast/CambiumParser.h"

namespace cambium::syntax {
namespace {

using Rules = grammar::fast::CambiumParser;
using Said = std::optional<Diagnostic>;

// Behind the condition of a check, a filter or a value, on its line.
bool behindExpression(const ErrorView& v) {
  if (v.can(TokenKind::EQEQ)) return true;
  if (!v.can(TokenKind::LABEL) || v.newLine(0)) return false;
  for (int i = -1; i > -40; --i) {
    const TokenKind k = v.kind(i);
    if (k == TokenKind::CHECK || k == TokenKind::WHERE || k == TokenKind::EQ) return true;
    if (v.at(i).startsLine) return false;
  }
  return false;
}

bool endsValue(TokenKind k) {
  return isNameLike(k) || k == TokenKind::RPAREN || k == TokenKind::RBRACK ||
         k == TokenKind::STRING;
}

bool wantsOperand(const ErrorView& v) {
  return v.can(TokenKind::NUMBER) && v.can(TokenKind::TRUE_) && v.can(TokenKind::LPAREN);
}

// `.5`, `+5`, `-.5`
Said numbers(const ErrorView& v) {
  if (v.kind(0) == TokenKind::DOT && v.kind(1) == TokenKind::NUMBER && v.touches(0)) {
    const std::string mended = "0." + std::string(v.word(1));
    return report<Code::SYN016>(v.span(0, 1), v.text(v.span(0, 1)), "number")
        .help("a digit stands before the point: `" + mended + "`")
        .fix(replacing("write `" + mended + "`", v.span(0, 1), mended, FixSafety::safe));
  }
  if (v.kind(0) != TokenKind::PLUS) return {};
  if (v.kind(-1) == TokenKind::PLUS && v.touches(-1))
    return foreign(v, v.span(-1, 0), "values do not count by themselves: write `a + 1`");
  const TokenKind next = v.kind(1);
  if (next != TokenKind::NUMBER && !isNameLike(next)) return {};
  return report<Code::SYN006>(v.span(0), "+")
      .help("a number without a sign is positive")
      .fix({"leave it out", FixSafety::safe, {{v.span(0), ""}}});
}

// `5.` at the end
Said pointBehind(const ErrorView& v) {
  if (v.kind(-1) != TokenKind::DOT || v.kind(-2) != TokenKind::NUMBER) return {};
  const Span whole = v.span(-2, -1);
  const std::string mended = std::string(v.word(-2)) + ".0";
  return report<Code::SYN016>(whole, v.text(whole), "number")
      .help("a digit stands behind the point: `" + mended + "`")
      .fix(replacing("write `" + mended + "`", whole, mended, FixSafety::safe));
}

struct OperatorHabit {
  std::string_view word, help;
};
constexpr OperatorHabit kOperators[] = {
    {"ilike", "compare in one case: `lower(a) like lower(b)`"},
    {"rlike", "a regular expression is tested by `matches(text, \"pattern\")`"},
    {"regexp", "a regular expression is tested by `matches(text, \"pattern\")`"},
    {"similar", "a regular expression is tested by `matches(text, \"pattern\")`"},
    {"matches", "a regular expression is tested by `matches(text, \"pattern\")`"},
    {"contains", "a part of a text is looked for by `contains(text, part)`"},
    {"mod", "the rest of a division is written `a % b`"},
    {"div", "a division is written `a / b`"},
    {"xor", "write `a != b` for two truth values"},
    {"equals", "equality is written `==`"},
    {"eq", "equality is written `==`"},
};

Said operatorWord(const ErrorView& v) {
  if (v.newLine(0) || !isNameLike(v.kind(0))) return {};
  if (behindExpression(v))
    for (const OperatorHabit& h : kOperators)
      if (h.word == v.lower(0))
        return report<Code::SYN009>(v.span(0), v.word(0)).help(std::string(h.help));
  // `between 1 to 10`, `cast(a as int64)`
  if (v.kind(0) == TokenKind::AS && v.within(Rules::RuleCall))
    return foreign(v, v.span(0, v.newLine(1) ? 0 : 1),
                   "values are converted by functions: `to_int64(code)`, `to_string(code)`");
  return {};
}

// Behind `between low` and behind `in`, where the tree builder tells what is missing.
bool toldAsIncomplete(const ErrorView& v) {
  for (int i = -1; i > -12 && !v.at(i).startsLine; --i) {
    if (v.kind(i) == TokenKind::BETWEEN)
      return v.kind(0) == TokenKind::COMMA || v.kind(0) == TokenKind::TO ||
             v.kind(0) == TokenKind::DOT;
    if (v.kind(i) == TokenKind::IN_)
      return v.kind(0) == TokenKind::COMMA && i == -2 && v.kind(-1) != TokenKind::RPAREN;
  }
  return false;
}

Said incomplete(const ErrorView& v) {
  if (!toldAsIncomplete(v)) return {};
  int op = -1;
  while (v.kind(op) != TokenKind::BETWEEN && v.kind(op) != TokenKind::IN_) --op;
  if (v.kind(op) == TokenKind::BETWEEN) {
    Diagnostic d = report<Code::SYN025>(v.span(0), "between", "two values joined by `and`")
                       .help("write `x between low and high`");
    if (v.kind(0) != TokenKind::DOT)
      d.fix(replacing("write `and`", v.span(0), v.touches(-1) ? " and" : "and"));
    return d;
  }
  int last = 0;
  while (v.kind(last) == TokenKind::COMMA && !v.newLine(last + 1)) last += 2;
  const Span whole = v.span(op + 1, last - 1);
  return report<Code::SYN025>(whole, "in", "a list in parentheses")
      .help("write `x in (a, b)`")
      .fix(replacing("write parentheses", whole, "(" + std::string(v.text(whole)) + ")"));
}

Said json(const ErrorView& v) {
  if (!v.within(Rules::RuleJsonObject)) return {};
  if (v.kind(0) == TokenKind::LABEL && v.can(TokenKind::STRING)) {
    const auto label = v.word(0);
    const size_t end = label.find_first_of(" \t:");
    const Span name{v.span(0).file, v.at(0).begin, uint32_t(v.at(0).begin + end)};
    const std::string mended = "\"" + std::string(label.substr(0, end)) + "\"";
    return report<Code::SYN001>(name, "a string", "`" + std::string(label.substr(0, end)) + "`")
        .help("in JSON the names of members stand in quotes: `" + mended + "`")
        .fix(replacing("write `" + mended + "`", name, mended));
  }
  if (v.kind(0) == TokenKind::EQ && v.can(TokenKind::COLON))
    return report<Code::SYN001>(v.span(0), "`:`", "`=`")
        .fix(replacing("write `:`", v.span(0), ":"));
  if (isNameLike(v.kind(0)) && v.can(TokenKind::TRUE_)) {
    const std::string w = v.lower(0);
    if (w == "true" || w == "false" || w == "null")
      return foreign(v, v.span(0), "JSON writes it in small letters")
          .fix(replacing("write `" + w + "`", v.span(0), w));
    return report<Code::SYN001>(v.span(0), "a value", "`" + std::string(v.word(0)) + "`")
        .help("JSON knows strings, numbers, `true`, `false`, `null`, objects and lists");
  }
  if (v.can(TokenKind::COMMA) && v.kind(0) == TokenKind::STRING) {
    const Span end{v.span(-1).file, v.at(-1).end, v.at(-1).end};
    return report<Code::SYN001>(v.span(0), "`,`", "the string `" + std::string(v.word(0)) + "`")
        .fix({"insert `,`", FixSafety::review, {{end, ","}}});
  }
  return {};
}

// `data->>"a"`, `data["a"]`, `list[0]`
Said partOfValue(const ErrorView& v) {
  if (v.newLine(0) || !endsValue(v.kind(-1))) return {};
  static constexpr std::string_view kHelp =
      "a member of a `json` is read by `json_text(data, \"a\")`, `json_number(…)` or "
      "`json_bool(…)`";
  if (v.kind(0) == TokenKind::ARROW && !v.within(Rules::RuleMigrationItem))
    return foreign(v, v.span(0, v.kind(1) == TokenKind::GT && v.touches(0) ? 1 : 0),
                   std::string(kHelp));
  const bool index = v.kind(0) == TokenKind::LBRACK && v.touches(-1) &&
                     (v.kind(1) == TokenKind::STRING || v.kind(1) == TokenKind::NUMBER) &&
                     v.kind(2) == TokenKind::RBRACK;
  if (!index || !behindExpression(v)) return {};
  return foreign(v, v.span(0, 2),
                 v.kind(1) == TokenKind::STRING
                     ? std::string(kHelp)
                     : "no function takes one element out of a list: what is asked for one by one "
                       "is an entity of its own");
}

// `case n when 1 then …`
Said caseOfValue(const ErrorView& v) {
  if (!v.can(TokenKind::WHEN) || v.kind(-1) != TokenKind::CASE || v.newLine(0)) return {};
  const std::string value(v.word(0));
  return report<Code::SYN001>(v.span(0), "`when`", "`" + value + "`")
      .help("each case has a condition of its own: `case when " + value +
            " == 1 then … else … end`");
}

Said operand(const ErrorView& v) {
  if (!wantsOperand(v) || v.newLine(0)) return {};
  if (v.kind(0) == TokenKind::STAR && v.kind(-1) == TokenKind::STAR)
    return foreign(v, v.span(-1, 0), "there is no operator for powers: multiply");
  if (v.kind(0) == TokenKind::RPAREN && v.kind(-1) == TokenKind::LPAREN) {
    const bool value = v.within(Rules::RuleModifier) || v.within(Rules::RuleSettingModifier);
    return report<Code::SYN001>(v.span(-1, 0), value ? "a value" : "an expression", "`()`")
        .help(value ? "an empty list is `[]`" : "write what is to be tested");
  }
  if (v.kind(0) == TokenKind::SLASH)
    return foreign(v, v.span(0), "a regular expression is a string: `matches(text, \"@\")`");
  if (v.kind(0) == TokenKind::LT || v.kind(0) == TokenKind::GT || v.kind(0) == TokenKind::LE ||
      v.kind(0) == TokenKind::GE || v.kind(0) == TokenKind::EQEQ || v.kind(0) == TokenKind::NE ||
      v.kind(0) == TokenKind::AND || v.kind(0) == TokenKind::OR || v.kind(0) == TokenKind::IN_ ||
      v.kind(0) == TokenKind::IS)
    return report<Code::SYN001>(v.span(0), fmt::format("something before `{}`", v.word(0)),
                                "nothing");
  return {};
}

// Two values with nothing between them.
Said operatorMissing(const ErrorView& v) {
  if (!behindExpression(v) || v.newLine(0)) return {};
  const TokenKind here = v.kind(0);
  const bool value = here == TokenKind::NUMBER || here == TokenKind::STRING ||
                     here == TokenKind::TRUE_ || here == TokenKind::FALSE_ ||
                     (here == TokenKind::ID && !v.can(TokenKind::LABEL));
  if (!value || v.within(Rules::RuleJsonObject)) return {};
  if (here == TokenKind::STRING && isNameLike(v.kind(-1)) && v.touches(-1))
    return foreign(v, v.span(-1, 0), "texts are joined by `concat(\"Dear \", name)`");
  if (here == TokenKind::STRING && v.kind(-1) == TokenKind::STRING) return {};
  return report<Code::SYN001>(v.span(0), fmt::format("an operator after `{}`", v.word(-1)),
                              here == TokenKind::NUMBER ? fmt::format("the number `{}`", v.word(0))
                                                        : fmt::format("`{}`", v.word(0)));
}

}  // namespace

std::optional<Diagnostic> expressionHabit(const ErrorView& v) {
  if (auto said = pointBehind(v)) return said;
  if (auto said = json(v)) return said;
  if (wantsOperand(v))
    if (auto said = numbers(v)) return said;
  if (auto said = incomplete(v)) return said;
  if (auto said = partOfValue(v)) return said;
  if (auto said = caseOfValue(v)) return said;
  if (auto said = operatorWord(v)) return said;
  if (auto said = operand(v)) return said;
  return operatorMissing(v);
}

}  // namespace cambium::syntax
