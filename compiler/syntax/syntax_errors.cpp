// syntax/syntax_errors.cpp: the parser's errors in words: what stands there, what could stand
// there, and what somebody who comes from another language probably meant.
#include <algorithm>
#include <array>

#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/habits.h"
#include "grammar/fast/CambiumParser.h"

namespace cambium::syntax {
namespace {

using Rules = grammar::fast::CambiumParser;

bool isOpener(TokenKind k) {
  return k == TokenKind::LBRACE || k == TokenKind::LPAREN || k == TokenKind::LBRACK;
}
bool isCloser(TokenKind k) {
  return k == TokenKind::RBRACE || k == TokenKind::RPAREN || k == TokenKind::RBRACK;
}
TokenKind closerOf(TokenKind opener) {
  return TokenKind(int(opener) + 1);
}

class Wording {
public:
  Wording(FileId file, std::string_view text, const std::vector<Token>& tokens,
          DiagnosticSink& sink)
      : file_(file), text_(text), tokens_(tokens), sink_(sink) {}

  void say(const SyntaxError& e) {
    switch (e.kind) {
      case SyntaxError::Kind::tooMany:
        sink_.add(
            report<Code::SYN029>(span(e.token)).help("mend the first ones, then check again"));
        return;
      case SyntaxError::Kind::tooDeep:
        sink_.add(report<Code::SYN021>(span(e.token), 256)
                      .help("take the inner parts out, for instance into computed properties"));
        return;
      case SyntaxError::Kind::wrongCloser: return wrongCloser(e);
      case SyntaxError::Kind::unexpected: break;
    }
    if (sameCause(e)) return;
    if (rootNamespace(e) || neverClosed(e) || neverOpened(e) || reserved(e) || equals(e)) return;
    const ErrorView view(file_, text_, tokens_, e);
    for (const auto habit : {typeHabit, expressionHabit, memberHabit, declarationHabit})
      if (auto said = habit(view)) return add(std::move(*said));
    if (missingColon(e) || unfinished(e)) return;
    general(e);
  }

  // Commas behind members stand on every line: they are told once, and one fix mends them all.
  void finish() {
    if (!comma_) return;
    if (const size_t more = comma_->fixes[0].edits.size() - 1; more > 0)
      comma_->note(fmt::format("{} more in this file", more));
    sink_.add(std::move(*comma_));
  }

private:
  void add(Diagnostic d) {
    const bool comma = d.code == Code::SYN006 && text_[d.span.begin] == ',';
    if (!comma) return void(sink_.add(std::move(d)));
    if (comma_)
      comma_->fixes[0].edits.push_back(std::move(d.fixes[0].edits[0]));
    else
      comma_ = std::move(d);
  }

  // One line, one slip: what the parser says about the rest of a line comes of the first error on
  // it, unless the line holds a whole list in braces.
  bool sameCause(const SyntaxError& e) {
    // What is missing at the end of a line is told there.
    const bool atEnd = e.token > 0 && token(e.token).startsLine && !in(e, Rules::RuleFile) &&
                       !can(e, TokenKind::LABEL) && !can(e, TokenKind::RBRACE);
    const uint32_t line = lineOf(atEnd ? e.token - 1 : e.token);
    const bool again = lastLine_ == line && !inBracesOfLine(line, lastToken_);
    // `up a = b` lacks both of its braces.
    const bool second = in(e, Rules::RuleAssigns) && missingBrace_ && can(e, TokenKind::RBRACE);
    // The word that begins the next line was taken for what was missing at the end of this one.
    const bool next = lastAtEnd_ && e.token == lastToken_ + 1 && isSoftWord(token(lastToken_).kind);
    if (again || second || next) return true;
    lastAtEnd_ = atEnd;
    lastLine_ = line;
    lastToken_ = e.token;
    missingBrace_ = in(e, Rules::RuleAssigns) && can(e, TokenKind::LBRACE);
    return false;
  }
  uint32_t lineOf(uint32_t token) const {
    while (token > 0 && !tokens_[token].startsLine) --token;
    return token;
  }
  bool inBracesOfLine(uint32_t line, uint32_t token) const {
    int depth = 0;
    for (uint32_t i = line; i < token; ++i) {
      if (tokens_[i].kind == TokenKind::LBRACE) ++depth;
      if (tokens_[i].kind == TokenKind::RBRACE) --depth;
    }
    return depth > 0;
  }

  const Token& token(size_t index) const { return tokens_[std::min(index, tokens_.size() - 1)]; }
  Span span(size_t index) const {
    const Token& t = token(index);
    return {file_, t.begin, t.end};
  }
  std::string_view textOf(size_t index) const {
    const Token& t = token(index);
    return text_.substr(t.begin, t.end - t.begin);
  }
  static bool can(const SyntaxError& e, TokenKind kind) {
    return std::ranges::binary_search(e.expected, kind);
  }
  static bool in(const SyntaxError& e, uint16_t rule) {
    return !e.rules.empty() && e.rules.front() == rule;
  }
  bool inMembers(const SyntaxError& e) const {
    return in(e, Rules::RuleEntityDecl) || in(e, Rules::RuleMixinDecl) ||
           in(e, Rules::RuleGroupDecl);
  }

  // ---- brackets
  void wrongCloser(const SyntaxError& e) {
    const auto right = fixedText(closerOf(token(e.opener).kind));
    sink_.add(report<Code::SYN003>(span(e.token), textOf(e.token), textOf(e.opener))
                  .label(span(e.opener), "opened here")
                  .fix({fmt::format("write `{}`", right),
                        FixSafety::review,
                        {{span(e.token), std::string(right)}}}));
  }

  bool neverClosed(const SyntaxError& e) {
    if (e.opener == SyntaxError::kNone) return false;
    const TokenKind opener = token(e.opener).kind, here = token(e.token).kind;
    const bool foreignCloser = here == TokenKind::RBRACE && opener != TokenKind::LBRACE;
    const bool nextElement = opener != TokenKind::LBRACE && token(e.token).startsLine &&
                             can(e, closerOf(opener)) &&
                             (here == TokenKind::LABEL || isSoftWord(here));
    if (!e.endsDeclaration && !foreignCloser && !nextElement) return false;
    if (!saidOpen_.empty() && std::ranges::find(saidOpen_, e.opener) != saidOpen_.end())
      return true;
    saidOpen_.push_back(e.opener);
    Diagnostic d = report<Code::SYN004>(span(e.opener), textOf(e.opener));
    if (here == TokenKind::endOfFile)
      d.note("the file ends before it is");
    else
      d.label(span(e.token), "this cannot stand inside it");
    d.help(fmt::format("write `{}` where it ends", fixedText(closerOf(opener))));
    // Before the line on which the next thing begins.
    if (e.token > 0) {
      const std::string closer(fixedText(closerOf(opener)));
      const Span end{file_, token(e.token - 1).end, token(e.token - 1).end};
      const bool ownLine = opener == TokenKind::LBRACE && lineOf(e.opener) != lineOf(e.token - 1);
      d.fix({fmt::format("write `{}` before it", closer),
             FixSafety::review,
             {{end, (ownLine                       ? "\n"
                     : opener == TokenKind::LBRACE ? " "
                                                   : "") +
                        closer}}});
    }
    sink_.add(std::move(d));
    return true;
  }

  bool neverOpened(const SyntaxError& e) {
    const TokenKind here = token(e.token).kind;
    if (!isCloser(here) ||
        (e.opener != SyntaxError::kNone && closerOf(token(e.opener).kind) == here))
      return false;
    sink_.add(report<Code::SYN005>(span(e.token), textOf(e.token))
                  .help("leave it out, or look for a bracket that was closed too early"));
    return true;
  }

  // `namespace / {`
  bool rootNamespace(const SyntaxError& e) {
    if (e.token < 2 || token(e.token - 1).kind != TokenKind::SLASH ||
        token(e.token - 2).kind != TokenKind::NAMESPACE || token(e.token).kind != TokenKind::LBRACE)
      return false;
    sink_.add(report<Code::CFG022>(span(e.token - 1))
                  .note("it holds what the system gives by default, and every namespace lies in it")
                  .help("declare a namespace below it: `namespace /teams { … }`"));
    return true;
  }

  // ---- names
  bool reserved(const SyntaxError& e) {
    static constexpr std::array<std::string_view, 9> kReserved = {
        "true", "false", "null", "and", "or", "not", "in", "is", "case"};
    const auto word = textOf(e.token);
    const bool nameOnly = can(e, TokenKind::ID) && !can(e, TokenKind::NUMBER);
    if (!nameOnly || std::ranges::find(kReserved, word) == kReserved.end()) return false;
    const std::string quoted = "`" + std::string(word) + "`";
    sink_.add(report<Code::SYN013>(span(e.token), word)
                  .help("choose another name, or put it between backticks")
                  .fix({"put it between backticks", FixSafety::review, {{span(e.token), quoted}}}));
    return true;
  }

  // `name string(40)` where a member begins.
  bool missingColon(const SyntaxError& e) {
    if (!can(e, TokenKind::LABEL) ||
        !(inMembers(e) || in(e, Rules::RuleKeyMember) || in(e, Rules::RuleSchemaDecl)))
      return false;
    const Token& name = token(e.token);
    const Token& next = token(e.token + 1);
    const bool first = name.startsLine || in(e, Rules::RuleKeyMember) ||
                       (e.token > 0 && isOpener(token(e.token - 1).kind));
    if (!first || !isNameLike(name.kind) || next.startsLine) return false;
    // Another declaration: a brace that was never opened is told where it is missing.
    if (e.endsDeclaration && e.opener == SyntaxError::kNone) return true;
    if (!isNameLike(next.kind) || name.quiet || next.quiet) return false;
    const Span after{file_, name.end, name.end};
    const auto safety = isOwnType(textOf(e.token + 1)) ? FixSafety::safe : FixSafety::review;
    sink_.add(report<Code::SYN002>(span(e.token), textOf(e.token))
                  .help("a property is `name: type`")
                  .fix({"insert `:`", safety, {{after, ":"}}}));
    return true;
  }

  // `!==`, `===`, `=>`, `=<`: an operator of another language, which the scanner took for two.
  bool doubled(const SyntaxError& e) {
    const Token& t = token(e.token);
    const auto say = [&](Span at, std::string_view ours) {
      sink_.add(
          report<Code::SYN009>(at, text_.substr(at.begin, at.end - at.begin))
              .help(fmt::format("write `{}`", ours))
              .fix({fmt::format("write `{}`", ours), FixSafety::safe, {{at, std::string(ours)}}}));
      return true;
    };
    if (e.token > 0 && token(e.token - 1).end == t.begin) {
      const Span both = join(span(e.token - 1), span(e.token));
      if (token(e.token - 1).kind == TokenKind::NE) return say(both, "!=");
      if (token(e.token - 1).kind == TokenKind::EQEQ) return say(both, "==");
    }
    if (token(e.token + 1).begin != t.end) return false;
    const Span both = join(span(e.token), span(e.token + 1));
    if (token(e.token + 1).kind == TokenKind::GT) return say(both, ">=");
    if (token(e.token + 1).kind == TokenKind::LT) return say(both, "<=");
    return false;
  }

  // `check a = b`, `(a = b)`, `where a = b`
  bool equals(const SyntaxError& e) {
    if (token(e.token).kind != TokenKind::EQ) return false;
    bool condition = can(e, TokenKind::EQEQ);
    for (size_t i = e.token; i-- > 0 && !condition;) {
      const TokenKind kind = tokens_[i].kind;
      condition = kind == TokenKind::CHECK || kind == TokenKind::WHERE ||
                  kind == TokenKind::USING || kind == TokenKind::WHEN;
      if (tokens_[i].startsLine || kind == TokenKind::LBRACE) break;
    }
    if (!condition) return false;
    if (doubled(e)) return true;
    if (textOf(e.token + 1) == "null") {
      sink_.add(report<Code::SYN010>(span(e.token))
                    .help("null is tested by `is null`")
                    .fix({"write `is`", FixSafety::safe, {{span(e.token), "is"}}}));
      return true;
    }
    sink_.add(report<Code::SYN010>(span(e.token))
                  .help("`=` gives a default or a value; equality is `==`")
                  .fix({"write `==`", FixSafety::safe, {{span(e.token), "=="}}}));
    return true;
  }

  // `check a +`, and on the next line another `check`, which was taken for a name: the mistake is
  // on the line before.
  bool unfinished(const SyntaxError& e) {
    if (e.token < 2 || token(e.token).startsLine || !token(e.token - 1).startsLine) return false;
    const TokenKind word = token(e.token - 1).kind, before = token(e.token - 2).kind;
    const bool expects = before == TokenKind::EQ ||
                         (before >= TokenKind::EQEQ && before <= TokenKind::CONCAT) ||
                         isReserved(before) || isSoftWord(before);
    if (!isSoftWord(word) || !expects || !can(e, word)) return false;
    sink_.add(report<Code::SYN001>(span(e.token - 2),
                                   fmt::format("something after `{}`", textOf(e.token - 2)),
                                   "the end of the line"));
    return true;
  }

  // ---- everything else
  std::string found(const SyntaxError& e) const {
    const Token& t = token(e.token);
    std::string shown(textOf(e.token));
    if (const auto newline = shown.find_first_of("\r\n"); newline != std::string::npos)
      shown = shown.substr(0, newline) + "…";
    if (shown.size() > 40) {
      size_t cut = 37;
      while (cut > 0 && (uint8_t(shown[cut]) & 0xC0) == 0x80) --cut;
      shown = shown.substr(0, cut) + "…";
    }
    switch (t.kind) {
      case TokenKind::endOfFile: return "the end of the file";
      case TokenKind::STRING:
      case TokenKind::RAW_STRING: return "the string `" + shown + "`";
      case TokenKind::NUMBER: return "the number `" + shown + "`";
      case TokenKind::DURATION: return "the duration `" + shown + "`";
      default: return "`" + shown + "`";
    }
  }

  // At most five, the general before the particular.
  std::string expected(const SyntaxError& e) const {
    std::vector<TokenKind> left = e.expected;
    std::vector<std::string> words;
    const auto has = [&](TokenKind k) { return std::ranges::find(left, k) != left.end(); };
    const auto drop = [&](auto predicate) { std::erase_if(left, predicate); };
    const bool declarations = has(TokenKind::ENTITY) && has(TokenKind::MIXIN) &&
                              has(TokenKind::NAMESPACE) && !has(TokenKind::ID);
    if (has(TokenKind::NUMBER) && has(TokenKind::TRUE_) && has(TokenKind::LPAREN) &&
        has(TokenKind::ID)) {
      words.push_back("an expression");
      drop([](TokenKind k) {
        return isNameLike(k) || isReserved(k) || k == TokenKind::NUMBER ||
               k == TokenKind::BAD_NUMBER || k == TokenKind::DURATION || k == TokenKind::STRING ||
               k == TokenKind::RAW_STRING || k == TokenKind::LPAREN || k == TokenKind::LBRACK ||
               k == TokenKind::LBRACE || k == TokenKind::MINUS;
      });
    } else if (has(TokenKind::OR) && has(TokenKind::EQEQ) && has(TokenKind::PLUS)) {
      drop([](TokenKind k) {
        return (k >= TokenKind::EQEQ && k <= TokenKind::CONCAT) || k == TokenKind::AND ||
               k == TokenKind::OR || k == TokenKind::NOT || k == TokenKind::IN_ ||
               k == TokenKind::IS || k == TokenKind::LIKE || k == TokenKind::BETWEEN ||
               k == TokenKind::DOT;
      });
      words.push_back("an operator");
    }
    if (has(TokenKind::ID)) {
      words.push_back(in(e, Rules::RuleTypeRef) || in(e, Rules::RulePropType) ? "a type"
                                                                              : "a name");
      drop([](TokenKind k) { return isNameLike(k); });
    }
    if (has(TokenKind::LABEL)) {
      if (has(TokenKind::CHECK) && has(TokenKind::INDEX)) {
        words.push_back("a property (`name: type`)");
        words.push_back("another member");
        drop([](TokenKind k) {
          return k == TokenKind::KEY || k == TokenKind::UNIQUE || k == TokenKind::INDEX ||
                 k == TokenKind::CHECK || k == TokenKind::GROUP;
        });
      } else {
        words.push_back(in(e, Rules::RuleSchemaDecl) ? "a setting (`name: type`)"
                                                     : "a property (`name: type`)");
      }
      drop([](TokenKind k) { return k == TokenKind::LABEL; });
    }
    if (declarations) {
      words.push_back("a declaration (`entity`, `enum`, `type`, …)");
      drop([](TokenKind k) { return isSoftWord(k); });
    }
    const auto value = [&](TokenKind one, TokenKind other, const char* word) {
      if (!has(one) && !has(other)) return;
      words.push_back(word);
      drop([&](TokenKind k) { return k == one || k == other; });
    };
    value(TokenKind::STRING, TokenKind::RAW_STRING, "a string");
    value(TokenKind::NUMBER, TokenKind::NUMBER, "a number");
    value(TokenKind::DURATION, TokenKind::DURATION, "a duration");
    drop([](TokenKind k) { return k == TokenKind::BAD_NUMBER; });
    if (has(TokenKind::AT) && left.size() > 3) {
      words.push_back("an annotation");
      drop([](TokenKind k) { return k == TokenKind::AT; });
    }
    for (const TokenKind k : left)
      words.push_back(k == TokenKind::endOfFile ? "the end of the file"
                                                : fmt::format("`{}`", fixedText(k)));
    if (words.empty()) return "something else";
    if (words.size() > 5) {
      words.resize(4);
      words.push_back("the like");
    }
    std::string out = words[0];
    for (size_t i = 1; i < words.size(); ++i)
      out += (i + 1 == words.size() ? " or " : ", ") + words[i];
    return out;
  }

  void general(const SyntaxError& e) {
    // What is missing at the end of a line is missing there, not where the next one begins.
    if (e.token > 0 && token(e.token).startsLine && !in(e, Rules::RuleFile) &&
        !can(e, TokenKind::LABEL) && !can(e, TokenKind::RBRACE)) {
      sink_.add(report<Code::SYN001>(span(e.token - 1),
                                     fmt::format("{} after `{}`", expected(e), textOf(e.token - 1)),
                                     "the end of the line"));
      return;
    }
    Diagnostic d = report<Code::SYN001>(span(e.token), expected(e), found(e));
    if (isNameLike(token(e.token).kind)) {
      std::vector<std::string_view> candidates;
      if (!can(e, TokenKind::ID))
        for (const TokenKind k : e.expected)
          if (isSoftWord(k)) candidates.push_back(fixedText(k));
      const auto close = suggestions(textOf(e.token), candidates);
      if (!close.empty()) {
        d.help(didYouMean(close));
        if (close.size() == 1)
          d.fix({"write `" + close[0] + "`", FixSafety::review, {{span(e.token), close[0]}}});
      }
    }
    if (token(e.token).kind == TokenKind::LABEL && can(e, TokenKind::ID) &&
        !can(e, TokenKind::LABEL))
      d.help("no colon stands here");
    sink_.add(std::move(d));
  }

  FileId file_;
  std::string_view text_;
  const std::vector<Token>& tokens_;
  DiagnosticSink& sink_;
  std::vector<uint32_t> saidOpen_;
  uint32_t lastLine_ = SyntaxError::kNone;  // of the last error that was told: its line, itself
  uint32_t lastToken_ = 0;
  bool lastAtEnd_ = false;
  bool missingBrace_ = false;
  std::optional<Diagnostic> comma_;
};

}  // namespace

void reportSyntaxErrors(const std::vector<SyntaxError>& errors, FileId file, std::string_view text,
                        const std::vector<Token>& tokens, DiagnosticSink& sink) {
  Wording wording(file, text, tokens, sink);
  for (const SyntaxError& e : errors) wording.say(e);
  wording.finish();
}

}  // namespace cambium::syntax
