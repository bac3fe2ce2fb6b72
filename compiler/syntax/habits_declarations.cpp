// syntax/habits_declarations.cpp: declarations, imports, migrations and environments as other
// languages write them.
#include <fmt/core.h>

#include <array>

#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/habits.h"
#include "grammar/fast/CambiumParser.h"

namespace cambium::syntax {
namespace {

using Rules = grammar::fast::CambiumParser;
using Said = std::optional<Diagnostic>;

struct Habit {
  std::string_view word, second;  // second: "" = any
  std::string_view help;
};
constexpr std::string_view kEntity =
    "what has properties is declared as an entity: `entity Customer { … }`";
constexpr std::string_view kImport =
    "names of other packages are imported: `import std.types { Email }`";
constexpr std::string_view kNoCode =
    "a model has no procedures: values are computed by expressions, `total: int64 = price * 2 "
    "computed`";
constexpr std::string_view kEnvironment =
    "a database is named in an environment: `environment dev { url env(\"DATABASE_URL\") }`";

constexpr Habit kAtFileLevel[] = {
    {"create", "index", "an index is a member of its entity: `index by_name (name)`"},
    {"create", "unique", "a unique is a member of its entity: `unique (name)`"},
    {"create", "type", "an enum is declared as `enum Status { open, closed }`"},
    {"create", "view", "a view is declared as `view Open of Order { id, total }`"},
    {"create", "",
     "a table is declared as an entity: `entity Customer { … }`; `cambium import FILE` makes a "
     "package of a schema"},
    {"table", "", "a table is declared as an entity: `entity Customer { … }`"},
    {"model", "",
     "a model is declared as an entity: `entity Customer { … }`; `cambium import FILE` makes a "
     "package of a schema"},
    {"class", "", "a class is declared as an entity: `entity Customer { … }`"},
    {"struct", "", "a record is declared as an entity: `entity Customer { … }`"},
    {"interface", "", kEntity},
    {"record", "", kEntity},
    {"entities", "", kEntity},
    {"relation", "", kEntity},
    {"export", "", "whatever a package declares can be imported: leave the word out"},
    {"public", "", "whatever a package declares can be imported: leave the word out"},
    {"pub", "", "whatever a package declares can be imported: leave the word out"},
    {"abstract", "", "what several entities share is a mixin: `mixin Audited { … }`"},
    {"trait", "", "what several entities share is a mixin: `mixin Audited { … }`"},
    {"alter", "", "change the entity itself; a `migration` block says how the rows follow"},
    {"drop", "", "remove the entity itself; a `migration` block approves that its rows go"},
    {"insert", "", "a model holds no rows"},
    {"use", "", kImport},
    {"using", "", kImport},
    {"from", "", kImport},
    {"include", "", kImport},
    {"require", "", kImport},
    {"module", "", "a package is named in one of its files: `package shop version \"1.0.0\"`"},
    {"fn", "", kNoCode},
    {"func", "", kNoCode},
    {"function", "", kNoCode},
    {"def", "", kNoCode},
    {"datasource", "", kEnvironment},
    {"database", "", kEnvironment},
    {"generator", "", "what is generated is chosen when it is built: leave the block out"},
    {"query", "", "queries are the application's; a `view` is one that the database keeps"},
    {"deprecated", "",
     "what is deprecated says so behind its name: `entity Job @deprecated(\"why\") { … }`"},
    {"revoke", "",
     "nobody may do what no `grant` says: take it out of the grant, or leave properties out by "
     "`except`"},
    {"order", "by", "the rows of a view have no order: whoever reads it says which"},
};

template <size_t N>
const Habit* find(const ErrorView& v, const Habit (&table)[N]) {
  const std::string word = v.lower(0), next = v.lower(1);
  const auto at = std::ranges::find_if(table, [&](const Habit& h) {
    return h.word == word && (h.second.empty() || h.second == next);
  });
  return at == std::end(table) ? nullptr : &*at;
}

Said fileLevel(const ErrorView& v) {
  if (!v.in(Rules::RuleFile)) return {};
  if (v.at(0).startsLine || v.kind(-1) == TokenKind::RBRACE)
    if (const Habit* h = find(v, kAtFileLevel)) return foreign(v, v.span(0), std::string(h->help));
  if (!v.at(0).startsLine) return {};
  switch (v.kind(0)) {
    case TokenKind::AT:
      return foreign(
          v, v.span(0, isNameLike(v.kind(1)) ? 1 : 0),
          "annotations stand behind the name: `entity Customer @table(\"customers\") { … }`");
    case TokenKind::LABEL:
      return report<Code::SYN001>(v.span(0), "a declaration (`entity`, `enum`, `type`, …)",
                                  "`" + std::string(v.word(0)) + "`")
          .help("properties stand inside an entity: `entity Customer { … }`");
    case TokenKind::LBRACE:
      return report<Code::SYN001>(v.span(0), "a declaration (`entity`, `enum`, `type`, …)", "`{`")
          .help("braces follow what they belong to: `entity Customer { … }`");
    case TokenKind::ID: break;
    default: return {};
  }
  // A word of another language, misspelt.
  std::vector<std::string_view> habits,
      ours{"entity", "enum",     "type", "mixin", "import", "package", "migration", "environment",
           "view",   "template", "role", "grant", "policy", "schema",  "namespace", "tags"};
  if (!suggestions(v.word(0), ours).empty()) return {};
  for (const Habit& h : kAtFileLevel) habits.push_back(h.word);
  const auto close = suggestions(v.word(0), habits);
  if (close.empty() || v.word(0).size() < 4) return {};
  const auto h = std::ranges::find_if(
      kAtFileLevel, [&](const Habit& one) { return one.word == close[0] && one.second.empty(); });
  return foreign(v, v.span(0), std::string(h->help));
}

// ---------------------------------------------------------------- heads

Said entityHead(const ErrorView& v) {
  if (!v.in(Rules::RuleEntityDecl) && !v.in(Rules::RuleMixinDecl)) return {};
  if (!v.can(TokenKind::LBRACE) || v.can(TokenKind::LABEL) || v.newLine(0)) return {};
  static constexpr std::array<std::string_view, 7> kExtends = {
      "extends", "with", "inherits", "implements", "includes", "uses", "using"};
  if (std::ranges::find(kExtends, v.lower(0)) != kExtends.end())
    return foreign(v, v.span(0), "what a mixin brings follows `is`: `entity User is Audited { … }`")
        .fix(replacing("write `is`", v.span(0), "is"));
  switch (v.kind(0)) {
    case TokenKind::LPAREN:
      return report<Code::SYN001>(v.span(0), "`{`", "`(`")
          .help("members stand in braces: `entity Customer { … }`");
    case TokenKind::MINUS: {
      const std::string mended = std::string(v.word(-1)) + std::string(v.word(1));
      const Span whole = v.span(-1, 1);
      return report<Code::SYN001>(whole, "one name", "`" + std::string(v.text(whole)) + "`")
          .help("names have no hyphens: `" + mended + "`")
          .fix(replacing("write `" + mended + "`", whole, mended));
    }
    default: break;
  }
  if (isNameLike(v.kind(0)) && (v.kind(1) == TokenKind::LBRACE || v.kind(1) == TokenKind::IS) &&
      v.kind(-2) != TokenKind::IS && v.kind(-1) != TokenKind::COMMA) {
    const std::string mended = std::string(v.word(-1)) + std::string(v.word(0));
    const Span whole = v.span(-1, 0);
    return report<Code::SYN001>(whole, "one name", "`" + std::string(v.text(whole)) + "`")
        .help("a name is one word: `" + mended + "`")
        .fix(replacing("write `" + mended + "`", whole, mended));
  }
  return {};
}

// `entity "Customer"`, `entity User : Audited`, `enum Status:`
Said declaredName(const ErrorView& v) {
  if (!v.can(TokenKind::ID) || v.can(TokenKind::LABEL) || v.can(TokenKind::NUMBER)) return {};
  const TokenKind word = v.kind(-1);
  const bool declares = word == TokenKind::ENTITY || word == TokenKind::MIXIN ||
                        word == TokenKind::ENUM || word == TokenKind::TYPE ||
                        word == TokenKind::ENVIRONMENT || word == TokenKind::ROLE;
  if (v.kind(0) == TokenKind::STRING && (declares || v.in(Rules::RuleEnumDecl))) {
    const auto quoted = v.word(0);
    const std::string name(quoted.substr(1, quoted.size() < 2 ? 0 : quoted.size() - 2));
    return report<Code::SYN001>(v.span(0), "a name", "the string `" + std::string(quoted) + "`")
        .help("names stand without quotes: `" + name + "`")
        .fix(replacing("leave the quotes out", v.span(0), name));
  }
  // The label was taken for the name: its colon stands behind it.
  const auto rest = v.rest(0);
  const size_t end = rest.find_first_not_of(" \t");
  if (!declares || end == std::string_view::npos || rest[end] != ':') return {};
  const Span colon{v.span(0).file, v.at(0).end, uint32_t(v.at(0).end + end + 1)};
  Diagnostic d = report<Code::SYN006>({colon.file, colon.end - 1, colon.end}, ":");
  if (word == TokenKind::TYPE)
    return d.help("a type is written `type Email = string(320)`")
        .fix(replacing("write `=`", colon, " ="));
  if (isNameLike(v.kind(1)) && !v.newLine(1) && word != TokenKind::ENUM)
    return d.help("what a mixin brings follows `is`: `entity User is Audited { … }`")
        .fix(replacing("write `is`", colon, " is"));
  d.help(v.newLine(1) ? "members stand in braces: `entity Customer { … }`"
                      : "no colon stands behind the name");
  if (!v.newLine(1)) d.fix(replacing("leave it out", colon, ""));
  return d;
}

Said enumBody(const ErrorView& v) {
  if (!v.within(Rules::RuleEnumDecl)) return {};
  if (v.kind(0) == TokenKind::EQ && v.can(TokenKind::RBRACE)) {
    Diagnostic d = foreign(v, v.span(0, v.newLine(1) ? 0 : 1),
                           "members have no numbers: they are kept by name");
    Span gone = v.span(0, 1);
    gone.begin = v.at(-1).end;
    if (!v.newLine(1)) d.fix({"leave it out", FixSafety::review, {{gone, ""}}});
    return d;
  }
  if (v.kind(0) == TokenKind::EQ)
    return foreign(v, v.span(0),
                   "the members of an enum stand in braces: `enum Status { open, closed }`");
  return {};
}

// What a query says elsewhere, behind the entity of a view or among its columns.
constexpr Habit kInViews[] = {
    {"join", "", "a view follows references by itself: `customer.name as customer_name`"},
    {"inner", "join", "a view follows references by itself: `customer.name as customer_name`"},
    {"left", "", "a view follows references by itself: `customer.name as customer_name`"},
    {"order", "by", "the rows of a view have no order: whoever reads it says which"},
    {"group", "by",
     "a view has a row for each row of its entity; what belongs to it is counted by "
     "`orders.count()`, summed by `orders.sum(total)`"},
    {"having", "", "a condition stands behind `where`, before the columns"},
    {"limit", "", "a view shows all its rows: whoever reads it says how many"},
};

Said viewBody(const ErrorView& v) {
  if (!v.within(Rules::RuleViewDecl)) return {};
  const bool item = v.kind(-1) == TokenKind::LBRACE || v.kind(-1) == TokenKind::COMMA;
  if (v.kind(0) == TokenKind::STAR && item)
    return foreign(v, v.span(0), "a view names its columns, one by one: `{ id, name }`");
  if (v.kind(0) == TokenKind::STAR && v.kind(-1) == TokenKind::LPAREN && v.lower(-2) == "count")
    return foreign(v, v.span(-2, v.kind(1) == TokenKind::RPAREN ? 1 : 0),
                   "rows are counted on the other side of their reference: `orders.count()`");
  if (!v.in(Rules::RuleViewDecl)) return {};
  if (v.can(TokenKind::LBRACE) && !v.newLine(0))
    if (const Habit* h = find(v, kInViews)) return foreign(v, v.span(0), std::string(h->help));
  if (!v.can(TokenKind::COMMA) || !isNameLike(v.kind(0))) return {};
  if (v.lower(-1) == "distinct" &&
      (v.kind(-2) == TokenKind::LBRACE || v.kind(-2) == TokenKind::COMMA))
    return foreign(v, v.span(-1),
                   "a view has a row for each row of its entity, and each has its own key: leave "
                   "the word out")
        .fix({"leave it out",
              FixSafety::review,
              {{{v.span(0).file, v.at(-1).begin, v.at(0).begin}, ""}}});
  const Span end{v.span(-1).file, v.at(-1).end, v.at(-1).end};
  return report<Code::SYN001>(v.span(0), "`,`", "`" + std::string(v.word(0)) + "`")
      .help("commas stand between the columns of a view")
      .fix({"insert `,`", FixSafety::safe, {{end, ","}}});
}

// `tags Topic on Order multi { … }`
Said tagsHead(const ErrorView& v) {
  if (!v.in(Rules::RuleTagsDecl) || !v.can(TokenKind::MULTIPLE) || v.newLine(0)) return {};
  static constexpr std::array<std::string_view, 5> kMany = {"multi", "many", "several", "set",
                                                            "list"};
  static constexpr std::array<std::string_view, 3> kOne = {"one", "exclusive", "unique"};
  const bool many = std::ranges::find(kMany, v.lower(0)) != kMany.end();
  if (!many && std::ranges::find(kOne, v.lower(0)) == kOne.end()) return {};
  const std::string ours = many ? "multiple" : "single";
  return report<Code::SYN001>(v.span(0), "`single`, `multiple` or `{`",
                              "`" + std::string(v.word(0)) + "`")
      .help(many ? "several tags of the group on one row: `multiple`"
                 : "one tag of the group on each row: `single`")
      .fix(replacing("write `" + ours + "`", v.span(0), ours));
}

// `policy own on Order using …`, `policy own on Order for all where …`, `grant read on *`
Said accessHead(const ErrorView& v) {
  if (v.within(Rules::RuleGrantDecl) && v.kind(0) == TokenKind::STAR && v.kind(-1) == TokenKind::ON)
    return foreign(v, v.span(0), "a grant names one entity or view: write a line for each");
  if (!v.in(Rules::RulePolicyDecl)) return {};
  const Span here{v.span(0).file, v.at(0).begin, v.at(0).begin};
  const auto found = "`" + std::string(v.word(0)) + "`";
  if (v.can(TokenKind::FOR) && (v.kind(0) == TokenKind::USING || v.kind(0) == TokenKind::TO))
    return report<Code::SYN001>(v.span(0), "`for`", found)
        .help("a policy says what it is about: `for all`, `for read, update`")
        .fix({"insert `for all`", FixSafety::review, {{here, "for all "}}});
  static constexpr std::array<std::string_view, 5> kUsing = {"where", "when", "if", "with",
                                                             "check"};
  if (v.can(TokenKind::USING) && std::ranges::find(kUsing, v.lower(0)) != kUsing.end())
    return report<Code::SYN001>(v.span(0), "`using`", found)
        .help("the rows that a policy is about follow `using`")
        .fix(replacing("write `using`", v.span(0), "using"));
  return {};
}

// `namespace teams/payments { }`, `namespace "x" /teams { }`
Said namespaceHead(const ErrorView& v) {
  if (!v.within(Rules::RuleNamespaceDecl) || v.kind(-1) != TokenKind::NAMESPACE) return {};
  const bool plain = isNameLike(v.kind(0)) && !v.newLine(0);
  const TokenKind next = v.kind(1);
  const bool path =
      plain && (next == TokenKind::LBRACE || next == TokenKind::USES ||
                next == TokenKind::ISOLATED || (next == TokenKind::SLASH && v.touches(0)));
  Diagnostic d = report<Code::SYN001>(v.span(0), "`/`", "`" + std::string(v.word(0)) + "`")
                     .help(
                         "a namespace is a path that begins with `/`: `namespace /teams/payments "
                         "{ … }`");
  const Span here{v.span(0).file, v.at(0).begin, v.at(0).begin};
  if (path) d.fix({"insert `/`", FixSafety::safe, {{here, "/"}}});
  return d;
}

// `view Open from Order`, `view Open as select …`
Said viewHead(const ErrorView& v) {
  if (!v.in(Rules::RuleViewDecl) || !v.can(TokenKind::OF) || v.newLine(0)) return {};
  Diagnostic d =
      report<Code::SYN001>(v.span(0), "`of`", "`" + std::string(v.word(0)) + "`")
          .help("a view shows rows of an entity: `view Open of Order where … { id, total }`");
  static constexpr std::array<std::string_view, 6> kOf = {"from", "on", "for", "is", "over", "in"};
  if (std::ranges::find(kOf, v.lower(0)) != kOf.end() && isNameLike(v.kind(1)) && !v.newLine(1))
    d.fix(replacing("write `of`", v.span(0), "of"));
  return d;
}

Said typeHead(const ErrorView& v) {
  if (!v.in(Rules::RuleTypeDecl) || !v.can(TokenKind::EQ) || v.newLine(0)) return {};
  Diagnostic d = report<Code::SYN001>(v.span(0), "`=`", "`" + std::string(v.word(0)) + "`")
                     .help("a type is written `type Email = string(320)`");
  const Span here{v.span(0).file, v.at(0).begin, v.at(0).begin};
  if (isTypeWord(v.word(0))) d.fix({"insert `=`", FixSafety::review, {{here, "= "}}});
  return d;
}

Said importLine(const ErrorView& v) {
  const int start = v.lineStart(0);
  const bool here = v.within(Rules::RuleImportDecl) ||
                    (v.in(Rules::RuleFile) && start < 0 && v.kind(start) == TokenKind::IMPORT_);
  if (!here) return {};
  Diagnostic d = report<Code::SYN001>(v.span(0), "a package", "`" + std::string(v.word(0)) + "`");
  const std::string help =
      "an import is written `import std.types { Email }`, or `import std.types as types`";
  if (v.kind(0) == TokenKind::STAR)
    return foreign(
        v, v.span(-1, 0),
        "name what is needed, `import std.types { Email }`, or the whole package, `import "
        "std.types`");
  if (v.kind(0) == TokenKind::LABEL || v.kind(0) == TokenKind::COLON ||
      v.kind(0) == TokenKind::SLASH)
    return foreign(v, v.span(0), "the parts of a package's name are joined by points: `std.types`");
  if (isNameLike(v.kind(0)) && isNameLike(v.kind(-1)) && v.newLine(1)) {
    const std::string mended = "{ " + std::string(v.word(0)) + " }";
    return report<Code::SYN001>(v.span(0), "`{`, `as` or the end of the line",
                                "`" + std::string(v.word(0)) + "`")
        .help(help)
        .fix(replacing("write braces", v.span(0), mended));
  }
  if (v.in(Rules::RuleImportDecl) || v.in(Rules::RuleQname) || v.in(Rules::RuleName) ||
      v.in(Rules::RuleFile))
    return d.help(help);
  return {};
}

Said packageLine(const ErrorView& v) {
  const int start = v.lineStart(0);
  if (start == 0 || v.kind(start) != TokenKind::PACKAGE) return {};
  if (v.kind(-1) == TokenKind::VERSION && v.kind(0) == TokenKind::NUMBER) {
    int last = 0;
    while (!v.newLine(last + 1) && v.touches(last)) ++last;
    const std::string mended = "\"" + std::string(v.text(v.span(0, last))) + "\"";
    return report<Code::SYN001>(v.span(0, last), "a string",
                                "`" + std::string(v.text(v.span(0, last))) + "`")
        .help("a version stands in quotes: `version " + mended + "`")
        .fix(replacing("write `" + mended + "`", v.span(0, last), mended));
  }
  return report<Code::SYN001>(v.span(0), v.can(TokenKind::ID) ? "a name" : "`version` or `naming`",
                              "`" + std::string(v.word(0)) + "`")
      .help("a package is named by `package acme.shop version \"1.0.0\"`");
}

// ---------------------------------------------------------------- migrations

Said migrationHead(const ErrorView& v) {
  if (!v.in(Rules::RuleMigrationDecl) && !v.in(Rules::RuleText)) return {};
  if (!v.within(Rules::RuleMigrationDecl) || v.can(TokenKind::RBRACE)) return {};
  Diagnostic d = report<Code::SYN001>(v.span(0),
                                      v.can(TokenKind::FROM) ? "`from`"
                                      : v.can(TokenKind::TO) ? "`to`"
                                                             : "a version in quotes",
                                      "`" + std::string(v.word(0)) + "`");
  return d.help("a migration is written `migration from \"1.0.0\" to \"1.1.0\" { … }`");
}

Said migrationItem(const ErrorView& v) {
  if (!v.within(Rules::RuleMigrationDecl)) return {};
  if (v.kind(0) == TokenKind::SLASH &&
      (v.kind(-1) == TokenKind::RENAME || v.kind(-1) == TokenKind::ARROW))
    return foreign(v, v.span(0),
                   "a migration is about entities and their rows; a namespace has no other name: "
                   "declare the new one with its values, and remove the old one");
  if (v.can(TokenKind::ARROW) && !v.newLine(0)) {
    const bool sign = !isNameLike(v.kind(1)) && v.touches(0) && v.kind(0) != TokenKind::ID;
    const Span at = v.span(0, sign ? 1 : 0);
    Diagnostic d = report<Code::SYN001>(at, "`->`", "`" + std::string(v.text(at)) + "`")
                       .help("what was stands on the left of `->`, what it becomes on the right");
    if (v.kind(0) == TokenKind::TO || v.kind(0) == TokenKind::AS || sign ||
        v.kind(0) == TokenKind::EQ || v.lower(0) == "into")
      d.fix(replacing("write `->`", at, "->"));
    else if (isNameLike(v.kind(0)) && v.newLine(1))
      d.fix({"insert `->`", FixSafety::review, {{{at.file, at.begin, at.begin}, "-> "}}});
    return d;
  }
  if (v.in(Rules::RuleMigrationDecl) && v.kind(0) == TokenKind::DOT && isNameLike(v.kind(1))) {
    const bool renamed = v.kind(-2) == TokenKind::ARROW;
    if (renamed) {
      const std::string name(v.word(1)), other(v.word(-1));
      Diagnostic d =
          foreign(v, v.span(-1, 1), "the new name stands alone, without its entity: `" + name + "`")
              .fix(replacing("write `" + name + "`", v.span(-1, 1), name));
      if (v.kind(-4) == TokenKind::DOT && v.word(-5) != other) {
        const std::string from(v.word(-5)), old(v.word(-3));
        d.help(
            fmt::format("where it goes to another entity, which refers to its own: `split {0} -> "
                        "{0}, {1} by REFERENCE up {{ {2} = {3} }} down {{ {3} = {2} }}`",
                        from, other, name, old));
      }
      return d;
    }
  }
  static constexpr std::array<std::string_view, 5> kThings = {"property", "entity", "column",
                                                              "table", "field"};
  if (v.in(Rules::RuleMigrationDecl) && isNameLike(v.kind(0)) && !v.newLine(0) &&
      std::ranges::find(kThings, v.lower(-1)) != kThings.end())
    return foreign(v, v.span(-1), "a path says by itself what it leads to: leave the word out")
        .fix({"leave it out",
              FixSafety::review,
              {{{v.span(0).file, v.at(-1).begin, v.at(0).begin}, ""}}});
  if (v.in(Rules::RuleMigrationItem) && v.can(TokenKind::UP) && !v.newLine(0)) {
    const Span here{v.span(0).file, v.at(0).begin, v.at(0).begin};
    return report<Code::SYN001>(v.span(0), "`up`", "`" + std::string(v.word(0)) + "`")
        .help("a conversion says what the new value is: `convert Order.code up to_string(code)`")
        .fix({"insert `up`", FixSafety::review, {{here, "up "}}});
  }
  if (v.in(Rules::RuleMigrationItem) && v.can(TokenKind::EQ) && !v.newLine(0)) {
    Diagnostic d = report<Code::SYN001>(v.span(0), "`=`", "`" + std::string(v.word(0)) + "`")
                       .help("a fill is written `fill Customer.country = \"NL\"`");
    if (isNameLike(v.kind(0)) && !v.newLine(1)) d.fix(replacing("write `=`", v.span(0), "="));
    return d;
  }
  if (v.in(Rules::RuleAssigns) && v.can(TokenKind::LBRACE) && !v.newLine(0))
    return report<Code::SYN001>(v.span(0), "`{`", "`" + std::string(v.word(0)) + "`")
        .help("the assignments stand in braces: `up { first = …, last = … }`");
  if (!v.in(Rules::RuleMigrationDecl) || !v.can(TokenKind::RENAME)) return {};
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kItems = {{
      {"drop", "what may be dropped is approved: `approve drop Customer.code \"why\"`"},
      {"delete", "what may be dropped is approved: `approve drop Customer.code \"why\"`"},
      {"remove", "what may be dropped is approved: `approve drop Customer.code \"why\"`"},
      {"move", "a property gets another name by `rename Client.nick -> nickname`"},
      {"set", "rows without a value get one by `fill Customer.country = \"NL\"`"},
      {"update", "rows without a value get one by `fill Customer.country = \"NL\"`"},
      {"insert", "rows without a value get one by `fill Customer.country = \"NL\"`"},
      {"default", "rows without a value get one by `fill Customer.country = \"NL\"`"},
      {"add", "what is new needs no line here; `fill` gives its rows a value"},
      {"create", "what is new needs no line here; `fill` gives its rows a value"},
      {"alter", "change the model itself; here stands only how the rows follow"},
  }};
  const auto item = std::ranges::find(kItems, v.lower(0), [](auto& i) { return i.first; });
  if (item == kItems.end()) return {};
  Diagnostic d = foreign(v, v.span(0), std::string(item->second));
  if (item->first == "drop" && isNameLike(v.kind(1)) && !v.newLine(1) && v.lower(1) != "table")
    d.fix(replacing("write `approve drop`", v.span(0), "approve drop"));
  return d;
}

// ---------------------------------------------------------------- environments

Said environment(const ErrorView& v) {
  if (!v.within(Rules::RuleEnvironmentDecl)) return {};
  static constexpr std::string_view kUrl =
      "the address is a string or a variable: `url env(\"SHOP_URL\")`";
  if (v.kind(0) == TokenKind::EQ && (v.kind(-1) == TokenKind::URL || isNameLike(v.kind(-1)))) {
    Span gone = v.span(0);
    gone.begin = v.at(-1).end;
    return report<Code::SYN006>(v.span(0), "=")
        .help("a setting is its word and its value: `url env(\"SHOP_URL\")`")
        .fix({"leave it out", FixSafety::review, {{gone, ""}}});
  }
  if (v.kind(0) == TokenKind::LABEL) {
    const auto label = v.word(0);
    const Span colon{v.span(0).file, v.at(0).end - 1, v.at(0).end};
    if (v.kind(-1) == TokenKind::URL && !v.newLine(0))
      return report<Code::SYN001>(v.span(0, v.newLine(1) ? 0 : v.lineEnd(0)), "a string",
                                  "`" + std::string(label) + "`")
          .help(std::string(kUrl));
    return report<Code::SYN006>(colon, ":")
        .help("a setting is its word and its value: `url env(\"SHOP_URL\")`")
        .fix({"leave it out", FixSafety::review, {{colon, ""}}});
  }
  if (v.can(TokenKind::FROM) && isNameLike(v.kind(0)) && v.kind(-1) == TokenKind::PROMOTE) {
    const Span here{v.span(0).file, v.at(0).begin, v.at(0).begin};
    return report<Code::SYN001>(v.span(0), "`from`", "`" + std::string(v.word(0)) + "`")
        .fix({"insert `from`", FixSafety::review, {{here, "from "}}});
  }
  if (v.kind(0) == TokenKind::NUMBER && v.kind(-2) == TokenKind::DESTRUCTIVE)
    return report<Code::SYN001>(v.span(-1), "`approvals`", "`" + std::string(v.word(-1)) + "`")
        .fix(replacing("write `approvals`", v.span(-1), "approvals"));
  if (v.can(TokenKind::DURATION) && v.kind(0) == TokenKind::NUMBER) {
    Diagnostic d =
        report<Code::SYN001>(v.span(0), "a duration", "the number `" + std::string(v.word(0)) + "`")
            .help("a duration has its unit with it: `200ms`, `2s`, `5m`");
    static constexpr std::array<std::string_view, 6> kUnits = {"ms", "s", "m", "h", "d", "w"};
    if (std::ranges::find(kUnits, v.word(1)) != kUnits.end()) {
      const std::string mended = std::string(v.word(0)) + std::string(v.word(1));
      d.fix(replacing("write `" + mended + "`", v.span(0, 1), mended));
    }
    return d;
  }
  return {};
}

}  // namespace

std::optional<Diagnostic> declarationHabit(const ErrorView& v) {
  if (auto said = importLine(v)) return said;
  if (auto said = packageLine(v)) return said;
  if (auto said = fileLevel(v)) return said;
  if (auto said = declaredName(v)) return said;
  if (auto said = entityHead(v)) return said;
  if (auto said = enumBody(v)) return said;
  if (auto said = viewHead(v)) return said;
  if (auto said = viewBody(v)) return said;
  if (auto said = tagsHead(v)) return said;
  if (auto said = accessHead(v)) return said;
  if (auto said = namespaceHead(v)) return said;
  if (auto said = typeHead(v)) return said;
  if (auto said = migrationHead(v)) return said;
  if (auto said = migrationItem(v)) return said;
  return environment(v);
}

}  // namespace cambium::syntax
