// syntax/habits.h: what people bring along from other languages, recognised at a syntax error and
// answered with what to write instead. In: the error and the tokens round it. Out: the diagnostic,
// or nothing when it is no habit that is known. One file for each kind of place.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/syntax/syntax_error.h"

namespace cambium::syntax {

// The error with the tokens round it; `at(0)` is the token that did not fit.
class ErrorView {
public:
  ErrorView(FileId file, std::string_view text, const std::vector<Token>& tokens,
            const SyntaxError& error)
      : file_(file), text_(text), tokens_(tokens), error_(error) {}

  const Token& at(int offset) const {
    static constexpr Token kNone;  // before the first token
    const ptrdiff_t index = ptrdiff_t(error_.token) + offset;
    if (index < 0) return kNone;
    return tokens_[std::min(size_t(index), tokens_.size() - 1)];
  }
  TokenKind kind(int offset) const { return at(offset).kind; }
  std::string_view word(int offset) const {
    return text_.substr(at(offset).begin, at(offset).end - at(offset).begin);
  }
  std::string lower(int offset) const {
    std::string out(word(offset));
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    return out;
  }
  Span span(int offset) const { return {file_, at(offset).begin, at(offset).end}; }
  Span span(int from, int to) const { return join(span(from), span(to)); }
  std::string_view text(Span s) const { return text_.substr(s.begin, s.end - s.begin); }
  // What follows the token in the text.
  std::string_view rest(int offset) const { return text_.substr(at(offset).end); }
  // The token begins a line or is the end of the file.
  bool newLine(int offset) const {
    return at(offset).startsLine || kind(offset) == TokenKind::endOfFile;
  }
  bool touches(int offset) const { return at(offset).end == at(offset + 1).begin; }
  // The last token on the line of `offset`, as an offset.
  int lineEnd(int offset) const {
    while (!newLine(offset + 1)) ++offset;
    return offset;
  }
  int lineStart(int offset) const {
    while (!at(offset).startsLine && ptrdiff_t(error_.token) + offset > 0) --offset;
    return offset;
  }
  bool can(TokenKind k) const { return std::ranges::binary_search(error_.expected, k); }
  bool in(uint16_t rule) const { return !error_.rules.empty() && error_.rules.front() == rule; }
  bool within(uint16_t rule) const {
    return std::ranges::find(error_.rules, rule) != error_.rules.end();
  }
  const SyntaxError& error() const { return error_; }
  // The same file at another error, which must outlive the view.
  ErrorView moved(const SyntaxError& other) const { return {file_, text_, tokens_, other}; }

private:
  FileId file_;
  std::string_view text_;
  const std::vector<Token>& tokens_;
  const SyntaxError& error_;
};

// "… is not said this way", with what to write instead.
inline Diagnostic foreign(const ErrorView& v, Span at, std::string help) {
  return report<Code::SYN011>(at, v.text(at)).help(std::move(help));
}
inline FixIt replacing(std::string title, Span at, std::string by,
                       FixSafety safety = FixSafety::review) {
  return {std::move(title), safety, {{at, std::move(by)}}};
}

// Names of types of this language and of others; of this language only.
bool isTypeWord(std::string_view word);
bool isOwnType(std::string_view word);

// Where members of an entity, a mixin or a group stand.
bool inMembers(const ErrorView& v);

std::optional<Diagnostic> declarationHabit(const ErrorView& v);  // habits_declarations.cpp
std::optional<Diagnostic> memberHabit(const ErrorView& v);       // habits_members.cpp
std::optional<Diagnostic> typeHabit(const ErrorView& v);         // habits_types.cpp
std::optional<Diagnostic> expressionHabit(const ErrorView& v);   // habits_expressions.cpp

}  // namespace cambium::syntax
