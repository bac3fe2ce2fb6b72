#include <fmt/core.h>
#include <llvm/Support/JSON.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <regex>

#include "tests/support/evaluator.h"

namespace cambium::testing {
namespace {

using ir::Expr;
using ir::Function;
using ir::Scalar;
using Kind = Value::Kind;
using Arguments = std::vector<Value>;

std::string trimmed(const std::string& s) {
  const auto first = s.find_first_not_of(' ');
  return first == std::string::npos ? "" : s.substr(first, s.find_last_not_of(' ') - first + 1);
}

std::string mapped(std::string s, char from, char to) {
  for (char& c : s)
    if (c >= from && c < from + 26) c = char(c - from + to);
  return s;
}

// ---- texts. Positions are counted in code points, from 1; what lies outside of the text is empty.
Value part(const std::string& text, Int128 from, Int128 length) {
  const std::u32string s = codePointsOf(text);
  const Int128 size = Int128(s.size());
  const Int128 begin = std::max<Int128>(from, 1);
  const Int128 end = std::min(from + std::max<Int128>(length, 0), size + 1);
  if (begin > size || end <= begin) return Value::ofText("");
  return Value::ofText(utf8Of(s.substr(size_t(begin - 1), size_t(end - begin))));
}

constexpr Int128 kAll = Int128(1) << 70;

Value padded(const Arguments& a, bool before) {
  const std::u32string s = codePointsOf(a[0].text);
  const std::u32string with = a.size() > 2 ? codePointsOf(a[2].text) : U" ";
  const size_t length = a[1].number > 0 ? size_t(a[1].number) : 0;
  std::u32string filling;
  while (!with.empty() && s.size() + filling.size() < length) filling += with;
  if (s.size() < length) filling.resize(std::min(filling.size(), length - s.size()));
  const std::u32string text = s.substr(0, length);
  return Value::ofText(utf8Of(before ? filling + text : text + filling));
}

Value repeated(const Arguments& a) {
  std::string out;
  for (Int128 i = 0; i < a[1].number; ++i) out += a[0].text;
  return Value::ofText(out);
}

Value replaced(const Arguments& a) {
  std::string out;
  const std::string &s = a[0].text, &from = a[1].text;
  for (size_t i = 0; i < s.size();) {
    if (!from.empty() && s.compare(i, from.size(), from) == 0) {
      out += a[2].text;
      i += from.size();
    } else {
      out += s[i++];
    }
  }
  return Value::ofText(out);
}

Value splitPart(const Arguments& a) {
  if (a[1].text.empty()) return Value::ofText(a[2].number == 1 ? a[0].text : "");
  size_t begin = 0;
  for (Int128 n = 1;; ++n) {
    const size_t end = a[0].text.find(a[1].text, begin);
    if (n == a[2].number)
      return Value::ofText(a[0].text.substr(begin, end == std::string::npos ? end : end - begin));
    if (end == std::string::npos || a[2].number < 1) return Value::ofText("");
    begin = end + a[1].text.size();
  }
}

Value position(const Arguments& a) {
  const auto at = codePointsOf(a[0].text).find(codePointsOf(a[1].text));
  return Value::whole(at == std::u32string::npos ? 0 : Int128(at) + 1);
}

Value matches(const Arguments& a) {
  const auto wide = [](const std::string& s) {
    const std::u32string points = codePointsOf(s);
    return std::wstring(points.begin(), points.end());
  };
  return Value::boolean(std::regex_search(wide(a[0].text), std::wregex(wide(a[1].text))));
}

// ---- numbers
Value towards(const Value& v, bool up) {
  if (v.kind == Kind::whole) return v;
  if (v.kind == Kind::real) return Value::ofReal(up ? std::ceil(v.real) : std::floor(v.real));
  Int128 unit = 1;
  for (unsigned i = 0; i < v.scale; ++i) unit *= 10;
  Int128 whole = v.number / unit;
  const Int128 rest = v.number % unit;
  if (up && rest > 0) ++whole;
  if (!up && rest < 0) --whole;
  return Value::decimal(whole, 0);
}

Value signOf(const Value& v) {
  if (v.kind == Kind::real) return Value::whole(v.real < 0 ? -1 : v.real > 0);
  return Value::whole(v.number < 0 ? -1 : v.number > 0);
}

Value absolute(Value v) {
  if (v.kind == Kind::real) return Value::ofReal(std::fabs(v.real));
  if (v.number < 0) v.number = -v.number;
  return v;
}

Value extreme(const Arguments& a, bool greatest) {
  Value out = a[0];
  for (const Value& v : a)
    if (greatest ? compareValues(v, out) > 0 : compareValues(v, out) < 0) out = v;
  return out;
}

// ---- conversions
bool allDigits(std::string_view s) {
  return std::ranges::all_of(s, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view withoutSign(std::string_view s) {
  if (!s.empty() && (s[0] == '-' || s[0] == '+')) s.remove_prefix(1);
  return s;
}

Value wholeOfText(const std::string& text) {
  std::string t = trimmed(text);
  if (withoutSign(t).empty() || !allDigits(withoutSign(t))) return Value::null();
  if (t[0] == '+') t.erase(0, 1);
  int64_t n = 0;
  const auto [end, error] = std::from_chars(t.data(), t.data() + t.size(), n);
  return error == std::errc{} ? Value::whole(n) : Value::null();
}

bool looksDecimal(std::string_view t) {
  t = withoutSign(t);
  const auto point = t.find('.');
  if (point == std::string_view::npos) return !t.empty() && allDigits(t);
  return t.size() > 1 && allDigits(t.substr(0, point)) && allDigits(t.substr(point + 1));
}

// decimal(38, 10)
Value decimalOf(Value v) {
  if (v.kind == Kind::whole || v.kind == Kind::boolean) return Value::decimal(v.number, 0);
  if (v.kind == Kind::text) {
    const std::string t = trimmed(v.text);
    if (!looksDecimal(t)) return Value::null();
    const auto point = t.find('.');
    const auto whole = withoutSign(t).substr(0, withoutSign(t).find('.'));
    if (whole.size() - std::min(whole.find_first_not_of('0'), whole.size()) > 28)
      return Value::null();
    ir::Type plain;
    plain.scalar = Scalar::decimal;
    v = valueOf(point == std::string::npos ? t : t.substr(0, point + 20), plain);
  }
  if (v.kind == Kind::real) {
    if (std::fabs(v.real) >= 1e28) return Value::null();
    ir::Type plain;
    plain.scalar = Scalar::decimal;
    v = valueOf(fmt::format("{:.{}f}", v.real, std::fabs(v.real) < 1e12 ? 14 : 2), plain);
  }
  return rounded(v, 10);
}

Value realOfText(const std::string& text) {
  const std::string t = trimmed(text);
  if (!looksDecimal(t)) {
    auto parsed = llvm::json::parse(t);
    if (!parsed) {
      llvm::consumeError(parsed.takeError());
      return Value::null();
    }
    if (!parsed->getAsNumber()) return Value::null();
  }
  const double value = std::strtod(t.c_str(), nullptr);
  return std::isfinite(value) ? Value::ofReal(value) : Value::null();
}

Value boolOf(const Value& v) {
  if (v.kind == Kind::boolean) return v;
  if (v.kind == Kind::real) return Value::boolean(v.real != 0);
  if (v.kind != Kind::text) return Value::boolean(v.number != 0);
  const std::string t = mapped(trimmed(v.text), 'A', 'a');
  for (const char* word : {"true", "t", "yes", "y", "on", "1"})
    if (t == word) return Value::boolean(true);
  for (const char* word : {"false", "f", "no", "n", "off", "0"})
    if (t == word) return Value::boolean(false);
  return Value::null();
}

Value wholeOf(const Value& v) {
  if (v.kind == Kind::text) return wholeOfText(v.text);
  if (v.kind == Kind::decimal) {
    const Value whole = rounded(v, 0);
    const Int128 limit = Int128(1) << 63;
    return whole.number < -limit || whole.number >= limit ? Value::null()
                                                          : Value::whole(whole.number);
  }
  if (v.kind == Kind::real)
    return std::fabs(v.real) < 9223372036854775807.0 ? Value::whole(Int128(std::round(v.real)))
                                                     : Value::null();
  return Value::whole(v.number);
}

Value textOf(const Value& v, const ir::Type& type) {
  if (v.kind == Kind::bytes) {
    std::string out;
    for (const unsigned char c : v.text) out += fmt::format("{:02x}", c);
    return Value::ofText(out);
  }
  if (v.kind == Kind::decimal) {
    Value scaled = rounded(v, type.scale);
    for (; scaled.scale < type.scale; ++scaled.scale) scaled.number *= 10;
    return Value::ofText(toString(scaled));
  }
  if (v.kind == Kind::text) return v;
  return Value::ofText(toString(v));
}

// ---- dates and times, in their canonical forms: YYYY-MM-DD, HH:MM:SS, both with a blank between
// them, or with T between them and milliseconds and Z behind them
int numberAt(const std::string& s, size_t at, size_t length) {
  return at + length <= s.size() ? std::atoi(s.substr(at, length).c_str()) : 0;
}

std::chrono::year_month_day dateOf(const std::string& s) {
  return {std::chrono::year(numberAt(s, 0, 4)), std::chrono::month(unsigned(numberAt(s, 5, 2))),
          std::chrono::day(unsigned(numberAt(s, 8, 2)))};
}

Value clockPart(const Expr& e, const std::string& s, size_t number) {
  const size_t start = e.args[0].type.scalar == Scalar::time ? 0 : 11;
  return Value::whole(numberAt(s, start + 3 * number, 2));
}

// `s` with another date; outside when the calendar has no such year.
Value withDate(const std::string& s, std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  if (int(date.year()) < 1 || int(date.year()) > 9999) return Value::outside(0);
  return Value::ofText(fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()),
                                   unsigned(date.day())) +
                       s.substr(10));
}

bool isFarAway(Int128 n) {
  return n > Int128(1) << 40 || n < -(Int128(1) << 40);
}

Value addDays(const Arguments& a) {
  if (a[1].number > 4000000 || a[1].number < -4000000) return Value::outside(0);
  return withDate(a[0].text,
                  std::chrono::sys_days(dateOf(a[0].text)) + std::chrono::days(int(a[1].number)));
}

Value addMonths(const Arguments& a) {
  if (a[1].number > 200000 || a[1].number < -200000) return Value::outside(0);
  auto date = dateOf(a[0].text);
  const auto month =
      std::chrono::year_month(date.year(), date.month()) + std::chrono::months(int(a[1].number));
  const auto last = std::chrono::year_month_day(month / std::chrono::last);
  if (!month.ok()) return Value::outside(0);
  return withDate(a[0].text, std::chrono::sys_days(month / std::min(date.day(), last.day())));
}

int64_t secondsOf(const std::string& s) {
  return std::chrono::sys_days(dateOf(s)).time_since_epoch().count() * int64_t(86400) +
         numberAt(s, 11, 2) * 3600 + numberAt(s, 14, 2) * 60 + numberAt(s, 17, 2);
}

Value addSeconds(const Arguments& a) {
  if (isFarAway(a[1].number)) return Value::outside(0);
  const int64_t at = secondsOf(a[0].text) + int64_t(a[1].number);
  const int64_t day = at >= 0 ? at / 86400 : -((-at + 86399) / 86400);
  const int64_t rest = at - day * 86400;
  std::string s = a[0].text;
  s.replace(11, 8, fmt::format("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60));
  return withDate(s, std::chrono::sys_days(std::chrono::days(day)));
}

Value secondsBetween(const Arguments& a) {
  const auto ms = [](const std::string& s) { return secondsOf(s) * 1000 + numberAt(s, 20, 3); };
  return Value::whole((ms(a[1].text) - ms(a[0].text)) / 1000);
}

Value toDate(const Expr& e, const std::string& text) {
  if (!ir::isTextual(e.args[0].type.scalar)) return Value::ofText(text.substr(0, 10));
  const std::string t = trimmed(text);
  if (t.size() != 10 || t[4] != '-' || t[7] != '-') return Value::null();
  for (const size_t i : {0, 1, 2, 3, 5, 6, 8, 9})
    if (t[i] < '0' || t[i] > '9') return Value::null();
  const auto date = dateOf(t);
  return date.ok() && int(date.year()) >= 1 ? Value::ofText(t) : Value::null();
}

// ---- JSON
Value json(const Expr& e, const Arguments& a) {
  auto parsed = llvm::json::parse(a[0].text);
  if (!parsed) std::abort();
  const llvm::json::Value* at = &*parsed;
  for (size_t i = 1; i < a.size() && at; ++i) {
    const auto* object = at->getAsObject();
    at = object ? object->get(a[i].text) : nullptr;
  }
  switch (e.function) {
    case Function::jsonHas: return Value::boolean(at);
    case Function::jsonLength:
      return at && at->getAsArray() ? Value::whole(Int128(at->getAsArray()->size()))
                                    : Value::null();
    case Function::jsonText:
      return at && at->getAsString() ? Value::ofText(at->getAsString()->str()) : Value::null();
    case Function::jsonNumber:
      return at && at->getAsNumber() ? Value::ofReal(*at->getAsNumber()) : Value::null();
    case Function::jsonBool:
      return at && at->getAsBoolean() ? Value::boolean(*at->getAsBoolean()) : Value::null();
    default: std::abort();
  }
}

}  // namespace

std::u32string codePointsOf(const std::string& utf8) {
  std::u32string out;
  for (size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t c = length == 1 ? lead : lead & (0x7f >> length);
    for (size_t k = 1; k < length && i + k < utf8.size(); ++k)
      c = (c << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3f);
    out += c;
    i += length;
  }
  return out;
}

std::string utf8Of(const std::u32string& s) {
  std::string out;
  for (const char32_t c : s) {
    if (c < 0x80) {
      out += char(c);
    } else if (c < 0x800) {
      out += {char(0xc0 | (c >> 6)), char(0x80 | (c & 0x3f))};
    } else if (c < 0x10000) {
      out += {char(0xe0 | (c >> 12)), char(0x80 | ((c >> 6) & 0x3f)), char(0x80 | (c & 0x3f))};
    } else {
      out += {char(0xf0 | (c >> 18)), char(0x80 | ((c >> 12) & 0x3f)),
              char(0x80 | ((c >> 6) & 0x3f)), char(0x80 | (c & 0x3f))};
    }
  }
  return out;
}

// `%` any text, `_` one code point, `\` takes the next one as it is (at the end: itself).
bool likeMatches(const std::string& text, const std::string& pattern) {
  const std::u32string s = codePointsOf(text), p = codePointsOf(pattern);
  // reached[i]: the pattern so far matches the first i code points.
  std::vector<bool> reached(s.size() + 1);
  reached[0] = true;
  for (size_t k = 0; k < p.size(); ++k) {
    std::vector<bool> next(s.size() + 1);
    if (p[k] == U'%') {
      bool any = false;
      for (size_t i = 0; i <= s.size(); ++i) next[i] = any = any || reached[i];
    } else {
      const bool one = p[k] == U'_';
      if (p[k] == U'\\' && k + 1 < p.size()) ++k;
      for (size_t i = 0; i < s.size(); ++i) next[i + 1] = reached[i] && (one || s[i] == p[k]);
    }
    reached = next;
  }
  return reached[s.size()];
}

Value evaluateCall(const Expr& e, const Arguments& a) {
  switch (e.function) {
    case Function::least: return extreme(a, false);
    case Function::greatest: return extreme(a, true);
    case Function::lower: return Value::ofText(mapped(a[0].text, 'A', 'a'));
    case Function::upper: return Value::ofText(mapped(a[0].text, 'a', 'A'));
    case Function::trim: return Value::ofText(trimmed(a[0].text));
    case Function::length: return Value::whole(Int128(codePointsOf(a[0].text).size()));
    case Function::substring:
      return part(a[0].text, a[1].number, a.size() > 2 ? a[2].number : kAll);
    case Function::left: return part(a[0].text, 1, a[1].number);
    case Function::right: {
      const Int128 size = Int128(codePointsOf(a[0].text).size());
      return a[1].number < 1 ? Value::ofText("") : part(a[0].text, size - a[1].number + 1, kAll);
    }
    case Function::padLeft: return padded(a, true);
    case Function::padRight: return padded(a, false);
    case Function::repeat: return repeated(a);
    case Function::replace: return replaced(a);
    case Function::splitPart: return splitPart(a);
    case Function::position: return position(a);
    case Function::startsWith: return Value::boolean(a[0].text.starts_with(a[1].text));
    case Function::endsWith: return Value::boolean(a[0].text.ends_with(a[1].text));
    case Function::contains: return Value::boolean(a[0].text.find(a[1].text) != std::string::npos);
    case Function::matches: return matches(a);
    case Function::absolute: return absolute(a[0]);
    case Function::sign: return signOf(a[0]);
    case Function::ceil: return towards(a[0], true);
    case Function::floor: return towards(a[0], false);
    case Function::round: return rounded(a[0], a.size() > 1 ? unsigned(a[1].number) : 0);
    case Function::year: return Value::whole(numberAt(a[0].text, 0, 4));
    case Function::month: return Value::whole(numberAt(a[0].text, 5, 2));
    case Function::day: return Value::whole(numberAt(a[0].text, 8, 2));
    case Function::dayOfWeek:
      return Value::whole(
          std::chrono::weekday(std::chrono::sys_days(dateOf(a[0].text))).iso_encoding());
    case Function::hour: return clockPart(e, a[0].text, 0);
    case Function::minute: return clockPart(e, a[0].text, 1);
    case Function::second: return clockPart(e, a[0].text, 2);
    case Function::startOfMonth: return Value::ofText(a[0].text.substr(0, 8) + "01");
    case Function::startOfYear: return Value::ofText(a[0].text.substr(0, 5) + "01-01");
    case Function::addDays: return addDays(a);
    case Function::addMonths: return addMonths(a);
    case Function::addSeconds: return addSeconds(a);
    case Function::daysBetween:
      return Value::whole(
          (std::chrono::sys_days(dateOf(a[1].text)) - std::chrono::sys_days(dateOf(a[0].text)))
              .count());
    case Function::secondsBetween: return secondsBetween(a);
    case Function::jsonText:
    case Function::jsonNumber:
    case Function::jsonBool:
    case Function::jsonHas:
    case Function::jsonLength: return json(e, a);
    case Function::toStringFn: return textOf(a[0], e.args[0].type);
    case Function::toInt64: return wholeOf(a[0]);
    case Function::toDecimal: return decimalOf(a[0]);
    case Function::toFloat64:
      return a[0].kind == Kind::text ? realOfText(a[0].text) : Value::ofReal(asDouble(a[0]));
    case Function::toBool: return boolOf(a[0]);
    case Function::toDate: return toDate(e, a[0].text);
    case Function::concat:
    case Function::coalesce:
    case Function::nullif:
    case Function::uuid:
    case Function::now:
    case Function::today:
    case Function::session:
    case Function::autoincrement:
    case Function::env:
    case Function::none:
    case Function::count_: break;
  }
  std::abort();
}

}  // namespace cambium::testing
