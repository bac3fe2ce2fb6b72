// sema/literals.cpp
#include "compiler/sema/literals.h"

#include <array>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "compiler/base/json_text.h"
#include "compiler/syntax/escapes.h"

namespace cambium::sema {
namespace {

bool digit(char ch) {
  return ch >= '0' && ch <= '9';
}

std::string withoutUnderscores(std::string_view text) {
  std::string out;
  for (const char ch : text)
    if (ch != '_') out += ch;
  return out;
}

std::string hexToDecimal(std::string_view digits) {
  std::string out = "0";  // most significant first
  for (const char ch : digits) {
    int carry = digit(ch) ? ch - '0' : (ch | 32) - 'a' + 10;
    for (size_t i = out.size(); i-- > 0;) {
      const int value = (out[i] - '0') * 16 + carry;
      out[i] = char('0' + value % 10);
      carry = value / 10;
    }
    for (; carry; carry /= 10) out.insert(out.begin(), char('0' + carry % 10));
    if (out.size() > 64) break;  // far out of every range
  }
  return out;
}

void trim(Number& n) {
  const auto first = n.integer.find_first_not_of('0');
  n.integer = first == std::string::npos ? "0" : n.integer.substr(first);
  while (!n.fraction.empty() && n.fraction.back() == '0') n.fraction.pop_back();
}

// Reads exactly `count` digits at `at` and moves on; -1 if they are not there.
int digits(std::string_view text, size_t& at, size_t count) {
  int value = 0;
  for (size_t i = 0; i < count; ++i, ++at) {
    if (at >= text.size() || !digit(text[at])) return -1;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

bool expect(std::string_view text, size_t& at, char ch) {
  return at < text.size() && text[at] == ch && ++at;
}

std::optional<std::chrono::sys_days> readDate(std::string_view text, size_t& at) {
  const int y = digits(text, at, 4);
  if (y < 0 || !expect(text, at, '-')) return std::nullopt;
  const int m = digits(text, at, 2);
  if (m < 0 || !expect(text, at, '-')) return std::nullopt;
  const int d = digits(text, at, 2);
  if (d < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(y), std::chrono::month(unsigned(m)),
                                         std::chrono::day(unsigned(d))};
  if (y < 1 || !date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

// Milliseconds of the day. `fraction`: whether a fraction of a second may follow.
std::optional<int> readTime(std::string_view text, size_t& at, bool fraction) {
  const int h = digits(text, at, 2);
  if (h < 0 || h > 23 || !expect(text, at, ':')) return std::nullopt;
  const int m = digits(text, at, 2);
  if (m < 0 || m > 59) return std::nullopt;
  int s = 0, ms = 0;
  if (expect(text, at, ':')) {
    s = digits(text, at, 2);
    if (s < 0 || s > 59) return std::nullopt;
    if (fraction && expect(text, at, '.')) {
      int scale = 100;
      const size_t start = at;
      for (; at < text.size() && digit(text[at]); ++at, scale /= 10) {
        if (scale == 0 && text[at] != '0') return std::nullopt;  // finer than milliseconds
        ms += (text[at] - '0') * scale;
      }
      if (at == start) return std::nullopt;
    }
  }
  return ((h * 60 + m) * 60 + s) * 1000 + ms;
}

std::string dateText(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()));
}

std::string timeText(int ms) {
  return fmt::format("{:02}:{:02}:{:02}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60);
}

std::optional<std::string> readInstant(std::string_view text) {
  size_t at = 0;
  auto day = readDate(text, at);
  if (!day || !(expect(text, at, 'T') || expect(text, at, ' '))) return std::nullopt;
  const auto time = readTime(text, at, true);
  if (!time) return std::nullopt;
  int offset = 0;
  if (!expect(text, at, 'Z')) {
    if (at >= text.size() || (text[at] != '+' && text[at] != '-')) return std::nullopt;
    const int sign = text[at++] == '+' ? 1 : -1;
    const int h = digits(text, at, 2);
    if (h < 0 || h > 15) return std::nullopt;
    expect(text, at, ':');
    const int m = digits(text, at, 2);
    if (m < 0 || m > 59) return std::nullopt;
    offset = sign * (h * 60 + m) * 60'000;
  }
  if (at != text.size()) return std::nullopt;
  constexpr int kDay = 86'400'000;
  int ms = *time - offset;
  if (ms < 0) ms += kDay, *day -= std::chrono::days(1);
  if (ms >= kDay) ms -= kDay, *day += std::chrono::days(1);
  return fmt::format("{}T{}.{:03}Z", dateText(*day), timeText(ms), ms % 1000);
}

std::optional<std::string> readLocal(std::string_view text) {
  size_t at = 0;
  const auto day = readDate(text, at);
  if (!day || !(expect(text, at, 'T') || expect(text, at, ' '))) return std::nullopt;
  const auto time = readTime(text, at, false);
  if (!time || at != text.size()) return std::nullopt;
  return dateText(*day) + " " + timeText(*time);
}

std::optional<std::string> readUuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char ch = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (ch != '-') return std::nullopt;
      out += ch;
    } else if (digit(ch) || (ch >= 'a' && ch <= 'f')) {
      out += ch;
    } else if (ch >= 'A' && ch <= 'F') {
      out += char(ch | 32);
    } else {
      return std::nullopt;
    }
  }
  return out;
}

struct Unit {
  std::string_view name;
  uint64_t ms;
};
constexpr std::array<Unit, 6> kUnits = {{{"w", 604'800'000},
                                         {"d", 86'400'000},
                                         {"h", 3'600'000},
                                         {"m", 60'000},
                                         {"s", 1000},
                                         {"ms", 1}}};

}  // namespace

std::string Number::text() const {
  std::string out = integer;
  if (!fraction.empty()) out += "." + fraction;
  if (!exponent.empty()) out += "e" + exponent;
  const bool zero = integer == "0" && fraction.empty();
  return negative && !zero ? "-" + out : out;
}

Number parseNumber(std::string_view written) {
  Number n;
  const std::string text = withoutUnderscores(written);
  if (text.starts_with("0x") || text.starts_with("0X")) {
    n.integer = hexToDecimal(std::string_view(text).substr(2));
    trim(n);
    return n;
  }
  const auto e = text.find_first_of("eE");
  std::string mantissa = text.substr(0, e);
  if (e != std::string::npos) {
    n.exponent = text.substr(e + 1);
    if (n.exponent.starts_with('+')) n.exponent.erase(0, 1);
  }
  const auto dot = mantissa.find('.');
  n.integer = mantissa.substr(0, dot);
  if (dot != std::string::npos) n.fraction = mantissa.substr(dot + 1);
  trim(n);
  return n;
}

bool isWhole(const Number& n) {
  return n.fraction.empty() && n.exponent.empty();
}

bool fitsInteger(const Number& n, ir::Scalar scalar) {
  int64_t low = INT64_MIN, high = INT64_MAX;
  if (scalar == ir::Scalar::int16) low = INT16_MIN, high = INT16_MAX;
  if (scalar == ir::Scalar::int32) low = INT32_MIN, high = INT32_MAX;
  const std::string text = n.text();
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value >= low && value <= high;
}

bool fitsDecimal(const Number& n, unsigned precision, unsigned scale) {
  const size_t whole = n.integer == "0" ? 0 : n.integer.size();
  return n.exponent.empty() && n.fraction.size() <= scale && whole <= precision - scale;
}

std::optional<std::string> canonicalText(std::string_view text, ir::Scalar scalar) {
  size_t at = 0;
  switch (scalar) {
    case ir::Scalar::uuid: return readUuid(text);
    case ir::Scalar::date: {
      const auto day = readDate(text, at);
      return day && at == text.size() ? std::optional(dateText(*day)) : std::nullopt;
    }
    case ir::Scalar::time: {
      const auto time = readTime(text, at, false);
      return time && at == text.size() ? std::optional(timeText(*time)) : std::nullopt;
    }
    case ir::Scalar::timestamp: return readInstant(text);
    case ir::Scalar::datetime: return readLocal(text);
    default: return std::nullopt;
  }
}

std::string_view example(ir::Scalar scalar) {
  switch (scalar) {
    case ir::Scalar::uuid: return "\"123e4567-e89b-42d3-a456-426614174000\"";
    case ir::Scalar::date: return "\"2024-12-31\"";
    case ir::Scalar::time: return "\"23:59:59\"";
    case ir::Scalar::timestamp: return "\"2024-12-31T23:59:59Z\"";
    case ir::Scalar::datetime: return "\"2024-12-31 23:59:59\"";
    default: return "";
  }
}

std::optional<uint64_t> durationMilliseconds(std::string_view written) {
  const std::string text = withoutUnderscores(written);
  const auto unitAt = text.find_first_not_of("0123456789");
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || unitAt == std::string::npos) return std::nullopt;
  for (const auto& unit : kUnits)
    if (unit.name == std::string_view(text).substr(unitAt))
      return value <= uint64_t(INT64_MAX) / unit.ms ? std::optional(value * unit.ms) : std::nullopt;
  return std::nullopt;
}

std::string canonicalDuration(std::string_view written) {
  const auto ms = durationMilliseconds(written);
  if (!ms) return std::string(written);
  if (*ms == 0) return "0s";
  for (const auto& unit : kUnits)
    if (*ms % unit.ms == 0) return fmt::format("{}{}", *ms / unit.ms, unit.name);
  return std::string(written);
}

std::string compactJson(std::string_view in) {
  std::string out;
  for (size_t i = 0; i < in.size();) {
    const char ch = in[i];
    if (ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == '\f') {
      ++i;
    } else if (in.substr(i).starts_with("//")) {
      while (i < in.size() && in[i] != '\n') ++i;
    } else if (in.substr(i).starts_with("/*")) {
      for (int depth = 0; i < in.size(); ++i) {  // comments nest
        if (in.substr(i).starts_with("/*"))
          ++depth, ++i;
        else if (in.substr(i).starts_with("*/") && (++i, --depth == 0))
          break;
      }
      ++i;
    } else if (in.substr(i).starts_with("\"\"\"")) {
      const auto end = std::min(in.find("\"\"\"", i + 3), in.size());
      out += jsonQuoted(in.substr(i + 3, end - i - 3));
      i = end + 3;
    } else if (ch == '"') {
      const size_t start = ++i;
      while (i < in.size() && in[i] != '"') i += in[i] == '\\' ? 2 : 1;
      i = std::min(i, in.size());
      out += jsonQuoted(syntax::unescaped(in.substr(start, i - start)));
      i = std::min(i + 1, in.size());
    } else if (ch >= '0' && ch <= '9') {
      const size_t start = i;
      const auto inNumber = [&] {
        const bool sign = in[i] == '+' || in[i] == '-';
        return std::isalnum(static_cast<unsigned char>(in[i])) || in[i] == '.' || in[i] == '_' ||
               (sign && (in[i - 1] == 'e' || in[i - 1] == 'E'));
      };
      while (i < in.size() && inNumber()) ++i;
      out += parseNumber(in.substr(start, i - start)).text();
    } else {
      if ((ch == '}' || ch == ']') && out.ends_with(',')) out.pop_back();
      out += ch;
      ++i;
    }
  }
  return out;
}

size_t codePoints(std::string_view text) {
  size_t n = 0;
  for (const char ch : text) n += (static_cast<unsigned char>(ch) & 0xC0) != 0x80;
  return n;
}

std::optional<std::string> jsonOf(const syntax::SyntaxTree& tree, syntax::ExprId id) {
  const auto& e = tree[id];
  switch (e.kind) {
    case syntax::ExprKind::json: return compactJson(e.text);
    case syntax::ExprKind::number: return parseNumber(e.text).text();
    case syntax::ExprKind::trueLiteral: return "true";
    case syntax::ExprKind::falseLiteral: return "false";
    case syntax::ExprKind::nullLiteral: return "null";
    case syntax::ExprKind::string: return jsonQuoted(e.value);
    case syntax::ExprKind::unary: {
      if (e.op != syntax::Op::negate || e.args.empty() ||
          tree[e.args[0]].kind != syntax::ExprKind::number)
        return std::nullopt;
      auto n = parseNumber(tree[e.args[0]].text);
      n.negative = true;
      return n.text();
    }
    case syntax::ExprKind::list: {
      std::string text = "[";
      for (const auto item : e.args) {
        const auto part = jsonOf(tree, item);
        if (!part) return std::nullopt;
        text += (text.size() > 1 ? "," : "") + *part;
      }
      return text + "]";
    }
    default: return std::nullopt;
  }
}

}  // namespace cambium::sema
