// syntax/habits_members.cpp: members of entities as other languages write them.
#include <array>

#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/habits.h"
#include "grammar/fast/CambiumParser.h"

namespace cambium::syntax {
namespace {

using Rules = grammar::fast::CambiumParser;
using Said = std::optional<Diagnostic>;

enum class Mend : uint8_t { none, leaveOut, leaveOutBoth };

struct Habit {
  std::string_view word, second;  // second: "" = none needed
  std::string_view help;
  Mend mend = Mend::none;
};

constexpr std::string_view kOptional =
    "an optional property is written with a `?` after its type: `string(40)?`";
constexpr std::string_view kRequired =
    "every property is required unless its type ends in `?`: leave it out";
constexpr std::string_view kCounted = "a counted key is written `key id: int64 = autoincrement()`";
constexpr std::string_view kReference =
    "a reference is a property of its own: `customer: ref Customer`";
constexpr std::string_view kComputed =
    "a computed property is written `total: int64 = price * 2 computed`";

// Behind a property.
constexpr Habit kAfterProperty[] = {
    {"not", "null", kRequired, Mend::leaveOutBoth},
    {"null", "", kOptional},
    {"nullable", "", kOptional},
    {"optional", "", kOptional},
    {"required", "", kRequired, Mend::leaveOut},
    {"mandatory", "", kRequired, Mend::leaveOut},
    {"default", "", "a default is written `= value`"},
    {"primary", "key", "a key is written `key id: …`, or `key (a, b)` on a line of its own"},
    {"unique", "",
     "one unique property is marked `@unique`; several together are `unique (a, b)` on a line of "
     "their own"},
    {"references", "", kReference},
    {"foreign", "key", kReference},
    {"auto_increment", "", kCounted},
    {"autoincrement", "", kCounted},
    {"identity", "", kCounted},
    {"generated", "", kComputed},
    {"as", "", kComputed},
    {"virtual", "", kComputed},
    {"persisted", "", kComputed},
    {"comment", "", "documentation stands before the property, after `///`"},
    {"collate", "", "collations are the database's: leave it out"},
    {"unsigned", "", "numbers have a sign; write `where value >= 0`"},
    {"on_delete", "", "write `on delete`, as two words"},
    {"ondelete", "", "write `on delete`, as two words"},
    {"on_update", "", "write `on update`, as two words"},
    {"onupdate", "", "write `on update`, as two words"},
    {"inverse", "",
     "`inverse` stands on the other side: `orders: many Order inverse customer` in the entity that "
     "is referred to"},
    {"check", "", "a condition on one property is written `where value > 0`"},
};
constexpr std::string_view kAnnotations[] = {"sensitive", "deprecated", "unique",  "column",
                                             "noindex",   "native",     "message", "name",
                                             "table",     "allow",      "draft"};
constexpr std::string_view kModifiers[] = {"where", "computed", "stored", "on"};

// At the beginning of a member.
constexpr Habit kAsMember[] = {
    {"primary", "key", "a key is written `key id: …` or `key (a, b)`"},
    {"foreign", "key", "a reference is a property: `customer: ref Customer`"},
    {"constraint", "", "constraints are `unique name (a, b)` and `check name: a > b`"},
    {"has_many", "", "the other side of a reference is `orders: many Order inverse customer`"},
    {"belongs_to", "", "a reference is a property: `customer: ref Customer`"},
    {"fulltext", "", "an index is written `index by_name (name)`"},
};
// Words that other languages put before the name of a property.
constexpr Habit kBeforeProperty[] = {
    {"field", "", "a property begins with its name: leave the word out"},
    {"column", "", "a property begins with its name: leave the word out"},
    {"property", "", "a property begins with its name: leave the word out"},
    {"prop", "", "a property begins with its name: leave the word out"},
    {"attribute", "", "a property begins with its name: leave the word out"},
    {"var", "", "a property begins with its name: leave the word out"},
    {"val", "", "a property begins with its name: leave the word out"},
    {"let", "", "a property begins with its name: leave the word out"},
    {"const", "", "a property begins with its name: leave the word out"},
    {"pub", "", "every property is visible: leave the word out"},
    {"public", "", "every property is visible: leave the word out"},
    {"private", "", "who may read what is said by `grant`: leave the word out"},
    {"protected", "", "who may read what is said by `grant`: leave the word out"},
    {"readonly", "", "leave the word out"},
    {"static", "", "leave the word out"},
    {"final", "", "leave the word out"},
    {"required", "", "every property is required unless its type ends in `?`: leave the word out"},
    {"optional", "", kOptional},
    {"single", "", "a property has one value unless its type ends in `[]`: leave the word out"},
    {"multi", "", "a list is `T[]`, and the other side of a reference `many T inverse p`"},
    {"link", "", "a reference is written `customer: ref Customer`"},
};

template <size_t N>
const Habit* find(const ErrorView& v, int offset, const Habit (&table)[N]) {
  const std::string word = v.lower(offset), next = v.lower(offset + 1);
  const auto at = std::ranges::find_if(table, [&](const Habit& h) {
    return h.word == word && (h.second.empty() || h.second == next);
  });
  return at == std::end(table) ? nullptr : &*at;
}

// ---------------------------------------------------------------- behind a property

// The end of the type of the property on this line, and where the property begins.
struct Line {
  int start = 0, typeEnd = 0;
};
std::optional<Line> propertyBefore(const ErrorView& v) {
  Line line;
  int i = -1;
  while (i > -40 && v.kind(i) != TokenKind::LABEL && !v.at(i).startsLine) --i;
  if (v.kind(i) != TokenKind::LABEL) return std::nullopt;
  line.start = i++;
  if (i < 0 && v.kind(i) != TokenKind::EQ) line.typeEnd = i;
  for (int depth = 0; i < 0; ++i) {
    if (v.kind(i) == TokenKind::LPAREN) ++depth;
    if (v.kind(i) == TokenKind::RPAREN) --depth;
    if (depth == 0 && (v.kind(i) == TokenKind::EQ || v.kind(i) == TokenKind::AT ||
                       v.kind(i) == TokenKind::WHERE || v.kind(i) == TokenKind::ON))
      break;
    line.typeEnd = i;
  }
  return line;
}

FixIt withoutWords(const ErrorView& v, int first, int last) {
  Span at = v.span(first, last);
  at.begin = v.at(first - 1).end;  // the blank before it goes, too
  return {"leave it out", FixSafety::safe, {{at, ""}}};
}

Said sayAfterProperty(const ErrorView& v, const Habit& h) {
  const int last = h.second.empty() ? 0 : 1;
  Diagnostic d = foreign(v, v.span(0, last), std::string(h.help));
  const auto line = propertyBefore(v);
  const auto after = [&](int offset) {
    return Span{v.span(0).file, v.at(offset).end, v.at(offset).end};
  };
  Span gone = v.span(0, last);
  gone.begin = v.at(-1).end;
  const bool complete = v.newLine(last + 1) || v.kind(last + 1) == TokenKind::RBRACE;
  if (h.mend != Mend::none) {
    d.fix(withoutWords(v, 0, last));
  } else if (h.help == kOptional && line && v.kind(line->typeEnd) != TokenKind::QMARK) {
    d.fix({"write `?`", FixSafety::review, {{after(line->typeEnd), "?"}, {gone, ""}}});
  } else if (h.word == "default" && !v.newLine(1) && v.kind(1) != TokenKind::LPAREN) {
    d.fix(replacing("write `=`", v.span(0), "="));
  } else if (h.word == "unique" && complete) {
    d.fix(replacing("write `@unique`", v.span(0), "@unique"));
  } else if (h.help == kCounted && complete) {
    d.fix(replacing("write `= autoincrement()`", v.span(0), "= autoincrement()"));
  } else if (h.word == "primary" && line && complete && v.kind(line->start - 1) != TokenKind::KEY) {
    const uint32_t begin = v.at(line->start).begin;
    d.fix(
        {"make it the key", FixSafety::review, {{{gone.file, begin, begin}, "key "}, {gone, ""}}});
  } else if (h.word.starts_with("on") && h.help.starts_with("write `on")) {
    const std::string mended = h.word.ends_with("delete") ? "on delete" : "on update";
    d.fix(replacing("write `" + mended + "`", v.span(0), mended));
  }
  return d;
}

// `int32 = 1,000`, `9,95`
Said commaInNumber(const ErrorView& v) {
  if (v.kind(0) != TokenKind::COMMA || v.kind(-1) != TokenKind::NUMBER ||
      v.kind(1) != TokenKind::NUMBER || !v.touches(-1) || !v.touches(0))
    return {};
  const Span whole = v.span(-1, 1);
  const bool thousands = v.word(1).size() == 3;
  const std::string mended =
      std::string(v.word(-1)) + (thousands ? "_" : ".") + std::string(v.word(1));
  return report<Code::SYN016>(whole, v.text(whole), "number")
      .help(thousands ? "digits are grouped with `_`: `" + mended + "`"
                      : "the decimal sign is a point: `" + mended + "`")
      .fix(replacing("write `" + mended + "`", whole, mended));
}

Said genericType(const ErrorView& v) {
  if (v.kind(0) != TokenKind::LT || !isNameLike(v.kind(-1))) return {};
  const std::string type = v.lower(-1);
  const std::string inner(v.word(1));
  const bool closed = v.kind(2) == TokenKind::GT;
  const bool number = v.kind(1) == TokenKind::NUMBER;
  Span whole = v.span(-1, closed ? 2 : 0);
  if (number) {
    Diagnostic d = foreign(v, whole,
                           "the arguments of a type stand in parentheses: `" +
                               std::string(v.word(-1)) + "(" + inner + ")`");
    if (closed)
      d.fix({"write parentheses", FixSafety::review, {{v.span(0), "("}, {v.span(2), ")"}}});
    return d;
  }
  static constexpr std::array<std::string_view, 5> kMaybe = {"optional", "option", "maybe",
                                                             "nullable", "mapped"};
  static constexpr std::array<std::string_view, 7> kMaps = {
      "map", "dict", "dictionary", "record", "hashmap", "hash", "json"};
  std::string mended;
  std::string help;
  if (std::ranges::find(kMaybe, type) != kMaybe.end()) {
    mended = inner + "?";
    help = "an optional property is written `" + mended + "`";
  } else if (std::ranges::find(kMaps, type) != kMaps.end()) {
    help = "there are no maps: write `json`, or an entity with a key of its own";
  } else if (type == "ref" || type == "foreignkey") {
    mended = "ref " + inner;
    help = "a reference is written `" + mended + "`";
  } else {
    mended = inner + "[]";
    help = "a list is written `" + mended + "`";
  }
  Diagnostic d = foreign(v, whole, help);
  if (!mended.empty() && closed) d.fix(replacing("write `" + mended + "`", whole, mended));
  return d;
}

Said behindProperty(const ErrorView& v) {
  if (const auto said = commaInNumber(v)) return said;
  if (const auto said = genericType(v)) return said;
  switch (v.kind(0)) {
    case TokenKind::COMMA:
      return report<Code::SYN006>(v.span(0), ",")
          .help("nothing separates members; lists have commas")
          .fix({"leave it out", FixSafety::safe, {{v.span(0), v.newLine(1) ? "" : " "}}});
    case TokenKind::STAR:
      return foreign(v, v.span(0), "a list is written `T[]`")
          .fix(replacing("write `[]`", v.span(0), "[]"));
    case TokenKind::QMARK: {
      int colon = 1;
      while (!v.newLine(colon) && v.kind(colon) != TokenKind::COLON) ++colon;
      if (v.kind(colon) == TokenKind::COLON || v.kind(1) != TokenKind::EQ)
        if (const auto line = propertyBefore(v); line && v.kind(line->typeEnd + 1) == TokenKind::EQ)
          return foreign(v, v.span(0), "a choice is written `case when a > b then x else y end`");
      return {};
    }
    case TokenKind::COLON:
      if (v.kind(1) == TokenKind::COLON || v.kind(-1) == TokenKind::COLON)
        return foreign(v, v.span(0, 1), "values are converted by functions: `to_string(…)`");
      return {};
    case TokenKind::PLUS:
    case TokenKind::MINUS:
    case TokenKind::SLASH:
      if (v.kind(1) == TokenKind::EQ && v.touches(0))
        return foreign(v, v.span(0, 1), "a default is written `= value`")
            .fix(replacing("write `=`", v.span(0, 1), "="));
      return {};
    default: break;
  }
  if (!isNameLike(v.kind(0)) && !isReserved(v.kind(0))) return {};
  if (v.kind(0) == TokenKind::STORED && v.kind(1) == TokenKind::COMPUTED)
    return report<Code::SYN001>(v.span(0, 1), "`computed stored`", "`stored computed`")
        .fix(
            replacing("write `computed stored`", v.span(0, 1), "computed stored", FixSafety::safe));
  // `labels: many Label via OrderLabel`
  static constexpr std::array<std::string_view, 5> kThrough = {"via", "by", "using", "over",
                                                               "with"};
  if (v.kind(-2) == TokenKind::MANY && isNameLike(v.kind(1)) && !v.newLine(1) &&
      std::ranges::find(kThrough, v.lower(0)) != kThrough.end())
    return report<Code::SYN001>(v.span(0), "`through`", "`" + std::string(v.word(0)) + "`")
        .help("the entity that stands between follows `through`")
        .fix(replacing("write `through`", v.span(0), "through"));
  if (v.in(Rules::RuleEntityDecl) || v.in(Rules::RuleMixinDecl) || v.in(Rules::RuleGroupDecl))
    if (const Habit* h = find(v, 0, kAfterProperty)) return sayAfterProperty(v, *h);
  if (v.kind(0) == TokenKind::ID && v.kind(-2) == TokenKind::LABEL && isNameLike(v.kind(-1))) {
    const auto close = suggestions(v.word(-1), {"ref", "many"});
    const std::string ours = close.empty() ? "ref" : close[0];
    if (!close.empty() || !isTypeWord(v.word(-1)))
      if (std::isupper(uint8_t(v.word(0)[0])) && find(v, 0, kAfterProperty) == nullptr)
        return report<Code::SYN001>(v.span(-1), "`" + ours + "`",
                                    "`" + std::string(v.word(-1)) + "`")
            .help("a reference is written `ref " + std::string(v.word(0)) + "`")
            .fix(replacing("write `" + ours + "`", v.span(-1), ours));
  }
  if (v.kind(-2) == TokenKind::INVERSE && v.lower(-1) == "of" && isNameLike(v.kind(0)))
    return foreign(v, v.span(-2, -1),
                   "the other side is named alone: `inverse " + std::string(v.word(0)) + "`")
        .fix(replacing("leave it out", v.span(-1, 0), std::string(v.word(0))));
  if (v.kind(0) != TokenKind::ID) return {};
  const auto annotation = std::ranges::find(kAnnotations, v.word(0));
  if (annotation != std::end(kAnnotations)) {
    const std::string mended = "@" + std::string(*annotation);
    return foreign(v, v.span(0), "an annotation begins with `@`: `" + mended + "`")
        .fix(replacing("write `" + mended + "`", v.span(0), mended));
  }
  const auto close = suggestions(
      v.word(0), std::vector<std::string_view>(std::begin(kModifiers), std::end(kModifiers)));
  if (close.size() == 1)
    return report<Code::SYN001>(v.span(0), "`" + close[0] + "`", "`" + std::string(v.word(0)) + "`")
        .fix(replacing("write `" + close[0] + "`", v.span(0), close[0]));
  return {};
}

// ---------------------------------------------------------------- at the beginning of a member

Said twoWords(const ErrorView& v) {
  // `first name: string`: the label is the last word.
  int label = 1;
  while (isNameLike(v.kind(label)) && !v.newLine(label)) ++label;
  if (v.kind(label) != TokenKind::LABEL || v.newLine(label)) return {};
  if (const Habit* h = find(v, 0, kBeforeProperty)) {
    Diagnostic d = foreign(v, v.span(0), std::string(h->help));
    if (h->help.ends_with("leave the word out"))
      d.fix({"leave it out",
             FixSafety::review,
             {{{v.span(0).file, v.at(0).begin, v.at(1).begin}, ""}}});
    return d;
  }
  const std::string_view last = v.word(label);
  const size_t end = last.find_first_of(" \t:");
  std::string joined;
  for (int i = 0; i < label; ++i) joined += std::string(v.word(i)) + "_";
  joined += last.substr(0, end);
  const Span whole{v.span(0).file, v.at(0).begin, uint32_t(v.at(label).begin + end)};
  return report<Code::SYN001>(whole, "one name", "`" + std::string(v.text(whole)) + "`")
      .help("a name is one word: `" + joined + "`")
      .fix(replacing("write `" + joined + "`", whole, joined));
}

Said typeFirst(const ErrorView& v) {
  if (!isTypeWord(v.word(0))) return {};
  int name = 1;
  if (v.kind(1) == TokenKind::LPAREN) {
    while (!v.newLine(name) && v.kind(name) != TokenKind::RPAREN) ++name;
    ++name;
  }
  if (v.newLine(name) || !isNameLike(v.kind(name)) || isTypeWord(v.word(name))) return {};
  const Span whole = v.span(0, name);
  const std::string mended =
      std::string(v.word(name)) + ": " + std::string(v.text(v.span(0, name - 1)));
  return foreign(v, whole, "the name comes first: `" + mended + "`")
      .fix(replacing("write `" + mended + "`", whole, mended));
}

Said tableAttribute(const ErrorView& v) {  // Prisma's @@unique([a, b])
  if (v.kind(0) != TokenKind::AT || v.kind(-1) != TokenKind::AT) return {};
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kRows = {
      {{"unique", "several properties together are unique by `unique (a, b)`"},
       {"index", "an index is written `index (a, b)`"},
       {"id", "a key of several properties is written `key (a, b)`"},
       {"map", "the table's name is given behind the entity's: `entity Post @table(\"posts\")`"},
       {"schema", "the table's name is given behind the entity's: `entity Post @table(\"a.b\")`"}}};
  const auto row = std::ranges::find(kRows, v.word(1), [](auto& r) { return r.first; });
  const Span whole = v.span(-1, 1);
  return foreign(v, whole,
                 row == kRows.end() ? "annotations of the whole entity stand behind its name"
                                    : std::string(row->second));
}

Said memberStart(const ErrorView& v) {
  if (v.kind(0) == TokenKind::AT)
    return foreign(v, v.span(0, isNameLike(v.kind(1)) ? 1 : 0),
                   "annotations stand behind what they annotate: `email: string(80) @sensitive`");
  if (v.kind(0) == TokenKind::STRING && !v.at(0).quiet) {
    const std::string name(v.word(0).substr(1, v.word(0).size() < 2 ? 0 : v.word(0).size() - 2));
    return report<Code::SYN001>(v.span(0), "a name", "the string `" + std::string(v.word(0)) + "`")
        .help("names stand without quotes; unusual ones between backticks")
        .fix(replacing("leave the quotes out", v.span(0), name));
  }
  if (v.kind(0) == TokenKind::BAD_NUMBER)
    return report<Code::SYN001>(v.span(0), "a name", "`" + std::string(v.word(0)) + "`")
        .help("a name begins with a letter or `_`");
  if (v.kind(0) == TokenKind::DOT && v.kind(1) == TokenKind::DOT)
    return foreign(v, v.span(0, 1), "leave it out: nothing stands for what is still to be written");
  if (!isNameLike(v.kind(0))) return {};
  if (const Habit* h = find(v, 0, kAsMember))
    return foreign(v, v.span(0, h->second.empty() ? 0 : 1), std::string(h->help));
  if (v.newLine(1) || v.kind(1) == TokenKind::RBRACE) {
    if (v.at(0).quiet) return {};
    return report<Code::SYN002>(v.span(0), v.word(0)).help("a property is `name: type`");
  }
  if (const auto said = twoWords(v)) return said;
  if (const Habit* h = find(v, 0, kBeforeProperty); h && v.kind(2) == TokenKind::ARROW)
    return foreign(v, v.span(0), std::string(h->help));
  if (const auto said = typeFirst(v)) return said;
  const bool assigned = v.kind(1) == TokenKind::EQ || v.kind(1) == TokenKind::ARROW;
  if (assigned && isNameLike(v.kind(2)) && !v.newLine(2)) {
    const Span sign{v.span(0).file, v.at(0).end, v.at(1).end};
    return report<Code::SYN002>(v.span(0), v.word(0))
        .help("a property is `name: type`; a default follows the type")
        .fix(replacing("write `:`", sign, ":"));
  }
  if (v.kind(1) == TokenKind::QMARK && v.kind(2) == TokenKind::COLON) {
    const int last = v.lineEnd(2);
    Diagnostic d = foreign(v, v.span(0, 2), "the `?` stands behind the type: `name: string(40)?`");
    bool plain = last > 2;
    for (int i = 3; i <= last; ++i)
      plain = plain && v.kind(i) != TokenKind::EQ && v.kind(i) != TokenKind::AT &&
              v.kind(i) != TokenKind::QMARK;
    const uint32_t end = v.at(last).end;
    if (plain)
      d.fix({"move the `?`",
             FixSafety::review,
             {{v.span(1), ""}, {{v.span(0).file, end, end}, "?"}}});
    return d;
  }
  if (v.kind(1) == TokenKind::DOT)
    return report<Code::SYN001>(v.span(0, 1), "a name",
                                "`" + std::string(v.text(v.span(0, 1))) + "`")
        .help("a property is declared by its name alone");
  return {};
}

// ---------------------------------------------------------------- keys, indexes, checks

Said keyList(const ErrorView& v) {
  if (!v.in(Rules::RuleKeyMember)) return {};
  if (v.kind(0) == TokenKind::LBRACK) {
    int close = 1;
    while (!v.newLine(close) && v.kind(close) != TokenKind::RBRACK) ++close;
    Diagnostic d = report<Code::SYN001>(v.span(0), "`(`", "`[`")
                       .help("a key of several properties is written `key (a, b)`");
    if (v.kind(close) == TokenKind::RBRACK)
      d.fix({"write parentheses", FixSafety::review, {{v.span(0), "("}, {v.span(close), ")"}}});
    return d;
  }
  if (!isNameLike(v.kind(0)) || v.newLine(0)) return {};
  int last = 0;
  while (v.kind(last + 1) == TokenKind::COMMA && isNameLike(v.kind(last + 2)) &&
         !v.newLine(last + 2))
    last += 2;
  if (!v.newLine(last + 1) && v.kind(last + 1) != TokenKind::RBRACE) return {};
  const std::string mended = "(" + std::string(v.text(v.span(0, last))) + ")";
  return report<Code::SYN001>(v.span(0), "`(`", "`" + std::string(v.word(0)) + "`")
      .help("a key is written `key id: int64`, or `key " + mended +
            "` over properties of their own")
      .fix(replacing("write parentheses", v.span(0, last), mended));
}

Said indexList(const ErrorView& v) {
  const bool keyed = v.in(Rules::RuleIndexDecl) || v.in(Rules::RuleUniqueDecl) ||
                     (v.in(Rules::RuleKeyList) && v.can(TokenKind::LPAREN));
  const char* const word = v.within(Rules::RuleUniqueDecl) ? "unique" : "index";
  if (keyed && v.kind(-2) == TokenKind::UNIQUE && !v.at(-2).startsLine && v.newLine(0)) {
    SyntaxError before = v.error();  // `string(40) unique key`
    before.token -= 2;
    return sayAfterProperty(v.moved(before), *find(v, -2, kAfterProperty));
  }
  const bool named = v.kind(-2) == TokenKind::UNIQUE || v.kind(-2) == TokenKind::INDEX;
  if (keyed && named && v.newLine(0) && isNameLike(v.kind(-1)) && !v.at(-1).startsLine) {
    const std::string mended = "(" + std::string(v.word(-1)) + ")";
    return report<Code::SYN001>(v.span(-1), "`(`", "`" + std::string(v.word(-1)) + "`")
        .help(fmt::format("the properties stand in parentheses: `{} {}`", word, mended))
        .fix(replacing("write parentheses", v.span(-1), mended));
  }
  // `unique index by_name (name)`
  if (keyed && isNameLike(v.kind(0)) && !v.newLine(0) && v.kind(1) == TokenKind::LPAREN &&
      v.kind(-2) == TokenKind::UNIQUE &&
      (v.kind(-1) == TokenKind::INDEX || v.kind(-1) == TokenKind::KEY)) {
    const std::string name(v.word(0));
    return foreign(v, v.span(-2, -1),
                   fmt::format("what is unique is looked up by itself: `unique {} (…)`", name))
        .fix({"leave the word out",
              FixSafety::review,
              {{{v.span(0).file, v.at(-2).end, v.at(-1).end}, ""}}});
  }
  if (keyed && v.kind(0) == TokenKind::ON) {
    int end = 1;
    while (!v.newLine(end) && v.kind(end) != TokenKind::LPAREN) ++end;
    Diagnostic d = foreign(v, v.span(0),
                           fmt::format("an {} belongs to the entity it stands in: "
                                       "`{} by_name (name)`",
                                       word, word));
    if (v.kind(end) == TokenKind::LPAREN)
      d.fix({"leave it out",
             FixSafety::review,
             {{{v.span(0).file, v.at(0).begin, v.at(end).begin}, ""}}});
    return d;
  }
  if (v.in(Rules::RuleKeyList) || v.in(Rules::RuleIndexKey)) {
    const std::string w = v.lower(0);
    const bool down = w == "desc" || w == "descending", up = w == "asc" || w == "ascending";
    const std::string ours = down ? "desc" : "asc";
    if (down || up)
      return foreign(v, v.span(0), "write `" + ours + "`")
          .fix(replacing("write `" + ours + "`", v.span(0), ours, FixSafety::safe));
    if (v.kind(0) == TokenKind::RPAREN)
      return report<Code::SYN001>(v.span(0), "a property", "`)`")
          .help(fmt::format("name what it is over: `{} (name)`", word));
  }
  return {};
}

// `index (name) by_name`
Said nameBehind(const ErrorView& v) {
  if (!inMembers(v) || !isNameLike(v.kind(0)) || v.newLine(0) || v.kind(-1) != TokenKind::RPAREN)
    return {};
  const int start = v.lineStart(-1);
  if (v.kind(start) != TokenKind::INDEX && v.kind(start) != TokenKind::UNIQUE) return {};
  if (v.kind(start + 1) != TokenKind::LPAREN) return {};
  const std::string name(v.word(0));
  Span gone = v.span(0);
  gone.begin = v.at(-1).end;
  const uint32_t begin = v.at(start + 1).begin;
  return report<Code::SYN001>(v.span(0), "the end of the line", "`" + name + "`")
      .help(fmt::format("the name stands before the list: `{} {} (…)`", v.word(start), name))
      .fix({"move the name",
            FixSafety::review,
            {{{gone.file, begin, begin}, name + " "}, {gone, ""}}});
}

Said checkHead(const ErrorView& v) {
  if (v.in(Rules::RuleJsonObject) && v.within(Rules::RuleCheckDecl)) {
    int open = -1;
    while (v.kind(open) != TokenKind::LBRACE && !v.newLine(open)) --open;
    return report<Code::SYN001>(v.span(open), "a condition", "`{`")
        .help("a condition stands without braces: `check balance >= 0`");
  }
  // `check positive balance >= 0`
  if (!inMembers(v) || v.newLine(0) || !isNameLike(v.kind(0)) || v.kind(-2) != TokenKind::CHECK ||
      !isNameLike(v.kind(-1)))
    return {};
  const Span end{v.span(-1).file, v.at(-1).end, v.at(-1).end};
  const TokenKind next = v.kind(1);
  const bool condition = (next >= TokenKind::EQEQ && next <= TokenKind::CONCAT) ||
                         isReserved(next) || next == TokenKind::DOT || next == TokenKind::LPAREN ||
                         next == TokenKind::LIKE || next == TokenKind::BETWEEN;
  if (v.lower(-1) == "if")
    return foreign(v, v.span(-1), "\"if a then b\" is `not a or b`: `check not (a > 1) or b > 2`");
  if (!condition) return {};
  return report<Code::SYN002>(v.span(-1), v.word(-1))
      .help("a check with a name is `check name: condition`")
      .fix({"insert `:`", FixSafety::review, {{end, ":"}}});
}

}  // namespace

std::optional<Diagnostic> memberHabit(const ErrorView& v) {
  if (auto said = tableAttribute(v)) return said;
  if (auto said = keyList(v)) return said;
  if (auto said = indexList(v)) return said;
  if (auto said = nameBehind(v)) return said;
  if (auto said = checkHead(v)) return said;
  if (!inMembers(v) || !v.can(TokenKind::LABEL)) {
    // `email: string(80) unique` reads as the beginning of a member.
    if (v.in(Rules::RuleUniqueDecl) && v.kind(-1) == TokenKind::UNIQUE && !v.at(-1).startsLine) {
      SyntaxError before = v.error();
      --before.token;
      const ErrorView earlier = v.moved(before);
      return sayAfterProperty(earlier, *find(earlier, 0, kAfterProperty));
    }
    return {};
  }
  const bool opened = v.kind(-1) == TokenKind::LBRACE;
  return v.newLine(0) || opened ? memberStart(v) : behindProperty(v);
}

}  // namespace cambium::syntax
