// syntax/habits_types.cpp: types as other languages write them.
#include <cctype>

#include "compiler/syntax/habits.h"
#include "grammar/fast/CambiumParser.h"

namespace cambium::syntax {

using Rules = grammar::fast::CambiumParser;

bool inMembers(const ErrorView& v) {
  return v.in(Rules::RuleEntityDecl) || v.in(Rules::RuleMixinDecl) || v.in(Rules::RuleGroupDecl);
}

bool isOwnType(std::string_view word) {
  static constexpr std::string_view kTypes[] = {
      "bool",  "bytes", "date", "datetime", "decimal", "duration", "float32",   "float64", "int16",
      "int32", "int64", "json", "string",   "text",    "time",     "timestamp", "uuid"};
  return std::ranges::find(kTypes, word) != std::end(kTypes);
}

bool isTypeWord(std::string_view word) {
  static constexpr std::string_view kTypes[] = {
      "bool",    "boolean", "bigint",    "bytes",   "char",    "date",    "datetime", "decimal",
      "double",  "float",   "float32",   "float64", "int",     "int16",   "int32",    "int64",
      "integer", "json",    "long",      "number",  "numeric", "serial",  "smallint", "string",
      "text",    "time",    "timestamp", "uuid",    "varchar", "nvarchar"};
  std::string lower(word);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return char(std::tolower(c)); });
  return std::ranges::find(kTypes, lower) != std::end(kTypes);
}

namespace {

using Said = std::optional<Diagnostic>;

// The bracket of `[a, b]` that opens at `open`, or the last token of the line.
int closingBracket(const ErrorView& v, int open) {
  int close = open + 1;
  while (!v.newLine(close + 1) && v.kind(close) != TokenKind::RBRACK) ++close;
  return close;
}

FixIt leftOut(Span at) {
  return {"leave it out", FixSafety::safe, {{at, ""}}};
}

// `string[80]`, `int[3]`, `[name] text`, `email string [unique]`
Said brackets(const ErrorView& v) {
  if (v.at(-1).startsLine && isNameLike(v.kind(0)))
    return report<Code::SYN001>(v.span(-1, v.kind(1) == TokenKind::RBRACK ? 1 : 0), "a name",
                                "`[" + std::string(v.word(0)) + "]`")
        .help("names stand without brackets; unusual ones between backticks");
  const bool sized = v.kind(0) == TokenKind::NUMBER && v.kind(1) == TokenKind::RBRACK;
  if (sized && isTypeWord(v.word(-2)))
    return foreign(v, v.span(-1, 1),
                   "the length of a type stands in parentheses: `" + std::string(v.word(-2)) + "(" +
                       std::string(v.word(0)) + ")`")
        .fix({"write parentheses", FixSafety::review, {{v.span(-1), "("}, {v.span(1), ")"}}});
  if (sized)
    return foreign(v, v.span(-1, 1), "a list has no fixed length: `T[]`")
        .fix(replacing("write `[]`", v.span(-1, 1), "[]"));
  if (isNameLike(v.kind(0)) || isReserved(v.kind(0)))
    return foreign(v, v.span(-1, closingBracket(v, -1)),
                   "what is said of a property follows as words and annotations: `name: string(40) "
                   "@unique`");
  return {};
}

// `many Order[0..5]`, `many Order inverse customer [1..*]`, `many Order(5)`, `many Order {1,5}`
Said boundsOfMany(const ErrorView& v) {
  const TokenKind open = v.kind(0);
  if (!inMembers(v) || v.newLine(0) || v.kind(1) == TokenKind::RBRACK ||
      (open != TokenKind::LBRACK && open != TokenKind::LPAREN && open != TokenKind::LBRACE))
    return {};
  bool many = false;
  for (int i = -1; i >= v.lineStart(0) && v.kind(i) != TokenKind::LABEL; --i)
    many = many || v.kind(i) == TokenKind::MANY;
  if (!many || isNameLike(v.kind(1))) return {};
  const TokenKind close = open == TokenKind::LBRACK   ? TokenKind::RBRACK
                          : open == TokenKind::LPAREN ? TokenKind::RPAREN
                                                      : TokenKind::RBRACE;
  int end = 0;
  while (v.kind(end) != close && !v.newLine(end + 1)) ++end;
  return foreign(v, v.span(0, end),
                 "how many there may be is no part of a `many`: at most one is `@unique` on the "
                 "reference, at most five a number of its own for each, `slot: int16 where value "
                 "between 1 and 5` and `unique (customer, slot)`");
}

// `many Order?`, `many Order[]`
Said suffixOfMany(const ErrorView& v) {
  if (!inMembers(v) || v.newLine(0) || v.kind(-2) != TokenKind::MANY) return {};
  if (v.kind(0) == TokenKind::QMARK)
    return foreign(v, v.span(0), "a `many` may always be empty: leave the `?` out")
        .fix(leftOut(v.span(0)));
  if (v.kind(0) != TokenKind::LBRACK) return {};
  const Span list = v.span(0, v.kind(1) == TokenKind::RBRACK ? 1 : 0);
  return foreign(v, list, "a `many` is many already: leave the `[]` out").fix(leftOut(list));
}

// `ref User(id)`, `ref (User)`, `ref<User>`, and `ref` at the end of a line
Said reference(const ErrorView& v) {
  if (inMembers(v) && !v.newLine(0) && v.kind(0) == TokenKind::LPAREN &&
      v.kind(-2) == TokenKind::REF)
    return foreign(v, v.span(-2, v.kind(2) == TokenKind::RPAREN ? 2 : 0),
                   "a reference names the entity; it always leads to its key: `ref " +
                       std::string(v.word(-1)) + "`");
  if (v.kind(-1) == TokenKind::REF && !v.newLine(0) && isNameLike(v.kind(1)) &&
      (v.kind(0) == TokenKind::LPAREN || v.kind(0) == TokenKind::LT)) {
    const bool closed = v.kind(2) == TokenKind::RPAREN || v.kind(2) == TokenKind::GT;
    const std::string mended = "ref " + std::string(v.word(1));
    Diagnostic d =
        foreign(v, v.span(-1, closed ? 2 : 1), "a reference is written `" + mended + "`");
    if (closed) d.fix(replacing("write `" + mended + "`", v.span(-1, 2), mended));
    return d;
  }
  if ((v.kind(-1) == TokenKind::REF || v.kind(-1) == TokenKind::MANY) && v.newLine(0))
    return report<Code::SYN001>(v.span(-1), "an entity after `" + std::string(v.word(-1)) + "`",
                                "the end of the line");
  return {};
}

// `status: enum { open, closed }`
Said enumInPlace(const ErrorView& v) {
  if (!inMembers(v) || v.kind(0) != TokenKind::LBRACE || v.kind(-1) != TokenKind::ENUM) return {};
  return foreign(v, v.span(-1, 0),
                 "an enum is a declaration of its own, `enum Status { open, closed }`, and the "
                 "property names it");
}

// What stands where a type begins.
Said insteadOfType(const ErrorView& v) {
  const bool type = v.in(Rules::RulePropType) || v.in(Rules::RuleTypeRef) ||
                    (v.in(Rules::RuleProperty) && v.can(TokenKind::REF));
  if (!type || v.newLine(0)) return {};
  switch (v.kind(0)) {
    case TokenKind::COLON:
      return report<Code::SYN006>(v.span(0), ":")
          .help("one colon stands between a name and its type")
          .fix(leftOut(v.span(0)));
    case TokenKind::LABEL: {  // `count:= 5`
      if (v.kind(1) != TokenKind::EQ) return {};
      const Span sign{v.span(0).file, uint32_t(v.at(0).end - 1), v.at(1).end};
      return foreign(v, sign, "a default is written `= value`")
          .fix(replacing("write `=`", sign, "="));
    }
    case TokenKind::LBRACK: {
      const int close = closingBracket(v, 0);
      Diagnostic d = foreign(v, v.span(0, close),
                             "a list is written `T[]`; the other side of a reference is `many T "
                             "inverse p`");
      if (v.kind(close) == TokenKind::RBRACK && isTypeWord(v.word(1)))
        d.fix({"write `[]` behind the type",
               FixSafety::review,
               {{v.span(0), ""}, {v.span(close), "[]"}}});
      return d;
    }
    case TokenKind::QMARK:
      return foreign(v, v.span(0), "the `?` stands behind the type: `string(40)?`");
    case TokenKind::LBRACE:
      return foreign(v, v.span(0),
                     "there are no nested objects: declare an entity and refer to it, "
                     "or write `json`");
    default: return {};
  }
}

}  // namespace

std::optional<Diagnostic> typeHabit(const ErrorView& v) {
  if (v.in(Rules::RuleSuffix) && v.kind(-1) == TokenKind::LBRACK) return brackets(v);
  if (auto said = boundsOfMany(v)) return said;
  if (auto said = suffixOfMany(v)) return said;
  if (auto said = enumInPlace(v)) return said;
  if (auto said = reference(v)) return said;
  return insteadOfType(v);
}

}  // namespace cambium::syntax
