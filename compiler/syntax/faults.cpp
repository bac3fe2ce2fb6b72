#include "compiler/syntax/faults.h"

#include <algorithm>

#include "compiler/syntax/syntax_error.h"

namespace cambium::syntax {
namespace {

class Mender {
public:
  Mender(FileId file, std::string_view text, ScannedText& scanned, unsigned maxNesting,
         DiagnosticSink& sink)
      : file_(file),
        text_(text),
        tokens_(scanned.tokens),
        comments_(scanned.comments),
        maxNesting_(maxNesting),
        sink_(sink) {}

  void run(bool hasFaults) {
    checkComments();
    if (!hasFaults && !needsEdit()) return;
    places_.resize(tokens_.size());
    out_.reserve(tokens_.size());
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      places_[at_] = uint32_t(out_.size());
      token();
    }
    for (CommentToken& c : comments_) c.before = places_[c.before];
    tokens_ = std::move(out_);
  }

private:
  Span span(const Token& t) const { return {file_, t.begin, t.end}; }
  std::string_view textOf(const Token& t) const { return text_.substr(t.begin, t.end - t.begin); }
  static bool opens(TokenKind k) {
    return k == TokenKind::LBRACE || k == TokenKind::LPAREN || k == TokenKind::LBRACK;
  }
  static bool closes(TokenKind k) {
    return k == TokenKind::RBRACE || k == TokenKind::RPAREN || k == TokenKind::RBRACK;
  }

  // Two commas in a row, or brackets too deep: the only reasons to touch tokens that are all right
  // by themselves.
  bool needsEdit() const {
    unsigned depth = 0;
    TokenKind previous = TokenKind::endOfFile;
    for (const Token& t : tokens_) {
      if (opens(t.kind) && ++depth > maxNesting_) return true;
      if (closes(t.kind) && depth > 0) --depth;
      if (t.kind == TokenKind::COMMA && previous == TokenKind::COMMA) return true;
      previous = t.kind;
    }
    return false;
  }

  void keep(Token t) {
    t.quiet = t.quiet || (quietNext_ && (!t.startsLine || t.kind == TokenKind::endOfFile));
    t.startsLine = t.startsLine || lineStartNext_;
    quietNext_ = lineStartNext_ = false;
    out_.push_back(t);
  }
  void keepAs(TokenKind kind) {
    Token t = tokens_[at_];
    t.kind = kind;
    keep(t);
  }
  void keepQuietly(TokenKind kind) {
    keepAs(kind);
    out_.back().quiet = true;
  }
  // Whatever the parser would say about the rest of the line comes of what was taken out.
  void takeOut(bool quietNext = true) {
    quietNext_ = quietNext_ || quietNext;
    lineStartNext_ = lineStartNext_ || tokens_[at_].startsLine;
  }
  void swallowNext() { places_[++at_] = uint32_t(out_.size()); }
  // A file of another kind is not answered by a million reports.
  void say(Diagnostic d) {
    if (said_ == kMaxSyntaxErrors) {
      d = report<Code::SYN029>(d.span).help("mend the first ones, then check again");
    }
    if (said_++ <= kMaxSyntaxErrors) sink_.add(std::move(d));
  }

  void token() {
    const Token& t = tokens_[at_];
    if (opens(t.kind)) {
      if (++depth_ > maxNesting_) return tooDeep();
    } else if (closes(t.kind) && depth_ > 0) {
      --depth_;
    }
    switch (t.kind) {
      case TokenKind::COMMA:
        if (!out_.empty() && out_.back().kind == TokenKind::COMMA) {
          say(report<Code::SYN028>(span(t))
                  .label(span(out_.back()), "the comma before")
                  .fix({"leave one out", FixSafety::review, {{span(t), ""}}}));
          return takeOut(false);
        }
        return keep(t);
      case TokenKind::SEMICOLON:
        say(report<Code::SYN006>(span(t))
                .help("nothing separates members and declarations; lists have commas")
                .fix({"leave it out", FixSafety::safe, {{span(t), ""}}}));
        return takeOut(false);
      case TokenKind::SQL_COMMENT:
      case TokenKind::HASH_COMMENT: {
        const uint32_t length = t.kind == TokenKind::HASH_COMMENT ? 1 : 2;
        const Span sign{file_, t.begin, t.begin + length};
        // `a--1` may be meant as a minus of a negative number.
        const bool comment = t.startsLine || t.begin + length == t.end ||
                             text_[t.begin + length] == ' ' || length == 1;
        say(report<Code::SYN007>(sign, textOf(t).substr(0, length))
                .help(comment ? "comments are `// …` and `/* … */`"
                              : "comments are `// …`; minus a negative number is `a - -1`")
                .fix(
                    {"write `//`", comment ? FixSafety::safe : FixSafety::review, {{sign, "//"}}}));
        return takeOut(false);
      }
      case TokenKind::SQL_STRING: {
        std::string text = "\"";
        const auto body = textOf(t).substr(1, textOf(t).size() - 2);
        for (size_t i = 0; i < body.size(); ++i) {
          if (body[i] == '"' || body[i] == '\\') text += '\\';
          text += body[i];
          if (body[i] == '\'') ++i;  // doubled, for one
        }
        text += '"';
        say(report<Code::SYN008>(span(t)).fix(
            {"write `" + text + "`", FixSafety::safe, {{span(t), text}}}));
        return keepAs(TokenKind::STRING);
      }
      case TokenKind::SQL_NE: return operatorOf("!=", TokenKind::NE);
      case TokenKind::AMP_AND: return operatorOf("and", TokenKind::AND);
      case TokenKind::BANG: return operatorOf("not ", TokenKind::NOT);
      case TokenKind::UNTERMINATED_STRING: {
        say(report<Code::SYN014>(span(t), "string")
                .help("strings end on their line; longer ones stand in `\"\"\"…\"\"\"`")
                .fix({"close the string", FixSafety::review, {{{file_, t.end, t.end}, "\""}}}));
        Token closed = t;
        closed.kind = TokenKind::STRING;
        closed.quiet = true;
        keep(closed);
        quietNext_ = true;
        return;
      }
      case TokenKind::UNTERMINATED_RAW_STRING:
        say(report<Code::SYN014>({file_, t.begin, t.begin + 3}, "string")
                .help("it ends with another `\"\"\"`"));
        quietNext_ = true;
        return;
      case TokenKind::UNTERMINATED_ID:
        say(report<Code::SYN014>(span(t), "name")
                .help("a quoted name ends with a backtick on the same line"));
        if (t.end == t.begin + 1) return takeOut();
        return keepQuietly(TokenKind::ID);
      case TokenKind::EMPTY_ID:
        say(report<Code::SYN001>(span(t), "a name", "nothing between backticks"));
        return keepQuietly(TokenKind::ID);
      case TokenKind::FOREIGN_WORD: return foreignWord();
      case TokenKind::ERRCHAR: return unknown();
      default: return keep(t);
    }
  }

  void operatorOf(std::string_view ours, TokenKind kind) {
    const Token& t = tokens_[at_];
    const auto shown = ours.back() == ' ' ? ours.substr(0, ours.size() - 1) : ours;
    // `not` binds looser than `!`: what follows may have to be put in parentheses.
    say(report<Code::SYN009>(span(t), textOf(t))
            .help(fmt::format("write `{}`", shown))
            .fix({fmt::format("write `{}`", shown),
                  kind == TokenKind::NOT ? FixSafety::review : FixSafety::safe,
                  {{span(t), std::string(ours)}}}));
    keepAs(kind);
  }

  void foreignWord() {
    const Token& t = tokens_[at_];
    if (!knownFault(t)) {
      const auto text = textOf(t);
      size_t i = 0;
      while (i < text.size() && uint8_t(text[i]) < 0x80) ++i;
      const Decoded d = decodeUtf8(text, i);
      const auto begin = uint32_t(t.begin + i);
      say(report<Code::SYN017>({file_, begin, begin + d.length},
                               fmt::format("`{}`", text.substr(i, d.length)))
              .help("names are made of the letters `a` to `z`, digits and `_`; anything else may "
                    "stand in strings and comments"));
    }
    if (at_ + 1 < tokens_.size() && tokens_[at_ + 1].kind == TokenKind::COLON) {
      Token joined = t;
      joined.end = tokens_[at_ + 1].end;
      joined.kind = TokenKind::LABEL;
      keep(joined);
      return swallowNext();
    }
    keepQuietly(TokenKind::ID);
  }

  // The characters' own report has spoken of it.
  bool knownFault(const Token& t) const { return !findCharacterFaults(textOf(t)).empty(); }

  void unknown() {
    const Token& t = tokens_[at_];
    const bool sameRun =
        at_ > 0 && tokens_[at_ - 1].kind == TokenKind::ERRCHAR && tokens_[at_ - 1].end == t.begin;
    if (!knownFault(t) && !sameRun) {
      const Decoded d = decodeUtf8(text_, t.begin);
      Diagnostic diagnostic = report<Code::SYN017>(span(t), fmt::format("`{}`", textOf(t)));
      const auto c = d.codePoint;
      if (c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F ||
          c == 0x3000) {
        diagnostic = report<Code::SYN017>(span(t), fmt::format("the blank U+{:04X}", c));
        diagnostic.help("use an ordinary space")
            .fix({"write a space", FixSafety::safe, {{span(t), " "}}});
      } else if (c >= 0x201C && c <= 0x201F) {
        diagnostic.help("strings stand in straight double quotes: `\"…\"`")
            .fix({"write `\"`", FixSafety::review, {{span(t), "\""}}});
      } else if (c == '\'') {
        diagnostic = report<Code::SYN008>(span(t)).help("write `\"…\"`");
      } else if (c == '|') {
        diagnostic.help("write `or`, or `||` to join strings");
      } else if (c == '&') {
        diagnostic.help("write `and`");
      }
      say(std::move(diagnostic));
    }
    if (!out_.empty() && out_.back().end == t.begin) out_.back().quiet = true;  // it split a word
    takeOut();
  }

  // Everything up to the bracket that closes it goes, and something quiet takes its place.
  void tooDeep() {
    const Token& first = tokens_[at_];
    if (!tooDeepReported_)
      say(report<Code::SYN021>(span(first), maxNesting_)
              .help("take the inner parts out, for instance into computed properties"));
    tooDeepReported_ = true;
    const unsigned outside = depth_ - 1;
    Token t = first;
    while (at_ + 1 < tokens_.size() && tokens_[at_ + 1].kind != TokenKind::endOfFile &&
           depth_ > outside) {
      const Token& next = tokens_[at_ + 1];
      if (next.startsLine && next.begin > 0 && text_[next.begin - 1] == '\n' &&
          isNameLike(next.kind)) {
        depth_ = 0;  // the next declaration: the brackets were never closed
        break;
      }
      swallowNext();
      if (opens(tokens_[at_].kind)) ++depth_;
      if (closes(tokens_[at_].kind)) --depth_;
    }
    t.end = tokens_[at_].end;
    t.quiet = true;
    t.kind = TokenKind::NULL_;
    quietNext_ = true;
    keep(t);
    quietNext_ = true;
  }

  // ---- comments
  void checkComments() {
    for (const CommentToken& c : comments_) {
      if (insidePath(c)) {
        say(report<Code::SYN012>({file_, c.begin, c.begin + 2}, text_.substr(c.begin, 2))
                .help("write one `/` between the parts of a path, and a blank before a comment"));
        tokens_[c.before].quiet = true;
      } else if (c.kind == TokenKind::UNTERMINATED_COMMENT) {
        say(report<Code::SYN015>({file_, c.begin, c.begin + 2})
                .help("block comments nest: each `/*` needs its own `*/`"));
        tokens_[c.before].quiet = true;
      }
    }
  }

  // `/teams//payments` and `/teams/*`: the comment touches a path.
  bool insidePath(const CommentToken& c) const {
    if (c.before == 0 || tokens_[c.before - 1].end != c.begin) return false;
    uint32_t i = c.before;
    bool slash = false;
    const auto belongs = [](TokenKind k) {
      return isNameLike(k) || isReserved(k) || k == TokenKind::REF || k == TokenKind::NUMBER ||
             k == TokenKind::DURATION || k == TokenKind::BAD_NUMBER || k == TokenKind::MINUS ||
             k == TokenKind::SLASH;
    };
    while (i > 0 && belongs(tokens_[i - 1].kind) &&
           tokens_[i - 1].end == (i == c.before ? c.begin : tokens_[i].begin)) {
      --i;
      slash = slash || tokens_[i].kind == TokenKind::SLASH;
    }
    if (i == 0 || i == c.before) return false;
    const TokenKind before = tokens_[i - 1].kind;
    return before == TokenKind::CONFIG ||
           (before == TokenKind::NAMESPACE && (slash || tokens_[i].kind == TokenKind::SLASH));
  }

  FileId file_;
  std::string_view text_;
  std::vector<Token>& tokens_;
  std::vector<CommentToken>& comments_;
  unsigned maxNesting_;
  DiagnosticSink& sink_;
  std::vector<Token> out_;
  std::vector<uint32_t> places_;  // where each token went
  size_t at_ = 0;
  unsigned depth_ = 0;
  size_t said_ = 0;
  bool quietNext_ = false;
  bool lineStartNext_ = false;
  bool tooDeepReported_ = false;
};

}  // namespace

void reportCharacters(FileId file, std::string_view text, DiagnosticSink& sink) {
  using Kind = CharacterFault::Kind;
  size_t said = 0;
  for (const CharacterFault& f : findCharacterFaults(text)) {
    const Span span{file, f.begin, f.end};
    if (said++ == kMaxSyntaxErrors) {
      sink.add(report<Code::SYN029>(span).help("mend the first ones, then check again"));
      return;
    }
    switch (f.kind) {
      case Kind::notUtf8:
        sink.add(report<Code::SYN018>(span, f.codePoint).help("save the file as UTF-8"));
        break;
      case Kind::bidirectional:
        sink.add(report<Code::SYN019>(span, "bidirectional", f.codePoint)
                     .note("it can make a text read differently from what it says")
                     .help("take it out, or write it in a string as an escape: `\\u{…}`")
                     .fix({"take it out", FixSafety::review, {{span, ""}}}));
        break;
      case Kind::invisible:
      case Kind::control:
        sink.add(report<Code::SYN019>(span, f.kind == Kind::control ? "control" : "invisible",
                                      f.codePoint)
                     .help("take it out, or write it in a string as an escape: `\\u{…}`")
                     .fix({"take it out", FixSafety::review, {{span, ""}}}));
        break;
    }
  }
}

void mendTokens(FileId file, std::string_view text, ScannedText& scanned, unsigned maxNesting,
                DiagnosticSink& sink) {
  Mender(file, text, scanned, maxNesting, sink).run(scanned.hasFaults);
}

}  // namespace cambium::syntax
