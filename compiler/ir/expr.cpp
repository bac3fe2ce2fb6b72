#include "compiler/ir/expr.h"

#include <algorithm>
#include <array>

#include "compiler/ir/model.h"

namespace cambium::ir {
namespace {

// How tightly a construct binds; an operand that binds looser than its place needs parentheses.
enum Precedence { kAny, kOr, kAnd, kNot, kComparison, kSum, kProduct, kUnary, kPrimary };

struct OperatorInfo {
  std::string_view text;
  Precedence precedence;
};

OperatorInfo operatorInfo(Op op) {
  switch (op) {
    case Op::none: return {"", kPrimary};
    case Op::orOp: return {" or ", kOr};
    case Op::andOp: return {" and ", kAnd};
    case Op::notOp: return {"not ", kNot};
    case Op::equal: return {" == ", kComparison};
    case Op::notEqual: return {" != ", kComparison};
    case Op::less: return {" < ", kComparison};
    case Op::lessEqual: return {" <= ", kComparison};
    case Op::greater: return {" > ", kComparison};
    case Op::greaterEqual: return {" >= ", kComparison};
    case Op::add: return {" + ", kSum};
    case Op::subtract: return {" - ", kSum};
    case Op::multiply: return {" * ", kProduct};
    case Op::divide: return {" / ", kProduct};
    case Op::modulo: return {" % ", kProduct};
    case Op::negate: return {"-", kUnary};
  }
  return {"", kPrimary};
}

Precedence precedenceOf(const Expr& e) {
  switch (e.kind) {
    case ExprKind::unary:
    case ExprKind::binary: return operatorInfo(e.op).precedence;
    case ExprKind::isNull:
    case ExprKind::inList:
    case ExprKind::between:
    case ExprKind::like: return kComparison;
    case ExprKind::literal:
      return isNumeric(e.type.scalar) && e.text.starts_with('-') ? kUnary : kPrimary;
    default: return kPrimary;
  }
}

std::string name(std::string_view text) {
  constexpr std::array<std::string_view, 8> reserved = {"true", "false", "null", "and",
                                                        "or",   "not",   "in",   "is"};
  const auto wordChar = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool plain = !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
                     std::ranges::all_of(text, wordChar) && text != "case" &&
                     std::ranges::find(reserved, text) == reserved.end();
  return plain ? std::string(text) : "`" + std::string(text) + "`";
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: out += c;
    }
  }
  return out + '"';
}

bool looksLikeDuration(std::string_view text) {
  return !text.empty() && text[0] >= '0' && text[0] <= '9' && text.back() >= 'a' &&
         text.back() <= 'z' && text.find_first_of("-:T") == text.npos;
}

std::string literal(const Expr& e) {
  if (e.type.list) return e.text.starts_with('[') ? e.text : quoted(e.text);
  switch (e.type.scalar) {
    case Scalar::null: return "null";
    case Scalar::boolean:
    case Scalar::int16:
    case Scalar::int32:
    case Scalar::int64:
    case Scalar::float32:
    case Scalar::float64:
    case Scalar::decimal: return e.text.empty() ? "null" : e.text;
    case Scalar::duration: return looksLikeDuration(e.text) ? e.text : quoted(e.text);
    case Scalar::json:
      return e.text.starts_with('{') || e.text.starts_with('[') ? e.text : quoted(e.text);
    default: return quoted(e.text);
  }
}

class Printer {
public:
  explicit Printer(const Model& model) : model_(model) {}

  // `expected`: the enum that the place asks for, so that a member may stand there as a bare word.
  std::string print(const Expr& e, Precedence needed, EnumId expected = {}) const {
    std::string text = bare(e, expected);
    return precedenceOf(e) < needed ? "(" + text + ")" : text;
  }

private:
  std::string bare(const Expr& e, EnumId expected) const {
    switch (e.kind) {
      case ExprKind::literal: return literal(e);
      case ExprKind::property: return joined(e.path);
      case ExprKind::value: return "value";
      case ExprKind::member: return member(e, expected);
      case ExprKind::call:
        return std::string(info(e.function).name) + "(" + list(e.args, 0, {}) + ")";
      case ExprKind::unary: return unary(e);
      case ExprKind::binary: return binary(e);
      case ExprKind::isNull: return operand(e, 0) + (e.negated ? " is not null" : " is null");
      case ExprKind::inList:
        return operand(e, 0) + (e.negated ? " not in (" : " in (") + list(e.args, 1, enumOf(e)) +
               ")";
      case ExprKind::between:
        return operand(e, 0) + (e.negated ? " not between " : " between ") + operand(e, 1) +
               " and " + operand(e, 2);
      case ExprKind::like:
        return operand(e, 0) + (e.negated ? " not like " : " like ") + operand(e, 1);
      case ExprKind::caseWhen: return caseWhen(e, expected);
      case ExprKind::list: return "[" + list(e.args, 0, expected) + "]";
      case ExprKind::aggregate: return aggregate(e);
      case ExprKind::native: return native(e);
      case ExprKind::error: return "?";
    }
    return {};
  }

  std::string aggregate(const Expr& e) const {
    constexpr std::array<std::string_view, 6> names = {"", "count", "sum", "min", "max", "avg"};
    const size_t own = e.aggregate == Aggregate::count ? 0 : 1;
    std::string out = joined(e.path) + "." + std::string(names[size_t(e.aggregate)]) + "(";
    if (own && !e.args.empty()) out += print(e.args[0], kAny);
    if (e.args.size() > own) out += (own ? ", where: " : "where: ") + print(e.args[own], kAny);
    return out + ")";
  }

  static std::string native(const Expr& e) {
    std::string out = "sql(";
    for (size_t i = 0; i < e.path.size() && i < e.args.size(); ++i)
      out += (i ? ", " : "") + e.path[i] + ": " + quoted(e.args[i].text);
    return out + ")";
  }

  static std::string joined(const std::vector<std::string>& path) {
    std::string out;
    for (const auto& segment : path) out += (out.empty() ? "" : ".") + name(segment);
    return out;
  }

  // A bare word is a member only where its enum is expected and no property could be meant.
  std::string member(const Expr& e, EnumId expected) const {
    if (expected && expected == e.type.enumeration && !isPropertyName(e.text)) return name(e.text);
    // An expression over another version's entity may speak of an enum that this model lacks.
    if (!e.type.enumeration || e.type.enumeration.index() >= model_.enums.size())
      return name(e.text);
    return model_[e.type.enumeration].name + "." + name(e.text);
  }

  bool isPropertyName(std::string_view word) const {
    return std::ranges::any_of(model_.properties,
                               [&](const Property& p) { return p.name == word; });
  }

  // What a comparison expects of its other operands: the enum of a first operand that is not itself
  // a member.
  static EnumId enumOf(const Expr& e) {
    for (const auto& arg : e.args)
      if (arg.kind != ExprKind::member && arg.type.scalar == Scalar::enumeration)
        return arg.type.enumeration;
    return {};
  }

  std::string operand(const Expr& e, size_t i) const {
    return i < e.args.size() ? print(e.args[i], kSum, enumOf(e)) : "?";
  }

  std::string unary(const Expr& e) const {
    if (e.args.empty()) return "?";
    const auto [text, precedence] = operatorInfo(e.op);
    const std::string inner = print(e.args[0], precedence);
    // Two signs side by side would be read as the start of a foreign comment.
    if (e.op == Op::negate && inner.starts_with('-')) return "-(" + inner + ")";
    return std::string(text) + inner;
  }

  std::string binary(const Expr& e) const {
    if (e.args.size() < 2) return "?";
    const auto [text, precedence] = operatorInfo(e.op);
    // Comparisons do not chain; everything else groups to the left.
    const auto tighter = static_cast<Precedence>(precedence + 1);
    const EnumId expected = precedence == kComparison ? enumOf(e) : EnumId{};
    return print(e.args[0], precedence == kComparison ? tighter : precedence, expected) +
           std::string(text) + print(e.args[1], tighter, expected);
  }

  std::string caseWhen(const Expr& e, EnumId expected) const {
    std::string out = "case";
    const size_t pairs = (e.args.size() - (e.hasElse && !e.args.empty() ? 1 : 0)) / 2;
    for (size_t i = 0; i < pairs; ++i)
      out += " when " + print(e.args[2 * i], kAny) + " then " +
             print(e.args[2 * i + 1], kAny, expected);
    if (e.hasElse && !e.args.empty()) out += " else " + print(e.args.back(), kAny, expected);
    return out + " end";
  }

  std::string list(const std::vector<Expr>& args, size_t first, EnumId expected) const {
    std::string out;
    for (size_t i = first; i < args.size(); ++i)
      out += (i > first ? ", " : "") + print(args[i], kAny, expected);
    return out;
  }

  const Model& model_;
};

void collect(const Expr& e, std::vector<std::string>& out) {
  if ((e.kind == ExprKind::property || e.kind == ExprKind::aggregate) && !e.path.empty() &&
      std::ranges::find(out, e.path.front()) == out.end())
    out.push_back(e.path.front());
  if (e.kind == ExprKind::aggregate) return;  // its operands are of the rows it leads to
  for (const auto& arg : e.args) collect(arg, out);
}

// Whether the operation itself may have no result, whatever its operands are.
bool isPartial(const Expr& e) {
  if (e.kind == ExprKind::binary)
    return (e.op == Op::divide || e.op == Op::modulo) &&
           (e.args.size() < 2 || e.args[1].kind != ExprKind::literal);
  if (e.kind != ExprKind::call) return false;
  switch (e.function) {
    case Function::toInt64:
    case Function::toDecimal:
    case Function::toFloat64:
    case Function::toBool:
    case Function::toDate: {
      const Scalar from = e.args.empty() ? Scalar::error : e.args[0].type.scalar;
      const bool number = isNumeric(from) && from != Scalar::float32 && from != Scalar::float64;
      return !number && from != Scalar::boolean && from != Scalar::timestamp &&
             from != Scalar::datetime;
    }
    case Function::addDays:
    case Function::addMonths:
    case Function::addSeconds: return true;  // beyond the calendar
    default: return false;
  }
}

}  // namespace

std::string toString(const Expr& e, const Model& model) {
  // The whole expression stands where its own type is expected (a default, an assignment).
  return Printer(model).print(e, kAny, e.type.enumeration);
}

std::vector<std::string> propertiesUsed(const Expr& e) {
  std::vector<std::string> out;
  collect(e, out);
  return out;
}

bool mayBeNull(const Expr& e) {
  if (e.kind == ExprKind::isNull || e.kind == ExprKind::member) return false;
  if (e.kind == ExprKind::native) return true;  // nobody knows
  if (e.kind == ExprKind::aggregate) return e.type.optional;
  if (e.kind == ExprKind::call && e.function == Function::concat) return false;
  if (e.kind == ExprKind::call && e.function == Function::coalesce)
    return std::ranges::all_of(e.args, mayBeNull);
  if (e.type.optional || e.type.scalar == Scalar::null || e.type.scalar == Scalar::error)
    return true;
  return isPartial(e) || std::ranges::any_of(e.args, mayBeNull);
}

}  // namespace cambium::ir
