// syntax/ast_builder_numbers.cpp: numbers and durations, and what is written in their place.
#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include "compiler/syntax/ast_builder.h"

namespace cambium::syntax {

ExprId AstBuilder::number() {
  ExprId result;
  const uint32_t first = here();
  const bool wantDuration = events_[event_].rule == Rules::RuleDuration;
  visit(
      [&](const Token& t) {
        if (!result) result = numberOf(t, wantDuration);
      },
      [&](uint16_t) { pass(); });
  return result ? result : errorExpr(spanFrom(first));
}

// An underscore stands between two digits.
static bool wellSeparated(std::string_view text) {
  const auto digit = [&](size_t i) {
    return i < text.size() && std::isxdigit(uint8_t(text[i])) && text[i] != '_';
  };
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] == '_' && (i == 0 || !digit(i - 1) || !digit(i + 1))) return false;
  return true;
}

// `2024-01-31`, of which `t` is the month or the day: told with its first part that begins with 0.
bool AstBuilder::sayDate(const Token& t) {
  const auto digits = [&](size_t begin, size_t count) {
    return begin + count <= text_.size() &&
           std::all_of(text_.begin() + begin, text_.begin() + begin + count,
                       [](unsigned char c) { return std::isdigit(c); });
  };
  constexpr size_t kYear = 5, kMonth = 3, kDay = 2;  // `2024-`, `01-`, `31`
  const auto isDate = [&](size_t begin) {
    return digits(begin, kYear - 1) && text_[begin + kYear - 1] == '-' &&
           digits(begin + kYear, kMonth - 1) && begin + kYear + kMonth < text_.size() &&
           text_[begin + kYear + kMonth - 1] == '-' && digits(begin + kYear + kMonth, kDay);
  };
  const bool month = t.begin >= kYear && isDate(t.begin - kYear);
  const bool day = t.begin >= kYear + kMonth && isDate(t.begin - kYear - kMonth);
  if (!month && !day) return false;
  const auto begin = uint32_t(t.begin - kYear - (month ? 0 : kMonth));
  if (day && text_[begin + kYear] == '0') return true;  // the month has told it
  const Span whole{file_, begin, uint32_t(begin + kYear + kMonth + kDay)};
  const std::string mended = fmt::format("\"{}\"", text_.substr(begin, whole.end - begin));
  sink_.add(report<Code::SYN011>(whole, text_.substr(begin, whole.end - begin))
                .help("a date stands in quotes: `" + mended + "`")
                .fix({"write `" + mended + "`", FixSafety::review, {{whole, mended}}}));
  return true;
}

ExprId AstBuilder::numberOf(const Token& t, bool wantDuration) {
  Expr e;
  e.kind = t.kind == TokenKind::DURATION ? ExprKind::duration : ExprKind::number;
  e.span = spanOf(t);
  e.text = textOf(t);
  const auto noughts = std::min(e.text.find_first_not_of("0_"), e.text.size());
  const bool padded = t.kind == TokenKind::NUMBER && noughts > 0 && noughts < e.text.size() &&
                      std::isdigit(uint8_t(e.text[noughts]));
  const bool allNoughts = t.kind == TokenKind::NUMBER && noughts > 1 && !padded;
  if (t.kind == TokenKind::DURATION ||
      (t.kind == TokenKind::NUMBER && wellSeparated(e.text) && !padded && !allNoughts))
    return add(std::move(e));
  if (t.kind != TokenKind::NUMBER && t.kind != TokenKind::BAD_NUMBER) return {};
  if (padded && sayDate(t)) return errorExpr(e.span);
  Diagnostic d = report<Code::SYN016>(e.span, e.text, wantDuration ? "duration" : "number");
  if (padded || allNoughts) {
    const std::string mended(e.text.substr(padded ? noughts : noughts - 1));
    d.note("some languages read such a number to the base of 8")
        .help("a number does not begin with 0: `" + mended + "`")
        .fix({"write `" + mended + "`", FixSafety::review, {{e.span, mended}}});
  } else if (t.kind == TokenKind::NUMBER)
    d.help("an underscore stands between two digits: `1_000`");
  else if (wantDuration)
    d.help("a duration is a whole number and one of `ms s m h d w`: `200ms`, `30d`");
  else if (e.text.substr(0, 2) == "0x" || e.text.substr(0, 2) == "0X")
    d.help("hexadecimal numbers look like `0xff`");
  else if (const auto end = e.text.find_first_of("fFdDlLuUmM");
           end != std::string_view::npos && end + 2 >= e.text.size())
    d.help("a number has no suffix: `" + std::string(e.text.substr(0, end)) + "`")
        .fix({"write `" + std::string(e.text.substr(0, end)) + "`",
              FixSafety::review,
              {{e.span, std::string(e.text.substr(0, end))}}});
  else
    d.help("a name cannot begin with a digit; durations end in `ms s m h d w`, as in `200ms`");
  sink_.add(std::move(d));
  return errorExpr(e.span);
}

}  // namespace cambium::syntax
