#include "compiler/syntax/faults.h"

#include <algorithm>

#include "compiler/syntax/lines_of_strings.h"
#include "compiler/syntax/look_alikes.h"
#include "compiler/syntax/surroundings.h"
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
    if (hasFaults) {
      joined_ = joinLines(file_, text_, tokens_, comments_);
      expandSigns();
    }
    places_.resize(tokens_.size());
    out_.reserve(tokens_.size());
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      places_[at_] = uint32_t(out_.size());
      token();
    }
    for (CommentToken& c : comments_) c.before = places_[c.before];
    tokens_ = std::move(out_);
    for (Repeated& r : repeated_) sayRepeated(r);
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
    if (t.kind == TokenKind::ENUM || t.kind == TokenKind::LBRACE || t.kind == TokenKind::RBRACE)
      enum_ = t.kind == TokenKind::ENUM                            ? Enum::head
              : t.kind == TokenKind::LBRACE && enum_ == Enum::head ? Enum::body
                                                                   : Enum::none;
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

  // A sign that somebody writes by habit stands on every line: it is told once, and one fix mends
  // them all.
  struct Repeated {
    std::string_view sign;  // as written
    Diagnostic diagnostic;  // about the first
    std::string title, replacement;
    std::vector<Span> places;
  };
  void sayEachOnce(Diagnostic d, std::string_view sign, Span place, std::string title,
                   std::string replacement) {
    const auto known = std::ranges::find(repeated_, sign, &Repeated::sign);
    if (known != repeated_.end()) return known->places.push_back(place);
    repeated_.push_back({sign, std::move(d), std::move(title), std::move(replacement), {place}});
  }
  void sayRepeated(Repeated& r) {
    FixIt fix{r.title, FixSafety::safe, {}};
    for (const Span place : r.places) fix.edits.push_back({place, r.replacement});
    if (const size_t more = r.places.size() - 1; more > 0)
      r.diagnostic.note(fmt::format("{} more in this file", more));
    say(std::move(r.diagnostic).fix(std::move(fix)));
  }

  // Signs that only look like ours (full-width brackets, arrows, dashes) are read as ours: each
  // such token is scanned again with ours in their places, which take no more bytes.
  void expandSigns() {
    std::vector<Token> expanded;
    std::vector<uint32_t> places(tokens_.size());
    uint32_t quotedUntil = 0;
    bool any = false;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const Token& t = tokens_[i];
      places[i] = uint32_t(expanded.size());
      // What a typographer's quotes enclose is a string.
      if (t.kind == TokenKind::ERRCHAR && t.begin >= quotedUntil)
        quotedUntil = std::max(quotedUntil, quoteEnd(t));
      if (t.begin < quotedUntil) {
        expanded.push_back(t);
        continue;
      }
      if (t.kind != TokenKind::FOREIGN_WORD && t.kind != TokenKind::ERRCHAR) {
        expanded.push_back(t);
        continue;
      }
      const std::string ours = withOurSigns(t);
      if (ours.empty()) {
        expanded.push_back(t);
        continue;
      }
      any = true;
      const ScannedText parts = scan(ours);
      for (Token part : parts.tokens) {
        if (part.kind == TokenKind::endOfFile) continue;
        part.begin += t.begin;
        part.end = std::min(part.end + t.begin, t.end);
        part.startsLine = part.startsLine && t.startsLine;
        const bool label = part.kind == TokenKind::COLON && !expanded.empty() &&
                           isNameLike(expanded.back().kind) && !part.startsLine;
        if (label) {
          expanded.back().kind = TokenKind::LABEL;
          expanded.back().end = part.end;
        } else {
          expanded.push_back(part);
        }
      }
    }
    if (!any) return;
    for (CommentToken& c : comments_) c.before = places[c.before];
    tokens_ = std::move(expanded);
    places_.resize(tokens_.size());
  }

  // The token's text with our signs, padded to its length; empty if none is to be replaced.
  std::string withOurSigns(const Token& t) {
    std::string out(textOf(t));
    bool any = false;
    for (size_t i = t.begin; i < t.end;) {
      const Decoded d = decodeUtf8(text_, i);
      const size_t length = std::max<uint32_t>(1, d.length);
      const auto ours = d.length > 1 ? signFor(d.codePoint) : std::string_view();
      if (!ours.empty()) {
        const Span at{file_, uint32_t(i), uint32_t(i + length)};
        say(report<Code::SYN017>(at, fmt::format("`{}`", text_.substr(i, length)))
                .help(fmt::format("write `{}`", ours))
                .fix(
                    {fmt::format("write `{}`", ours), FixSafety::safe, {{at, std::string(ours)}}}));
        out.replace(i - t.begin, length,
                    std::string(ours) + std::string(length - ours.size(), ' '));
        any = true;
      }
      i += length;
    }
    return any ? out : std::string();
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
        if (endsCreateStatement(out_, text_)) return takeOut(false);
        sayEachOnce(report<Code::SYN006>(span(t), ";")
                        .help("nothing separates members and declarations; lists have commas"),
                    ";", span(t), "leave it out", "");
        return takeOut(false);
      case TokenKind::SQL_COMMENT:
      case TokenKind::HASH_COMMENT: {
        const uint32_t length = t.kind == TokenKind::HASH_COMMENT ? 1 : 2;
        const Span sign{file_, t.begin, t.begin + length};
        // `a--1` may be meant as a minus of a negative number.
        const bool comment = t.startsLine || t.begin + length == t.end ||
                             text_[t.begin + length] == ' ' || length == 1;
        const auto written = textOf(t).substr(0, length);
        if (comment)
          sayEachOnce(report<Code::SYN007>(sign, written).help("comments are `// …` and `/* … */`"),
                      written, sign, "write `//`", "//");
        else
          say(report<Code::SYN007>(sign, written)
                  .help("comments are `// …`; minus a negative number is `a - -1`")
                  .fix({"write `//`", FixSafety::review, {{sign, "//"}}}));
        // What is left of `a--1 > 0` is not what was meant.
        if (!comment && !out_.empty()) out_.back().quiet = true;
        return takeOut(false);
      }
      case TokenKind::SQL_STRING: {
        // `enum Status { open = 'o' }`: a member has no value, in whatever quotes.
        if (enum_ == Enum::body && !out_.empty() && out_.back().kind == TokenKind::EQ)
          return keepAs(TokenKind::STRING);
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
      case TokenKind::LT:
        if (text_.substr(t.begin, 4) == "<!--") return markup();
        return keep(t);
      case TokenKind::SQL_NE: return operatorOf("!=", TokenKind::NE);
      case TokenKind::AMP_AND: return operatorOf("and", TokenKind::AND);
      case TokenKind::BANG:
        if (marksRequired(t)) {
          sayEachOnce(report<Code::SYN011>(span(t), "!")
                          .help("every property is required unless its type ends in `?`"),
                      "!", span(t), "leave it out", "");
          return takeOut(false);
        }
        return operatorOf("not ", TokenKind::NOT);
      case TokenKind::UNTERMINATED_STRING: {
        const auto joined = std::ranges::find(joined_, t.begin, &Span::begin);
        if (joined != joined_.end())
          say(report<Code::SYN014>(span(t), "string")
                  .label({file_, joined->end - 1, joined->end}, "it seems to end here")
                  .help("strings end on their line: a line break in one is `\\n`, and text of "
                        "several lines stands in `\"\"\"…\"\"\"`")
                  .fix({"write `\"\"\"…\"\"\"`",
                        FixSafety::review,
                        {{{file_, t.begin, t.begin + 1}, "\"\"\""},
                         {{file_, joined->end - 1, joined->end}, "\"\"\""}}}));
        else
          say(report<Code::SYN014>(span(t), "string")
                  .help("strings end on their line; longer ones stand in `\"\"\"…\"\"\"`")
                  .fix({"close the string", FixSafety::review, {{{file_, t.end, t.end}, "\""}}}));
        Token closed = t;
        closed.kind = TokenKind::STRING;
        closed.quiet = true;
        keep(closed);
        quietNext_ = joined == joined_.end();
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

  // `<!-- … -->`
  void markup() {
    const Token& t = tokens_[at_];
    const Span sign{file_, t.begin, t.begin + 4};
    Diagnostic d = report<Code::SYN007>(sign, "<!--").help("comments are `// …` and `/* … */`");
    const size_t end = std::min(text_.find('\n', t.begin), text_.size());
    const size_t close = text_.substr(0, end).find("-->", t.begin);
    if (close != std::string_view::npos)
      d.fix({"write `/* … */`",
             FixSafety::safe,
             {{sign, "/*"}, {{file_, uint32_t(close), uint32_t(close + 3)}, "*/"}}});
    say(std::move(d));
    takeOut(false);
    while (at_ + 1 < tokens_.size() && tokens_[at_ + 1].begin < end) swallowNext();
  }

  // `name: string!`, as GraphQL has it.
  bool marksRequired(const Token& t) const {
    if (t.startsLine || out_.empty() || out_.back().end != t.begin) return false;
    const TokenKind before = out_.back().kind;
    const bool ends = isNameLike(before) || before == TokenKind::RPAREN ||
                      before == TokenKind::RBRACK || before == TokenKind::QMARK;
    const Token& next = tokens_[std::min(at_ + 1, tokens_.size() - 1)];
    return ends && (next.startsLine || next.begin != t.end || closes(next.kind));
  }

  void operatorOf(std::string_view ours, TokenKind kind) {
    const Token& t = tokens_[at_];
    const auto shown = ours.back() == ' ' ? ours.substr(0, ours.size() - 1) : ours;
    // `not` binds looser than `!`: what follows may have to be put in parentheses.
    const TokenKind before = out_.empty() ? TokenKind::endOfFile : out_.back().kind;
    const bool safe = kind != TokenKind::NOT || negatesOneThing(tokens_, at_, before);
    say(report<Code::SYN009>(span(t), textOf(t))
            .help(fmt::format("write `{}`", shown))
            .fix({fmt::format("write `{}`", shown),
                  safe ? FixSafety::safe : FixSafety::review,
                  {{span(t), std::string(ours)}}}));
    keepAs(kind);
  }

  // A name with letters that names do not have: told where it occurs first.
  void foreignWord() {
    const Token& t = tokens_[at_];
    const auto text = textOf(t);
    if (!knownFault(t) && std::ranges::find(foreignWords_, text) == foreignWords_.end()) {
      foreignWords_.push_back(text);
      sayForeignWord(t, text);
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

  void sayForeignWord(const Token& t, std::string_view text) {
    std::string mended;
    Decoded first;
    size_t firstAt = 0;
    bool whole = true, alike = false;
    for (size_t i = 0; i < text.size();) {
      const Decoded d = decodeUtf8(text, i);
      const size_t length = std::max<uint32_t>(1, d.length);
      if (d.length <= 1) {
        mended += text.substr(i, 1);
      } else {
        bool same = false;
        const auto letter = letterFor(d.codePoint, same);
        whole = whole && !letter.empty();
        mended += letter;
        if (first.length == 0) {
          first = d;
          firstAt = i;
          alike = same;
        }
      }
      i += length;
    }
    const auto begin = uint32_t(t.begin + firstAt);
    const auto letter = text.substr(firstAt, first.length);
    Diagnostic d =
        report<Code::SYN017>({file_, begin, begin + first.length}, fmt::format("`{}`", letter));
    if (alike)
      d.note(fmt::format("this `{}` is U+{:04X}, which only looks like a letter from `a` to `z`",
                         letter, first.codePoint));
    for (size_t i = at_ + 1; i < tokens_.size() && d.labels.size() < 3; ++i)
      if (tokens_[i].kind == TokenKind::FOREIGN_WORD && textOf(tokens_[i]) == text)
        d.label(span(tokens_[i]), "and here");
    d.help(
        "names are made of the letters `a` to `z`, digits and `_`; anything else may stand in "
        "strings and comments");
    if (whole) {
      FixIt fix{"write `" + mended + "`", FixSafety::review, {}};
      for (size_t i = at_; i < tokens_.size(); ++i)
        if (tokens_[i].kind == TokenKind::FOREIGN_WORD && textOf(tokens_[i]) == text)
          fix.edits.push_back({span(tokens_[i]), mended});
      d.fix(std::move(fix));
    }
    say(std::move(d));
  }

  // The characters' own report has spoken of it.
  bool knownFault(const Token& t) const { return !findCharacterFaults(textOf(t)).empty(); }

  void unknown() {
    const Token& t = tokens_[at_];
    const bool sameRun =
        at_ > 0 && tokens_[at_ - 1].kind == TokenKind::ERRCHAR && tokens_[at_ - 1].end == t.begin;
    const Decoded d = decodeUtf8(text_, t.begin);
    if (isTypographicQuote(d.codePoint) && quoted(t, d)) return;
    if (isForeignBlank(d.codePoint)) {
      sayEachOnce(report<Code::SYN017>(span(t), fmt::format("the blank U+{:04X}", d.codePoint))
                      .help("use an ordinary space"),
                  textOf(t), span(t), "write a space", " ");
      return takeOut(false);
    }
    if (!knownFault(t) && !sameRun) sayUnknown(t, d.codePoint);
    if (!out_.empty() && out_.back().end == t.begin) out_.back().quiet = true;  // it split a word
    takeOut();
  }

  void sayUnknown(const Token& t, uint32_t c) {
    Diagnostic d = report<Code::SYN017>(span(t), fmt::format("`{}`", textOf(t)));
    if (isTypographicQuote(c)) {
      d.help("strings stand in straight double quotes: `\"…\"`")
          .fix({"write `\"`", FixSafety::review, {{span(t), "\""}}});
    } else if (c == '\'') {
      d = report<Code::SYN008>(span(t)).help("write `\"…\"`");
    } else if (c == '|') {
      const bool none = at_ + 1 < tokens_.size() && (tokens_[at_ + 1].kind == TokenKind::NULL_ ||
                                                     textOf(tokens_[at_ + 1]) == "undefined");
      if (none) {
        d.help("an optional property is written with a `?` after its type: `string(40)?`");
      } else if (endsWithType(out_)) {
        d.help(
            "a property has one type: where it is one of several, write an optional property for "
            "each, and a check that one of them is there");
        out_.back().quiet = true;  // no further word about it
      } else {
        d.help("write `or`, or `||` to join strings");
      }
    } else if (c == '&') {
      d.help("write `and`");
    } else if (c == '^') {
      d.help("there is no operator for powers: multiply");
    } else if (c == '~') {
      d.help("for a regular expression write `matches(text, \"pattern\")`");
    } else if (c == '$') {
      d.help(
          "names are made of letters, digits and `_`; a variable of the environment is "
          "`env(\"NAME\")`");
    } else if (c == 0x2026) {
      d.help("leave it out: nothing stands for what is still to be written");
    }
    say(std::move(d));
  }

  // Behind the quote that closes the one at `t`, on its line; 0 if there is none.
  uint32_t quoteEnd(const Token& t) const {
    const Decoded opening = decodeUtf8(text_, t.begin);
    if (!isTypographicQuote(opening.codePoint)) return 0;
    const auto single = [](uint32_t c) { return c == 0x2018 || c == 0x2019 || c == 0x201A; };
    for (size_t i = t.begin + opening.length;
         i < text_.size() && text_[i] != '\n' && text_[i] != '\r';) {
      const Decoded d = decodeUtf8(text_, i);
      i += std::max<uint32_t>(1, d.length);
      if (isTypographicQuote(d.codePoint) && single(d.codePoint) == single(opening.codePoint))
        return uint32_t(i);
    }
    return 0;
  }

  // “…”, „…“, «…», ‘…’: a string, if it ends on its line.
  bool quoted(const Token& t, const Decoded& opening) {
    const uint32_t end = quoteEnd(t);
    if (end == 0) return false;
    Token string = t;
    string.kind = TokenKind::STRING;
    string.end = end;
    const auto whole = text_.substr(t.begin, end - t.begin);
    size_t last = whole.size() - 1;
    while ((uint8_t(whole[last]) & 0xC0) == 0x80) --last;
    const auto body = whole.substr(opening.length, last - opening.length);
    const bool plain = body.find_first_of("\"\\") == std::string_view::npos;
    const std::string mended = "\"" + std::string(body) + "\"";
    Diagnostic d = report<Code::SYN008>({file_, t.begin, end})
                       .note("these quotes are a word processor's, not the ones on the keyboard");
    if (plain)
      d.fix({"write `" + mended + "`", FixSafety::safe, {{{file_, t.begin, end}, mended}}});
    say(std::move(d));
    keep(string);
    while (at_ + 1 < tokens_.size() && tokens_[at_ + 1].begin < end) swallowNext();
    std::erase_if(comments_,
                  [&](const CommentToken& c) { return c.begin > string.begin && c.begin < end; });
    return true;
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
  enum class Enum : uint8_t { none, head, body } enum_ = Enum::none;  // what was read last
  size_t said_ = 0;
  bool quietNext_ = false;
  bool lineStartNext_ = false;
  bool tooDeepReported_ = false;
  std::vector<Repeated> repeated_;
  std::vector<Span> joined_;  // strings that go on over lines, with their quotes
  std::vector<std::string_view> foreignWords_;
};

}  // namespace

void mendTokens(FileId file, std::string_view text, ScannedText& scanned, unsigned maxNesting,
                DiagnosticSink& sink) {
  Mender(file, text, scanned, maxNesting, sink).run(scanned.hasFaults);
}

}  // namespace cambium::syntax
