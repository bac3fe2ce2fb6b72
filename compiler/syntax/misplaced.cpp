#include "compiler/syntax/misplaced.h"

#include <algorithm>
#include <array>

#include "compiler/syntax/syntax_error.h"

namespace cambium::syntax {
namespace {

class PlaceMender {
public:
  PlaceMender(FileId file, std::string_view text, ScannedText& scanned, DiagnosticSink& sink)
      : file_(file),
        text_(text),
        tokens_(scanned.tokens),
        comments_(scanned.comments),
        sink_(sink) {}

  void run() {
    for (at_ = 0; at_ + 1 < tokens_.size() && said_ < kMaxSyntaxErrors; ++at_) {
      if (tokens_[at_].quiet) continue;
      switch (tokens_[at_].kind) {
        case TokenKind::LABEL:
          if (!colonAfterWord()) optionalBefore();
          break;
        case TokenKind::MANY:
        case TokenKind::REF: wordBeforeName(); break;
        case TokenKind::KEY: keyBehind(); break;
        case TokenKind::AT: namedArguments(); break;
        case TokenKind::ENUM:
        case TokenKind::TAGS: enumerate(); break;
        case TokenKind::CONFIG: configLine(); break;
        case TokenKind::NAMESPACE: pathEnd(); break;
        default: break;
      }
    }
  }

private:
  static constexpr size_t kFar = 64;  // no line that somebody wrote has more tokens between

  Span span(size_t i) const { return {file_, tokens_[i].begin, tokens_[i].end}; }
  Span span(size_t from, size_t to) const { return join(span(from), span(to)); }
  std::string_view textOf(Span s) const { return text_.substr(s.begin, s.end - s.begin); }
  std::string_view textOf(size_t i) const { return textOf(span(i)); }
  TokenKind kind(size_t i) const {
    return i < tokens_.size() ? tokens_[i].kind : TokenKind::endOfFile;
  }
  bool startsLine(size_t i) const {
    return i >= tokens_.size() || tokens_[i].startsLine || kind(i) == TokenKind::endOfFile;
  }
  // A member or an item begins there.
  bool begins(size_t i) const {
    return startsLine(i) || (i > 0 && (kind(i - 1) == TokenKind::LBRACE));
  }
  bool touches(size_t i) const { return tokens_[i].end == tokens_[i + 1].begin; }
  // The name of a label, without its colon.
  std::string_view nameOf(size_t label) const {
    const auto whole = textOf(label);
    return whole.substr(0, whole.find_first_of(whole[0] == '`' ? "\t\n:" : " \t\r\n/:"));
  }
  void say(Diagnostic d) {
    if (said_++ < kMaxSyntaxErrors) sink_.add(std::move(d));
  }

  // ---- `unique: (name)`, `on delete: cascade`
  bool colonAfterWord() {
    static constexpr std::array<std::pair<std::string_view, TokenKind>, 3> kLists = {
        {{"unique", TokenKind::UNIQUE}, {"index", TokenKind::INDEX}, {"key", TokenKind::KEY}}};
    static constexpr std::array<std::pair<std::string_view, TokenKind>, 2> kEvents = {
        {{"delete", TokenKind::DELETE_}, {"update", TokenKind::UPDATE}}};
    const TokenKind next = kind(at_ + 1);
    const bool list = begins(at_) && next == TokenKind::LPAREN;
    const bool event = at_ > 0 && kind(at_ - 1) == TokenKind::ON &&
                       (next == TokenKind::CASCADE || next == TokenKind::RESTRICT ||
                        next == TokenKind::SET || next == TokenKind::NO);
    if (!list && !event) return false;
    const auto name = nameOf(at_);
    const auto find = [&](const auto& rows) {
      const auto row = std::ranges::find(rows, name, [](auto& r) { return r.first; });
      return row == rows.end() ? TokenKind::endOfFile : row->second;
    };
    const TokenKind meant = list ? find(kLists) : find(kEvents);
    if (meant == TokenKind::endOfFile) return false;
    const auto end = uint32_t(tokens_[at_].begin + name.size());
    const Span gone{file_, end, tokens_[at_].end};
    say(report<Code::SYN006>({file_, gone.end - 1, gone.end}, ":")
            .help(list ? "a list follows the word: `" + std::string(name) + " (…)`"
                       : "the action follows the word: `on " + std::string(name) + " " +
                             std::string(textOf(at_ + 1)) + "`")
            .fix({"leave it out",
                  FixSafety::safe,
                  {{gone, list && tokens_[at_].end == tokens_[at_ + 1].begin ? " " : ""}}}));
    tokens_[at_].kind = meant;
    tokens_[at_].end = end;
    return true;
  }

  // ---- `a: optional int32`
  void optionalBefore() {
    static constexpr std::array<std::string_view, 4> kWords = {"optional", "nullable", "option",
                                                               "maybe"};
    const size_t word = at_ + 1, type = at_ + 2;
    if (kind(word) != TokenKind::ID || startsLine(word) || startsLine(type)) return;
    if (std::ranges::find(kWords, textOf(word)) == kWords.end()) return;
    if (!isNameLike(kind(type)) && kind(type) != TokenKind::REF) return;
    size_t last = kind(type) == TokenKind::REF && isNameLike(kind(type + 1)) ? type + 1 : type;
    while (kind(last + 1) == TokenKind::DOT && isNameLike(kind(last + 2))) last += 2;
    if (kind(last + 1) == TokenKind::LPAREN)
      while (kind(last) != TokenKind::RPAREN && !startsLine(last + 1)) ++last;
    Diagnostic d =
        report<Code::SYN011>(span(word), textOf(word))
            .help("an optional property is written with a `?` after its type: `string(40)?`");
    const uint32_t end = tokens_[last].end;
    if (kind(last + 1) != TokenKind::QMARK)
      d.fix({"write `?`",
             FixSafety::review,
             {{{file_, tokens_[word].begin, tokens_[type].begin}, ""}, {{file_, end, end}, "?"}}});
    const bool marked = kind(last + 1) == TokenKind::QMARK;
    say(std::move(d));
    erase(word);
    if (!marked) insert(last, Token{end, end, TokenKind::QMARK, false, false});
  }

  // ---- `many lines: Line`, `ref customer: Customer`
  void wordBeforeName() {
    const size_t label = at_ + 1;
    if (!begins(at_) || kind(label) != TokenKind::LABEL || startsLine(label)) return;
    const std::string word(textOf(at_)), name(nameOf(label));
    const TokenKind next = kind(label + 1);
    const bool again = next == TokenKind::REF || next == TokenKind::MANY;
    const bool typed = !startsLine(label + 1) && isNameLike(next);
    Diagnostic d = report<Code::SYN011>(span(at_, label), textOf(span(at_, label)));
    d.help("the name comes first: `" + name + ": " + word +
           (typed && !again ? " " + std::string(textOf(label + 1)) : " …") + "`");
    FixIt fix{"write the name first",
              FixSafety::review,
              {{{file_, tokens_[at_].begin, tokens_[label].begin}, ""}}};
    const uint32_t end = tokens_[label].end;
    if (!again) fix.edits.push_back({{file_, end, end}, " " + word});
    if (typed || again) d.fix(std::move(fix));
    say(std::move(d));
    if (again) return erase(at_);
    // The label first, then the word, which has its place behind it.
    const TokenKind kind = tokens_[at_].kind;
    const bool starts = tokens_[at_].startsLine;
    tokens_[at_] = tokens_[label];
    tokens_[at_].startsLine = starts;
    tokens_[label] = Token{end, end, kind, false, true};
  }

  // ---- `Id: int64 key`, as SQL has it. Before another name it is that one's word, on whichever
  // line that stands: line breaks mean nothing.
  void keyBehind() {
    if (at_ < 2 || tokens_[at_].startsLine || kind(at_ - 1) == TokenKind::LBRACE) return;
    if (kind(at_ + 1) == TokenKind::LABEL) return;
    const bool ends = startsLine(at_ + 1)
                          ? kind(at_ + 1) != TokenKind::LPAREN
                          : kind(at_ + 1) == TokenKind::RBRACE || kind(at_ + 1) == TokenKind::AT ||
                                kind(at_ + 1) == TokenKind::EQ;
    size_t label = at_ - 1;
    const size_t least = at_ - std::min(at_, kFar);
    while (label > least && kind(label) != TokenKind::LABEL && !tokens_[label].startsLine) --label;
    if (!ends || kind(label) != TokenKind::LABEL || !begins(label)) return;
    if (label > 0 && kind(label - 1) == TokenKind::CHECK) return;  // its name, on the next line
    // `@unique key`, `= key` and `where key` are something else.
    for (size_t i = label + 1; i < at_; ++i)
      if (kind(i) == TokenKind::WHERE || kind(i) == TokenKind::EQ) return;
    const TokenKind before = kind(at_ - 1);
    if (label + 1 == at_ || before == TokenKind::REF || before == TokenKind::AT ||
        before == TokenKind::DOT || before == TokenKind::UNIQUE)
      return;
    const uint32_t begin = tokens_[label].begin;
    say(report<Code::SYN011>(span(at_), "key")
            .help("`key` stands before the name: `key " + std::string(nameOf(label)) + ": …`")
            .fix({"make it the key",
                  FixSafety::review,
                  {{{file_, begin, begin}, "key "},
                   {{file_, tokens_[at_ - 1].end, tokens_[at_].end}, ""}}}));
    // Read as the key: the word moves before the label, without a place of its own.
    const bool starts = tokens_[label].startsLine;
    std::rotate(tokens_.begin() + ptrdiff_t(label), tokens_.begin() + ptrdiff_t(at_),
                tokens_.begin() + ptrdiff_t(at_ + 1));
    tokens_[label] = Token{begin, begin, TokenKind::KEY, starts, true};
    tokens_[label + 1].startsLine = false;
  }

  // ---- `@sensitive(mask = "last4")`
  void namedArguments() {
    size_t i = at_ + 1;
    while (isNameLike(kind(i)) && kind(i + 1) == TokenKind::DOT) i += 2;
    if (!isNameLike(kind(i)) || kind(i + 1) != TokenKind::LPAREN) return;
    for (i += 2; kind(i) != TokenKind::RPAREN && kind(i) != TokenKind::RBRACE &&
                 kind(i) != TokenKind::endOfFile && kind(i) != TokenKind::AT;
         ++i) {
      const bool named = isNameLike(kind(i)) && kind(i + 1) == TokenKind::EQ &&
                         (kind(i - 1) == TokenKind::LPAREN || kind(i - 1) == TokenKind::COMMA);
      if (!named) continue;
      const Span sign{file_, tokens_[i].end, tokens_[i + 1].end};
      say(report<Code::SYN001>(span(i + 1), "`:`", "`=`")
              .help("an argument has its name before a colon: `" + std::string(textOf(i)) + ": …`")
              .fix({"write `:`", FixSafety::safe, {{sign, ":"}}}));
      tokens_[i].kind = TokenKind::LABEL;
      erase(i + 1);
    }
  }

  // ---- `enum Level { low = 1, high = 2 }`, `tags … { low = 1 }`: told once for all of them
  void enumerate() {
    if (!startsLine(at_) || !isNameLike(kind(at_ + 1))) return;
    size_t i = at_ + 2;
    while (kind(i) != TokenKind::LBRACE && kind(i) != TokenKind::endOfFile &&
           !(startsLine(i) && kind(i) != TokenKind::AT))
      ++i;
    if (kind(i) != TokenKind::LBRACE) return;
    const bool tags = kind(at_) == TokenKind::TAGS;
    FixIt fix{"leave it out", FixSafety::review, {}};
    Span first;
    std::vector<size_t> gone;
    for (++i; kind(i) != TokenKind::RBRACE && kind(i) != TokenKind::endOfFile &&
              kind(i) != TokenKind::LBRACE;
         ++i) {
      const TokenKind value = kind(i + 1);
      const bool given = isNameLike(kind(i - 1)) && kind(i) == TokenKind::EQ &&
                         !startsLine(i + 1) &&
                         (value == TokenKind::STRING || value == TokenKind::NUMBER);
      if (!given) continue;
      if (!first) first = span(i, i + 1);
      fix.edits.push_back({{file_, tokens_[i - 1].end, tokens_[i + 1].end}, ""});
      gone.push_back(i);
      gone.push_back(++i);
    }
    if (!first) return;
    erase(gone);
    say(report<Code::SYN011>(first, textOf(first))
            .help(tags ? "tags have no values: they are kept by name"
                       : "members have no values: they are kept by name, and a title follows as "
                         "`open \"Open\"`")
            .fix(std::move(fix)));
  }

  // ---- `config timeout: 5`
  void configLine() {
    if (at_ > 0 && kind(at_ - 1) == TokenKind::LABEL) return;
    size_t label = at_ + 1;
    while (label < at_ + kFar && !startsLine(label) && isNameLike(kind(label)) &&
           kind(label + 1) == TokenKind::SLASH)
      label += 2;
    if (startsLine(label) || kind(label) != TokenKind::LABEL || startsLine(label + 1)) return;
    const auto name = nameOf(label);
    const auto nameEnd = uint32_t(tokens_[label].begin + name.size());
    const Span colon{file_, nameEnd, tokens_[label].end};
    const Span path{file_, tokens_[at_ + 1].begin, nameEnd};
    say(report<Code::SYN001>({file_, colon.end - 1, colon.end}, "`=`", "`:`")
            .help("a setting gets its value by `config " + std::string(textOf(path)) + " = …`")
            .fix({"write `=`", FixSafety::safe, {{colon, " ="}}}));
    tokens_[label].kind = TokenKind::ID;
    tokens_[label].end = nameEnd;
    insert(label + 1, Token{colon.begin, colon.end, TokenKind::EQ, false, true});
  }

  // ---- `namespace /teams/ uses Limits`
  void pathEnd() {
    if (!startsLine(at_) || kind(at_ + 1) != TokenKind::SLASH) return;
    size_t i = at_ + 1;
    while (!startsLine(i + 1) && touches(i) && kind(i + 1) != TokenKind::LBRACE) ++i;
    const TokenKind next = kind(i + 1);
    const bool over =
        next == TokenKind::LBRACE || next == TokenKind::USES || next == TokenKind::ISOLATED;
    if (kind(i) != TokenKind::SLASH || i == at_ + 1 || !over) return;
    say(report<Code::SYN006>(span(i), "/")
            .help("a path ends with a name")
            .fix({"leave it out", FixSafety::safe, {{span(i), ""}}}));
    erase(i);
  }

  void erase(size_t at) { erase(std::vector<size_t>{at}); }
  // In ascending order; never the last token.
  void erase(const std::vector<size_t>& places) {
    size_t next = 0, to = places[0];
    for (size_t from = to; from < tokens_.size(); ++from) {
      if (next < places.size() && places[next] == from) {
        tokens_[from + 1].startsLine = tokens_[from + 1].startsLine || tokens_[from].startsLine;
        ++next;
      } else {
        tokens_[to++] = tokens_[from];
      }
    }
    tokens_.resize(to);
    for (CommentToken& c : comments_)
      c.before -= uint32_t(std::ranges::lower_bound(places, c.before) - places.begin());
  }
  void insert(size_t at, Token t) {
    tokens_.insert(tokens_.begin() + ptrdiff_t(at), t);
    for (CommentToken& c : comments_)
      if (c.before >= at) ++c.before;
  }

  FileId file_;
  std::string_view text_;
  std::vector<Token>& tokens_;
  std::vector<CommentToken>& comments_;
  DiagnosticSink& sink_;
  size_t at_ = 0;
  size_t said_ = 0;
};

}  // namespace

void mendPlaces(FileId file, std::string_view text, ScannedText& scanned, DiagnosticSink& sink) {
  PlaceMender(file, text, scanned, sink).run();
}

}  // namespace cambium::syntax
