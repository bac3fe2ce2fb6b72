#include "compiler/syntax/misspelt.h"

#include <algorithm>

#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/syntax_error.h"

namespace cambium::syntax {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return out;
}

struct Word {
  std::string_view text;
  TokenKind kind;
};

constexpr Word kDeclarations[] = {
    {"entity", TokenKind::ENTITY},           {"enum", TokenKind::ENUM},
    {"environment", TokenKind::ENVIRONMENT}, {"mixin", TokenKind::MIXIN},
    {"import", TokenKind::IMPORT_},          {"migration", TokenKind::MIGRATION},
    {"package", TokenKind::PACKAGE},         {"policy", TokenKind::POLICY},
    {"template", TokenKind::TEMPLATE},       {"namespace", TokenKind::NAMESPACE},
    {"schema", TokenKind::SCHEMA},           {"type", TokenKind::TYPE}};

// What other languages call a thing that has properties.
constexpr std::string_view kOtherEntities[] = {"model",     "table",  "class",    "struct",
                                               "interface", "record", "entities", "relation"};

constexpr Word kMembers[] = {{"key", TokenKind::KEY},
                             {"unique", TokenKind::UNIQUE},
                             {"index", TokenKind::INDEX},
                             {"check", TokenKind::CHECK},
                             {"group", TokenKind::GROUP}};

// Operators that other languages do not mind to see in capitals. Where a value stands such a word
// may be a name: those are looked up first.
constexpr Word kOperators[] = {
    {"and", TokenKind::AND},         {"or", TokenKind::OR},     {"not", TokenKind::NOT},
    {"in", TokenKind::IN_},          {"is", TokenKind::IS},     {"like", TokenKind::LIKE},
    {"between", TokenKind::BETWEEN}, {"case", TokenKind::CASE}, {"when", TokenKind::WHEN},
    {"then", TokenKind::THEN},       {"else", TokenKind::ELSE}, {"end", TokenKind::END}};

// What Rails writes before the name of another entity.
struct Relation {
  std::string_view word, help;
};
constexpr Relation kRelations[] = {
    {"has_many", "the other side of a reference is written `orders: many Order inverse customer`"},
    {"has_one", "a one-to-one reference is written `customer: ref Customer @unique`"},
    {"belongs_to", "a reference is written `customer: ref Customer`"},
    {"has_and_belongs_to_many", "many-to-many is written `labels: many Label`"},
    {"references", "a reference is written `customer: ref Customer`"}};

bool endsOperand(TokenKind k) {
  return isNameLike(k) || k == TokenKind::NUMBER || k == TokenKind::STRING ||
         k == TokenKind::RAW_STRING || k == TokenKind::DURATION || k == TokenKind::RPAREN ||
         k == TokenKind::RBRACK || k == TokenKind::TRUE_ || k == TokenKind::FALSE_ ||
         k == TokenKind::NULL_ || k == TokenKind::QMARK;
}
bool isOperator(TokenKind k) {
  return (k >= TokenKind::EQEQ && k <= TokenKind::CONCAT) || k == TokenKind::AND ||
         k == TokenKind::OR || k == TokenKind::NOT || k == TokenKind::IN_ || k == TokenKind::IS ||
         k == TokenKind::LIKE || k == TokenKind::BETWEEN;
}

class WordMender {
public:
  WordMender(FileId file, std::string_view text, ScannedText& scanned, DiagnosticSink& sink)
      : file_(file),
        text_(text),
        tokens_(scanned.tokens),
        comments_(scanned.comments),
        sink_(sink) {}

  void run() {
    for (at_ = 0; at_ + 1 < tokens_.size(); ++at_) {
      const Token& t = tokens_[at_];
      if (t.startsLine) {
        condition_ = false;
        line_ = at_;
      }
      switch (t.kind) {
        case TokenKind::LBRACE: ++braces_; break;
        case TokenKind::RBRACE:
          if (braces_ > 0) --braces_;
          brackets_ = 0;
          break;
        case TokenKind::LPAREN:
        case TokenKind::LBRACK: ++brackets_; break;
        case TokenKind::RPAREN:
        case TokenKind::RBRACK:
          if (brackets_ > 0) --brackets_;
          break;
        case TokenKind::CHECK:
        case TokenKind::WHERE:
        case TokenKind::USING:
        case TokenKind::WHEN:
        case TokenKind::THEN:
        case TokenKind::ELSE:
        case TokenKind::EQ:
        case TokenKind::UP:
        case TokenKind::DOWN:
          condition_ = true;
          introduced_ = at_ + 1;
          break;
        case TokenKind::IS: isBeforeOperator(); break;
        case TokenKind::LT: conflict(); break;
        case TokenKind::LABEL: label(); break;
        case TokenKind::NOT: notNull(); break;
        case TokenKind::TYPE: recordType(); break;
        case TokenKind::ID: word(); break;
        default: break;
      }
    }
  }

private:
  Span span(size_t i) const { return {file_, tokens_[i].begin, tokens_[i].end}; }
  std::string_view textOf(size_t i) const {
    return text_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin);
  }
  TokenKind kind(size_t i) const {
    return i < tokens_.size() ? tokens_[i].kind : TokenKind::endOfFile;
  }
  bool startsLine(size_t i) const { return i >= tokens_.size() || tokens_[i].startsLine; }
  void say(Diagnostic d) {
    if (said_++ < kMaxSyntaxErrors) sink_.add(std::move(d));
  }

  void word() {
    if (tokens_[at_].quiet) return;
    // Most words are right: no text is made of them.
    const std::string_view written = textOf(at_);
    if (written.size() == 3 && lower(written) == "not" && notNull()) return;
    const bool read =
        braces_ > 0 || kind(line_) == TokenKind::TYPE || kind(line_) == TokenKind::POLICY;
    if (condition_ && read && capitals()) return;
    if (brackets_ > 0 || expectsMore()) return;
    const bool first = tokens_[at_].startsLine;
    if (first && braces_ == 0) return declaration();
    if (first || (at_ > 0 && kind(at_ - 1) == TokenKind::LBRACE)) member();
  }

  // What stands before is not complete: the word is part of it, on whatever line.
  bool expectsMore() const {
    if (at_ == 0) return false;
    const TokenKind before = kind(at_ - 1);
    switch (before) {
      case TokenKind::COMPUTED:
      case TokenKind::STORED:
      case TokenKind::CASCADE:
      case TokenKind::RESTRICT:
      case TokenKind::ACTION:
      case TokenKind::DEFAULT_:
      case TokenKind::END:
      case TokenKind::ISOLATED: return false;
      default: break;
    }
    return isSoftWord(before) || isOperator(before) || before == TokenKind::AT ||
           before == TokenKind::DOT || before == TokenKind::COMMA || before == TokenKind::EQ ||
           before == TokenKind::LABEL || before == TokenKind::ARROW || before == TokenKind::REF ||
           before == TokenKind::MANY || before == TokenKind::CASE;
  }

  // ---- `entitty Customer {`
  void declaration() {
    const std::string written = lower(textOf(at_));
    const bool named = isNameLike(kind(at_ + 1)) && !startsLine(at_ + 1);
    if (!named) return;
    if (std::ranges::find(kOtherEntities, written) != std::end(kOtherEntities))
      return otherEntity();
    std::vector<std::string_view> names;
    for (const Word& w : kDeclarations) names.push_back(w.text);
    const auto close = suggestions(textOf(at_), names);
    if (close.size() != 1) return;
    const auto meant = std::ranges::find(kDeclarations, std::string_view(close[0]), &Word::text);
    if (!continues(meant->kind)) return;
    misspelt(*meant, written == meant->text);
  }

  // What follows the name looks like the declaration that was meant.
  bool continues(TokenKind meant) const {
    const TokenKind after = kind(at_ + 2);
    switch (meant) {
      case TokenKind::ENTITY:
      case TokenKind::MIXIN:
        return after == TokenKind::LBRACE || after == TokenKind::IS ||
               after == TokenKind::CONTAINS || after == TokenKind::AT;
      case TokenKind::TYPE: return after == TokenKind::EQ;
      case TokenKind::IMPORT_:
        return after == TokenKind::DOT || after == TokenKind::LBRACE || after == TokenKind::AS;
      case TokenKind::PACKAGE: return after == TokenKind::VERSION || startsLine(at_ + 2);
      case TokenKind::MIGRATION: return kind(at_ + 1) == TokenKind::FROM;
      case TokenKind::ENUM:
      case TokenKind::ENVIRONMENT:
      case TokenKind::SCHEMA: return after == TokenKind::LBRACE;
      default: return false;
    }
  }

  // The braces behind the name hold members as we write them.
  bool holdsMembers(size_t brace) const {
    if (kind(brace) != TokenKind::LBRACE) return false;
    return kind(brace + 1) == TokenKind::LABEL ||
           (kind(brace + 1) == TokenKind::KEY && kind(brace + 2) == TokenKind::LABEL);
  }

  // `model Customer { key id: int64 }`: an entity by another name. What holds something else than
  // our members is told as a whole by the parser.
  void otherEntity() {
    if (!holdsMembers(at_ + 2)) return;
    say(report<Code::SYN011>(span(at_), textOf(at_))
            .help("what has properties is declared as an entity: `entity " +
                  std::string(textOf(at_ + 1)) + " { … }`")
            .fix({"write `entity`", FixSafety::review, {{span(at_), "entity"}}}));
    tokens_[at_].kind = TokenKind::ENTITY;
  }

  // `type Customer { id: ID }`, as GraphQL and TypeScript have it.
  void recordType() {
    if (braces_ > 0 || !tokens_[at_].startsLine || !isNameLike(kind(at_ + 1)) ||
        !holdsMembers(at_ + 2))
      return;
    say(report<Code::SYN011>(join(span(at_), span(at_ + 2)),
                             "type " + std::string(textOf(at_ + 1)) + " {")
            .help("a type names a single value; what has properties is declared as an entity")
            .fix({"write `entity`", FixSafety::review, {{span(at_), "entity"}}}));
    tokens_[at_].kind = TokenKind::ENTITY;
  }

  void misspelt(const Word& meant, bool onlyCase) {
    Diagnostic d = report<Code::SYN001>(span(at_), fmt::format("`{}`", meant.text),
                                        fmt::format("`{}`", textOf(at_)));
    if (onlyCase) d.help("the words of the language are written in small letters");
    say(std::move(d).fix({fmt::format("write `{}`", meant.text),
                          onlyCase ? FixSafety::safe : FixSafety::review,
                          {{span(at_), std::string(meant.text)}}}));
    tokens_[at_].kind = meant.kind;
    if (meant.kind != TokenKind::CHECK) return;
    condition_ = true;
    introduced_ = at_ + 1;
  }

  // ---- `uniqe (a, b)`, `Key id: int64`
  void member() {
    const std::string written = lower(textOf(at_));
    for (const Relation& r : kRelations)
      if (r.word == written && isNameLike(kind(at_ + 1)) && startsLine(at_ + 2))
        return relation(r, at_ + 1);
    std::vector<std::string_view> names;
    for (const Word& w : kMembers) names.push_back(w.text);
    const auto close = suggestions(textOf(at_), names);
    if (close.size() != 1) return;
    const auto meant = std::ranges::find(kMembers, std::string_view(close[0]), &Word::text);
    const bool onlyCase = written == meant->text;
    if (startsLine(at_ + 1) || !memberContinues(meant->kind, onlyCase)) return;
    misspelt(*meant, onlyCase);
  }

  bool memberContinues(TokenKind meant, bool onlyCase) const {
    const TokenKind next = kind(at_ + 1), after = kind(at_ + 2);
    switch (meant) {
      case TokenKind::KEY:
        return (next == TokenKind::LABEL || next == TokenKind::LPAREN) && !startsLine(at_ + 1);
      case TokenKind::UNIQUE:
      case TokenKind::INDEX:
        return next == TokenKind::LPAREN || (isNameLike(next) && after == TokenKind::LPAREN &&
                                             (onlyCase || !looksLikeType(at_ + 1)));
      case TokenKind::CHECK:
        return next == TokenKind::LABEL || next == TokenKind::NOT || next == TokenKind::LPAREN ||
               (isNameLike(next) && !startsLine(at_ + 2) &&
                (isOperator(after) || (onlyCase && after == TokenKind::LPAREN)));
      case TokenKind::GROUP:
        return isNameLike(next) && (after == TokenKind::LBRACE || after == TokenKind::STRING);
      default: return false;
    }
  }

  bool looksLikeType(size_t i) const {
    static constexpr std::string_view kTypes[] = {"string", "decimal", "bytes", "varchar", "char"};
    return std::ranges::find(kTypes, lower(textOf(i))) != std::end(kTypes);
  }

  // ---- `name: string(40) NOT NULL`: what follows it is read as well
  bool notNull() {
    const size_t label = kind(line_) == TokenKind::KEY ? line_ + 1 : line_;
    const bool behind = kind(label) == TokenKind::LABEL && at_ > label + 1 &&
                        endsOperand(kind(at_ - 1)) && !startsLine(at_ + 1);
    if (!behind || lower(textOf(at_ + 1)) != "null") return false;
    Span whole = join(span(at_), span(at_ + 1));
    const auto written = text_.substr(whole.begin, whole.end - whole.begin);
    Diagnostic d =
        report<Code::SYN011>(whole, written)
            .help("every property is required unless its type ends in `?`: leave it out");
    whole.begin = tokens_[at_ - 1].end;  // the blank before it goes, too
    say(std::move(d).fix({"leave it out", FixSafety::safe, {{whole, ""}}}));
    erase(at_, at_ + 2);
    --at_;  // the loop goes on with the token that has come to stand here
    return true;
  }

  // ---- `Status::open`
  void label() {
    if (!condition_ || kind(at_ + 1) != TokenKind::COLON ||
        tokens_[at_].end != tokens_[at_ + 1].begin || !isNameLike(kind(at_ + 2)) ||
        startsLine(at_ + 2))
      return relation();
    const Span sign{file_, tokens_[at_].end - 1, tokens_[at_ + 1].end};
    say(report<Code::SYN011>(sign, "::")
            .help("a member is named with a point: `Status.open`")
            .fix({"write `.`", FixSafety::safe, {{sign, "."}}}));
    --tokens_[at_].end;
    tokens_[at_].kind = TokenKind::ID;
    tokens_[at_ + 1].kind = TokenKind::DOT;
  }

  // ---- `has_many :orders`, `has_many orders`
  void relation() {
    // A property may be called so; nobody glues its type to the colon and nothing else.
    if (!tokens_[at_].startsLine || at_ + 1 >= tokens_.size() ||
        tokens_[at_ + 1].begin != tokens_[at_].end)
      return;
    const auto label = textOf(at_);
    const size_t blank = label.find_first_of(" \t");
    if (blank == std::string_view::npos) return;
    const std::string written = lower(label.substr(0, blank));
    for (const Relation& r : kRelations)
      if (r.word == written && !startsLine(at_ + 1)) return relation(r, at_ + 1);
  }

  void relation(const Relation& r, size_t last) {
    say(report<Code::SYN011>(
            join(span(at_), span(last)),
            text_.substr(tokens_[at_].begin, tokens_[last].end - tokens_[at_].begin))
            .help(std::string(r.help)));
    size_t i = at_;
    do tokens_[i++].quiet = true;
    while (!startsLine(i));
    tokens_[at_].kind = TokenKind::ID;
  }

  // ---- `a AND b`
  bool capitals() {
    const auto written = textOf(at_);
    const auto isSmall = [](char c) { return c >= 'a' && c <= 'z'; };
    if (written.size() > 7 || std::ranges::all_of(written, isSmall)) return false;
    const auto w = std::ranges::find(kOperators, std::string_view(lower(written)), &Word::text);
    if (w == std::end(kOperators) || !isOperatorHere(w->kind)) return false;
    const std::string ours(w->text);
    FixIt fix{"write `" + ours + "`", FixSafety::safe, {{span(at_), ours}}};
    size_t end = at_;
    tokens_[at_].kind = w->kind;
    if (w->kind == TokenKind::IS) end = takeNull(fix);
    const Span whole = join(span(at_), span(end));
    say(report<Code::SYN009>(whole, text_.substr(whole.begin, whole.end - whole.begin))
            .help("the words of the language are written in small letters")
            .fix(std::move(fix)));
    return true;
  }

  // The word stands where no name could.
  bool isOperatorHere(TokenKind meant) const {
    const TokenKind before = at_ > 0 ? kind(at_ - 1) : TokenKind::endOfFile;
    const bool afterValue = endsOperand(before) && !isOperator(before) &&
                            !tokens_[at_].startsLine && introduced_ != at_;
    const std::string next = startsLine(at_ + 1) ? "" : lower(textOf(at_ + 1));
    switch (meant) {
      case TokenKind::NOT:
        if (afterValue) return next == "in" || next == "like" || next == "between";
        return kind(at_ + 1) == TokenKind::ID && !startsLine(at_ + 1);
      case TokenKind::CASE: return !afterValue && next == "when";
      case TokenKind::WHEN: return afterValue || before == TokenKind::CASE;
      default: return afterValue;
    }
  }

  // `IS NOT NULL` is one slip. The last token of it.
  size_t takeNull(FixIt& fix) {
    size_t i = at_ + 1;
    for (; i < at_ + 3 && i < tokens_.size() && !tokens_[i].startsLine; ++i) {
      const std::string next = lower(textOf(i));
      if (next != "not" && next != "null") break;
      if (kind(i) == TokenKind::ID) fix.edits.push_back({span(i), next});
      tokens_[i].kind = next == "not" ? TokenKind::NOT : TokenKind::NULL_;
      fix.title.insert(fix.title.size() - 1, " " + next);
    }
    return i - 1;
  }

  // ---- `is not in (…)`, `is like`
  void isBeforeOperator() {
    const bool negated = kind(at_ + 1) == TokenKind::NOT;
    const size_t at = at_ + (negated ? 2 : 1);
    const TokenKind op = kind(at);
    if (op != TokenKind::IN_ && op != TokenKind::LIKE && op != TokenKind::BETWEEN) return;
    if (!condition_ && braces_ == 0) return;  // `entity A is between { … }`
    const std::string ours = (negated ? "not " : "") + std::string(textOf(at));
    const Span whole = join(span(at_), span(at));
    say(report<Code::SYN009>(whole, text_.substr(whole.begin, whole.end - whole.begin))
            .help("`is` only tests for `null`; write `" + ours + "`")
            .fix({"write `" + ours + "`", FixSafety::safe, {{whole, ours}}}));
    erase(at_, at_ + 1);
  }

  // ---- the marks of a merge conflict: the first version is read
  void conflict() {
    if (!tokens_[at_].startsLine || text_.substr(tokens_[at_].begin, 7) != "<<<<<<<") return;
    const uint32_t begin = tokens_[at_].begin;
    say(report<Code::SYN017>({file_, begin, begin + 7}, "`<<<<<<<`")
            .help("the file holds two versions of these lines: keep one, and remove the marks"));
    const auto lineWith = [&](size_t from, std::string_view mark) {
      for (size_t i = from; i < tokens_.size(); ++i)
        if (tokens_[i].startsLine && text_.substr(tokens_[i].begin, 7) == mark) return i;
      return tokens_.size() - 1;
    };
    size_t end = at_ + 1;
    while (!startsLine(end)) ++end;
    if (end >= tokens_.size()) end = tokens_.size() - 1;
    erase(at_, end);
    const size_t middle = lineWith(at_, "======="), last = lineWith(at_, ">>>>>>>");
    if (middle < last && last + 1 < tokens_.size()) {
      size_t after = last + 1;
      while (after + 1 < tokens_.size() && !tokens_[after].startsLine) ++after;
      erase(middle, after);
    }
    --at_;  // the loop goes on with the token that has come to stand here
  }

  void erase(size_t from, size_t to) {
    if (from >= to) return;
    const bool starts = tokens_[from].startsLine;
    tokens_.erase(tokens_.begin() + ptrdiff_t(from), tokens_.begin() + ptrdiff_t(to));
    tokens_[from].startsLine = tokens_[from].startsLine || starts;
    for (CommentToken& c : comments_) {
      if (c.before >= to)
        c.before -= uint32_t(to - from);
      else if (c.before > from)
        c.before = uint32_t(from);
    }
  }

  FileId file_;
  std::string_view text_;
  std::vector<Token>& tokens_;
  std::vector<CommentToken>& comments_;
  DiagnosticSink& sink_;
  size_t at_ = 0;
  size_t braces_ = 0;    // open here
  size_t brackets_ = 0;  // round and square ones
  size_t said_ = 0;
  size_t line_ = 0;         // the first token of the line
  size_t introduced_ = 0;   // the token behind that word
  bool condition_ = false;  // behind a word that an expression follows, on the same line
};

}  // namespace

void mendWords(FileId file, std::string_view text, ScannedText& scanned, DiagnosticSink& sink) {
  WordMender(file, text, scanned, sink).run();
}

}  // namespace cambium::syntax
