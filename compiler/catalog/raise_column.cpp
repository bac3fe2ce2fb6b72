#include "compiler/catalog/raise_column.h"

#include <algorithm>

#include "compiler/catalog/names.h"
#include "compiler/catalog/sql.h"

namespace cambium::catalog {

namespace {

using ir::Scalar;

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || isDigit(c);
}

ir::Type scalarType(Scalar scalar, uint32_t length = 0) {
  ir::Type type;
  type.scalar = scalar;
  type.length = length;
  return type;
}

std::string fillColumn(std::string check, const std::string& column) {
  for (size_t at = check.find("{0}"); at != std::string::npos;
       at = check.find("{0}", at + column.size()))
    check.replace(at, 3, column);
  return check;
}

// 'it''s' → it's; nothing for any other text.
std::optional<std::string> unquote(std::string_view sql) {
  if (sql.size() < 2 || sql.front() != '\'' || sql.back() != '\'') return std::nullopt;
  std::string out;
  for (size_t i = 1; i + 1 < sql.size(); ++i) {
    out += sql[i];
    if (sql[i] == '\'' && (++i + 1 >= sql.size() || sql[i] != '\'')) return std::nullopt;
  }
  return out;
}

// The string literals in a text, in order.
std::vector<std::string> literalsIn(std::string_view sql) {
  std::vector<std::string> out;
  for (size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] != '\'') continue;
    std::string text;
    for (++i; i < sql.size(); ++i) {
      if (sql[i] == '\'' && (i + 1 >= sql.size() || sql[++i] != '\'')) break;
      text += sql[i];
    }
    out.push_back(std::move(text));
  }
  return out;
}

// The last number in a text: the limit in `length("x") <= 40`.
uint32_t lastNumber(std::string_view sql) {
  while (!sql.empty() && !isDigit(sql.back())) sql.remove_suffix(1);
  uint64_t value = 0, unit = 1;
  for (; !sql.empty() && isDigit(sql.back()) && unit < 1'000'000'000;
       sql.remove_suffix(1), unit *= 10)
    value += unit * static_cast<uint64_t>(sql.back() - '0');
  return static_cast<uint32_t>(std::min<uint64_t>(value, 0xFFFFFFFF));
}

bool isMemberName(const std::string& text) {
  return !text.empty() && text.size() <= 63 && !isDigit(text[0]) &&
         std::ranges::all_of(text, isWordChar);
}

bool lowersTo(const ir::Type& type, const ir::Model& model, const Column& column,
              std::string_view check, const Traits& traits) {
  const TypeMapping mapping = traits.mapType(type, model);
  return mapping.sqlType == column.type &&
         fillColumn(mapping.check, traits.quote(column.name)) == check;
}

// A type whose own check this is: what our own lowering made is found again.
bool findByCheck(const Column& column, std::string_view check, const Traits& traits,
                 ColumnMeaning& out) {
  if (check.empty()) return false;
  const uint32_t number = lastNumber(check);
  ir::Type list = scalarType(Scalar::text);
  list.list = true;
  const ir::Model none;
  for (const ir::Type& type :
       {scalarType(Scalar::boolean), scalarType(Scalar::int16), scalarType(Scalar::int32),
        scalarType(Scalar::json), scalarType(Scalar::string, number),
        scalarType(Scalar::bytes, number), list}) {
    if (!lowersTo(type, none, column, check, traits)) continue;
    out.type = type;
    return true;
  }
  ir::Model model;
  ir::Enum candidate;
  for (std::string& member : literalsIn(check)) {
    if (!isMemberName(member)) return false;
    out.members.push_back(member);
    candidate.values.push_back({std::move(member), "", "", {}});
  }
  ir::Type type = scalarType(Scalar::enumeration);
  if (!candidate.values.empty()) {
    type.enumeration = model.enums.add(std::move(candidate));
    if (lowersTo(type, model, column, check, traits)) {
      out.type = scalarType(Scalar::enumeration);
      return true;
    }
  }
  out.members.clear();
  return false;
}

// Numbers as the language keeps them: no leading zeros, no trailing ones of a fraction, no
// exponent.
bool isCanonicalNumber(std::string_view text, bool fraction) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view rest = point == text.npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || whole.size() > 18 || !std::ranges::all_of(whole, isDigit) ||
      (whole.size() > 1 && whole[0] == '0'))
    return false;
  if (point == text.npos) return true;
  return fraction && !rest.empty() && std::ranges::all_of(rest, isDigit) && rest.back() != '0';
}

bool fits(std::string_view number, const ir::Type& type) {
  const bool negative = number.starts_with('-');
  const std::string_view digits = negative ? number.substr(1) : number;
  const size_t point = std::min(digits.find('.'), digits.size());
  switch (type.scalar) {
    case Scalar::int16: return digits.size() <= 4;
    case Scalar::int32: return digits.size() <= 9;
    case Scalar::decimal:
      return point + type.scale <= type.precision &&
             digits.size() - point <= size_t{1} + type.scale;
    default: return true;
  }
}

size_t codePoints(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::optional<ir::Expr> literalDefault(std::string_view sql, const ColumnMeaning& meaning,
                                       const Traits& traits) {
  ir::Expr e;
  e.kind = ir::ExprKind::literal;
  e.type = meaning.type;
  if (meaning.type.list) return std::nullopt;
  const auto text = unquote(sql);
  switch (meaning.type.scalar) {
    case Scalar::boolean:
      for (const char* truth : {"true", "false"}) {
        e.text = truth;
        if (traits.literal(e) == sql) return e;
      }
      return std::nullopt;
    case Scalar::int16:
    case Scalar::int32:
    case Scalar::int64:
    case Scalar::decimal:
    case Scalar::float32:
    case Scalar::float64: {
      const bool whole = meaning.type.scalar == Scalar::int16 ||
                         meaning.type.scalar == Scalar::int32 ||
                         meaning.type.scalar == Scalar::int64;
      if (!isCanonicalNumber(sql, !whole) || !fits(sql, meaning.type)) return std::nullopt;
      e.text = sql;
      return e;
    }
    case Scalar::string:
    case Scalar::text:
      if (!text || (meaning.type.length && codePoints(*text) > meaning.type.length))
        return std::nullopt;
      e.text = *text;
      return e;
    case Scalar::enumeration:
      if (!text || std::ranges::find(meaning.members, *text) == meaning.members.end())
        return std::nullopt;
      e.kind = ir::ExprKind::member;
      e.text = *text;
      return e;
    default:
      return std::nullopt;  // their texts have a canonical form that a foreign default need not
                            // have
  }
}

// A default that our own lowering gives one of these functions, and the type that goes with it.
std::optional<std::pair<ir::Expr, Scalar>> functionDefault(const std::string& sql,
                                                           const Traits& traits) {
  for (const auto& [function, scalar] : {std::pair(ir::Function::uuid, Scalar::uuid),
                                         std::pair(ir::Function::now, Scalar::timestamp),
                                         std::pair(ir::Function::today, Scalar::date)}) {
    ir::Expr e;
    e.kind = ir::ExprKind::call;
    e.function = function;
    e.type.scalar = scalar;
    if (traits.call(function, {}, e) == sql) return std::pair(e, scalar);
  }
  return std::nullopt;
}

bool canBeKey(const ir::Type& type) {
  if (type.list) return false;
  switch (type.scalar) {
    case Scalar::json:
    case Scalar::float32:
    case Scalar::float64:
    case Scalar::duration: return false;
    default: return true;
  }
}

}  // namespace

RaisedColumn raiseColumn(const Column& column, std::string_view check, bool inKey,
                         const Traits& traits) {
  RaisedColumn out;
  ColumnMeaning& meaning = out.meaning;
  const ir::Model none;
  out.explainsCheck = findByCheck(column, check, traits, meaning);
  if (!out.explainsCheck) {
    const auto raised = traits.raiseType ? traits.raiseType(column.type) : std::nullopt;
    meaning.type = raised ? raised->type : scalarType(Scalar::text);
    if (const auto function = functionDefault(column.defaultSql, traits)) {
      // Texts of these types look alike in a database: the default tells which it is.
      ir::Type type = scalarType(function->second);
      if (meaning.type.scalar == Scalar::text && traits.mapType(type, none).sqlType == column.type)
        meaning.type = type;
    }
    if (inKey && !canBeKey(meaning.type)) meaning.type = scalarType(Scalar::text);
    const TypeMapping mapping = traits.mapType(meaning.type, none);
    if (mapping.sqlType != column.type || !mapping.check.empty()) meaning.native = column.type;
  }
  if (!column.defaultSql.empty()) {
    meaning.defaultValue = literalDefault(column.defaultSql, meaning, traits);
    if (const auto function = functionDefault(column.defaultSql, traits);
        function && function->second == meaning.type.scalar)
      meaning.defaultValue = function->first;
    // Whatever the text, the default must come out as it was.
    const SqlContext context{none, traits, [](const auto&) { return std::string(); }, {}};
    if (meaning.defaultValue && toSql(*meaning.defaultValue, context) != column.defaultSql)
      meaning.defaultValue.reset();
  }
  return out;
}

ir::Expr nativeExpr(const std::string& sql, const ir::Type& type, const Traits& traits) {
  ir::Expr text;
  text.kind = ir::ExprKind::literal;
  text.type.scalar = Scalar::text;
  text.text = sql;
  ir::Expr e;
  e.kind = ir::ExprKind::native;
  e.type = type;
  e.path = {traits.dialect};
  e.args = {std::move(text)};
  return e;
}

std::optional<ir::RefAction> actionOf(std::string_view sql) {
  if (sql == "RESTRICT") return ir::RefAction::restrict;
  if (sql == "CASCADE") return ir::RefAction::cascade;
  if (sql == "SET NULL") return ir::RefAction::setNull;
  if (sql == "SET DEFAULT") return ir::RefAction::setDefault;
  if (sql == "NO ACTION") return ir::RefAction::noAction;
  return std::nullopt;
}

std::string identifier(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (isWordChar(c))
      out += c;
    else if (!out.empty() && out.back() != '_')
      out += '_';
  }
  while (out.size() > 1 && out.back() == '_') out.pop_back();
  if (out.empty()) out = "x";
  if (isDigit(out[0])) out.insert(out.begin(), '_');
  return cutName(std::move(out), 60);  // leaves room for a number that makes it unique
}

std::string pascalCase(std::string_view name) {
  std::string out;
  bool begins = true;
  for (const char c : name) {
    if (c == '_' && !out.empty()) {
      begins = true;
      continue;
    }
    out += begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    begins = false;
  }
  return out;
}

}  // namespace cambium::catalog
